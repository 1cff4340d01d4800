"""Scorers by the name that the settings give them.

SnowNLP takes seconds and hundreds of megabytes to import, so it must stay out of processes
that do not score. A table of names, read with importlib when a scorer is asked for, keeps it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sentiment.bilingual import BilingualScorer
from sentiment.scorer import Scorer, ScorerUnavailable
from sentiment.settings import OnnxSettings

SCORERS: Mapping[str, tuple[str, ...]] = {
    "shipped": ("sentiment.model.shipped:ShippedScorer",),
    "snownlp": ("sentiment.chinese:SnowNlpScorer", "sentiment.english:VaderScorer"),
    "vader": ("sentiment.words:WordScorer", "sentiment.english:VaderScorer"),
    "words": ("sentiment.words:WordScorer", "sentiment.words:WordScorer"),
}
"""Name of a scorer → the one that reads all, or the parts that read Chinese and English.

`shipped` is the default, `snownlp` and `vader` are what it is measured against, `words` does
without any library.
"""


class UnknownScorer(ValueError):
    """The settings name a scorer that does not exist."""


def load_scorer(name: str) -> Scorer:
    """Build the scorer called `name`, one of `SCORERS`; raise UnknownScorer for other names."""
    if name not in SCORERS:
        raise UnknownScorer(f"no scorer {name!r}; there are {', '.join(sorted(SCORERS))}")
    parts = [_part(place) for place in SCORERS[name]]
    return parts[0] if len(parts) == 1 else BilingualScorer(*parts)


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
