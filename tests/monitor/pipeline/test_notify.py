"""Notifying brings every alert out, in order of urgency, at least once and hardly ever twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alerts.channels.channel import Busy, Refused, Unanswered
from alerts.message import Message, to_json
from alerts.severity import Severity
from monitor.pipeline.notify import Routes
from monitor.storage import claims, outbox
from monitor.storage import tables as t
from monitor.storage.case_tables import rolled_up
from monitor.storage.database import Database
from monitor.storage.outbox import NewAlert
from scrapers.post import Author, Standing
from tests.conftest import Clock
from tests.factories import Rows, message
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


def test_the_standby_of_whoever_was_meant_comes_before_the_channels_of_others(
    database: Database, clock: Clock
) -> None:
    names = ("law", "first", "second")
    rig = Rig(
        database,
        clock,
        channels=[{"kind": "console", "name": name} for name in names],
        receivers=[
            {"name": "lawyers", "channels": ["law"]},
            {"name": "default", "channels": ["first"], "standby": ["second"]},
        ],
    )
    receivers = rig.live.current().flow.routing.receivers
    rig.routes = Routes(names, receivers=receivers.values)
    rig.notifiers = [rig.notifier(channel) for channel in (rig.first, rig.second)]
    rig.first.always = rig.second.always = Refused("no such room")
    publish_some(rig, 1)
    rig.notify()
    tried = [row.channel for row in rig.rows(t.delivery)]
    assert tried == ["first", "second", "law"]


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


def tell(rig: Rig, key: str, case_id: int | None = None, **changes: Any) -> int:
    """Put one more alert into the outbox of the first channel; return its id."""
    told = message(**{"dedupe_key": "", "title": key, **changes})
    alert = NewAlert(
        kind=told.kind,
        key=key,
        reason=told.reason,
        severity=told.severity,
        brand=told.brand,
        title=told.title,
        message=to_json(told),
        wordings={},
        created_at=rig.clock.now,
        case_id=case_id,
    )
    with rig.database.write() as connection:
        outbox.add_alerts(connection, [alert], ("first",))
        found = connection.execute(select(t.alert.c.id).where(t.alert.c.key == key))
        return int(found.scalar_one())


def titles(sent: Message) -> list[str]:
    return [part.title for part in sent.parts]


# Threads


def test_what_follows_about_a_case_answers_its_first_message(rig: Rig) -> None:
    rows = Rows(rig.database)
    case, other = rows.case(), rows.case()
    for key in ("opened", "grew", "over"):
        tell(rig, key, case)
        rig.notify()
    tell(rig, "another", other)
    rig.notify()
    assert [m.thread for m in rig.first.messages] == ["", "id-1", "id-1", ""]


def test_a_channel_without_threads_gets_none(rig: Rig) -> None:
    rig.first.threads = False
    case = Rows(rig.database).case()
    for key in ("opened", "grew"):
        tell(rig, key, case)
        rig.notify()
    assert [m.thread for m in rig.first.messages] == ["", ""]


def test_each_channel_has_its_own_thread(rig: Rig) -> None:
    case = Rows(rig.database).case()
    tell(rig, "opened", case)
    rig.notify()
    rig.first.always = Refused("no such room")
    for key in ("grew", "over"):
        tell(rig, key, case)
        rig.notify()
    assert [m.thread for m in rig.second.messages] == ["", "id-1"]


def test_what_was_not_sent_begins_no_thread(rig: Rig) -> None:
    case = Rows(rig.database).case()
    tell(rig, "opened", case)
    rig.first.failures.append(Refused("no"))
    rig.notify()
    tell(rig, "grew", case)
    rig.notify()
    assert [m.thread for m in rig.first.messages] == [""]


def test_a_lost_message_is_looked_for_in_its_thread(rig: Rig) -> None:
    case = Rows(rig.database).case()
    tell(rig, "opened", case)
    rig.notify()
    tell(rig, "grew", case)
    rig.first.lost = Unanswered("no answer")
    rig.notify()
    rig.clock.advance(60)
    rig.notify()
    assert len(rig.first.got) == 2
    assert rig.first.looked_in == ["id-1"]


# Roll-ups


def rolled(rig: Rig, *cases: int) -> None:
    alert = tell(rig, "roll-up")
    for case in cases:
        Rows(rig.database).insert(rolled_up, alert_id=alert, case_id=case)


def test_a_roll_up_counts_as_told_for_every_case_in_it(rig: Rig) -> None:
    rows = Rows(rig.database)
    told, untold = [rows.case() for _ in range(3)], rows.case()
    before = rows.case(first_delivered_at=rig.clock.now - timedelta(minutes=1))
    rolled(rig, *told, before)
    rig.notify()
    stamps = dict(rig.rows(t.alert_case, t.alert_case.c.id, t.alert_case.c.first_delivered_at))
    assert [stamps[case] for case in told] == [rig.clock.now] * 3
    assert stamps[before] == rig.clock.now - timedelta(minutes=1)
    assert stamps[untold] is None


def test_what_follows_a_roll_up_answers_it_unless_the_case_was_told_of_alone(rig: Rig) -> None:
    rows = Rows(rig.database)
    alone, held = rows.case(), rows.case()
    tell(rig, "opened", alone)
    rig.notify()
    rolled(rig, alone, held)
    rig.notify()
    rig.clock.advance(1)
    tell(rig, "grew", alone)
    tell(rig, "grew too", held)
    rig.notify()
    assert [(m.title, m.thread) for m in rig.first.messages[2:]] == [
        ("grew", "id-1"),
        ("grew too", "id-2"),
    ]


def test_a_roll_up_that_reached_nobody_takes_the_standby_at_minute_8(rig: Rig) -> None:
    case = Rows(rig.database).case()
    rolled(rig, case)
    rig.first.always = Busy("down")
    rig.notify()
    with rig.database.write() as connection:
        outbox.add_case_deliveries(connection, case, ("first", "second"), rig.clock.now)
    rig.notify()
    assert [m.title for m in rig.second.messages] == ["roll-up"]
    (stamp,) = rig.rows(t.alert_case, t.alert_case.c.first_delivered_at)
    assert stamp[0] == rig.clock.now


# Several at once


@pytest.fixture
def few(rig: Rig) -> Rig:
    """A first channel that takes few messages, with up to four alerts in each."""
    rig.first.most_at_once = 4
    return rig


def test_what_is_due_together_goes_together_the_most_urgent_first(few: Rig) -> None:
    publish_some(few, 10)
    few.notify()
    sizes = [len(m.parts) or 1 for m in few.first.messages]
    assert sizes == [4, 4, 2]
    parts = [part for m in few.first.messages for part in m.parts]
    order = [(-p.severity, p.post.published_at) for p in parts if p.post]
    assert order == sorted(order)
    assert len({part.dedupe_key for part in parts}) == 10
    assert all(row.state == "sent" for row in few.rows(t.delivery))


def test_one_alone_goes_as_it_is_and_waits_for_nothing(few: Rig) -> None:
    publish_some(few, 1)
    few.notify()
    (sent,) = few.first.messages
    assert (sent.parts, sent.kind) == ((), "case")
    assert sent.post is not None


def test_a_digest_says_how_many_and_how_grave(few: Rig) -> None:
    publish_some(few, 5)
    few.notify()
    sent = few.first.messages[0]
    assert (sent.kind, sent.title, sent.severity) == ("digest", "4 条提醒", Severity.URGENT)
    assert (sent.post, sent.reply, sent.case_id) == (None, None, None)
    assert sent.console_url == "http://console"
    assert sent.parts[0].console_url.startswith("http://console/cases/")
    rows = few.rows(t.delivery)
    assert [row.provider_id for row in rows].count("id-1") == 4
    assert [row.first_delivered_at for row in few.rows(t.alert_case)] == [few.clock.now] * 5
    metrics = few.metrics.render().decode()
    assert 'shifen_deliveries_total{channel="first",outcome="sent"} 5.0' in metrics
    assert 'shifen_published_to_delivered_seconds_count{platform="weibo"} 5.0' in metrics


def test_a_busy_channel_gets_the_same_ones_together_again(few: Rig) -> None:
    publish_some(few, 4)
    few.first.failures.append(Busy("slow down", retry_after_s=30))
    few.notify()
    assert [(row.state, row.attempts) for row in few.rows(t.delivery)] == [("pending", 1)] * 4
    few.clock.advance(32)
    few.notify()
    (sent,) = few.first.messages
    assert len(sent.parts) == 4
    assert {row.attempts for row in few.rows(t.delivery)} == {2}


def test_after_a_lost_answer_each_is_looked_for_by_itself(few: Rig) -> None:
    publish_some(few, 3)
    few.first.lost = Unanswered("no answer")
    few.notify()
    assert all(row.doubtful for row in few.rows(t.delivery))
    few.clock.advance(60)
    few.notify()
    assert len(few.first.got) == 1
    assert {row.state for row in few.rows(t.delivery)} == {"sent"}


def test_where_none_can_be_found_each_is_sent_once_more_alone(few: Rig) -> None:
    publish_some(few, 3)
    few.first.lost = Unanswered("no answer")
    few.first.can_find = False
    few.notify()
    few.clock.advance(60)
    few.notify()
    (together, *alone) = few.first.messages
    assert [m.parts for m in alone] == [()] * 3
    assert {m.dedupe_key for m in alone} == {part.dedupe_key for part in together.parts}


def test_one_bad_part_does_not_take_the_others_down(few: Rig) -> None:
    publish_some(few, 4)
    few.first.refuses = lambda m: bool(m.parts) or "订单2" in (m.post.text if m.post else "")
    few.notify()
    assert len(few.first.got) == 3
    assert Counter(row.state for row in few.rows(t.delivery) if row.channel == "first") == {
        "sent": 3,
        "failed": 1,
    }
    (other,) = few.second.messages
    assert other.post is not None
    assert "订单2" in other.post.text


def test_whose_holder_died_goes_alone_and_the_rest_together(few: Rig) -> None:
    publish_some(few, 4)
    with few.database.write() as connection:
        claims.claim(
            connection, "first", "dead", few.clock.now, few.clock.now + timedelta(seconds=60)
        )
    few.notify()
    few.clock.advance(61)
    few.notify()
    assert [len(m.parts) for m in few.first.messages] == [3, 0]


def test_what_answers_a_thread_is_not_hidden_in_a_digest(few: Rig) -> None:
    rows = Rows(few.database)
    case = rows.case()
    tell(few, "opened", case)
    few.notify()
    tell(few, "over", case)
    tell(few, "one", rows.case())
    tell(few, "two", rows.case())
    few.notify()
    answer, both = few.first.messages[1:]
    assert (answer.title, answer.thread) == ("over", "id-1")
    assert titles(both) == ["one", "two"]
    few.first.threads = False
    tell(few, "again", case)
    tell(few, "three")
    few.notify()
    assert titles(few.first.messages[-1]) == ["again", "three"]


def test_an_outage_of_a_channel_that_takes_few_loses_nothing(few: Rig) -> None:
    few.routes = Routes(("first",))
    few.notifiers = [few.notifier(few.first)]
    publish_some(few, 30)
    few.first.always = Busy("down")
    for _ in range(60):
        few.clock.advance(10)
        few.notify()
    few.first.always = None
    few.clock.advance(300)
    few.notify()
    told = [p for m in few.first.messages for p in (m.parts or (m,))]
    assert len(told) == len({p.dedupe_key for p in told}) == 30
    assert len(few.first.messages) == 8
