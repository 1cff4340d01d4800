from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels.blocks import blocks, fallback
from alerts.digest import digest
from alerts.message import Mark, Mention, Message, sanitized, units
from alerts.severity import Severity
from tests.alerts.messages import (
    CONSOLE,
    NOW,
    REPLY,
    TEXT,
    english,
    message,
    operational,
    post,
    reply,
)

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
    return [
        (b["text"]["text"], b["url"]) for b in parts(blocks(alert, NOW), "button") if "url" in b
    ]


def acting(alert: Message, *, buttons: bool = True) -> list[dict[str, Any]]:
    """The elements of a message that act on its case."""
    laid = blocks(alert, NOW, buttons=buttons)
    return [
        element
        for kind in ("button", "static_select")
        for element in parts(laid, kind)
        if "url" not in element
    ]


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
        (message(), ["打开原帖去评论", "打开回复"]),
        (english(), ["Open the reply box on X", "View the post", "Open reply"]),
        (
            message(reply=reply(how="api", link=f"{CONSOLE}/reply")),
            ["在控制台回复", "查看原帖", "打开回复"],
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
        ("打开回复", CONSOLE),
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


# What is told again


def test_the_heading_says_why_it_is_told_again() -> None:
    again = blocks(message(reason="severity_up"), NOW)[0]["text"]["text"]
    assert again.startswith("🔴 紧急 · 星云手表 · 微博 · ")
    assert again != blocks(message(), NOW)[0]["text"]["text"]


def test_what_is_new_stands_before_the_post() -> None:
    news = ("又有 3 条帖子，共 12 条", "级别由“重要”升为“紧急”")
    laid = blocks(message(news=news, spread=12, reach=340_000), NOW)
    bullets, why = parts(laid, "rich_text_list")
    assert [item["elements"][0]["text"] for item in bullets["elements"]] == list(news)
    assert len(why["elements"]) == len(message().reasons)
    assert "传播 12 条，触达 34 万人" in texts(message(spread=12, reach=340_000))
    kinds = [block["type"] for block in laid]
    quote = next(n for n, block in enumerate(laid) if list(parts(block, "rich_text_quote")))
    assert kinds[quote - 1] == "context"
    assert laid.index(next(b for b in laid if bullets in b.get("elements", ()))) < quote


def test_a_roll_up_says_all_that_it_holds() -> None:
    lines = tuple(f"#{n} 紧急 · 星云手表" for n in range(1, 21))
    alert = operational(kind="rollup", news=lines, reasons=(), title="紧急 · 20 个事件合并提醒")
    (bullets,) = parts(blocks(alert, NOW), "rich_text_list")
    assert [item["elements"][0]["text"] for item in bullets["elements"]] == list(lines)
    assert blocks(alert, NOW)[0]["text"]["text"] == "🟠 重要"
    assert fallback(alert, NOW).count("星云手表") == 20


def test_who_must_act_is_called_by_slack() -> None:
    people = (Mention("林", {"slack": "U012AB3CD"}), Mention("赵", {"wecom": "zhao"}))
    alert = message(mentions=people, act_by=NOW + timedelta(minutes=15))
    laid = blocks(alert, NOW)
    (user,) = parts(laid, "user")
    assert user == {"type": "user", "user_id": "U012AB3CD"}
    assert "@赵" in texts(alert)
    assert "请在 15 分钟内处理" in texts(alert)
    (when,) = parts(laid, "date")
    assert when["timestamp"] == int(NOW.timestamp()) + 900
    assert when["fallback"] == "2026-11-22 04:15 UTC"
    assert fallback(alert, NOW).splitlines()[:2] == ["<@U012AB3CD> @赵", "请在 15 分钟内处理"]


@pytest.mark.parametrize("handle", ["", "lin", "!channel", "U1> <!here", "U" * 40, "Ｕ1", "u12"])
def test_a_handle_that_is_none_calls_nobody(handle: str) -> None:
    alert = message(mentions=(Mention("<!channel>", {"slack": handle}),))
    assert list(parts(blocks(alert, NOW), "user")) == []
    assert fallback(alert, NOW).startswith("@&lt;!channel&gt;")


def test_what_is_over_calls_nobody_and_needs_no_reply() -> None:
    over = message(
        reason="resolved",
        ended=True,
        mentions=(Mention("林", {"slack": "U012AB3CD"}),),
        act_by=NOW,
        news=("已解决，无需再处理",),
    )
    laid = blocks(over, NOW, buttons=True)
    assert laid[0]["text"]["text"].startswith("⚪ 紧急 · 星云手表 · 微博 · 已解决")
    assert list(parts(laid, "user")) == []
    assert REPLY not in str(laid)
    assert acting(over) == []
    assert buttons(over) == [("查看原帖", message().post.url), ("在控制台查看", CONSOLE)]
    assert "已解决，无需再处理" in fallback(over, NOW)


def test_an_answer_in_a_thread_is_short() -> None:
    long = post(text="冒" * 900, quoted="原来的话", marks=())
    alert = message(thread="1764000000.000100", post=long, news=("又有 3 条帖子",))
    laid = blocks(alert, NOW, buttons=True)
    (quote,) = parts(laid, "rich_text_quote")
    assert units(quote["elements"][0]["text"]) == 500
    assert list(parts(laid, "rich_text_preformatted")) == []
    assert len(acting(alert)) == 3
    assert REPLY not in fallback(alert, NOW)


# Buttons that act


def test_people_can_act_where_they_read() -> None:
    ack, assign, menu = acting(message())
    assert (ack["action_id"], ack["text"]["text"], ack["value"]) == ("ack", "接手", "12")
    assert (assign["action_id"], assign["text"]["text"], assign["value"]) == (
        "assign",
        "归我",
        "12",
    )
    assert (menu["action_id"], menu["placeholder"]["text"]) == ("false_alarm", "误报")
    values = [option["value"] for option in menu["options"]]
    assert values[0] == "12:not_about_us"
    assert values[-1] == "12:other"
    assert menu["confirm"]["confirm"]["text"] == "是误报"


def test_only_an_urgent_case_asks_twice() -> None:
    assert "confirm" not in acting(message(severity=Severity.IMPORTANT))[2]


def test_buttons_speak_the_language_of_the_message() -> None:
    ack, assign, menu = acting(english())
    assert [ack["text"]["text"], assign["text"]["text"]] == ["Acknowledge", "Assign to me"]
    assert menu["placeholder"]["text"] == "False alarm"
    assert not re.search("[一-鿿]", str(menu))


@pytest.mark.parametrize(
    "alert",
    [
        message(case_id=None),
        message(ended=True),
        operational(),
        operational(case_id=12),
        operational(kind="rollup"),
    ],
)
def test_nothing_can_be_done_about_what_is_no_open_case(alert: Message) -> None:
    assert acting(alert) == []


def test_no_button_acts_where_nobody_listens() -> None:
    assert acting(message(), buttons=False) == []


# Several alerts in one message


def test_a_digest_shows_each_alert_with_its_own_ways_to_act() -> None:
    urgent = message(mentions=(Mention("林"),), act_by=NOW + timedelta(minutes=10))
    other = english(case_id=13, console_url=f"{CONSOLE}0")
    whole = digest([urgent, other, message(case_id=14, ended=True)], "http://console")
    laid = blocks(whole, NOW, buttons=True)
    assert [b["value"] for b in acting(whole)] == ["12", "13"]
    shown = "".join(texts(whole))
    for text in (
        "3 条提醒",
        TEXT,
        urgent.title,
        "@林 请在 10 分钟内处理",
        "NebulaWatch",
        "事件 #14",
    ):
        assert text in shown
    ids = [[e["action_id"] for e in block["elements"]] for block in parts(laid, "actions")]
    assert all(len(each) == len(set(each)) for each in ids)
    assert f"{CONSOLE}0" in str(laid)
    assert other.title in fallback(whole, NOW)


@pytest.mark.parametrize(("count", "rest"), [(20, ""), (23, "另有 3 条，见控制台")])
def test_a_digest_stays_within_the_limits_of_slack(count: int, rest: str) -> None:
    long = message(
        title="题" * 400, post=post(text="冒" * 20_000, author="名" * 400), brand="牌" * 400
    )
    whole = digest([long] * count, "http://console")
    laid = blocks(whole, NOW, buttons=True)
    assert len(laid) <= 50
    assert sum(units(text) for text in texts(whole)) <= 9_500
    assert (rest in texts(whole)) == bool(rest)
    assert len(fallback(whole, NOW)) <= 40_000


TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(min_size=1, max_size=4).map(lambda text: text * (8000 // len(text))),
)
HANDLES = st.dictionaries(st.just("slack"), st.sampled_from(["U012AB3CD", "lin"]))
PLACES = st.lists(st.builds(Mark, st.integers(0, 90), st.integers(0, 90)), max_size=60).map(tuple)


@st.composite
def alerts(draw: st.DrawFn) -> Message:
    views = {name: draw(TEXTS) for name in ("author", "text", "quoted")}
    answers = {name: draw(TEXTS) for name in ("text", "template")}
    own = {name: draw(TEXTS) for name in ("title", "brand", "verdict")}
    own |= {
        "reasons": tuple(draw(st.lists(TEXTS, max_size=20))),
        "news": tuple(draw(st.lists(TEXTS, max_size=20))),
        "mentions": tuple(draw(st.lists(st.builds(Mention, TEXTS, HANDLES), max_size=20))),
        "act_by": NOW,
        "spread": draw(st.integers(1, 10**9)),
        "thread": draw(st.sampled_from(["", "1.1"])),
    }
    marked = post(**views, marks=draw(PLACES))
    return sanitized(message(**own, post=marked, reply=reply(**answers)))


@settings(max_examples=50, deadline=None)
@given(alerts())
def test_stays_within_the_limits_of_slack(alert: Message) -> None:
    laid = blocks(alert, NOW, buttons=True)

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
        *("user", "date"),
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
