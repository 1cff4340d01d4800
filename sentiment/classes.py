"""What the classes of somebody else's model mean, read from the names that it gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sentiment.scale import polarity
from sentiment.scorer import Score
from sentiment.settings import Polarity

POLARITIES: tuple[str, ...] = get_args(Polarity)
NEGATIVE, NEUTRAL, POSITIVE = POLARITIES
_NAMES = {
    NEGATIVE: re.compile(
        r"(?:very |extremely )?neg(?:ative)?\b|负面|负向|消极|差评|(?:bad|worst)\b"
    ),
    NEUTRAL: re.compile(r"neu(?:tral)?\b|中性|中立|mixed\b"),
    POSITIVE: re.compile(r"(?:very |extremely )?pos(?:itive)?\b|正面|正向|积极|好评|good\b"),
}
_NUMBERED = re.compile(r"(?:label[ _-]?)?(\d)")
_STARS = re.compile(r"(?:([1-5]) ?stars?|stars? ?([1-5]))")
_BY_COUNT = {
    2: (NEGATIVE, POSITIVE),
    3: (NEGATIVE, NEUTRAL, POSITIVE),
    5: (NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE),
}
"""What numbered classes mean: they run from bad to good."""
_NEUTRAL_WITHIN = 0.2
"""A model without a neutral class says "neither" with probabilities near each other."""


class LabelError(ValueError):
    """The classes of a model cannot be understood; the text says how to name them."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The polarity of each output of a model, in order."""

    meanings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.meanings)

    def score(self, probabilities: Sequence[float]) -> Score:
        """Add up the probabilities of each polarity; one per output, adding up to 1."""
        share = dict.fromkeys(POLARITIES, 0.0)
        for meaning, probability in zip(self.meanings, probabilities, strict=True):
            share[meaning] += probability
        if NEUTRAL not in self.meanings:
            return polarity(share[POSITIVE] - share[NEGATIVE], _NEUTRAL_WITHIN)
        return Score(share[NEGATIVE], share[NEUTRAL], share[POSITIVE])


def classes_of(id2label: Any, own: Mapping[str, str]) -> Classes:
    """Read `id2label` of a config.json; `own` says what names mean, before any guess.

    Raises LabelError for classes that cannot be understood.
    """
    names = _names(id2label)
    meanings = tuple(own.get(name) or _meaning(name, len(names)) for name in names)
    for name, meaning in zip(names, meanings, strict=True):
        if not meaning:
            raise LabelError(
                f"what does the class {name!r} mean? Say so with "
                f"sentiment.onnx.labels: {{{name}: negative}} (or neutral, positive)"
            )
    if stray := set(own) - set(names):
        raise LabelError(
            f"has no class {min(stray)!r}, which sentiment.onnx.labels names; "
            f"its classes are {', '.join(names)}"
        )
    if not {NEGATIVE, POSITIVE} <= set(meanings):
        raise LabelError(
            f"its classes ({', '.join(names)}) are not about good and bad; "
            "bring a model of sentiment, or say what they mean with sentiment.onnx.labels"
        )
    return Classes(meanings)


def _names(id2label: Any) -> list[str]:
    if not isinstance(id2label, dict) or sorted(id2label) != sorted(map(str, range(len(id2label)))):
        raise LabelError("id2label is missing or not numbered from 0; add what the model answers")
    return [str(id2label[str(number)]) for number in range(len(id2label))]


def _meaning(name: str, count: int) -> str:
    plain = name.strip().casefold().replace("_", " ")
    for meaning, pattern in _NAMES.items():
        if pattern.match(plain):
            return meaning
    if stars := _STARS.fullmatch(plain):
        return _BY_COUNT[5][int(stars[1] or stars[2]) - 1]
    if (number := _NUMBERED.fullmatch(plain)) and count in _BY_COUNT:
        place = int(number[1])
        return _BY_COUNT[count][place] if place < count else ""
    return ""
