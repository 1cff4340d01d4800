"""Services that only apprise speaks to, stood in for on loopback."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from alerts.channels.absent import AbsentChannel
from alerts.channels.apprise import AppriseChannel
from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.build import build_channel
from alerts.channels.channel import Channel, Refused, Unanswered
from alerts.channels.secrets import ChannelSecrets
from alerts.digest import digest
from alerts.message import units
from tests.alerts.channels.receiver import Receiver, http_answer, receiving
from tests.alerts.messages import NOW, english, message, operational, post

KEY = "top1c-of-tests"
# Apprise itself imports it, with a shim of its own for Pythons that lack it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as running:
        running.answers = [http_answer(200, b'{"id": "x"}')]
        yield running


def channel(url: str) -> AppriseChannel:
    settings = AppriseSettings(name="tail", secret="TAIL")
    return AppriseChannel(settings, url=url, now=lambda: NOW, zone=ZoneInfo("Asia/Shanghai"))


def ntfy(service: Receiver) -> str:
    return f"{service.url.replace('http', 'ntfy', 1)}/{KEY}"


def test_hands_the_alert_to_the_service(service: Receiver) -> None:
    receipt = channel(ntfy(service)).send(message())

    (request,) = service.requests
    assert receipt.provider_id == message().dedupe_key
    assert request.json["topic"] == KEY
    assert request.json["title"].startswith("🔴 紧急 · 星云手表 · 微博 · ")
    said = request.json["message"]
    for part in (message().title, "安全风险：冒烟", "建议公开回复", message().console_url):
        assert part in said
    assert message().post.text in said  # type: ignore[union-attr]


def test_speaks_the_receivers_language_and_tells_of_the_service(service: Receiver) -> None:
    way = channel(ntfy(service))
    way.send(english())
    way.send(operational())
    first, second = (request.json["message"] for request in service.requests)
    assert "Suggested public reply" in first
    assert "更新 cookie 后自动继续" in second


def test_long_texts_are_cut_to_what_the_service_takes(service: Receiver) -> None:
    url = f"{service.url.replace('http', 'form', 1)}/in"
    long = message(post=post(text="冒烟😱" * 6_000, quoted="冒烟😱" * 6_000, marks=()), reply=None)
    channel(url).send(long)
    (request,) = service.requests
    assert 30_000 < units(request.form["message"]) <= 32_768
    assert "冒烟😱" in request.form["message"]


def test_alerts_that_do_not_fit_together_are_not_cut_but_refused(service: Receiver) -> None:
    way = channel(ntfy(service))
    way.send(digest([message(case_id=n) for n in range(3)], "http://console"))
    assert all(f"事件 #{n}" in service.requests[0].json["message"] for n in range(3))
    with pytest.raises(Refused, match="not that many"):
        way.send(digest([message(post=post(text="冒" * 900))] * 20, "http://console"))
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_no_is_a_doubt(service: Receiver, status: int) -> None:
    service.answers = [http_answer(status)]
    with pytest.raises(Unanswered, match="ntfy") as caught:
        channel(ntfy(service)).send(message())
    assert KEY not in str(caught.value)


def test_nobody_listening_is_a_doubt_too() -> None:
    with pytest.raises(Unanswered):
        channel(f"ntfy://127.0.0.1:9/{KEY}").send(message())


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("wecombot://0123456789abcdef", "wecom"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789", "wecom"),
        ("dingtalk://0123456789abcdef", "dingtalk"),
        ("feishu://0123456789abcdef", "feishu"),
        ("lark://0123456789abcdef", "feishu"),
        (" SLACK://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7", "slack"),
        ("mailto://user:pass@example.com", "email"),
        ("mailtos://user:pass@example.com", "email"),
        ("json://127.0.0.1/in", "webhook"),
    ],
)
def test_what_we_speak_to_ourselves_is_refused(url: str, kind: str) -> None:
    way = channel(url)
    for act in (lambda: way.send(message()), way.check):
        with pytest.raises(Refused) as caught:
            act()
        assert f"kind {kind}" in caught.value.detail
        assert "0123456789" not in caught.value.detail
        assert "pass@" not in caught.value.detail


@pytest.mark.parametrize("url", ["", "nope://x", "not an address", "http://127.0.0.1/x"])
def test_an_address_that_is_none_names_its_variable(url: str) -> None:
    way = channel(url)
    for act in (lambda: way.send(message()), way.check):
        with pytest.raises(Refused, match="SHIFEN_CHANNEL_TAIL_URL"):
            act()


def test_check_sends_nothing(service: Receiver) -> None:
    assert "ntfy" in channel(ntfy(service)).check()
    assert service.requests == []


def test_shows_and_logs_nothing_of_the_address(
    service: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    way = channel(ntfy(service))
    service.answers = [http_answer(500), http_answer(200, b"{}")]
    with caplog.at_level(logging.DEBUG):
        with pytest.raises(Unanswered):
            way.send(message())
        way.send(message())
    assert KEY not in caplog.text
    assert message().title not in caplog.text
    assert KEY not in f"{way!r} {way}"


def test_keeps_the_promises_of_a_channel() -> None:
    way: Channel = channel("ntfy://topic")
    assert (way.name, way.min_interval_s, way.most_at_once, way.threads) == ("tail", 2.0, 1, False)
    assert way.find("5f" * 20, NOW) is None
    way.close()
    way.close()


def test_without_the_package_the_channel_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "alerts.channels.apprise", raising=False)
    monkeypatch.setitem(sys.modules, "apprise", None)
    settings = AppriseSettings(name="tail", secret="TAIL")
    built = build_channel(
        settings, now=lambda: NOW, channel_secrets={"TAIL": ChannelSecrets(url="ntfy://topic")}
    )
    assert isinstance(built, AbsentChannel)
    assert built.name == "tail"
    assert built.find("5f" * 20, NOW) is None
    for act in (lambda: built.send(message()), built.check):
        with pytest.raises(Refused, match="pip install apprise"):
            act()
    built.close()
