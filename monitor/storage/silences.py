"""Silences that people made: kept for good, never changed, each deed on the audit record."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from alerts.matching import Traits
from alerts.severity import Severity
from alerts.silence import Draft, Fault, Silence, SilenceError, check
from monitor.storage.case_tables import silence
from monitor.storage.paging import Cursor, Page, cut, newest_first
from monitor.storage.people import record
from monitor.storage.posts import storable

GROUPS: Final = ("brands", "platforms", "languages", "topics", "risks", "authors")


def add(connection: Connection, draft: Draft, by: str, now: datetime) -> Silence:
    """Make a silence, from now on at the earliest; raise SilenceError for what may not be."""
    check(draft, now)
    made = _insert(connection, draft, by, now, replaces=None)
    record(connection, now, by, "silence_added", _written(made))
    return made


def edit(connection: Connection, silence_id: int, draft: Draft, by: str, now: datetime) -> Silence:
    """End a silence that is not over and make a new one in its place, which names it.

    Raises SilenceError for what may not be; then the old one stays as it was.
    """
    check(draft, now)
    _end(connection, silence_id, by, now)
    made = _insert(connection, draft, by, now, replaces=silence_id)
    record(connection, now, by, "silence_edited", f"{silence_id} -> {_written(made)}")
    return made


def end(connection: Connection, silence_id: int, by: str, now: datetime) -> Silence:
    """End a silence early and return it; raise SilenceError if it is over or not there."""
    ended = _end(connection, silence_id, by, now)
    record(connection, now, by, "silence_ended", str(silence_id))
    return ended


def get(connection: Connection, silence_id: int) -> Silence:
    """Return one silence; raise SilenceError if there is none of that id."""
    row = connection.execute(select(silence).where(silence.c.id == silence_id)).one_or_none()
    if row is None:
        raise SilenceError(Fault.UNKNOWN)
    return _silence(row)


def in_force(connection: Connection, at: datetime) -> tuple[Silence, ...]:
    """Return the silences that hold cases back at that time, now or in the past."""
    s = silence.c
    rows = connection.execute(
        select(silence)
        .where(
            s.ends_at > at,
            s.starts_at <= at,
            or_(s.ended_at.is_(None), s.ended_at > at),
        )
        .order_by(s.id)
    )
    return tuple(_silence(row) for row in rows)


def pending(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    """Return the silences that are not over, those to come included, the next to end first."""
    s = silence.c
    rows = connection.execute(
        select(silence).where(s.ends_at > now, s.ended_at.is_(None)).order_by(s.ends_at, s.id)
    )
    return tuple(_silence(row) for row in rows)


def page(connection: Connection, limit: int, after: Cursor | None = None) -> Page[Silence]:
    """Return the whole history, those made last first."""
    query = newest_first(select(silence), silence.c.created_at, silence.c.id, limit, after)
    rows = connection.execute(query).all()
    return cut(
        [_silence(row) for row in rows], limit, lambda each: Cursor(each.created_at, each.id)
    )


def _insert(
    connection: Connection, draft: Draft, by: str, now: datetime, *, replaces: int | None
) -> Silence:
    # A silence that began before it was made would say that notices were held that were not.
    starts_at = max(draft.starts_at, now)
    row = connection.execute(
        insert(silence)
        .values(
            matchers=_matchers(draft),
            starts_at=starts_at,
            ends_at=draft.ends_at,
            author=by[:80],
            reason=storable(draft.reason.strip()),
            created_at=now,
            replaces=replaces,
        )
        .returning(silence)
    ).one()
    return _silence(row)


def _end(connection: Connection, silence_id: int, by: str, now: datetime) -> Silence:
    """Stamp the end if nobody else has, so that of two edits at once one is refused."""
    s = silence.c
    row = connection.execute(
        update(silence)
        .where(s.id == silence_id, s.ended_at.is_(None), s.ends_at > now)
        .values(ended_by=by[:80], ended_at=now)
        .returning(silence)
    ).one_or_none()
    if row is not None:
        return _silence(row)
    there = connection.execute(
        select(func.count()).select_from(silence).where(s.id == silence_id)
    ).scalar_one()
    raise SilenceError(Fault.OVER if there else Fault.UNKNOWN)


def _matchers(draft: Draft) -> dict[str, Any]:
    groups = {name: sorted(getattr(draft.traits, name)) for name in GROUPS}
    named: dict[str, Any] = {name: values for name, values in groups.items() if values}
    return {**named, "severity_at_most": draft.severity_at_most.name.lower()}


def _written(made: Silence) -> str:
    """Write a silence for the audit record; whom it means stays in its row alone."""
    return f"{made.id} until {made.until.isoformat(timespec='seconds')}: {made.draft.reason}"


def _silence(row: Row[Any]) -> Silence:
    matchers = row.matchers
    traits = Traits(**{name: frozenset(matchers.get(name, ())) for name in GROUPS})
    severity = Severity[matchers["severity_at_most"].upper()]
    draft = Draft(traits, row.starts_at, row.ends_at, row.reason, severity)
    return Silence(
        id=row.id,
        draft=draft,
        author=row.author,
        created_at=row.created_at,
        replaces=row.replaces,
        ended_by=row.ended_by or "",
        ended_at=row.ended_at,
    )
