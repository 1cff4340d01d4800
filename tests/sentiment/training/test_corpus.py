"""The folder of labelled posts as sets: what their labels mean, and which posts are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from sentiment.training.corpus import LIMITS, Corpus, Task, chinese_complaints, corpora
from tests.sentiment.training.folder import complaints, labelled, post, write_part


def read(folder: Path, part: str) -> dict[str, Corpus]:
    return {corpus.name: corpus for corpus in corpora(folder, part)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    more = {
        "waimai_en": [post("a", "cold food", -1, "en"), post("b", "tasty", 1, "en")],
        "irony_en": [post("c", "how lovely, rain", 1, "en")],
        "complaint_en": [post("d", "where is my order", 1, "en")],
        "cold_offensive": [post("e", "滚开", 1)],
    }
    return write_part(tmp_path, "dev", labelled("dev") | more)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("waimai", Task.TWO_SIDED),
        ("smp_usual", Task.POLARITY),
        ("waimai_en", Task.POLARITY),
        ("irony_en", Task.IRONY),
        ("complaint_en", Task.COMPLAINT),
        ("complaint_zh", Task.COMPLAINT),
        ("cold_offensive", Task.OFFENCE),
    ],
)
def test_what_the_labels_of_a_set_mean(data: Path, name: str, task: Task) -> None:
    corpus = read(data, "dev")[name]
    assert (corpus.task, corpus.part) == (task, "dev")
    assert corpus.language == ("en" if name.endswith("_en") else "zh")


def test_sets_come_by_name_and_the_chinese_complaints_last(data: Path) -> None:
    *names, last = read(data, "dev")
    assert names == sorted(names)
    assert last == "complaint_zh"


def test_posts_are_as_in_the_file(data: Path) -> None:
    posts = read(data, "dev")["waimai_en"].examples
    assert [(each.id, each.text, each.label) for each in posts] == [
        ("a", "cold food", -1),
        ("b", "tasty", 1),
    ]


def test_complaints_have_the_labels_of_the_package(data: Path) -> None:
    known = complaints("dev")
    found = chinese_complaints(data, "dev")
    assert found.examples
    assert all(each.label == known[each.id] for each in found.examples)
    assert all(each.text for each in found.examples)
    assert {each.label for each in found.examples} == {0, 1}


@pytest.mark.parametrize(("part", "taken"), [("train", 14_000), ("dev", 14_003)])
def test_large_sets_are_cut_for_training_alone(tmp_path: Path, part: str, taken: int) -> None:
    assert LIMITS["shopping"] == 14_000
    posts = labelled(part)
    posts["shopping"] = [post(f"x-{part}-{n}", "还行", 1) for n in range(14_003)]
    write_part(tmp_path, part, posts)
    first, again = (read(tmp_path, part)["shopping"].examples for _ in range(2))
    assert len(first) == len({each.id for each in first}) == taken
    assert first == again


def test_a_missing_part_is_named(data: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"train: no \*\.jsonl\.gz; give the folder"):
        list(corpora(data, "train"))
