"""What the pupil is given: texts as the model reads them, labels, weights, the teacher's word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sentiment.training.corpus import Corpus, Example, Task
from sentiment.training.exercises import (
    BARE,
    KEPT,
    STEP,
    TASKS,
    UNLABELLED,
    Exercises,
    compact,
    exercises,
    read_teacher,
    with_bare,
)
from sentiment.training.fragments import Fragment
from sentiment.training.ragged import Shelf, ragged


def corpus(name: str, task: Task, *labelled: tuple[str, int]) -> Corpus:
    examples = (Example(f"{name}-{n}", text, label) for n, (text, label) in enumerate(labelled))
    return Corpus(name, "train", "zh", task, tuple(examples))


def same_texts(found: Exercises, texts: list[str]) -> bool:
    expected = ragged(texts)
    return np.array_equal(found.texts.buckets, expected.buckets) and np.array_equal(
        found.texts.per_text, expected.per_text
    )


@pytest.mark.parametrize(
    ("task", "labels", "heads"),
    [
        (Task.POLARITY, [-1, 0, 1], [0, 1, 2]),
        (Task.TWO_SIDED, [-1, 1], [0, 2]),
        (Task.COMPLAINT, [0, 1], [0, 1]),
        (Task.IRONY, [0, 1], [0, 1]),
    ],
)
def test_labels_count_from_nought(task: Task, labels: list[int], heads: list[int]) -> None:
    found = exercises([corpus("a", task, *[("店", label) for label in labels])], {})
    assert found.label.tolist() == heads
    assert found.task.tolist() == [TASKS.index(task)] * len(labels)


def test_texts_are_read_as_the_model_reads_them() -> None:
    posts = corpus(
        "a", Task.POLARITY, ("@星云 退貨 BROKEN https://example.com/x", -1), ("好" * 900, 1)
    )
    found = exercises([posts], {})
    assert same_texts(found, ["退货 broken", "好好好"])


def test_rare_classes_are_lifted_and_no_class_is_let_go() -> None:
    posts = corpus("a", Task.POLARITY, *[("店", 1)] * 80, *[("店", -1)] * 20)
    weight = exercises([posts], {}).weight
    assert weight[-1] > 1 > weight[0] > 0
    assert weight[-1] / weight[0] == pytest.approx(4**0.3, rel=1e-5)
    even = exercises([corpus("a", Task.POLARITY, ("店", 1), ("店", 0), ("店", -1))], {}).weight
    assert even.tolist() == pytest.approx([1, 1, 1])


def test_two_sided_sets_keep_their_shares_and_sets_their_weights() -> None:
    posts = corpus("hotel", Task.TWO_SIDED, *[("店", 1)] * 8, ("店", -1))
    assert exercises([posts], {}).weight.tolist() == pytest.approx([0.6] * 9)


def test_the_teachers_word_where_it_gave_one() -> None:
    posts = corpus("a", Task.POLARITY, ("店", 1), ("店", -1))
    said = np.array([1, -1, 0, 2, -2], dtype=np.float32)
    found = exercises([posts], {("a", "a-1"): said, ("b", "a-0"): said})
    assert np.isnan(found.teacher[0]).all()
    assert found.teacher[1].tolist() == said.tolist()
    assert found.teacher.shape == (2, KEPT)


def test_parts_of_posts_have_the_teachers_word_alone() -> None:
    posts = corpus("a", Task.POLARITY, ("店好，但是很貴", 1))
    part = Fragment("a", "a-0", 3, 7)
    said = np.arange(KEPT, dtype=np.float32)
    found = exercises([posts], {("a", part.key): said}, [part])
    assert same_texts(found, ["店好,但是很贵", "但是很贵"])
    assert found.task.tolist() == [TASKS.index(Task.POLARITY), UNLABELLED]
    assert found.weight[1] == 0
    assert found.teacher[1].tolist() == said.tolist()
    assert len(Shelf(found.texts)) == len(found.label) == len(found.weight) == 2


def test_a_set_labelled_by_emoticons_is_read_without_them_too() -> None:
    posts = corpus(BARE, Task.TWO_SIDED, ("真好[嘻嘻]😀", 1), ("坏了", -1))
    other = corpus("a", Task.POLARITY, ("真好[嘻嘻]", 1))
    first, bare, last = with_bare([posts, other])
    assert (first, last) == (posts, other)
    assert bare.name == f"{BARE}-bare"
    assert [each.text for each in bare.examples] == ["真好", "坏了"]
    assert [(each.id, each.label) for each in bare.examples] == [
        (each.id, each.label) for each in posts.examples
    ]


def test_the_teachers_file_is_read_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 3, (4, 9))
    sets, ids = ["a", "a", "b", "b"], ["1", "2", "1", "2:0:5"]
    path = tmp_path / "teacher.npz"
    np.savez(path, set=np.array(sets), id=np.array(ids), logits=compact(logits))
    told = read_teacher(path)
    assert list(told) == list(zip(sets, ids, strict=True))
    for row, kept in zip(logits, told.values(), strict=True):
        assert kept.shape == (KEPT,)
        assert kept.dtype == np.float32
        for heads in (slice(0, 3), slice(3, 5)):
            centred = row[heads] - row[heads].mean()
            assert kept[heads] == pytest.approx(centred, abs=STEP / 2 + 1e-6)


def test_outputs_beyond_eight_bits_stay_at_the_end() -> None:
    huge = compact(np.array([[900.0, 0, -900, 5, 5, 1, 1, 1, 1]]))
    assert huge.tolist() == [[127, 0, -127, 0, 0]]
