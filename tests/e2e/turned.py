"""The whole service on a clock turned by hand: built by `bootstrap`, stepped in turn.

Sources, channels, database and rules are the real ones, in front of the stand-ins; only the
threads are replaced by a loop, so that an hour passes in seconds and every run is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from monitor.bootstrap import build_service
from monitor.service import Service
from monitor.storage import outbox
from monitor.storage.database import Database
from tests.conftest import Clock
from tests.e2e.stage import Stage

LOOK_EVERY_S = 20.0
PLAN_EVERY_S = 60.0
AUDIT_EVERY_S = 60.0


class Turned:
    """A service whose time passes only in `run`."""

    def __init__(self, service: Service, database: Database, clock: Clock) -> None:
        self.service = service
        self.database = database
        self.clock = clock
        self.audits: list[str] = []
        self._due: dict[str, datetime] = {}
        self._audit_at = self._plan_at = clock()
        for collector in service.parts.collectors.values():
            collector.start()

    def run(self, seconds: float, until: Callable[[], object] | None = None) -> bool:
        """Let time pass, at most until `until` holds; say whether it did."""
        for _ in range(round(seconds / LOOK_EVERY_S)):
            ends_at = self.clock() + timedelta(seconds=LOOK_EVERY_S)
            self.step(ends_at)
            self.clock.now = max(self.clock(), ends_at)
            if until and until():
                return True
        return False

    def step(self, ends_at: datetime | None = None) -> None:
        """Do what is due now; messages that keep their distance are sent until `ends_at`."""
        parts = self.service.parts
        self.poll()
        while parts.judging.step():
            pass
        self.tell()
        parts.overseer.look()
        parts.overseer.warn()
        if self.clock() >= self._audit_at:
            self._audit_at = self.clock() + timedelta(seconds=AUDIT_EVERY_S)
            self.audits += parts.overseer.audit()
        self.notify(ends_at or self.clock())

    def tell(self) -> None:
        """Tell of what is due to be told, and call whom the ladder calls."""
        while self.service.parts.teller.step() or self.service.parts.escalator.step():
            pass

    def poll(self) -> None:
        """Poll what is due, at the times that the scheduler would choose."""
        now = self.clock()
        if now >= self._plan_at:
            self._plan_at = now + timedelta(seconds=PLAN_EVERY_S)
            self.service._plan()
        for name, poll in self.service._scheduler._polls.items():
            if self._due.get(name, now) > now:
                continue
            due_at = poll.run()
            regular = now + timedelta(seconds=poll.interval_s)
            self._due[name] = min(due_at, regular) if due_at else regular

    def notify(self, ends_at: datetime) -> None:
        """Send what is due, all channels in turn, each at its distance."""
        for notifier in self.service.parts.notifiers:
            name, wait = notifier.channel_name, timedelta(seconds=notifier.wait_s())
            while True:
                starts_at = max(self._due.get(name, self.clock()), self.clock())
                if starts_at > ends_at:
                    break
                self.clock.now = starts_at
                if not notifier.step():
                    break
                self._due[name] = self.clock() + wait

    @property
    def reasons(self) -> list[str]:
        """What /readyz would say; nobody started the scheduler here."""
        _, reasons = self.service.readiness()
        return [reason for reason in reasons if "scheduler" not in reason]

    def blind(self, source: str) -> float:
        """What /metrics says of a source."""
        line = f'shifen_source_blind{{source="{source}"}} '
        text = self.service.parts.metrics.render().decode()
        return next(float(row.split()[-1]) for row in text.splitlines() if row.startswith(line))

    def rows(self, *columns: Any) -> Sequence[Any]:
        """Read columns of a table."""
        with self.database.read() as connection:
            return connection.execute(select(*columns)).all()

    def unfinished(self) -> int:
        """Deliveries that are neither sent nor given up."""
        with self.database.read() as connection:
            return outbox.unfinished(connection)


@contextmanager
def turned(stage: Stage, clock: Clock) -> Iterator[Turned]:
    """Build the service of a stage whose platforms live by the same clock."""
    setting = stage.setting(sleep=lambda _: None, jitter=lambda: 0.5)
    database = Database(setting.config.database_url)
    database.upgrade()
    service = build_service(setting, database)
    try:
        shifen = Turned(service, database, clock)
        yield shifen
        assert "shifen_job_errors_total{" not in service.parts.metrics.render().decode()
    finally:
        for closed in (*service.parts.sources.values(), *service.parts.channels):
            closed.close()
        database.close()
