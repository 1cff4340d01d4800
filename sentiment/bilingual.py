"""One scorer for Chinese, one for English; what is neither is neutral."""

from __future__ import annotations

from collections.abc import Sequence

from sentiment.scale import NEUTRAL
from sentiment.scorer import Polarity, Scorer
from sentiment.text import language


class BilingualScorer:
    """Sends each text to the scorer of its language, in one batch per language."""

    def __init__(self, chinese: Scorer, english: Scorer) -> None:
        self._scorers = {"zh": chinese, "en": english}

    @property
    def version(self) -> str:
        versions = [scorer.version for scorer in self._scorers.values()]
        return "+".join(dict.fromkeys(versions))

    def score(self, texts: Sequence[str]) -> list[Polarity]:
        answers = [NEUTRAL] * len(texts)
        languages = [language(text) for text in texts]
        for code, scorer in self._scorers.items():
            places = [place for place, found in enumerate(languages) if found == code]
            scores = scorer.score([texts[place] for place in places])
            for place, score in zip(places, scores, strict=True):
                answers[place] = score
        return answers
