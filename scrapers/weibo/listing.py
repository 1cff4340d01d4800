"""One page of search results, whichever transport brought it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scrapers.errors import Drifted, SourceError
from scrapers.post import Post
from scrapers.source import BadItem

MAX_RAW_CHARS: Final = 20_000
DRIFT_MIN_ITEMS: Final = 4
DRIFT_SHARE: Final = 0.5


class Unreadable(ValueError):
    """One item cannot be read; the page goes on without it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of results begins."""

    page: int = 1
    since_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as the page lists it.

    `placed` says that it stands where it stands for another reason than its time (pinned,
    promoted, hot). `note` tells a disagreement between the post's id and the time shown.
    """

    post: Post
    placed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """All that one page of results says.

    `following` is the next page, None at the end; `spare` another way to it, to be tried when
    `following` brings nothing new. `trouble` says what is wrong with the page although some
    of it could be read.
    """

    entries: tuple[Entry, ...] = ()
    bad: tuple[BadItem, ...] = ()
    following: Cursor | None = None
    spare: Cursor | None = None
    trouble: SourceError | None = None


def bad_item(raw: object, reason: str) -> BadItem:
    """Keep an unreadable item as it came: text as text, anything else as JSON."""
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)
    return BadItem(text[:MAX_RAW_CHARS].encode("utf-8", "backslashreplace").decode(), reason)


def drift(entries: Sequence[Entry], bad: Sequence[BadItem]) -> Drifted | None:
    """Tell a changed format from a few odd items: more than half of at least four are bad."""
    items = len(entries) + len(bad)
    if items < DRIFT_MIN_ITEMS or len(bad) <= items * DRIFT_SHARE:
        return None
    return Drifted(f"{len(bad)} of {items} items could not be read: {bad[0].reason}")
