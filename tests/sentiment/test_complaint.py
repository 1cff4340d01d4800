"""How likely a complaint is: what is observed, what it weighs, and what people are shown."""

from __future__ import annotations

from dataclasses import replace
from math import exp, isfinite, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.complaint import (
    BY_SCORER,
    BY_WORDS,
    SHOWN,
    Observed,
    Weights,
    observe,
    parts,
    probability,
    signs,
)
from sentiment.focus import Lean
from sentiment.lexicon import Lexicon
from sentiment.patterns import Span, finder
from sentiment.scorer import Score
from sentiment.text import fold
from sentiment.verdict import Genre, Risk, Sign

NO_WORD = Score(0.0, 1.0, 0.0)
KNOWS = Score(0.0, 1.0, 0.0, complaint=0.5)


def reading(text: str) -> Observed:
    found = finder(tuple(Lexicon().lists())).find(fold(text))
    return observe(found, Genre.PERSONAL)


def words(*texts: str) -> tuple[Span, ...]:
    return tuple(Span(n * 10, n * 10 + len(text), text) for n, text in enumerate(texts))


def odds(
    seen: Observed, score: Score = NO_WORD, risk: Risk = Risk.NONE, weights: Weights | None = None
) -> float:
    share = probability(seen, score, risk, weights)
    return log(share / (1 - share))


def texts(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans]


def test_a_word_that_is_denied_or_put_right_is_no_cue() -> None:
    assert reading("退款").cues == 1
    assert reading("没有问题").cues == 0
    broken, solved, late = Span(0, 2, "坏了"), Span(0, 6, "坏了已解决"), Span(7, 9, "坏了")
    assert observe({"complaint": (broken,), "resolved": (solved,)}, Genre.PERSONAL).cues == 0
    again = observe({"complaint": (broken, late), "resolved": (solved,)}, Genre.PERSONAL)
    assert again.complaint == (late,)


def test_a_word_said_twice_is_one_cue() -> None:
    assert reading("退款退款，我要退款").cues == 1


@pytest.mark.parametrize(
    ("text", "praise", "resolved"),
    [
        ("质量很好", 1, 0),
        ("质量很好，但是又黑屏了", 0, 0),
        ("黑屏了，但是质量很好", 1, 0),
        ("表冠坏了，已经解决", 0, 1),
        ("已经解决，但是又坏了", 0, 0),
    ],
)
def test_what_is_good_before_a_but_gives_way_to_a_complaint(
    text: str, praise: int, resolved: int
) -> None:
    seen = reading(text)
    assert (len(seen.praise), len(seen.resolved)) == (praise, resolved)


def test_nothing_found() -> None:
    assert observe({}, Genre.NEWS, Lean.BETTER, found_for=True) == Observed(
        genre=Genre.NEWS, lean=Lean.BETTER, found_for=True
    )


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        (Observed(first_person=True), "first_person"),
        (Observed(addressed=True), "addressed"),
        (Observed(denied=words("没问题")), "denied"),
        (Observed(resolved=words("已解决")), "resolved"),
        (Observed(lean=Lean.BETTER), "better"),
        (Observed(found_for=True), "found_for"),
    ],
)
@pytest.mark.parametrize("weights", [BY_WORDS, BY_SCORER], ids=["words", "scorer"])
def test_each_observation_adds_its_weight(weights: Weights, seen: Observed, name: str) -> None:
    plain = odds(Observed(), weights=weights)
    assert odds(seen, weights=weights) - plain == pytest.approx(getattr(weights, name))


@pytest.mark.parametrize("weights", [BY_WORDS, BY_SCORER], ids=["words", "scorer"])
def test_each_genre_and_each_harm_adds_its_weight(weights: Weights) -> None:
    plain = odds(Observed(), weights=weights)
    for genre in Genre:
        more = odds(Observed(genre=genre), weights=weights) - plain
        assert more == pytest.approx(weights.genres.get(genre, 0.0))
        assert more <= 1e-9
    for risk in set(Risk) - {Risk.NONE}:
        assert odds(Observed(), risk=risk, weights=weights) - plain == pytest.approx(weights.harm)
    assert weights.harm > 0


def test_lean_against_the_brand_and_none_weigh_nothing() -> None:
    assert odds(Observed(lean=Lean.WORSE)) == pytest.approx(odds(Observed()))


def test_praise_counts_up_to_three_times() -> None:
    each = [odds(Observed(praise=words(*"好赞棒妙"[:count]))) for count in range(5)]
    assert each[1] - each[0] == pytest.approx(BY_WORDS.praise)
    assert each[3] - each[0] == pytest.approx(3 * BY_WORDS.praise)
    assert each[4] == pytest.approx(each[3])


@pytest.mark.parametrize("score", [NO_WORD, KNOWS], ids=["words", "scorer"])
def test_more_words_of_complaint_are_more_of_a_complaint(score: Score) -> None:
    each = [odds(Observed(complaint=words(*"甲乙丙丁戊"[:count])), score) for count in range(6)]
    assert each[:4] == sorted(set(each[:4]))
    assert each[3] == each[4] == each[5]


def test_a_scorer_that_knows_complaints_is_weighed_as_one() -> None:
    assert odds(Observed(), NO_WORD) == pytest.approx(BY_WORDS.bias)
    assert odds(Observed(), KNOWS) == pytest.approx(BY_SCORER.bias)
    assert odds(Observed(), KNOWS, weights=BY_WORDS) == pytest.approx(BY_WORDS.bias)
    sure = replace(KNOWS, complaint=0.9)
    assert odds(Observed(), sure) == pytest.approx(BY_SCORER.bias + BY_SCORER.scorer * log(9))


@pytest.mark.parametrize("share", [0.0, 1e-12, 1.0])
def test_a_scorer_that_is_certain_is_not_all_that_counts(share: float) -> None:
    certain = odds(Observed(), replace(KNOWS, complaint=share))
    assert isfinite(certain)
    assert abs(certain - BY_SCORER.bias) == pytest.approx(6 * BY_SCORER.scorer, rel=1e-2)


def test_corrections_add_to_the_log_odds_as_they_are() -> None:
    for shift in (-3.0, 0.5, 8.0):
        more = odds(Observed(), replace(NO_WORD, complaint_shift=shift)) - odds(Observed())
        assert more == pytest.approx(shift)


SHARES = st.floats(0, 1)
SPANS = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=6).map(lambda found: words(*found))
SEEN = st.builds(
    Observed,
    complaint=SPANS,
    denied=SPANS,
    resolved=SPANS,
    praise=SPANS,
    first_person=st.booleans(),
    addressed=st.booleans(),
    genre=st.sampled_from(Genre),
    lean=st.sampled_from(Lean),
    found_for=st.booleans(),
)


@given(SEEN, SHARES, SHARES, st.none() | SHARES, st.floats(-8, 8), st.sampled_from(Risk))
def test_the_parts_add_up_to_the_log_odds(
    seen: Observed, bad: float, good: float, own: float | None, shift: float, risk: Risk
) -> None:
    score = Score(bad * (1 - good), (1 - bad) * (1 - good), good, own, complaint_shift=shift)
    weights = BY_WORDS if own is None else BY_SCORER
    total = sum(weight * value for weight, value in parts(seen, score, risk, weights).values())
    share = probability(seen, score, risk)
    assert 0 < share < 1
    assert share == pytest.approx(1 / (1 + exp(-total)))


@given(SEEN, SHARES, SHARES)
def test_a_harm_never_makes_a_complaint_less_likely(seen: Observed, bad: float, own: float) -> None:
    for score in (Score(bad, 1 - bad, 0.0), Score(bad, 1 - bad, 0.0, complaint=own)):
        none = probability(seen, score, Risk.NONE)
        assert all(probability(seen, score, risk) >= none for risk in Risk)


def test_signs_name_each_word_once_by_what_it_speaks_for() -> None:
    seen = Observed(
        complaint=words("退款", "黑屏", "退款"),
        denied=words("没问题"),
        resolved=words("已解决"),
        praise=words("好"),
    )
    assert signs(seen) == (
        Sign("complaint_word", "退款"),
        Sign("complaint_word", "黑屏"),
        Sign("negation", "没问题"),
        Sign("resolved", "已解决"),
        Sign("praise", "好"),
    )
    assert signs(Observed()) == ()


def test_signs_are_not_too_many() -> None:
    seen = Observed(complaint=words(*"甲乙丙丁戊己庚"), praise=words(*"甲乙丙丁戊己庚"))
    assert [sign.text for sign in signs(seen)] == [*"甲乙丙丁戊"] * 2
    assert SHOWN == 5
