"""Fits the last step of the model: probabilities that mean what they say, for each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sentiment.model.features import Integers
from sentiment.model.network import Calibration, Floats
from sentiment.training.corpus import Task

_ROUNDS: Final = 3_000
_RATE: Final = 0.05
_SHIFTS: Final = tuple(step / 10 for step in range(-10, 11, 2))
_SHIFT_COSTS: Final = 0.002


@dataclass(frozen=True, slots=True)
class Measured:
    """Raw outputs (n x 4) and labels of one development set; labels count as in the set."""

    language: str
    task: Task
    outputs: Floats
    labels: Integers


def calibrate(sets: Sequence[Measured], language: str) -> Calibration:
    """Fit slope and shift of a language on its sets; every set counts alike.

    Polarity has one slope, the one with the least loss (sets without neutral posts bear on the
    two sides alone), and a shift for negative and for positive, those with the best mean
    macro-F1: how much is neutral is a convention of each set, and the loss would side with the
    largest share. The complaint has a slope and a shift of its own, with the least loss.
    """
    mine = [each for each in sets if each.language == language]
    polarity = [each for each in mine if each.task is not Task.COMPLAINT]
    slope = _fit(polarity)[0]
    complaint = _fit([each for each in mine if each.task is Task.COMPLAINT])
    pairs = [(first, last) for first in _SHIFTS for last in _SHIFTS]
    first, last = max(pairs, key=lambda pair: _mean_f1(polarity, slope, *pair))
    return Calibration(
        np.array([slope, slope, slope, complaint[0]]), np.array([first, 0.0, last, complaint[2]])
    )


def _mean_f1(sets: Sequence[Measured], slope: float, first: float, last: float) -> float:
    """Return the mean macro-F1, less a little for each shift: of equals the smaller is better."""
    shift = np.array([first, 0.0, last, 0.0])
    macro = [scores(each, each.outputs * slope + shift)[0] for each in sets]
    return (float(np.mean(macro)) if macro else 0.0) - _SHIFT_COSTS * (abs(first) + abs(last))


def _fit(sets: Sequence[Measured]) -> tuple[float, float, float]:
    """Return slope, shift of the first class, shift of the last one."""
    slope, first, last = 1.0, 0.0, 0.0
    for _ in range(_ROUNDS if sets else 0):
        steps = np.mean([_gradient(each, slope, first, last) for each in sets], axis=0)
        slope -= _RATE * float(steps[0])
        first -= _RATE * float(steps[1])
        last -= _RATE * float(steps[2])
    return slope, first, last


def _gradient(measured: Measured, slope: float, first: float, last: float) -> Floats:
    """Return how the set's mean loss grows with slope, first and last shift."""
    raw, wanted = _classes(measured)
    shift = np.zeros(raw.shape[1])
    shift[0], shift[-1] = first, last
    scaled = raw * slope + shift
    scaled -= scaled.max(axis=1, keepdims=True)
    shares = np.exp(scaled)
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(wanted)), wanted] -= 1.0
    own = 0.0 if measured.task is Task.COMPLAINT else float(shares[:, 0].mean())
    return np.array([(shares * raw).sum(axis=1).mean(), own, shares[:, -1].mean()])


def _classes(measured: Measured) -> tuple[Floats, Integers]:
    """Return the outputs of the classes that the set has, and the right one of each row."""
    if measured.task is Task.COMPLAINT:
        odds = measured.outputs[:, 3:4]
        return np.concatenate([np.zeros_like(odds), odds], axis=1), measured.labels
    if measured.task is Task.TWO_SIDED:
        return measured.outputs[:, [0, 2]], (measured.labels + 1) // 2
    return measured.outputs[:, :3], measured.labels + 1


def scores(measured: Measured, outputs: Floats) -> tuple[float, float]:
    """Return macro-F1, and F1 of negative or of complaint."""
    if measured.task is Task.COMPLAINT:
        said = (outputs[:, 3] > 0).astype(np.int64)
        return _f1(said, measured.labels, [0, 1]), _f1(said, measured.labels, [1])
    polarity = outputs[:, :3].copy()
    if measured.task is Task.TWO_SIDED:
        polarity[:, 1] = -np.inf
    said = polarity.argmax(axis=1) - 1
    classes = sorted(set(measured.labels.tolist()))
    return _f1(said, measured.labels, classes), _f1(said, measured.labels, [-1])


def _f1(said: Integers, right: Integers, classes: list[int]) -> float:
    each = [
        2 * ((said == k) & (right == k)).sum() / max((said == k).sum() + (right == k).sum(), 1)
        for k in classes
    ]
    return float(np.mean(each))
