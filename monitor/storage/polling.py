"""What polling remembers: cursors, gaps, each source's health, outages, signs of life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from monitor.storage import tables as t
from monitor.storage.posts import upsert


@dataclass(frozen=True, slots=True)
class QueryState:
    """How far a query has read; `started_at` is its first start."""

    cursor_at: datetime
    started_at: datetime
    last_run_at: datetime | None
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredGap:
    """A stretch of time that a query has not read yet."""

    id: int
    since_at: datetime
    until_at: datetime
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a subject (a source, a query's gap) could not see."""

    id: int
    subject: str
    cause: str
    detail: str
    started_at: datetime


def query_state(connection: Connection, source: str, query_key: str) -> QueryState | None:
    """Return where a query stands, None before its first run."""
    row = connection.execute(
        select(t.query_state).where(
            t.query_state.c.source == source, t.query_state.c.query_key == query_key
        )
    ).one_or_none()
    if row is None:
        return None
    return QueryState(row.cursor_at, row.started_at, row.last_run_at, row.last_success_at)


def save_query_state(
    connection: Connection, source: str, query_key: str, state: QueryState
) -> None:
    """Remember where a query stands after a run."""
    values = {
        "cursor_at": state.cursor_at,
        "last_run_at": state.last_run_at,
        "last_success_at": state.last_success_at,
    }
    connection.execute(
        upsert(connection, t.query_state)
        .values(source=source, query_key=query_key, started_at=state.started_at, runs=1, misfires=0, **values)  # noqa: E501
        .on_conflict_do_update(
            index_elements=["source", "query_key"],
            set_={**values, "runs": t.query_state.c.runs + 1},
        )
    )


def first_start(connection: Connection, source: str, now: datetime) -> datetime:
    """Return when the source was first started, remembering `now` if that is now."""
    name = f"first-start:{source}"
    connection.execute(
        upsert(connection, t.beat).values(name=name, at=now).on_conflict_do_nothing()
    )
    return connection.execute(select(t.beat.c.at).where(t.beat.c.name == name)).scalar_one()


def count_misfire(connection: Connection, source: str, query_key: str) -> None:
    """Count a poll that could not start in time."""
    q = t.query_state
    connection.execute(
        update(q)
        .where(q.c.source == source, q.c.query_key == query_key)
        .values(misfires=q.c.misfires + 1)
    )


def add_gap(
    connection: Connection,
    source: str,
    query_key: str,
    since_at: datetime,
    until_at: datetime,
    now: datetime,
) -> None:
    """Remember a stretch that has yet to be read."""
    connection.execute(
        insert(t.gap).values(
            source=source,
            query_key=query_key,
            since_at=since_at,
            until_at=until_at,
            tries=0,
            created_at=now,
        )
    )


def open_gap(connection: Connection, source: str, query_key: str) -> StoredGap | None:
    """Return the newest gap of a query that is still open."""
    row = connection.execute(
        select(t.gap)
        .where(
            t.gap.c.source == source, t.gap.c.query_key == query_key, t.gap.c.closed_at.is_(None)
        )
        .order_by(t.gap.c.until_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return StoredGap(row.id, row.since_at, row.until_at, row.tries, row.created_at)


def narrow_gap(connection: Connection, gap_id: int, until_at: datetime) -> None:
    """Note one more try that left the gap open down from `until_at`."""
    connection.execute(
        update(t.gap)
        .where(t.gap.c.id == gap_id)
        .values(until_at=until_at, tries=t.gap.c.tries + 1)
    )


def close_gap(connection: Connection, gap_id: int, outcome: str, now: datetime) -> None:
    """Close a gap: `read` when it was read, `given_up` when it cannot be."""
    connection.execute(
        update(t.gap).where(t.gap.c.id == gap_id).values(closed_at=now, outcome=outcome)
    )


def health(connection: Connection, source: str) -> Mapping[str, Any] | None:
    """Return a source's stored health (scrapers.health.Health.to_json)."""
    return connection.execute(
        select(t.source_health.c.state).where(t.source_health.c.source == source)
    ).scalar_one_or_none()


def save_health(
    connection: Connection, source: str, state: Mapping[str, Any], now: datetime
) -> None:
    """Remember a source's health."""
    values = {"state": dict(state), "updated_at": now}
    connection.execute(
        upsert(connection, t.source_health)
        .values(source=source, **values)
        .on_conflict_do_update(index_elements=["source"], set_=values)
    )


def open_outage(
    connection: Connection, subject: str, cause: str, detail: str, started_at: datetime
) -> Outage | None:
    """Begin an outage; None when the subject already has one."""
    connection.execute(
        upsert(connection, t.outage)
        .values(subject=subject, cause=cause, detail=detail, started_at=started_at)
        .on_conflict_do_nothing()
    )
    current = current_outage(connection, subject)
    return current if current and current.started_at == started_at else None


def current_outage(connection: Connection, subject: str) -> Outage | None:
    """Return the subject's open outage."""
    row = connection.execute(
        select(t.outage).where(t.outage.c.subject == subject, t.outage.c.cleared_at.is_(None))
    ).one_or_none()
    return Outage(row.id, row.subject, row.cause, row.detail, row.started_at) if row else None


def clear_outage(connection: Connection, subject: str, now: datetime) -> Outage | None:
    """End the subject's outage and return it; None when there was none."""
    outage = current_outage(connection, subject)
    if outage:
        connection.execute(
            update(t.outage).where(t.outage.c.id == outage.id).values(cleared_at=now)
        )
    return outage


def outages(connection: Connection) -> list[Outage]:
    """Return every open outage."""
    rows = connection.execute(select(t.outage).where(t.outage.c.cleared_at.is_(None)))
    return [Outage(r.id, r.subject, r.cause, r.detail, r.started_at) for r in rows]


def beat(connection: Connection, name: str, now: datetime) -> None:
    """Leave a sign of life."""
    connection.execute(
        upsert(connection, t.beat)
        .values(name=name, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": now})
    )


def last_beat(connection: Connection, name: str) -> datetime | None:
    """Return the last sign of life of that name."""
    return connection.execute(
        select(t.beat.c.at).where(t.beat.c.name == name)
    ).scalar_one_or_none()


def unjudged_since(connection: Connection) -> datetime | None:
    """Return when the oldest hit without a verdict was matched."""
    return connection.execute(
        select(func.min(t.hit.c.matched_at)).where(t.hit.c.judged_at.is_(None))
    ).scalar_one()
