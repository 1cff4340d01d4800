"""Scorers by the name that the settings give them.

SnowNLP takes seconds and hundreds of megabytes to import, so it must stay out of processes
that do not score. A table of names, read with importlib when a scorer is asked for, keeps it out.
"""

from __future__ import annotations

from importlib import import_module

from sentiment.bilingual import BilingualScorer
from sentiment.scorer import Scorer, ScorerUnavailable
from sentiment.settings import OnnxSettings

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


def load_transformer(settings: OnnxSettings) -> Scorer:
    """Build the scorer of a model directory; raise ScorerUnavailable with what is missing."""
    try:
        module = import_module("sentiment.transformer")
    except ModuleNotFoundError as error:
        raise ScorerUnavailable(
            f"the scorer onnx needs the package {error.name}; "
            "install it: pip install onnxruntime tokenizers"
        ) from error
    scorer: Scorer = module.TransformerScorer(settings)
    return scorer


def _part(place: str) -> Scorer:
    module, _, attribute = place.partition(":")
    scorer: Scorer = getattr(import_module(module), attribute)()
    return scorer
