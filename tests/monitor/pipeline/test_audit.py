"""The auditor finds what was left undone, tells each kind once an hour, and else gives a sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from alerts.channels.channel import Busy
from alerts.channels.heartbeat import Heartbeat
from alerts.message import Message, from_json
from monitor.pipeline.audit import SERVICE, Auditor
from monitor.pipeline.escalate import Escalator
from monitor.storage import polling
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.cursor import Loss, LossReason
from tests.conftest import Clock
from tests.factories import Rows
from tests.monitor.pipeline.rig import Rig, operational, post


class Audited:
    """The pipeline with a ladder, an auditor, and somebody outside who hears its heartbeat."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.rig = Rig(database, clock)
        self.rows = Rows(database)
        self.clock = clock
        self.status: int | Exception = 200
        self.heard = 0
        rig = self.rig
        self.escalator = Escalator(database, rig.live, rig.routes, rig.metrics, now=clock)
        self.heartbeat = Heartbeat(
            "https://hc.example/ping/key", timeout_s=1, transport=httpx.MockTransport(self._hear)
        )
        self.auditor = self.build()

    def build(self, **changes: Any) -> Auditor:
        rig = self.rig
        values = {"now": self.clock, "heartbeat": self.heartbeat, **changes}
        return Auditor(rig.database, rig.live, rig.routes, ["weibo"], rig.metrics, **values)

    def _hear(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.status, Exception):
            raise self.status
        self.heard += 1
        return httpx.Response(self.status)

    def complain(self) -> None:
        """Bring a complaint as far as its deliveries."""
        self.clock.advance(30)
        self.rig.publish(post(1, self.clock.now))
        self.rig.poll()
        self.rig.judge()
        self.climb()

    def climb(self) -> None:
        while self.escalator.step():
            pass

    def wait(self, seconds: float) -> None:
        """Let time pass while tellers and ladder do their work."""
        self.clock.advance(seconds)
        self.rig.tell()
        self.climb()

    def told(self) -> list[Message]:
        rows = self.rig.rows(t.alert)
        return operational(from_json(row.message) for row in rows)


@pytest.fixture
def it(database: Database, clock: Clock) -> Audited:
    return Audited(database, clock)


# What it finds


def test_an_alert_without_a_delivery_is_mended_and_told(it: Audited) -> None:
    it.complain()
    with it.rig.database.write() as connection:
        connection.execute(t.delivery.delete())
    it.wait(121)
    assert it.auditor.audit() == ["alerts that had no delivery, and have one now: 1"]
    it.rig.notify()
    assert [m.kind for m in it.rig.first.messages].count("case") == 1
    assert it.auditor.audit() == []


def test_hits_that_nobody_judges(it: Audited) -> None:
    it.clock.advance(30)
    it.rig.publish(post(1, it.clock.now))
    it.rig.poll()
    it.clock.advance(200)
    (found,) = it.auditor.audit()
    assert found.startswith("hits wait for a verdict since 2026-11-22T04:00:")


def test_deliveries_that_nobody_sends(it: Audited) -> None:
    it.complain()
    it.wait(200)
    assert it.auditor.audit() == ["deliveries due that nobody sends: 1"]


def test_deliveries_that_a_dead_process_holds(it: Audited) -> None:
    now = it.clock.now
    alert = it.rows.alert(first_delivered_at=now)
    it.rows.delivery(alert, state="sending", lease_until=now)
    it.wait(59)
    assert it.auditor.audit() == []
    it.wait(1)
    assert it.auditor.audit() == ["deliveries held beyond their time: 1"]


def test_calls_of_the_ladder_that_nobody_makes(it: Audited) -> None:
    it.rows.case(severity=1, opened_at=it.clock.now)
    it.climb()
    it.clock.advance(1800 + 59)
    assert it.auditor.audit() == []
    it.clock.advance(1)
    assert it.auditor.audit() == ["calls of the ladder due and not made: 1"]


def test_acknowledgements_that_nobody_ends(it: Audited) -> None:
    now = it.clock.now
    it.rows.case(severity=1, armed_severity=1, state="acked", ack_expires_at=now)
    it.clock.advance(60)
    assert it.auditor.audit() == ["calls of the ladder due and not made: 1"]


def test_cases_without_a_ladder(it: Audited) -> None:
    it.rows.case(opened_at=it.clock.now)
    it.clock.advance(60)
    assert it.auditor.audit() == ["cases without a ladder: 1"]
    it.climb()
    assert it.auditor.audit() == []


def test_cases_that_nobody_is_told_of(it: Audited) -> None:
    it.rows.case(tell_at=it.clock.now, armed_severity=3)
    it.clock.advance(59)
    assert it.auditor.audit() == []
    it.clock.advance(1)
    assert it.auditor.audit() == ["cases due that nobody is told of: 1"]


def test_cases_that_have_reached_nobody_at_minute_eight(it: Audited) -> None:
    it.rig.first.always = it.rig.second.always = Busy("down", retry_after_s=100_000)
    it.complain()
    it.rig.notify()
    it.wait(479)
    assert it.auditor.audit() == []
    it.wait(1)
    assert it.auditor.audit() == ["cases that reached nobody: 1"]


def test_a_service_that_gives_no_sign_of_life(it: Audited) -> None:
    it.clock.advance(1000)
    assert it.auditor.audit() == []  # No service has ever run here.
    with it.rig.database.write() as connection:
        polling.beat(connection, SERVICE, it.clock.now)
    it.clock.advance(120)
    assert it.auditor.audit() == []
    it.clock.advance(1)
    (found,) = it.auditor.audit()
    assert found == "the service is silent since 2026-11-22T04:16:40+00:00"


def test_a_hit_that_could_not_be_judged_is_told_and_stops_no_heartbeat(it: Audited) -> None:
    hit = it.rows.hit(it.rows.post(), reason="set_aside", judged_at=it.clock.now)
    assert it.auditor.audit() == [f"hits {hit} could not be judged"]
    assert len(it.told()) == 1
    assert it.heard == 1


def test_when_all_is_well_it_is_silent(it: Audited) -> None:
    it.rig.publish(post(1, it.clock.now + timedelta(seconds=10)))
    it.rig.run(300)
    it.climb()
    assert it.auditor.audit() == []
    assert it.told() == []
    with it.rig.database.read() as connection:
        assert polling.last_beat(connection, "auditor") == it.clock.now


# How it tells


def test_each_kind_is_told_once_an_hour(it: Audited) -> None:
    it.rows.case(opened_at=it.clock.now)

    def settle() -> None:
        it.auditor.audit()
        it.rig.notify()
        it.clock.advance(60)

    it.clock.advance(60)
    settle()
    (told,) = it.told()
    assert told.title == "自查发现遗漏"
    assert told.reasons == ("自查发现：1 个事件没有升级阶梯。",)
    it.rows.case(tell_at=it.clock.now - timedelta(seconds=60), armed_severity=3)
    for _ in range(58):
        settle()
    assert [m.reasons[0] for m in it.told()[1:]] == ["自查发现：1 个事件到点未提醒。"]
    for _ in range(3):
        settle()
    assert len(it.told()) == 4
    assert {row.reason for row in it.rig.rows(t.alert)} == {"audit_ladders", "audit_untold"}


def test_what_still_waits_to_be_sent_is_not_told_again(it: Audited) -> None:
    it.rows.case(opened_at=it.clock.now)
    for _ in range(5):
        it.clock.advance(3000)
        it.auditor.audit()
    ladders = [row for row in it.rig.rows(t.alert) if row.reason == "audit_ladders"]
    assert len(ladders) == 1


def test_two_auditors_tell_it_once(it: Audited) -> None:
    it.rows.case(opened_at=it.clock.now)
    it.clock.advance(60)
    assert it.auditor.audit() == it.build().audit() != []
    assert len(it.told()) == 1


def lose(it: Audited) -> None:
    """Give up the last minute."""
    now = it.clock.now
    loss = Loss(now - timedelta(minutes=1), now, LossReason.TRIES)
    with it.rig.database.write() as connection:
        polling.record_loss(connection, "weibo", "q1", loss, now)


def test_what_will_never_be_read_is_told_at_most_once_an_hour(it: Audited) -> None:
    rig = it.rig
    lose(it)
    for _ in range(5):
        it.auditor.audit()
        rig.notify()
        it.clock.advance(60)
    (told,) = operational(rig.first.messages)
    assert "03:59" in told.reasons[0]
    assert it.heard == 5
    lose(it)
    it.auditor.audit()
    rig.notify()
    assert len(operational(rig.first.messages)) == 1
    it.clock.advance(3600 - 300)
    it.auditor.audit()
    rig.notify()
    again = operational(rig.first.messages)[-1]
    assert len(operational(rig.first.messages)) == 2
    assert "04:04" in again.reasons[0]
    assert "03:59" not in again.reasons[0]


# The sign of life


def test_all_well_gives_a_sign_of_life_and_anything_else_none(it: Audited) -> None:
    it.auditor.audit()
    assert it.heard == 1
    it.rows.case(opened_at=it.clock.now)
    it.clock.advance(60)
    it.auditor.audit()
    assert it.heard == 1
    it.climb()
    it.auditor.audit()
    assert it.heard == 2
    assert b'shifen_heartbeats_total{outcome="arrived"} 2.0' in it.rig.metrics.render()


@pytest.mark.parametrize(
    "status", [500, 404, 302, httpx.ConnectError("no route"), httpx.ReadTimeout("slow")]
)
def test_a_sign_that_does_not_arrive_is_counted_and_harms_nothing(
    it: Audited, status: int | Exception
) -> None:
    it.status = status
    assert it.auditor.audit() == []
    assert b'shifen_heartbeats_total{outcome="failed"} 1.0' in it.rig.metrics.render()


def test_without_an_address_no_sign_is_given(it: Audited) -> None:
    assert it.build(heartbeat=None).audit() == []
    assert it.heard == 0


@pytest.mark.parametrize("broken", ["calls_due", "cases_untold"])
def test_an_auditor_that_breaks_gives_no_sign(
    it: Audited, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(f"monitor.storage.audits.{broken}", fail)
    with pytest.raises(RuntimeError):
        it.auditor.audit()
    assert it.heard == 0


def beside(sqlite_database: Database, work: Callable[[], object]) -> object:
    with sqlite_database.alone():
        return work()


def test_it_works_beside_the_service_that_has_an_embedded_database_to_itself(
    sqlite_database: Database, clock: Clock
) -> None:
    it = Audited(sqlite_database, clock)
    it.rows.case(opened_at=clock.now)
    clock.advance(60)
    other = Database(str(sqlite_database.engine.url))
    auditor = Auditor(other, it.rig.live, it.rig.routes, [], it.rig.metrics, now=clock)
    assert beside(sqlite_database, auditor.audit) == ["cases without a ladder: 1"]
    assert len(it.told()) == 1
    other.close()
