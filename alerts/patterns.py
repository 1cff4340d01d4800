"""Finds configured terms in texts as people really write them.

Terms and texts are compared by their bare letters (`alerts.spelling`), so case, width, script,
accents and invisible characters never matter. What may stand between the letters differs:

* A term with ideographs (退款, 星云手表, 5G套餐) may be padded: up to `MAX_PADDING` spaces, marks
  or emoji between two letters (退 款, 退*款, 退🈲款), but no end of a sentence (不退。款式).
* An alphabetic term is a whole word (refund, not refundable), or the same spelled out with
  padding between all letters (r.e.f.u.n.d) if it has at least `MIN_SPELLED` letters. Where the
  term itself has a space, hyphen or apostrophe, the text may have any or none of them.

The edge of a word is any other character, a digit after a letter (NebulaWatch2) and a hump
(#NebulaWatchFails). An `inflected` entry also takes the endings s, es, ed, ing; other entries
s and es; both only on words of at least `MIN_INFLECTED` letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from alerts.spelling import SENTENCE_END, is_ideographic, is_invisible, origins, squeeze

MAX_PADDING = 3
MIN_SPELLED = 4
MIN_INFLECTED = 4
_LONGEST_ENDING = 3


class Entry(NamedTuple):
    """A term to find; `scope` is the brand that it belongs to, empty for every brand."""

    text: str
    scope: str = ""
    inflected: bool = False


class Found(NamedTuple):
    """An entry found at `start`..`end` (code points) of the text of one part."""

    entry: Entry
    part: str
    start: int
    end: int


class Page:
    """One part of a post, squeezed once and searched for several sets of patterns."""

    __slots__ = ("_origins", "letters", "part", "text")

    def __init__(self, part: str, text: str) -> None:
        self.part = part
        self.text = text
        self.letters = squeeze(text)
        self._origins: list[int] | None = None

    @property
    def origins(self) -> list[int]:
        """The position in `text` of each of the `letters`; made when first needed."""
        if self._origins is None:
            self._origins = origins(self.text)
        return self._origins

    def padding(self, index: int) -> str:
        """Return what stands visibly between letter `index` and the letter before it."""
        start, end = self.origins[index - 1] + 1, self.origins[index]
        if start >= end:
            return ""
        return "".join(one for one in self.text[start:end] if not is_invisible(one))

    def joined(self, index: int) -> bool:
        """Whether letter `index` continues the word of the letter before it."""
        if not 0 < index < len(self.letters):
            return False
        before, after = self.letters[index - 1], self.letters[index]
        if not (_is_alphabetic(before) and _is_alphabetic(after)) or self.padding(index):
            return False
        if before.isalpha() and after.isdigit():
            return False
        written_before, written = self.text[self.origins[index - 1]], self.text[self.origins[index]]
        return not (written_before.islower() and written.isupper())


@dataclass(frozen=True, slots=True)
class _Pattern:
    letters: str
    loose: frozenset[int]
    ideographic: bool
    endings: tuple[str, ...]
    entry: Entry

    def span(self, page: Page, start: int) -> tuple[int, int] | None:
        """Return where the pattern stands in the page's text, None if it does not count."""
        end = start + len(self.letters)
        if page.joined(start) or not self._spaced(page, start, end):
            return None
        if page.joined(end):
            ending = _rest_of_word(page, end)
            if ending not in self.endings:
                return None
            end += len(ending)
        return page.origins[start], page.origins[end - 1] + 1

    def _spaced(self, page: Page, start: int, end: int) -> bool:
        if page.origins[end - 1] - page.origins[start] == end - 1 - start:
            return True
        gaps = {index - start: page.padding(index) for index in range(start + 1, end)}
        if any(len(gap) > MAX_PADDING for gap in gaps.values()):
            return False
        if self.ideographic:
            return True
        if all(gaps.values()):
            return len(self.letters) >= MIN_SPELLED
        return all(index in self.loose and "." not in gap for index, gap in gaps.items() if gap)


class Patterns:
    """A set of entries, searched all at once. Entries without a letter are never found."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        patterns: dict[str, list[_Pattern]] = {}
        for entry in dict.fromkeys(entries):
            pattern = _pattern(entry)
            if pattern.letters:
                patterns.setdefault(pattern.letters, []).append(pattern)
        self._patterns = list(patterns.values())
        self._automaton = AhoCorasick(list(patterns))

    def find(self, pages: Iterable[Page]) -> list[Found]:
        """Return every occurrence on the pages, overlapping ones included."""
        return [found for page in pages for found in self._on(page)]

    def _on(self, page: Page) -> Iterator[Found]:
        matches = self._automaton.find_matches_as_indexes(page.letters, overlapping=True)
        for number, start, _ in matches:
            for pattern in self._patterns[number]:
                span = pattern.span(page, start)
                if span:
                    yield Found(pattern.entry, page.part, *span)


def _pattern(entry: Entry) -> _Pattern:
    # Sentence ends belong to some names (Yahoo!), but a text cannot be trusted to have them.
    text = "".join(one for one in entry.text if squeeze(one) != SENTENCE_END)
    letters = squeeze(text)
    positions = origins(text)
    ideographic = any(map(is_ideographic, letters))
    return _Pattern(
        letters=letters,
        loose=frozenset(i for i, (a, b) in enumerate(pairwise(positions), 1) if b - a > 1),
        ideographic=ideographic,
        endings=_endings(entry, letters),
        entry=entry,
    )


def _endings(entry: Entry, letters: str) -> tuple[str, ...]:
    if len(letters) < MIN_INFLECTED or not letters.isascii() or not letters.isalpha():
        return ()
    return ("s", "es", "ed", "ing") if entry.inflected else ("s", "es")


def _rest_of_word(page: Page, index: int) -> str:
    end = index
    while page.joined(end) and end - index <= _LONGEST_ENDING:
        end += 1
    return page.letters[index:end]


def _is_alphabetic(letter: str) -> bool:
    return letter != SENTENCE_END and not is_ideographic(letter)
