"""Learns a layer from corrections: logistic regression on what the scorer below got wrong.

Deterministic: no random numbers, sums in a fixed order. Strong L2 keeps weights small, anchors
(texts that nobody corrected) hold the layer to the scorer's answers elsewhere, and a part of
the lessons is kept out to see when learning should stop.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.model.features import features
from sentiment.model.layer import (
    COMPLAINT,
    FLOOR,
    LARGEST_WEIGHT,
    MAX_ENTRIES,
    OUTPUTS,
    Layer,
    folded,
    lengths,
    logit,
)
from sentiment.verdict import Label

Floats = NDArray[np.float64]

L2: Final = 0.15
"""One correction moves its own text by about 3 log-odds, a text that shares half of it by 1.5."""
ANCHOR_WEIGHT: Final = 0.3
MAX_ROUNDS: Final = 200
LOOK_EVERY: Final = 5
HELD_OUT_FROM: Final = 20
"""So many lessons before some are spared to tell when to stop."""
FEW_ROUNDS: Final = 60
PARTS: Final = 5
LEAST_WEIGHT: Final = 0.005


@dataclass(frozen=True, slots=True)
class Lesson:
    """A cleaned text, what the judge says of it without a layer, and what people say.

    `negative`, `positive` and `complaint` are the judge's probabilities. A lesson with neither
    `right_label` nor `right_complaint` is an anchor: there the judge is to keep its answer.
    Lessons of one `story` are copies of each other.
    """

    text: str
    story: str
    negative: float
    positive: float
    complaint: float
    right_label: Label | None = None
    right_complaint: bool | None = None

    @property
    def is_anchor(self) -> bool:
        """Whether nobody corrected it."""
        return self.right_label is None and self.right_complaint is None


@dataclass(frozen=True, slots=True)
class _Problem:
    """Lessons as arrays: a sparse matrix of n-grams, starting points, aims and weights."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats
    start: Floats
    aim: Floats
    weight: Floats

    def part(self, chosen: NDArray[np.bool_]) -> _Problem:
        """Return the problem in which only the chosen lessons count."""
        return _Problem(
            self.row,
            self.column,
            self.value,
            self.start,
            self.aim,
            self.weight * chosen[:, None],
        )


def part_of(story: str, seed: int = 0) -> int:
    """Return to which of PARTS equal parts a story belongs, the same on every machine."""
    return hashlib.sha256(f"{seed}:{story}".encode()).digest()[0] % PARTS


def fit(base_version: str, lessons: Sequence[Lesson], *, seed: int = 0) -> Layer:
    """Learn a layer over the scorer `base_version`; an empty one when there is nothing to gain.

    `seed` decides which lessons are kept out.
    """
    if all(lesson.is_anchor for lesson in lessons):
        return Layer(base_version, np.zeros(0, np.int64), np.zeros((0, OUTPUTS), np.float32))
    buckets, problem = _problem(lessons)
    rounds = _rounds(problem, lessons, len(buckets), seed)
    weights = _descend(problem, len(buckets), rounds)
    largest = np.abs(weights).max(axis=1, initial=0)
    kept = np.flatnonzero(largest >= LEAST_WEIGHT)
    if len(kept) > MAX_ENTRIES:
        heaviest = np.argsort(-largest[kept], kind="stable")[:MAX_ENTRIES]
        kept = np.sort(kept[heaviest])
    bounded = np.clip(weights[kept], -LARGEST_WEIGHT, LARGEST_WEIGHT).astype(np.float32)
    return Layer(base_version, buckets[kept], bounded)


def _problem(lessons: Sequence[Lesson]) -> tuple[NDArray[np.int64], _Problem]:
    found = features([folded(lesson.text) for lesson in lessons])
    counted = np.arange(len(lessons))
    row = np.concatenate([np.repeat(counted, np.diff(g.offsets)) for g in found.kinds])
    bucket = np.concatenate([grams.bucket for grams in found.kinds])
    buckets, column = np.unique(bucket, return_inverse=True)
    start = np.array([_start(lesson) for lesson in lessons])
    aim, weight = _aims(lessons, start)
    return buckets, _Problem(row, column, 1 / lengths(found)[row], start, aim, weight)


def _start(lesson: Lesson) -> list[float]:
    neutral = 1 - lesson.negative - lesson.positive
    parts = (lesson.negative, neutral, lesson.positive)
    return [*(float(np.log(max(part, FLOOR))) for part in parts), logit(lesson.complaint)]


def _aims(lessons: Sequence[Lesson], start: Floats) -> tuple[Floats, Floats]:
    """Return the probabilities to reach and how much each counts; anchors aim at the start."""
    aim = _probabilities(start)
    weight = np.zeros((len(lessons), 2))
    labels = Counter(lesson.right_label for lesson in lessons if lesson.right_label is not None)
    answers = Counter(
        lesson.right_complaint for lesson in lessons if lesson.right_complaint is not None
    )
    for number, lesson in enumerate(lessons):
        if lesson.is_anchor:
            weight[number] = ANCHOR_WEIGHT
        if lesson.right_label is not None:
            aim[number, :COMPLAINT] = np.eye(3)[int(lesson.right_label) + 1]
            weight[number, 0] = _balance(labels[lesson.right_label], labels.total(), len(labels))
        if lesson.right_complaint is not None:
            aim[number, COMPLAINT] = float(lesson.right_complaint)
            count = answers[lesson.right_complaint]
            weight[number, 1] = _balance(count, answers.total(), len(answers))
    return aim, weight


def _balance(count: int, total: int, classes: int) -> float:
    """Let rare answers count more, within bounds: people report one kind of mistake most."""
    return float(np.clip(np.sqrt(total / (classes * count)), 0.5, 2.0))


def _rounds(problem: _Problem, lessons: Sequence[Lesson], size: int, seed: int) -> int:
    """Return after how many rounds lessons that were kept out are answered best."""
    corrected = np.array([not lesson.is_anchor for lesson in lessons])
    kept_out = corrected & np.array([part_of(x.story, seed) == 0 for x in lessons])
    if corrected.sum() < HELD_OUT_FROM or not kept_out.any() or not (corrected & ~kept_out).any():
        return FEW_ROUNDS
    seen, unseen = problem.part(~kept_out), problem.part(kept_out)
    best, least = 0, _loss(unseen, np.zeros((size, OUTPUTS)))
    step = _Descent(seen, size)
    for number in range(1, MAX_ROUNDS + 1):
        step.go()
        if number % LOOK_EVERY == 0:
            loss = _loss(unseen, step.weights)
            if loss < least:
                best, least = number, loss
    return best


def _descend(problem: _Problem, size: int, rounds: int) -> Floats:
    step = _Descent(problem, size)
    for _ in range(rounds):
        step.go()
    return step.weights


class _Descent:
    """Gradient descent with Nesterov's momentum; the step is safe for any lessons."""

    def __init__(self, problem: _Problem, size: int) -> None:
        self.weights = np.zeros((size, OUTPUTS))
        self._ahead = self.weights
        self._momentum = 1.0
        self._problem = problem
        self._size = size
        steepest = 0.5 * _largest_square(problem, size) * float(problem.weight.max(initial=0))
        self._rate = 1 / (L2 + steepest)

    def go(self) -> None:
        """Take one step."""
        gradient = _gradient(self._problem, self._ahead, self._size) + L2 * self._ahead
        moved = self._ahead - self._rate * gradient
        momentum = (1 + float(np.sqrt(1 + 4 * self._momentum**2))) / 2
        self._ahead = moved + (self._momentum - 1) / momentum * (moved - self.weights)
        self.weights, self._momentum = moved, momentum


def _outputs(problem: _Problem, weights: Floats) -> Floats:
    count = len(problem.start)
    sums = [
        np.bincount(problem.row, weights[problem.column, output] * problem.value, count)
        for output in range(OUTPUTS)
    ]
    return problem.start + np.stack(sums, axis=1)


def _probabilities(odds: Floats) -> Floats:
    raised = np.exp(odds[:, :COMPLAINT] - odds[:, :COMPLAINT].max(axis=1, keepdims=True))
    complaint = 1 / (1 + np.exp(-odds[:, COMPLAINT:]))
    return np.concatenate([raised / raised.sum(axis=1, keepdims=True), complaint], axis=1)


def _gradient(problem: _Problem, weights: Floats, size: int) -> Floats:
    error = _probabilities(_outputs(problem, weights)) - problem.aim
    error[:, :COMPLAINT] *= problem.weight[:, :1]
    error[:, COMPLAINT:] *= problem.weight[:, 1:]
    sums = [
        np.bincount(problem.column, error[problem.row, output] * problem.value, size)
        for output in range(OUTPUTS)
    ]
    return np.stack(sums, axis=1)


def _loss(problem: _Problem, weights: Floats) -> float:
    said = np.clip(_probabilities(_outputs(problem, weights)), 1e-9, 1 - 1e-9)
    label = -(problem.aim[:, :COMPLAINT] * np.log(said[:, :COMPLAINT])).sum(axis=1)
    right, answer = problem.aim[:, COMPLAINT], said[:, COMPLAINT]
    complaint = -(right * np.log(answer) + (1 - right) * np.log(1 - answer))
    return float(label @ problem.weight[:, 0] + complaint @ problem.weight[:, 1])


def _largest_square(problem: _Problem, size: int) -> float:
    """Return the square of the matrix's largest singular value, by twenty rounds of powers."""
    vector = np.ones(size) / np.sqrt(max(size, 1))
    square = 1.0
    for _ in range(20):
        forth = np.bincount(problem.row, vector[problem.column] * problem.value)
        back = np.bincount(problem.column, forth[problem.row] * problem.value, size)
        square = float(np.sqrt((back**2).sum()))
        vector = back / max(square, 1e-12)
    return 1.1 * square
