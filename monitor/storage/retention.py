"""Deletes what is older than its class may be kept, in small steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, exists, select

from monitor.storage import tables as t
from monitor.storage.database import Database

STEP_ROWS: Final = 2_000
"""Rows deleted in one transaction, so that writers never wait long."""

SHADOW_KEPT: Final = timedelta(days=30)
"""What a model on trial said is of use while one decides about it."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each class of data is kept."""

    unmatched_posts: timedelta
    posts: timedelta
    bad_items: timedelta
    audit: timedelta


def purge(database: Database, retention: Retention, now: datetime) -> Mapping[str, int]:
    """Delete everything past its time; return the rows deleted per table.

    Cases go with their alerts, deliveries and verdicts once they are closed; a post that
    any hit points to lives as long as posts do.
    """
    old_post = now - retention.posts
    rules: list[tuple[Table, ColumnElement[bool]]] = [
        (
            t.post,
            (t.post.c.published_at < now - retention.unmatched_posts)
            & (t.post.c.first_seen_at < now - retention.unmatched_posts)
            & ~exists(select(t.hit.c.id).where(t.hit.c.post_id == t.post.c.id)),
        ),
        (
            t.alert_case,
            (t.alert_case.c.opened_at < old_post) & t.alert_case.c.closed_at.is_not(None),
        ),
        (t.alert, (t.alert.c.created_at < old_post) & t.alert.c.case_id.is_(None)),
        (t.post, (t.post.c.published_at < old_post) & (t.post.c.first_seen_at < old_post)),
        (t.bad_item, t.bad_item.c.seen_at < now - retention.bad_items),
        (t.audit, t.audit.c.at < now - retention.audit),
        (t.gap, t.gap.c.closed_at < old_post),
        (t.outage, t.outage.c.cleared_at < old_post),
        (t.session, t.session.c.expires_at < now),
        (t.shadow_score, t.shadow_score.c.at < now - SHADOW_KEPT),
    ]
    deleted: dict[str, int] = {}
    for table, rule in rules:
        deleted[table.name] = deleted.get(table.name, 0) + _delete(database, table, rule)
    with database.write() as connection:
        old_hour = t.volume.c.hour_at < now - timedelta(days=30)
        deleted["volume"] = connection.execute(delete(t.volume).where(old_hour)).rowcount
    return deleted


def _delete(database: Database, table: Table, rule: ColumnElement[bool]) -> int:
    key: Any = next(iter(table.primary_key.columns))
    total = 0
    while True:
        with database.write() as connection:
            chosen = select(key).where(rule).limit(STEP_ROWS)
            rows = connection.execute(delete(table).where(key.in_(chosen))).rowcount
        total += rows
        if rows < STEP_ROWS:
            return total
