"""A small word-list scorer: no library, no memory, no training."""

from __future__ import annotations

from collections.abc import Sequence

from sentiment.cues import COMPLAINT, DENIED, RESOLVED
from sentiment.lexicon import digest
from sentiment.moods import BAD_MOOD, NEGATIONS, PRAISE
from sentiment.scale import polarity
from sentiment.scorer import Evidence, Score
from sentiment.text import fold

_LISTS = (PRAISE, RESOLVED, DENIED, COMPLAINT, BAD_MOOD, NEGATIONS)
_NEUTRAL_WITHIN = 0.2
_NEGATION_REACH = 4
"""A negation turns a word that begins at most this many characters after it."""


class WordScorer:
    """Counts good and bad words of both languages, with negation.

    For tests, the demo, and machines without room for SnowNLP.
    """

    def __init__(self) -> None:
        self._good = [words.pattern() for words in (PRAISE, RESOLVED, DENIED)]
        self._denied = DENIED.pattern()
        self._bad = [words.pattern() for words in (COMPLAINT, BAD_MOOD)]
        self._negation = NEGATIONS.pattern()

    @property
    def version(self) -> str:
        return f"lexicon-{digest(_LISTS)}"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [self._one(fold(text)) for text in texts]

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)

    def _one(self, text: str) -> Score:
        negations = [match.end() for match in self._negation.finditer(text)]
        good, turned = 0, 0
        for pattern in self._good:
            for match in pattern.finditer(text):
                if any(0 <= match.start() - end <= _NEGATION_REACH for end in negations):
                    turned += 1
                else:
                    good += 1
        rest = self._denied.sub(" ", text)
        bad = turned + sum(1 for pattern in self._bad for _ in pattern.finditer(rest))
        # The 1 keeps a single word from being taken for certainty.
        return polarity((good - bad) / (good + bad + 1), _NEUTRAL_WITHIN)
