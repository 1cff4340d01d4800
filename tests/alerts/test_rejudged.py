"""Why a post is judged otherwise, said in both languages for every reason and outcome."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alerts.decide import Reason
from alerts.rejudged import Change, Outcome, words
from tests.alerts.posts import verdict

WAS = verdict(complaint=0.861)
NOW = verdict(complaint=0.124)


@pytest.mark.parametrize(
    ("change", "chinese", "english"),
    [
        (
            Change(WAS, NOW, Reason.PRAISE),
            "重新研判：投诉的可能由 86% 变为 12%，是称赞",
            "Judged anew: a complaint with 12%, 86% before; it is praise",
        ),
        (
            Change(None, NOW, Reason.ADVERT),
            "重新研判：投诉的可能为 12%，是广告",
            "Judged anew: a complaint with 12%; it is an advert",
        ),
        (
            Change(WAS, NOW, Reason.NOT_A_COMPLAINT, "林夏"),
            "林夏 更正：不算投诉",
            "林夏 corrected it: it is no complaint",
        ),
    ],
)
def test_who_changed_it_and_how_is_said(change: Change, chinese: str, english: str) -> None:
    assert words(change, Outcome.WITHDRAWN, "zh-CN") == chinese
    assert words(change, Outcome.WITHDRAWN, "en") == english


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_reason_has_its_words_and_no_code_shows(outcome: Outcome, locale: str) -> None:
    for reason in Reason:
        for change in (Change(WAS, NOW, reason), Change(None, NOW, reason, "Lin")):
            said = words(change, outcome, locale)
            assert said
            assert not re.search(r"[{}_]|None", said)
            assert (locale == "en") is bool(re.fullmatch(r"[ -~]+", said))


def test_why_it_stays_is_said_where_it_stays() -> None:
    change = Change(WAS, NOW, Reason.QUESTION)
    plain = words(change, Outcome.WITHDRAWN, "zh-CN")
    assert words(change, Outcome.LEFT_TO_PERSON, "zh-CN") == f"{plain}；已有人经手，由人决定"
    assert "人身安全" in words(change, Outcome.UNCERTAIN, "zh-CN")
    assert words(change, Outcome.RAISED, "zh-CN") == plain


def test_another_language_is_refused() -> None:
    with pytest.raises(KeyError):
        words(Change(WAS, replace(NOW), Reason.NEWS), Outcome.RAISED, "de")
