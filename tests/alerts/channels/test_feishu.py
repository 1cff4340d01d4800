"""Feishu: signatures, the posts that its bots take, and what their codes mean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from alerts.channels.channel import Busy, ChannelError, Refused
from alerts.channels.feishu import FeishuSettings, signature
from alerts.channels.secrets import ChannelSecrets
from alerts.message import Mention
from tests.alerts.channels.robot import KEY, SECRET, Platform
from tests.alerts.messages import CONSOLE, NOW, TEXT, english, message, reply
from tests.alerts.messages import post as view


@pytest.fixture
def platform() -> Platform:
    return Platform()


def post(platform: Platform, language: str = "zh_cn") -> Any:
    (body,) = platform.bodies
    assert body["msg_type"] == "post"
    assert set(body["content"]) == {"post"}
    assert set(body["content"]["post"]) == {language}
    return body["content"]["post"][language]


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    # openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '1795320000\nfeishu-secret-of-tests'
    #   | xxd -p | tr -d '\n') -binary < /dev/null | base64
    expected = "aa+sgnItzbafwNlWOIQoB7CZS5d51Czi7BASjWoWymY="
    assert signature("feishu-secret-of-tests", "1795320000") == expected


def test_the_key_ends_the_address_and_the_signature_stands_in_the_body(platform: Platform) -> None:
    platform.channel(FeishuSettings).send(message())

    (request,) = platform.requests
    assert str(request.url) == f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}"
    (body,) = platform.bodies
    assert set(body) == {"timestamp", "sign", "msg_type", "content"}
    assert (body["timestamp"], body["sign"]) == ("1795320000", signature(SECRET, "1795320000"))


def test_without_a_secret_it_goes_unsigned(platform: Platform) -> None:
    platform.channel(FeishuSettings, ChannelSecrets(key=KEY)).send(message())
    assert set(platform.bodies[0]) == {"msg_type", "content"}


def test_a_post_of_words_and_links(platform: Platform) -> None:
    platform.channel(FeishuSettings).send(message())

    written = post(platform)
    assert written["title"] == "🔴 紧急 · 星云手表 · 微博"
    assert [{"tag": "text", "text": f"│ {TEXT}"}] in written["content"]
    assert written["content"][-1] == [{"tag": "a", "text": "在控制台查看", "href": CONSOLE}]
    assert all(element["text"] for line in written["content"] for element in line)


def test_in_english(platform: Platform) -> None:
    platform.channel(FeishuSettings).send(english())
    assert post(platform, "en_us")["title"] == "🔴 Urgent · NebulaWatch · X"


def test_people_are_called_by_id(platform: Platform) -> None:
    handles = ("ou_84aad35d084aa403", "7b3f1c", "", "all", "a b", '"></at>')
    people = tuple(Mention(f"甲{n}", {"feishu": h}) for n, h in enumerate(handles))

    platform.channel(FeishuSettings).send(
        message(mentions=people, act_by=NOW + timedelta(minutes=5))
    )

    space = {"tag": "text", "text": " "}
    call = [
        {"tag": "at", "user_id": "ou_84aad35d084aa403", "user_name": "甲0"},
        space,
        {"tag": "at", "user_id": "7b3f1c", "user_name": "甲1"},
        space,
        *(each for n in (2, 3, 4, 5) for each in ({"tag": "text", "text": f"甲{n}"}, space)),
        {"tag": "text", "text": "请在 5 分钟内处理（12:05 前）"},
    ]
    assert call in post(platform)["content"]


def test_what_a_post_says_stays_words(platform: Platform) -> None:
    words = (
        '<at user_id="all">所有人</at> **a** [b](https://d.example) <a href="https://d.example">'
    )

    platform.channel(FeishuSettings).send(
        message(title=words, brand=words, post=view(text=words, author=words), reasons=(words,))
    )

    elements = [element for line in post(platform)["content"] for element in line]
    assert {element["tag"] for element in elements} == {"text", "a"}
    assert {e["href"] for e in elements if e["tag"] == "a"} == {CONSOLE, message().reply.link}  # type: ignore[union-attr]
    assert not any("<at" in element["text"] for element in elements)
    assert any("**a** [b](https://d.example)" in element["text"] for element in elements)


@pytest.mark.parametrize("unit", ["好", "a", "😱", '"\\\n', "\n"])
def test_no_body_has_more_bytes_than_feishu_takes(platform: Platform, unit: str) -> None:
    long = unit * 12_000
    platform.channel(FeishuSettings).send(
        message(post=view(text=long), reply=reply(text=f"{long}。"), reasons=(long,) * 99)
    )

    assert max(len(request.content) for request in platform.requests) < 20_000


@pytest.mark.parametrize(
    ("status", "code", "said", "kind", "told"),
    [
        (200, 11232, "frequency limited psm[lark.oapi.app_platform_runtime]", Busy, "more than"),
        (200, 9499, "Too Many Request", Busy, "more than"),
        (400, 9499, "too many request", Busy, "more than"),
        (400, 99991400, "request trigger frequency limit", Busy, "more than"),
        (400, 9499, "Bad Request", Refused, "form or length"),
        (200, 19002, "params error, msg_type need", Refused, "form or length"),
        (200, 19001, "param invalid", Refused, "set SHIFEN_CHANNEL_PR_ROOM_KEY to the end"),
        (200, 19007, "Bot Not Enabled", Refused, "switched off"),
        (200, 19021, "sign match fail", Refused, "set SHIFEN_CHANNEL_PR_ROOM_SECRET"),
        (200, 19022, "Ip Not Allowed", Refused, "does not let in our address"),
        (200, 19024, "Key Words Not Found", Refused, "give it Shifen"),
    ],
)
def test_codes(
    platform: Platform, status: int, code: int, said: str, kind: type[ChannelError], told: str
) -> None:
    platform.answers = [httpx.Response(status, json={"code": code, "msg": said, "data": {}})]

    with pytest.raises(kind) as caught:
        platform.channel(FeishuSettings).send(message())

    assert caught.value.retry_after_s is None
    assert f"Feishu answered {status} with code {code}: " in caught.value.detail
    assert told in caught.value.detail


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ({"StatusCode": 0, "StatusMessage": "success"}, True),
        ({"code": 0, "StatusCode": 0}, True),
        ({"code": 19021, "StatusCode": 0, "msg": "sign match fail"}, False),
        ({"StatusCode": 9499, "StatusMessage": "fail to parse content"}, False),
    ],
)
def test_answers_of_old_bots_are_understood(
    platform: Platform, answer: dict[str, Any], taken: bool
) -> None:
    platform.answers = [answer]
    channel = platform.channel(FeishuSettings)

    if taken:
        assert channel.send(message())
    else:
        with pytest.raises(Refused):
            channel.send(message())
