from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, text

from monitor.storage import tables as t
from monitor.storage.case_tables import notice
from monitor.storage.database import Database
from monitor.storage.paging import Cursor, CursorError, decode_cursor
from monitor.storage.reading import Filter, Reading
from monitor.storage.rows import AlertState
from monitor.storage.sight import Sight, percentile
from tests.factories import BRAND, T0, Rows, message

NOW = T0 + timedelta(minutes=10)
EVERYTHING = Filter()


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


@pytest.fixture
def reading(database: Database) -> Reading:
    return Reading(database)


@pytest.fixture
def sight(database: Database) -> Sight:
    return Sight(database)


def test_a_case_is_read_with_all_that_hangs_on_it(rows: Rows, reading: Reading) -> None:
    post_id, case_id, alert_id = rows.complaint()

    detail = reading.case(case_id)

    assert detail is not None
    assert detail.case.brand == BRAND
    [post] = detail.posts
    assert (post.id, post.author_name) == (post_id, "阿林爱跑步")
    [hit] = post.hits
    assert [term.text for term in hit.terms] == [BRAND, "退款"]
    assert hit.verdict is not None
    found = [(sign.code, sign.text, sign.weight) for sign in hit.verdict.signs]
    assert found == [("complaint_word", "退款", 0.0), ("negative_tone", "打不通", 0.0)]
    [alert] = detail.alerts
    assert alert.id == alert_id
    assert alert.latency_s == 95
    assert [delivery.state for delivery in alert.deliveries] == ["sent"]


def test_the_newest_verdict_of_a_hit_counts(rows: Rows, reading: Reading) -> None:
    case = rows.case()
    hit = rows.hit(rows.post(), case_id=case)
    rows.verdict(hit, topic="refund")
    rows.verdict(hit, topic="safety")

    detail = reading.case(case)

    assert detail is not None
    verdict = detail.posts[0].hits[0].verdict
    assert verdict is not None
    assert verdict.topic == "safety"


def test_another_case_of_the_same_post_stays_apart(rows: Rows, reading: Reading) -> None:
    post = rows.post()
    ours, theirs = rows.case(), rows.case(brand="流光耳机")
    rows.hit(post, case_id=ours)
    rows.hit(post, brand="流光耳机", case_id=theirs)

    detail = reading.case(ours)

    assert detail is not None
    assert [hit.brand for hit in detail.posts[0].hits] == [BRAND]


def test_what_is_not_there_is_none(reading: Reading) -> None:
    assert reading.case(404) is None
    assert reading.alert(404) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EVERYTHING, 3),
        (Filter(brand=BRAND), 2),
        (Filter(platform="twitter"), 1),
        (Filter(severity=3), 1),
        (Filter(state="delivered"), 1),
        (Filter(state="pending"), 1),
        (Filter(state="failed"), 1),
        (Filter(since=T0 + timedelta(minutes=5)), 2),
        (Filter(until=T0 + timedelta(minutes=5)), 1),
        (Filter(brand="nobody"), 0),
    ],
)
def test_alerts_are_filtered(rows: Rows, reading: Reading, wanted: Filter, found: int) -> None:
    rows.complaint()
    later = T0 + timedelta(minutes=5)
    failed = rows.alert(message(published_at=later, platform="twitter"), severity=3)
    rows.delivery(failed, state="failed", finished_at=NOW)
    waiting = rows.alert(message(published_at=later), brand="流光耳机")
    rows.delivery(waiting, channel="a", state="failed", finished_at=NOW)
    rows.delivery(waiting, channel="b", state="sending")

    assert len(reading.alerts(wanted, 50).items) == found


@pytest.mark.parametrize("state", list(AlertState))
def test_the_state_filter_and_the_state_of_a_row_agree(
    rows: Rows, reading: Reading, state: AlertState
) -> None:
    rows.complaint()
    rows.alert()
    rows.delivery(rows.alert(), state="failed")
    rows.delivery(rows.alert(), state="sending")

    items = reading.alerts(Filter(state=state), 50).items

    assert items
    assert {item.state for item in items} == {state}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EVERYTHING, 2),
        (Filter(brand="流光耳机"), 1),
        (Filter(state="closed"), 1),
        (Filter(severity=2), 1),
        (Filter(platform="weibo"), 1),
        (Filter(platform="twitter"), 1),
        (Filter(since=NOW), 1),
    ],
)
def test_cases_are_filtered(rows: Rows, reading: Reading, wanted: Filter, found: int) -> None:
    rows.complaint()
    rows.case(
        brand="流光耳机",
        platform="twitter",
        state="closed",
        severity=1,
        opened_at=NOW,
        closed_at=NOW,
    )

    assert len(reading.cases(wanted, 50, None).items) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EVERYTHING, 3),
        (Filter(brand=BRAND), 1),
        (Filter(platform="twitter"), 1),
        (Filter(text="退款"), 1),
        (Filter(text="REFUND"), 1),
        (Filter(text="100%"), 1),
        (Filter(text="100_"), 0),
        (Filter(text="很久以前"), 0),
        (Filter(text="很久以前", since=T0 - timedelta(days=90)), 1),
    ],
)
def test_posts_are_filtered(rows: Rows, reading: Reading, wanted: Filter, found: int) -> None:
    rows.hit(rows.post())
    rows.post(platform="twitter", text="I want a refund, 100% of it")
    rows.post(text="很久以前", published_at=T0 - timedelta(days=60))

    assert len(reading.posts(wanted, 50, None, NOW).items) == found


def test_pages_join_without_holes_while_rows_arrive(rows: Rows, reading: Reading) -> None:
    before = {rows.alert(message(published_at=T0 + timedelta(seconds=n // 3))) for n in range(10)}
    seen: list[int] = []
    after = None
    while True:
        page = reading.alerts(EVERYTHING, 3, after)
        seen += [item.id for item in page.items]
        rows.alert(message(published_at=NOW))
        if page.next_cursor is None:
            break
        after = decode_cursor(page.next_cursor)

    assert len(seen) == len(set(seen)) == 10
    assert set(seen) == before


@pytest.mark.parametrize("limit", [0, 201, -1])
def test_a_page_has_one_to_two_hundred_rows(reading: Reading, limit: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.200"):
        reading.alerts(EVERYTHING, limit)


@given(
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31)),
    st.integers(1, 2**63 - 1),
)
def test_a_cursor_survives_the_round_trip(at: datetime, row_id: int) -> None:
    cursor = Cursor(at.replace(tzinfo=T0.tzinfo), row_id)

    assert decode_cursor(cursor.encode()) == cursor


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_other_text_is_refused_as_a_cursor(junk: str) -> None:
    try:
        cursor = decode_cursor(junk)
    except CursorError:
        return
    assert decode_cursor(cursor.encode()) == cursor


@pytest.mark.parametrize(
    "raw", ["[1,true]", "[1]", '"ab"', "[-1,5]", "[1e3,5]", "[1,0]", "[" * 9999]
)
def test_a_forged_cursor_is_refused(raw: str) -> None:
    forged = base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")
    with pytest.raises(CursorError):
        decode_cursor(forged)


def test_sources_show_sight_queries_and_debts(rows: Rows, sight: Sight) -> None:
    rows.insert(t.source_health, source="weibo", state={"seeing": True}, updated_at=T0)
    for source, key in (("weibo", "q1"), ("weibo", "q2"), ("twitter", "q1")):
        rows.query(source=source, query_key=key)
    gap = {"source": "weibo", "query_key": "q1", "until_at": T0, "created_at": T0}
    rows.insert(t.gap, since_at=T0 - timedelta(hours=1), **gap)
    rows.insert(t.gap, since_at=T0 - timedelta(hours=2), closed_at=T0, **gap)
    outage = {"subject": "twitter", "cause": "auth", "detail": "401", "started_at": T0}
    rows.insert(t.outage, **outage)
    rows.insert(t.outage, **(outage | {"subject": "weibo", "cleared_at": T0}))

    twitter, weibo = sight.sources()

    assert (twitter.name, weibo.name) == ("twitter", "weibo")
    assert twitter.outage is not None
    assert twitter.outage.cause == "auth"
    assert twitter.state == {}
    assert weibo.outage is None
    assert weibo.state == {"seeing": True}
    assert [query.query_key for query in weibo.queries] == ["q1", "q2"]
    assert [gap.since_at for gap in weibo.gaps] == [T0 - timedelta(hours=1)]


def test_latencies_count_the_window_by_platform(rows: Rows, sight: Sight) -> None:
    for latency_s in (60, 100, 700):
        rows.case(first_delivered_at=T0 + timedelta(seconds=latency_s))
    rows.case(platform="twitter", first_delivered_at=T0 + timedelta(seconds=50))
    rows.case(first_delivered_at=T0 - timedelta(days=2))
    rows.case()
    # What follows the first message is not late, however much later it comes.
    rows.alert(first_delivered_at=T0 + timedelta(hours=4))

    twitter, weibo = sight.latencies(T0, timedelta(seconds=600))

    assert (twitter.platform, twitter.count, twitter.published_p95_s) == ("twitter", 1, 50)
    assert (weibo.count, weibo.within_promise) == (3, 2)
    assert (weibo.published_p50_s, weibo.published_p95_s) == (100, 700)
    assert (weibo.seen_p50_s, weibo.seen_p99_s) == (60, 660)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_the_least_value_that_covers_the_share(
    values: list[float], share: float
) -> None:
    values.sort()
    found = percentile(values, share)

    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_the_overview_counts_what_is_open(rows: Rows, sight: Sight) -> None:
    rows.complaint()
    told = rows.case(severity=3)
    rows.insert(
        notice,
        case_id=told,
        receiver="pr",
        reason="first",
        severity=3,
        spread=1,
        posts=1,
        told_at=T0,
    )
    rows.case(severity=3, closed_at=NOW, first_delivered_at=NOW)
    rows.post(published_at=T0 - timedelta(days=2))

    overview = sight.overview(T0 - timedelta(days=1))

    assert (overview.open_cases, overview.open_urgent) == (2, 1)
    assert overview.undelivered_cases == 1
    assert (overview.alerts, overview.posts) == (1, 1)


@contextmanager
def watched(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect every statement that is executed."""
    statements: list[tuple[str, Any]] = []

    def collect(_c: Any, _u: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", collect)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", collect)


def scans(database: Database, statement: str, parameters: Any) -> list[str]:
    """Return the steps of the plan that read a whole table, or sort one to cut a page."""
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.engine.connect() as connection:
        steps = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    if not database.is_sqlite:
        # It sorts only what an index has narrowed down.
        return [step[0] for step in steps if "Seq Scan" in step[0]]
    # What belongs to one case or one page, or waits to be delivered, is small: sort it.
    bounds = (" IN (", "case_id = ", "first_delivered_at IS NULL")
    small = any(bound in statement for bound in bounds)
    return [
        step[3]
        for step in steps
        if (step[3].startswith("SCAN") and "USING" not in step[3])
        or (not small and "TEMP B-TREE" in step[3])
    ]


def fill(database: Database, size: int) -> None:
    def times(table: t.Table, row: dict[str, Any], **per_row: Any) -> None:
        every = [row | {k: f(n) for k, f in per_row.items()} for n in range(1, size + 1)]
        with database.write() as connection:
            connection.execute(insert(table), every)

    at = lambda n: T0 + timedelta(seconds=n)  # noqa: E731
    rows = Rows(database)
    rows.complaint()
    rows.insert(t.source_health, source="weibo", state={}, updated_at=T0)
    with database.read() as connection:
        samples = {
            table.name: dict(connection.execute(table.select()).mappings().one())
            for table in (t.post, t.alert_case, t.hit, t.verdict, t.alert, t.delivery)
        }
    with database.write() as connection:
        for table in (t.delivery, t.alert, t.verdict, t.hit, t.alert_case, t.post):
            connection.execute(table.delete())
    number = {"id": lambda n: n}
    times(t.post, samples["post"], native_id=str, published_at=at, **number)
    times(
        t.alert_case,
        samples["alert_case"] | {"first_delivered_at": T0},
        fold_key=str,
        opened_at=at,
        closed_at=lambda n: None if n % 50 == 0 else at(n),
        **number,
    )
    link = lambda n: n  # noqa: E731
    times(t.hit, samples["hit"], post_id=link, case_id=link, **number)
    times(t.verdict, samples["verdict"], hit_id=link, **number)
    times(
        t.alert,
        samples["alert"],
        key=str,
        created_at=at,
        first_delivered_at=at,
        case_id=link,
        hit_id=link,
        **number,
    )
    times(t.delivery, samples["delivery"], alert_id=link, dedupe_key=str, **number)
    known = {"receiver": "pr", "reason": "first", "severity": 1, "spread": 1, "posts": 1}
    times(notice, known, case_id=link, told_at=at)
    with database.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def test_every_list_follows_an_index(database: Database, reading: Reading, sight: Sight) -> None:
    fill(database, 10_000)
    late = T0 + timedelta(seconds=9_900)
    page = reading.alerts(EVERYTHING, 50)
    assert page.next_cursor is not None
    after = decode_cursor(page.next_cursor)
    with watched(database) as statements:
        for wanted in (
            EVERYTHING,
            Filter(brand=BRAND, platform="weibo", severity=2),
            Filter(state="delivered", since=late),
            Filter(state="firing", until=late),
        ):
            reading.alerts(wanted, 50, after)
            reading.cases(wanted, 50, after)
            reading.posts(wanted, 50, after, late)
        reading.posts(Filter(text="退款"), 50, None, late)
        reading.case(77)
        reading.alert(77)
        sight.latencies(late, timedelta(seconds=600))
        sight.overview(late)

    assert len(statements) > 20
    slow = {
        statement: found
        for statement, parameters in statements
        if (found := scans(database, statement, parameters))
    }
    assert slow == {}
