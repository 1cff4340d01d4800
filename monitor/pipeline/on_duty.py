"""Who is on duty now: the rotas of the configuration with those who stand in."""

from __future__ import annotations

from datetime import datetime

from alerts.message import Mention
from alerts.rota import Roster, on_call
from alerts.rungs import Staff
from monitor.storage import rotas
from monitor.storage.database import Connection


def staff_of(connection: Connection, roster: Roster, now: datetime) -> Staff:
    """Return who is on call for each rota, who takes turns in it, and the calendars."""
    found = {
        name: on_call(rota, rotas.in_force(connection, name, now), now, roster.calendars)
        for name, rota in roster.rotas.items()
    }
    return Staff(
        on_call={name: person for name, person in found.items() if person},
        crews={name: rota.people for name, rota in roster.rotas.items()},
        calendars=roster.calendars,
    )


def mention_of(roster: Roster, name: str) -> Mention:
    """Return a person as messages name them, also one who has left the configuration."""
    person = roster.people.get(name)
    return person.mention() if person else Mention(name)
