"""One scorer for Chinese, one for English; what is neither is neutral."""

from __future__ import annotations

from collections.abc import Sequence

from sentiment.scale import NEUTRAL
from sentiment.scorer import Evidence, Score, Scorer
from sentiment.text import language


class BilingualScorer:
    """Sends each text to the scorer of its language, in one batch per language."""

    def __init__(self, chinese: Scorer, english: Scorer) -> None:
        self._scorers = {"zh": chinese, "en": english}

    @property
    def version(self) -> str:
        versions = [scorer.version for scorer in self._scorers.values()]
        return "+".join(dict.fromkeys(versions))

    def score(self, texts: Sequence[str]) -> list[Score]:
        answers = [NEUTRAL] * len(texts)
        for scorer, places in self._split(texts):
            for place, score in zip(places, scorer.score([texts[p] for p in places]), strict=True):
                answers[place] = score
        return answers

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        answers: list[tuple[Evidence, ...]] = [()] * len(texts)
        for scorer, places in self._split(texts):
            found = scorer.explain([texts[p] for p in places])
            for place, evidence in zip(places, found, strict=True):
                answers[place] = evidence
        return answers

    def _split(self, texts: Sequence[str]) -> list[tuple[Scorer, list[int]]]:
        languages = [language(text) for text in texts]
        return [
            (scorer, [place for place, found in enumerate(languages) if found == code])
            for code, scorer in self._scorers.items()
        ]
