"""Takes a repost apart: what its author wrote, and what they pass on."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"(?:<a\b[^<>]*>)?\s*[@＠]\s*[^\s:：@＠/／<>]{1,32}(?:</a>)?"
"""A Weibo name, plain or as the link that Weibo's pages make of it."""
_HANDLE = r"@[A-Za-z0-9_]{1,30}"
_HEAD = re.compile(
    rf"(?<![:：])[/／]{{2}}\s*{_NAME}\s*[:：]?"
    rf"|(?<![A-Za-z0-9])(?:RT|QT|MT)\s*{_HANDLE}\s*[:：]"
    rf"|^[\s\"“]*(?:RT|QT|MT)\s*{_HANDLE}"
    rf"|[\"“]\s*{_HANDLE}\s*[:：]",
    re.IGNORECASE,
)
_ANSWER = re.compile(rf"^\s*回[复覆]\s*{_NAME}\s*[:：]")
_NOTHING = re.compile(
    r"(?:快?[转轉][发發]微博|快[转轉]微博|[转轉][发發]|repost(?:ed|ing)?|retweet(?:ed)?)[\s.。!！~～]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Chain:
    """A post in parts: `own` words, and those `quoted`, the latest reposter first.

    What the platform writes into an empty field (转发微博, Repost) is no word: `own` is then
    empty, and an empty level is left out of `quoted`.
    """

    own: str
    quoted: tuple[str, ...] = ()


def split(text: str) -> Chain:
    """Split `text` at `//@name:` (Weibo), and at `RT @name:`, `QT @name:`, `“@name:` (X).

    Heads such as `回复@name:` go as well. The parts are stripped, otherwise as written.
    """
    parts = _HEAD.split(text) if "@" in text or "＠" in text else (text,)
    own, *levels = (_words(part) for part in parts)
    return Chain(own, tuple(level for level in levels if level))


def _words(part: str) -> str:
    words = part.strip()
    while head := _ANSWER.match(words):
        words = words[head.end() :].strip()
    return "" if _NOTHING.fullmatch(words) else words
