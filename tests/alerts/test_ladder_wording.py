"""What the ladder says: every sentence whole, in both languages, names only where there are any."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.ladder import Page, Why
from alerts.ladder_wording import (
    all_missed,
    and_more,
    duty,
    many,
    nobody_on_call,
    page_news,
)
from alerts.rungs import RungState
from tests.alerts.ladders import DIRECTOR, LEAD, MANAGER, STAFFED, Life
from tests.alerts.views import NORMAL

FORMER = next(iter(Life(NORMAL, STAFFED).rungs.values()))
CALLED = replace(FORMER, person="周宁", state=RungState.FIRED)


def page(why: Why, **changes: object) -> Page:
    values: dict[str, object] = {
        "rung": CALLED.key,
        "number": 1,
        "level": MANAGER,
        "people": ("林夏",),
        "former": CALLED,
    }
    return Page(why, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("why", "chinese", "english"),
    [
        (Why.TRIGGERED, "请经理（林夏）处理", "This is for the manager (林夏)"),
        (
            Why.UNANSWERED,
            "一直没有人工答复，请经理（林夏）介入",
            "No person has answered yet: over to the manager (林夏)",
        ),
        (
            Why.MISSED,
            "组长（周宁）没有在时限内处理，请经理（林夏）接手",
            "The team lead (周宁) did not act in time: over to the manager (林夏)",
        ),
        (
            Why.NOBODY_ON_CALL,
            "组长（周宁）无人值班，请经理（林夏）接手",
            "No team lead (周宁) is on call: over to the manager (林夏)",
        ),
        (
            Why.ACK_EXPIRED,
            "接手已到时，仍没有人工答复，请经理（林夏）处理",
            "It was taken, but no answer followed in time: over to the manager (林夏)",
        ),
        (
            Why.ALL_MISSED,
            "组长（周宁）没有在时限内处理，现在通知这一级的所有人",
            "The team lead (周宁) did not act in time: everybody of that level is called now",
        ),
    ],
)
def test_a_page_says_why(why: Why, chinese: str, english: str) -> None:
    assert page_news(page(why)) == (chinese, english)


def test_a_level_without_names_is_called_by_its_own() -> None:
    said = page_news(page(Why.MISSED, people=(), former=FORMER))
    assert said[0] == "组长没有在时限内处理，请经理接手"
    crowd = page_news(page(Why.NOBODY_ON_CALL, people=("陈总", "王总"), level=DIRECTOR))
    assert crowd[0].endswith("请总监接手")


def test_the_case_s_own_receivers_are_asked_to_act() -> None:
    chinese, english = page_news(page(Why.ACK_EXPIRED, level=None, former=None))
    assert (chinese[-3:], english[-10:]) == ("请处理", "please act")


@pytest.mark.parametrize("why", list(Why))
def test_nothing_is_left_to_fill_in(why: Why) -> None:
    for former in (None, CALLED):
        for sentence in page_news(page(why, former=former)):
            assert "{" not in sentence
            assert sentence


def test_a_duty_names_who_has_it_or_what_comes() -> None:
    assert duty(FORMER)[0] == "到时没有人工答复，将升级到组长"
    assert duty(CALLED) == ("由组长（周宁）负责", "In the hands of the team lead (周宁)")
    assert duty(replace(CALLED, person=""))[1] == "In the hands of the team lead"


def test_an_alarm_names_the_rota_and_some_of_the_cases() -> None:
    level = replace(LEAD, rota="leads")
    title, text = nobody_on_call(level, [7])
    assert title == ("组长无人值班", "Nobody on call: team lead")
    assert "值班表 leads 此刻没有人，事件 #7 已转到上一级" in text[0]
    assert "case #7 went to the next level" in text[1]
    _, text = all_missed(DIRECTOR, list(range(1, 13)))
    assert "事件 #1、#2、#3、#4、#5、#6、#7、#8、#9、#10 等 12 个升级到最高一级" in text[0]
    assert "12 cases (#1, #2, #3, #4, #5, #6, #7, #8, #9, #10 …)" in text[1]
    assert "cases #1, #2," in all_missed(DIRECTOR, [1, 2])[1][1]


def test_many_cases_have_one_title() -> None:
    assert many(LEAD, 12) == ("12 个事件请组长处理", "12 cases for the team lead")
    assert many(None, 12)[1] == "12 cases were taken but not answered"
    assert and_more(2) == ("另有 2 个事件，见控制台", "2 more cases in the console")
