"""The seam between the judge and whatever measures polarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer measures of one text.

    The probabilities of the three classes add up to 1; `complaint` is the probability that the
    author complains, None from a scorer that knows only polarity. `by` is the version of the
    scorer that answered where it was not the one that was asked, else empty.
    `complaint_shift` is what people's corrections add to the log-odds of a complaint where the
    judge reckons them itself, because `complaint` is None. `coverage` is the share of the text
    that is of a kind the scorer has learnt from, 1 from one that cannot tell.
    """

    negative: float
    neutral: float
    positive: float
    complaint: float | None = None
    by: str = ""
    complaint_shift: float = 0.0
    coverage: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a text that carried its score: `weight` in log-odds, above 0 for the bad side."""

    text: str
    weight: float


class ScorerUnavailable(Exception):
    """A scorer cannot be built; the text says what is missing and how to mend it."""


class Scorer(Protocol):
    """Measures the polarity of cleaned texts.

    One contract suite (`tests/contracts/test_scorer.py`) runs on every implementation:
    any string is accepted, also an empty one; answers keep the order; equal texts get equal
    answers; a scorer is safe to call from several threads.
    """

    @property
    def version(self) -> str:
        """Name and version that verdicts carry, e.g. `snownlp-0.12.3`."""

    def score(self, texts: Sequence[str]) -> list[Score]:
        """Return one score per text."""

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        """Return what carried each score, heaviest first; nothing from one that cannot tell."""
