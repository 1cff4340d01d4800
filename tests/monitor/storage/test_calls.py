"""The ladder's calls in lists, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.rungs import FIRST, Level, Policy, Rule, Rung, RungState, Trigger
from alerts.severity import Severity
from monitor.storage import calls, escalations
from monitor.storage.database import Database
from monitor.storage.paging import decode_cursor
from tests.factories import BRAND, T0, Rows

POLICY = Policy(Trigger("lead", 1800), (Level("lead", "组长", "team lead", 900),))


def rung(case_id: int, state: RungState, minutes: int = 0) -> Rung:
    at = T0 + timedelta(minutes=minutes)
    return Rung(
        id=0,
        case_id=case_id,
        rule=Rule.UNANSWERED,
        trigger_key=f"{FIRST}:{minutes}",
        level="lead",
        severity=Severity.NORMAL,
        policy=POLICY,
        state=state,
        armed_at=at,
        due_at=at if state.is_open else None,
        deadline_at=at,
    )


@pytest.fixture
def made(database: Database) -> dict[str, int]:
    """Return calls of two cases by their names."""
    rows = Rows(database)
    one, other = rows.case(), rows.case(brand="流光耳机", severity=3)
    wanted = {
        "late": rung(one, RungState.ARMED, 50),
        "missed": rung(one, RungState.MISSED, 1),
        "soon": rung(other, RungState.FIRED, 10),
        "acted": rung(other, RungState.ACTED, 3),
    }
    with database.write() as connection:
        ids = escalations.add(connection, list(wanted.values()))
    return dict(zip(wanted, ids, strict=True))


def test_running_calls_are_listed_by_their_time(database: Database, made: dict[str, int]) -> None:
    with database.read() as connection:
        first, last = calls.running(connection)
        [alone] = calls.running(connection, 1)

    assert (first.rung.id, last.rung.id) == (made["soon"], made["late"])
    assert (first.brand, first.case_severity, last.brand) == ("流光耳机", 3, BRAND)
    assert alone == first
    assert first.rung.policy == POLICY


@pytest.mark.parametrize(
    ("states", "found"),
    [
        ((), ["acted", "soon", "missed", "late"]),
        (calls.OPEN, ["soon", "late"]),
        (("missed",), ["missed"]),
        (("cancelled",), []),
    ],
)
def test_calls_are_listed_by_state_the_last_first(
    database: Database, made: dict[str, int], states: tuple[str, ...], found: list[str]
) -> None:
    with database.read() as connection:
        page = calls.page(connection, states, 10)
    assert [row.rung.id for row in page.items] == [made[name] for name in found]


def test_calls_of_one_case_are_paged(database: Database, made: dict[str, int]) -> None:
    case_id = 0
    with database.read() as connection:
        case_id = calls.running(connection)[0].rung.case_id
        first = calls.page(connection, (), 1, case_id=case_id)
        assert first.next_cursor
        last = calls.page(connection, (), 1, decode_cursor(first.next_cursor), case_id=case_id)

    ids = [row.rung.id for page in (first, last) for row in page.items]
    assert ids == [made["acted"], made["soon"]]
    assert last.next_cursor is None


def test_a_call_keeps_what_became_of_it(database: Database, made: dict[str, int]) -> None:
    with database.write() as connection:
        [row] = calls.page(connection, ("fired",), 1).items
        done = replace(row.rung, state=RungState.ACTED, due_at=None, acted_by="林", outcome="acked")
        escalations.save(connection, [done])
    with database.read() as connection:
        assert [each.rung.id for each in calls.running(connection)] == [made["late"]]
        assert calls.page(connection, ("acted",), 9).items[-1].rung == done
