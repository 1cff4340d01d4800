"""Substitutions as they are stored: in force, cancelled, listed, each deed on record."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from alerts.rota import Override, Person, Roster, Rota, next_change_at, on_call
from alerts.substitution import Draft, Fault, Substitution, SubstitutionError
from monitor.storage import rotas
from monitor.storage.database import Database
from monitor.storage.paging import decode_cursor
from monitor.storage.people import AuditLog
from tests.conftest import Clock

DAY = timedelta(days=1)
PEOPLE = {name: Person(name) for name in ("林夏", "周宁", "Chen")}
PR, LEAD = (
    Rota(name, ("林夏", "周宁"), UTC, date(2026, 11, 16), turn_hours=7 * 24)
    for name in ("pr", "lead")
)
ROSTER = Roster(PEOPLE, {}, {"pr": PR, "lead": LEAD})


class Desk:
    """Enters and cancels substitutions at the clock's time, each in its own transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    def add(
        self,
        person: str = "林夏",
        substitute: str = "Chen",
        days: tuple[float, float] = (0, 2),
        rota: str = "pr",
        reason: str = "",
    ) -> Substitution:
        now = self.clock()
        override = Override(person, substitute, now + days[0] * DAY, now + days[1] * DAY)
        with self.database.write() as connection:
            return rotas.add(connection, Draft(rota, override, reason), ROSTER, "周宁", now)

    def cancel(self, substitution_id: int) -> Substitution:
        with self.database.write() as connection:
            return rotas.cancel(connection, substitution_id, "林夏", self.clock())

    def in_force(self, days: float = 0, rota: str = "pr") -> list[tuple[str, str]]:
        with self.database.read() as connection:
            found = rotas.in_force(connection, rota, self.clock() + days * DAY)
        return [(o.person, o.substitute) for o in found]

    def deeds(self) -> list[tuple[str, str, str]]:
        log = AuditLog(self.database, self.clock)
        return [(event.who, event.action, event.subject) for event in log.page(50).items]


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def test_a_substitution_is_stored_as_it_was_asked_for(desk: Desk, clock: Clock) -> None:
    made = desk.add(reason=" 年假 \0🌴 ")
    assert made.draft.rota == "pr"
    assert made.override == Override("林夏", "Chen", clock(), clock() + 2 * DAY)
    assert (made.author, made.created_at, made.draft.reason) == ("周宁", clock(), "年假 \ufffd🌴")
    assert (made.cancelled_at, made.cancelled_by) == (None, "")
    with desk.database.read() as connection:
        assert rotas.pending(connection, clock()) == (made,)


def test_it_is_in_force_from_its_start_up_to_its_end(desk: Desk) -> None:
    desk.add(days=(1, 2))
    second = 1 / 86_400
    chen = [("林夏", "Chen")]
    assert [desk.in_force(d) for d in (1 - second, 1, 2 - second, 2)] == [[], chen, chen, []]


def test_one_for_every_rota_is_in_force_in_each(desk: Desk) -> None:
    desk.add(rota="")
    desk.add("周宁", "", rota="lead")
    assert desk.in_force(rota="pr") == [("林夏", "Chen")]
    assert desk.in_force(rota="lead") == [("林夏", "Chen"), ("周宁", "")]


def test_it_does_not_begin_before_it_was_made(desk: Desk, clock: Clock) -> None:
    made = desk.add(days=(-1, 1))
    assert made.override.starts_at == clock()
    assert desk.in_force(-0.5) == []
    assert desk.in_force(0) == [("林夏", "Chen")]


def test_a_cancelled_one_was_in_force_until_then(desk: Desk, clock: Clock) -> None:
    made = desk.add()
    clock.advance(3600)
    cancelled = desk.cancel(made.id)
    assert (cancelled.cancelled_at, cancelled.cancelled_by) == (clock(), "林夏")
    assert cancelled.until == clock()
    assert desk.in_force() == []
    assert desk.in_force(-1 / 86_400) == [("林夏", "Chen")]


def test_the_one_made_last_counts_until_it_is_cancelled(desk: Desk, clock: Clock) -> None:
    desk.add()
    second = desk.add(substitute="周宁")

    def answer() -> str | None:
        with desk.database.read() as connection:
            return on_call(PR, rotas.in_force(connection, "pr", clock()), clock(), {})

    assert answer() == "周宁"
    desk.cancel(second.id)
    assert answer() == "Chen"


def test_what_is_to_come_tells_the_next_change(desk: Desk, clock: Clock) -> None:
    desk.add(days=(0.25, 0.5))
    desk.add(days=(0.1, 0.2), rota="lead")
    with desk.database.read() as connection:
        coming = [s.override for s in rotas.pending(connection, clock(), "pr")]
    assert next_change_at(PR, coming, clock(), {}) == clock() + 0.25 * DAY


def test_pending_are_those_not_over_in_order_of_making(desk: Desk, clock: Clock) -> None:
    first = desk.add(days=(3, 4))
    cancelled = desk.add()
    second = desk.add(days=(0, 1), rota="lead")
    everywhere = desk.add("Chen", "", (0, 3), rota="")
    over = desk.add(days=(0, 0.5))
    desk.cancel(cancelled.id)
    clock.advance(over.override.ends_at.timestamp() - clock().timestamp())

    with desk.database.read() as connection:
        assert rotas.pending(connection, clock()) == (first, second, everywhere)
        assert rotas.pending(connection, clock(), "pr") == (first, everywhere)


def test_the_history_keeps_everything_newest_first(desk: Desk, clock: Clock) -> None:
    ids = []
    for _ in range(3):
        ids.append(desk.add().id)
        clock.advance(1)
    desk.cancel(ids[1])
    with desk.database.read() as connection:
        page = rotas.page(connection, 2)
        assert page.next_cursor is not None
        rest = rotas.page(connection, 2, decode_cursor(page.next_cursor))
    assert [s.id for s in page.items + rest.items] == ids[::-1]
    assert [bool(s.cancelled_at) for s in page.items + rest.items] == [False, True, False]
    assert rest.next_cursor is None


def test_each_deed_is_on_the_record(desk: Desk) -> None:
    made = desk.add()
    desk.add("周宁", "", rota="")
    desk.cancel(made.id)
    times = "2026-11-22T04:00+00:00 to 2026-11-24T04:00+00:00"
    assert desk.deeds() == [
        ("林夏", "substitution_cancelled", f"{made.id} pr: Chen for 林夏, {times}"),
        ("周宁", "substitution_added", f"{made.id + 1} every rota: nobody for 周宁, {times}"),
        ("周宁", "substitution_added", f"{made.id} pr: Chen for 林夏, {times}"),
    ]


def test_what_is_refused_leaves_nothing(desk: Desk, clock: Clock) -> None:
    with pytest.raises(SubstitutionError) as caught:
        desk.add("Nobody")
    assert caught.value.fault is Fault.NO_PERSON
    assert desk.deeds() == []
    with desk.database.read() as connection:
        assert rotas.page(connection, 5).items == ()


def test_only_one_that_is_not_over_can_be_cancelled(desk: Desk, clock: Clock) -> None:
    made, other = desk.add(), desk.add()
    desk.cancel(made.id)
    clock.advance(3 * 86_400)
    faults = []
    for each in (made.id, other.id, other.id + 1):
        with pytest.raises(SubstitutionError) as caught:
            desk.cancel(each)
        faults.append(caught.value.fault)
    assert faults == [Fault.OVER, Fault.OVER, Fault.UNKNOWN]
    assert len(desk.deeds()) == 3
