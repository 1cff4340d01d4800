"""Polling keeps what is new, moves the cursor with it, and owes nothing silently."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.storage import polling
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.source import BadItem, Outcome, Page
from tests.conftest import Clock
from tests.monitor.pipeline.rig import QUERY, Rig, ago, post


def test_a_first_start_floods_nobody(rig: Rig) -> None:
    rig.publish(*(post(n, ago(rig.clock, 60 * n)) for n in range(1, 200)))
    rig.walk()
    assert rig.first.got == []


def test_a_first_start_reads_back_as_far_as_it_is_told(rig: Rig) -> None:
    rig.clock.advance(120)
    rig.publish(post(1, ago(rig.clock, 90)), post(2, ago(rig.clock, 600)))
    collected = rig.poll()
    assert [p.id for p in collected.page.posts] == [post(1, rig.clock.now).id]


def test_a_post_is_stored_once_however_often_it_is_read(rig: Rig) -> None:
    rig.clock.advance(60)
    rig.publish(post(1, rig.clock.now))
    for _ in range(3):
        rig.poll()
        rig.clock.advance(60)
    assert len(rig.rows(t.post)) == len(rig.rows(t.hit)) == 1


def test_a_post_indexed_late_is_found_within_the_overlap(rig: Rig) -> None:
    rig.run(120)
    rig.publish(post(1, ago(rig.clock, 100)))
    rig.run(60)
    assert len(rig.first.got) == 1


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.THROTTLED,
        Outcome.AUTH,
        Outcome.CHALLENGE,
        Outcome.BLOCKED,
        Outcome.DRIFT,
        Outcome.NETWORK,
    ],
)
def test_a_failed_poll_moves_nothing(rig: Rig, outcome: Outcome) -> None:
    rig.clock.advance(60)
    rig.poll()
    with rig.database.read() as connection:
        before = polling.position(connection, "weibo", QUERY.key)
    rig.clock.advance(60)
    rig.source.scripted.append(Page(outcome, detail="no"))
    rig.poll()
    with rig.database.read() as connection:
        assert polling.position(connection, "weibo", QUERY.key) == before


def test_after_an_outage_everything_is_read_back_and_late_posts_alert_as_late(rig: Rig) -> None:
    rig.run(60)
    rig.source.scripted += [Page(Outcome.NETWORK, detail="down")] * 100
    outage = [post(n, ago(rig.clock, -60 * n)) for n in range(1, 60)]
    rig.publish(*outage)
    rig.run(3600, every_s=120)
    assert not [m for m in rig.first.messages if m.kind == "case"]
    rig.source.scripted.clear()
    rig.run(1200, every_s=120)
    told = [m for m in rig.first.messages if m.kind == "case"]
    assert len(told) == len(outage)
    assert sum(m.late for m in told) >= 50


def test_what_a_page_limit_cuts_off_is_read_at_once_as_a_gap(rig: Rig) -> None:
    rig.run(60)
    rig.source.page_limit = 20
    rig.publish(*(post(n, rig.clock.now + timedelta(seconds=n)) for n in range(1, 51)))
    rig.clock.advance(60)
    rig.poll()
    assert len(rig.rows(t.post)) == 50


def test_a_storm_deeper_than_one_poll_is_read_by_the_next_ones(rig: Rig) -> None:
    rig.run(60)
    rig.source.page_limit = 20
    rig.publish(*(post(n, rig.clock.now + timedelta(seconds=n / 4)) for n in range(1, 201)))
    rig.clock.advance(60)
    rig.poll()
    assert len(rig.rows(t.post)) < 200
    assert [row for row in rig.rows(t.gap) if row.closed_at is None]
    for _ in range(10):
        rig.clock.advance(60)
        rig.poll()
    assert len(rig.rows(t.post)) == 200
    assert [row for row in rig.rows(t.gap) if row.closed_at is None] == []


def test_a_stretch_that_cannot_be_read_is_on_record(rig: Rig) -> None:
    rig.run(60)
    rig.source.scripted += [Page(Outcome.NETWORK) for _ in range(1)]
    rig.clock.advance(8 * 86_400)
    rig.poll()
    rig.clock.advance(3600)
    rig.poll()
    lost = [row for row in rig.rows(t.gap) if row.closed_at is not None]
    assert [row.outcome for row in lost] == ["too_old"]


def test_bad_items_are_kept_as_they_came_and_counted_once(rig: Rig) -> None:
    bad = BadItem('{"mblog": \x00 "broken \ud800"}', "no id")
    rig.clock.advance(60)
    rig.source.scripted += [Page(Outcome.OK, bad=(bad,), drained_to=rig.started_at)] * 2
    rig.poll()
    rig.clock.advance(60)
    rig.poll()
    (row,) = rig.rows(t.bad_item)
    assert (row.times, row.reason) == (2, "no id")
    assert "broken" in row.raw
    assert b'shifen_bad_items_total{source="weibo"} 2.0' in rig.metrics.render()


def test_a_resting_source_is_not_asked(rig: Rig) -> None:
    rig.clock.advance(60)
    rig.source.scripted.append(Page(Outcome.THROTTLED, retry_after_s=300))
    rig.poll()
    rig.clock.advance(60)
    assert rig.poll() is None
    assert len(rig.source.asked) == 1
    rig.clock.advance(300)
    assert rig.poll() is not None


def test_a_query_of_a_new_plan_goes_on_where_its_predecessor_stood(rig: Rig) -> None:
    rig.run(60)
    rig.publish(post(1, rig.clock.now + timedelta(seconds=1)))
    rig.clock.advance(30)
    successor = type(QUERY)("q2", QUERY.platform, "星云手表 退款", QUERY.brands)
    rig.collector.adopt([successor])
    collected = rig.collector.poll(successor, 60)
    assert collected is not None
    assert collected.added.hits == 1


def test_hits_carry_the_version_of_the_rules(rig: Rig) -> None:
    rig.clock.advance(60)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    (row,) = rig.rows(t.hit)
    assert row.rules_version == rig.live.current().version


def test_a_crash_between_reading_and_storing_reads_again(database: Database, clock: Clock) -> None:
    rig = Rig(database, clock)
    rig.clock.advance(60)
    rig.publish(post(1, rig.clock.now))
    rig.source.fetch(QUERY, rig.started_at)  # read, and then the process died
    clock.advance(60)
    again = Rig(database, clock)
    again.source.world = rig.source.world
    again.walk()
    assert len(again.first.got) == 1


def test_a_query_that_left_the_plan_is_forgotten(rig: Rig) -> None:
    rig.run(60)
    rig.collector.adopt([])
    assert rig.poll() is None
    assert rig.rows(t.query_state) == []


def test_a_canary_proves_sight_and_keeps_nothing(rig: Rig) -> None:
    canary = type(QUERY)("canary", QUERY.platform, "天气", ())
    rig.collector.adopt([QUERY], canary=canary)
    rig.publish(post(1, ago(rig.clock, 30)))
    assert rig.collector.poll_canary(canary, 300, 600) is not None
    assert rig.rows(t.post) == []
    rig.overseer.look()
    rig.notify()
    assert rig.first.got == []


def test_an_empty_canary_is_blindness(rig: Rig) -> None:
    canary = type(QUERY)("canary", QUERY.platform, "天气", ())
    rig.collector.adopt([QUERY], canary=canary)
    rig.collector.poll_canary(canary, 300, 600)
    rig.overseer.look()
    rig.notify()
    (told,) = rig.first.messages
    assert "探针" in told.reasons[0]
