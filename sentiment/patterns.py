"""Finds the entries of many word lists in one pass over a folded text.

Each entry is a regular expression, and what is found is exactly what `Words.pattern` of its list
finds: leftmost first, in the order of the list, without overlaps. Running every expression on
every text is slow, so one Aho-Corasick automaton looks for the strings that the entries are
bound to (`sentiment.literals`), and what it meets decides the rest: an entry that stands for few
strings is in the automaton whole, one that begins with a few is tried only where one of them
stands, and any other is run only on a text that holds a string that it cannot do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from sentiment.literals import literals
from sentiment.wordlist import WORD_END, WORD_START, Words


class Span(NamedTuple):
    """Words of a list found in a text, by code points."""

    start: int
    end: int
    text: str

    def within(self, others: Iterable[Span]) -> bool:
        """Whether it overlaps with one of `others`."""
        return any(other.start < self.end and self.start < other.end for other in others)


Findings = Mapping[str, tuple[Span, ...]]
"""What was found, by the name of the list; lists without a finding are absent."""


class _Use(NamedTuple):
    """What a string of the automaton means to one entry of one list.

    Without a `pattern` the string is a finding; otherwise the pattern is tried where the string
    begins, or, where the string may stand `inside`, at all places. `order` is that of trial.
    """

    list: str
    order: int
    rank: int
    pattern: re.Pattern[str] | None
    whole_word: bool
    inside: bool


_Candidate = tuple[int, int, int, int]
"""Start, order of the entry, order within the entry, end: sorts as `re` would try."""


class Finder:
    """Word lists under names, searched all at once; safe to call from several threads."""

    def __init__(self, lists: Mapping[str, Words]) -> None:
        """Compile `lists`. Raises re.error for an entry that is no regular expression."""
        uses: dict[str, list[_Use]] = {}
        for name, words in lists.items():
            for order, entry in enumerate((*words.zh, *words.en)):
                whole_word = order >= len(words.zh)
                for string, use in _uses(name, order, entry, whole_word=whole_word):
                    uses.setdefault(string, []).append(use)
        self._always = uses.pop("", [])
        self._uses = [tuple(each) for each in uses.values()]
        self._automaton = AhoCorasick(list(uses))

    def find(self, text: str) -> Findings:
        """Return what each list finds in `text`, which holds no lone surrogates."""
        candidates: dict[str, list[_Candidate]] = {}
        inside = dict.fromkeys(self._always)
        uses = self._uses
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for use in uses[number]:
                name, order, rank, pattern, whole_word, anywhere = use
                if anywhere:
                    inside[use] = None
                    continue
                if whole_word and start and "a" <= text[start - 1] <= "z":
                    continue
                if pattern is None:
                    if whole_word and "a" <= text[end : end + 1] <= "z":
                        continue
                    candidates.setdefault(name, []).append((start, order, rank, end))
                elif match := pattern.match(text, start):
                    candidates.setdefault(name, []).append((start, order, rank, match.end()))
        for use in inside:
            candidates.setdefault(use.list, []).extend(_everywhere(use, text))
        return {name: _chosen(each, text) for name, each in candidates.items() if each}


@lru_cache(maxsize=32)
def finder(lists: tuple[tuple[str, Words], ...]) -> Finder:
    """Return the finder of these named lists, made once: it takes some 0.1 s."""
    return Finder(dict(lists))


def _uses(name: str, order: int, entry: str, *, whole_word: bool) -> Iterator[tuple[str, _Use]]:
    bound = literals(entry)
    if bound.whole:
        for rank, string in enumerate(bound.whole):
            yield string, _Use(name, order, rank, None, whole_word, inside=False)
        return
    pattern = re.compile(f"{WORD_START}(?:{entry}){WORD_END}" if whole_word else entry)
    use = _Use(name, order, 0, pattern, whole_word, inside=not bound.starts)
    for string in bound.starts or bound.needed or ("",):
        yield string, use


def _everywhere(use: _Use, text: str) -> Iterator[_Candidate]:
    """All places at which the pattern matches, overlapping ones included."""
    assert use.pattern is not None  # noqa: S101
    match = use.pattern.search(text)
    while match:
        yield match.start(), use.order, use.rank, match.end()
        match = use.pattern.search(text, match.start() + 1)


def _chosen(candidates: list[_Candidate], text: str) -> tuple[Span, ...]:
    """Return what `re.finditer` of all entries in one expression would."""
    if len(candidates) == 1:
        start, _, _, end = candidates[0]
        return (Span(start, end, text[start:end]),)
    chosen: list[Span] = []
    reached = 0
    for start, _, _, end in sorted(candidates):
        if start >= reached:
            chosen.append(Span(start, end, text[start:end]))
            reached = end
    return tuple(chosen)
