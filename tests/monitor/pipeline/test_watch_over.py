"""Blindness is told once at each end, minute 8 pages by itself, the auditor finds what was left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.channels.channel import Busy
from monitor.storage import polling
from monitor.storage import tables as t
from scrapers.cursor import Loss, LossReason
from scrapers.source import Outcome, Page
from tests.monitor.pipeline.rig import Rig, operational, post


@pytest.mark.parametrize(
    "outcome", [Outcome.AUTH, Outcome.CHALLENGE, Outcome.BLOCKED, Outcome.DRIFT, Outcome.CAPPED]
)
def test_a_source_that_needs_a_person_is_told_once_within_the_promise(
    rig: Rig, outcome: Outcome
) -> None:
    rig.run(60)
    rig.source.scripted += [Page(outcome, detail="the reason")] * 200
    rig.run(560)
    first = operational(rig.first.messages)
    assert len(first) == 1
    assert "weibo" in first[0].title
    assert "the reason" in first[0].reasons[0]
    assert b'shifen_source_blind{source="weibo"} 1.0' in rig.metrics.render()
    rig.run(1200, every_s=60)
    assert len(operational(rig.first.messages)) == 1


@pytest.mark.parametrize("outcome", [Outcome.NETWORK, Outcome.THROTTLED])
def test_passing_trouble_is_told_only_when_it_endangers_the_promise(
    rig: Rig, outcome: Outcome
) -> None:
    rig.run(60)
    rig.source.scripted += [Page(outcome, detail="no")] * 500
    rig.run(400)
    assert operational(rig.first.messages) == []
    rig.run(200)
    assert len(operational(rig.first.messages)) == 1


def test_it_says_when_it_sees_again(rig: Rig) -> None:
    rig.run(60)
    rig.source.scripted += [Page(Outcome.AUTH, detail="no")] * 3
    rig.run(1800, every_s=60)
    blind, again = operational(rig.first.messages)
    assert ("看不见" in blind.title, "恢复" in again.title) == (True, True)
    assert b'shifen_source_blind{source="weibo"} 0.0' in rig.metrics.render()
    with rig.database.read() as connection:
        assert polling.outages(connection) == []


def test_silence_against_its_own_history_is_blindness(rig: Rig) -> None:
    for day in range(1, 6):
        start = rig.clock.now - timedelta(days=day)
        with rig.database.write() as connection:
            for hour in range(3):
                connection.execute(
                    t.volume.insert().values(
                        platform="weibo",
                        brand="星云手表",
                        hour_at=(start + timedelta(hours=hour)).replace(minute=0),
                        posts=60,
                    )
                )
    rig.publish(post(1, rig.clock.now + timedelta(seconds=5)))
    rig.run(60)
    rig.run(3000, every_s=60)
    (told,) = operational(rig.first.messages)
    assert "安静得反常" in told.reasons[0] or "只返回旧帖" in told.reasons[0]


def test_an_undelivered_case_pages_at_minute_eight_over_every_channel(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    rig.judge()
    rig.first.always = Busy("down", retry_after_s=10_000)
    rig.clock.advance(479)
    assert rig.overseer.warn() == 0
    rig.clock.advance(1)
    assert rig.overseer.warn() == 1
    rig.notify()
    kinds = [m.kind for m in rig.second.messages]
    assert sorted(kinds) == ["case", "operational"]
    assert rig.overseer.warn() == 0


def test_a_delivered_case_does_not_page(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.walk()
    rig.clock.advance(1000)
    assert rig.overseer.warn() == 0


def test_a_post_found_late_pages_only_if_it_then_waits(rig: Rig) -> None:
    rig.clock.advance(3000)
    rig.publish(post(1, rig.clock.now - timedelta(seconds=2000)))
    rig.poll()
    rig.judge()
    assert rig.overseer.warn() == 0
    rig.notify()
    rig.clock.advance(60)
    assert rig.overseer.warn() == 0


def test_the_auditor_finds_an_alert_without_delivery_and_mends_it(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    rig.judge()
    with rig.database.write() as connection:
        connection.execute(t.delivery.delete())
    rig.clock.advance(121)
    assert rig.overseer.audit() == ["1 alerts had no delivery"]
    rig.notify()
    assert [m.kind for m in rig.first.messages].count("case") == 1
    assert rig.overseer.audit() == []


def test_the_auditor_finds_hits_that_nobody_judges(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    rig.clock.advance(200)
    (found,) = rig.overseer.audit()
    assert "wait for a verdict" in found


def test_the_auditor_finds_deliveries_that_nobody_sends(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    rig.judge()
    rig.clock.advance(200)
    (found,) = rig.overseer.audit()
    assert "nobody sends" in found


def test_when_all_is_well_the_auditor_is_silent(rig: Rig) -> None:
    rig.publish(post(1, rig.clock.now + timedelta(seconds=10)))
    rig.run(300)
    assert rig.overseer.audit() == []
    assert operational(rig.first.messages) == []


def lose(rig: Rig) -> None:
    """Give up the last minute."""
    loss = Loss(rig.clock.now - timedelta(minutes=1), rig.clock.now, LossReason.TRIES)
    with rig.database.write() as connection:
        polling.record_loss(connection, "weibo", "q1", loss, rig.clock.now)


def test_what_will_never_be_read_is_told_at_most_once_an_hour(rig: Rig) -> None:
    lose(rig)
    for _ in range(5):
        rig.overseer.audit()
        rig.notify()
        rig.clock.advance(60)
    (told,) = operational(rig.first.messages)
    assert "03:59" in told.reasons[0]
    lose(rig)
    rig.overseer.audit()
    rig.notify()
    assert len(operational(rig.first.messages)) == 1
    rig.clock.advance(3600 - 300)
    rig.overseer.audit()
    rig.notify()
    again = operational(rig.first.messages)[-1]
    assert len(operational(rig.first.messages)) == 2
    assert "04:04" in again.reasons[0]
    assert "03:59" not in again.reasons[0]


def test_an_undelivered_case_pages_once_while_the_room_is_silent(rig: Rig) -> None:
    rig.first.always = rig.second.always = Busy("down")
    for n in range(1, 40):
        rig.publish(post(n, rig.clock.now))
        rig.run(60)
    pages = [row for row in rig.rows(t.alert) if row.reason == "undelivered"]
    assert len(pages) == 1
    assert all(row.warned_at for row in rig.rows(t.alert_case)[:20])


def test_withheld_posts_are_read_again_when_the_source_sees(rig: Rig) -> None:
    rig.run(600)
    hidden = post(1, rig.clock.now)
    with rig.database.write() as connection:
        health = polling.health(connection, "weibo")
        failed_at = (rig.clock.now - timedelta(seconds=60)).isoformat()
        state = {**(health or {}), "canary_failed_at": failed_at}
        polling.save_health(connection, "weibo", state, rig.clock.now)
    rig.run(900)
    rig.publish(hidden)
    rig.run(120)
    assert rig.rows(t.hit) == []
    with rig.database.write() as connection:
        state = {**(polling.health(connection, "weibo") or {}), "canary_failed_at": None}
        polling.save_health(connection, "weibo", state, rig.clock.now)
    rig.run(300)
    assert len(rig.rows(t.hit)) == 1
    assert [m.late for m in rig.first.messages if m.post] == [True]
