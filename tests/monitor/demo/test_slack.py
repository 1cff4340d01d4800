from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier

from monitor.demo.exchange import Fault
from monitor.demo.slack import StandSlack
from tests.conftest import Clock
from tests.monitor.demo.samples import ask


class FixedClock(SlackClock):
    """The SDK's clock, at the time of the stand-in's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


@pytest.fixture
def stand(clock: Clock) -> Iterator[StandSlack]:
    with StandSlack(clock) as stand:
        yield stand
    assert stand.defects == []


def call(stand: StandSlack, method: str, token: str | None = None, **arguments: Any) -> Any:
    headers = {"Authorization": f"Bearer {token or stand.bot_token}"}
    return ask(stand, f"/api/{method}", method="POST", json=arguments, headers=headers)


def test_a_message_is_kept_with_the_time_of_its_coming(stand: StandSlack, clock: Clock) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "有人投诉 🔥"}}]
    answer = call(stand, "chat.postMessage", channel="#pr", text="hi", blocks=blocks).json()
    (message,) = stand.messages

    assert answer["ok"] is True
    assert answer["ts"] == message.ts
    assert answer["channel"] == message.channel
    assert answer["message"]["text"] == "hi"
    assert message.received_at == clock()
    assert "有人投诉 🔥" in message.said


def test_forms_do_as_well_as_json(stand: StandSlack) -> None:
    form = {
        "token": stand.bot_token,
        "channel": "#pr",
        "text": "你好",
        "blocks": json.dumps([{"type": "divider"}]),
        "metadata": json.dumps({"event_type": "alert", "event_payload": {"key": "k1"}}),
    }
    assert ask(stand, "/api/chat.postMessage", method="POST", data=form).json()["ok"]
    assert stand.messages[0].metadata["event_payload"] == {"key": "k1"}


def test_history_finds_a_message_by_its_metadata(stand: StandSlack, clock: Clock) -> None:
    room = ""
    for key in ("k1", "k2", "k3"):
        metadata = {"event_type": "alert", "event_payload": {"key": key}}
        room = call(stand, "chat.postMessage", channel="#pr", text=key, metadata=metadata).json()[
            "channel"
        ]
        clock.advance(5)
    call(stand, "chat.postMessage", channel="#other", text="elsewhere")
    whole = call(stand, "conversations.history", channel=room, include_all_metadata=True).json()
    plain = call(stand, "conversations.history", channel=room, limit=2).json()
    cursor = plain["response_metadata"]["next_cursor"]
    rest = call(stand, "conversations.history", channel=room, limit=2, cursor=cursor).json()
    since = stand.messages[1].ts
    late = call(stand, "conversations.history", channel=room, oldest=since).json()

    assert [m["metadata"]["event_payload"]["key"] for m in whole["messages"]] == ["k3", "k2", "k1"]
    assert plain["has_more"]
    assert "metadata" not in plain["messages"][0]
    assert [m["text"] for m in rest["messages"]] == ["k1"]
    assert [m["text"] for m in late["messages"]] == ["k3"]


def test_rooms_are_listed_by_the_names_they_were_called(stand: StandSlack) -> None:
    call(stand, "chat.postMessage", channel="#pr", text="a")
    (room,) = call(stand, "conversations.list").json()["channels"]

    assert room["name"] == "pr"
    assert call(stand, "chat.postMessage", channel=room["id"], text="b").json()["ok"]
    assert len({message.channel for message in stand.messages}) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "a"}, "channel_not_found"),
        ({"channel": "#pr"}, "no_text"),
        ({"channel": "#pr", "text": "x" * 40_001}, "msg_too_long"),
        (
            {"channel": "#pr", "blocks": [{"type": "section", "text": {"text": "x" * 3001}}]},
            "invalid_blocks",
        ),
        ({"channel": "#pr", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ],
)
def test_a_bad_message_is_refused_with_slacks_code(
    stand: StandSlack, arguments: dict[str, Any], error: str
) -> None:
    assert call(stand, "chat.postMessage", **arguments).json() == {"ok": False, "error": error}
    assert stand.messages == ()


def test_only_the_token_opens(stand: StandSlack) -> None:
    assert call(stand, "auth.test").json()["ok"]
    assert call(stand, "auth.test", token="xoxb-wrong").json()["error"] == "invalid_auth"
    assert ask(stand, "/api/auth.test", method="POST").json()["error"] == "not_authed"
    assert call(stand, "no.such").json()["error"] == "unknown_method"
    assert call(stand, "conversations.history", channel="C1").json()["error"] == (
        "channel_not_found"
    )


def test_a_room_takes_one_message_a_second(clock: Clock) -> None:
    with StandSlack(clock, rate_limited=True) as stand:
        first = call(stand, "chat.postMessage", channel="#pr", text="1")
        second = call(stand, "chat.postMessage", channel="#pr", text="2")
        elsewhere = call(stand, "chat.postMessage", channel="#qa", text="3")
        clock.advance(1)
        third = call(stand, "chat.postMessage", channel="#pr", text="2")

    assert [r.status_code for r in (first, second, elsewhere, third)] == [200, 429, 200, 200]
    assert second.headers["retry-after"] == "1"
    assert len(stand.messages) == 3


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.RESET])
def test_only_a_lost_answer_means_that_the_message_was_taken(
    stand: StandSlack, fault: Fault
) -> None:
    with stand.faulty(fault), pytest.raises(httpx.ReadError):
        call(stand, "chat.postMessage", channel="#pr", text="a")
    assert len(stand.messages) == (fault is Fault.LOST_ANSWER)


# Threads


def test_a_thread_is_told_apart_from_the_room(stand: StandSlack, clock: Clock) -> None:
    first = call(stand, "chat.postMessage", channel="#pr", text="opened").json()
    room, ts = first["channel"], first["ts"]
    for text, aloud in (("grew", False), ("worse", True)):
        clock.advance(1)
        call(
            stand,
            "chat.postMessage",
            channel="#pr",
            text=text,
            thread_ts=ts,
            reply_broadcast=aloud,
        )
    thread = call(stand, "conversations.replies", channel=room, ts=ts).json()
    history = call(stand, "conversations.history", channel=room).json()

    assert [m["text"] for m in thread["messages"]] == ["worse", "grew", "opened"]
    assert [m["text"] for m in history["messages"]] == ["worse", "opened"]
    assert [m.thread_ts for m in stand.messages] == ["", ts, ts]


def test_there_is_no_answer_to_what_was_never_said(stand: StandSlack) -> None:
    call(stand, "chat.postMessage", channel="#pr", text="a")
    answer = call(stand, "chat.postMessage", channel="#pr", text="b", thread_ts="1.1").json()
    assert answer["error"] == "thread_not_found"
    room = stand.messages[0].channel
    replies = call(stand, "conversations.replies", channel=room, ts="1.1").json()
    assert replies["error"] == "thread_not_found"
    assert len(stand.messages) == 1


def test_a_whisper_reaches_one_person(stand: StandSlack) -> None:
    call(stand, "chat.postEphemeral", channel="#pr", user="U1", text="psst")
    assert call(stand, "chat.postEphemeral", channel="#pr", text="x").json()["ok"] is False
    (whisper,) = stand.whispers
    assert (whisper.user, whisper.text) == ("U1", "psst")
    assert stand.messages == ()


# Buttons


ACTIONS = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "ack", "value": "12"},
        {
            "type": "static_select",
            "action_id": "why",
            "options": [{"value": "12:joke"}, {"value": "12:other"}],
        },
    ],
}


def test_pressing_a_button_tells_the_app_so(stand: StandSlack, clock: Clock) -> None:
    call(stand, "chat.postMessage", channel="#pr", text="a", blocks=[ACTIONS])
    press = stand.press(stand.messages[0], "ack", "U1")
    verifier = SignatureVerifier(stand.signing_secret, clock=FixedClock(clock))

    assert verifier.is_valid_request(press.body, dict(press.headers))
    payload = json.loads(parse_qs(press.body.decode())["payload"][0])
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U1"
    assert payload["container"]["message_ts"] == stand.messages[0].ts
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"]) == ("ack", "12")

    chosen = stand.press(stand.messages[0], "why", "U1", choice="12:other")
    payload = json.loads(parse_qs(chosen.body.decode())["payload"][0])
    assert payload["actions"][0]["selected_option"] == {"value": "12:other"}


@pytest.mark.parametrize(("action", "choice"), [("nope", ""), ("why", "12:nope")])
def test_what_is_not_there_cannot_be_pressed(stand: StandSlack, action: str, choice: str) -> None:
    call(stand, "chat.postMessage", channel="#pr", text="a", blocks=[ACTIONS])
    with pytest.raises(LookupError):
        stand.press(stand.messages[0], action, "U1", choice=choice)


@pytest.mark.parametrize("elements", [[], ACTIONS["elements"][:1] * 2])
def test_a_row_of_buttons_that_slack_would_refuse(stand: StandSlack, elements: list[Any]) -> None:
    row = {"type": "actions", "elements": elements}
    answer = call(stand, "chat.postMessage", channel="#pr", text="a", blocks=[row])
    assert answer.json()["error"] == "invalid_blocks"
