"""What a text looks like to the judge: cleaned, in simplified characters, of a known language."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_LINK = re.compile(r"(?:https?://|www\.)[!-~]+|\bt\.c[no]/\w+|网页链接", re.IGNORECASE)
# A name on X is Latin, a Weibo name runs up to the next space or punctuation.
_MENTION = re.compile(r"(?<![A-Za-z0-9_.])@(?:[A-Za-z0-9_]+|[\w·-]{1,30})")
_EMOTICON = re.compile(r"\[[^\[\]\s]{1,8}\]")
_SPACES = re.compile(r"\s+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_LETTER = re.compile(r"[^\W\d_]")


def clean(text: str) -> str:
    """Return what a scorer should read: no links, no @names, no invisible characters.

    Width variants are unified (NFKC), white space becomes single spaces; emoticon codes
    such as `[怒]` and emoji stay, for they carry feeling.
    """
    unified = _visible(unicodedata.normalize("NFKC", text))
    without = _MENTION.sub(" ", _LINK.sub(" ", unified))
    return _SPACES.sub(" ", without).strip()


def fold(text: str) -> str:
    """Return `text` as the word lists are written: NFKC, lower case, simplified characters.

    @names stay, for people call complaint desks by them; links go.
    """
    unified = unicodedata.normalize("NFKC", _visible(_LINK.sub(" ", text))).casefold()
    return simplify(unified).replace("’", "'")


def simplify(text: str) -> str:
    """Turn traditional into simplified characters (OpenCC `t2s`)."""
    if text.isascii():
        return text
    simplified: str = _converter().convert(_visible(text))
    return simplified


def language(text: str) -> str:
    """Name the language by script: `zh`, `en`, or `other`.

    Han characters are weighed against Latin words, where a capitalised word counts little:
    a Chinese sentence may be full of product names. Kana or hangul beside Han mean Japanese
    or Korean. Nothing but emoji, digits or emoticon codes is `other`.
    """
    words = _EMOTICON.sub(" ", clean(text))
    han = len(_HAN.findall(words))
    eastern = len(_KANA_OR_HANGUL.findall(words))
    latin_words = _LATIN_WORD.findall(words)
    latin = sum(2.0 if word.islower() else 0.5 for word in latin_words)
    elsewhere = len(_LETTER.findall(words)) - han - eastern - sum(len(word) for word in latin_words)
    # 15 %: one の in a Chinese sentence is fashion, in Japanese every third character is kana.
    if eastern > 0.15 * (han + eastern) and eastern > latin:
        return "other"
    if elsewhere > max(han, sum(len(word) for word in latin_words)):
        return "other"
    if han == 0 and not latin_words:
        return "other"
    return "zh" if han >= latin else "en"


def _visible(text: str) -> str:
    """Drop what is not seen, also lone surrogates; line breaks and tabs become spaces."""
    if text.isprintable():
        return text
    kept = []
    for character in text:
        if character.isspace():
            kept.append(" ")
        elif unicodedata.category(character) not in _INVISIBLE:
            kept.append(character)
    return "".join(kept)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
