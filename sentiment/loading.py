"""Scorers by the name that the settings give them.

SnowNLP takes seconds and hundreds of megabytes to import, so it must stay out of processes
that do not score. A table of names, read with importlib when a scorer is asked for, keeps it out.
"""

from __future__ import annotations

from importlib import import_module

from sentiment.bilingual import BilingualScorer
from sentiment.scorer import Scorer

SCORERS = {
    "snownlp": ("sentiment.chinese:SnowNlpScorer", "sentiment.english:VaderScorer"),
    "vader": ("sentiment.words:WordScorer", "sentiment.english:VaderScorer"),
    "words": ("sentiment.words:WordScorer", "sentiment.words:WordScorer"),
}
"""Name of a scorer → the parts that read Chinese and English.

`snownlp` is the default; `vader` does without SnowNLP's memory, `words` without any library.
"""


class UnknownScorer(ValueError):
    """The settings name a scorer that does not exist."""


def load_scorer(name: str) -> Scorer:
    """Build the scorer called `name`, one of `SCORERS`; raise UnknownScorer for other names."""
    if name not in SCORERS:
        raise UnknownScorer(f"no scorer {name!r}; there are {', '.join(sorted(SCORERS))}")
    chinese, english = SCORERS[name]
    return BilingualScorer(_part(chinese), _part(english))


def _part(place: str) -> Scorer:
    module, _, attribute = place.partition(":")
    scorer: Scorer = getattr(import_module(module), attribute)()
    return scorer
