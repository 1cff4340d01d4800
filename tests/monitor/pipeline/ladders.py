"""The ladder on a database, with people, rotas and a clock turned by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from alerts.message import Message, from_json
from alerts.rungs import Rung
from monitor.auth import Role
from monitor.desk import Desk, Person
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.duties import LadderDuties
from monitor.pipeline.escalate import Escalator
from monitor.pipeline.notify import Routes
from monitor.storage import escalations, timeline
from monitor.storage import tables as t
from monitor.storage.database import Database
from tests.conftest import Clock
from tests.factories import Rows
from tests.monitor.pipeline.rig import config

PEOPLE = [
    {"name": "周宁", "role": "组长", "handles": {"slack": "U02DEF"}},
    {"name": "林夏", "role": "经理"},
    {"name": "陈总", "role": "总监", "email": "chen@example.com"},
    {"name": "王总", "role": "总监"},
]
ROTAS = [
    {"name": "leads", "people": ["周宁"], "start": "2026-01-05 09:00"},
    {"name": "managers", "people": ["林夏"], "start": "2026-01-05 09:00"},
    {"name": "top", "people": ["陈总", "王总"], "start": "2026-01-05 09:00", "turn_days": 366},
]
LEVELS = [
    {"name": "lead", "zh": "组长", "en": "team lead", "act_within_s": 900, "rota": "leads"},
    {"name": "manager", "zh": "经理", "en": "manager", "act_within_s": 1800, "rota": "managers"},
    {"name": "director", "zh": "总监", "en": "director", "act_within_s": 600, "rota": "top"},
]
STAFFED = {"people": PEOPLE, "rotas": ROTAS, "escalation": {"levels": LEVELS}}
LIN = Person("林夏", Role.PR)


def levels(**changes: dict[str, Any]) -> dict[str, Any]:
    """Section `escalation` with some levels changed."""
    return {"levels": [{**level, **changes.get(str(level["name"]), {})} for level in LEVELS]}


class Stand:
    """Everything that a ladder needs, and the rows to look at."""

    def __init__(self, database: Database, clock: Clock, **changes: Any) -> None:
        self.database = database
        self.clock = clock
        self.rows = Rows(database)
        self.metrics = Metrics()
        self.configure(**{**STAFFED, **changes})

    def configure(self, **changes: Any) -> None:
        """Start the service anew with another configuration."""
        self.live = LiveConfig(None, {}, config(**changes))
        self.escalator = self.build()
        self.duties = LadderDuties(self.database, self.live, self.escalator)
        ack_s = self.live.current().config.escalation.ack_life_s
        self.desk = Desk(
            self.database, self.live, lambda s: timedelta(seconds=ack_s(s)), now=self.clock
        )

    def build(self, **changes: Any) -> Escalator:
        routes = Routes(("first",), ("second",))
        return Escalator(
            self.database, self.live, routes, self.metrics, **{"now": self.clock, **changes}
        )

    def case(self, severity: int = 2, **changes: Any) -> int:
        values = {"severity": severity, "opened_at": self.clock.now, **changes}
        return self.rows.case(**values)

    def cases(self, count: int, severity: int = 2) -> list[int]:
        return [self.case(severity) for _ in range(count)]

    def set(self, case_id: int, **values: Any) -> None:
        with self.database.write() as connection:
            connection.execute(
                update(t.alert_case).where(t.alert_case.c.id == case_id).values(**values)
            )

    def run(self, seconds: float = 0, every_s: float = 10) -> None:
        """Let the step run for some time."""
        for _ in range(int(seconds / every_s)):
            self.settle()
            self.clock.advance(every_s)
        self.settle()

    def settle(self) -> None:
        while self.escalator.step():
            pass

    def rungs(self, case_id: int) -> tuple[Rung, ...]:
        with self.database.read() as connection:
            return escalations.of_cases(connection, [case_id]).get(case_id, ())

    def states(self, case_id: int) -> list[tuple[str, str, str]]:
        return [(r.rule.value, r.level, r.state.value) for r in self.rungs(case_id)]

    def row(self, case_id: int) -> Any:
        with self.database.read() as connection:
            return connection.execute(
                select(t.alert_case).where(t.alert_case.c.id == case_id)
            ).one()

    def alerts(self) -> Sequence[Any]:
        with self.database.read() as connection:
            return connection.execute(select(t.alert).order_by(t.alert.c.id)).all()

    def messages(self) -> list[Message]:
        return [from_json(row.message) for row in self.alerts()]

    def channels(self, alert_id: int) -> set[str]:
        d = t.delivery.c
        with self.database.read() as connection:
            return set(
                connection.execute(select(d.channel).where(d.alert_id == alert_id)).scalars()
            )

    def events(self, case_id: int) -> list[tuple[str, str]]:
        """What happened to a case: kind, and the level or who."""
        with self.database.read() as connection:
            found = timeline.of_case(connection, case_id)
        return [(event.kind.value, event.data.get("level", event.who)) for event in found]
