"""Figures: small cases reckoned by hand, and any case against the plain way of reckoning it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sentiment.evaluate import BATCH, WARM_UP, answer, by_judge, by_scorer, kappa, measure
from sentiment.judge import Judge
from sentiment.labelled import Task
from sentiment.scorer import Score
from sentiment.words import WordScorer

BAD, PLAIN, GOOD = Score(0.8, 0.1, 0.1), Score(0.1, 0.7, 0.2), Score(0.05, 0.05, 0.9)


def complaint(chance: float) -> Score:
    return Score(0.0, 1.0, 0.0, complaint=chance)


# By hand


def test_three_classes() -> None:
    labels = [-1, -1, 0, 1, 1]
    found = measure(Task.SENTIMENT, labels, [BAD, PLAIN, PLAIN, GOOD, BAD])
    assert found.posts == 5
    assert found.classes == (-1, 0, 1)
    assert found.confusion == ((1, 1, 0), (0, 1, 0), (1, 0, 1))
    assert found.accuracy == pytest.approx(3 / 5)
    # negative: 1 of 2 found, 1 of 2 right; neutral: all found, 1 of 2 right; positive: 1 of 2, all
    assert found.macro_f1 == pytest.approx((1 / 2 + 2 / 3 + 2 / 3) / 3)
    assert (found.f1, found.precision, found.recall) == (0.5, 0.5, 0.5)
    # Pairs of a negative and another: .8 beats .1, .05 and ties with .8; .1 ties, beats, loses.
    assert found.auc == pytest.approx((1 + 1 + 0.5 + 0.5 + 1 + 0) / 6)


def test_reliability() -> None:
    found = measure(Task.SENTIMENT, [-1, -1, 0, 1, 1], [BAD, PLAIN, PLAIN, GOOD, BAD])
    filled = {(one.low, one.posts): one for one in found.bins if one.posts}
    assert set(filled) == {(0.7, 2), (0.8, 2), (0.9, 1)}
    assert filled[0.7, 2].right == filled[0.8, 2].right == 0.5
    assert filled[0.7, 2].confidence == pytest.approx(0.7)
    assert found.ece_10 == pytest.approx((2 * 0.2 + 2 * 0.3 + 1 * 0.1) / 5)
    squares = [
        0.2**2 + 0.1**2 + 0.1**2,
        0.9**2 + 0.7**2 + 0.2**2,
        0.1**2 + 0.3**2 + 0.2**2,
        0.05**2 + 0.05**2 + 0.1**2,
        0.8**2 + 0.1**2 + 0.9**2,
    ]
    assert found.brier == pytest.approx(sum(squares) / 5)


def test_without_a_neutral_label_the_larger_side_answers() -> None:
    unsure = Score(0.15, 0.8, 0.05)
    found = measure(Task.SENTIMENT, [-1, 1, 1], [unsure, PLAIN, BAD])
    assert found.classes == (-1, 1)
    assert found.confusion == ((1, 0), (1, 1))
    assert found.macro_f1 == pytest.approx(2 / 3)
    assert [one.posts for one in found.bins if one.posts] == [1, 1, 1]
    assert {round(one.confidence, 3) for one in found.bins if one.posts} == {0.667, 0.75, 0.889}


def test_a_tie_is_neutral_and_negative_where_neutral_cannot_be() -> None:
    even, nothing = Score(0.4, 0.4, 0.2), Score(0, 1, 0)
    assert measure(Task.SENTIMENT, [0, -1], [even, BAD]).accuracy == 1
    assert measure(Task.SENTIMENT, [-1, 1], [nothing, GOOD]).accuracy == 1


def test_a_class_that_no_label_has_is_not_averaged_but_still_wrong() -> None:
    found = measure(Task.SENTIMENT, [0, 1, 1], [PLAIN, BAD, GOOD])
    assert found.macro_f1 == pytest.approx((1 + 2 / 3) / 2)
    assert (found.f1, found.precision, found.recall, found.auc) == (None,) * 4


def test_complaints() -> None:
    chances = [0.9, 0.5, 0.49, 0.2]
    found = measure(Task.COMPLAINT, [1, 0, 1, 0], [complaint(one) for one in chances])
    assert found.confusion == ((1, 1), (1, 1))
    assert (found.f1, found.precision, found.recall) == (0.5, 0.5, 0.5)
    assert found.auc == pytest.approx(3 / 4)
    assert found.brier == pytest.approx(2 * (0.1**2 + 0.5**2 + 0.51**2 + 0.2**2) / 4)


def test_a_scorer_that_knows_no_complaints_finds_none() -> None:
    found = measure(Task.COMPLAINT, [1, 0], [BAD, BAD])
    assert (found.f1, found.accuracy, found.auc) == (0.0, 0.5, 0.5)


def test_as_many_scores_as_labels() -> None:
    with pytest.raises(ValueError, match="1 scores for 2 labels"):
        measure(Task.SENTIMENT, [-1, 1], [BAD])


def test_agreement_beyond_chance() -> None:
    # Ten posts, 7 agreed; chance .6 * .5 + .4 * .5
    first, second = [1] * 6 + [0] * 4, [1, 1, 1, 1, 0, 0, 1, 0, 0, 0]
    assert kappa(first, second) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert kappa([1, 0, 1], [1, 0, 1]) == 1
    assert kappa([1, 1], [1, 1]) == 1
    assert kappa([1, 0], [0, 1]) == -1


# Against the plain way

SCORES = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)).map(
    lambda parts: Score(*(part / (sum(parts) or 1) for part in parts))
)
CASES = st.lists(st.tuples(st.sampled_from([-1, 0, 1]), SCORES), min_size=1, max_size=40)


def plain_answer(score: Score, classes: Sequence[int]) -> int:
    if classes == (-1, 1):
        return -1 if score.negative >= score.positive else 1
    if score.neutral >= max(score.negative, score.positive):
        return 0
    return -1 if score.negative >= score.positive else 1


def plain_f1(pairs: Sequence[tuple[int, int]], wanted: int) -> float:
    hits = sum(label == given == wanted for label, given in pairs)
    missed = sum(label == wanted != given for label, given in pairs)
    false = sum(given == wanted != label for label, given in pairs)
    return hits / (hits + (missed + false) / 2) if hits else 0.0


@given(CASES)
def test_scores_of_classes_as_anybody_would_count_them(cases: list[tuple[int, Score]]) -> None:
    labels, scores = [label for label, _ in cases], [score for _, score in cases]
    found = measure(Task.SENTIMENT, labels, scores)
    pairs = [(label, plain_answer(score, found.classes)) for label, score in cases]
    assert found.accuracy == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    by_class = {label: plain_f1(pairs, label) for label in set(labels)}
    assert found.macro_f1 == pytest.approx(sum(by_class.values()) / len(by_class))
    assert found.f1 == (pytest.approx(by_class[-1]) if -1 in by_class else None)
    for i, label in enumerate(found.classes):
        for j, given_ in enumerate(found.classes):
            assert found.confusion[i][j] == pairs.count((label, given_))


@given(CASES)
def test_ranks_as_anybody_would_compare_them(cases: list[tuple[int, Score]]) -> None:
    assume(any(label == 0 for label, _ in cases))
    found = measure(Task.SENTIMENT, [label for label, _ in cases], [score for _, score in cases])
    bad = [score.negative for label, score in cases if label == -1]
    others = [score.negative for label, score in cases if label != -1]
    wins = [(a > b) + (a == b) / 2 for a in bad for b in others]
    assert found.auc == (pytest.approx(sum(wins) / len(wins)) if wins else None)


@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.integers(0, 64)), min_size=1, max_size=40))
def test_calibration_as_anybody_would_sort_it(cases: list[tuple[int, int]]) -> None:
    # 64ths are exact: no border of a bin is a matter of rounding.
    chances = [part / 64 for _, part in cases]
    labels = [label for label, _ in cases]
    found = measure(Task.COMPLAINT, labels, [complaint(chance) for chance in chances])
    for count, told in ((10, found.ece_10), (15, found.ece_15)):
        error = 0.0
        for n in range(count):
            inside = [
                (max(chance, 1 - chance), (chance >= 0.5) == label)
                for label, chance in zip(labels, chances, strict=True)
                if min(int(max(chance, 1 - chance) * count), count - 1) == n
            ]
            if inside:
                sure = sum(one for one, _ in inside) / len(inside)
                right = sum(one for _, one in inside) / len(inside)
                error += abs(sure - right) * len(inside) / len(cases)
        assert told == pytest.approx(error)
    assert sum(one.posts for one in found.bins) == len(cases)


# Asking


def test_batches_keep_the_order_and_only_they_are_timed() -> None:
    seen: list[int] = []
    ticks = iter(range(100))
    texts = [str(number) for number in range(BATCH + 1)]
    done: list[int] = []

    def predict(batch: Sequence[str]) -> list[Score]:
        seen.append(len(batch))
        return [Score(float(text), 0, 0) for text in batch]

    answers = answer(predict, texts, clock=lambda: next(ticks), progress=done.append)
    assert seen == [WARM_UP, BATCH, 1]
    assert done == [BATCH, 1]
    assert [score.negative for score in answers.scores] == list(range(BATCH + 1))
    assert answers.cpu_s == 2
    assert answers.posts_per_s == (BATCH + 1) / 2


def test_no_texts_take_no_time() -> None:
    assert answer(lambda texts: [], []).posts_per_s == 0


def test_a_judge_and_a_scorer_are_asked_alike() -> None:
    text = "@somebody 太差了，要求退款 https://t.cn/x"
    verdict = Judge(WordScorer()).judge([text])[0]
    (judged,) = by_judge(Judge(WordScorer()))([text])
    (scored,) = by_scorer(WordScorer())([text])
    assert judged.complaint == verdict.complaint
    assert (judged.negative, judged.positive) == (verdict.negative, verdict.positive)
    assert sum((judged.negative, judged.neutral, judged.positive)) == pytest.approx(1)
    assert scored.negative == pytest.approx(judged.negative)
