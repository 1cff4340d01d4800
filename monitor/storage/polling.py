"""What polling remembers: cursors, gaps, each source's health, outages, signs of life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.storage import tables as t
from monitor.storage.posts import storable, upsert
from scrapers.cursor import Cursor, Gap, Loss, Position, merge
from scrapers.source import Query


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a subject (a source, a query's gap) could not see."""

    id: int
    subject: str
    cause: str
    detail: str
    started_at: datetime


def position(connection: Connection, source: str, query_key: str) -> Position | None:
    """Return where a query stands, None before its first run."""
    row = connection.execute(
        select(t.query_state.c.cursor_at, t.query_state.c.started_at).where(
            t.query_state.c.source == source, t.query_state.c.query_key == query_key
        )
    ).one_or_none()
    if row is None:
        return None
    gaps = _open_gaps(connection, source, [query_key])
    cursor = Cursor(row.cursor_at) if row.cursor_at else None
    return Position(cursor, row.started_at, tuple(gaps.get(query_key, ())))


def positions(connection: Connection, source: str) -> dict[str, tuple[tuple[str, ...], Position]]:
    """Return the brands and the position of every query of `source`, by key."""
    q = t.query_state.c
    rows = connection.execute(
        select(q.query_key, q.brands, q.cursor_at, q.started_at).where(q.source == source)
    ).all()
    gaps = _open_gaps(connection, source, [row.query_key for row in rows])
    return {
        row.query_key: (
            tuple(row.brands),
            Position(
                Cursor(row.cursor_at) if row.cursor_at else None,
                row.started_at,
                tuple(gaps.get(row.query_key, ())),
            ),
        )
        for row in rows
    }


def replace_positions(
    connection: Connection,
    source: str,
    planned: Sequence[tuple[Query, Position]],
    now: datetime,
) -> None:
    """Keep exactly these queries of `source`: known ones as they are, others from here on."""
    q, g = t.query_state, t.gap
    keys = [query.key for query, _ in planned]
    gone = (q.c.source == source) & q.c.query_key.not_in(keys)
    connection.execute(delete(q).where(gone))
    connection.execute(
        delete(g).where(g.c.source == source, g.c.closed_at.is_(None), g.c.query_key.not_in(keys))
    )
    known = set(connection.execute(select(q.c.query_key).where(q.c.source == source)).scalars())
    for query, position in planned:
        if query.key not in known:
            _insert_position(connection, source, query, position, now)


def _insert_position(
    connection: Connection, source: str, query: Query, position: Position, now: datetime
) -> None:
    connection.execute(
        insert(t.query_state).values(
            source=source,
            query_key=query.key,
            text=query.text,
            brands=list(query.brands),
            cursor_at=position.cursor.at if position.cursor else None,
            started_at=position.started_at,
            runs=0,
            misfires=0,
        )
    )
    save_gaps(connection, source, query.key, position.gaps, now)


def _open_gaps(
    connection: Connection, source: str, query_keys: Sequence[str]
) -> dict[str, list[Gap]]:
    g = t.gap.c
    gaps: dict[str, list[Gap]] = {}
    for row in connection.execute(
        select(g.query_key, g.since_at, g.until_at, g.tries)
        .where(g.source == source, g.query_key.in_(query_keys), g.closed_at.is_(None))
        .order_by(g.since_at)
    ):
        gaps.setdefault(row.query_key, []).append(Gap(row.since_at, row.until_at, row.tries))
    return gaps


def save_position(
    connection: Connection,
    source: str,
    query: Query,
    position: Position,
    *,
    ran_at: datetime,
    saw: bool,
) -> None:
    """Remember where a planned query stands after a run; `saw` when the source could see.

    A query that has left the plan meanwhile stays forgotten.
    """
    q = t.query_state
    values: dict[str, Any] = {
        "cursor_at": position.cursor.at if position.cursor else None,
        "last_run_at": ran_at,
        "runs": q.c.runs + 1,
    }
    if saw:
        values["last_success_at"] = ran_at
    mine = (q.c.source == source) & (q.c.query_key == query.key)
    if connection.execute(update(q).where(mine).values(values)).rowcount:
        save_gaps(connection, source, query.key, position.gaps, ran_at)


def save_gaps(
    connection: Connection, source: str, query_key: str, gaps: Sequence[Gap], now: datetime
) -> None:
    """Replace what a query still owes."""
    mine = (t.gap.c.source == source) & (t.gap.c.query_key == query_key)
    connection.execute(delete(t.gap).where(mine, t.gap.c.closed_at.is_(None)))
    rows = [
        {
            "source": source,
            "query_key": query_key,
            "since_at": gap.since,
            "until_at": gap.until,
            "tries": gap.tries,
            "created_at": now,
        }
        for gap in gaps
    ]
    if rows:
        connection.execute(insert(t.gap), rows)


def owed(connection: Connection, source: str, query_key: str) -> tuple[Gap, ...]:
    """Return what a query owes now, locked until the commit: others may add to it meanwhile."""
    q = t.query_state.c
    connection.execute(
        select(q.query_key).where(q.source == source, q.query_key == query_key).with_for_update()
    )
    return tuple(_open_gaps(connection, source, [query_key]).get(query_key, ()))


def owe(connection: Connection, source: str, gap: Gap, now: datetime) -> None:
    """Let every query of a source read a stretch again, though none of what is before its start."""
    q = t.query_state.c
    rows = connection.execute(
        select(q.query_key, q.started_at).where(q.source == source).with_for_update()
    ).all()
    gaps = _open_gaps(connection, source, [row.query_key for row in rows])
    for row in rows:
        mine = replace(gap, since=max(gap.since, row.started_at))
        if mine.since < mine.until:
            both = merge([*gaps.get(row.query_key, ()), mine])
            save_gaps(connection, source, row.query_key, both, now)


def record_loss(
    connection: Connection, source: str, query_key: str, loss: Loss, now: datetime
) -> None:
    """Keep on record a stretch of time that will not be read any more."""
    connection.execute(
        insert(t.gap).values(
            source=source,
            query_key=query_key,
            since_at=loss.since,
            until_at=loss.until,
            tries=0,
            created_at=now,
            closed_at=now,
            outcome=loss.reason.value,
        )
    )


@dataclass(frozen=True, slots=True)
class Lost:
    """A stretch of time of one source that was given up."""

    id: int
    source: str
    since: datetime
    until: datetime


def losses(connection: Connection, source: str, given_up_after: datetime) -> list[Lost]:
    """Return what was given up since then, oldest first."""
    g = t.gap.c
    rows = connection.execute(
        select(g.id, g.source, g.since_at, g.until_at)
        .where(g.source == source, g.outcome.is_not(None), g.closed_at > given_up_after)
        .order_by(g.since_at)
    )
    return [Lost(row.id, row.source, row.since_at, row.until_at) for row in rows]


def count_misfire(connection: Connection, source: str, query_key: str) -> None:
    """Count a poll that could not start in time."""
    q = t.query_state
    connection.execute(
        update(q)
        .where(q.c.source == source, q.c.query_key == query_key)
        .values(misfires=q.c.misfires + 1)
    )


def health(connection: Connection, source: str) -> Mapping[str, Any] | None:
    """Return a source's stored health (scrapers.health.to_json), locked until the commit."""
    state: Mapping[str, Any] | None = connection.execute(
        select(t.source_health.c.state).where(t.source_health.c.source == source).with_for_update()
    ).scalar_one_or_none()
    return state


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
    values = {"cause": cause, "detail": storable(detail), "started_at": started_at}
    opened = connection.execute(
        upsert(connection, t.outage)
        .values(subject=subject, **values)
        .on_conflict_do_nothing()
        .returning(t.outage.c.id)
    ).one_or_none()
    return current_outage(connection, subject) if opened else None


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
    """Return every open outage, the oldest first."""
    o = t.outage.c
    rows = connection.execute(
        select(t.outage).where(o.cleared_at.is_(None)).order_by(o.started_at, o.id)
    )
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
    return connection.execute(select(t.beat.c.at).where(t.beat.c.name == name)).scalar_one_or_none()


def unjudged_since(connection: Connection) -> datetime | None:
    """Return when the oldest hit without a verdict was matched."""
    oldest: datetime | None = connection.execute(
        select(func.min(t.hit.c.matched_at)).where(t.hit.c.judged_at.is_(None))
    ).scalar_one()
    return oldest
