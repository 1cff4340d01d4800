"""Who is told of which case and when, from posts to messages."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from alerts.flow import Because, Reason
from alerts.matching import Traits
from alerts.severity import Severity
from alerts.silence import Draft
from monitor.auth import Role
from monitor.desk import Person
from monitor.live_config import rules_of
from monitor.storage import silences, tellings, timeline
from monitor.storage import tables as t
from monitor.storage.case_tables import notice, rolled_up
from monitor.storage.database import Database
from monitor.storage.timeline import CaseEvent
from scrapers.post import Author, Original, Post
from tests.conftest import Clock
from tests.monitor.pipeline.rig import COMPLAINT, Rig, config, post

LIN = Person("林", Role.PR)
FIRE = "星云手表充电时起火，孩子的手被烧伤了，客服不理，投诉！"
STRAP = "星云手表的表带用了一周就断成两截，退货也不给退，太失望了"


def ordinary(database: Database, clock: Clock, **changes: Any) -> Rig:
    """A rig with the waits and limits that the product ships with."""
    return Rig(database, clock, **{"flow": {}, "storm": {}, **changes})


def told(rig: Rig) -> list[tuple[str, Severity]]:
    return [(message.reason, message.severity) for message in rig.first.messages]


def events(rig: Rig, case_id: int, kind: str) -> list[CaseEvent]:
    with rig.database.read() as connection:
        return [e for e in timeline.of_case(connection, case_id) if e.kind == kind]


def publish(rig: Rig, *posts: Post) -> None:
    rig.publish(*posts)
    rig.walk()


def live(rig: Rig, seconds: float, every_s: float = 5.0) -> None:
    """Tell and deliver as time passes."""
    for _ in range(int(seconds / every_s)):
        rig.clock.advance(every_s)
        rig.tell()
        rig.notify()


# Waiting


def test_a_fresh_case_waits_for_its_copies_and_an_urgent_one_for_nothing(
    database: Database, clock: Clock
) -> None:
    rig = ordinary(database, clock)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP))
    assert told(rig) == []
    publish(rig, post(2, rig.clock.now, FIRE))
    assert told(rig) == [("first", Severity.URGENT)]
    live(rig, 10)
    assert told(rig) == [("first", Severity.URGENT), ("first", Severity.NORMAL)]


def test_an_old_post_is_told_at_once(database: Database, clock: Clock) -> None:
    rig = ordinary(database, clock)
    rig.clock.advance(600)
    publish(rig, post(1, rig.clock.now - timedelta(seconds=481), STRAP))
    assert told(rig) == [("first", Severity.NORMAL)]


def test_what_becomes_graver_is_told_at_once_whatever_was_told_before(
    database: Database, clock: Clock
) -> None:
    rig = ordinary(database, clock)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP))
    live(rig, 15)
    loud = Author("kol", "大V", 5_000_000)
    publish(rig, replace(post(2, rig.clock.now, STRAP), author=loud))
    assert told(rig) == [("first", Severity.NORMAL), ("severity_up", Severity.URGENT)]
    again = rig.first.messages[-1]
    assert again.post is not None
    assert again.post.author == "大V"
    assert again.thread == "id-1"
    assert "级别由“一般”升为“紧急”" in again.news
    (case,) = rig.rows(t.alert_case)
    (raised,) = events(rig, case.id, "severity")
    assert (raised.data["before"], raised.data["after"]) == ("normal", "urgent")


# Stories


def copies(root: Post, rig: Rig) -> list[Post]:
    """999 reposts and lightly edited copies of a post, spread over a minute."""
    edits = (
        lambda n: replace(post(n, at(n), "转"), text="", original=whole),
        lambda n: post(n, at(n), f"{root.text}[怒]"),
        lambda n: post(n, at(n), f"转发：{root.text}"),
        lambda n: post(n, at(n), root.text.replace("，", "！").replace("失望", "失 望")),
        lambda n: post(n, at(n), f"{root.text} @朋友{n} http://t.cn/a{n}"),
        lambda n: replace(post(n, at(n), "太过分了//@甲: 气死"), original=whole),
    )
    whole = Original(root.id, root.text, root.author)

    def at(n: int) -> Any:
        return root.published_at + timedelta(seconds=n * 60 / 1000)

    return [edits[n % len(edits)](n) for n in range(2, 1001)]


def test_a_thousand_copies_in_a_minute_are_one_case_and_few_messages(
    database: Database, clock: Clock
) -> None:
    rig = ordinary(database, clock)
    rig.clock.advance(30)
    root = post(1, rig.clock.now, STRAP)
    other = post(5000, rig.clock.now + timedelta(seconds=20), COMPLAINT)
    rig.publish(root, other, *copies(root, rig))
    for _ in range(12):
        rig.clock.advance(5)
        rig.walk()
    live(rig, 240)
    story, single = rig.rows(t.alert_case)
    assert (story.spread_count, story.posts, single.spread_count) == (1000, 1000, 1)
    of_story = [m for m in rig.first.messages if m.case_id == story.id]
    assert len(of_story) <= 3
    assert of_story[-1].severity is Severity.URGENT
    assert [m.reason for m in rig.first.messages if m.case_id == single.id] == ["first"]
    assert Counter(row.case_id for row in rig.rows(t.hit)) == {story.id: 1000, single.id: 1}


def test_a_trickle_of_copies_does_not_nag(database: Database, clock: Clock) -> None:
    rig = ordinary(database, clock)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP))
    for n in range(2, 8):
        live(rig, 600, every_s=60)
        publish(rig, post(n, rig.clock.now, f"{STRAP}[怒]"))
    reasons = [reason for reason, _ in told(rig)]
    assert reasons[0] == Reason.FIRST
    assert 1 < len(reasons) <= 5
    assert set(reasons[1:]) == {Reason.NEW_POSTS}


# Who


CHANNELS = [{"kind": "console", "name": name} for name in ("first", "second")]


def test_a_case_goes_where_the_routes_say_each_in_its_language(
    database: Database, clock: Clock
) -> None:
    rig = Rig(
        database,
        clock,
        channels=CHANNELS,
        receivers=[
            {"name": "default", "channels": ["first"]},
            {"name": "abroad", "channels": ["second"], "locale": "en"},
        ],
        routes=[
            {"severity_at_least": "urgent", "receivers": ["default", "abroad"]},
            {"platforms": ["twitter"], "receivers": ["abroad"]},
        ],
    )
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP), post(2, rig.clock.now, FIRE))
    assert [m.severity for m in rig.first.messages] == [Severity.URGENT, Severity.NORMAL]
    (abroad,) = rig.second.messages
    assert (abroad.locale, abroad.severity) == ("en", Severity.URGENT)
    assert any("Risk: safety" in reason for reason in abroad.reasons)
    assert {(row.receiver, row.reason) for row in rig.rows(notice)} == {
        ("default", "first"),
        ("abroad", "first"),
    }


NIGHT = {
    "calendars": [{"name": "office", "week": {"mon-sun": ["13:00-18:00"]}}],
    "receivers": [{"name": "default", "channels": ["first"], "hours": "office"}],
}


def test_quiet_hours_hold_back_all_but_what_is_urgent(database: Database, clock: Clock) -> None:
    # The clock starts at noon in Shanghai; the office opens at one.
    rig = ordinary(database, clock, **NIGHT)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP), post(2, rig.clock.now, FIRE))
    live(rig, 600, every_s=60)
    rig.overseer.warn()
    rig.notify()
    assert told(rig) == [("first", Severity.URGENT)]
    quiet = next(row for row in rig.rows(t.alert_case) if row.severity == Severity.NORMAL)
    (held,) = events(rig, quiet.id, "held")
    assert held.data["because"] == Because.SUPPRESSED_BY_QUIET_HOURS
    assert held.data["by"] == "office"
    live(rig, 3600, every_s=60)
    assert ("first", Severity.NORMAL) in told(rig)
    assert len(told(rig)) == 2


def test_a_silence_holds_back_what_it_names_until_it_ends(database: Database, clock: Clock) -> None:
    rig = ordinary(database, clock)
    with database.write() as connection:
        draft = Draft(
            Traits(brands=frozenset({"星云手表"})),
            rig.clock.now,
            rig.clock.now + timedelta(hours=1),
            "正在统一处理",
        )
        silences.add(connection, draft, "林", rig.clock.now)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP), post(2, rig.clock.now, FIRE))
    live(rig, 1800, every_s=60)
    assert told(rig) == [("first", Severity.URGENT)]
    live(rig, 1900, every_s=60)
    assert sorted(told(rig)) == [("first", Severity.NORMAL), ("first", Severity.URGENT)]


def test_who_was_never_told_hears_of_no_end(database: Database, clock: Clock) -> None:
    rig = ordinary(database, clock, **NIGHT)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP))
    (case,) = rig.rows(t.alert_case)
    rig.desk.resolve(case.id, LIN)
    live(rig, 7200, every_s=60)
    assert rig.first.messages == []


# Too much


@pytest.mark.postgres
def test_of_two_who_tell_one_spends_what_a_receiver_may_be_told(
    postgres_database: Database, clock: Clock
) -> None:
    with postgres_database.write() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
    rig = ordinary(postgres_database, clock)
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now, FIRE))
    rig.poll()
    rig.judging.step()
    with postgres_database.write() as other:
        assert tellings.take_turn(other)
        assert rig.teller.step() == 0
    assert rig.teller.step() == 1


def crowd(rig: Rig, count: int) -> list[Post]:
    """So many different complaints, one in fifty of them urgent."""
    return [
        post(n, rig.clock.now, f"{FIRE}单号{n:08}" if n % 50 == 0 else f"{STRAP}，单号{n:08}")
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1000])
def test_a_storm_gives_few_messages_urgent_ones_first_and_nothing_is_lost(
    database: Database, clock: Clock, count: int
) -> None:
    rig = ordinary(database, clock)
    rig.clock.advance(30)
    rig.publish(*crowd(rig, count))
    rig.clock.advance(20)
    rig.poll()
    for _ in range(4):
        rig.judge()
    live(rig, 240)
    assert len(rig.rows(t.alert_case)) == count
    singles = [m for m in rig.first.messages if m.kind == "case"]
    rollups = [m for m in rig.first.messages if m.kind == "rollup"]
    assert [m.severity for m in singles[:20]] == [Severity.URGENT] * 20
    assert len(singles) == 40
    assert len(rollups) <= 2
    assert f"{count - 40:,}" in " ".join([rollups[0].title, *rollups[0].news])
    rolled = {row.case_id for row in rig.rows(rolled_up)}
    alone = {m.case_id for m in singles}
    assert rolled | alone == {row.id for row in rig.rows(t.alert_case)}
    assert not rolled & alone
    assert all(row.first_delivered_at for row in rig.rows(t.alert_case))
    assert {row.times for row in rig.rows(notice)} == {1}


# What goes wrong


def test_a_case_that_cannot_be_told_keeps_nobody_else_waiting(
    database: Database, clock: Clock
) -> None:
    rig = Rig(database, clock)
    rig.clock.advance(30)
    rig.publish(*(post(n, rig.clock.now, f"{STRAP}，单号{n:08}") for n in range(1, 6)))
    rig.poll()
    rig.judging.step()
    poisoned = rig.rows(t.alert_case)[2].id
    broken = [{"code": "kol", "severity": 1, "params": {}}]
    with database.write() as connection:
        connection.execute(
            update(t.alert_case).where(t.alert_case.c.id == poisoned).values(causes=broken)
        )
    for _ in range(20):
        with suppress(KeyError):
            rig.teller.step()
    rig.notify()
    told_ = {m.case_id for m in rig.first.messages}
    assert told_ == {row.id for row in rig.rows(t.alert_case)} - {poisoned}
    row = next(row for row in rig.rows(t.alert_case) if row.id == poisoned)
    assert row.tell_at == rig.clock.now + timedelta(minutes=10)


def test_hours_that_are_changed_count_at_once(tmp_path: Path, clock: Clock) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.upgrade()
    rig = ordinary(database, clock, **NIGHT)
    rig.clock.advance(30)
    publish(rig, post(1, rig.clock.now, STRAP))
    live(rig, 60)
    assert told(rig) == []
    rig.live._rules = rules_of(config(flow={}, storm={}))
    live(rig, 5)
    assert told(rig) == [("first", Severity.NORMAL)]
    database.close()
