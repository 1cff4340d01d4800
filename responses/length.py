"""How long a text is to a platform."""

from __future__ import annotations

import re
import unicodedata

from scrapers.post import Platform

_LIMITS = {Platform.TWITTER: 280, Platform.WEIBO: 140}
# X also makes a link of a bare domain name with a known ending.
_URL = re.compile(
    r"https?://[^\s\u3000-\u9fff\uff00-\uffef]+"
    r"|(?<![a-z0-9_@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|cn|hk|tw|jp|uk|de|eu"
    r"|io|co|me|ai|tv|app|xyz|shop)(?![a-z0-9_-])(?:/[!-~]*)?",
    re.IGNORECASE,
)
_URL_WEIGHT = 23
# twitter-text configuration v3: code points that weigh 1; every other weighs 2.
_LIGHT = re.compile("[\\u0000-\\u10ff\\u2000-\\u200d\\u2010-\\u201f\\u2032-\\u2037]")
_ASCII = re.compile("[\\x00-\\x7f]")
# An approximation of the pictures of Unicode's emoji-data: symbols outside weigh 1 or 2 alone.
_PICTURE = (
    "\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_TONE = "\ufe0f|[\U0001f3fb-\U0001f3ff]"
_TAGS = "[\U000e0020-\U000e007e]+\U000e007f"
_ONE = rf"[{_PICTURE}](?:{_TONE})?(?:{_TAGS})?"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_SIGN = "[\u00a9\u00ae]\ufe0f"
_EMOJI = re.compile(rf"{_FLAG}|{_KEYCAP}|{_SIGN}|{_ONE}(?:\u200d{_ONE})*")


def limit(platform: Platform) -> int:
    """Return the longest reply that `platform` takes, in the measure of `weighted_length`.

    X: 280 weighted characters. Weibo comment: 140 汉字 (error 20012 beyond).
    """
    return _LIMITS[platform]


def weighted_length(text: str, platform: Platform) -> int:
    """Measure `text` as `platform` does.

    X: Latin and general punctuation weigh 1, everything else 2, an emoji sequence 2,
    a link 23, all on the NFC form (docs.x.com, counting characters).
    Weibo: an ASCII character is half a 汉字, everything else a whole one; rounded up.
    """
    if platform is Platform.WEIBO:
        halves = 2 * len(text) - len(_ASCII.findall(text))
        return -(-halves // 2)
    rest, links = _URL.subn("", unicodedata.normalize("NFC", text))
    if rest.isascii():
        return links * _URL_WEIGHT + len(rest)
    rest, emoji = _EMOJI.subn("", rest)
    return links * _URL_WEIGHT + emoji * 2 + 2 * len(rest) - len(_LIGHT.findall(rest))
