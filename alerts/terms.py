"""Tells which configured brands and words cannot do their work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alerts.spelling import SENTENCE_END, squeeze
from alerts.watch import Brand


class _Flaw(NamedTuple):
    unusable: bool
    sentence: str


def validate_terms(brands: Sequence[Brand], complaint_words: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence for each term that is unusable, beginning with its place.

    Terms that differ only in what matching ignores (case, width, script, spaces) are the same:
    one name cannot stand for two brands, nor be a homonym of its own brand.
    """
    return tuple(f.sentence for f in _flaws(brands, complaint_words) if f.unusable)


def review_terms(brands: Sequence[Brand], complaint_words: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence for each term that does no harm but hardly what was meant.

    These are doubles, names of a single character, and homonyms that exclude nothing.
    """
    return tuple(f.sentence for f in _flaws(brands, complaint_words) if not f.unusable)


def _flaws(brands: Sequence[Brand], complaint_words: Sequence[str]) -> Iterator[_Flaw]:
    yield from _names(brands)
    yield from _homonyms(brands)
    yield from _words(brands, complaint_words)


def _names(brands: Sequence[Brand]) -> Iterator[_Flaw]:
    others: dict[str, str] = {}
    for number, brand in enumerate(brands):
        homonyms = set(map(_letters, brand.exclude))
        own: dict[str, str] = {}
        for place, name in _placed_names(number, brand):
            yield from _term(place, name, own)
            letters = _letters(name)
            if letters in others:
                yield _Flaw(True, f"{place}: “{name}” is the same as {others[letters]}.")
            if len(letters) == 1:
                single = f"{place}: “{name}” is a single character and stands in too many words."
                yield _Flaw(False, single)
            if letters and letters in homonyms:
                yield _Flaw(True, f"{place}: “{name}” is also excluded, so it never counts.")
        others |= own


def _homonyms(brands: Sequence[Brand]) -> Iterator[_Flaw]:
    for number, brand in enumerate(brands):
        names = [letters for letters in map(_letters, brand.names) if letters]
        seen: dict[str, str] = {}
        for index, homonym in enumerate(brand.exclude):
            place = f"brands[{number}].exclude[{index}]"
            yield from _term(place, homonym, seen)
            letters = _letters(homonym)
            if letters and not any(name in letters for name in names):
                idle = f"{place}: “{homonym}” holds no name of the brand, so it excludes nothing."
                yield _Flaw(False, idle)


def _words(brands: Sequence[Brand], complaint_words: Sequence[str]) -> Iterator[_Flaw]:
    common: dict[str, str] = {}
    for index, word in enumerate(complaint_words):
        yield from _term(f"complaint_words[{index}]", word, common)
    for number, brand in enumerate(brands):
        seen = dict(common)
        for index, word in enumerate(brand.complaint_words):
            yield from _term(f"brands[{number}].complaint_words[{index}]", word, seen)


def _placed_names(number: int, brand: Brand) -> Iterator[tuple[str, str]]:
    yield f"brands[{number}].name", brand.name
    for index, alias in enumerate(brand.aliases):
        yield f"brands[{number}].aliases[{index}]", alias


def _term(place: str, term: str, seen: dict[str, str]) -> Iterator[_Flaw]:
    letters = _letters(term)
    if not letters:
        yield _Flaw(True, f"{place}: “{term}” has no letter or digit to look for.")
        return
    if SENTENCE_END in squeeze(term).strip(SENTENCE_END):
        inside = f"{place}: “{term}” has a sentence end inside, so it is not found as written."
        yield _Flaw(True, inside)
    if letters in seen:
        yield _Flaw(False, f"{place}: “{term}” is the same as {seen[letters]}.")
    seen.setdefault(letters, place)


def _letters(term: str) -> str:
    return squeeze(term).replace(SENTENCE_END, "")
