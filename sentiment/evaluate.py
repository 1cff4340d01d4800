"""How well posts are judged: figures from labels and probabilities, and the time it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.judge import Judge
from sentiment.labelled import LABELS, Task
from sentiment.scorer import Score, Scorer
from sentiment.text import clean

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Predict = Callable[[Sequence[str]], list[Score]]
"""Raw texts in, what a judge or a scorer says of each out."""

BATCH: Final = 500
WARM_UP: Final = 20
FEW_BINS, MANY_BINS = 10, 15
WATCHED: Final = {Task.SENTIMENT: -1, Task.COMPLAINT: 1}
"""The class that the product is there for."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of which the judge was between `low` and `high` sure.

    `confidence` is its mean, `right` the share of right answers; both 0 where there are none.
    """

    low: float
    high: float
    posts: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a comparison with labels gives; shares in 0..1.

    `confusion[i][j]` counts posts of `classes[i]` that were taken for `classes[j]`. `macro_f1`
    is the mean over the classes that the labels have. `f1`, `precision`, `recall` and `auc`
    are of the class that is watched (negative, complaint), None where no label has it.
    `ece_10` and `ece_15` are expected calibration errors with so many bins of equal width,
    `brier` the squared error summed over the classes (0 best, 2 worst).
    """

    posts: int
    classes: tuple[int, ...]
    confusion: tuple[tuple[int, ...], ...]
    accuracy: float
    macro_f1: float
    f1: float | None
    precision: float | None
    recall: float | None
    auc: float | None
    ece_10: float
    ece_15: float
    brier: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """One score per text, and the processor seconds that they took."""

    scores: list[Score]
    cpu_s: float

    @property
    def posts_per_s(self) -> float:
        """Posts per second of processor time."""
        return len(self.scores) / max(self.cpu_s, 1e-9)


def by_judge(judge: Judge) -> Predict:
    """Return what the full verdict says of polarity and complaint."""

    def predict(texts: Sequence[str]) -> list[Score]:
        return [
            Score(v.negative, 1 - v.negative - v.positive, v.positive, v.complaint)
            for v in judge.judge(texts)
        ]

    return predict


def by_scorer(scorer: Scorer) -> Predict:
    """Return what the scorer alone says, cleaning included."""
    return lambda texts: scorer.score([clean(text) for text in texts])


def answer(
    predict: Predict,
    texts: Sequence[str],
    *,
    clock: Callable[[], float] = time.process_time,
    progress: Callable[[int], None] = lambda _: None,
) -> Answers:
    """Judge texts in batches; what is loaded at first use is not counted."""
    predict(texts[:WARM_UP])
    scores: list[Score] = []
    seconds = 0.0
    for first in range(0, len(texts), BATCH):
        batch = texts[first : first + BATCH]
        began = clock()
        scores += predict(batch)
        seconds += clock() - began
        progress(len(batch))
    return Answers(scores, seconds)


def measure(task: Task, labels: Sequence[int], scores: Sequence[Score]) -> Figures:
    """Compare scores with labels, at least one, of `LABELS[task]`.

    Sets without a neutral label are judged by negative against positive: the larger of the
    two is the answer. A tie is neutral, and negative where neutral cannot be. Complaints are
    told apart at a probability of one half. Raises ValueError when the lengths differ.
    """
    if task is Task.COMPLAINT:
        classes = LABELS[task]
        sure = np.array([score.complaint or 0.0 for score in scores])
        chances = np.column_stack([1 - sure, sure])
        answers = (sure >= 0.5).astype(np.int64)
    elif 0 in labels:
        classes = LABELS[task]
        chances = np.array([(s.negative, s.neutral, s.positive) for s in scores])
        neutral_first = (1, 0, 2)
        answers = np.array(neutral_first)[np.argmax(chances[:, neutral_first], axis=1)]
    else:
        classes = (-1, 1)
        chances = np.array([_sides(score) for score in scores])
        answers = np.argmax(chances, axis=1)
    truth = np.array([classes.index(label) for label in labels])
    if len(truth) != len(answers):
        raise ValueError(f"{len(scores)} scores for {len(labels)} labels")
    return _figures(classes, truth, answers, chances, classes.index(WATCHED[task]))


def kappa(first: Sequence[int], second: Sequence[int]) -> float:
    """Return Cohen's κ of two people's labels of the same posts: 1 agreement, 0 chance."""
    one, other = np.array(first), np.array(second)
    agreed = float(np.mean(one == other))
    chance = sum(
        float(np.mean(one == c) * np.mean(other == c)) for c in np.union1d(one, other).tolist()
    )
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def _sides(score: Score) -> tuple[float, float]:
    both = score.negative + score.positive
    return (score.negative / both, score.positive / both) if both > 0 else (0.5, 0.5)


def _figures(
    classes: tuple[int, ...], truth: Integers, answers: Integers, chances: Floats, watched: int
) -> Figures:
    size = len(classes)
    confusion = np.bincount(truth * size + answers, minlength=size**2).reshape(size, size)
    hits = np.diagonal(confusion)
    labelled, answered = confusion.sum(axis=1), confusion.sum(axis=0)
    f1 = 2 * hits / np.maximum(labelled + answered, 1)
    here = labelled > 0
    there = bool(here[watched])
    confidence = chances[np.arange(len(truth)), answers]
    right = truth == answers
    bins = _bins(confidence, right, FEW_BINS)
    return Figures(
        posts=len(truth),
        classes=classes,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        accuracy=float(np.mean(right)),
        macro_f1=float(np.mean(f1[here])),
        f1=float(f1[watched]) if there else None,
        precision=float(hits[watched] / max(answered[watched], 1)) if there else None,
        recall=float(hits[watched] / labelled[watched]) if there else None,
        auc=_auc(truth == watched, chances[:, watched]),
        ece_10=_calibration_error(bins),
        ece_15=_calibration_error(_bins(confidence, right, MANY_BINS)),
        brier=float(np.mean(np.sum((chances - np.eye(size)[truth]) ** 2, axis=1))),
        bins=bins,
    )


def _bins(confidence: Floats, right: NDArray[np.bool_], count: int) -> tuple[Bin, ...]:
    place = np.clip((confidence * count).astype(np.int64), 0, count - 1)
    posts = np.bincount(place, minlength=count)
    sure = np.bincount(place, confidence, count) / np.maximum(posts, 1)
    good = np.bincount(place, right, count) / np.maximum(posts, 1)
    return tuple(
        Bin(n / count, (n + 1) / count, int(posts[n]), float(sure[n]), float(good[n]))
        for n in range(count)
    )


def _calibration_error(bins: Sequence[Bin]) -> float:
    posts = sum(one.posts for one in bins)
    return sum(one.posts * abs(one.confidence - one.right) for one in bins) / posts


def _auc(truth: NDArray[np.bool_], chance: Floats) -> float | None:
    """Return how often a post of the class ranks above one that is not; ties count half."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(chance, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))
