"""What a text looks like to the judge: cleaned, in simplified characters, of a known language."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from html import unescape

from opencc import OpenCC

_IMAGE = re.compile(r"<img\b[^<>]*?\balt=[\"']?(\[[^\[\]\"'<>]*\])[^<>]*>")
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"</?(?:em|span|a|img|b|i|strong|mark|font)\b[^<>]*>")

_LINK = re.compile(
    r"(?:https?://|www\.)[!-~]+|O?网页链接"
    r"|(?<![A-Za-z0-9.])(?:t\.c[no]|pic\.(?:twitter|x)\.com|(?:bit|ow|buff)\.ly|youtu\.be|fb\.me)/\w+",
    re.IGNORECASE,
)
# A name on X is Latin, a Weibo name runs up to the next space or punctuation.
_MENTION = re.compile(r"(?<![A-Za-z0-9_.])@(?:[A-Za-z0-9_]+|[\w·-]{1,30})")
_QUOTED = re.compile(r"//\s*@[^\s:@/]{1,32}:?|(?<!\w)(?:RT|QT|MT) @\w{1,30}:?", re.IGNORECASE)
_ANSWERED = re.compile(r"回[复覆]\s?@[^\s:@]{1,32}:")
_TOPIC = re.compile(r"(?<![A-Za-z0-9])#([^#\n]{1,60})#")
_HASH = re.compile(r"(?<![A-Za-z0-9])#(?=\w)")
_EMOTICON = re.compile(r"\[[^\[\]\s]{1,8}\]")
# Not digits: a price is no shout.
_REPEATED = re.compile(r"([^\d\s])\1{3,}")
_FOUR = re.compile(r"(.)\1\1\1")
_REPEATED_CODE = re.compile(r"(\[[^\[\]\s]{1,8}\])\1{3,}")

_WIDE = (
    *(("，", ","), ("！", "!"), ("？", "?"), ("：", ":"), ("；", ";")),
    *(("（", "("), ("）", ")"), ("～", "~"), ("…", "..."), ("\u3000", " ")),
)
"""What most Chinese posts hold that is not in NFKC."""

_LINE_BREAK = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")
_SPACE = re.compile(r"[^\S\n]")
# The categories Cc, Cf and Cs, white space apart, written out so that every Python agrees. The
# joiner stays inside of an emoji sequence.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
    "|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_HAN = re.compile(
    r"[\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+",
)
_KANA_OR_HANGUL = re.compile(
    r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"
)
_LATIN_WORD = re.compile(
    r"[A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a]+(?:['’][A-Za-z]+)?",
)
_LETTER = re.compile(r"[^\W\d_]")


def clean(text: str) -> str:
    """Return what a scorer should read: no links, no @names, no marks, no invisible characters.

    Width variants are unified (NFKC), characters simplified, white space becomes single
    spaces. The words of a #topic# stay, they carry brand and mood. Emoticon codes such as
    `[怒]` and emoji stay, for they carry feeling. Of anything repeated three are enough (digits
    apart). `//` stands before what is quoted (`//@name:`, `RT @name:`).
    """
    plain = _plain(text)
    if "." in plain or "网页链接" in plain:
        plain = _LINK.sub(" ", plain)
    if "@" in plain:
        plain = _ANSWERED.sub(" ", _QUOTED.sub(" // ", plain))
        plain = _MENTION.sub(" ", plain)
    if "#" in plain:
        plain = _HASH.sub("", _TOPIC.sub(r" \1 ", plain))
    if _FOUR.search(plain):
        plain = _REPEATED.sub(r"\1\1\1", plain)
    if "][" in plain:
        plain = _REPEATED_CODE.sub(r"\1\1\1", plain)
    return simplify(" ".join(plain.split()))


def fold(text: str) -> str:
    """Return `text` as the word lists are written: NFKC, lower case, simplified characters.

    @names stay, for people call complaint desks by them; links go. A line break stays, since
    it ends a clause; other white space becomes spaces.
    """
    plain = _plain(text)
    if "." in plain or "网页链接" in plain:
        plain = _LINK.sub(" ", plain)
    if not plain.isprintable():
        plain = _SPACE.sub(" ", _LINE_BREAK.sub("\n", plain))
    return simplify(plain.casefold()).replace("’", "'")


def unify(text: str) -> str:
    """Return `text` in NFKC; a Chinese post costs a tenth of what the library function takes."""
    if text.isascii():
        return text
    for wide, plain in _WIDE:
        text = text.replace(wide, plain)
    if unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", text)


def simplify(text: str) -> str:
    """Turn traditional into simplified characters (OpenCC `t2s`)."""
    if text.isascii():
        return text
    simplified: str = _converter().convert(_SURROGATE.sub("", text))
    return simplified


@lru_cache(maxsize=2048)
def language(text: str) -> str:
    """Name the language by script: `zh`, `en`, or `other`.

    Han characters are weighed against Latin words, where a capitalised word counts little:
    a Chinese sentence may be full of product names. Kana or hangul beside Han mean Japanese
    or Korean. Nothing but emoji, digits or emoticon codes is `other`.
    """
    if "." in text or "网页链接" in text:
        text = _LINK.sub(" ", text)
    if "@" in text:
        text = _MENTION.sub(" ", text)
    if "[" in text:
        text = _EMOTICON.sub(" ", text)
    rest, runs = _HAN.subn(" ", text)
    han = len(text) - len(rest) + runs
    latin_words = _LATIN_WORD.findall(rest)
    latin = sum([2.0 if word.islower() else 0.5 for word in latin_words])
    if not rest.isascii():
        latin_letters = sum(map(len, latin_words))
        eastern = len(_KANA_OR_HANGUL.findall(rest))
        # 15 %: one の in a Chinese sentence is fashion, in Japanese every third is kana.
        if eastern > 0.15 * (han + eastern) and eastern > latin:
            return "other"
        if len(_LETTER.findall(rest)) - eastern - latin_letters > max(han, latin_letters):
            return "other"
    if han == 0 and not latin_words:
        return "other"
    return "zh" if han >= latin else "en"


def _plain(text: str) -> str:
    """Undo markup, entities and width variants, and drop what is not seen."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", _IMAGE.sub(r"\1", text)))
    if "&" in text:
        text = unescape(text)
    if text.isascii() and text.isprintable():
        return text
    text = unify(text)
    if text.isprintable():
        return text
    if _SURROGATE.search(text):
        # Two halves of one emoji are joined, a lone one is dropped.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return _INVISIBLE.sub("", text)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
