"""What polling remembers: positions and gaps, health, outages, signs of life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from monitor.storage import polling
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.polling import Outage
from scrapers.cursor import Cursor, Gap, Loss, LossReason, Position
from scrapers.post import Platform
from scrapers.source import Query
from tests.factories import BRAND, T0, Rows

MINUTE = timedelta(minutes=1)
QUERY = Query("q1", Platform.WEIBO, "星云手表 退款", (BRAND, "月亮"))
OTHER = Query("q2", Platform.WEIBO, "月亮", ("月亮",))
START = Position(None, T0, ())
GAPS = (Gap(T0 - 9 * MINUTE, T0 - 8 * MINUTE, 2), Gap(T0 - 5 * MINUTE, T0 - 4 * MINUTE))


def plan(database: Database, *planned: tuple[Query, Position], source: str = "weibo") -> None:
    with database.write() as connection:
        polling.replace_positions(connection, source, planned, T0)


def save(database: Database, query: Query, position: Position, **changes: Any) -> None:
    run: dict[str, Any] = {"ran_at": T0, "saw": True, **changes}
    with database.write() as connection:
        polling.save_position(connection, "weibo", query, position, **run)


def position(database: Database, key: str = "q1", source: str = "weibo") -> Position | None:
    with database.read() as connection:
        return polling.position(connection, source, key)


def state(database: Database, key: str = "q1") -> Any:
    with database.read() as connection:
        q = t.query_state
        return connection.execute(select(q).where(q.c.query_key == key)).one()


def test_a_query_that_was_never_planned_has_no_position(database: Database) -> None:
    assert position(database) is None


def test_a_position_comes_back_with_its_gaps_in_order(database: Database) -> None:
    plan(database, (QUERY, START))
    assert position(database) == START
    moved = Position(Cursor(T0 + MINUTE), T0, GAPS[::-1])
    save(database, QUERY, moved)
    assert position(database) == Position(Cursor(T0 + MINUTE), T0, GAPS)
    save(database, QUERY, Position(Cursor(T0 + 2 * MINUTE), T0, GAPS[1:]))
    assert position(database) == Position(Cursor(T0 + 2 * MINUTE), T0, GAPS[1:])


def test_runs_and_successes_are_remembered(database: Database) -> None:
    plan(database, (QUERY, START))
    save(database, QUERY, START, ran_at=T0 + MINUTE)
    save(database, QUERY, START, ran_at=T0 + 2 * MINUTE, saw=False)
    kept = state(database)
    assert (kept.runs, kept.last_run_at, kept.last_success_at) == (2, T0 + 2 * MINUTE, T0 + MINUTE)
    assert (kept.text, kept.brands) == (QUERY.text, list(QUERY.brands))


def test_a_query_that_left_the_plan_stays_forgotten(database: Database) -> None:
    plan(database, (QUERY, START), (OTHER, START))
    plan(database, (OTHER, START))
    save(database, QUERY, Position(Cursor(T0), T0, GAPS))
    assert position(database) is None
    with database.read() as connection:
        assert connection.execute(select(t.gap)).all() == []


def test_a_new_plan_keeps_known_queries_and_places_new_ones(database: Database) -> None:
    plan(database, (QUERY, START))
    save(database, QUERY, Position(Cursor(T0), T0, GAPS))
    inherited = Position(Cursor(T0 - MINUTE), T0, GAPS[:1])
    plan(database, (QUERY, START), (OTHER, inherited))
    assert position(database) == Position(Cursor(T0), T0, GAPS)
    assert state(database).runs == 1
    assert position(database, "q2") == inherited
    with database.read() as connection:
        assert polling.positions(connection, "weibo") == {
            "q1": (QUERY.brands, Position(Cursor(T0), T0, GAPS)),
            "q2": (OTHER.brands, inherited),
        }


def test_a_query_that_leaves_takes_its_open_gaps_but_losses_stay_on_record(
    database: Database,
) -> None:
    plan(database, (QUERY, Position(None, T0, GAPS)))
    loss = Loss(T0 - MINUTE, T0, LossReason.TRIES)
    with database.write() as connection:
        polling.record_loss(connection, "weibo", "q1", loss, T0)
    plan(database)
    with database.read() as connection:
        (kept,) = connection.execute(select(t.gap)).all()
    assert (kept.since_at, kept.until_at, kept.outcome, kept.closed_at) == (
        *(loss.since, loss.until, "tries"),
        T0,
    )


def test_a_loss_is_no_gap_any_more(database: Database) -> None:
    plan(database, (QUERY, Position(None, T0, GAPS)))
    with database.write() as connection:
        polling.record_loss(connection, "weibo", "q1", Loss(T0, T0, LossReason.TOO_OLD), T0)
        polling.save_gaps(connection, "weibo", "q1", GAPS[:1], T0)
    assert position(database) == Position(None, T0, GAPS[:1])


def test_sources_have_plans_of_their_own(database: Database) -> None:
    plan(database, (QUERY, Position(Cursor(T0), T0, GAPS)))
    plan(database, (QUERY, START), source="twitter")
    plan(database, source="twitter")
    assert position(database) == Position(Cursor(T0), T0, GAPS)
    assert position(database, source="twitter") is None
    with database.read() as connection:
        assert polling.positions(connection, "twitter") == {}


def test_misfires_are_counted(database: Database) -> None:
    plan(database, (QUERY, START), (OTHER, START))
    with database.write() as connection:
        for _ in range(3):
            polling.count_misfire(connection, "weibo", "q1")
        polling.count_misfire(connection, "weibo", "unknown")
    assert (state(database).misfires, state(database, "q2").misfires) == (3, 0)


def test_health_comes_back_as_it_was(database: Database) -> None:
    with database.write() as connection:
        assert polling.health(connection, "weibo") is None
        polling.save_health(connection, "weibo", {"failures": 1, "detail": "被限流😡"}, T0)
        polling.save_health(connection, "weibo", {"failures": 2**40, "faults": {"q": []}}, T0)
        polling.save_health(connection, "twitter", {}, T0)
    with database.read() as connection:
        assert polling.health(connection, "weibo") == {"failures": 2**40, "faults": {"q": []}}
        assert polling.health(connection, "twitter") == {}


def test_an_outage_opens_once_and_ends_once(database: Database) -> None:
    with database.write() as connection:
        first = polling.open_outage(connection, "weibo", "auth", "no\0 login", T0)
        assert first
        assert first == Outage(first.id, "weibo", "auth", "no\ufffd login", T0)
        assert polling.open_outage(connection, "weibo", "auth", "x", T0) is None
        assert polling.open_outage(connection, "weibo", "drift", "x", T0 + MINUTE) is None
        other = polling.open_outage(connection, "twitter", "network", "y", T0)
        assert polling.outages(connection) == [first, other]
        assert polling.current_outage(connection, "weibo") == first
        assert polling.clear_outage(connection, "weibo", T0 + MINUTE) == first
        assert polling.clear_outage(connection, "weibo", T0 + MINUTE) is None
        assert polling.current_outage(connection, "weibo") is None
        assert polling.outages(connection) == [other]
        again = polling.open_outage(connection, "weibo", "auth", "x", T0)
        assert again
        assert again.id != first.id
    with database.read() as connection:
        ended = connection.execute(select(t.outage.c.cleared_at).order_by(t.outage.c.id)).scalars()
        assert list(ended) == [T0 + MINUTE, None, None]


def test_the_last_sign_of_life_counts(database: Database) -> None:
    with database.write() as connection:
        assert polling.last_beat(connection, "auditor") is None
        polling.beat(connection, "auditor", T0)
        polling.beat(connection, "auditor", T0 + MINUTE)
        polling.beat(connection, "other", T0)
        assert polling.last_beat(connection, "auditor") == T0 + MINUTE


def test_the_oldest_waiting_hit_tells_since_when(database: Database) -> None:
    rows = Rows(database)
    with database.read() as connection:
        assert polling.unjudged_since(connection) is None
    rows.hit(rows.post(), matched_at=T0, judged_at=T0)
    rows.hit(rows.post(), matched_at=T0 + 2 * MINUTE)
    rows.hit(rows.post(), matched_at=T0 + MINUTE)
    with database.read() as connection:
        assert polling.unjudged_since(connection) == T0 + MINUTE
