"""Who must act on a case: whom the ladder has called, and who is on call for a receiver."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from alerts import ladder
from alerts.ladder_wording import duty
from alerts.message import Mention
from alerts.rota import Roster, on_call
from alerts.routing import Receiver
from alerts.rungs import Rung
from monitor.live_config import LiveConfig
from monitor.pipeline.escalate import Escalator
from monitor.pipeline.on_duty import mention_of
from monitor.pipeline.tell import Duty
from monitor.storage import escalations, rotas
from monitor.storage.database import Connection, Database


class LadderDuties:
    """Says in the first message about a case which level is called, and by when it must act."""

    def __init__(self, database: Database, live: LiveConfig, escalator: Escalator) -> None:
        self._database = database
        self._live = live
        self._escalator = escalator

    def of(
        self, connection: Connection, case_ids: Collection[int], now: datetime
    ) -> Mapping[int, Duty]:
        """Return the duty of each case whose ladder runs, starting those that do not yet.

        The caller holds the locks of the cases. One that is in good hands has no duty.
        """
        self._escalator.arm(connection, now, case_ids)
        roster = self._live.current().roster
        return {
            each.case.id: _duty(rung, roster)
            for each in escalations.held(connection, case_ids)
            for rung in [ladder.pending(each.case, each.rungs, now)]
            if rung
        }

    def on_call(self, receiver: Receiver, now: datetime) -> tuple[Mention, ...]:
        """Return whom a receiver has on call: one person, or nobody."""
        roster = self._live.current().roster
        rota = roster.rotas.get(receiver.rota)
        if rota is None:
            return ()
        with self._database.read() as connection:
            overrides = rotas.in_force(connection, rota.name, now)
        person = on_call(rota, overrides, now, roster.calendars)
        return (mention_of(roster, person),) if person else ()


def _duty(rung: Rung, roster: Roster) -> Duty:
    person = rung.person if rung.fired_at else ""
    return Duty(
        mentions=(mention_of(roster, person),) if person else (),
        act_by=rung.deadline_at,
        sentence=duty(rung),
    )
