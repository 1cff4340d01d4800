"""The data that figures rest on: every set can be read, every labelled post is there."""

from __future__ import annotations

import re

import pytest

from benchmarks.judge import BY_EMOTICONS, CHINESE, DATA, ENGLISH, LABELS, read_labels, with_texts
from sentiment.labelled import OtherTaskError, Task, read_labelled
from tests.conftest import ROOT

CARD = ROOT / "docs" / "model-card.md"


def test_the_model_card_knows_every_set_and_has_one_place_for_figures() -> None:
    card = CARD.read_text(encoding="utf-8")
    for name in (*CHINESE, *ENGLISH, "complaint_en", "complaint_zh"):
        assert f"`{name}`" in card, name
    marks = re.findall(r"<!-- figures: (begin|end)", card)
    assert marks == ["begin", "end"]


def test_labels_of_chinese_complaints_are_whole() -> None:
    rows = read_labels(LABELS)
    assert len({row["id"] for row in rows}) == len(rows) >= 1000
    for row in rows:
        assert row["split"] in {"train", "dev", "test"}
        assert {row["pass_a"], row["complaint"]} <= {"0", "1"}
        twice = row["pass_b"] in {"0", "1"}
        assert twice or (row["pass_b"], row["split"]) == ("", "train")
        # Where both readers agreed there was nothing to decide.
        assert row["pass_a"] != row["pass_b"] or row["complaint"] == row["pass_a"]
        named = twice and row["complaint"] == "1"
        assert bool(row["kind"]) == bool(row["topic"]) == named
    assert sum(row["pass_b"] != "" for row in rows) >= 1000


@pytest.mark.shared
def test_every_set_is_read_or_answers_another_question() -> None:
    read = {}
    for path in sorted((DATA / "test").glob("*.jsonl.gz")):
        try:
            found = read_labelled(path)
        except OtherTaskError:
            continue
        read[found.name] = found
    assert set(read) >= {*CHINESE, *ENGLISH, "complaint_en"}
    assert {read[name].language for name in CHINESE} == {"zh"}
    assert {read[name].language for name in ENGLISH} == {"en"}
    assert read["complaint_en"].task is Task.COMPLAINT
    bare = read[BY_EMOTICONS].without_emoticons()
    assert bare != read[BY_EMOTICONS]


@pytest.mark.shared
def test_every_labelled_post_has_its_text() -> None:
    rows = read_labels(LABELS)
    assert len(with_texts(DATA, rows)) == len(rows)
