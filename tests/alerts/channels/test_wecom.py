"""WeCom: the bodies that its robots take, and what their codes mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.channels.channel import Busy, ChannelError, Refused
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.wecom import WeComSettings
from alerts.message import Mention
from tests.alerts.channels.robot import KEY, Platform
from tests.alerts.messages import NOW, REPLY, message, reply
from tests.alerts.messages import post as view


@pytest.fixture
def platform() -> Platform:
    return Platform()


def text(platform: Platform) -> Any:
    (body,) = platform.bodies
    assert set(body) == {"msgtype", "text"}
    assert body["msgtype"] == "text"
    return body["text"]


def test_the_key_stands_in_the_address_and_nowhere_else(platform: Platform) -> None:
    platform.channel(WeComSettings).send(message())

    (request,) = platform.requests
    assert request.method == "POST"
    assert str(request.url) == f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert KEY not in request.content.decode()
    assert set(text(platform)) == {"content"}


def test_a_robot_of_wecoms_needs_no_signature(platform: Platform) -> None:
    channel = platform.channel(WeComSettings, ChannelSecrets(key=KEY))

    assert channel.send(message())
    assert channel.check() == "WeCom answers at qyapi.weixin.qq.com"


def test_people_are_called_by_id_or_by_number(platform: Platform) -> None:
    handles = ("zhangsan", "13800000001", "li.si@a-b_c", "", "@all", "张三", "a b", "zhangsan")
    people = tuple(Mention(f"甲{n}", {"wecom": h, "slack": "U1"}) for n, h in enumerate(handles))

    platform.channel(WeComSettings).send(
        message(mentions=people, act_by=NOW + timedelta(minutes=5))
    )

    written = text(platform)
    assert written["mentioned_list"] == ["zhangsan", "li.si@a-b_c"]
    assert written["mentioned_mobile_list"] == ["13800000001"]
    assert "甲0 甲1 甲2 甲3 甲4 甲5 甲6 甲7 请在 5 分钟内处理（12:05 前）" in written["content"]


def test_nobody_is_called_about_what_is_over(platform: Platform) -> None:
    people = (Mention("张三", {"wecom": "zhangsan"}),)
    platform.channel(WeComSettings).send(message(mentions=people, ended=True, act_by=NOW))
    assert set(text(platform)) == {"content"}


def test_no_post_calls_anybody(platform: Platform) -> None:
    words = "<@all> <@zhangsan> @all @所有人 <font color='warning'>"

    platform.channel(WeComSettings).send(
        message(title=words, brand=words, post=view(text=words, author=words), reasons=(words,))
    )

    written = text(platform)
    assert set(written) == {"content"}
    assert "<@" not in written["content"]


@pytest.mark.parametrize("unit", ["好", "a", "😱", '"\\\n'])
def test_no_text_has_more_bytes_than_wecom_takes(platform: Platform, unit: str) -> None:
    long = unit * 2500
    platform.channel(WeComSettings).send(
        message(post=view(text=long), reply=reply(text=f"{long}。"), reasons=(long,) * 9)
    )

    sizes = [len(body["text"]["content"].encode()) for body in platform.bodies]
    assert max(sizes) <= 2048
    assert min(sizes[:-1]) > 1850


def test_an_ordinary_alert_is_one_text(platform: Platform) -> None:
    platform.channel(WeComSettings).send(message(post=view(text="长" * 5000, marks=())))

    assert REPLY in text(platform)["content"]


@pytest.mark.parametrize(
    ("code", "kind", "seconds", "told"),
    [
        (-1, Busy, None, "it is busy"),
        (45009, Busy, 60, "more than 20 messages in a minute"),
        (45033, Busy, None, "too many requests at once"),
        (93000, Refused, None, "no such robot; set SHIFEN_CHANNEL_PR_ROOM_KEY"),
        (93004, Refused, None, "switched off"),
        (93008, Refused, None, "not in the group"),
        (40008, Refused, None, "this kind of message"),
        (40058, Refused, None, "length"),
        (44004, Refused, None, "empty"),
        (45002, Refused, None, "too long"),
    ],
)
def test_codes(
    platform: Platform, code: int, kind: type[ChannelError], seconds: float | None, told: str
) -> None:
    hint = f"invalid, hint: [17083977054], from ip: 218.0.0.1, more info at …?e={code}&key={KEY}"
    platform.answers = [{"errcode": code, "errmsg": hint}]

    with pytest.raises(kind) as caught:
        platform.channel(WeComSettings).send(message())

    assert caught.value.retry_after_s == seconds
    assert f"WeCom answered 200 with code {code}: " in caught.value.detail
    assert told in caught.value.detail
    assert "218.0.0.1" not in caught.value.detail
    assert KEY not in caught.value.detail
