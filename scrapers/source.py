"""What every source of posts promises: a query in, a page with an honest outcome out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from scrapers.post import Platform, Post


class Outcome(StrEnum):
    """How a fetch ended. Only the first two say that the source can see."""

    OK = "ok"
    OK_EMPTY = "ok_empty"
    THROTTLED = "throttled"
    CAPPED = "capped"
    AUTH = "auth"
    CHALLENGE = "challenge"
    BLOCKED = "blocked"
    DRIFT = "drift"
    REJECTED = "rejected"
    NETWORK = "network"

    @property
    def sees(self) -> bool:
        """Whether the source answered as a source that can see."""
        return self in (Outcome.OK, Outcome.OK_EMPTY)


@dataclass(frozen=True, slots=True)
class Query:
    """One search that a source runs again and again.

    `text` is in the platform's own query language; `brands` names the brands it serves.
    `key` stays the same as long as the search means the same: the cursor hangs on it.
    """

    key: str
    platform: Platform
    text: str
    brands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadItem:
    """One item of an answer that could not be read: kept as it came, and counted."""

    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that one fetch brought, its paging drained.

    `drained_to` is the time down to which everything was read: equal to the asked `since`
    when the fetch was complete, later when a page limit or an error stopped it, None when
    nothing can be said. Posts may be present beside a failing outcome (a later page failed).
    """

    outcome: Outcome
    posts: tuple[Post, ...] = ()
    bad: tuple[BadItem, ...] = ()
    drained_to: datetime | None = None
    retry_after_s: float | None = None
    detail: str = ""
    requests: int = 1
    notes: tuple[str, ...] = ()
    """Partial errors and oddities that cost no post but belong in the log."""


class Source(Protocol):
    """A place where posts are found by search."""

    @property
    def name(self) -> str:
        """The source's name in settings, health and metrics, e.g. `weibo`."""

    @property
    def platform(self) -> Platform:
        """The platform that its posts carry."""

    def fetch(self, query: Query, since: datetime, until: datetime | None = None) -> Page:
        """Read every post of `query` published in `since`..`until` (aware UTC; None = now).

        Never raises for what a platform or the network does: that is the page's outcome.
        """

    def close(self) -> None:
        """Let go of connections."""
