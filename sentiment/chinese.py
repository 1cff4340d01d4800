"""SnowNLP. Importing this module costs about 4 s and 420 MB: see `sentiment.loading`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from threading import Lock

from snownlp import SnowNLP

from sentiment.scale import NEUTRAL, polarity
from sentiment.scorer import Evidence, Score

# The only characters that SnowNLP's word splitter takes for Chinese.
_HAN = re.compile(r"[\u4e00-\u9fa5]")
# Its word splitter takes about 0.4 ms a character; the first 500 say enough about the mood
# of a long article.
_READ_CHARACTERS = 500
_NEUTRAL_WITHIN = 0.2


class SnowNlpScorer:
    """Chinese polarity by SnowNLP's naive Bayes, which was trained on shop reviews.

    It knows good and bad only; `sentiment.scale` makes a third class of the middle.
    Texts without a Chinese character are neutral.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    @property
    def version(self) -> str:
        return f"snownlp-{version('snownlp')}"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [self._one(text[:_READ_CHARACTERS]) for text in texts]

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)

    def _one(self, text: str) -> Score:
        if not _HAN.search(text):
            return NEUTRAL
        # Its tables are module globals, some of them filled at first use.
        with self._lock:
            good: float = SnowNLP(text).sentiments
        return polarity(2 * good - 1, _NEUTRAL_WITHIN)
