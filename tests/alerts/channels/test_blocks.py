from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels.blocks import blocks, fallback
from alerts.message import Mark, Message, sanitized, units
from tests.alerts.messages import CONSOLE, NOW, REPLY, english, message, operational, post, reply

CUT = "文字过长，此处只显示开头；全文在控制台。"


def parts(data: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Every block or element of one type, in order."""
    if isinstance(data, dict):
        if data.get("type") == kind:
            yield data
        for value in data.values():
            yield from parts(value, kind)
    elif isinstance(data, list):
        for value in data:
            yield from parts(value, kind)


def buttons(alert: Message) -> list[tuple[str, str]]:
    return [(b["text"]["text"], b["url"]) for b in parts(blocks(alert, NOW), "button")]


def texts(alert: Message) -> list[str]:
    kinds = ("plain_text", "text")
    return [part["text"] for kind in kinds for part in parts(blocks(alert, NOW), kind)]


def test_opens_with_urgency_brand_and_platform() -> None:
    first = blocks(message(), NOW)[0]

    assert first["type"] == "header"
    assert first["text"]["text"] == "🔴 紧急 · 星云手表 · 微博"


def test_tells_age_time_left_and_case() -> None:
    assert "发布于 3 分钟前，剩余 7 分钟 · 事件 #12" in texts(message())
    assert "Published 3 min ago, 7 min left · Case #12" in texts(english())


def test_marks_the_matched_words_in_the_post() -> None:
    (quote,) = parts(blocks(message(), NOW), "rich_text_quote")

    assert [part["text"] for part in quote["elements"] if part.get("style")] == [
        "星云手表",
        "冒烟",
        "退款",
    ]
    assert "".join(part["text"] for part in quote["elements"]) == message().post.text
    assert "命中词：星云手表、冒烟、退款" in texts(message())


def test_the_reply_can_be_copied_as_it_is() -> None:
    (copyable,) = parts(blocks(message(), NOW), "rich_text_preformatted")

    assert copyable["elements"] == [{"type": "text", "text": REPLY}]


def test_says_why() -> None:
    items = next(parts(blocks(message(), NOW), "rich_text_list"))["elements"]

    assert [item["elements"][0]["text"] for item in items] == list(message().reasons)
    assert "负面投诉，可信度 94 %" in texts(message())


def test_shows_what_was_passed_on() -> None:
    alert = message(post=post(quoted="//@某人:原来的话"))

    assert [q["elements"][0]["text"] for q in parts(blocks(alert, NOW), "rich_text_quote")][1] == (
        "//@某人:原来的话"
    )


@pytest.mark.parametrize(
    ("alert", "labels"),
    [
        (message(), ["打开原帖去评论", "在控制台查看"]),
        (english(), ["Open the reply box on X", "View the post", "View in the console"]),
        (
            message(reply=reply(how="api", link=f"{CONSOLE}/reply")),
            ["在控制台回复", "查看原帖", "在控制台查看"],
        ),
        (message(reply=None), ["查看原帖", "在控制台查看"]),
        (operational(), ["在控制台查看"]),
        (operational(console_url=""), []),
    ],
)
def test_buttons(alert: Message, labels: list[str]) -> None:
    assert [label for label, _ in buttons(alert)] == labels


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "slack://open", "", "https://x.com/?t=" + "a" * 3000]
)
def test_a_link_that_slack_would_refuse_makes_no_button(link: str) -> None:
    assert buttons(message(reply=reply(link=link))) == [
        ("查看原帖", message().post.url),
        ("在控制台查看", CONSOLE),
    ]


def test_a_post_without_words_says_so() -> None:
    assert "（没有文字）" in texts(message(post=post(text="", marks=())))


def test_what_is_shortened_is_told() -> None:
    assert CUT not in texts(message())
    for alert in (
        message(post=post(text="冒" * 2401)),
        message(post=post(quoted="冒" * 501)),
        message(reply=reply(text="冒" * 2401)),
        message(reasons=("一",) * 7),
        message(verdict="一" * 251),
    ):
        assert CUT in texts(alert)


def test_a_message_about_the_service_is_short() -> None:
    laid = blocks(operational(), NOW)

    assert [block["type"] for block in laid] == [
        "header",
        "rich_text",
        "context",
        "rich_text",
        "actions",
    ]
    assert laid[0]["text"]["text"] == "🟠 服务告警 · 重要"


def test_the_fallback_is_the_whole_alert_in_plain_words() -> None:
    assert fallback(message(), NOW).splitlines() == [
        "紧急 · 星云手表 · 微博",
        "星云手表：充电冒烟，用户要求退款",
        "发布于 3 分钟前，剩余 7 分钟 · 事件 #12",
        f"@青柠气泡水 · 粉丝 12.3 万：{message().post.text}",
        f"建议公开回复：{REPLY}",
        "https://weibo.com/6004281123/QabcdEfgh",
        CONSOLE,
    ]


TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(min_size=1, max_size=4).map(lambda text: text * (8000 // len(text))),
)
PLACES = st.lists(st.builds(Mark, st.integers(0, 90), st.integers(0, 90)), max_size=60).map(tuple)


@st.composite
def alerts(draw: st.DrawFn) -> Message:
    views = {name: draw(TEXTS) for name in ("author", "text", "quoted")}
    answers = {name: draw(TEXTS) for name in ("text", "template")}
    own = {name: draw(TEXTS) for name in ("title", "brand", "verdict")}
    reasons = tuple(draw(st.lists(TEXTS, max_size=20)))
    marked = post(**views, marks=draw(PLACES))
    return sanitized(message(**own, reasons=reasons, post=marked, reply=reply(**answers)))


@settings(max_examples=50, deadline=None)
@given(alerts())
def test_stays_within_the_limits_of_slack(alert: Message) -> None:
    laid = blocks(alert, NOW)

    assert len(laid) <= 50
    assert units(laid[0]["text"]["text"]) <= 150
    shown = [part["text"] for kind in ("plain_text", "text") for part in parts(laid, kind)]
    assert all(0 < units(text) <= 3000 for text in shown)
    assert sum(units(text) for text in shown) <= 9_500
    assert len(fallback(alert, NOW)) <= 40_000


@settings(max_examples=20, deadline=None)
@given(alerts())
def test_nothing_but_plain_text_comes_from_other_people(alert: Message) -> None:
    kinds = {element["type"] for element in _elements(blocks(alert, NOW))}

    assert kinds <= {
        *("header", "context", "rich_text", "divider", "actions", "button", "plain_text", "text"),
        *("rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"),
    }


def _elements(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        if "type" in data:
            yield data
        for value in data.values():
            yield from _elements(value)
    elif isinstance(data, list):
        for value in data:
            yield from _elements(value)
