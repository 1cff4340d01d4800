"""Buttons in Slack: pressed on a stand-in, heard at /hooks/slack, done at the desk, answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from alerts.channels.slack import SlackChannel, SlackSettings
from alerts.channels.slack_voice import SlackVoice
from alerts.message import Message
from alerts.severity import Severity
from monitor.auth import Permission, Role, allows
from monitor.demo.slack import SlackMessage, StandSlack
from monitor.demo.slack_press import Press, as_form
from monitor.desk import Desk, FalseAlarm
from monitor.live_config import LiveConfig
from monitor.slack_desk import SlackDesk
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.people import AuditLog, UserStore
from monitor.web.app import BODY_LIMIT_BYTES, create_app
from monitor.web.parts import WebParts
from tests.conftest import Clock
from tests.factories import Rows, message
from tests.monitor.pipeline.rig import config

LIN, ZHOU, STRANGER = "U0LINXIA1", "U0ZHOUNING", "U0STRANGER"
PEOPLE = [
    {"name": "林夏", "handles": {"slack": LIN}},
    {"name": "pr", "handles": {"slack": ZHOU}},
    {"name": "双", "handles": {"slack": "U0TWICE"}},
    {"name": "影", "handles": {"slack": "U0TWICE"}},
    {"name": "无", "handles": {"wecom": STRANGER}},
]


@dataclass
class Room:
    """A Slack room with an alert in it, and the service that hears of its buttons."""

    slack: StandSlack
    client: TestClient
    database: Database
    users: UserStore
    case_id: int
    alert: SlackMessage

    def send(self, press: Press, **headers: str) -> Response:
        return self.client.post(
            "/hooks/slack", content=press.body, headers={**press.headers, **headers}
        )

    def press(self, action: str, user: str = LIN, choice: str = "") -> Response:
        return self.send(self.slack.press(self.alert, action, user, choice=choice))

    def tell(self, payload: Any) -> Response:
        """Send a payload of one's own making, well signed."""
        return self.send(self.slack.sign(as_form(payload)))

    def payload(self, action: str = "ack", user: str = LIN) -> Any:
        form = parse_qs(self.slack.press(self.alert, action, user).body.decode())
        return json.loads(form["payload"][0])

    @property
    def case(self) -> Any:
        with self.database.read() as connection:
            query = select(t.alert_case).where(t.alert_case.c.id == self.case_id)
            return connection.execute(query).one()

    @property
    def audit(self) -> list[tuple[str, str]]:
        with self.database.read() as connection:
            rows = connection.execute(select(t.audit).order_by(t.audit.c.id))
            return [(row.who, row.action) for row in rows if row.who != "test"]

    @property
    def said(self) -> list[str]:
        """What the service said into the thread of the alert."""
        return [m.text for m in self.slack.messages if m.thread_ts == self.alert.ts]


def hear(parts: WebParts, slack: StandSlack, live: LiveConfig, clock: Clock) -> SlackDesk:
    where = SlackSettings(name="pr-room", base_url=slack.api_url, channel="#pr")
    return SlackDesk(
        signing_secret=slack.signing_secret,
        desk=Desk(parts.database, live, lambda _: timedelta(minutes=15), now=clock),
        roster=lambda: live.current().roster,
        users=UserStore(parts.database, parts.passwords, clock),
        audit=AuditLog(parts.database, clock),
        voice=SlackVoice(where, token=slack.bot_token, now=clock),
        locale=parts.locale,
        zone=ZoneInfo("Asia/Shanghai"),
        now=clock,
    )


def post_alert(slack: StandSlack, clock: Clock, told: Message) -> SlackMessage:
    where = SlackSettings(name="pr-room", base_url=slack.api_url, channel="#pr")
    SlackChannel(where, token=slack.bot_token, now=clock, buttons=True).send(told)
    return slack.messages[-1]


@pytest.fixture
def slack(clock: Clock) -> Iterator[StandSlack]:
    with StandSlack(clock) as stand:
        yield stand
    assert stand.defects == []


@pytest.fixture
def room(parts: WebParts, slack: StandSlack, clock: Clock) -> Iterator[Room]:
    live = LiveConfig(None, {}, config(people=PEOPLE))
    slack_desk = hear(parts, slack, live, clock)
    case_id = Rows(parts.database).case()
    alert = post_alert(slack, clock, message(case_id=case_id, severity=Severity.URGENT))
    app = create_app(replace(parts, slack=slack_desk))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Room(slack, client, parts.database, slack_desk.users, case_id, alert)


def nothing_done(room: Room) -> bool:
    return room.case.state == "firing" and room.case.assigned_to is None and room.audit == []


# Deeds


def test_who_presses_takes_the_case(room: Room, clock: Clock) -> None:
    answer = room.press("ack")

    assert (answer.status_code, answer.content) == (200, b"")
    assert (room.case.state, room.case.acked_by) == ("acked", "林夏")
    assert room.case.ack_expires_at == clock.now + timedelta(minutes=15)
    assert room.said == [
        f"林夏 已接手事件 #{room.case_id}，12:15 前有效；到时还没有回复，会再次提醒。"
    ]
    assert room.audit == [("林夏", "slack_press"), ("林夏", "case_acked")]


def test_a_case_is_assigned_to_who_asks_for_it(room: Room) -> None:
    assert room.press("assign", ZHOU).status_code == 200

    assert room.case.assigned_to == "pr"
    assert room.said == [f"事件 #{room.case_id} 归 pr 处理。"]


@pytest.mark.parametrize("reason", list(FalseAlarm))
def test_a_false_alarm_comes_with_its_reason(room: Room, reason: FalseAlarm) -> None:
    answer = room.press("false_alarm", choice=f"{room.case_id}:{reason.value}")

    assert answer.status_code == 200
    assert room.case.state == "false_alarm"
    assert (room.case.closed_by, room.case.close_reason) == ("林夏", reason.value)
    assert len(room.said) == 1


def test_answers_in_a_thread_stay_in_that_thread(room: Room, clock: Clock) -> None:
    told = message(case_id=room.case_id, thread=room.alert.ts)
    later = post_alert(room.slack, clock, told)

    room.send(room.slack.press(later, "ack", LIN))

    assert [m.thread_ts for m in room.slack.messages] == ["", room.alert.ts, room.alert.ts]


def test_a_link_is_followed_without_a_deed(room: Room) -> None:
    assert room.press("open_0").status_code == 200

    assert nothing_done(room)
    assert (room.said, room.slack.whispers) == ([], ())


# Who may


def whispered(room: Room) -> str:
    (whisper,) = room.slack.whispers
    assert whisper.channel == room.alert.channel
    assert room.said == []
    return whisper.text


@pytest.mark.parametrize("user", [STRANGER, "U0TWICE"])
def test_who_is_not_known_is_told_how_to_be(room: Room, user: str) -> None:
    assert room.press("ack", user).status_code == 200

    assert nothing_done(room)
    assert f"handles: {{slack: {user}}}" in whispered(room)
    assert room.slack.whispers[0].user == user


def test_an_account_of_the_console_decides_what_its_owner_may(room: Room) -> None:
    room.users.disable("pr", by="test")

    assert room.press("ack", ZHOU).status_code == 200

    assert nothing_done(room)
    assert "已停用" in whispered(room)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_here_what_it_may_in_the_console(room: Room, role: Role) -> None:
    room.users.set_role("pr", role, by="test")

    room.press("ack", ZHOU)

    if allows(role, Permission.HANDLE_CASES):
        assert room.case.acked_by == "pr"
        return
    assert nothing_done(room)
    assert f"角色 {role.value} 不能" in whispered(room)


# What cannot be done


def test_a_case_that_is_over_stays_so(room: Room) -> None:
    room.press("false_alarm", choice=f"{room.case_id}:other")
    room.press("ack")

    assert room.case.state == "false_alarm"
    (whisper,) = room.slack.whispers
    assert whisper.text == f"什么也没有做：事件 #{room.case_id} 已经结束。"


def test_a_case_that_does_not_exist_is_told_so(room: Room, clock: Clock) -> None:
    alert = post_alert(room.slack, clock, message(case_id=987_654))

    assert room.send(room.slack.press(alert, "ack", LIN)).status_code == 200

    assert "没有事件 #987654" in whispered(room)


@pytest.mark.parametrize(
    "action",
    [
        {"action_id": "delete_all", "value": "1"},
        {"action_id": "ack", "value": "1; drop table"},
        {"action_id": "ack"},
        {"action_id": "false_alarm", "selected_option": None},
    ],
)
def test_a_button_that_is_not_ours_does_nothing(room: Room, action: dict[str, Any]) -> None:
    payload = room.payload()
    payload["actions"] = [{**action, "action_ts": "1.1"}]

    assert room.tell(payload).status_code == 200

    assert nothing_done(room)
    assert "已经失效" in whispered(room)


def test_a_reason_that_does_not_exist_is_refused(room: Room) -> None:
    payload = room.payload("false_alarm")
    payload["actions"][0]["selected_option"] = {"value": f"{room.case_id}:boredom"}

    assert room.tell(payload).status_code == 200

    assert room.case.state == "firing"
    assert "boredom" in whispered(room)


# Only Slack, only now, only once


def test_the_same_press_counts_once(room: Room, clock: Clock) -> None:
    press = room.slack.press(room.alert, "assign", LIN)
    room.send(press)
    room.press("assign", ZHOU)
    clock.advance(250)

    assert room.send(press).status_code == 200

    assert room.case.assigned_to == "pr"
    assert len(room.said) == 2
    assert [action for _, action in room.audit] == ["slack_press", "case_assigned"] * 2


def test_pressing_again_is_another_press(room: Room, clock: Clock) -> None:
    room.press("ack")
    clock.advance(60)
    room.press("ack")

    assert room.case.ack_expires_at == clock.now + timedelta(minutes=15)
    assert len(room.said) == 2


@pytest.mark.parametrize("age_s", [301, -301, 86_400])
def test_an_old_request_is_refused(room: Room, clock: Clock, age_s: float) -> None:
    press = room.slack.press(room.alert, "ack", LIN)
    clock.advance(age_s)

    assert room.send(press).status_code == 403
    assert nothing_done(room)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Slack-Signature", "v0=" + "0" * 64),
        ("X-Slack-Signature", "v0="),
        ("X-Slack-Signature", ""),
        ("X-Slack-Signature", "é"),
        ("X-Slack-Request-Timestamp", ""),
        ("X-Slack-Request-Timestamp", "now"),
        ("X-Slack-Request-Timestamp", "-1"),
        ("X-Slack-Request-Timestamp", "9" * 5000),
        ("X-Slack-Request-Timestamp", "1" * 12),
    ],
)
def test_what_slack_did_not_sign_is_refused(room: Room, header: str, value: str) -> None:
    press = room.slack.press(room.alert, "ack", LIN)
    headers = {**press.headers, header: value.encode("latin-1")}

    answer = room.client.post("/hooks/slack", content=press.body, headers=headers)

    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert nothing_done(room)


def test_a_changed_body_is_refused(room: Room) -> None:
    press = room.slack.press(room.alert, "ack", LIN)
    forged = replace(press, body=press.body.replace(LIN.encode(), ZHOU.encode()))

    assert room.send(forged).status_code == 403
    assert room.client.post("/hooks/slack", content=press.body).status_code == 403
    assert nothing_done(room)


def test_a_session_or_a_token_opens_nothing_here(room: Room, token_of: Any, clock: Clock) -> None:
    press = room.slack.press(room.alert, "ack", LIN)

    answer = room.client.post("/hooks/slack", content=press.body, headers=token_of(Role.ADMIN))

    assert answer.status_code == 403
    assert nothing_done(room)


def test_without_a_secret_there_is_no_such_place(stranger: TestClient) -> None:
    assert stranger.post("/hooks/slack", content=b"payload={}").status_code == 404
    assert stranger.get("/hooks/slack").status_code == 405


# Payloads that are none


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"body": "{}"},
        {"payload": ""},
        {"payload": "not json"},
        {"payload": "null"},
        {"payload": "[1]"},
        {"payload": "{}"},
        {"payload": '{"type": "view_submission"}'},
        {"payload": '{"type": "block_actions"}'},
        {"payload": '{"type": "block_actions", "actions": []}'},
        {"payload": '{"type": "block_actions", "actions": [7]}'},
        {"payload": "[" * 50_000},
        {"payload": '{"a": ' * 10_000},
        {f"f{n}": "1" for n in range(20)},
    ],
)
def test_what_is_no_press_is_refused_with_a_reason(room: Room, form: dict[str, str]) -> None:
    answer = room.send(room.slack.sign(urlencode(form).encode()))

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert nothing_done(room)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("user",), None),
        (("user", "id"), ""),
        (("user", "id"), 7),
        (("user", "id"), "<!channel>"),
        (("container",), []),
        (("container", "channel_id"), "#pr"),
        (("container", "message_ts"), "yesterday"),
        (("actions", 0, "action_ts"), None),
        (("message", "thread_ts"), {"a": 1}),
    ],
)
def test_what_is_missing_is_named(room: Room, place: tuple[Any, ...], value: object) -> None:
    payload = room.payload()
    inner = payload
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value

    answer = room.tell(payload)

    assert answer.status_code == 400
    assert "payload." in answer.json()["detail"]


def test_bytes_that_are_no_text_are_refused(room: Room) -> None:
    for body in (b"payload=\xff\xfe", b"payload=%FF%FE", b"\x00", b"", b"&&=&"):
        assert room.send(room.slack.sign(body)).status_code == 400
    assert nothing_done(room)


def test_too_much_is_refused(room: Room) -> None:
    press = room.slack.sign(b"payload=" + b"x" * BODY_LIMIT_BYTES)

    assert room.send(press).status_code == 413


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "user", "id", "actions", "action_id", "value", "container"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(JSON)
def test_no_payload_breaks_it(room: Room, payload: object) -> None:
    for sent in (payload, {"type": "block_actions", "actions": [payload]}):
        assert room.tell(sent).status_code == 400
    assert nothing_done(room)


# Answers to people


def test_slack_gone_silent_undoes_nothing(room: Room) -> None:
    press = room.slack.press(room.alert, "ack", LIN)
    room.slack.stop()

    assert room.send(press).status_code == 200
    assert room.case.state == "acked"


def test_a_name_acts_as_text_alone(parts: WebParts, slack: StandSlack, clock: Clock) -> None:
    people = [{"name": "<!channel> & \x1b[2J", "handles": {"slack": LIN}}]
    live = LiveConfig(None, {}, config(people=people))
    slack_desk = hear(parts, slack, live, clock)
    case_id = Rows(parts.database).case()
    alert = post_alert(slack, clock, message(case_id=case_id))
    with TestClient(create_app(replace(parts, slack=slack_desk))) as client:
        press = slack.press(alert, "assign", LIN)
        assert client.post("/hooks/slack", content=press.body, headers=press.headers).is_success

    said = slack.messages[-1].text
    assert "&lt;!channel&gt; &amp; ␛[2J" in said


def test_the_service_speaks_its_own_language(
    parts: WebParts, slack: StandSlack, clock: Clock
) -> None:
    live = LiveConfig(None, {}, config(people=PEOPLE))
    english = replace(parts, locale="en")
    app = create_app(replace(english, slack=hear(english, slack, live, clock)))
    case_id = Rows(parts.database).case()
    alert = post_alert(slack, clock, message(case_id=case_id, locale="en"))
    with TestClient(app) as client:
        for action, user, choice in (
            ("ack", LIN, ""),
            ("assign", LIN, ""),
            ("ack", STRANGER, ""),
            ("false_alarm", LIN, f"{case_id}:joke"),
            ("ack", LIN, ""),
        ):
            clock.advance(1)
            press = slack.press(alert, action, user, choice=choice)
            client.post("/hooks/slack", content=press.body, headers=press.headers)

    said = [m.text for m in slack.messages[1:]] + [w.text for w in slack.whispers]
    assert len(said) == 5
    assert (
        said[0]
        == f"林夏 takes case #{case_id} until 12:15; without an answer by then it is told again."
    )
    assert said[2] == f"林夏 marked case #{case_id} as a false alarm (A joke)."
    assert not any("什么" in text for text in said)
