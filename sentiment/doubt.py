"""Where a verdict should not be trusted: a person looks instead.

A doubt is raised only where it could change the answer, and it changes none itself: no score,
no risk, no severity. The signs (codes `irony` and `contradiction`) tell people why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sentiment import ironies
from sentiment.scorer import Score
from sentiment.verdict import Doubt, Sign
from sentiment.wordlist import Words

CLOSE: Final = (0.35, 0.65)
"""Probabilities of a complaint between these are a close call; above is a complaint for sure."""
MARGIN: Final = 0.1
"""The two most probable polarities are told apart only beyond this."""
MIN_COVERAGE: Final = 0.3
STRONG: Final = 0.6
"""How far from neutral the tone of a part must be to contradict another part."""
_MIN_UNITS: Final = 2
_SHORT: Final = 24
_REACH: Final = 48
_LONGEST_SPAN: Final = 60
_SHOWN: Final = 3
_MOST_PRAISE: Final = 10
_QUOTED_BESIDES: Final = 12
"""So much beside the praise, the marks included, still leaves it the point of the quotation."""

_UNIT = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Measured:
    """What the judge measured of a text.

    `score` is about the brand, `complaint` the verdict's probability, `complaint_words` the
    number of words of complaint that are neither denied nor put right. `coverage` is the share
    of the text's features that the model has seen in training. `risk_word` says that a harm is
    named which seems not to have happened. `parts` are the tones of the
    clauses about the brand, `passed_on` that of what the author passes on: positive minus
    negative probability, -1..1.
    """

    score: Score
    complaint: float
    language: str = "zh"
    complaint_words: int = 0
    coverage: float = 1.0
    risk_word: bool = False
    parts: tuple[float, ...] = ()
    passed_on: float | None = None

    @property
    def tone(self) -> float:
        """Positive minus negative probability."""
        return self.score.positive - self.score.negative

    @property
    def positive(self) -> bool:
        """Whether praise is the most probable."""
        return self.score.positive > max(self.score.negative, self.score.neutral)

    @property
    def settled(self) -> bool:
        """Whether it is a complaint for sure, in a voice that fits."""
        return self.complaint >= CLOSE[1] and not self.positive


@dataclass(frozen=True, slots=True)
class Doubted:
    """Why a person should look, and the words that say so."""

    doubts: tuple[Doubt, ...]
    signs: tuple[Sign, ...]


def doubts(text: str, measured: Measured) -> Doubted:
    """Return the doubts about a verdict on a folded text (`sentiment.text.fold`)."""
    if not _UNIT.search(text) or (
        len(text) < _SHORT and len(_UNIT.findall(text)) < _MIN_UNITS and not measured.settled
    ):
        return Doubted((Doubt.NOT_JUDGED,), ())
    ironic = irony(text, complains=measured.complaint_words > 0)
    contradicted = _contradictions(measured)
    found = {
        Doubt.IRONY: bool(ironic) and not measured.settled,
        Doubt.CONTRADICTION: bool(contradicted),
        Doubt.UNKNOWN_DOMAIN: _unknown(measured),
        Doubt.CLOSE_CALL: _close(measured),
        Doubt.RISK_WORD: measured.risk_word and not measured.settled,
    }
    return Doubted(
        tuple(doubt for doubt, there in found.items() if there),
        (*(Sign("irony", span) for span in ironic), *contradicted),
    )


def irony(text: str, *, complains: bool = False) -> tuple[str, ...]:
    """Return the spans of a folded text that praise in mockery, at most three.

    Praise and smiles count beside harm or waiting, or where the text `complains` otherwise;
    not where somebody was helped.
    """
    spans = [found.group().strip() for found in islice(_plain(text), _MOST_PRAISE)]
    if not spans:
        spans = _beside_harm(text, complains=complains)
    return tuple(dict.fromkeys(filter(None, spans)))[:_SHOWN]


def _plain(text: str) -> Iterator[re.Match[str]]:
    """Find what is irony by itself; each search only where a quick look promises something."""
    if not text.isascii():
        yield from _PLAIN_ZH.finditer(text)
    if _LATIN.search(text) and _PLAIN_HINT.search(text):
        yield from _PLAIN_EN.finditer(text)
    if "/s" in text or "#" in text:
        yield from _MARKS.finditer(text)
    for quoted in _IN_QUOTES.finditer(text):
        inside = _QUOTED.search(text, quoted.start() + 1, quoted.end() - 1)
        if inside and quoted.end() - quoted.start() - len(inside.group()) <= _QUOTED_BESIDES:
            yield quoted


def _beside_harm(text: str, *, complains: bool) -> list[str]:
    praise = list(islice(_PRAISE_ZH.finditer(text), _MOST_PRAISE))
    if _LATIN.search(text):
        praise += islice(_PRAISE_EN.finditer(text), _MOST_PRAISE)
    if not praise or _RELIEF.search(text):
        return []
    spans = []
    for found in praise:
        start, end = max(0, found.start() - _REACH), found.end() + _REACH
        after = _HARM.search(text, found.end(), end)
        before = None if after else _last(_HARM, text, start, found.start())
        harm = after or before
        if not harm:
            # A smile says nothing about words that stand far away.
            if complains and not _EMOTICON.fullmatch(found.group()):
                spans.append(found.group())
            continue
        first, last = sorted((found, harm), key=lambda match: match.start())
        if not _TURNS.search(text, first.end(), last.start()):
            span = text[first.start() : last.end()]
            spans.append(span if len(span) <= _LONGEST_SPAN else found.group())
    return spans


def _contradictions(measured: Measured) -> tuple[Sign, ...]:
    parts = measured.parts
    split = bool(parts) and max(parts) >= STRONG and min(parts) <= -STRONG
    # Who scorns an advert is plain; who cheers at somebody's bad luck is not.
    cheers = measured.passed_on is not None and measured.passed_on <= -STRONG <= STRONG <= (
        measured.tone
    )
    praised = measured.positive and (measured.complaint_words > 0 or measured.complaint >= CLOSE[1])
    return (Sign("contradiction"),) if split or cheers or praised else ()


def _unknown(measured: Measured) -> bool:
    foreign = measured.language == "other" or measured.coverage < MIN_COVERAGE
    return foreign and not measured.settled


def _close(measured: Measured) -> bool:
    low, high = CLOSE
    if low <= measured.complaint <= high:
        return True
    score = measured.score
    rival = max(score.neutral, score.positive)
    return measured.complaint < high and abs(score.negative - rival) < MARGIN


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    return max(pattern.finditer(text, start, end), key=lambda match: match.start(), default=None)


_EMOTICON = re.compile(ironies.EMOTICONS)
_PLAIN_ZH = Words(zh=ironies.PLAIN.zh).pattern()
_PLAIN_EN = Words(en=ironies.PLAIN.en).pattern()
_PLAIN_HINT = re.compile(ironies.PLAIN_HINT)
_MARKS = re.compile(ironies.MARKS)
# Each begins with plain characters, which lets the search skip quickly.
_IN_QUOTES = re.compile(
    r"[“\"「『‘][^“”\"「」『』‘’]{1,24}[”\"」』’]|'(?<![a-z]')[a-z ]{3,24}'(?![a-z])"
)
_LATIN = re.compile(r"[a-z]{3}")
_QUOTED = ironies.QUOTED.pattern()
_PRAISE_ZH = re.compile("|".join([ironies.EMOTICONS, *ironies.PRAISE.zh]))
_PRAISE_EN = Words(en=ironies.PRAISE.en).pattern()
_HARM = ironies.HARM.pattern()
_RELIEF = ironies.RELIEF.pattern()
_TURNS = ironies.TURNS.pattern()
