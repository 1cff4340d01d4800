"""DingTalk: signatures, the bodies that its robots take, and what their codes mean."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from alerts.channels.channel import Busy, ChannelError, Refused
from alerts.channels.dingtalk import DingTalkSettings, signature
from alerts.channels.secrets import ChannelSecrets
from alerts.message import Mention
from tests.alerts.channels.robot import KEY, SECRET, YES, Platform
from tests.alerts.messages import NOW, TEXT, message, reply
from tests.alerts.messages import post as view


@pytest.fixture
def platform() -> Platform:
    return Platform()


def query(platform: Platform) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(platform.requests[-1].url)).query, strict_parsing=True)


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    # printf '1795320000000\nSECdingtalk-of-tests' |
    #   openssl dgst -sha256 -hmac SECdingtalk-of-tests -binary | base64
    expected = "rua5K7MjT8q3g6Qiqw0V79FqpNR3z8DCAGeJUR56Ug8="
    assert signature("SECdingtalk-of-tests", "1795320000000") == expected


def test_key_time_and_signature_stand_in_the_address(platform: Platform) -> None:
    platform.channel(DingTalkSettings).send(message())

    (request,) = platform.requests
    assert str(request.url).startswith("https://oapi.dingtalk.com/robot/send?access_token=")
    assert query(platform) == {
        "access_token": [KEY],
        "timestamp": ["1795320000000"],
        "sign": [signature(SECRET, "1795320000000")],
    }
    assert KEY not in request.content.decode()


def test_signs_of_base64_survive_the_address(platform: Platform) -> None:
    seen = ""
    for _ in range(40):
        platform.now += timedelta(milliseconds=1)
        platform.channel(DingTalkSettings).send(message())
        asked = query(platform)
        assert asked["sign"] == [signature(SECRET, asked["timestamp"][0])]
        seen += asked["sign"][0]
    assert set("+/=") <= set(seen)


def test_each_try_is_signed_with_its_own_time(platform: Platform) -> None:
    channel = platform.channel(DingTalkSettings)
    channel.send(message())
    platform.now += timedelta(hours=2)
    channel.send(message())

    assert query(platform)["timestamp"] == [str(1795320000000 + 7_200_000)]


def test_without_a_secret_it_goes_unsigned(platform: Platform) -> None:
    platform.channel(DingTalkSettings, ChannelSecrets(key=KEY)).send(message())
    assert set(query(platform)) == {"access_token"}


def test_the_body(platform: Platform) -> None:
    platform.channel(DingTalkSettings).send(message())

    (body,) = platform.bodies
    assert set(body) == {"msgtype", "text", "at", "msgUuid"}
    assert body["msgtype"] == "text"
    assert TEXT in body["text"]["content"]
    assert body["at"] == {"atMobiles": [], "atUserIds": [], "isAtAll": False}


def test_people_are_called_by_id_or_by_number_in_the_text_too(platform: Platform) -> None:
    handles = ("manager7", "13800000001", "+852-12345678901", "", "@all", "a b", "manager7")
    people = tuple(Mention(f"甲{n}", {"dingtalk": h}) for n, h in enumerate(handles))

    platform.channel(DingTalkSettings).send(
        message(mentions=people, act_by=NOW + timedelta(minutes=5))
    )

    (body,) = platform.bodies
    assert body["at"] == {
        "atMobiles": ["13800000001", "+852-12345678901"],
        "atUserIds": ["manager7"],
        "isAtAll": False,
    }
    called = "@manager7 @13800000001 @+852-12345678901 甲3 甲4 甲5 @manager7"
    assert f"\n{called} 请在 5 分钟内处理（12:05 前）\n" in body["text"]["content"]


def test_no_post_calls_everybody(platform: Platform) -> None:
    words = "@所有人 @all <@all> [链接](https://d.example) @13800000001"
    platform.channel(DingTalkSettings).send(message(post=view(text=words, author=words)))

    (body,) = platform.bodies
    assert body["at"] == {"atMobiles": [], "atUserIds": [], "isAtAll": False}


def test_a_body_that_comes_again_has_the_same_mark_and_others_have_others(
    platform: Platform,
) -> None:
    platform.answers = [{"errcode": -1}, YES]
    channel = platform.channel(DingTalkSettings)
    long = message(reply=reply(text="好" * 9000))
    with pytest.raises(Busy):
        channel.send(long)
    channel.send(long)
    channel.send(message(dedupe_key="6a" * 20))

    first, *marks, other = [body["msgUuid"] for body in platform.bodies]
    assert first == marks[0]
    assert len({*marks, other}) == len(marks) + 1 == 4
    assert all(mark.startswith("5f" * 20) for mark in marks)


@pytest.mark.parametrize("unit", ["好", "a", "😱", '"\\\n', "\n"])
def test_no_body_has_more_bytes_than_dingtalk_takes(platform: Platform, unit: str) -> None:
    long = unit * 12_000
    platform.channel(DingTalkSettings).send(
        message(post=view(text=long), reply=reply(text=f"{long}。"), reasons=(long,) * 99)
    )

    assert max(len(request.content) for request in platform.requests) < 20_000


@pytest.mark.parametrize(
    ("code", "said", "kind", "seconds", "told"),
    [
        (-1, "", Busy, None, "it is busy"),
        (130101, "send too fast, exceed 20 times per minute", Busy, 60, "more than 20"),
        (410100, "", Busy, 60, "more than 20"),
        (660026, "sending too many messages per minute", Busy, 60, "more than 20"),
        (310000, "keywords not in content", Refused, None, "asks for a keyword; give it Shifen"),
        (310000, "invalid timestamp", Refused, None, "set the clock"),
        (310000, "sign not match", Refused, None, "set SHIFEN_CHANNEL_PR_ROOM_SECRET"),
        (310000, "ip 1.2.3.4 not in whitelist", Refused, None, "does not let in our address"),
        (310000, "", Refused, None, "the signature is wrong"),
        (310000, "description:关键词不匹配;solution:…", Refused, None, "asks for a keyword"),
        (310000, "description:机器人发送签名过期;solution:…", Refused, None, "set the clock"),
        (310000, "机器人发送签名不匹配;签名的时间戳", Refused, None, "the signature is wrong"),
        (310000, "description:ip 不在白名单中;solution:…", Refused, None, "our address"),
        (300001, "description: robot 不存在", Refused, None, "set SHIFEN_CHANNEL_PR_ROOM_KEY"),
        (300005, "token is not exist", Refused, None, "set SHIFEN_CHANNEL_PR_ROOM_KEY"),
        (400101, "", Refused, None, "set SHIFEN_CHANNEL_PR_ROOM_KEY"),
        (400013, "", Refused, None, "the group was dissolved"),
        (400102, "", Refused, None, "switched off"),
        (430103, "", Refused, None, "does not take these words"),
        (460101, "message too long, exceed 20000 bytes", Refused, None, "too long"),
    ],
)
def test_codes(
    platform: Platform,
    code: int,
    said: str,
    kind: type[ChannelError],
    seconds: float | None,
    told: str,
) -> None:
    platform.answers = [{"errcode": code, "errmsg": said}]

    with pytest.raises(kind) as caught:
        platform.channel(DingTalkSettings).send(message())

    assert caught.value.retry_after_s == seconds
    assert f"DingTalk answered 200 with code {code}: " in caught.value.detail
    assert told in caught.value.detail


def test_leaves_more_room_below_the_limit_than_others() -> None:
    assert DingTalkSettings(name="a", secret="A").min_interval_s == 3.5
