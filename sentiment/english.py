"""VADER, a word list with rules for English of social media."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from sentiment.scale import polarity
from sentiment.scorer import Evidence, Score

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

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [self._one(text[:_READ_CHARACTERS]) for text in texts]

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)

    def _one(self, text: str) -> Score:
        scores = self._analyzer.polarity_scores(text)
        return polarity(scores["compound"], _NEUTRAL_WITHIN)
