"""Cases that want to be told of, what receivers know, and what a message shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from alerts.case import CaseState
from alerts.flow import Because, Reason, Told
from alerts.severity import Severity
from alerts.storm import Spent
from monitor.storage import tables as t
from monitor.storage import tellings, timeline
from monitor.storage.database import Database
from monitor.storage.timeline import CaseEvent, EventKind
from tests.factories import BRAND, T0, Rows

MINUTE = timedelta(minutes=1)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def told(reason: Reason = Reason.FIRST, at: datetime = T0, **changes: object) -> Told:
    values: dict[str, object] = {
        "reason": reason,
        "severity": Severity.NORMAL,
        "spread": 1,
        "posts": 1,
        "ended": False,
        "told_at": at,
        "times": 1,
    }
    return Told(**{**values, **changes})  # type: ignore[arg-type]


def test_cases_come_when_they_are_due_the_gravest_and_oldest_first(
    database: Database, rows: Rows
) -> None:
    young = rows.case(tell_at=T0, published_at=T0)
    old = rows.case(tell_at=T0, published_at=T0 - MINUTE)
    urgent = rows.case(tell_at=T0 - MINUTE, severity=3)
    rows.case(tell_at=T0 + MINUTE)
    rows.case(tell_at=None)
    with database.write() as connection:
        assert [case.id for case in tellings.due(connection, T0, 10)] == [urgent, old, young]
        assert [case.id for case in tellings.due(connection, T0, 1)] == [urgent]
        assert tellings.any_due(connection, T0)
        assert not tellings.any_due(connection, T0 - 2 * MINUTE)


@pytest.mark.parametrize(
    "database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_two_who_tell_share_the_cases(database: Database, rows: Rows) -> None:
    cases = {rows.case(tell_at=T0) for _ in range(4)}
    with database.write() as one, database.write() as other:
        first = {case.id for case in tellings.due(one, T0, 2)}
        second = {case.id for case in tellings.due(other, T0, 10)}
    assert len(first) == 2
    assert first | second == cases
    assert not first & second


def test_a_view_holds_what_the_row_says(database: Database, rows: Rows) -> None:
    case_id = rows.case(
        tell_at=T0,
        state="acked",
        acked_by="林",
        ack_expires_at=T0 + MINUTE,
        reach=7,
        posts=3,
        language="zh",
    )
    with database.write() as connection:
        (view,) = tellings.due(connection, T0, 1)
    assert (view.id, view.brand, view.state) == (case_id, BRAND, CaseState.ACKED)
    assert (view.acked_by, view.ack_expires_at) == ("林", T0 + MINUTE)
    assert (view.reach, view.posts, view.spread, view.language) == (7, 3, 1, "zh")


def test_only_wide_urgent_open_cases_of_the_brand_are_crises(
    database: Database, rows: Rows
) -> None:
    crisis = rows.case(severity=3, spread_count=100)
    rows.case(severity=3, spread_count=99)
    rows.case(severity=2, spread_count=500)
    rows.case(severity=3, spread_count=500, closed_at=T0, state="resolved")
    rows.case(severity=3, spread_count=500, brand="远山")
    with database.read() as connection:
        assert [case.id for case in tellings.crises(connection, [BRAND], 100)] == [crisis]


def test_the_open_cases_of_a_brand_since_a_time(database: Database, rows: Rows) -> None:
    since = T0 + MINUTE
    later = rows.case(opened_at=since)
    rows.case(opened_at=T0)
    rows.case(opened_at=since, closed_at=since, state="closed")
    rows.case(opened_at=since, brand="远山")
    with database.read() as connection:
        found = tellings.open_of_brand(connection, BRAND, since)
    assert [case.id for case in found] == [later]


def test_what_a_receiver_was_told_is_known_and_replaced(database: Database, rows: Rows) -> None:
    case_id = rows.case()
    grave = told(Reason.SEVERITY_UP, T0 + MINUTE, severity=Severity.URGENT, times=2, spread=9)
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "pr", told()), (case_id, "boss", told())])
        tellings.save_told(connection, [(case_id, "pr", grave)])
        tellings.save_told(connection, [])
        known = tellings.known(connection, [case_id])
    assert known[case_id, "pr"].told == grave
    assert known[case_id, "boss"].told == told()


def test_why_somebody_was_not_told_leaves_what_they_know(database: Database, rows: Rows) -> None:
    case_id = rows.case()
    because = Because.SUPPRESSED_BY_SILENCE.value
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "pr", told())])
        tellings.save_held(connection, [(case_id, "pr", because), (case_id, "boss", because)], T0)
        tellings.save_held(connection, [], T0)
        known = tellings.known(connection, [case_id])
        assert known[case_id, "pr"].told == told()
        assert known[case_id, "boss"].told is None
        assert {each.held for each in known.values()} == {because}
        tellings.save_told(connection, [(case_id, "boss", told())])
        assert tellings.known(connection, [case_id])[case_id, "boss"].held == ""


def test_what_was_told_lately_is_counted_for_each_receiver(database: Database, rows: Rows) -> None:
    cases = [rows.case() for _ in range(5)]
    urgent = told(severity=Severity.URGENT)
    with database.write() as connection:
        tellings.save_told(
            connection,
            [
                (cases[0], "pr", told()),
                (cases[1], "pr", urgent),
                (cases[2], "pr", told(Reason.ROLLED_UP, T0 + MINUTE)),
                (cases[3], "pr", told(at=T0 - MINUTE)),
                (cases[0], "boss", urgent),
            ],
        )
        tellings.save_held(connection, [(cases[4], "pr", "x")], T0)
        lately = tellings.lately(connection, T0, T0)
    assert lately.spent == {"pr": Spent(normal=1, urgent=1), "boss": Spent(normal=0, urgent=1)}
    assert lately.rolled_up_at == {"pr": T0 + MINUTE}


def test_the_end_of_an_urgent_case_spends_no_urgent_message(database: Database, rows: Rows) -> None:
    over = told(Reason.RESOLVED, severity=Severity.URGENT, ended=True)
    case_id = rows.case()
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "pr", over)])
        lately = tellings.lately(connection, T0, T0)
    assert lately.spent == {"pr": Spent(normal=1, urgent=0)}


def test_roll_ups_and_single_messages_are_counted_since_times_of_their_own(
    database: Database, rows: Rows
) -> None:
    cases = [rows.case() for _ in range(4)]
    with database.write() as connection:
        tellings.save_told(
            connection,
            [
                (cases[0], "pr", told(at=T0 - MINUTE)),
                (cases[1], "pr", told(Reason.ROLLED_UP, T0 - MINUTE)),
                (cases[2], "boss", told(at=T0)),
                (cases[3], "boss", told(Reason.ROLLED_UP, T0 - 3 * MINUTE)),
            ],
        )
        early = tellings.lately(connection, T0, T0 - 2 * MINUTE)
        late = tellings.lately(connection, T0 - 3 * MINUTE, T0)
    assert early.spent == {"pr": Spent(), "boss": Spent(normal=1)}
    assert early.rolled_up_at == {"pr": T0 - MINUTE}
    assert late.spent == {"pr": Spent(normal=1), "boss": Spent(normal=1)}
    assert late.rolled_up_at == {}


def test_the_next_look_is_a_time_or_never(database: Database, rows: Rows) -> None:
    one, other, third = (rows.case(tell_at=T0) for _ in range(3))
    with database.write() as connection:
        tellings.next_looks(connection, {one: T0 + MINUTE, other: None})
        tellings.next_looks(connection, {})
        tellings.look_again(connection, [third], T0 + 2 * MINUTE)
        tellings.look_again(connection, [], T0)
        found = connection.execute(select(t.alert_case.c.id, t.alert_case.c.tell_at))
        looks = {row.id: row.tell_at for row in found}
    assert looks == {one: T0 + MINUTE, other: None, third: T0 + 2 * MINUTE}


def test_a_message_shows_the_post_of_the_case_with_its_newest_verdict(
    database: Database, rows: Rows
) -> None:
    hit = rows.hit(rows.post(text="原文"))
    rows.verdict(hit, topic="refund")
    rows.verdict(hit, topic="quality")
    case_id = rows.case(hit_id=hit, causes=[{"code": "words"}], uncertain=True)
    with database.read() as connection:
        case = tellings.shown(connection, [case_id])[case_id]
    assert case.hit is not None
    assert case.verdict is not None
    assert (case.hit.post.text, case.verdict.topic) == ("原文", "quality")
    assert (case.causes, case.uncertain) == (({"code": "words"},), True)


def test_a_case_outlives_the_post_that_it_showed(database: Database, rows: Rows) -> None:
    hit = rows.hit(rows.post())
    case_id = rows.case(hit_id=hit)
    with database.write() as connection:
        connection.execute(delete(t.hit))
        case = tellings.shown(connection, [case_id])[case_id]
        assert (case.hit, case.verdict, case.scored_at) == (None, None, None)
        assert tellings.shown(connection, [4711]) == {}


def test_what_happened_is_kept_in_order(database: Database, rows: Rows) -> None:
    one, other = rows.case(), rows.case()
    told_ = CaseEvent(one, T0 + MINUTE, EventKind.TOLD, data={"receiver": "pr"})
    acked = CaseEvent(one, T0 + 2 * MINUTE, EventKind.ACKED, "林" * 100)
    with database.write() as connection:
        timeline.add(connection, [acked, told_, CaseEvent(other, T0, EventKind.OPENED)])
        timeline.add(connection, [])
        kept = timeline.of_case(connection, one)
        assert [event.kind for event in kept] == [EventKind.TOLD, EventKind.ACKED]
        assert kept[0] == told_
        assert kept[1].who == "林" * 80
        assert timeline.of_case(connection, one, limit=1) == (kept[1],)
