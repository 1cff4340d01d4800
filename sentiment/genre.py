"""What kind of post it is: a person's own, an advert, a lottery, news, a question, a machine's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sentiment.patterns import Findings
from sentiment.text import clean
from sentiment.verdict import Genre, Sign

_SHOWN = 5
_TAG = re.compile(r"#[^#\s]{1,40}#?")
_LINK = re.compile(r"https?://[!-~]+|网页链接")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LETTER = re.compile(r"[^\W\d_]")
_READING = re.compile(r"[%¥$€£℃℉°]|\d ?(?:usd|元|美元|mph|km/h|hpa|mm|级)|[+-]\d", re.IGNORECASE)
"""What a price, a rate or a thermometer shows."""
_MANY_TAGS, _MANY_LINKS, _MANY_NUMBERS, _MANY_READINGS = 4, 3, 4, 3
_FEW_LETTERS, _OWN_LETTERS = 12, 60
_LETTERS_PER_NUMBER = 6
_OFTEN = 3
"""From so many posts of the same skeleton on, it is a machine that writes them."""
_PUBLIC = frozenset({Genre.LOTTERY, Genre.NEWS})
"""Kinds that speak of complaints without complaining, as long as nobody says "I"."""
_SELLERS_TOO = frozenset({"we", "our", "us", "my", "mine"})
"""Who sells says these as well."""


@dataclass(frozen=True, slots=True)
class GenreReading:
    """The kind of a post, and what showed it; a personal post needs no sign."""

    genre: Genre = Genre.PERSONAL
    signs: tuple[Sign, ...] = ()


def read(
    text: str, found: Findings, genres: Iterable[Genre], *, complaints: int, repeats: int = 0
) -> GenreReading:
    """Name the first of `genres` that speaks at least as loudly as the words of complaint.

    `text` is as published, `found` what the lists `genres.…` found in it, `complaints` how many
    different words of complaint it has, and `repeats` how many other posts share its skeleton.
    """
    personal = any(span.text not in _SELLERS_TOO for span in found.get("first_person", ()))
    for genre in genres:
        spans = found.get(f"genres.{genre}")
        if not spans:
            continue
        words = list(dict.fromkeys(span.text for span in spans))
        needed = 1 if genre in _PUBLIC and not personal else max(complaints, 1)
        if genre is Genre.ADVERT and personal:
            needed += 1  # people speak of coupons, too
        if genre is Genre.BOT and _says_more(text, words):
            continue
        if len(words) >= needed and not (genre is Genre.QUESTION and complaints):
            return GenreReading(genre, tuple(Sign(str(genre), word) for word in words[:_SHOWN]))
    if complaints:
        return GenreReading()
    return _by_shape(text, repeats, personal=personal)


def skeleton(text: str) -> str:
    """Return what stays the same in posts of one template: no numbers, names, links, tags."""
    return " ".join(_NUMBER.sub("0", clean(_TAG.sub(" ", text))).casefold().split())


def _says_more(text: str, words: list[str]) -> bool:
    """Whether a person added words of their own to what an app wrote."""
    return len(_LETTER.findall(clean(text))) - sum(map(len, words)) > _OWN_LETTERS


def _by_shape(text: str, repeats: int, *, personal: bool) -> GenreReading:
    """See a machine by many tags or links and few words, by many numbers, by repetition."""
    shapes = []
    if repeats >= _OFTEN:
        shapes.append(f"× {repeats + 1}")
    tags = len(_TAG.findall(text)) if "#" in text else 0
    links = len(_LINK.findall(text)) if "http" in text or "网页链接" in text else 0
    if tags >= _MANY_TAGS or links >= _MANY_LINKS:
        letters = len(_LETTER.findall(clean(_TAG.sub(" ", text))))
        if letters < _FEW_LETTERS:
            shapes.append(f"# × {tags}" if tags >= _MANY_TAGS else f"http × {links}")
    numbers = () if personal else _NUMBER.findall(text)
    if len(numbers) >= _MANY_NUMBERS and len(_READING.findall(text)) >= _MANY_READINGS:
        letters = len(_LETTER.findall(text))
        if letters < _LETTERS_PER_NUMBER * len(numbers):
            shapes.append(" ".join(numbers[:_MANY_NUMBERS]))
    if not shapes:
        return GenreReading()
    return GenreReading(Genre.BOT, tuple(Sign(str(Genre.BOT), shape) for shape in shapes))
