"""What people read about why they were told, or were not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.case import CaseState
from alerts.flow import Because, Held, Notice, Reason
from alerts.flow_wording import crisis_holds, news, rollup_lines, rollup_title, short_name, why_held
from alerts.storm import Pending, Rollup
from tests.alerts.views import IMPORTANT, NORMAL, URGENT, after, told, view

LOCALES = ("zh-CN", "en")
ZONE = ZoneInfo("Asia/Shanghai")
HAN = re.compile(r"[\u4e00-\u9fff]")
CASE = view(severity=URGENT, spread=1234, posts=40, acked_by="lin")


def topic(name: str) -> str:
    return {"refund": "退款", "safety": "安全"}.get(name, name)


def said(reason: Reason, locale: str = "en", **changes: Any) -> tuple[str, ...]:
    return news(replace(CASE, **changes), Notice(reason), told(posts=3), locale)


@pytest.mark.parametrize("reason", [*Reason, *Because])
def test_each_reason_has_a_short_name_in_both_languages(reason: Reason | Because) -> None:
    assert HAN.search(short_name(reason, "zh-CN"))
    assert not HAN.search(short_name(reason, "en"))


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("known", [None, told(posts=3)])
def test_each_reason_is_a_full_sentence_in_both_languages(reason: Reason, known: Any) -> None:
    chinese = news(CASE, Notice(reason), known, "zh-CN")
    english = news(CASE, Notice(reason), known, "en")
    assert len(chinese) == len(english)
    assert all(HAN.search(each) for each in chinese)
    assert not any(HAN.search(each) for each in english)
    assert not re.search(r"[{}]", "".join((*chinese, *english)))


def test_what_is_new_is_counted_from_what_was_told() -> None:
    assert said(Reason.NEW_POSTS) == ("New since then: 37 posts, 1,234 in all",)
    assert said(Reason.NEW_POSTS, "zh-CN") == ("又有 37 条帖子，共 1,234 条",)
    assert said(Reason.NEW_POSTS, posts=4, spread=4) == ("New since then: 1 post, 4 in all",)


def test_a_rise_names_both_severities_and_how_the_story_grew() -> None:
    assert said(Reason.SEVERITY_UP) == (
        "Severity raised from Normal to Urgent",
        "Spread grew from 1 to 1,234 posts",
    )
    assert said(Reason.SEVERITY_UP, "zh-CN", spread=1) == ("级别由“一般”升为“紧急”",)


def test_a_step_of_spread_says_where_it_is_now() -> None:
    assert said(Reason.SPREAD_1000) == ("Spread has reached 1,000: 1,234 posts by now",)


def test_a_false_alarm_is_no_solution() -> None:
    solved = said(Reason.RESOLVED, state=CaseState.RESOLVED)
    false = said(Reason.RESOLVED, state=CaseState.FALSE_ALARM)
    assert solved == ("Resolved; nothing is left to do",)
    assert false == ("A false alarm; nothing is left to do",)


def test_who_let_the_time_run_out_is_named_if_known() -> None:
    assert said(Reason.ACK_EXPIRED)[0].startswith("lin took it on")
    assert said(Reason.ACK_EXPIRED, acked_by="")[0].startswith("Somebody took it on")


@pytest.mark.parametrize("because", Because)
@pytest.mark.parametrize("locale", LOCALES)
def test_why_nothing_is_told_is_a_full_sentence(because: Because, locale: str) -> None:
    sentence = why_held(Held(because, None, "12"), locale, ZONE)
    assert bool(HAN.search(sentence)) is (locale == "zh-CN")
    assert not re.search(r"[{}]|None", sentence)


def test_when_it_is_looked_at_again_is_told_in_the_readers_time() -> None:
    held = Held(Because.SUPPRESSED_BY_SILENCE, after(90), "12")
    assert why_held(held, "zh-CN", ZONE) == "被静默 #12 拦下；11-22 12:01:30 再看"
    assert why_held(held, "en", ZONE) == (
        "Held back by silence #12; looked at again at 11-22 12:01:30"
    )
    assert why_held(Held(Because.ACKED, None, "lin"), "zh-CN", ZONE) == "已由 lin 接手"


def test_a_crisis_reports_what_it_holds_back() -> None:
    assert crisis_holds(0, "en") == ""
    assert crisis_holds(1, "en") == "1 case held back meanwhile and counted here"
    assert crisis_holds(2100, "zh-CN").startswith("同一时期另有 2,100 个事件")


def rollup(count: int) -> Rollup:
    first = view(id=12, severity=URGENT, topic="safety", spread=128)
    rest = [view(id=100 + n, severity=IMPORTANT if n < 2 else NORMAL) for n in range(count - 1)]
    pendings = [Pending(case, "pr", Notice(Reason.FIRST)) for case in (first, *rest)]
    over = replace(first, state=CaseState.RESOLVED)
    return Rollup("pr", (*pendings, Pending(over, "pr", Notice(Reason.RESOLVED))))


def test_a_rollup_counts_and_names_what_it_holds() -> None:
    assert rollup_title(rollup(1234), "en") == "Urgent · 1,235 cases in one message"
    assert rollup_title(rollup(1), "zh-CN") == "紧急 · 2 个事件合并提醒"
    lines = rollup_lines(rollup(20), "zh-CN", topic)
    assert lines[:6] == (
        "级别：紧急 2、重要 2、一般 17",
        "品牌：星云手表 21",
        "主题：退款 19、安全 2",
        "其中 1 个事件已经结束",
        "最严重、传播最广的：",
        "#12 紧急 · 星云手表 · 安全 · 128 条帖子 · 新事件",
    )
    assert len(lines) == 5 + 10 + 1
    assert lines[-1] == "还有 11 个事件，见控制台"


def test_a_small_rollup_leaves_nothing_for_the_console() -> None:
    lines = rollup_lines(rollup(1), "en", str.title)
    assert lines == (
        "Severity: Urgent 2",
        "Brand: 星云手表 2",
        "Topic: Safety 2",
        "1 case of these over already",
        "The gravest and widest:",
        "#12 Urgent · 星云手表 · Safety · 128 posts · New case",
        "#12 Urgent · 星云手表 · Safety · 128 posts · Resolved",
    )


def test_many_brands_are_summed_up() -> None:
    cases = [view(id=n, brand=f"brand {n:02}") for n in range(13)]
    made = Rollup("pr", tuple(Pending(case, "pr", Notice(Reason.FIRST)) for case in cases))
    brands = rollup_lines(made, "en", str)[1]
    assert brands.startswith("Brand: brand 00 1, brand 01 1, ")
    assert brands.endswith(", brand 09 1, others 3")
