"""VADER, a word list with rules for English of social media."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from sentiment.scale import polarity
from sentiment.scorer import Polarity

_READ_CHARACTERS = 5_000
# VADER's authors call a compound score within 0.05 of zero neutral.
_NEUTRAL_WITHIN = 0.05


class VaderScorer:
    """English polarity by VADER's compound score."""

    def __init__(self) -> None:
        self._analyzer = SentimentIntensityAnalyzer()

    @property
    def version(self) -> str:
        return f"vader-{version('vaderSentiment')}"

    def score(self, texts: Sequence[str]) -> list[Polarity]:
        return [self._one(text[:_READ_CHARACTERS]) for text in texts]

    def _one(self, text: str) -> Polarity:
        scores = self._analyzer.polarity_scores(text)
        return polarity(scores["compound"], _NEUTRAL_WITHIN)
