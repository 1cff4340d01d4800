"""Whether the author complains about the brand: what speaks for it, and how likely it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log
from typing import Final

from sentiment.focus import Lean
from sentiment.patterns import Findings, Span
from sentiment.scorer import Score
from sentiment.verdict import Genre, Risk, Sign

SHOWN: Final = 5
"""At most so many signs of one code: people read them."""
_SURE: Final = 6.0
"""Log-odds beyond which a scorer's word on a complaint counts no more."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the word lists and the focus found in one text."""

    complaint: tuple[Span, ...] = ()
    denied: tuple[Span, ...] = ()
    resolved: tuple[Span, ...] = ()
    praise: tuple[Span, ...] = ()
    first_person: bool = False
    addressed: bool = False
    genre: Genre = Genre.PERSONAL
    lean: Lean = Lean.OPEN
    found_for: bool = False

    @property
    def cues(self) -> int:
        """The number of different words of complaint that are neither denied nor put right."""
        return len({span.text for span in self.complaint})


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that each observation adds to a complaint.

    `found_for` is for a text that was found for a brand, that is for its name beside a word of
    complaint: among such posts complaints are far more frequent than among all. `per_cue` is
    for none, one, two, three or more different words of complaint. `tone` is multiplied with
    negative minus positive probability, `scorer` with the log-odds that the scorer gives a
    complaint.
    """

    bias: float
    per_cue: tuple[float, float, float, float]
    tone: float
    first_person: float
    addressed: float
    denied: float
    resolved: float
    praise: float
    better: float
    harm: float
    genres: Mapping[Genre, float] = field(default_factory=dict)
    scorer: float = 0.0
    found_for: float = 0.0


BY_WORDS: Final = Weights(
    bias=-1.9,
    per_cue=(0.0, 2.2, 3.2, 3.8),
    tone=1.2,
    first_person=0.3,
    addressed=1.0,
    denied=-0.8,
    resolved=-2.0,
    praise=-0.5,
    better=-2.0,
    harm=2.5,
    genres={
        Genre.ADVERT: -2.5,
        Genre.LOTTERY: -2.5,
        Genre.BOT: -2.5,
        Genre.NEWS: -1.0,
        Genre.QUESTION: -1.0,
    },
)
"""For scorers that know only polarity; set by hand, looked at on development data."""

BY_SCORER: Final = Weights(
    bias=-0.47,
    per_cue=(0.0, 0.77, 1.35, 1.42),
    tone=0.25,
    first_person=0.35,
    addressed=1.04,
    denied=-0.7,
    resolved=-0.7,
    praise=-0.33,
    better=-2.0,
    harm=0.54,
    genres={
        Genre.ADVERT: -1.71,
        Genre.LOTTERY: -1.29,
        Genre.BOT: -1.22,
        Genre.NEWS: -0.17,
        Genre.QUESTION: -0.19,
    },
    scorer=0.64,
    found_for=1.49,
)
"""For scorers that know complaints; fitted by `sentiment.training.weigh`."""


def observe(
    found: Findings, genre: Genre, lean: Lean = Lean.OPEN, *, found_for: bool = False
) -> Observed:
    """Sort what the word lists found in the part of a text that is about the brand."""
    denied = found.get("denied", ())
    resolved = found.get("resolved", ())
    complaint = tuple(
        span for span in found.get("complaint", ()) if not span.within((*denied, *resolved))
    )
    last_complaint = max((span.start for span in complaint), default=-1)
    turns = (turn.start for turn in found.get("adversative", ()))
    # What is good in the words before "but" does not count when a complaint follows it.
    last_turn = max((turn for turn in turns if turn <= last_complaint), default=0)
    return Observed(
        complaint=complaint,
        denied=denied,
        resolved=tuple(span for span in resolved if span.start >= last_turn),
        praise=tuple(
            span
            for span in found.get("praise", ())
            if span.start >= last_turn and not span.within(complaint)
        ),
        first_person="first_person" in found,
        addressed="addressed" in found,
        genre=genre,
        lean=lean,
        found_for=found_for,
    )


def probability(seen: Observed, score: Score, risk: Risk, weights: Weights | None = None) -> float:
    """Return how likely the author complains about the brand, 0..1."""
    chosen = weights or (BY_WORDS if score.complaint is None else BY_SCORER)
    odds = sum(weight * share for weight, share in parts(seen, score, risk, chosen).values())
    return 1 / (1 + exp(-odds))


def parts(
    seen: Observed, score: Score, risk: Risk, weights: Weights
) -> Mapping[str, tuple[float, float]]:
    """Return weight and value of each observation; the sum of the products is the log-odds."""
    cues = min(seen.cues, len(weights.per_cue) - 1)
    return {
        "bias": (weights.bias, 1.0),
        "per_cue": (weights.per_cue[cues], 1.0),
        "tone": (weights.tone, score.negative - score.positive),
        "found_for": (weights.found_for, float(seen.found_for)),
        "scorer": (weights.scorer, _log_odds(score.complaint)),
        "corrections": (1.0, score.complaint_shift),
        "first_person": (weights.first_person, float(seen.first_person)),
        "addressed": (weights.addressed, float(seen.addressed)),
        "denied": (weights.denied, float(bool(seen.denied))),
        "resolved": (weights.resolved, float(bool(seen.resolved))),
        "praise": (weights.praise, float(min(len(seen.praise), 3))),
        "better": (weights.better, float(seen.lean is Lean.BETTER)),
        "harm": (weights.harm, float(risk is not Risk.NONE)),
        "genre": (weights.genres.get(seen.genre, 0.0), 1.0),
    }


def _log_odds(share: float | None) -> float:
    if share is None:
        return 0.0
    least = exp(-_SURE)
    inside = min(max(share, least), 1 - least)
    return log(inside / (1 - inside))


def signs(seen: Observed) -> tuple[Sign, ...]:
    """Return what the word lists found, as people are shown it."""
    groups = {
        "complaint_word": seen.complaint,
        "negation": seen.denied,
        "resolved": seen.resolved,
        "praise": seen.praise,
    }
    return tuple(
        Sign(code, text)
        for code, spans in groups.items()
        for text in list(dict.fromkeys(span.text for span in spans))[:SHOWN]
    )
