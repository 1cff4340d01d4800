"""What the robots of all platforms do alike."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest

from alerts.channels.build import build_channel
from alerts.channels.channel import Busy, ChannelError, Refused, Unanswered
from alerts.channels.dingtalk import DingTalkSettings
from alerts.channels.feishu import FeishuSettings
from alerts.channels.robots import MAX_ANSWER_BYTES, RobotSettings
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.wecom import WeComSettings
from alerts.digest import digest
from tests.alerts.channels.receiver import json_answer, receiving
from tests.alerts.channels.robot import KEY, SECRET, YES, Platform
from tests.alerts.messages import CONSOLE, NOW, TEXT, message, reply
from tests.alerts.messages import post as view

ROBOTS = [WeComSettings, DingTalkSettings, FeishuSettings]
LONG = reply(text="好" * 1900)
"""Takes four bodies of WeCom's: the alert, and three for the reply."""


@pytest.fixture
def platform() -> Platform:
    return Platform()


def failure(platform: Platform, settings: Any = WeComSettings, alert: Any = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        platform.channel(settings).send(alert or message())
    for secret in (KEY, SECRET):
        error = caught.value
        assert secret not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
    return caught.value


@pytest.mark.parametrize("settings", ROBOTS)
def test_a_robot_takes_several_alerts_and_has_no_threads(
    platform: Platform, settings: type[RobotSettings]
) -> None:
    channel = platform.channel(settings)

    assert channel.most_at_once == 10
    assert not channel.threads
    assert channel.find("5f" * 20, NOW, "thread") is None
    assert platform.requests == []


# Pace


@pytest.mark.parametrize(
    ("settings", "a_minute"), [(WeComSettings, 20), (DingTalkSettings, 20), (FeishuSettings, 100)]
)
def test_the_pace_keeps_below_the_platforms_limit(
    platform: Platform, settings: type[RobotSettings], a_minute: int
) -> None:
    assert 60 / platform.channel(settings).min_interval_s <= a_minute * 0.95
    assert platform.channel(settings).min_interval_s >= 1 / 5


def test_several_bodies_go_one_after_another_at_that_pace(platform: Platform) -> None:
    platform.channel(WeComSettings).send(message(reply=LONG))

    assert len(platform.requests) == 4
    assert platform.slept == [3.3] * 3


def test_one_body_needs_no_pause(platform: Platform) -> None:
    platform.channel(WeComSettings).send(message())

    assert (len(platform.requests), platform.slept) == (1, [])


def test_a_body_that_failed_is_where_the_next_try_goes_on(platform: Platform) -> None:
    platform.answers = [YES, YES, httpx.ReadTimeout("lost"), {"errcode": -1}, YES]
    channel = platform.channel(WeComSettings)
    alert = message(reply=LONG)

    for kind in (Unanswered, Busy):
        with pytest.raises(ChannelError) as caught:
            channel.send(alert)
        assert type(caught.value) is kind
    assert channel.send(alert).provider_id == alert.dedupe_key

    texts = [body["text"]["content"] for body in platform.bodies]
    assert len(texts) == 6
    assert texts[2] == texts[3] == texts[4]
    said = "".join(text.partition("\n")[2] for text in (texts[1], texts[2], texts[5]))
    assert said == LONG.text


def test_another_message_begins_at_its_beginning(platform: Platform) -> None:
    platform.answers = [YES, {"errcode": -1}, YES]
    channel = platform.channel(WeComSettings)
    with pytest.raises(Busy):
        channel.send(message(reply=LONG))

    channel.send(message(reply=LONG, case_id=13))

    assert "事件 #13" in platform.bodies[2]["text"]["content"]
    assert len(platform.requests) == 6


def test_the_same_message_sent_twice_is_written_twice(platform: Platform) -> None:
    channel = platform.channel(WeComSettings)
    for _ in range(2):
        channel.send(message())

    assert platform.bodies[0] == platform.bodies[1]


def test_very_many_bodies_are_spread_over_several_tries(platform: Platform) -> None:
    channel = platform.channel(WeComSettings)
    alert = message(reply=reply(text="好" * 10_000))

    with pytest.raises(Busy, match="9 of 17 bodies went out, the rest follows") as caught:
        channel.send(alert)
    assert caught.value.retry_after_s == 3.3
    assert channel.send(alert)

    assert len(platform.requests) == 17
    said = [body["text"]["content"].partition("\n")[2] for body in platform.bodies[1:]]
    assert "".join(said) == "好" * 10_000


# Answers


@pytest.mark.parametrize("settings", ROBOTS)
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"errcode": 77_777, "code": 77_777, "errmsg": KEY, "msg": SECRET}, Busy),
        ({"errcode": "0", "code": "0"}, None),
        ({"errcode": 0, "code": 0, "data": {"deep": []}}, None),
        ({"errcode": None, "code": None}, Unanswered),
        ({"errcode": True, "code": True}, Unanswered),
        ({"errcode": "zero", "code": "zero"}, Unanswered),
        ({}, Unanswered),
        ([0], Unanswered),
        ("ok", Unanswered),
        (httpx.Response(200, content=b"<html>proxy</html>"), Unanswered),
        (httpx.Response(200, content=b"[" * 50_000), Unanswered),
        (httpx.Response(204), Unanswered),
        (httpx.Response(302, headers={"Location": "https://b.example/"}), Refused),
        (httpx.Response(400, json={"errcode": 77_777, "code": 77_777}), Refused),
        (httpx.Response(503, json={"errcode": 77_777, "code": 77_777}), Busy),
        (httpx.Response(500, json=YES), Busy),
        (httpx.Response(403, json=YES), Refused),
        (httpx.ConnectTimeout(f"no {KEY}"), Busy),
        (httpx.ReadTimeout(f"no {KEY}"), Unanswered),
        (httpx.RemoteProtocolError(f"no {KEY}"), Unanswered),
    ],
)
def test_the_code_in_the_answer_decides(
    platform: Platform, settings: Any, answer: Any, kind: type[ChannelError] | None
) -> None:
    platform.answers = [answer]

    if kind is None:
        assert platform.channel(settings).send(message())
    else:
        assert type(failure(platform, settings)).__mro__.count(kind) == 1


def test_an_answer_without_end_is_not_read_to_its_end(platform: Platform) -> None:
    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield b" " * 1024

    platform.answers = [httpx.Response(200, content=endless())]

    assert isinstance(failure(platform), Unanswered)
    assert read <= MAX_ANSWER_BYTES // 1024 + 2


def test_packed_answers_are_understood_and_broken_ones_are_none(platform: Platform) -> None:
    packed, headers = gzip.compress(json.dumps(YES).encode()), {"Content-Encoding": "gzip"}
    stream = httpx.ByteStream
    platform.answers = [
        httpx.Response(200, stream=stream(packed), headers=headers),
        httpx.Response(200, stream=stream(b"no gzip"), headers=headers),
    ]

    assert platform.channel(WeComSettings).send(message())
    assert isinstance(failure(platform), Unanswered)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7), ({"x-ogw-ratelimit-reset": "52"}, 52), ({}, None)],
)
def test_hints_how_long_to_wait_are_obeyed(
    platform: Platform, headers: dict[str, str], seconds: float | None
) -> None:
    limited = {"code": 99991400, "msg": "request trigger frequency limit"}
    for status in (400, 429):
        platform.answers = [httpx.Response(status, json=limited, headers=headers)]
        error = failure(platform, FeishuSettings)
        assert (type(error), error.retry_after_s) == (Busy, seconds)


# Words that a platform refuses


def test_refused_words_are_left_out_at_a_second_try(platform: Platform) -> None:
    platform.answers = [{"errcode": 430102}, YES]

    platform.channel(DingTalkSettings).send(message())

    first, second = platform.bodies
    assert TEXT in first["text"]["content"]
    assert "平台不收这条提醒里的文字" in second["text"]["content"]
    assert TEXT not in second["text"]["content"]
    assert CONSOLE in second["text"]["content"]
    assert first["msgUuid"] != second["msgUuid"]
    assert platform.slept == [3.5]


def test_refused_even_without_words_is_refused(platform: Platform) -> None:
    platform.answers = [{"errcode": 430101}]

    assert isinstance(failure(platform, DingTalkSettings), Refused)
    assert len(platform.requests) == 2


def test_the_next_message_comes_with_its_words_again(platform: Platform) -> None:
    platform.answers = [{"errcode": 430102}, YES]
    channel = platform.channel(DingTalkSettings)
    for _ in range(2):
        channel.send(message())

    assert TEXT in platform.bodies[2]["text"]["content"]


# Keys


@pytest.mark.parametrize("settings", ROBOTS)
@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("", r"is missing: set SHIFEN_CHANNEL_PR_ROOM_KEY"),
        ("https://robots.example/send?key=0f1e2d3c", r"PR_ROOM_KEY holds a whole address"),
        ("0f1e 2d3c 4b5a", r"PR_ROOM_KEY does not look like a key"),
        ("short", r"does not look like a key"),
        ("钥匙钥匙钥匙钥匙钥匙", r"does not look like a key"),
    ],
)
def test_a_key_that_is_none_is_told_without_asking(
    platform: Platform, settings: type[RobotSettings], key: str, told: str
) -> None:
    channel = platform.channel(settings, ChannelSecrets(key=key))

    for act in (lambda: channel.send(message()), channel.check):
        with pytest.raises(Refused, match=told) as caught:
            act()
        assert not key or key not in str(caught.value)
    assert platform.requests == []


def test_addresses_have_no_key_in_them() -> None:
    with pytest.raises(ValueError, match="the key is a secret"):
        WeComSettings(name="a", secret="A", base_url="https://a.example/send?key=0f1e2d3c")
    assert WeComSettings(name="a", secret="A", base_url="https://a.example/s/").base_url == (
        "https://a.example/s"
    )


@pytest.mark.parametrize("settings", ROBOTS)
@pytest.mark.parametrize("name", ["", "pr", "1PR", "PR-ROOM", "公关", "A" * 41])
def test_names_of_secrets_can_stand_in_variables(settings: Any, name: str) -> None:
    with pytest.raises(ValueError):
        settings(name="room", secret=name)


def test_no_proxy_stands_between_us_and_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with receiving() as receiver:
        receiver.answers = [json_answer(YES)]
        settings = WeComSettings(name="room", secret="PR", base_url=receiver.url)
        secrets = {"PR": ChannelSecrets(key=KEY)}
        channel = build_channel(settings, now=lambda: NOW, channel_secrets=secrets)

        assert channel.send(message()).provider_id
        channel.close()


# Check


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        (WeComSettings, {"errcode": 40008, "errmsg": "invalid message type"}),
        (WeComSettings, {"errcode": 44004}),
        (WeComSettings, {"errcode": 77_777}),
        (DingTalkSettings, {"errcode": 40035}),
        (DingTalkSettings, {"errcode": 310000, "errmsg": "keywords not in content"}),
        (FeishuSettings, httpx.Response(400, json={"code": 9499, "msg": "Bad Request"})),
        (FeishuSettings, {"code": 19024, "msg": "Key Words Not Found"}),
        (FeishuSettings, {"code": 0}),
    ],
)
def test_check_is_content_when_the_robot_only_misses_the_message(
    platform: Platform, settings: Any, answer: Any
) -> None:
    platform.answers = [answer]

    told = platform.channel(settings).check()

    assert settings(name="a", secret="A").base_url.split("/")[2] in told
    (body,) = platform.bodies
    assert set(body) <= {"timestamp", "sign"}


@pytest.mark.parametrize(
    ("settings", "answer", "kind"),
    [
        (WeComSettings, {"errcode": 93000}, Refused),
        (WeComSettings, {"errcode": 45009}, Busy),
        (WeComSettings, {"errcode": -1}, Busy),
        (WeComSettings, httpx.Response(502), Busy),
        (WeComSettings, httpx.Response(404), Refused),
        (WeComSettings, httpx.Response(200, content=b"captive portal"), Unanswered),
        (DingTalkSettings, {"errcode": 300005, "errmsg": "token is not exist"}, Refused),
        (DingTalkSettings, {"errcode": 310000, "errmsg": "sign not match"}, Refused),
        (FeishuSettings, {"code": 19001}, Refused),
        (FeishuSettings, {"code": 19021}, Refused),
        (FeishuSettings, httpx.ConnectError("no route"), Busy),
    ],
)
def test_check_tells_what_is_wrong_with_the_robot(
    platform: Platform, settings: Any, answer: Any, kind: type[ChannelError]
) -> None:
    platform.answers = [answer]

    with pytest.raises(kind):
        platform.channel(settings).check()


@pytest.mark.parametrize("settings", [DingTalkSettings, FeishuSettings])
def test_check_tells_of_missing_signatures(platform: Platform, settings: Any) -> None:
    assert platform.channel(settings).check().endswith("; messages are signed")
    unsigned = platform.channel(settings, ChannelSecrets(key=KEY)).check()
    assert "NOT signed (set SHIFEN_CHANNEL_PR_ROOM_SECRET)" in unsigned


def test_several_alerts_are_one_request_where_they_fit(platform: Platform) -> None:
    parts = [message(case_id=n, console_url=f"{CONSOLE}/{n}", post=view()) for n in range(10)]

    for settings, count in zip(ROBOTS, [2, 1, 1], strict=True):
        platform.requests.clear()
        platform.channel(settings).send(digest(parts, CONSOLE))
        assert len(platform.requests) == count
