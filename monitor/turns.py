"""Who is on call on each rota, until when, who follows, and who stands in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.rota import Roster, Rota, next_change_at, on_call
from alerts.substitution import Draft, Fault, Substitution, SubstitutionError
from monitor.storage import rotas
from monitor.storage.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Turn:
    """A rota now: who is on call (`""` is nobody), until when (None: for good), who follows.

    `substitutions` are those that are not over, those to come included.
    """

    rota: Rota
    person: str
    until: datetime | None
    following: str
    substitutions: tuple[Substitution, ...]


def turns(connection: Connection, roster: Roster, now: datetime) -> tuple[Turn, ...]:
    """Return every rota of the configuration as it is now, in its order."""
    return tuple(_turn(connection, roster, rota, now) for rota in roster.rotas.values())


def _turn(connection: Connection, roster: Roster, rota: Rota, now: datetime) -> Turn:
    found = rotas.pending(connection, now, rota.name)
    overrides = [each.override for each in found]
    until = next_change_at(rota, overrides, now, roster.calendars)
    person, following = (
        (on_call(rota, overrides, at, roster.calendars) or "") if at else "" for at in (now, until)
    )
    return Turn(rota, person, until, following, found)


def substitute(
    database: Database, roster: Roster, draft: Draft, by: str, now: datetime
) -> Substitution:
    """Let somebody stand in for a person; raises SubstitutionError for what may not be."""
    with database.write() as connection:
        return rotas.add(connection, draft, roster, by, now)


def cancel(
    database: Database, rota: str, substitution_id: int, by: str, now: datetime
) -> Substitution:
    """End a substitution of that rota now; raises SubstitutionError."""
    with database.write() as connection:
        cancelled = rotas.cancel(connection, substitution_id, by, now)
        if cancelled.draft.rota != rota:
            # Raised inside the transaction, so nothing was cancelled.
            raise SubstitutionError(Fault.UNKNOWN)
    return cancelled
