"""The judge: polarity from a scorer, everything else from word lists and plain rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp

from sentiment.lexicon import Lexicon
from sentiment.patterns import Finder, Findings, Span, finder
from sentiment.risk import RiskReader
from sentiment.scorer import Score, Scorer
from sentiment.text import clean, fold, language
from sentiment.verdict import Genre, Kind, Label, Risk, Sign, Topic, Verdict
from sentiment.wordlist import Words

_TOPIC_OF_RISK = {
    Risk.SAFETY: Topic.SAFETY,
    Risk.HEALTH: Topic.SAFETY,
    Risk.DATA_LEAK: Topic.PRIVACY,
}
_READ_CHARACTERS = 5_000
"""The longest post that Weibo takes; the rest of a longer text is not read."""
_SHOWN = 5
"""At most so many signs of one code: people read them."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that each observation adds to a complaint; set by hand, looked at on dev data.

    `per_cue` is for none, one, two, three or more different words of complaint. `tone` is
    multiplied with negative minus positive probability.
    """

    bias: float = -1.9
    per_cue: tuple[float, ...] = (0.0, 2.2, 3.2, 3.8)
    tone: float = 1.2
    first_person: float = 0.3
    addressed: float = 1.0
    denied: float = -0.8
    resolved: float = -2.0
    praise: float = -0.5
    prefers_brand: float = -2.0
    advert: float = -2.5
    news: float = -1.0
    question: float = -1.0
    harm: float = 2.5


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the word lists found in one text."""

    complaint: tuple[Span, ...]
    denied: tuple[Span, ...]
    resolved: tuple[Span, ...]
    praise: tuple[Span, ...]
    prefers: tuple[Span, ...]
    first_person: bool
    addressed: bool
    genre: Genre
    genre_spans: tuple[Span, ...]


class Judge:
    """Turns texts into verdicts; safe to call from several threads.

    The probability of a complaint is rule-based: words of complaint (not denied, not solved)
    and a negative tone raise it, thanks, adverts, news and questions lower it.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        complaint_words: Sequence[str] = (),
        lexicon: Lexicon | None = None,
        weights: Weights | None = None,
    ) -> None:
        """Take the scorer, and words of complaint besides those of the lexicon."""
        self._scorer = scorer
        self._lexicon = (lexicon or Lexicon()).with_complaints(complaint_words)
        self._weights = weights or Weights()
        self._finder = finder(tuple(self._lexicon.lists()))
        self._risks = RiskReader(self._lexicon.risks, self._lexicon.contexts)
        self._words_version = self._lexicon.version

    @property
    def version(self) -> str:
        """What `Verdict.model_version` says: the scorer's version and that of the word lists."""
        return self._version_with(self._scorer.version)

    def judge(self, texts: Sequence[str], brands: Sequence[str] | None = None) -> list[Verdict]:
        """Return one verdict per text, in order.

        `brands`, where given, has for each text the brand that it was matched for: "X broke,
        should have bought BRAND" is no complaint about BRAND. Raises ValueError when the
        lengths differ.
        """
        if brands is not None and len(brands) != len(texts):
            raise ValueError(f"{len(brands)} brands for {len(texts)} texts")
        polarities = self._scorer.score([clean(text) for text in texts])
        version = self.version
        return [
            self._verdict(text, polarity, brand, version)
            for text, polarity, brand in zip(
                texts, polarities, brands or [""] * len(texts), strict=True
            )
        ]

    def _version_with(self, scorer: str) -> str:
        return f"{scorer}+words-{self._words_version}"

    def _verdict(self, text: str, polarity: Score, brand: str, version: str) -> Verdict:
        folded = fold(text[:_READ_CHARACTERS])
        found = self._finder.find(folded)
        reading = self._read(folded, found, brand)
        reading_of_risk = self._risks.read(folded, found, negative=polarity.negative)
        risk = reading_of_risk.risk
        label, confidence = _label(polarity)
        return Verdict(
            label=label,
            confidence=confidence,
            negative=polarity.negative,
            positive=polarity.positive,
            complaint=self._complaint(reading, polarity, risk),
            kind=Kind.COMPLAINT,
            topic=_TOPIC_OF_RISK.get(risk) or self._topic(found, reading.denied),
            risk=risk,
            genre=reading.genre,
            language=language(text),
            doubts=(),
            signs=(*_signs(reading), *reading_of_risk.signs, *_tone_sign(label)),
            model_version=self._version_with(polarity.by) if polarity.by else version,
        )

    def _read(self, text: str, found: Findings, brand: str) -> _Reading:
        denied = found.get("denied", ())
        resolved = found.get("resolved", ())
        complaint = tuple(
            span for span in found.get("complaint", ()) if not span.within((*denied, *resolved))
        )
        last_complaint = max((span.start for span in complaint), default=-1)
        turns = (turn.start for turn in found.get("adversative", ()))
        # What is good in the words before "but" does not count when a complaint follows it.
        last_turn = max((turn for turn in turns if turn <= last_complaint), default=0)
        genre, genre_spans = self._genre(found, len({span.text for span in complaint}))
        return _Reading(
            complaint=complaint,
            denied=denied,
            resolved=tuple(span for span in resolved if span.start >= last_turn),
            praise=tuple(
                span
                for span in found.get("praise", ())
                if span.start >= last_turn and not span.within(complaint)
            ),
            prefers=_prefers(self._lexicon.prefers, fold(brand), text) if brand.strip() else (),
            first_person="first_person" in found,
            addressed="addressed" in found,
            genre=genre,
            genre_spans=genre_spans,
        )

    def _genre(self, found: Findings, complaints: int) -> tuple[Genre, tuple[Span, ...]]:
        """Name the first genre that speaks at least as loudly as the words of complaint."""
        for genre in self._lexicon.genres:
            spans = found.get(f"genres.{genre}", ())
            if len({span.text for span in spans}) >= max(complaints, 1) and not (
                genre is Genre.QUESTION and complaints
            ):
                return genre, spans
        return Genre.PERSONAL, ()

    def _topic(self, findings: Findings, denied: tuple[Span, ...]) -> Topic:
        best, most = Topic.OTHER, 0
        for topic in self._lexicon.topics:
            spans = findings.get(f"topics.{topic}", ())
            found = {span.text for span in spans if not span.within(denied)}
            if len(found) > most:
                best, most = topic, len(found)
        return best

    def _complaint(self, reading: _Reading, polarity: Score, risk: Risk) -> float:
        weights = self._weights
        cues = len({span.text for span in reading.complaint})
        odds = weights.bias + weights.per_cue[min(cues, len(weights.per_cue) - 1)]
        odds += weights.tone * (polarity.negative - polarity.positive)
        odds += polarity.complaint_shift
        odds += weights.first_person * reading.first_person
        odds += weights.addressed * reading.addressed
        odds += weights.denied * bool(reading.denied)
        odds += weights.resolved * bool(reading.resolved)
        odds += weights.praise * min(len(reading.praise), 3)
        odds += weights.prefers_brand * bool(reading.prefers)
        odds += weights.harm * (risk is not Risk.NONE)
        odds += {
            Genre.PERSONAL: 0.0,
            Genre.ADVERT: weights.advert,
            Genre.LOTTERY: weights.advert,
            Genre.NEWS: weights.news,
            Genre.QUESTION: weights.question,
            Genre.BOT: weights.advert,
        }[reading.genre]
        return 1 / (1 + exp(-odds))


def _label(polarity: Score) -> tuple[Label, float]:
    """Return the most probable class; a tie is neutral."""
    return max(
        (Label.NEUTRAL, polarity.neutral),
        (Label.NEGATIVE, polarity.negative),
        (Label.POSITIVE, polarity.positive),
        key=lambda pair: pair[1],
    )


def _signs(reading: _Reading) -> tuple[Sign, ...]:
    groups = {
        "complaint_word": reading.complaint,
        "negation": reading.denied,
        "resolved": reading.resolved,
        "praise": reading.praise,
        "other_brand": reading.prefers,
        str(reading.genre): reading.genre_spans,
    }
    return tuple(
        Sign(code, text)
        for code, spans in groups.items()
        for text in list(dict.fromkeys(span.text for span in spans))[:_SHOWN]
    )


def _tone_sign(label: Label) -> tuple[Sign, ...]:
    return (Sign("negative_tone"),) if label is Label.NEGATIVE else ()


def _prefers(words: Words, brand: str, text: str) -> tuple[Span, ...]:
    if brand not in text:
        return ()
    return _about(words, brand).find(text).get("prefers", ())


@lru_cache(maxsize=128)
def _about(words: Words, brand: str) -> Finder:
    name = re.escape(brand)
    filled = Words(
        tuple(entry.replace("{brand}", name) for entry in words.zh),
        tuple(entry.replace("{brand}", name) for entry in words.en),
    )
    return Finder({"prefers": filled})
