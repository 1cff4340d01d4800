"""Fits the weights of a complaint: `python -m sentiment.training.weigh --data FOLDER`.

What it prints goes into `sentiment.complaint.BY_SCORER`. The development sets are small, so the
weights are held near those that were set by hand.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.complaint import BY_SCORER, Observed, parts
from sentiment.judge import Judge
from sentiment.loading import load_scorer
from sentiment.scorer import Score
from sentiment.training.corpus import Task, corpora
from sentiment.verdict import Genre, Risk

Floats = NDArray[np.float64]

_HOLD: Final = 0.02
"""How strongly each weight is drawn to the one set by hand."""
_ROUNDS: Final = 4_000
_RATE: Final = 0.1
_FOLDS: Final = 5
_MISS: Final = 1.8
"""A complaint that is missed costs so many times a false alarm."""
_TELLING: Final = frozenset(
    {"complaint", "sarcasm", "praise", "question", "news", "advert", "brand_only"}
)


def main() -> None:
    """Fit on the development sets of both languages and our own posts, which count alike."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--own", type=Path, required=True, help="monitor/demo/posts.jsonl")
    options = parser.parse_args()
    judge = Judge(load_scorer("shipped"))
    rows, wanted, share, names = [], [], [], []
    for asked in (*_public(options.data), _own(options.own)):
        observed = judge.observe(asked.texts, asked.brands)
        rows += [columns(*each) for each in observed]
        wanted += asked.labels
        share += [(_MISS if label else 1.0) / len(observed) for label in asked.labels]
        names += [asked.name] * len(observed)
    keys = list(start())
    table = np.array([[row.get(key, 0.0) for key in keys] for row in rows])
    right, weight, held = np.array(wanted), np.array(share), np.array(list(start().values()))
    for name in sorted(set(names)):
        mine = np.array([each == name for each in names])
        print(name, "by hand", f1(table[mine] @ held, right[mine]), end=" ")
        print("cross-validated", f1(_folds(table, right, weight, held)[mine], right[mine]))
    for key, value in zip(keys, fit(table, right, weight, held), strict=True):
        print(f"{key:22} {value:6.2f}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Posts, the brands that they were found for, and whether they complain."""

    name: str
    texts: list[str]
    brands: list[str]
    labels: list[int]


def _public(data: Path) -> list[_Asked]:
    sets = [each for each in corpora(data, "dev") if each.task is Task.COMPLAINT]
    return [
        _Asked(
            each.name,
            [post.text for post in each.examples],
            [""] * len(each.examples),
            [post.label for post in each.examples],
        )
        for each in sets
    ]


def _own(path: Path) -> _Asked:
    """Return our own posts, which are what a service finds: a brand beside a bad word."""
    posts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    posts = [post for post in posts if post.get("text") and post["kind"] in _TELLING]
    return _Asked(
        "own posts",
        [post["text"] for post in posts],
        [post["brand"] for post in posts],
        [int(post["expect"] == "alert") for post in posts],
    )


def start() -> Mapping[str, float]:
    """Return the weights in force by column."""
    weights = BY_SCORER
    single = ("bias", "tone", "scorer", "first_person", "addressed", "denied", "resolved")
    named = {name: getattr(weights, name) for name in (*single, "praise", "better", "harm")}
    cues = {f"per_cue {count}": value for count, value in enumerate(weights.per_cue) if count}
    genres = {f"genre {genre}": weights.genres.get(genre, 0.0) for genre in Genre}
    return {**named, "found_for": weights.found_for, **cues, **genres}


def columns(seen: Observed, score: Score, risk: Risk) -> Mapping[str, float]:
    """Return the value of each column for one text."""
    ones = replace(BY_SCORER, per_cue=(0.0, 1.0, 1.0, 1.0), genres=dict.fromkeys(Genre, 1.0))
    values = {name: value for name, (_, value) in parts(seen, score, risk, ones).items()}
    cues = min(seen.cues, 3)
    return {**values, f"per_cue {cues}": 1.0, f"genre {seen.genre}": 1.0}


def fit(table: Floats, right: NDArray[np.int64], share: Floats, held: Floats) -> Floats:
    """Return the weights of a logistic regression that is held near `held`."""
    weights = held.copy()
    for _ in range(_ROUNDS):
        off = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30))) - right
        step: Floats = table.T @ (off * share) + _HOLD * (weights - held)
        weights -= _RATE * step
    return weights


def _folds(table: Floats, right: NDArray[np.int64], share: Floats, held: Floats) -> Floats:
    odds = np.zeros(len(right))
    fold = np.arange(len(right)) % _FOLDS
    for each in range(_FOLDS):
        rest = fold != each
        odds[~rest] = table[~rest] @ fit(table[rest], right[rest], share[rest], held)
    return odds


def f1(odds: Floats, right: NDArray[np.int64]) -> str:
    """Return the F1 of the complaints, with precision and recall."""
    said = odds > 0
    hits = int((said & (right == 1)).sum())
    precision, recall = hits / max(int(said.sum()), 1), hits / max(int(right.sum()), 1)
    both = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"F1 {both:.3f} (P {precision:.3f} R {recall:.3f})"


if __name__ == "__main__":
    main()
