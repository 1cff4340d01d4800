"""Silences as people make, change and end them, and which open cases they hold back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alerts.case import CaseView
from alerts.silence import Draft, Silence, fits
from monitor.storage import case_reading, silences, tellings
from monitor.storage.database import Connection, Database


def make(database: Database, draft: Draft, by: str, now: datetime) -> Silence:
    """Make a silence; raises SilenceError for what may not be."""
    with database.write() as connection:
        return silences.add(connection, draft, by, now)


def change(database: Database, silence_id: int, draft: Draft, by: str, now: datetime) -> Silence:
    """End a silence and make another in its place; raises SilenceError, and then nothing changes.

    What the old one held back is looked at again.
    """
    with database.write() as connection:
        old = silences.get(connection, silence_id)
        made = silences.edit(connection, silence_id, draft, by, now)
        _look_again(connection, old.draft, now)
    return made


def end(database: Database, silence_id: int, by: str, now: datetime) -> Silence:
    """End a silence early; what it held back is looked at again. Raises SilenceError."""
    with database.write() as connection:
        ended = silences.end(connection, silence_id, by, now)
        _look_again(connection, ended.draft, now)
    return ended


def held_by(draft: Draft, cases: Iterable[CaseView]) -> tuple[int, ...]:
    """Return which of the cases a silence holds back, in their order."""
    return tuple(case.id for case in cases if fits(draft, case))


def would_hold(connection: Connection, draft: Draft) -> tuple[int, ...]:
    """Return the open cases that a silence would hold back now, the newest first."""
    return held_by(draft, case_reading.open_views(connection, draft.traits.brands))


def _look_again(connection: Connection, draft: Draft, now: datetime) -> None:
    tellings.look_again(connection, would_hold(connection, draft), now)
