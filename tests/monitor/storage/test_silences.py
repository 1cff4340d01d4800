"""Silences on record: made, edited, ended; which were in force when; who did what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.matching import Traits
from alerts.severity import Severity
from alerts.silence import LONGEST, Draft, Fault, Silence, SilenceError
from monitor.storage import silences
from monitor.storage.database import Connection, Database
from monitor.storage.paging import decode_cursor
from monitor.storage.people import AuditLog
from tests.conftest import Clock

BRAND = Traits(brands=frozenset({"星云手表"}))
EVERYTHING_ASKED = Traits(
    brands=frozenset({"星云手表", "远山"}),
    platforms=frozenset({"weibo"}),
    languages=frozenset({"zh"}),
    topics=frozenset({"refund"}),
    risks=frozenset({"legal"}),
    authors=frozenset({"weibo:7001"}),
)


def draft(clock: Clock, *, from_s: float = 0, to_s: float = 3600, traits: Traits = BRAND) -> Draft:
    start, end = (clock.now + timedelta(seconds=each) for each in (from_s, to_s))
    return Draft(traits, start, end, "换货公告已发")


def deeds(database: Database, clock: Clock) -> list[tuple[str, str, str]]:
    events = AuditLog(database, clock).page(50).items
    return [(event.who, event.action, event.subject) for event in reversed(events)]


def add(database: Database, clock: Clock, wanted: Draft) -> Silence:
    with database.write() as connection:
        return silences.add(connection, wanted, "lin", clock.now)


def in_force(database: Database, clock: Clock) -> list[int]:
    with database.read() as connection:
        return [each.id for each in silences.in_force(connection, clock.now)]


def refused(connection: Connection, silence_id: int, clock: Clock) -> Fault:
    with pytest.raises(SilenceError) as caught:
        silences.end(connection, silence_id, "mei", clock.now)
    return caught.value.fault


def test_a_silence_comes_back_as_it_was_made(database: Database, clock: Clock) -> None:
    wanted = replace(draft(clock, traits=EVERYTHING_ASKED), severity_at_most=Severity.NORMAL)
    made = add(database, clock, wanted)

    assert made == Silence(made.id, wanted, "lin", clock.now)
    with database.read() as connection:
        assert silences.get(connection, made.id) == made
        assert silences.in_force(connection, clock.now) == (made,)
    until = wanted.ends_at.isoformat()
    assert deeds(database, clock) == [
        ("lin", "silence_added", f"{made.id} until {until}: 换货公告已发")
    ]


def test_no_silence_begins_before_it_was_made(database: Database, clock: Clock) -> None:
    made = add(database, clock, draft(clock, from_s=-600))
    assert made.draft.starts_at == clock.now


def test_what_may_not_be_is_not_kept(database: Database, clock: Clock) -> None:
    urgent = draft(clock, traits=Traits(risks=frozenset({"safety"})))
    with database.write() as connection, pytest.raises(SilenceError) as caught:
        silences.add(connection, urgent, "lin", clock.now)

    assert caught.value.fault is Fault.ONLY_URGENT
    with database.read() as connection:
        assert silences.page(connection, 10).items == ()
    assert deeds(database, clock) == []


def test_a_silence_is_in_force_between_its_times(database: Database, clock: Clock) -> None:
    made = add(database, clock, draft(clock, from_s=60, to_s=120))
    seen = []
    for _ in range(4):
        seen.append(in_force(database, clock))
        clock.advance(59.5)
    assert seen == [[], [], [made.id], []]


def test_ending_early_ends_it_from_now_on(database: Database, clock: Clock) -> None:
    made = add(database, clock, draft(clock))
    start = clock.now
    clock.advance(600)
    with database.write() as connection:
        ended = silences.end(connection, made.id, "mei", clock.now)

    assert (ended.ended_by, ended.ended_at, ended.until) == ("mei", clock.now, clock.now)
    assert in_force(database, clock) == []
    with database.read() as connection:
        earlier = silences.in_force(connection, start + timedelta(seconds=599))
        assert [each.id for each in earlier] == [made.id]
    assert deeds(database, clock)[-1] == ("mei", "silence_ended", str(made.id))


def test_an_edit_leaves_the_old_row_and_names_it_in_the_new(
    database: Database, clock: Clock
) -> None:
    old = add(database, clock, draft(clock))
    start = clock.now
    clock.advance(600)
    wanted = replace(old.draft, ends_at=clock.now + timedelta(days=1), reason="还没修好")
    with database.write() as connection:
        new = silences.edit(connection, old.id, wanted, "mei", clock.now)

    assert (new.replaces, new.author, new.draft.reason) == (old.id, "mei", "还没修好")
    assert new.draft.starts_at == clock.now
    with database.read() as connection:
        history = silences.page(connection, 10).items
        assert [each.id for each in history] == [new.id, old.id]
        assert history[1].draft == old.draft
        assert (history[1].ended_by, history[1].ended_at) == ("mei", clock.now)
        # At every moment one of the two, never both.
        for seconds, expected in ((0, old.id), (599, old.id), (600, new.id), (7000, new.id)):
            found = silences.in_force(connection, start + timedelta(seconds=seconds))
            assert [each.id for each in found] == [expected]
    assert deeds(database, clock)[-1] == (
        "mei",
        "silence_edited",
        f"{old.id} -> {new.id} until {wanted.ends_at.isoformat()}: 还没修好",
    )


def test_an_edit_that_may_not_be_changes_nothing(database: Database, clock: Clock) -> None:
    made = add(database, clock, draft(clock))
    too_long = replace(made.draft, ends_at=clock.now + LONGEST + timedelta(seconds=1))
    with database.write() as connection, pytest.raises(SilenceError):
        silences.edit(connection, made.id, too_long, "mei", clock.now)
    assert in_force(database, clock) == [made.id]
    assert len(deeds(database, clock)) == 1


def test_what_is_over_stays_as_it_was(database: Database, clock: Clock) -> None:
    made, other = add(database, clock, draft(clock)), add(database, clock, draft(clock))
    with database.write() as connection:
        silences.end(connection, other.id, "mei", clock.now)
        assert refused(connection, other.id, clock) is Fault.OVER
        assert refused(connection, 999, clock) is Fault.UNKNOWN
        clock.advance(3600)
        assert refused(connection, made.id, clock) is Fault.OVER
        with pytest.raises(SilenceError) as caught:
            silences.edit(connection, made.id, draft(clock), "mei", clock.now)
    assert caught.value.fault is Fault.OVER
    with database.read() as connection, pytest.raises(SilenceError, match="no such silence"):
        silences.get(connection, 999)


def test_silences_to_come_are_listed_with_those_in_force(database: Database, clock: Clock) -> None:
    later = add(database, clock, draft(clock, from_s=7200, to_s=9000))
    sooner = add(database, clock, draft(clock))
    gone = add(database, clock, draft(clock, to_s=60))
    ended = add(database, clock, draft(clock))
    with database.write() as connection:
        silences.end(connection, ended.id, "mei", clock.now)
    clock.advance(60)

    with database.read() as connection:
        pending = silences.pending(connection, clock.now)
        assert [each.id for each in pending] == [sooner.id, later.id]
        history = silences.page(connection, 10).items
    assert {each.id for each in history} == {later.id, sooner.id, gone.id, ended.id}


def test_the_history_comes_in_pages(database: Database, clock: Clock) -> None:
    made = []
    for _ in range(5):
        made.append(add(database, clock, draft(clock)).id)
        clock.advance(1)
    seen: list[int] = []
    cursor = None
    with database.read() as connection:
        while len(seen) < 5:
            page = silences.page(connection, 2, cursor)
            seen += [each.id for each in page.items]
            cursor = decode_cursor(page.next_cursor) if page.next_cursor else None
    assert seen == made[::-1]
    assert cursor is None


def test_of_two_people_who_end_it_at_once_one_is_told_that_it_is_over(
    database: Database, clock: Clock
) -> None:
    made = add(database, clock, draft(clock))

    def end(who: str) -> Fault | None:
        try:
            with database.write() as connection:
                silences.end(connection, made.id, who, clock.now)
        except SilenceError as error:
            return error.fault
        return None

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(end, ("mei", "bo"))) == {None, Fault.OVER}
    assert len(deeds(database, clock)) == 2


def test_a_reason_is_stored_as_far_as_databases_can(database: Database, clock: Clock) -> None:
    made = add(database, clock, replace(draft(clock), reason="换货\x00公告 "))
    assert made.draft.reason == "换货\ufffd公告"
