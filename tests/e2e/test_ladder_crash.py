"""Two processes make ten thousand calls and die all the time: each is made once, none is lost."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from alerts import ladder
from alerts.case import CaseState
from alerts.rungs import LadderCase, Rung, RungState, Staff
from alerts.severity import Severity
from monitor.storage import escalations
from monitor.storage import tables as t
from monitor.storage.case_tables import case_event, escalation
from monitor.storage.database import Database
from tests.conftest import ROOT
from tests.e2e.climber import config, utc_now

DUE = 10_000
DEADLINE_S = 240.0


@contextmanager
def database_of(url: str) -> Iterator[Database]:
    database = Database(url)
    database.upgrade()
    yield database
    database.close()


def rows(database: Database, statement: Any) -> Sequence[Any]:
    with database.read() as connection:
        return connection.execute(statement).all()


def seed(database: Database, now: datetime) -> list[Rung]:
    """Half of the cases wait for an answer for too long, the manager of the others is late."""
    opened_at = now - timedelta(hours=2)
    waiting = [
        {
            "brand": "星云手表",
            "fold_key": f"story-{n}",
            "severity": 1 + n % 2,
            "state": "firing",
            "topic": "refund",
            "risk": "none",
            "author_key": f"weibo:{n}",
            "spread_count": 1,
            "published_at": opened_at,
            "opened_at": opened_at,
            "due_at": opened_at + timedelta(minutes=10),
            "first_delivered_at": opened_at,
        }
        for n in range(DUE)
    ]
    with database.write() as connection:
        inserted = insert(t.alert_case).returning(
            t.alert_case.c.id, t.alert_case.c.severity, sort_by_parameter_order=True
        )
        cases = connection.execute(inserted, waiting).all()
        escalations.arm(
            connection, [rung_of(row.id, Severity(row.severity), opened_at) for row in cases]
        )
        found = escalations.of_cases(connection, [row.id for row in cases])
        late = [
            replace(rung, state=RungState.FIRED, fired_at=opened_at)
            for (rung,) in found.values()
            if rung.severity is Severity.IMPORTANT
        ]
        escalations.save(connection, late)
    return [rung for (rung,) in found.values()]


def rung_of(case_id: int, severity: Severity, opened_at: datetime) -> Rung:
    case = LadderCase(case_id, severity, CaseState.FIRING, opened_at)
    policy = config().escalation.ladder().policy(severity)
    return ladder.arm(case, policy, Staff(), opened_at, again=False)


class Climbers:
    """Two processes that are killed and started again."""

    def __init__(self, url: str, folder: Path) -> None:
        self._command = [sys.executable, "-m", "tests.e2e.climber", url, str(folder / "ledger")]
        self._log = folder / "climbers.log"
        self._running = [self._start(), self._start()]
        self.kills = 0

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log)

    def kill(self, which: int, life_s: float) -> None:
        """Kill one with -9 so long after its start, and start another in its place."""
        process = self._running[which]
        assert process.stdout is not None
        assert process.stdout.readline() == b"climbing\n", self.log()
        time.sleep(life_s)
        assert process.poll() is None, self.log()
        self._end(process)
        self.kills += 1
        self._running[which] = self._start()

    def stop(self) -> None:
        for process in self._running:
            self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.communicate()

    def log(self) -> str:
        return self._log.read_text("utf-8")[-2000:]


def is_done(database: Database) -> bool:
    d, e = t.delivery.c, escalation.c
    ((due, open_),) = rows(
        database,
        select(
            select(func.count())
            .select_from(escalation)
            .where(e.due_at <= utc_now())
            .scalar_subquery(),
            select(func.count())
            .select_from(t.delivery)
            .where(d.finished_at.is_(None))
            .scalar_subquery(),
        ),
    )
    return not due and not open_


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_kill_9_makes_no_call_twice_and_loses_none(postgres_empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "ledger").touch()
    dice = random.Random(4)
    with database_of(postgres_empty_url) as database:
        seeded = seed(database, utc_now())
        climbers = Climbers(postgres_empty_url, tmp_path)
        began = time.monotonic()
        try:
            while not is_done(database):
                assert time.monotonic() - began < DEADLINE_S, climbers.log()
                climbers.kill(dice.randrange(2), dice.uniform(0, 6))
        finally:
            climbers.stop()
        took_s = time.monotonic() - began
        check_calls(database, seeded)
        check_messages(database, tmp_path / "ledger")
    assert "Traceback" not in climbers.log()
    assert climbers.kills >= 5, f"all done in {took_s:.0f} s"


def check_calls(database: Database, seeded: Sequence[Rung]) -> None:
    """Each call that was due was made once, each miss called the next level once."""
    stored = rows(database, select(escalation))
    states = Counter((row.rule, row.level, row.state, row.paged) for row in stored)
    half = DUE // 2
    assert states == {
        ("R1", "lead", "fired", 1): half,
        ("R2", "manager", "missed", 0): half,
        ("R2", "director", "fired", 1): half,
    }
    events = Counter((row.kind, row.data["call"]) for row in rows(database, select(case_event)))
    missed = [rung.id for rung in seeded if rung.state is RungState.ARMED and rung.severity == 2]
    called = [row.id for row in stored if row.state == "fired"]
    assert events == dict.fromkeys(
        [*(("missed", each) for each in missed), *(("escalated", each) for each in called)], 1
    )
    keys = Counter(row.key for row in rows(database, select(t.alert.c.key)))
    assert keys == {f"ladder:{each}:1:zh-CN": 1 for each in called}


def check_messages(database: Database, ledger: Path) -> None:
    """Each message got through, and the room was told of each once."""
    deliveries = rows(database, select(t.delivery))
    assert {row.state for row in deliveries} == {"sent"}
    told = Counter(ledger.read_text("ascii").split())
    assert set(told) == {row.dedupe_key for row in deliveries}
    assert [key for key, times in told.items() if times > 1] == []
    assert len(told) == DUE
    # What was in flight at a kill was looked for before it was sent again.
    assert all(row.attempts > 1 for row in deliveries if row.doubtful)
