from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sentiment.scale import polarity

BORDERS = st.floats(0.01, 0.5)
POSITIONS = st.floats(-1, 1)


@given(st.floats(-2, 2), BORDERS)
def test_three_probabilities(position: float, border: float) -> None:
    found = polarity(position, border)
    parts = (found.negative, found.neutral, found.positive)
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(1)


@given(POSITIONS, BORDERS)
def test_neutral_wins_just_within_the_border(position: float, border: float) -> None:
    assume(abs(abs(position) - border) > 1e-6)
    found = polarity(position, border)
    neutral_wins = found.neutral > max(found.negative, found.positive)
    assert neutral_wins == (abs(position) < border)


@given(POSITIONS, BORDERS)
def test_good_and_bad_mirror_each_other(position: float, border: float) -> None:
    good, bad = polarity(position, border), polarity(-position, border)
    assert good.positive == pytest.approx(bad.negative)
    assert good.neutral == pytest.approx(bad.neutral)


@pytest.mark.parametrize("border", [0.05, 0.2, 0.5])
def test_the_ends_are_certain(border: float) -> None:
    assert polarity(-1, border).negative == pytest.approx(1)
    assert polarity(1, border).positive == pytest.approx(1)
