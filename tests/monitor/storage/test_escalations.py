"""The ladder's rows on both databases: claimed by one at a time, found by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from alerts import ladder
from alerts.case import CaseState
from alerts.flow import Reason, Told
from alerts.rungs import LadderCase, Rung, RungState, Staff
from alerts.severity import Severity
from monitor.config_ladder import EscalationSettings
from monitor.storage import audits, escalations, tellings
from monitor.storage import tables as t
from monitor.storage.case_tables import case_event, escalation, notice
from monitor.storage.database import Database, _alembic
from tests.factories import T0, Rows
from tests.monitor.storage.test_indexes import scans

POLICY = EscalationSettings().ladder()
LATER = T0 + timedelta(hours=1)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def rung_of(case_id: int, severity: Severity = Severity.IMPORTANT) -> Rung:
    case = LadderCase(case_id, severity, CaseState.FIRING, T0)
    return ladder.arm(case, POLICY.policy(severity), Staff(), T0, again=False)


def armed(database: Database, *case_ids: int) -> None:
    with database.write() as connection:
        escalations.arm(connection, [rung_of(case_id) for case_id in case_ids])


def claimed(connection: Connection, now: datetime = T0, limit: int = 10) -> list[int]:
    return [each.case.id for each in escalations.claim(connection, now, limit)]


# Starting


def test_a_case_wants_a_ladder_while_it_is_open_and_graver_than_its_last(
    database: Database, rows: Rows
) -> None:
    new, grown = rows.case(severity=1), rows.case(severity=3, armed_severity=2)
    rows.case(severity=2, armed_severity=2)
    rows.case(severity=3, closed_at=T0)
    with database.write() as connection:
        assert escalations.any_work(connection, T0)
        found = escalations.unarmed(connection, 10)
        assert [(each.case.id, each.again) for each in found] == [(new, False), (grown, True)]
        assert [each.case.id for each in escalations.unarmed(connection, 1)] == [new]
        only = escalations.unarmed(connection, 10, [grown, 999])
        assert [each.case.id for each in only] == [grown]
        assert escalations.unarmed(connection, 10, []) == []


def test_what_is_started_is_stored_with_the_case(database: Database, rows: Rows) -> None:
    case = rows.case(severity=2)
    armed(database, case)
    with database.read() as connection:
        (stored,) = escalations.of_cases(connection, [case])[case]
        assert stored == replace(rung_of(case), id=stored.id)
        assert connection.execute(select(t.alert_case.c.armed_severity)).scalar_one() == 2
        assert escalations.any_work(connection, T0)
        assert not escalations.any_work(connection, T0 - timedelta(hours=1))


def test_cases_from_before_the_ladder_climb_none(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    with database.engine.connect() as connection:
        command.upgrade(_alembic(connection), "0003")
        connection.exec_driver_sql(
            "INSERT INTO alert_case (brand, fold_key, severity, state, topic, risk, author_key,"
            " spread_count, published_at, opened_at, due_at)"
            " VALUES ('b', 'weibo:t:f', 2, 'firing', 'other', 'none', 'weibo:1', 1, 0, 0, 0)"
        )
        connection.commit()
    database.upgrade()
    with database.write() as connection:
        assert escalations.unarmed(connection, 10) == []
        connection.execute(update(t.alert_case).values(severity=3))
        (risen,) = escalations.unarmed(connection, 10)
    assert risen.again
    with database.read() as connection:
        (known,) = tellings.known(connection, [1]).values()
        case = connection.execute(select(t.alert_case)).one()
    assert known.told is not None
    assert (known.told.reason, case.platform) == (Reason.FIRST, "weibo")
    database.close()


def test_a_ladder_that_was_run_before_is_not_started_twice(database: Database, rows: Rows) -> None:
    case = rows.case(severity=2)
    armed(database, case)
    armed(database, case)
    with database.read() as connection:
        assert len(escalations.of_cases(connection, [case])[case]) == 1


def test_one_call_cannot_be_stored_twice(database: Database, rows: Rows) -> None:
    case = rows.case()
    armed(database, case)
    with pytest.raises(IntegrityError), database.write() as connection:
        escalations.add(connection, [rung_of(case)])


# Claiming


def test_due_calls_and_expired_acknowledgements_are_claimed_with_their_cases(
    database: Database, rows: Rows
) -> None:
    due, both, acked, quiet = (rows.case(severity=2) for _ in range(4))
    armed(database, due, both)
    with database.write() as connection:
        connection.execute(
            update(t.alert_case)
            .where(t.alert_case.c.id.in_([both, acked]))
            .values(ack_expires_at=T0, acked_by="lin", acked_at=T0, state="acked")
        )
        found = escalations.claim(connection, T0, 10)
    assert [each.case.id for each in found] == [due, both, acked]
    assert [len(each.rungs) for each in found] == [1, 1, 0]
    assert found[1].case.acked_by == "lin"
    assert found[1].view.brand == "星云手表"
    assert quiet not in [each.view.id for each in found]


def test_what_is_due_longest_is_claimed_first(database: Database, rows: Rows) -> None:
    cases = [rows.case() for _ in range(3)]
    armed(database, *cases)
    with database.write() as connection:
        for n, case in enumerate(cases):
            at = T0 - timedelta(seconds=n)
            escalations.look_again(connection, [case], at)
        assert claimed(connection, limit=2) == [cases[2], cases[1]]
        assert claimed(connection, T0 - timedelta(hours=1)) == []


@pytest.mark.postgres
def test_what_one_process_holds_another_leaves_out(
    postgres_database: Database, request: pytest.FixtureRequest
) -> None:
    database = postgres_database
    with database.write() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
    rows = Rows(database)
    one, other, wanting = rows.case(), rows.case(), rows.case(severity=3)
    armed(database, one, other)
    with database.write() as first, database.write() as second:
        assert claimed(first, limit=1) == [one]
        assert claimed(second) == [other]
        assert [each.case.id for each in escalations.unarmed(first, 10)] == [wanting]
        assert escalations.unarmed(second, 10) == []
    with database.write() as first, database.write() as second:
        # Whoever changes the case holds it: its calls wait, nothing blocks.
        locked = select(t.alert_case.c.id).where(t.alert_case.c.id == one).with_for_update()
        first.execute(locked)
        assert claimed(second) == [other]


# Writing


def test_what_became_of_a_call_is_read_as_it_was_written(database: Database, rows: Rows) -> None:
    case = rows.case()
    armed(database, case)
    with database.write() as connection:
        (before,) = escalations.of_cases(connection, [case])[case]
        after = replace(
            before,
            state=RungState.ACTED,
            due_at=None,
            deadline_at=LATER,
            fired_at=T0,
            paged=2,
            person="林夏",
            acted_at=LATER,
            acted_by="林夏",
            outcome="acked",
        )
        escalations.save(connection, [after])
        following = after.following(after.policy.level("director"), LATER)
        (new,) = escalations.add(connection, [following])
        stored = escalations.of_cases(connection, [case])[case]
    assert stored == (after, replace(following, id=new))


def test_an_acknowledgement_that_is_over_leaves_the_case_firing_unless_it_is_closed(
    database: Database, rows: Rows
) -> None:
    values = {"state": "acked", "ack_expires_at": T0, "acked_by": "lin"}
    over, answered = rows.case(**values), rows.case(**values)
    closed = rows.case(**{**values, "state": "resolved", "closed_at": T0})
    with database.write() as connection:
        firing = CaseState.FIRING
        escalations.end_acks(connection, {over: firing, answered: None, closed: firing})
        c = t.alert_case.c
        found = connection.execute(select(c.id, c.state, c.ack_expires_at, c.acked_by)).all()
    assert sorted(tuple(row) for row in found) == [
        (over, "firing", None, "lin"),
        (answered, "acked", None, "lin"),
        (closed, "resolved", None, "lin"),
    ]


def test_looking_again_wakes_open_calls_only(database: Database, rows: Rows) -> None:
    case = rows.case()
    armed(database, case)
    with database.write() as connection:
        (rung,) = escalations.of_cases(connection, [case])[case]
        over = replace(rung, state=RungState.ACTED, due_at=None)
        escalations.save(connection, [over])
        escalations.look_again(connection, [case], LATER)
        assert escalations.of_cases(connection, [case])[case] == (over,)
        escalations.save(connection, [rung])
        escalations.look_again(connection, [case], LATER)
        (woken,) = escalations.of_cases(connection, [case])[case]
    assert woken.due_at == LATER


@pytest.mark.parametrize(
    ("notices", "untold"),
    [
        ([], False),
        ([("suppressed_by_silence", 0)], True),
        ([("suppressed_by_quiet_hours", 0), ("suppressed_by_inhibition", 0)], True),
        ([("suppressed_by_silence", 0), ("", 1)], False),
        ([("suppressed_by_silence", 3)], False),
        ([("suppressed_by_storm", 0)], False),
    ],
)
def test_a_case_is_untold_while_everybody_is_kept_from_it(
    database: Database, rows: Rows, notices: list[tuple[str, int]], untold: bool
) -> None:
    case = rows.case(first_delivered_at=T0)
    for n, (held, times) in enumerate(notices):
        rows.insert(
            notice,
            case_id=case,
            receiver=f"r{n}",
            reason="first",
            severity=1,
            spread=1,
            posts=1,
            times=times,
            told_at=T0,
            held=held,
        )
    with database.read() as connection:
        (each,) = escalations.held(connection, [case, 999])
    assert each.case.untold is untold


@pytest.mark.parametrize(
    ("delivered_at", "routed", "untold"),
    [(None, True, True), (T0, True, False), (None, False, False)],
)
def test_a_case_is_untold_while_its_first_message_is_on_the_way(
    database: Database, rows: Rows, delivered_at: datetime | None, routed: bool, untold: bool
) -> None:
    case = rows.case(first_delivered_at=delivered_at)
    rows.alert(case_id=case, routed=routed)
    first = Told(Reason.FIRST, Severity.NORMAL, 1, 1, ended=False, told_at=T0)
    with database.write() as connection:
        tellings.save_told(connection, [(case, "default", first)])
        (each,) = escalations.held(connection, [case])
    assert each.case.untold is untold


# The auditor's questions


def test_the_auditor_counts_what_should_have_happened(database: Database, rows: Rows) -> None:
    before = T0 + timedelta(minutes=5)
    case = rows.case(severity=2, ack_expires_at=T0, tell_at=T0)
    armed(database, case)
    rows.case(severity=2, armed_severity=2, ack_expires_at=LATER, tell_at=LATER)
    with database.read() as connection:
        assert audits.calls_due(connection, before) == 1
        assert audits.calls_due(connection, T0 - timedelta(seconds=1)) == 0
        assert audits.acks_over(connection, before) == 1
        assert audits.cases_untold(connection, before) == 1
        assert audits.ladders_wanted(connection, before) == 0


def test_the_auditor_sees_a_case_that_has_waited_for_its_ladder(
    database: Database, rows: Rows
) -> None:
    before = T0 + timedelta(minutes=5)
    old = rows.case(severity=2, opened_at=T0)
    rows.case(severity=2, opened_at=LATER)
    rows.case(severity=2, opened_at=T0, last_post_at=LATER)
    rows.case(severity=2, opened_at=T0, closed_at=T0)
    with database.read() as connection:
        assert audits.ladders_wanted(connection, before) == 1
    rows.insert(case_event, case_id=old, at=LATER, kind="severity", data={})
    with database.read() as connection:
        assert audits.ladders_wanted(connection, before) == 0


def test_the_auditor_sees_deliveries_held_by_nobody(database: Database, rows: Rows) -> None:
    sending = {"state": "sending", "lease_owner": "x"}
    rows.delivery(rows.alert(), lease_until=T0, **sending)
    rows.delivery(rows.alert(), lease_until=LATER, **sending)
    rows.delivery(rows.alert(), lease_until=T0, finished_at=T0, **sending)
    rows.delivery(rows.alert(), lease_until=None)
    with database.read() as connection:
        assert audits.leases_over(connection, T0 + timedelta(seconds=1)) == 1


def test_the_auditor_sees_cases_that_were_to_be_told_and_reached_nobody(
    database: Database, rows: Rows
) -> None:
    def count() -> int:
        with database.read() as connection:
            return audits.cases_undelivered(connection, T0, T0 + timedelta(minutes=9))

    lost = rows.case()
    assert count() == 0  # Nobody was to be told yet.
    rows.alert(case_id=lost)
    assert count() == 1
    rows.alert(case_id=rows.case(published_at=LATER))
    rows.alert(case_id=rows.case(first_delivered_at=T0))
    rows.alert(case_id=rows.case(closed_at=T0))
    rows.alert(case_id=rows.case(), routed=False)
    rows.alert(case_id=rows.case(), created_at=LATER)
    assert count() == 1
    among = rows.case()
    with database.write() as connection:
        rollup = t.metadata.tables["rolled_up"]
        alert_id = connection.execute(
            insert(t.alert)
            .values(
                kind="rollup",
                key="many",
                reason="rolled_up",
                severity=1,
                brand="",
                title="",
                message={},
                created_at=T0,
            )
            .returning(t.alert.c.id)
        ).scalar_one()
        connection.execute(insert(rollup).values(alert_id=alert_id, case_id=among))
    assert count() == 2


# Indexes

MANY = 5_000
WAITING = {"ix_case_unarmed"}
STEPS: dict[str, Callable[[Connection], object]] = {
    "any_work": lambda c: escalations.any_work(c, T0),
    "unarmed": lambda c: escalations.unarmed(c, 200),
    "unarmed_of": lambda c: escalations.unarmed(c, 200, [5, 6]),
    "claim": lambda c: escalations.claim(c, T0 + timedelta(minutes=5), 200),
    "save": lambda c: escalations.save(c, [replace(rung_of(5), id=5)]),
    "look_again": lambda c: escalations.look_again(c, [5], T0),
    "end_acks": lambda c: escalations.end_acks(c, {5: CaseState.FIRING}),
    "calls_due": lambda c: audits.calls_due(c, T0),
    "acks_over": lambda c: audits.acks_over(c, T0),
    "ladders_wanted": lambda c: audits.ladders_wanted(c, T0),
    "cases_untold": lambda c: audits.cases_untold(c, T0),
    "cases_undelivered": lambda c: audits.cases_undelivered(c, T0, T0),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with many ladders, most of them over."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('ladders') / 'full.db'}")
    t.metadata.create_all(database.engine)
    rows = Rows(database)
    rows.case(id=1)
    with database.write() as connection:
        case = dict(connection.execute(select(t.alert_case)).mappings().one())
        more = [
            {
                **case,
                "id": n,
                "fold_key": f"f{n}",
                "armed_severity": 2 if n % 500 else 0,
                "first_delivered_at": T0 if n % 500 else None,
            }
            for n in range(2, MANY)
        ]
        connection.execute(insert(t.alert_case), more)
        escalations.arm(connection, [rung_of(n) for n in range(1, MANY)])
        done = update(escalation).where(escalation.c.id % 500 != 0)
        connection.execute(done.values(due_at=None))
        connection.execute(update(t.alert_case).values(armed_severity=2))
        connection.execute(
            update(t.alert_case).where(t.alert_case.c.id % 500 == 0).values(armed_severity=1)
        )
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    yield database
    database.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_finds_its_rows_by_an_index(full: Database, step: str) -> None:
    def run(database: Database) -> None:
        with database.engine.connect() as connection:
            STEPS[step](connection)
            connection.rollback()

    lines = scans(full, run)
    assert [line for line in lines if not any(name in line for name in WAITING)] == []
