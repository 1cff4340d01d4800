"""Reads the answers of the open platform's search, `/2/search/statuses/limited.json`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from scrapers.errors import Drifted
from scrapers.source import BadItem
from scrapers.weibo.counts import read_count
from scrapers.weibo.listing import Cursor, Entry, Listing, Unreadable, bad_item, drift
from scrapers.weibo.markup import read_plain
from scrapers.weibo.status import Json, read_status

PAGE_SIZE: Final = 50
"""The most that one answer holds (open.weibo.com, search/statuses/limited)."""


def read_listing(body: Json, cursor: Cursor, now: datetime) -> Listing:
    """Read one answer that was asked for at `cursor`; raises Drifted without `statuses`."""
    statuses = body.get("statuses")
    if not isinstance(statuses, list):
        raise Drifted("the open platform answered without a list of statuses")
    entries: dict[str, Entry] = {}
    bad: list[BadItem] = []
    for status in statuses:
        try:
            entry = _read(status, now)
        except Unreadable as error:
            bad.append(bad_item(status, str(error)))
        else:
            entries.setdefault(entry.post.id, entry)
    total = read_count(body.get("total_number"))
    is_last = not statuses or (total is not None and cursor.page * PAGE_SIZE >= total)
    found = tuple(entries.values())
    following = None if is_last else Cursor(cursor.page + 1)
    return Listing(found, tuple(bad), following, trouble=drift(found, bad))


def _read(status: object, now: datetime) -> Entry:
    if not isinstance(status, Mapping):
        raise Unreadable("not a status")
    post, note = read_status(status, read_plain, now)
    return Entry(post, note=note)
