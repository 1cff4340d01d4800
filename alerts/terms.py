"""Tells which configured brands and words cannot do their work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alerts.spelling import SENTENCE_END, squeeze
from alerts.watch import Brand


def validate_terms(brands: Sequence[Brand], complaint_words: Sequence[str]) -> tuple[str, ...]:
    """Return one sentence for each term that is unusable, beginning with its place.

    Terms that differ only in what matching ignores (case, width, script, spaces) are the same.
    """
    return (*_names(brands), *_homonyms(brands), *_words(brands, complaint_words))


def _names(brands: Sequence[Brand]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for number, brand in enumerate(brands):
        homonyms = set(map(_letters, brand.exclude))
        for place, name in _placed_names(number, brand):
            yield from _flaws(place, name, seen)
            letters = _letters(name)
            if len(letters) == 1:
                yield f"{place}: “{name}” is a single character and stands in too many words."
            if letters and letters in homonyms:
                yield f"{place}: “{name}” is also excluded, so it never counts."


def _homonyms(brands: Sequence[Brand]) -> Iterator[str]:
    for number, brand in enumerate(brands):
        names = [letters for letters in map(_letters, brand.names) if letters]
        seen: dict[str, str] = {}
        for index, homonym in enumerate(brand.exclude):
            place = f"brands[{number}].exclude[{index}]"
            yield from _flaws(place, homonym, seen)
            letters = _letters(homonym)
            if letters and not any(name in letters for name in names):
                yield f"{place}: “{homonym}” holds no name of the brand, so it excludes nothing."


def _words(brands: Sequence[Brand], complaint_words: Sequence[str]) -> Iterator[str]:
    common: dict[str, str] = {}
    for index, word in enumerate(complaint_words):
        yield from _flaws(f"complaint_words[{index}]", word, common)
    for number, brand in enumerate(brands):
        seen = dict(common)
        for index, word in enumerate(brand.complaint_words):
            yield from _flaws(f"brands[{number}].complaint_words[{index}]", word, seen)


def _placed_names(number: int, brand: Brand) -> Iterator[tuple[str, str]]:
    yield f"brands[{number}].name", brand.name
    for index, alias in enumerate(brand.aliases):
        yield f"brands[{number}].aliases[{index}]", alias


def _flaws(place: str, term: str, seen: dict[str, str]) -> Iterator[str]:
    letters = _letters(term)
    if not letters:
        yield f"{place}: “{term}” has no letter or digit to look for."
        return
    if SENTENCE_END in squeeze(term).strip(SENTENCE_END):
        yield f"{place}: “{term}” has a sentence end inside, so it is not found as written."
    if letters in seen:
        yield f"{place}: “{term}” is the same as {seen[letters]}."
    seen.setdefault(letters, place)


def _letters(term: str) -> str:
    return squeeze(term).replace(SENTENCE_END, "")
