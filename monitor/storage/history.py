"""Stored posts in order of publication, for those who ask what would have been."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select

from monitor.storage import tables as t
from monitor.storage.database import Connection, Database
from monitor.storage.posts import post_of
from monitor.storage.verdicts import verdict_of
from scrapers.post import Post
from sentiment.verdict import Verdict

BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post with its id here."""

    id: int
    post: Post


def batches(
    database: Database, since: datetime, until: datetime, size: int = BATCH
) -> Iterator[list[StoredPost]]:
    """Yield all posts published from `since` to `until`, the oldest first.

    Each batch is read by itself, so that a long walk holds nothing.
    """
    p = t.post.c
    at, last = since, 0
    while True:
        query = (
            select(t.post)
            .where(p.published_at.between(at, until), or_(p.published_at > at, p.id > last))
            .order_by(p.published_at, p.id)
            .limit(size)
        )
        with database.read() as connection:
            found = [StoredPost(row.id, post_of(row)) for row in connection.execute(query)]
        if not found:
            return
        yield found
        at, last = found[-1].post.published_at, found[-1].id


def count(connection: Connection, since: datetime) -> int:
    """Count the posts published since then."""
    published = t.post.c.published_at >= since
    return connection.execute(
        select(func.count()).select_from(t.post).where(published)
    ).scalar_one()


def first_published_at(connection: Connection) -> datetime | None:
    """Return when the oldest stored post was published."""
    oldest: datetime | None = connection.execute(
        select(func.min(t.post.c.published_at))
    ).scalar_one()
    return oldest


def verdicts_on(
    connection: Connection, post_ids: Collection[int]
) -> dict[tuple[int, str], Verdict]:
    """Return the newest verdict on each of the posts and each brand that it is about."""
    v, h = t.verdict.c, t.hit.c
    rows = connection.execute(
        select(t.verdict, h.post_id, h.brand)
        .join_from(t.verdict, t.hit, h.id == v.hit_id)
        .where(h.post_id.in_(post_ids))
        .order_by(v.id)
    )
    return {(row.post_id, row.brand): verdict_of(row) for row in rows}
