"""Notifying brings every alert out, in order of urgency, at least once and hardly ever twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.channel import Busy, Refused, Unanswered
from monitor.pipeline.notify import Routes
from monitor.storage import claims, outbox
from monitor.storage import tables as t
from scrapers.post import Author, Standing
from tests.monitor.pipeline.rig import Rig, post


def publish_some(rig: Rig, count: int) -> None:
    """Put `count` alerts into the outbox, every fifth of them urgent."""
    rig.clock.advance(count + 30)
    loud = Author("kol", "大V", 5_000_000, Standing.PERSONAL)
    for n in range(1, count + 1):
        made = post(n, rig.clock.now - timedelta(seconds=count - n))
        rig.publish(replace(made, author=replace(loud, id=f"k{n}")) if n % 5 == 0 else made)
    rig.poll()
    rig.judge()


def test_the_most_urgent_goes_first_then_the_oldest(rig: Rig) -> None:
    publish_some(rig, 20)
    rig.notify()
    order = [(m.severity, m.post.published_at) for m in rig.first.messages if m.post]
    assert order == sorted(order, key=lambda pair: (-pair[0], pair[1]))
    assert len(order) == 20


def test_delivered_alerts_are_stamped_and_measured(rig: Rig) -> None:
    publish_some(rig, 1)
    rig.clock.advance(7)
    rig.notify()
    (alert,) = rig.rows(t.alert)
    (case,) = rig.rows(t.alert_case)
    assert alert.first_delivered_at == case.first_delivered_at == rig.clock.now
    metrics = rig.metrics.render().decode()
    assert 'shifen_published_to_delivered_seconds_count{platform="weibo"} 1.0' in metrics


def test_a_busy_channel_is_tried_again_when_it_says(rig: Rig) -> None:
    publish_some(rig, 1)
    rig.first.failures.append(Busy("slow down", retry_after_s=30))
    rig.notify()
    rig.clock.advance(29)
    rig.notify()
    assert rig.first.tries == 1
    rig.clock.advance(3)
    rig.notify()
    assert len(rig.first.got) == 1


def test_while_a_channel_is_down_one_probe_goes_not_all(rig: Rig) -> None:
    publish_some(rig, 50)
    rig.first.always = Busy("down")
    rig.notify()
    assert rig.first.tries == 1


def test_an_hour_of_outage_loses_nothing_and_ends_in_order(rig: Rig) -> None:
    rig.routes = Routes(("first",))
    rig.notifiers = [rig.notifier(rig.first)]
    publish_some(rig, 100)
    rig.first.always = Busy("down")
    for _ in range(360):
        rig.clock.advance(10)
        rig.notify()
    assert rig.first.tries <= 40
    rig.first.always = None
    for _ in range(60):
        rig.clock.advance(10)
        rig.notify()
    severities = [m.severity for m in rig.first.messages]
    assert len(severities) == 100
    assert severities == sorted(severities, reverse=True)
    assert len({m.dedupe_key for m in rig.first.messages}) == 100


def test_a_message_taken_without_an_answer_is_found_not_sent_again(rig: Rig) -> None:
    publish_some(rig, 1)
    rig.first.lost = Unanswered("no answer")
    rig.notify()
    assert rig.rows(t.delivery)[0].doubtful
    rig.clock.advance(60)
    rig.notify()
    assert len(rig.first.got) == 1
    assert rig.rows(t.delivery)[0].state == "sent"


def test_where_a_channel_cannot_look_it_is_sent_again_with_the_same_key(rig: Rig) -> None:
    publish_some(rig, 1)
    rig.first.can_find = False
    rig.first.lost = Unanswered("no answer")
    rig.notify()
    rig.clock.advance(60)
    rig.notify()
    first, second = rig.first.messages
    assert first.dedupe_key == second.dedupe_key


def test_a_refused_message_falls_back_to_the_next_channel(rig: Rig) -> None:
    publish_some(rig, 1)
    rig.first.always = Refused("no such room")
    rig.notify()
    failed, other = rig.rows(t.delivery)
    assert (failed.state, failed.error) == ("failed", "no such room")
    assert other.state == "sent"
    assert len(rig.second.got) == 1


def test_what_nobody_takes_is_visible_as_failed(rig: Rig) -> None:
    publish_some(rig, 1)
    rig.first.always = rig.second.always = Refused("no")
    rig.notify()
    assert [row.state for row in rig.rows(t.delivery)] == ["failed", "failed"]
    assert b'outcome="failed"' in rig.metrics.render()


def test_a_delivery_whose_holder_died_is_looked_for_before_it_is_sent_again(rig: Rig) -> None:
    publish_some(rig, 2)
    with rig.database.write() as connection:
        assert claims.claim(
            connection, "first", "dead", rig.clock.now, rig.clock.now + timedelta(seconds=60)
        )
    rig.notify()
    assert len(rig.first.got) == 1
    rig.clock.advance(61)
    rig.notify()
    assert len(rig.first.got) == 2
    assert all(row.state == "sent" for row in rig.rows(t.delivery))


def test_a_fresh_start_takes_over_at_once(rig: Rig) -> None:
    publish_some(rig, 1)
    with rig.database.write() as connection:
        claims.claim(
            connection, "first", "dead", rig.clock.now, rig.clock.now + timedelta(seconds=60)
        )
        assert outbox.release_abandoned(connection, rig.clock.now) == 1
    rig.notify()
    assert len(rig.first.got) == 1


@pytest.mark.parametrize("hours", [23, 25])
def test_a_channel_down_for_longer_than_we_wait_fails_for_good(rig: Rig, hours: int) -> None:
    publish_some(rig, 1)
    rig.first.always = rig.second.always = Busy("down")
    for _ in range(hours * 6):
        rig.clock.advance(600)
        rig.notify()
    states = {row.state for row in rig.rows(t.delivery)}
    assert ("failed" in states) == (hours > 24)
    assert b"shifen_deliveries_total" in rig.metrics.render()
