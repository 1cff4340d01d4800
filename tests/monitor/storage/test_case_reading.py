"""What hangs on a case, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.flow import Reason, Told
from alerts.severity import Severity
from monitor.storage import case_reading, tellings, timeline
from monitor.storage.case_tables import case_author
from monitor.storage.customer_store import CustomerStore
from monitor.storage.database import Database
from monitor.storage.reading import OPEN, Filter, Reading, cases_told_by
from monitor.storage.timeline import CaseEvent, EventKind
from tests.factories import BRAND, T0, Rows


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def tell(rows: Rows, case_id: int, name: str, followers: int | None, minutes: int) -> None:
    rows.insert(
        case_author,
        case_id=case_id,
        author_key=f"weibo:{name}",
        name=name,
        followers=followers,
        posts=1,
        first_at=T0 + timedelta(minutes=minutes),
    )


def test_the_first_and_the_loudest_are_told_apart(rows: Rows, database: Database) -> None:
    case_id, another = rows.case(), rows.case()
    for minutes, (name, followers) in enumerate(
        [("first", 1), ("unknown", None), ("loud", 900), ("louder", 9000)]
    ):
        tell(rows, case_id, name, followers, minutes)
    tell(rows, another, "stranger", 10**7, 0)

    with database.read() as connection:
        voices = case_reading.voices(connection, case_id, 3)

    assert voices.total == 4
    assert [each.name for each in voices.first] == ["first", "unknown", "loud"]
    assert [each.name for each in voices.loudest] == ["louder", "loud", "first"]


def test_a_customer_is_known_behind_an_account(rows: Rows, database: Database) -> None:
    case_id = rows.case()
    tell(rows, case_id, "7001", 10, 0)
    customer = CustomerStore(database, lambda: T0).add(
        "王小明", by="lin", key_customer=True, author_keys=["weibo:7001", "twitter:9"]
    )

    with database.read() as connection:
        [author] = case_reading.voices(connection, case_id).first

    assert (author.customer_id, author.customer_name, author.key_customer) == (
        customer.id,
        "王小明",
        True,
    )


def test_the_last_word_on_each_receiver_counts(rows: Rows, database: Database) -> None:
    case_id, another = rows.case(), rows.case()
    told = Told(Reason.FIRST, Severity.NORMAL, 1, 1, ended=False, told_at=T0)
    silence = {"receiver": "b", "because": "suppressed_by_silence", "by": "1", "until": None}
    quiet = {"receiver": "b", "because": "suppressed_by_quiet_hours", "by": "n", "until": None}
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "a", told), (another, "a", told)])
        tellings.save_held(connection, [(case_id, "b", quiet["because"] or "")], T0)
        timeline.add(
            connection,
            [
                CaseEvent(case_id, T0 + timedelta(seconds=n), EventKind.HELD, data=data)
                for n, data in enumerate([silence, quiet])
            ],
        )

    with database.read() as connection:
        one, other = case_reading.heard(connection, case_id)

    assert (one.receiver, one.known.told, one.held) == ("a", told, None)
    assert (other.receiver, other.known.told) == ("b", None)
    assert other.held is not None
    assert other.held.data["by"] == "n"


def test_open_cases_are_found_by_brand(rows: Rows, database: Database) -> None:
    one, other = rows.case(), rows.case(brand="流光耳机")
    rows.case(closed_at=T0, state="resolved")

    with database.read() as connection:
        assert [view.id for view in case_reading.open_views(connection)] == [other, one]
        [found] = case_reading.open_views(connection, [BRAND])
    assert found.id == one


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(state=OPEN), [1, 3]),
        (Filter(state="resolved"), [2]),
        (Filter(topic="safety"), [3]),
        (Filter(assigned_to="林"), [1]),
        (Filter(author_key="twitter:8"), [3]),
        (Filter(platform="twitter"), [3]),
        (Filter(state=OPEN, severity=3), [3]),
    ],
)
def test_cases_are_filtered(
    rows: Rows, database: Database, wanted: Filter, found: list[int]
) -> None:
    ids = [
        rows.case(assigned_to="林"),
        rows.case(closed_at=T0, state="resolved"),
        rows.case(platform="twitter", topic="safety", severity=3, author_key="twitter:8"),
    ]

    page = Reading(database).cases(wanted, 10, None)

    assert sorted(ids.index(case.id) + 1 for case in page.items) == found


def test_an_alert_shows_how_its_case_is_now(rows: Rows, database: Database) -> None:
    rows.complaint(case={"state": "acked", "acked_by": "林", "assigned_to": "王"})
    rows.alert()

    told = {row.case_state: row for row in Reading(database).alerts(Filter(), 10).items}

    assert set(told) == {"acked", None}
    assert (told["acked"].acked_by, told["acked"].assigned_to) == ("林", "王")
    assert told[None].answered_at is None


def test_cases_are_found_by_who_tells_them(rows: Rows, database: Database) -> None:
    opened = rows.case(author_key="twitter:9", opened_at=T0)
    told = rows.case(author_key="weibo:1", opened_at=T0 + timedelta(seconds=1))
    tell(rows, told, "7001", 10, 0)
    rows.case(author_key="twitter:9", opened_at=T0 - timedelta(seconds=1))
    rows.case(author_key="weibo:1")
    keys = ["twitter:9", "weibo:7001"]

    with database.read() as connection:
        found = cases_told_by(connection, keys, T0, 10)
        newest = cases_told_by(connection, keys, T0, 1)
        nobody = cases_told_by(connection, [], T0, 10)

    assert [row.id for row in found] == [told, opened]
    assert [row.id for row in newest] == [told]
    assert nobody == ()


def test_strangers_are_those_who_can_still_be_linked(rows: Rows, database: Database) -> None:
    case_id = rows.case()
    for minutes, name in enumerate(["7001", "8", "post:5"]):
        tell(rows, case_id, name, None, minutes)
    CustomerStore(database, lambda: T0).add("王小明", by="lin", author_keys=["weibo:7001"])

    with database.read() as connection:
        strangers = case_reading.voices(connection, case_id).strangers

    assert [each.author_key for each in strangers] == ["weibo:8"]


def test_a_case_that_is_not_there_is_none(database: Database) -> None:
    assert Reading(database).case_row(99) is None
