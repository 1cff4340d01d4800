"""Who stands in for whom: kept for good, each deed on the audit record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from alerts.rota import Override, Roster
from alerts.substitution import Draft, Fault, Substitution, SubstitutionError, check
from monitor.storage.case_tables import rota_override
from monitor.storage.paging import Cursor, Page, cut, newest_first
from monitor.storage.people import record
from monitor.storage.posts import storable


def add(
    connection: Connection, draft: Draft, roster: Roster, by: str, now: datetime
) -> Substitution:
    """Make a substitution, from now on at the earliest.

    Raises SubstitutionError for what may not be.
    """
    check(draft, roster, now)
    override = draft.override
    row = connection.execute(
        insert(rota_override)
        .values(
            rota=draft.rota,
            person=override.person,
            substitute=override.substitute,
            # One that began before it was made would say that somebody else had been called.
            starts_at=max(override.starts_at, now),
            ends_at=override.ends_at,
            who=by[:80],
            reason=storable(draft.reason.strip()),
            created_at=now,
        )
        .returning(rota_override)
    ).one()
    made = _substitution(row)
    record(connection, now, by, "substitution_added", _written(made))
    return made


def cancel(connection: Connection, substitution_id: int, by: str, now: datetime) -> Substitution:
    """End a substitution from now on; raise SubstitutionError if it is over or not there."""
    o = rota_override.c
    row = connection.execute(
        update(rota_override)
        .where(o.id == substitution_id, o.cancelled_at.is_(None), o.ends_at > now)
        .values(cancelled_at=now, cancelled_by=by[:80])
        .returning(rota_override)
    ).one_or_none()
    if row is None:
        there = connection.execute(
            select(func.count()).select_from(rota_override).where(o.id == substitution_id)
        ).scalar_one()
        raise SubstitutionError(Fault.OVER if there else Fault.UNKNOWN)
    cancelled = _substitution(row)
    record(connection, now, by, "substitution_cancelled", _written(cancelled))
    return cancelled


def in_force(connection: Connection, rota: str, at: datetime) -> tuple[Override, ...]:
    """Return the overrides of a rota at that time, now or in the past, as `on_call` takes them."""
    o = rota_override.c
    rows = connection.execute(
        select(rota_override)
        .where(
            o.rota.in_((rota, "")),
            o.ends_at > at,
            o.starts_at <= at,
            or_(o.cancelled_at.is_(None), o.cancelled_at > at),
        )
        .order_by(o.id)
    )
    return tuple(_substitution(row).override for row in rows)


def pending(connection: Connection, now: datetime, rota: str = "") -> tuple[Substitution, ...]:
    """Return the substitutions that are not over, those to come included, in order of making.

    With a `rota`, only those that concern it; their overrides are what `next_change_at` takes.
    """
    o = rota_override.c
    query = select(rota_override).where(o.ends_at > now, o.cancelled_at.is_(None))
    if rota:
        query = query.where(o.rota.in_((rota, "")))
    return tuple(_substitution(row) for row in connection.execute(query.order_by(o.id)))


def page(connection: Connection, limit: int, after: Cursor | None = None) -> Page[Substitution]:
    """Return the whole history, those made last first."""
    o = rota_override.c
    rows = connection.execute(
        newest_first(select(rota_override), o.created_at, o.id, limit, after)
    ).all()
    return cut(
        [_substitution(row) for row in rows], limit, lambda each: Cursor(each.created_at, each.id)
    )


def _written(made: Substitution) -> str:
    override = made.override
    times = " to ".join(
        at.isoformat(timespec="minutes") for at in (override.starts_at, override.ends_at)
    )
    who = f"{override.substitute or 'nobody'} for {override.person}"
    return f"{made.id} {made.draft.rota or 'every rota'}: {who}, {times}"


def _substitution(row: Row[Any]) -> Substitution:
    override = Override(row.person, row.substitute, row.starts_at, row.ends_at)
    return Substitution(
        id=row.id,
        draft=Draft(row.rota, override, row.reason),
        author=row.who,
        created_at=row.created_at,
        cancelled_at=row.cancelled_at,
        cancelled_by=row.cancelled_by or "",
    )
