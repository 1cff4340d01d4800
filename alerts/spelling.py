"""Undoes the disguises of words: width, case, script, accents, invisible and padding characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

SENTENCE_END = "\n"
"""What every sentence end becomes in squeezed text; no term holds it, so none reaches across."""

_SENTENCE_ENDS = frozenset("。！？!?；;，,\n\r\v\f\x85\u2028\u2029")
_BARS = frozenset(
    "丨丶丿亅乀乁"
)  # ideographs that serve as separators between the letters of a word
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
_RADICALS = range(0x2F00, 0x2FD6)  # look like the ideographs that they are composed of
_BEYOND = "\U00020000"  # below lie all scripts and emoji; from here rare ideographs, then tags
_TAGS = re.compile("[\U000e0000-\U000e0fff]+")
_IDEOGRAPHIC_FROM = "\u2e80"


def squeeze(text: str) -> str:
    """Return the bare letters of `text`: nothing but simplified, lower-case letters and digits.

    Padding (spaces, punctuation, symbols, emoji) and invisible characters are gone, accents
    are off, and sentence ends stand as `SENTENCE_END`. NFKC maps compatibility forms.
    """
    return _TAGS.sub("", text).translate(_folds())


def origins(text: str) -> list[int]:
    """Return, for each character of `squeeze(text)`, its position in `text` (code points)."""
    folds = _folds()
    return [
        position
        for position, character in enumerate(text)
        for _ in (folds[ord(character)] if character < _BEYOND else _TAGS.sub("", character))
    ]


def is_invisible(character: str) -> bool:
    """Whether `character` leaves no space on the screen (zero width, bidi, variation, accent)."""
    return unicodedata.category(character) in _INVISIBLE or bool(_TAGS.match(character))


def is_ideographic(letter: str) -> bool:
    """Whether a squeezed letter is of a script written without spaces (Han, kana; also hangul)."""
    return letter >= _IDEOGRAPHIC_FROM


@cache
def _folds() -> tuple[str, ...]:
    # Cached: the table depends on nothing and a watch is rebuilt at every change of the words.
    simplified = _simplified()
    return tuple(_fold(chr(code), simplified) for code in range(ord(_BEYOND)))


def _simplified() -> dict[int, str]:
    # One conversion of all ideographs, each on a line of its own, so that no phrase rule applies.
    ideographs = [chr(code) for code in range(0x3400, 0xA000)]
    converted = opencc.OpenCC("t2s").convert("\n".join(ideographs)).split("\n")
    return {
        ord(traditional): simple
        for traditional, simple in zip(ideographs, converted, strict=True)
        if traditional != simple
    }


def _fold(character: str, simplified: dict[int, str]) -> str:
    if character.isascii():
        if character.isalnum():
            return character.lower()
        return SENTENCE_END if character in _SENTENCE_ENDS else ""
    normal = unicodedata.normalize("NFKC", character)
    if character in _SENTENCE_ENDS or normal in _SENTENCE_ENDS:
        return SENTENCE_END
    if character in _BARS or not _is_letter(character, normal):
        return ""
    bare = "".join(_unaccented(part) for part in normal)
    return "".join(part for part in bare.casefold() if part.isalnum()).translate(simplified)


def _is_letter(character: str, normal: str) -> bool:
    category = unicodedata.category(character)
    if category == "So":  # ⓡ stands for r, ⾦ for 金; but ™, ㎏ and 🈲 are symbols
        plain = len(normal) == 1 and normal.isascii() and normal.isalnum()
        return plain or ord(character) in _RADICALS
    return category[0] in "LN"


def _unaccented(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    # Accents belong to alphabets; kana and hangul would become other letters without theirs.
    return decomposed[0] if decomposed[0] < "\u1100" else character
