"""What an alert says of a verdict that the judge doubts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.decide import decide
from alerts.severity import Thresholds
from monitor.pipeline.compose import CHINESE_WORDS, Occasion, compose, say
from sentiment.verdict import Doubt, Label, Sign
from tests.alerts.posts import hit_of, post, verdict

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MOCKERY = "感谢星云手表，退款等了三个月"


def occasion(**changes: Any) -> Occasion:
    it = post(MOCKERY)
    judged = verdict(**changes)
    decision = decide(
        it,
        hit_of(it),
        judged,
        open_case=None,
        thresholds=Thresholds(),
        now=NOW,
    )
    return Occasion(
        post=it,
        hit=hit_of(it),
        verdict=judged,
        rating=decision.rating,
        uncertain=decision.uncertain,
        brand_account="",
        brand_handle="",
        created_at=NOW,
        due_at=NOW + timedelta(minutes=5),
        locale="zh-CN",
    )


@pytest.mark.parametrize(
    ("locale", "first"),
    [
        ("zh-CN", "拿不准，请人看：疑似反讽、难分彼此"),
        ("en", "Not sure, please look: irony, close call"),
    ],
)
def test_doubt_is_said_first_in_both_languages(locale: str, first: str) -> None:
    unsure = occasion(label=Label.POSITIVE, complaint=0.4, doubts=(Doubt.IRONY, Doubt.CLOSE_CALL))
    said = say(unsure, locale)
    assert said.reasons[0] == first
    assert len(said.reasons) == 2
    assert compose(unsure, said).uncertain
    assert first not in said.title


def test_what_is_certain_is_told_as_ever() -> None:
    sure = occasion()
    said = say(sure, "zh-CN")
    assert len(said.reasons) == 1
    assert not compose(sure, said).uncertain


def test_every_doubt_and_its_signs_have_a_chinese_name() -> None:
    codes = {*Doubt, "irony", "contradiction", "better_than_other", "worse_than_other"}
    assert codes <= CHINESE_WORDS.keys()
    said = say(occasion(signs=(Sign("irony", "“贴心”"), Sign("worse_than_other"))), "zh-CN")
    assert said.verdict.endswith("← 疑似反讽 ““贴心””、不如别家")
