"""Which open cases a post may be a copy of: found by bands, in one question for a whole batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from alerts.similar import CROWD, MOST_CANDIDATES, bands, letters, nearest
from monitor.storage import case_tables as t
from monitor.storage import sketches
from monitor.storage.database import Database
from monitor.storage.sketches import Sketch
from tests.factories import BRAND, T0, Rows
from tests.monitor.storage.test_indexes import scans

LONG_AGO = T0 - timedelta(days=30)
SMALLEST, LARGEST = -(2**63), 2**63 - 1
STORIES = (
    "星云手表买了三天就黑屏，客服一直不理，打电话永远排队，我要退款",
    "在官方店下的单，两周了还没有发货，问就是仓库爆仓，再不处理就投诉",
    "My Nebula watch died after three days and nobody at support picks up the phone",
)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def sketch(case_id: int, *held: int, brand: str = BRAND, opened_at: datetime = T0) -> Sketch:
    return Sketch(case_id, brand, opened_at, held)


def add(database: Database, *added: Sketch) -> None:
    with database.write() as connection:
        sketches.add(connection, added)


def candidates(
    database: Database, *queries: tuple[str, Sequence[int]], after: datetime = LONG_AGO
) -> list[list[tuple[int, str]]]:
    with database.read() as connection:
        return sketches.candidates(connection, queries, after)


def ids(database: Database, *held: int, **asked: Any) -> list[int]:
    (found,) = candidates(database, (asked.pop("brand", BRAND), held), **asked)
    return [case_id for case_id, _ in found]


def stored(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(t.case_sketch)).scalar_one()


def test_a_copy_finds_the_case_of_its_story(database: Database, rows: Rows) -> None:
    texts = [letters(story) for story in STORIES]
    cases = [rows.case(text=text) for text in texts]
    add(database, *(sketch(case, *bands(text)) for case, text in zip(cases, texts, strict=True)))
    copies = [letters(f"转发：{story} 太气人了") for story in STORIES]
    lists = candidates(database, *((BRAND, bands(copy)) for copy in copies))
    assert lists == [[(case, text)] for case, text in zip(cases, texts, strict=True)]
    assert [nearest(copy, found) for copy, found in zip(copies, lists, strict=True)] == cases


def test_who_shares_the_rarest_band_comes_first_and_one_band_is_none(
    database: Database, rows: Rows
) -> None:
    one, two, three, four = (rows.case() for _ in range(4))
    add(
        database,
        sketch(one, SMALLEST, 1, 2),
        sketch(two, SMALLEST, 1, LARGEST),
        sketch(three, SMALLEST, 1),
        sketch(four, SMALLEST),
    )
    assert ids(database, SMALLEST, 1, LARGEST) == [two, one, three]
    assert ids(database, SMALLEST, 9) == []
    assert ids(database) == []
    assert candidates(database) == []


def test_each_question_of_a_batch_has_its_own_answer(database: Database, rows: Rows) -> None:
    one, two = rows.case(text="一"), rows.case(text="二", brand="月亮")
    add(database, sketch(one, 1, 2, 3), sketch(two, 1, 2, 3, brand="月亮"))
    queries = [(BRAND, (1, 2)), ("月亮", (3, 2)), (BRAND, ()), (BRAND, (3, 4)), ("日", (1, 2))]
    assert candidates(database, *queries) == [[(one, "一")], [(two, "二")], [], [], []]


def test_a_large_batch_is_asked_in_parts(database: Database, rows: Rows) -> None:
    cases = [rows.case(), rows.case()]
    add(database, sketch(cases[0], 5, 15_999), sketch(cases[1], 31_990, 39_999))
    queries = [(BRAND, tuple(range(first, first + 16))) for first in range(0, 40_000, 16)]
    found = candidates(database, *queries, (BRAND, (5, 15_999)), (BRAND, (31_990, 39_999)))
    assert [[case_id for case_id, _ in one] for one in found[-2:]] == [[cases[0]], [cases[1]]]
    assert not any(found[:-2])


def test_old_and_closed_cases_are_no_candidates(database: Database, rows: Rows) -> None:
    old, edge, fresh, closed = rows.case(), rows.case(), rows.case(), rows.case(closed_at=T0)
    second = timedelta(seconds=1)
    add(
        database,
        sketch(old, 1, 2, opened_at=T0 - second),
        sketch(edge, 1, 2),
        sketch(fresh, 1, 2, opened_at=T0 + second),
        sketch(closed, 1, 2, opened_at=T0 + second),
    )
    assert ids(database, 1, 2, after=T0) == [fresh]
    assert ids(database, 1, 2, after=T0 - second) == [edge, fresh]


def test_a_case_that_is_open_no_longer_is_forgotten(database: Database, rows: Rows) -> None:
    one, two = rows.case(), rows.case()
    add(database, sketch(one, 1, 2), sketch(two, 1, 2))
    with database.write() as connection:
        sketches.remove(connection, [one, 10**9])
        sketches.remove(connection, [])
    assert ids(database, 1, 2) == [two]
    assert stored(database) == 2


@pytest.mark.parametrize("at_once", [1, CROWD + 9])
def test_a_band_of_many_cases_takes_no_more(database: Database, rows: Rows, at_once: int) -> None:
    cases = [rows.case() for _ in range(CROWD + 9)]
    new = [sketch(case, 1, 2, 100 + n, 200 + n) for n, case in enumerate(cases)]
    for first in range(0, len(new), at_once):
        add(database, *new[first : first + at_once])
    assert ids(database, 1, 2) == cases[:MOST_CANDIDATES]
    last = len(cases) - 1
    assert ids(database, 1, 2, 100 + last, 200 + last)[0] == cases[last]
    assert stored(database) == 2 * CROWD + 2 * len(cases)


def test_another_brand_s_crowd_is_none(database: Database, rows: Rows) -> None:
    cases = [rows.case(brand="月亮") for _ in range(CROWD)]
    add(database, *(sketch(case, 1, 2, brand="月亮") for case in cases))
    mine = rows.case()
    add(database, sketch(mine, 1, 2))
    assert ids(database, 1, 2) == [mine]


def test_who_leaves_makes_room(database: Database, rows: Rows) -> None:
    cases = [rows.case() for _ in range(CROWD)]
    add(database, *(sketch(case, 1, 2) for case in cases))
    with database.write() as connection:
        sketches.remove(connection, cases[:-1])
    mine = rows.case()
    add(database, sketch(mine, 1, 2))
    assert ids(database, 1, 2) == [cases[-1], mine]


def test_nothing_reads_all_sketches(sqlite_database: Database) -> None:
    database, many = sqlite_database, 2000
    rows = Rows(database)
    first, second = rows.case(), rows.case()
    with database.write() as connection:
        new = [{"case_id": first, "band": n, "brand": BRAND, "opened_at": T0} for n in range(many)]
        connection.execute(insert(t.case_sketch), new)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()

    def run(database: Database) -> None:
        with database.write() as connection:
            sketches.candidates(connection, [(BRAND, (1, 2, 3))], LONG_AGO)
            sketches.add(connection, [sketch(second, 1, 2, 3)])
            sketches.remove(connection, [first])

    assert scans(database, run) == []
