from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from alerts.channels import webhook
from alerts.channels.channel import Busy, Refused
from alerts.channels.webhook import WebhookChannel, WebhookSettings, verify
from alerts.flow import Reason
from alerts.message import Mention
from tests.alerts.channels.receiver import Receiver, Request, http_answer, receiving
from tests.alerts.messages import NOW, REPLY, TEXT, message, operational

SECRET = "5e1f-webhook-secret-of-tests"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        running.answers = [http_answer(204)]
        yield running


def channel(receiver: Receiver, secret: str = SECRET) -> WebhookChannel:
    settings = WebhookSettings(name="hook", url=f"{receiver.url}/in?key=abc")
    return WebhookChannel(settings, secret=secret, now=lambda: NOW)


@pytest.fixture
def request_(receiver: Receiver) -> Request:
    """One delivered request."""
    channel(receiver).send(message())
    return receiver.requests[0]


def test_the_body_keeps_its_shape(request_: Request) -> None:
    assert request_.headers["content-type"] == "application/json; charset=utf-8"
    body = request_.json
    assert {
        name: body[name]
        for name in ("version", "sent_at", "age_s", "time_left_s", "severity", "case_id", "late")
    } == {
        "version": 1,
        "sent_at": "2026-11-22T04:00:00+00:00",
        "age_s": 200.0,
        "time_left_s": 420.0,
        "severity": "urgent",
        "case_id": 12,
        "late": False,
    }
    assert set(body) == {
        *("version", "sent_at", "age_s", "time_left_s", "dedupe_key", "kind", "severity"),
        *("title", "brand", "reasons", "verdict", "created_at", "due_at", "late", "post"),
        *("reply", "console_url", "locale", "case_id", "uncertain", "reason", "news", "spread"),
        *("reach", "mentions", "act_by", "ended", "thread", "parts"),
    }
    assert set(body["post"]) == {
        *("platform", "author", "followers", "text", "marks", "quoted", "url", "published_at"),
    }
    assert set(body["reply"]) == {"text", "how", "link", "template", "length", "limit"}


def test_what_follows_says_why_and_who_must_act_by_when(receiver: Receiver) -> None:
    channel(receiver).send(
        message(
            reason="spread_100",
            news=("传播从 12 条到 120 条",),
            spread=120,
            reach=340_000,
            mentions=(Mention("张三", {"wecom": "zhangsan"}),),
            act_by=NOW + timedelta(minutes=15),
            thread="5f" * 20,
        )
    )

    body = receiver.requests[0].json
    names = ("reason", "news", "spread", "reach", "mentions", "act_by", "ended", "thread", "parts")
    assert {name: body[name] for name in names} == {
        "reason": "spread_100",
        "news": ["传播从 12 条到 120 条"],
        "spread": 120,
        "reach": 340_000,
        "mentions": [{"name": "张三", "handles": {"wecom": "zhangsan"}}],
        "act_by": "2026-11-22T04:15:00+00:00",
        "ended": False,
        "thread": "5f" * 20,
        "parts": [],
    }


def test_the_documentation_of_the_body_names_every_key_and_reason(request_: Request) -> None:
    told = set(re.findall(r"[a-z_0-9]+", webhook.__doc__ or ""))

    assert set(request_.json) <= told
    assert {reason.value for reason in Reason} <= told


def test_a_message_about_the_service_has_neither_post_nor_reply(receiver: Receiver) -> None:
    channel(receiver).send(operational())

    body = receiver.requests[0].json
    assert (body["post"], body["reply"], body["due_at"], body["time_left_s"]) == (None,) * 4


@pytest.mark.parametrize("body", [b"", b"garbage \xff", b"no"])
def test_any_2xx_counts_whatever_stands_in_the_body(receiver: Receiver, body: bytes) -> None:
    receiver.answers = [http_answer(202, body)]

    assert channel(receiver).send(message()).provider_id == message().dedupe_key


def test_a_2xx_counts_even_if_the_connection_breaks_after_it(receiver: Receiver) -> None:
    receiver.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"]

    assert channel(receiver).send(message())


def test_receivers_can_tell_that_a_request_is_ours(request_: Request) -> None:
    assert verify(SECRET, request_.headers, request_.body, NOW)
    shouted = {name.upper(): value for name, value in request_.headers.items()}
    assert verify(SECRET, shouted, request_.body, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("secret", "changes", "body", "later_s"),
    [
        ("another", {}, None, 0),
        ("", {}, None, 0),
        (SECRET, {}, b"{}", 0),
        (SECRET, {}, None, 301),
        (SECRET, {}, None, -301),
        (SECRET, {"x-shifen-signature": ""}, None, 0),
        (SECRET, {"x-shifen-signature": "sha256=ключ"}, None, 0),
        (SECRET, {"x-shifen-timestamp": "1795320001"}, None, 0),
        (SECRET, {"x-shifen-timestamp": "now"}, None, 0),
        (SECRET, {"x-shifen-timestamp": "9" * 5000}, None, 0),
        (SECRET, {"x-shifen-timestamp": ""}, None, 0),
    ],
)
def test_receivers_can_tell_that_a_request_is_not(
    request_: Request, secret: str, changes: dict[str, str], body: bytes | None, later_s: float
) -> None:
    headers = {**request_.headers, **changes}
    arrived = NOW + timedelta(seconds=later_s)

    assert not verify(secret, headers, body or request_.body, arrived)


def test_an_empty_secret_proves_nothing(request_: Request) -> None:
    timestamp = request_.headers["x-shifen-timestamp"]
    forged = hmac.new(b"", f"{timestamp}.".encode() + request_.body, "sha256").hexdigest()
    headers = {**request_.headers, "x-shifen-signature": f"sha256={forged}"}

    assert not verify("", headers, request_.body, NOW)


def test_chinese_and_emoji_travel_as_themselves(request_: Request) -> None:
    assert TEXT.encode() in request_.body
    assert REPLY.encode() in request_.body


def test_without_a_secret_messages_go_unsigned_and_check_says_so(receiver: Receiver) -> None:
    way = channel(receiver, secret="")
    way.send(message())

    assert "x-shifen-signature" not in receiver.requests[0].headers
    assert "SHIFEN_WEBHOOK_SECRET" in way.check()
    assert "SHIFEN_WEBHOOK_SECRET" not in channel(receiver).check()


@pytest.mark.parametrize(("status", "fine"), [(200, True), (404, True), (405, True), (503, False)])
def test_check_asks_whether_somebody_answers(receiver: Receiver, status: int, fine: bool) -> None:
    receiver.answers = [http_answer(status)]

    if fine:
        assert "127.0.0.1" in channel(receiver).check()
    else:
        with pytest.raises(Busy):
            channel(receiver).check()
    assert receiver.requests[0].method == "HEAD"


def test_the_address_is_not_told(receiver: Receiver) -> None:
    receiver.answers = [http_answer(410)]
    way = channel(receiver)

    with pytest.raises(Refused) as caught:
        way.send(message())

    assert "key=abc" not in str(caught.value)
    assert "key=abc" not in repr(WebhookSettings(name="hook", url="https://a.example/?key=abc"))
