"""Calibration finds again what outputs were bent with."""

from __future__ import annotations

import numpy as np
import pytest

from sentiment.training.calibration import Measured, calibrate, scores
from sentiment.training.corpus import Task

COUNT = 6_000


def drawn(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A class for each row of log-odds, by chance."""
    shares = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    sums = shares.cumsum(axis=1)[:, :-1]
    numbers: np.ndarray = (rng.random(len(rows))[:, None] > sums).sum(axis=1)
    return numbers


def complaints(slope: float, shift: float, count: int = COUNT, seed: int = 1) -> Measured:
    rng = np.random.default_rng(seed)
    outputs = rng.normal(0, 2, (count, 4))
    odds = outputs[:, 3] * slope + shift
    labels = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    return Measured("zh", Task.COMPLAINT, outputs, labels)


def polarities(slope: float, count: int = COUNT, seed: int = 2, language: str = "zh") -> Measured:
    rng = np.random.default_rng(seed)
    outputs = rng.normal(0, 2, (count, 4))
    labels = drawn(outputs[:, :3] * slope, rng) - 1
    return Measured(language, Task.POLARITY, outputs, labels)


@pytest.mark.parametrize(("slope", "shift"), [(0.5, 0.7), (1.0, 0.0), (1.6, -1.2)])
def test_slope_and_shift_of_complaints(slope: float, shift: float) -> None:
    found = calibrate([complaints(slope, shift)], "zh")
    assert found.slope[3] == pytest.approx(slope, abs=0.12)
    assert found.shift[3] == pytest.approx(shift, abs=0.12)
    assert found.slope[:3].tolist() == [1, 1, 1]


@pytest.mark.parametrize("slope", [0.4, 1.5])
def test_the_slope_of_polarity(slope: float) -> None:
    found = calibrate([polarities(slope)], "zh")
    assert found.slope[:3].tolist() == [pytest.approx(slope, abs=0.1)] * 3
    assert found.shift[1] == 0


def test_shifts_of_polarity_give_the_better_answers() -> None:
    """The outputs were bent towards neutral: the shifts must bend them back."""
    straight = polarities(2.0, seed=3)
    bent = straight.outputs.copy()
    bent[:, 1] += 0.8
    measured = Measured("zh", Task.POLARITY, bent, straight.labels)
    found = calibrate([measured], "zh")
    assert found.shift[0] > 0.2 < found.shift[2]
    assert scores(measured, found.apply(bent))[0] > scores(measured, bent)[0] + 0.02


def test_two_sided_sets_bear_on_the_two_sides() -> None:
    rng = np.random.default_rng(4)
    outputs = rng.normal(0, 2, (COUNT, 4))
    labels = drawn(outputs[:, [0, 2]] * 0.7, rng) * 2 - 1
    found = calibrate([Measured("zh", Task.TWO_SIDED, outputs, labels)], "zh")
    assert found.slope[0] == pytest.approx(0.7, abs=0.1)


def test_every_set_counts_alike_whatever_its_size() -> None:
    large, small = complaints(1.0, 2.0, 8_000), complaints(1.0, -2.0, 800, seed=5)
    found = calibrate([large, small], "zh")
    assert found.shift[3] == pytest.approx(0, abs=0.3)


def test_other_languages_do_not_count() -> None:
    ours, theirs = polarities(0.5), polarities(3.0, seed=6, language="en")
    alone, beside = calibrate([ours], "zh"), calibrate([theirs, ours], "zh")
    assert beside.slope.tolist() == alone.slope.tolist()
    assert beside.shift.tolist() == alone.shift.tolist()


def test_without_sets_outputs_stay_as_they_are() -> None:
    found = calibrate([polarities(0.5, 50)], "en")
    assert found.apply(np.array([[1.0, -2, 3, 4]])).tolist() == [[1, -2, 3, 4]]


def test_figures_of_a_set() -> None:
    outputs = np.array([[2.0, 0, 1, 1], [0, 5, 1, -1], [0, 9, 1, 1], [3, 9, 1, -1]])
    polarity = Measured("zh", Task.POLARITY, outputs, np.array([-1, 0, 0, 1]))
    # -1 is found and right once; 0 said thrice, right twice; 1 never said.
    assert scores(polarity, outputs) == (pytest.approx((1 + 0.8 + 0) / 3), pytest.approx(1))
    two_sided = Measured("zh", Task.TWO_SIDED, outputs, np.array([-1, 1, 1, 1]))
    assert scores(two_sided, outputs) == (pytest.approx((2 / 3 + 0.8) / 2), pytest.approx(2 / 3))
    complaint = Measured("zh", Task.COMPLAINT, outputs, np.array([1, 0, 0, 0]))
    assert scores(complaint, outputs) == (pytest.approx((2 / 3 + 0.8) / 2), pytest.approx(2 / 3))
