"""Retention deletes what is past its time, with what hangs on it, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, event, func, insert, select

from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.retention import STEP_ROWS, Retention, purge
from tests.factories import BRAND, T0, Rows

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
KEEP = Retention(unmatched_posts=7 * DAY, posts=180 * DAY, bad_items=14 * DAY, audit=365 * DAY)
NOW = T0


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def ids(database: Database, table: Table, column: Any = None) -> list[Any]:
    wanted = table.c.id if column is None else column
    with database.read() as connection:
        return list(connection.execute(select(wanted).order_by(wanted)).scalars())


def at(age: timedelta) -> dict[str, Any]:
    return {"published_at": NOW - age, "first_seen_at": NOW - age}


def story(rows: Rows, age: timedelta, *, closed: bool = True) -> tuple[int, int, int]:
    """A complaint with everything that hangs on it: (post, case, alert)."""
    when = NOW - age
    case = {
        "published_at": when,
        "opened_at": when,
        "closed_at": when + SECOND if closed else None,
    }
    made = rows.case(**case)
    post = rows.post(**at(age))
    hit = rows.hit(post, case_id=made)
    rows.verdict(hit)
    alert = rows.alert(case_id=made, hit_id=hit, created_at=when)
    rows.delivery(alert)
    return post, made, alert


def test_an_empty_database_has_nothing_to_delete(database: Database) -> None:
    assert set(purge(database, KEEP, NOW).values()) == {0}


def test_unmatched_posts_go_early_and_matched_ones_stay(database: Database, rows: Rows) -> None:
    rows.post(**at(7 * DAY + SECOND))
    edge = rows.post(**at(7 * DAY))
    read_late = rows.post(published_at=NOW - 90 * DAY, first_seen_at=NOW - DAY)
    matched = rows.post(**at(90 * DAY))
    rows.hit(matched)
    assert purge(database, KEEP, NOW)["post"] == 1
    assert ids(database, t.post) == sorted([edge, read_late, matched])


def test_a_story_goes_with_all_that_hangs_on_it_after_its_time(
    database: Database, rows: Rows
) -> None:
    story(rows, 180 * DAY + SECOND)
    young = story(rows, 180 * DAY)
    deleted = purge(database, KEEP, NOW)
    assert {name: count for name, count in deleted.items() if count} == {
        "post": 1,
        "alert_case": 1,
    }
    assert tuple(ids(database, table)[0] for table in (t.post, t.alert_case, t.alert)) == young
    for table in (t.post, t.hit, t.verdict, t.alert_case, t.alert, t.delivery):
        assert len(ids(database, table)) == 1


def test_an_open_case_stays_with_its_alerts_however_old(database: Database, rows: Rows) -> None:
    _, case, alert = story(rows, 400 * DAY, closed=False)
    purge(database, KEEP, NOW)
    assert (ids(database, t.alert_case), ids(database, t.alert)) == ([case], [alert])
    assert ids(database, t.delivery)


def test_messages_about_the_service_go_with_posts(database: Database, rows: Rows) -> None:
    rows.delivery(rows.alert(kind="operational", created_at=NOW - 180 * DAY - SECOND))
    kept = rows.alert(kind="operational", created_at=NOW - 180 * DAY)
    assert purge(database, KEEP, NOW)["alert"] == 1
    assert ids(database, t.alert) == [kept]
    assert ids(database, t.delivery) == []


CLASSES: list[tuple[Table, str, timedelta, dict[str, Any]]] = [
    (t.bad_item, "seen_at", 14 * DAY, {"source": "w", "reason": "r", "raw": "x"}),
    (t.audit, "at", 365 * DAY, {"who": "a", "action": "login", "subject": ""}),
    (
        t.gap,
        "closed_at",
        180 * DAY,
        {"source": "w", "query_key": "q", "since_at": T0, "until_at": T0, "created_at": T0},
    ),
    (
        t.outage,
        "cleared_at",
        180 * DAY,
        {"subject": "w", "cause": "auth", "detail": "", "started_at": T0 - 999 * DAY},
    ),
]


@pytest.mark.parametrize(
    ("table", "column", "age", "values"), CLASSES, ids=[case[0].name for case in CLASSES]
)
def test_each_class_has_its_own_time(
    database: Database,
    rows: Rows,
    table: Table,
    column: str,
    age: timedelta,
    values: dict[str, Any],
) -> None:
    for number, when in enumerate((age + SECOND, age, timedelta(0))):
        own = {"digest": f"d{number}"} if table is t.bad_item else {}
        rows.insert(table, **values, **own, **{column: NOW - when})
    assert purge(database, KEEP, NOW)[table.name] == 1
    assert ids(database, table, table.c[column]) == [NOW - age, NOW]


def test_what_is_still_open_stays(database: Database, rows: Rows) -> None:
    for table, column, _, values in CLASSES[2:]:
        rows.insert(table, **values, **{column: None})
    purge(database, KEEP, NOW + 999 * DAY)
    assert len(ids(database, t.gap)) == len(ids(database, t.outage)) == 1


def test_logins_end_when_they_expire_and_people_stay(database: Database, rows: Rows) -> None:
    with database.write() as connection:
        user = connection.execute(
            insert(t.user)
            .values(name="a", role="pr", password_hash="x", created_at=NOW - 999 * DAY)
            .returning(t.user.c.id)
        ).scalar_one()
    for digest, expires_at in (("old", NOW - SECOND), ("new", NOW + SECOND)):
        values = {"user_id": user, "csrf_token": "c", "created_at": NOW - 9 * DAY}
        rows.insert(t.session, digest=digest, expires_at=expires_at, **values)
    rows.insert(t.token, name="p", role="pr", digest="d", created_at=NOW - 999 * DAY)
    assert purge(database, KEEP, NOW)["login_session"] == 1
    assert ids(database, t.session, t.session.c.digest) == ["new"]
    assert len(ids(database, t.user)) == len(ids(database, t.token)) == 1


def test_volumes_and_standing_state_stay_as_long_as_they_are_used(
    database: Database, rows: Rows
) -> None:
    for age in (31 * DAY, 29 * DAY):
        rows.insert(t.volume, platform="weibo", brand=BRAND, hour_at=NOW - age, posts=1)
    rows.query(last_run_at=NOW - 999 * DAY)
    rows.insert(t.beat, name="auditor", at=NOW - 999 * DAY)
    rows.insert(t.channel_health, channel="pr", failures=0)
    rows.insert(t.source_health, source="weibo", state={}, updated_at=NOW - 999 * DAY)
    assert purge(database, KEEP, NOW)["volume"] == 1
    for table in (t.volume, t.query_state, t.beat, t.channel_health, t.source_health):
        with database.read() as connection:
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1


def test_a_second_purge_finds_nothing(database: Database, rows: Rows) -> None:
    story(rows, 200 * DAY)
    rows.post(**at(9 * DAY))
    purge(database, KEEP, NOW)
    assert set(purge(database, KEEP, NOW).values()) == {0}


def test_much_is_deleted_in_small_transactions(database: Database) -> None:
    old = NOW - 20 * DAY
    items = [
        {"source": "w", "reason": "r", "raw": "x", "digest": f"d{n}", "seen_at": old}
        for n in range(2 * STEP_ROWS + 1)
    ]
    with database.write() as connection:
        connection.execute(insert(t.bad_item), items)
    counts: list[int] = []

    def note(_c: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("DELETE FROM bad_item"):
            counts.append(cursor.rowcount)

    commits: list[int] = []
    event.listen(database.engine, "after_cursor_execute", note)
    event.listen(database.engine, "commit", lambda _: commits.append(len(counts)))
    assert purge(database, KEEP, NOW)["bad_item"] == 2 * STEP_ROWS + 1
    event.remove(database.engine, "after_cursor_execute", note)
    assert counts == [STEP_ROWS, STEP_ROWS, 1]
    assert {1, 2, 3} <= set(commits)
