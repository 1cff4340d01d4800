"""What becomes of the causes of a case while its posts come in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.causes import (
    Cause,
    CauseCode,
    Rating,
    Severity,
    from_json,
    merged,
    rating_of,
    strongest,
    to_json,
)
from sentiment.verdict import Risk

NORMAL, IMPORTANT, URGENT = Severity
WORDS = Cause(CauseCode.WORDS, {"brand": "星云手表", "words": "退款"})
SAFETY = Cause(CauseCode.RISK, {"risk": Risk.SAFETY.value}, URGENT)
LEGAL = Cause(CauseCode.RISK, {"risk": Risk.LEGAL.value}, IMPORTANT)


def spread(count: int) -> Cause:
    return Cause(CauseCode.SPREAD, {"count": count}, URGENT if count >= 100 else IMPORTANT)


def kol(name: str, followers: int) -> Cause:
    return Cause(CauseCode.KOL, {"name": name, "followers": followers}, URGENT)


def amount(yuan: int) -> Cause:
    params: dict[str, str | int] = {"yuan": f"{yuan:,}", "fen": yuan * 100, "limit": 1000}
    return Cause(CauseCode.AMOUNT, params, IMPORTANT)


def after(*ratings: Rating) -> tuple[Cause, ...]:
    """Causes of a case whose posts were rated so, one after the other."""
    kept: tuple[Cause, ...] = ()
    for rating in ratings:
        kept = merged(kept, rating).reasons
    return kept


def test_a_case_keeps_every_cause_and_the_gravest_level() -> None:
    assert merged((SAFETY, WORDS), rating_of([LEGAL, WORDS])) == Rating(
        URGENT, (SAFETY, LEGAL, WORDS)
    )
    assert merged((), rating_of([WORDS])) == Rating(NORMAL, (WORDS,))
    assert merged((WORDS,), rating_of([spread(10), WORDS])) == Rating(
        IMPORTANT, (spread(10), WORDS)
    )


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (spread(10), spread(57), spread(57)),
        (spread(57), spread(100), spread(100)),
        (spread(120), spread(57), spread(120)),
        (spread(57), spread(40), spread(40)),
        (kol("老陈", 900_000), kol("小周", 200_000), kol("老陈", 900_000)),
        (kol("小周", 200_000), kol("老陈", 900_000), kol("老陈", 900_000)),
        (kol("小周", 200_000), kol("阿林", 200_000), kol("阿林", 200_000)),
        (amount(12_999), amount(1200), amount(12_999)),
        (amount(1200), amount(12_999), amount(12_999)),
    ],
)
def test_of_one_cause_the_newest_stays_unless_it_is_smaller(
    first: Cause, then: Cause, kept: Cause
) -> None:
    assert after(rating_of([first]), rating_of([then])) == (kept,)


def test_the_words_of_the_first_post_stay() -> None:
    later = Cause(CauseCode.WORDS, {"brand": "星云手表", "words": "投诉"})
    assert after(rating_of([WORDS]), rating_of([later])) == (WORDS,)


def test_each_risk_is_kept_once() -> None:
    assert after(*[rating_of([SAFETY]), rating_of([LEGAL])] * 3) == (SAFETY, LEGAL)


def test_the_strongest_is_the_first_to_be_told() -> None:
    assert strongest([WORDS, amount(2000), spread(10), SAFETY]) == SAFETY
    assert strongest([WORDS, amount(2000), spread(10)]) == spread(10)
    assert strongest([]) is None


def test_without_causes_all_is_normal() -> None:
    assert rating_of([]) == Rating(NORMAL, ())


CAUSES = st.builds(
    Cause,
    st.sampled_from(CauseCode),
    st.fixed_dictionaries(
        {},
        optional={
            "risk": st.sampled_from([risk.value for risk in Risk]),
            "count": st.integers(0, 500),
            "followers": st.integers(0, 10**9),
            "fen": st.integers(0, 10**11),
            "name": st.text(max_size=10),
        },
    ),
    st.sampled_from(Severity),
)


@given(st.lists(CAUSES, max_size=8))
def test_json_gives_back_what_it_was_given(causes: list[Cause]) -> None:
    stored = json.loads(json.dumps(to_json(causes)))
    assert from_json(stored) == tuple(causes)


def test_a_code_of_another_version_is_left_out() -> None:
    strange = {"code": "weather", "severity": 3, "params": {}}
    assert from_json([strange, *to_json([WORDS])]) == (WORDS,)


@given(st.lists(st.lists(CAUSES, min_size=1, max_size=4).map(rating_of), min_size=1, max_size=6))
def test_a_case_is_as_grave_as_the_gravest_of_its_posts(ratings: list[Rating]) -> None:
    kept = after(*ratings)
    together = rating_of(kept)
    assert together.severity is max(rating.severity for rating in ratings)
    assert together.reasons == kept
    said = {cause.code for rating in ratings for cause in rating.reasons}
    assert {cause.code for cause in kept} == said
    assert merged(kept, ratings[-1]).severity is together.severity
