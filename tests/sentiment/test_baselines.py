"""Floors on labelled posts, so that a change of the lists that loses much is seen.

Labels and sources: the README beside the data. Floors are some points under what was measured.
"""

from __future__ import annotations

import gzip
import json

import pytest

from sentiment.judge import Judge
from sentiment.loading import load_scorer
from tests.conftest import SHARED

pytestmark = pytest.mark.shared


def rows(name: str, limit: int = 500) -> list[tuple[str, int]]:
    with gzip.open(SHARED / "data" / "dev" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        posts = [json.loads(line) for line in lines]
    return [(post["text"], post["label"]) for post in posts[:limit]]


def f1(gold: list[int], found: list[int], label: int) -> float:
    hits = sum(g == f == label for g, f in zip(gold, found, strict=True))
    return 2 * hits / max(1, gold.count(label) + found.count(label))


def test_english_complaints_are_found_with_few_false_alarms() -> None:
    texts, gold = zip(*rows("complaint_en"), strict=True)
    verdicts = Judge(load_scorer("vader")).judge(texts)
    found = [verdict.complaint >= 0.5 for verdict in verdicts]
    hits = sum(g == 1 and f for g, f in zip(gold, found, strict=True))
    assert hits / sum(found) > 0.75
    assert hits / sum(gold) > 0.45


@pytest.mark.parametrize(
    ("scorer", "name", "floor"),
    [
        ("vader", "semeval", 0.42),
        ("vader", "airline", 0.47),
        ("words", "nlpcc2014_post", 0.50),
        ("words", "smp_usual", 0.40),
    ],
)
def test_macro_f1_of_the_light_scorers(scorer: str, name: str, floor: float) -> None:
    texts, labels = zip(*rows(name), strict=True)
    gold = list(labels)
    found = [int(verdict.label) for verdict in Judge(load_scorer(scorer)).judge(texts)]
    assert sum(f1(gold, found, label) for label in (-1, 0, 1)) / 3 > floor
