"""What every channel promises, held against receivers on loopback.

Mail servers answer with codes of their own and apprise with a mere yes or no: what becomes of
those is held in tests/alerts/channels/test_email.py and test_apprise.py.
"""

from __future__ import annotations

import io
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from rich.console import Console

from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.build import build_channel
from alerts.channels.channel import Busy, Channel, ChannelError, Refused, Unanswered
from alerts.channels.console import ConsoleSettings
from alerts.channels.dingtalk import DingTalkSettings
from alerts.channels.email import EmailSettings
from alerts.channels.feishu import FeishuSettings
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.slack import SlackSettings
from alerts.channels.webhook import WebhookSettings
from alerts.channels.wecom import WeComSettings
from alerts.digest import digest
from alerts.message import Mention
from tests.alerts.channels.mailbox import Mailbox, receiving_mail
from tests.alerts.channels.receiver import HANG, Receiver, http_answer, json_answer, receiving
from tests.alerts.messages import CONSOLE, NOW, REPLY, TEXT, english, message, operational, reply
from tests.alerts.messages import post as view

TOKEN = "xoxb-71-slack-token-of-tests"
SECRET = "5e1f-webhook-secret-of-tests"
ADDRESS_KEY = "hook-key-of-tests"
# What each of Slack, WeCom and DingTalk, and Feishu says when it has taken a message.
SLACK_YES = {"ok": True, "channel": "C0123456789", "ts": "1764000000.000100"}
TAKEN = json_answer({**SLACK_YES, "errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"})
ROBOTS = ["wecom", "dingtalk", "feishu"]
REMOTE = ["slack", "webhook", *ROBOTS]
# Apprise itself imports it, with a shim of its own for Pythons that lack it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
DENSE = re.compile(r"[\s│]")


def dense(text: str) -> str:
    """Without spaces and frames, which depend on the width of a terminal."""
    return DENSE.sub("", text)


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key != "type":  # of Slack's blocks: it would stand between the parts of a text
                yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


@dataclass
class Way:
    """One channel with the receiver behind it."""

    kind: str
    channel: Channel
    receiver: Receiver
    screen: io.StringIO
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def raw(self) -> str:
        """What left the house in the last message, as the receiver decodes it."""
        if self.kind == "console":
            return self.screen.getvalue()
        if self.kind == "email":
            letter = self.mailbox.letters[-1]
            return f"{letter.mail['Subject']}\n{letter.text}".replace("\r\n", "\n")
        if self.kind == "apprise" and "json" not in self.receiver.requests[-1].headers.get(
            "content-type", ""
        ):
            return self.receiver.requests[-1].body.decode()  # ntfy takes long texts as a file
        if self.kind in ROBOTS:
            return "".join(text for r in self.receiver.requests for text in strings(r.json))
        return "".join(strings(self.receiver.requests[-1].json))

    @property
    def dedupe_key(self) -> str:
        request = self.receiver.requests[-1]
        if self.kind == "slack":
            key: str = request.json["metadata"]["event_payload"]["dedupe_key"]
            return key
        if self.kind == "dingtalk":
            return str(request.json["msgUuid"]).partition("-")[0]
        return request.headers["idempotency-key"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        running.answers = [TAKEN]
        yield running


def build(
    kind: str, url: str, screen: io.StringIO, timeout_s: float = 10, mail_port: int = 25
) -> Channel:
    settings: dict[str, Any] = {
        "slack": SlackSettings(
            name="way", base_url=f"{url}/api/", channel="#pr", timeout_s=timeout_s
        ),
        "webhook": WebhookSettings(name="way", url=f"{url}/{ADDRESS_KEY}", timeout_s=timeout_s),
        "wecom": WeComSettings(name="way", secret="WAY", base_url=url, timeout_s=timeout_s),
        "dingtalk": DingTalkSettings(name="way", secret="WAY", base_url=url, timeout_s=timeout_s),
        "feishu": FeishuSettings(name="way", secret="WAY", base_url=url, timeout_s=timeout_s),
        "email": EmailSettings(
            name="way",
            host="127.0.0.1",
            port=mail_port,
            security="none",
            user="shifen",
            secret="WAY",
            sender="alerts@shifen.example",
            to=("pr@example.com",),
        ),
        "apprise": AppriseSettings(name="way", secret="WAY"),
        "console": ConsoleSettings(name="way"),
    }
    ntfy = f"{url.replace('http', 'ntfy', 1)}/{ADDRESS_KEY}"
    return build_channel(
        settings[kind],
        now=lambda: NOW,
        slack_bot_token=TOKEN,
        webhook_secret=SECRET,
        channel_secrets={
            "WAY": ChannelSecrets(key=ADDRESS_KEY, secret=SECRET, password=SECRET, url=ntfy)
        },
        sleep=lambda _: None,
        console=Console(file=screen, width=200),
    )


@pytest.fixture(params=[*REMOTE, "email", "apprise", "console"])
def way(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Way]:
    screen = io.StringIO()
    with receiving_mail(password=SECRET) as mailbox:
        channel = build(request.param, receiver.url, screen, mail_port=mailbox.port)
        yield Way(request.param, channel, receiver, screen, mailbox)
        channel.close()


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Way]:
    """The ways out that cross a network."""
    screen = io.StringIO()
    channel = build(request.param, receiver.url, screen)
    yield Way(request.param, channel, receiver, screen)
    channel.close()


@pytest.fixture(params=["slack", "webhook", "dingtalk"])
def marking(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Way]:
    """The ways out to receivers that know a message which comes again."""
    screen = io.StringIO()
    channel = build(request.param, receiver.url, screen)
    yield Way(request.param, channel, receiver, screen)
    channel.close()


@pytest.fixture(params=REMOTE)
def hasty(request: pytest.FixtureRequest, receiver: Receiver) -> Iterator[Way]:
    """The same, with little patience."""
    screen = io.StringIO()
    channel = build(request.param, receiver.url, screen, timeout_s=0.4)
    yield Way(request.param, channel, receiver, screen)
    channel.close()


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def failure(act: Callable[[], object]) -> ChannelError:
    """Return the error of `act`, having looked for secrets in it and in what caused it."""
    with pytest.raises(ChannelError) as caught:
        act()
    for error in chain(caught.value):
        told = f"{error} {error!r} {error.args!r} {vars(error) if error is caught.value else ''}"
        for secret in (TOKEN, SECRET, ADDRESS_KEY):
            assert secret not in told
        assert getattr(error, "response", None) is None
    return caught.value


def test_brings_the_whole_alert(way: Way) -> None:
    receipt = way.channel.send(message())

    assert receipt.provider_id
    shown = dense(way.raw)
    for part in (
        "星云手表：充电冒烟，用户要求退款",
        TEXT,
        REPLY,
        "青柠气泡水",
        CONSOLE,
        "安全风险：冒烟",
    ):
        assert dense(part) in shown


def test_speaks_the_receivers_language(way: Way) -> None:
    way.channel.send(english())

    assert dense("the strap broke & support ignores me, I want a refund") in dense(way.raw)
    assert dense("We are sorry, please DM us.") in dense(way.raw)
    assert not re.search("[一-鿿]", way.raw)


def test_a_message_about_the_service_needs_no_post(way: Way) -> None:
    way.channel.send(operational())

    assert dense("微博读不到：登录失效") in dense(way.raw)
    assert dense("更新 cookie 后自动继续") in dense(way.raw)
    assert "建议公开回复" not in way.raw


def test_an_alert_may_come_without_a_reply(way: Way) -> None:
    way.channel.send(message(reply=None))

    assert dense(TEXT) in dense(way.raw)
    assert "建议公开回复" not in way.raw


@pytest.mark.parametrize("unit", ["冒烟😱", "smoke & mirrors <3 ", "👨‍👩‍👧"])
def test_takes_texts_of_20_kb(way: Way, unit: str) -> None:
    text = unit * (20_480 // len(unit.encode()) + 1)
    long = message(post=view(text=text, marks=()), reply=reply(text=text), reasons=(text,) * 20)

    assert way.channel.send(long).provider_id

    assert dense(text[:300]) in dense(way.raw)


def test_carries_as_many_alerts_at_once_as_it_says(way: Way) -> None:
    count = way.channel.most_at_once
    alerts = [message(case_id=n, console_url=f"{CONSOLE}{n}") for n in range(count)]

    assert way.channel.send(digest(alerts, CONSOLE) if count > 1 else alerts[0]).provider_id

    for alert in alerts:
        assert dense(alert.console_url) in dense(way.raw)


HOSTILE = (
    "\x1b[2J\x1b]0;own\x07 \u202egnp.exe\u2066 \x9b31m \x00 \ud83d <!channel> <@U1> [red]*a*_b_`c`"
)


def test_hostile_texts_do_nothing(way: Way) -> None:
    hostile = message(
        title=HOSTILE,
        brand=HOSTILE,
        reasons=(HOSTILE,),
        verdict=HOSTILE,
        console_url=f"javascript:alert(1)//{HOSTILE}",
        post=view(author=HOSTILE, text=HOSTILE, quoted=HOSTILE, url=f"https://weibo.com/{HOSTILE}"),
        reply=reply(text=HOSTILE, link=f"file:///{HOSTILE}"),
    )

    way.channel.send(hostile)

    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", way.raw
    )
    assert "[red]*a*_b_`c`" in way.raw


def test_every_try_of_a_message_carries_its_key(marking: Way) -> None:
    for _ in range(2):
        marking.channel.send(message())
        assert marking.dedupe_key == message().dedupe_key


def test_what_is_sent_is_utf8_byte_for_byte(remote: Way) -> None:
    remote.channel.send(message(post=view(marks=())))

    sent = json.loads(remote.receiver.requests[-1].body.decode("utf-8"))
    assert any(TEXT in text for text in strings(sent))


STATUSES = {
    Refused: (301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 422),
    Busy: (408, 425, 429, 500, 502, 503, 504, 529),
}


@pytest.mark.parametrize(
    ("kind", "status"), [(kind, status) for kind, group in STATUSES.items() for status in group]
)
def test_which_answers_are_worth_another_try(
    remote: Way, kind: type[ChannelError], status: int
) -> None:
    remote.receiver.answers = [http_answer(status, b"<html>no</html>")]

    error = failure(lambda: remote.channel.send(message()))

    assert type(error) is kind
    assert str(status) in error.detail
    assert error.permanent is (kind is Refused)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("17", 17.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("١٢", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_says_how_long_the_receiver_asked_to_wait(
    remote: Way, status: int, value: str, seconds: float | None
) -> None:
    head = f"HTTP/1.1 {status} Wait\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
    remote.receiver.answers = [head.encode()]

    error = failure(lambda: remote.channel.send(message()))

    assert type(error) is Busy
    assert error.retry_after_s == seconds


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(HANG, id="never answers"),
        pytest.param(b"", id="hangs up"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="breaks off"),
        pytest.param(b"220 mail.example ESMTP\r\n", id="speaks another protocol"),
        pytest.param(b"\x00\xff" * 40, id="garbage"),
    ],
)
def test_no_answer_leaves_it_open_whether_the_message_was_taken(hasty: Way, answer: bytes) -> None:
    hasty.receiver.answers = [answer]

    error = failure(lambda: hasty.channel.send(message()))

    assert type(error) is Unanswered
    assert len(hasty.receiver.requests) <= 1


def test_waits_for_no_answer_longer_than_told(hasty: Way) -> None:
    hasty.receiver.answers = [HANG]
    began = time.monotonic()

    failure(lambda: hasty.channel.send(message()))

    assert 0.3 < time.monotonic() - began < 8


def test_a_slow_answer_counts(remote: Way) -> None:
    remote.receiver.delay_s = 0.15

    assert remote.channel.send(message()).provider_id


@pytest.mark.parametrize("kind", REMOTE)
def test_nobody_listening_means_not_taken(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    channel = build(kind, f"http://127.0.0.1:{port}", io.StringIO())

    assert type(failure(lambda: channel.send(message()))) is Busy
    assert type(failure(channel.check)) is Busy
    channel.close()


@pytest.mark.parametrize("kind", REMOTE)
def test_an_unknown_host_means_not_taken(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    channel = build(kind, "http://alerts.example", io.StringIO())

    assert type(failure(lambda: channel.send(message()))) is Busy
    channel.close()


def test_redirects_are_not_followed(remote: Way) -> None:
    with receiving() as elsewhere:
        elsewhere.answers = [TAKEN]
        remote.receiver.answers = [http_answer(302, Location=f"{elsewhere.url}/take")]

        error = failure(lambda: remote.channel.send(message()))

        assert type(error) is Refused
        assert elsewhere.requests == []


def test_failure_is_followed_by_success_on_the_same_channel(remote: Way) -> None:
    remote.receiver.answers = [b"", http_answer(503), TAKEN]

    assert type(failure(lambda: remote.channel.send(message()))) is Unanswered
    assert type(failure(lambda: remote.channel.send(message()))) is Busy
    assert remote.channel.send(message()).provider_id


def test_what_follows_answers_the_first_message_where_there_are_threads(way: Way) -> None:
    first = way.channel.send(message())
    again = message(dedupe_key="a" * 40, thread=first.provider_id, news=("又有 3 条帖子",))

    assert way.channel.send(again).provider_id

    assert dense("又有 3 条帖子") in dense(way.raw)
    told = {
        "slack": lambda: way.receiver.requests[-1].json["thread_ts"],
        "webhook": lambda: way.receiver.requests[-1].json["thread"],
        "email": lambda: way.mailbox.letters[-1].mail["In-Reply-To"],
    }
    assert way.channel.threads is (way.kind in told)
    if way.channel.threads:
        assert told[way.kind]() == first.provider_id


def test_what_is_over_is_said_to_be(way: Way) -> None:
    way.channel.send(message(ended=True, reason="resolved", news=("已解决，无需再处理",)))

    assert dense("已解决，无需再处理") in dense(way.raw)
    assert "建议公开回复" not in way.raw


def test_says_who_must_act_and_until_when(way: Way) -> None:
    handles = {"slack": "U012AB3CD", "wecom": "lin", "dingtalk": "13800000000", "feishu": "ou_1"}
    act_by = NOW + timedelta(minutes=15)
    way.channel.send(message(mentions=(Mention("林夏", handles),), act_by=act_by))

    raw = way.raw
    assert any(who in raw for who in ("林夏", *handles.values()))
    assert way.kind == "webhook" or dense("请在 15 分钟内处理") in dense(raw)


def test_looking_for_an_unknown_message_finds_nothing(way: Way) -> None:
    way.receiver.answers = [json_answer({"ok": True, "channels": [], "messages": []})]

    assert way.channel.find("ab" * 20, NOW) is None


def test_check_sends_nothing(way: Way) -> None:
    complaint = {"errcode": 40035, "code": 9499, "msg": "Bad Request"}
    way.receiver.answers = [
        json_answer({"ok": True, "team": "星云", "user": "shifen", **complaint})
    ]

    assert way.channel.check()

    assert way.screen.getvalue() == ""
    assert way.mailbox.letters == []
    if way.kind in ROBOTS:
        (request,) = way.receiver.requests
        assert set(request.json) <= {"timestamp", "sign"}
        return
    asked = [(request.method, request.path) for request in way.receiver.requests]
    assert asked in ([("POST", "/api/auth.test")], [("HEAD", f"/{ADDRESS_KEY}")], [])


def test_tells_name_and_pace_and_hides_its_secrets(way: Way) -> None:
    assert way.channel.name == "way"
    assert way.channel.min_interval_s >= 0
    assert way.channel.most_at_once >= 1
    assert isinstance(way.channel.threads, bool)
    for secret in (TOKEN, SECRET, ADDRESS_KEY):
        assert secret not in f"{way.channel!r} {way.channel}"
    way.channel.close()
    way.channel.close()
