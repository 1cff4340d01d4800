"""What a complaint is about, and the desk that it belongs to, from the words found in it.

Each different word found speaks for its topic: one point for a word that belongs to it, three
for one that tells what went wrong (`sentiment.faults`). The topic with most points wins, of
two with as many the one that is named first. A word that merely belongs to a topic is passed
over where praise follows at once, as in "the courier was great, the food was cold".
"""

from __future__ import annotations

from typing import Final

from sentiment.patterns import Findings, Span
from sentiment.verdict import Kind, Topic

_BELONGS: Final = 1
_TELLS: Final = 3
_PRAISED_WITHIN: Final = 6
"""Praise that begins fewer characters after a word speaks of it."""

_TOPICS: Final = {
    topic: (f"topics.{topic}", f"telling.{topic}") for topic in Topic if topic is not Topic.OTHER
}
_KINDS: Final = {kind: f"kinds.{kind}" for kind in Kind if kind is not Kind.COMPLAINT}
_DESKS: Final = {
    Topic.REFUND: Kind.AFTERSALE,
    Topic.DELIVERY: Kind.AFTERSALE,
    Topic.OUTAGE: Kind.TECHNICAL,
    Topic.SAFETY: Kind.COMPLAINT,
    Topic.PRIVACY: Kind.COMPLAINT,
}


def topic_of(found: Findings, denied: tuple[Span, ...] = ()) -> Topic:
    """Return what the text is about in which these words were found.

    Words that overlap with one of `denied` ("not broken at all") do not count. Displeasure
    without any word of a topic is about what is sold: its quality.
    """
    best, most, place = Topic.OTHER, 0, 0
    for topic, (belongs, tells) in _TOPICS.items():
        if belongs not in found and tells not in found:
            continue
        telling = _left(found.get(tells, ()), denied)
        belonging = _left(found.get(belongs, ()), (*denied, *telling))
        if praise := found.get("praise"):
            belonging = [span for span in belonging if not _praised(span, praise)]
        points = _TELLS * _different(telling) + _BELONGS * _different(belonging)
        first = min((span.start for span in (*telling[:1], *belonging[:1])), default=0)
        if points > most or (points == most and points and first < place):
            best, most, place = topic, points, first
    if not most and "felt_bad" in found:
        return Topic.QUALITY
    return best


def kind_of(found: Findings, topic: Topic) -> Kind:
    """Return the desk for a complaint about `topic` in which these words were found.

    It follows from the topic where only one desk deals with it, otherwise from the most words.
    """
    if topic in _DESKS:
        return _DESKS[topic]
    words = {kind: _different(found.get(name, ())) for kind, name in _KINDS.items()}
    best = max(words, key=words.__getitem__)
    return best if words[best] else Kind.COMPLAINT


def _left(spans: tuple[Span, ...], without: tuple[Span, ...]) -> list[Span]:
    return [span for span in spans if not span.within(without)]


def _praised(span: Span, praise: tuple[Span, ...]) -> bool:
    return any(0 <= each.start - span.end < _PRAISED_WITHIN for each in praise)


def _different(spans: list[Span] | tuple[Span, ...]) -> int:
    return len({span.text for span in spans})
