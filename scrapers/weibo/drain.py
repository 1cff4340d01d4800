"""Reads page after page until everything since a point in time was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from scrapers.errors import SourceError
from scrapers.post import Post
from scrapers.source import BadItem, Outcome, Page
from scrapers.weibo.listing import Cursor, Entry, Listing

ReadPage = Callable[[Cursor], Listing]


@dataclass(slots=True)
class Haul:
    """What the pages read so far hold.

    `frontier` is the time down to which they are known to be read; `complete` says that
    nothing since the asked time is missing.
    """

    since: datetime
    entries: dict[str, Entry] = field(default_factory=dict)
    bad: dict[str, BadItem] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    frontier: datetime | None = None
    complete: bool = False
    failure: SourceError | None = None

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts that are not older than asked for, in the order they were listed."""
        found = (entry.post for entry in self.entries.values())
        return tuple(post for post in found if post.published_at >= self.since)

    def add(self, listing: Listing) -> bool:
        """Take in a page; return whether it held anything new."""
        before = len(self.entries) + len(self.bad)
        for entry in listing.entries:
            if entry.post.id not in self.entries:
                self.entries[entry.post.id] = entry
                if entry.note:
                    self.notes.append(entry.note)
        self.bad.update((item.raw, item) for item in listing.bad)
        return len(self.entries) + len(self.bad) > before

    def page(self, posts: tuple[Post, ...], requests: int) -> Page:
        """Close the haul as the result of a fetch."""
        if self.failure is None:
            seen = self.entries or self.bad
            outcome = Outcome.OK if seen else Outcome.OK_EMPTY
        else:
            outcome = self.failure.outcome
        return Page(
            outcome=outcome,
            posts=posts,
            bad=tuple(self.bad.values()),
            drained_to=self.since if self.complete else self.frontier,
            retry_after_s=self.failure.retry_after_s if self.failure else None,
            detail=self.failure.detail if self.failure else "",
            requests=requests,
            notes=tuple(self.notes),
        )


def drain(read: ReadPage, since: datetime, max_pages: int) -> Haul:
    """Read pages until a whole one is not newer than `since`, the results end, or the limit.

    A single old post ends nothing: pinned and promoted posts come first, and the order is
    only nearly that of time. What a later page raises leaves the earlier pages' posts.
    """
    haul = Haul(since)
    cursor: Cursor = Cursor()
    spare: Cursor | None = None
    for _ in range(max_pages):
        try:
            listing = read(cursor)
        except SourceError as error:
            haul.failure = error
            return haul
        is_new = haul.add(listing)
        if listing.trouble is not None:
            haul.failure = listing.trouble
            return haul
        following = listing.following if is_new else spare
        spare = listing.spare
        if _is_past(listing, since) or following is None:
            haul.complete = True
            return haul
        haul.frontier = _frontier(listing, since) or haul.frontier
        cursor = following
    haul.notes.append(f"stopped after {max_pages} pages before everything was read")
    return haul


def _is_past(listing: Listing, since: datetime) -> bool:
    times = _ordinary_times(listing)
    return bool(times) and max(times) <= since


def _frontier(listing: Listing, since: datetime) -> datetime | None:
    return min((at for at in _ordinary_times(listing) if at > since), default=None)


def _ordinary_times(listing: Listing) -> list[datetime]:
    return [entry.post.published_at for entry in listing.entries if not entry.placed]
