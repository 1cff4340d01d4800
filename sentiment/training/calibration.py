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


@dataclass(frozen=True, slots=True)
class Measured:
    """Raw outputs (n x 4) and labels of one development set; labels count as in the set."""

    language: str
    task: Task
    outputs: Floats
    labels: Integers


def calibrate(sets: Sequence[Measured], language: str) -> Calibration:
    """Fit slope and shift of a language by gradient descent on the mean loss over its sets.

    Polarity has one slope and a shift for negative and for positive; sets without neutral posts
    bear on the two sides alone. The complaint has a slope and a shift of its own. Every set
    counts alike, whatever its size.
    """
    mine = [each for each in sets if each.language == language]
    polarity = _fit([each for each in mine if each.task in (Task.POLARITY, Task.TWO_SIDED)])
    complaint = _fit([each for each in mine if each.task is Task.COMPLAINT])
    slope = np.array([polarity[0]] * 3 + [complaint[0]])
    shift = np.array([polarity[1], 0.0, polarity[2], complaint[2]])
    return Calibration(slope, shift)


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
