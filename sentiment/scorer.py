"""The seam between the judge and whatever measures polarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Polarity:
    """Probabilities of the three classes; they add up to 1."""

    negative: float
    neutral: float
    positive: float


class Scorer(Protocol):
    """Measures the polarity of cleaned texts.

    One contract suite (`tests/contracts/test_scorer.py`) runs on every implementation:
    any string is accepted, also an empty one; answers keep the order; equal texts get equal
    answers; a scorer is safe to call from several threads.
    """

    @property
    def version(self) -> str:
        """Name and version that verdicts carry, e.g. `snownlp-0.12.3`."""

    def score(self, texts: Sequence[str]) -> list[Polarity]:
        """Return one polarity per text."""
