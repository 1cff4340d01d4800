"""Customers: whose accounts are whose, who says so, and how often a person complained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from alerts.case import CaseState
from monitor.storage import case_tables as ct
from monitor.storage import tables as t
from monitor.storage.customer_store import (
    NAME_LIMIT,
    NOTE_LIMIT,
    Customer,
    CustomerError,
    CustomerStore,
    Identity,
    NoCustomerError,
)
from monitor.storage.customers import Known, behind, complaints_by
from monitor.storage.database import Connection, Database
from monitor.storage.paging import decode_cursor
from monitor.storage.people import AuditLog
from tests.conftest import Clock
from tests.factories import BRAND, T0, Rows

WEIBO, TWITTER, STRANGER = "weibo:7001", "twitter:88", "weibo:9999"
DAY = timedelta(days=1)


@pytest.fixture
def customers(database: Database, clock: Clock) -> CustomerStore:
    return CustomerStore(database, clock)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def deeds(database: Database, clock: Clock) -> list[tuple[str, str, str]]:
    page = AuditLog(database, clock).page(50)
    return [(each.who, each.action, each.subject) for each in reversed(page.items)]


def known(database: Database, *author_keys: str) -> dict[str, Known]:
    with database.read() as connection:
        return behind(connection, author_keys)


def counted(database: Database, *author_keys: str, since: Any = T0) -> dict[tuple[str, str], int]:
    with database.read() as connection:
        return complaints_by(connection, author_keys, since)


def test_a_customer_is_kept_whole(customers: CustomerStore, clock: Clock) -> None:
    made = customers.add(
        " 陈女士 ", by="lin", key_customer=True, note="华东", author_keys=[WEIBO, TWITTER, WEIBO]
    )

    assert made == Customer(
        id=made.id,
        name="陈女士",
        key_customer=True,
        note="华东",
        created_at=clock.now,
        created_by="lin",
        identities=(Identity(TWITTER, "lin", clock.now), Identity(WEIBO, "lin", clock.now)),
    )
    assert customers.show(made.id) == made


def test_every_deed_is_on_record_and_names_nobody(
    customers: CustomerStore, database: Database, clock: Clock
) -> None:
    one = customers.add("陈女士", by="lin", author_keys=[WEIBO])
    two = customers.add("Ms Vale", by="wu", key_customer=True)
    customers.change(one.id, by="lin", name="陈小姐", key_customer=True, note="喜欢电话")
    customers.change(one.id, by="lin", key_customer=False)
    customers.unlink(one.id, WEIBO, by="wu")
    customers.link(two.id, WEIBO, by="wu")
    customers.delete(one.id, by="root")

    said = deeds(database, clock)
    assert said == [
        ("lin", "customer_added", f"customer {one.id}"),
        ("lin", "customer_linked", f"customer {one.id} {WEIBO}"),
        ("wu", "customer_added", f"customer {two.id} key_customer"),
        ("lin", "customer_changed", f"customer {one.id}: name, key_customer true, note"),
        ("lin", "customer_changed", f"customer {one.id}: key_customer false"),
        ("wu", "customer_unlinked", f"customer {one.id} {WEIBO}"),
        ("wu", "customer_linked", f"customer {two.id} {WEIBO}"),
        ("root", "customer_deleted", f"customer {one.id}"),
    ]
    assert not any("陈" in subject or "Vale" in subject for _, _, subject in said)


def test_a_change_keeps_what_is_not_named(customers: CustomerStore) -> None:
    made = customers.add("陈女士", by="lin", note="华东", author_keys=[WEIBO])
    renamed = customers.change(made.id, by="lin", name="陈小姐")
    assert (renamed.name, renamed.note, renamed.key_customer) == ("陈小姐", "华东", False)
    assert customers.change(made.id, by="lin", note="").note == ""
    assert customers.change(made.id, by="lin", key_customer=True).key_customer is True
    assert customers.show(made.id).identities == made.identities


def test_what_changes_nothing_is_no_deed(
    customers: CustomerStore, database: Database, clock: Clock
) -> None:
    made = customers.add("陈女士", by="lin", author_keys=[WEIBO])
    before = deeds(database, clock)
    assert customers.change(made.id, by="lin", name="陈女士", key_customer=False) == made
    assert customers.change(made.id, by="lin") == made
    assert customers.link(made.id, f" {WEIBO} ", by="wu") == made
    assert deeds(database, clock) == before


def test_an_account_belongs_to_one_customer(customers: CustomerStore) -> None:
    one = customers.add("陈女士", by="lin", author_keys=[WEIBO])
    two = customers.add("Ms Vale", by="lin")
    taken = f"{WEIBO} belongs to customer {one.id}; unlink it there first"

    with pytest.raises(CustomerError, match=taken):
        customers.link(two.id, WEIBO, by="lin")
    with pytest.raises(CustomerError, match=taken):
        customers.add("third", by="lin", author_keys=[TWITTER, WEIBO])
    with pytest.raises(CustomerError, match=f"{WEIBO} is no account of customer {two.id}"):
        customers.unlink(two.id, WEIBO, by="lin")

    assert [each.name for each in customers.page(50).items] == ["Ms Vale", "陈女士"]
    assert customers.link(two.id, TWITTER, by="lin").identities[0].author_key == TWITTER


def test_whom_two_people_link_at_once_belongs_to_the_first(
    customers: CustomerStore, database: Database, clock: Clock
) -> None:
    one, two = customers.add("a", by="lin"), customers.add("b", by="lin")
    raced: list[int] = []

    def race(connection: Connection, _c: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO customer_identity") and not raced:
            raced.append(1)
            values = {"author_key": WEIBO, "customer_id": one.id, "linked_by": "wu"}
            connection.execute(ct.customer_identity.insert().values(linked_at=clock.now, **values))

    event.listen(database.engine, "before_cursor_execute", race)
    with pytest.raises(CustomerError, match="somebody else"):
        customers.link(two.id, WEIBO, by="lin")
    event.remove(database.engine, "before_cursor_execute", race)
    assert customers.show(two.id).identities == ()


@pytest.mark.parametrize(
    "author_key",
    [
        "",
        "7001",
        "weibo",
        "weibo:",
        "weibo:post:53",
        "facebook:7",
        "weibo:7 8",
        "weibo:" + "7" * 90,
    ],
)
def test_what_is_no_account_cannot_be_linked(customers: CustomerStore, author_key: str) -> None:
    with pytest.raises(CustomerError, match="write weibo:ID or twitter:ID"):
        customers.add("陈女士", by="lin", author_keys=[author_key])
    assert customers.page(50).items == ()


@pytest.mark.parametrize("name", ["", "  ", "x" * (NAME_LIMIT + 1)])
def test_a_name_must_be_a_name(customers: CustomerStore, name: str) -> None:
    with pytest.raises(CustomerError, match="1 to 80 characters"):
        customers.add(name, by="lin")
    made = customers.add("x" * NAME_LIMIT, by="lin", note="y" * NOTE_LIMIT)
    with pytest.raises(CustomerError, match="1 to 80 characters"):
        customers.change(made.id, by="lin", name=name)
    with pytest.raises(CustomerError, match="at most 500"):
        customers.change(made.id, by="lin", note="y" * (NOTE_LIMIT + 1))
    assert customers.show(made.id) == made


def test_who_is_not_there_is_said_so(customers: CustomerStore) -> None:
    for deed in (
        lambda: customers.show(5),
        lambda: customers.change(5, by="lin", name="a"),
        lambda: customers.link(5, WEIBO, by="lin"),
        lambda: customers.unlink(5, WEIBO, by="lin"),
        lambda: customers.delete(5, by="lin"),
    ):
        with pytest.raises(NoCustomerError, match="there is no customer 5"):
            deed()


def test_what_a_database_cannot_hold_is_replaced(customers: CustomerStore) -> None:
    made = customers.add("a\0b\ud800", by="lin", note="\0")
    assert customers.show(made.id) == made
    assert "\0" not in made.name + made.note
    assert customers.page(50, named="A\0B").items == (made,)


def test_pages_are_newest_first_and_whole(customers: CustomerStore, clock: Clock) -> None:
    for n in range(7):
        customers.add(f"c{n}", by="lin", author_keys=[f"weibo:{n}", f"twitter:{n}"])
        clock.advance(n % 2)
    seen: list[Customer] = []
    cursor = None
    while True:
        page = customers.page(3, cursor)
        seen += page.items
        if page.next_cursor is None:
            break
        cursor = decode_cursor(page.next_cursor)
    assert [each.name for each in seen] == [f"c{n}" for n in reversed(range(7))]
    assert [len(each.identities) for each in seen] == [2] * 7


def test_a_page_may_be_of_some(customers: CustomerStore) -> None:
    customers.add("陈女士", by="lin", key_customer=True)
    customers.add("Ms Vale 100%", by="lin")
    customers.add("ms vale", by="lin", key_customer=True)

    def names(**wanted: Any) -> list[str]:
        return [each.name for each in customers.page(50, **wanted).items]

    assert names(key_customer=True) == ["ms vale", "陈女士"]
    assert names(key_customer=False) == ["Ms Vale 100%"]
    assert names(named="VALE") == ["ms vale", "Ms Vale 100%"]
    assert names(named="%") == ["Ms Vale 100%"]
    assert names(named="陈", key_customer=False) == []


def test_judging_learns_who_is_behind_an_account(
    customers: CustomerStore, database: Database
) -> None:
    one = customers.add("陈女士", by="lin", key_customer=True, author_keys=[WEIBO, TWITTER])
    two = customers.add("Ms Vale", by="lin", author_keys=["weibo:5"])

    both = Known(one.id, "陈女士", True, (TWITTER, WEIBO))
    assert known(database, WEIBO, STRANGER, "weibo:5") == {
        WEIBO: both,
        "weibo:5": Known(two.id, "Ms Vale", False, ("weibo:5",)),
    }
    assert known(database, TWITTER, WEIBO) == {TWITTER: both, WEIBO: both}
    assert known(database) == {}


def test_complaints_are_those_of_the_person_on_every_platform(
    customers: CustomerStore, database: Database, rows: Rows
) -> None:
    customers.add("陈女士", by="lin", author_keys=[WEIBO, TWITTER, "weibo:7002"])
    rows.case(author_key=WEIBO, opened_at=T0)
    rows.case(author_key=TWITTER, opened_at=T0 + DAY)
    rows.case(author_key=TWITTER, opened_at=T0 + DAY, brand="月亮")
    rows.case(author_key=STRANGER, opened_at=T0)

    assert counted(database, WEIBO, "weibo:7002", STRANGER, "weibo:1") == {
        (WEIBO, BRAND): 2,
        (WEIBO, "月亮"): 1,
        ("weibo:7002", BRAND): 2,
        ("weibo:7002", "月亮"): 1,
        (STRANGER, BRAND): 1,
    }
    assert counted(database, WEIBO, since=T0 + timedelta(seconds=1)) == {
        (WEIBO, BRAND): 1,
        (WEIBO, "月亮"): 1,
    }
    assert counted(database) == {}


def test_what_was_no_complaint_does_not_count(database: Database, rows: Rows) -> None:
    for state in CaseState:
        rows.case(author_key=f"weibo:{state.value}", state=state.value)
    counts = counted(database, *(f"weibo:{state.value}" for state in CaseState))
    assert {key.removeprefix("weibo:") for key, _ in counts} == {
        *("firing", "acked", "resolved", "merged", "closed")
    }


def test_cases_that_were_merged_are_one_complaint(
    customers: CustomerStore, database: Database, rows: Rows
) -> None:
    customers.add("陈女士", by="lin", author_keys=[WEIBO, TWITTER])
    first = rows.case(author_key=WEIBO)
    rows.case(author_key=TWITTER, state="merged", merged_into=first)
    assert counted(database, TWITTER) == {(TWITTER, BRAND): 1}

    other = rows.case(author_key=STRANGER)
    rows.case(author_key=TWITTER, state="merged", merged_into=other)
    assert counted(database, TWITTER) == {(TWITTER, BRAND): 2}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    owners=st.lists(st.integers(0, 3), min_size=6, max_size=6),
    opened=st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 40)), max_size=12),
)
def test_counting_equals_looking_at_each_case(
    sqlite_database: Database,
    clock: Clock,
    owners: list[int],
    opened: list[tuple[int, bool, int]],
) -> None:
    accounts = [f"weibo:{n}" for n in range(6)]
    with sqlite_database.write() as connection:
        connection.execute(t.alert_case.delete())
        connection.execute(ct.customer.delete())
    store = CustomerStore(sqlite_database, clock)
    for owner in range(1, 4):
        mine = [account for account, one in zip(accounts, owners, strict=True) if one == owner]
        store.add(str(owner), by="lin", author_keys=mine)
    rows = Rows(sqlite_database)
    for account, ours, day in opened:
        brand = BRAND if ours else "月亮"
        rows.case(author_key=accounts[account], brand=brand, opened_at=T0 + day * DAY)

    expected: dict[tuple[str, str], int] = {}
    for asked, owner in enumerate(owners):
        for account, ours, day in opened:
            if day >= 30 and (account == asked or (owner and owners[account] == owner)):
                key = (accounts[asked], BRAND if ours else "月亮")
                expected[key] = expected.get(key, 0) + 1
    assert counted(sqlite_database, *accounts, since=T0 + 30 * DAY) == expected


def test_a_batch_costs_few_statements_that_use_indexes(
    sqlite_database: Database, clock: Clock
) -> None:
    store = CustomerStore(sqlite_database, clock)
    for n in range(60):
        store.add(f"c{n}", by="lin", author_keys=[f"weibo:{n}", f"twitter:{n}"])
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(sqlite_database.engine, "before_cursor_execute", note)
    counted(sqlite_database, *(f"weibo:{n}" for n in range(400)))
    event.remove(sqlite_database.engine, "before_cursor_execute", note)

    assert len(asked) == 2
    with sqlite_database.read() as connection:
        plans = [
            row[3]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert [line for line in plans if line.startswith("SCAN")] == []
    assert any("ix_case_author" in line for line in plans)


def test_many_authors_are_asked_in_several_goes(
    customers: CustomerStore, database: Database, rows: Rows
) -> None:
    customers.add("陈女士", by="lin", author_keys=["weibo:0", "weibo:1499"])
    rows.case(author_key="weibo:1499")
    many = [f"weibo:{n}" for n in range(1500)]
    assert set(known(database, *many)) == {"weibo:0", "weibo:1499"}
    assert counted(database, *many) == {("weibo:0", BRAND): 1, ("weibo:1499", BRAND): 1}


def test_who_is_deleted_is_forgotten_with_their_accounts(
    customers: CustomerStore, database: Database
) -> None:
    made = customers.add("陈女士", by="lin", author_keys=[WEIBO])
    customers.delete(made.id, by="root")
    assert known(database, WEIBO) == {}
    with database.read() as connection:
        assert connection.execute(select(ct.customer_identity)).all() == []
