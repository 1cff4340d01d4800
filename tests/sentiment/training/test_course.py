"""What the teacher learns from: schedule, choice of texts, what a label says, batches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.training.corpus import Corpus, Example, Task
from sentiment.training.course import (
    Course,
    Recipe,
    Stage,
    batches,
    course,
    first_batches,
    second_batches,
)

RECIPE = Recipe()


def corpus(name: str, task: Task, *labelled: tuple[str, int], language: str = "zh") -> Corpus:
    examples = (Example(f"{name}-{n}", text, label) for n, (text, label) in enumerate(labelled))
    return Corpus(name, "train", language, task, tuple(examples))


def only(found: Course, text: str) -> tuple[list[int], list[float], float]:
    """The outputs that are asked about a text, their aims, and what it counts."""
    number = found.texts.index(text)
    asked = np.flatnonzero(found.asked[number])
    assert found.aims[number][~found.asked[number]].tolist() == [0.0] * (9 - len(asked))
    return asked.tolist(), found.aims[number][asked].tolist(), float(found.weight[number])


@pytest.mark.parametrize(
    ("step", "share"),
    [(0, 0.0), (150, 0.5), (300, 1.0), (3_400, 1.0), (3_750, 0.5), (4_099, 1 / 700)],
)
def test_stage_one_warms_up_holds_and_decays(step: int, share: float) -> None:
    assert RECIPE.first.share(step) == pytest.approx(share)


@pytest.mark.parametrize(("step", "share"), [(0, 0.0), (25, 0.5 * 435 / 460), (230, 0.5)])
def test_stage_two_decays_from_its_beginning(step: int, share: float) -> None:
    assert RECIPE.second.share(step) == pytest.approx(share)


@given(st.integers(1, 20_000))
def test_a_shorter_recipe_has_the_same_form(steps: int) -> None:
    shorter = RECIPE.shortened(steps)
    assert shorter.first.steps == steps
    for stage in (shorter.first, shorter.second):
        shares = [stage.share(step) for step in range(stage.steps)]
        assert all(0 <= share <= 1 for share in shares)
        top = shares.index(max(shares))
        assert shares[: top + 1] == sorted(shares[: top + 1])
        assert shares[top:] == sorted(shares[top:], reverse=True)
    assert replace(shorter, first=RECIPE.first, second=RECIPE.second) == RECIPE


def test_less_than_a_step_is_refused() -> None:
    with pytest.raises(ValueError, match="0 steps"):
        RECIPE.shortened(0)


def test_the_whole_recipe_is_its_own_shortening() -> None:
    assert RECIPE.shortened(RECIPE.first.steps) == RECIPE


@pytest.mark.parametrize(
    ("steps", "warm_up", "decay"), [(0, 1, 1), (9, 0, 1), (9, 1, 0), (9, 1, 10)]
)
def test_a_stage_that_cannot_be_taught_is_refused(steps: int, warm_up: int, decay: int) -> None:
    with pytest.raises(ValueError, match="number of steps"):
        Stage(steps, warm_up, decay, 1e-4, 1e-3)


def test_a_label_speaks_of_the_outputs_of_its_task_alone() -> None:
    found = course(
        RECIPE,
        [
            corpus("smp_virus", Task.POLARITY, ("口罩到了", 0), ("又封了", -1)),
            corpus("waimai", Task.TWO_SIDED, ("送餐慢", -1), ("好吃", 1)),
            corpus("complaint_en", Task.COMPLAINT, ("my order never came", 1), language="en"),
            corpus("irony_en", Task.IRONY, ("lovely, rain again", 1), language="en"),
            corpus("cold_offensive", Task.OFFENCE, ("他们都很友好", 0)),
        ],
    )
    third = 0.05 / 3
    assert only(found, "口罩到了") == ([0, 1, 2], pytest.approx([third, 0.95 + third, third]), 1)
    assert only(found, "又封了") == ([0, 1, 2], pytest.approx([0.95 + third, third, third]), 1)
    # Two-sided sets kept nothing neutral: output 1 is left alone, and gets no smoothing either.
    assert only(found, "送餐慢") == ([0, 2], pytest.approx([0.975, 0.025]), 1)
    assert only(found, "好吃") == ([0, 2], pytest.approx([0.025, 0.975]), 1)
    assert only(found, "my order never came") == ([3, 4], [0, 1], 0.5)
    assert only(found, "lovely, rain again") == ([5, 6], [0, 1], 0.5)
    assert only(found, "他们都很友好") == ([7, 8], [1, 0], 0.5)


def test_noisy_sets_are_cut_and_small_ones_count_twice() -> None:
    found = course(
        RECIPE,
        [
            corpus("hotel", Task.TWO_SIDED, *((f"房间 {n} 号", 1) for n in range(2_600))),
            corpus("apple_brand", Task.POLARITY, ("the screen cracked", -1), language="en"),
        ],
    )
    assert len(found.texts) == 2_501
    counted = Counter(found.texts[number] for number in found.first)
    assert counted.pop("the screen cracked") == 2
    assert set(counted.values()) == {1}


def test_complaints_make_stage_two_and_chinese_ones_count_thrice() -> None:
    found = course(
        RECIPE,
        [
            corpus("smp_virus", Task.POLARITY, ("平安就好", 1)),
            corpus("complaint_en", Task.COMPLAINT, ("still no refund", 1), language="en"),
            corpus("complaint_zh", Task.COMPLAINT, ("退款还没到", 1)),
        ],
    )
    first, second = ([found.texts[n] for n in stage] for stage in (found.first, found.second))
    assert Counter(first) == {"平安就好": 1, "still no refund": 2}
    assert Counter(second) == {"still no refund": 1, "退款还没到": 3}


def test_emoticons_go_where_they_made_the_labels() -> None:
    labelled = [(f"第 {n} 次迟到[怒]", -1) for n in range(200)]
    found = course(
        RECIPE,
        [
            corpus("weibo100k", Task.TWO_SIDED, ("堵在路上[泪]😭", -1), ("[嘻嘻]", 1)),
            corpus("smp_usual", Task.POLARITY, *labelled),
            corpus("smp_virus", Task.POLARITY, ("回不了家[泪]", -1)),
        ],
    )
    assert {"堵在路上", "[嘻嘻]", "回不了家[泪]"} <= set(found.texts)
    bare = sum(text.endswith("迟到") for text in found.texts)
    assert 10 <= bare <= 60
    assert bare + sum(text.endswith("[怒]") for text in found.texts) == 200


def test_texts_are_cleaned_and_bounded() -> None:
    wordy = "@某人 這家店" + "好吃又便宜" * 100 + " http://t.cn/abc"
    (text,) = course(RECIPE, [corpus("smp_virus", Task.POLARITY, (wordy, 1))]).texts
    assert text.startswith("这家店好吃")
    assert len(text) == RECIPE.characters


def test_a_seed_decides_everything() -> None:
    sets = [corpus("hotel", Task.TWO_SIDED, *((f"{n} 楼很吵", -1) for n in range(3_000)))]
    same = [course(RECIPE, sets).texts for _ in range(2)]
    assert same[0] == same[1]
    assert course(replace(RECIPE, seed=8), sets).texts != same[0]


@given(st.integers(1, 90), st.integers(1, 9), st.integers(1, 40), st.integers(0, 5))
def test_a_round_of_batches_has_every_text_once(
    count: int, size: int, block: int, seed: int
) -> None:
    numbers = np.arange(count) + 100
    lengths = np.random.default_rng(seed).integers(3, 64, count + 100)
    endless = batches(numbers, lengths, size, block, np.random.default_rng(seed))
    for _ in range(2):
        seen: list[int] = []
        while len(seen) < count:
            batch = next(endless)
            assert 1 <= len(batch) <= size
            seen += batch.tolist()
        assert sorted(seen) == numbers.tolist()


def test_texts_of_like_length_share_a_batch() -> None:
    lengths = np.random.default_rng(1).integers(3, 64, 960)
    rng = np.random.default_rng(2)
    round_of = islice(batches(np.arange(960), lengths, 32, 960, rng), 30)
    padded = sum(len(batch) * lengths[batch].max() for batch in round_of)
    assert padded < 1.1 * lengths.sum()


def test_no_texts_make_no_batches() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    with pytest.raises(ValueError, match="no texts"):
        next(batches(nothing, nothing, 32, 960, np.random.default_rng(1)))


def test_half_of_stage_two_repeats_stage_one() -> None:
    sets = [
        corpus("smp_virus", Task.POLARITY, *((f"第 {n} 天", 0) for n in range(96))),
        corpus("complaint_zh", Task.COMPLAINT, *((f"第 {n} 单没到", 1) for n in range(16))),
    ]
    found = course(RECIPE, sets)
    lengths = np.array([len(text) for text in found.texts])
    for batch in islice(first_batches(RECIPE, found, lengths), 8):
        assert len(batch) == 32
        assert max(batch) < 96
    drawn = list(islice(second_batches(RECIPE, found, lengths), 3))
    for batch in drawn:
        assert sorted(batch < 96) == [False] * 16 + [True] * 16
    again = islice(second_batches(RECIPE, found, lengths), 3)
    assert [batch.tolist() for batch in drawn] == [batch.tolist() for batch in again]
