"""Blindness is told once at each end, and minute 8 pages by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.channels.channel import Busy
from monitor.pipeline.audit import SERVICE
from monitor.storage import polling
from monitor.storage import tables as t
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


def test_a_service_that_looks_gives_a_sign_of_life_now_and_then(rig: Rig) -> None:
    def sign() -> Any:
        with rig.database.read() as connection:
            return polling.last_beat(connection, SERVICE)

    assert sign() is None
    rig.overseer.look()
    began = rig.clock.now
    assert sign() == began
    rig.clock.advance(19)
    rig.overseer.look()
    assert sign() == began
    rig.clock.advance(1)
    rig.overseer.look()
    assert sign() == rig.clock.now
