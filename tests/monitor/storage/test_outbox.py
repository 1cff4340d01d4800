"""Alerts and deliveries: each goes out once per channel, the most urgent first."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from alerts.delivery import DeliveryState
from alerts.severity import Severity
from monitor.storage import cases, channel_health, claims, outbox, tellings
from monitor.storage import tables as t
from monitor.storage.channel_health import ChannelHealth
from monitor.storage.claims import Due
from monitor.storage.database import Database
from monitor.storage.outbox import NewAlert
from monitor.storage.told import posts_told, quiet_after, told_after
from tests.factories import BRAND, REPLY, T0, Rows

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LEASE = MINUTE
ALERT = NewAlert(
    kind=outbox.CASE,
    key="hit:1:new_case",
    reason="new_case",
    severity=Severity.NORMAL,
    brand=BRAND,
    title="星云手表：要求退款",
    message={"reply": {"text": REPLY}, "title": "😡"},
    wordings={"en": {"title": "refund"}},
    created_at=T0,
    platform="weibo",
    published_at=T0 - MINUTE,
    first_seen_at=T0 - SECOND,
    scored_at=T0,
)


def add(database: Database, *alerts: NewAlert, channels: tuple[str, ...] = ("pr",)) -> None:
    with database.write() as connection:
        outbox.add_alerts(connection, alerts, channels)


def claim(database: Database, now: datetime = T0, channel: str = "pr") -> Due | None:
    with database.write() as connection:
        dues = claims.claim(connection, channel, "me", now, now + LEASE)
    assert len(dues) <= 1
    return dues[0] if dues else None


def claimed(database: Database, now: datetime = T0, channel: str = "pr") -> Due:
    due = claim(database, now, channel)
    assert due
    return due


def sent(database: Database, due: Due, at: datetime = T0) -> None:
    with database.write() as connection:
        outbox.mark_sent(connection, due, "ts-1", at)


def unsent(database: Database, due: Due, **changes: Any) -> None:
    values: dict[str, Any] = {
        "state": DeliveryState.PENDING,
        "next_try_at": T0 + MINUTE,
        "doubtful": False,
        "error": "busy",
        "now": T0,
    }
    with database.write() as connection:
        outbox.mark_unsent(connection, due, **{**values, **changes})


def deliveries(database: Database, *columns: Any) -> list[Any]:
    chosen = columns or (t.delivery.c.channel, t.delivery.c.state)
    with database.read() as connection:
        rows = connection.execute(select(*chosen).order_by(t.delivery.c.id)).all()
    return [tuple(row) for row in rows]


# Adding


def test_an_alert_goes_to_every_channel(database: Database) -> None:
    add(database, ALERT, channels=("pr", "lead"))
    assert deliveries(database) == [("pr", "pending"), ("lead", "pending")]
    due = claimed(database)
    assert (due.alert_key, due.channel, due.severity) == (ALERT.key, "pr", Severity.NORMAL)
    assert due.message == ALERT.message
    assert (due.platform, due.published_at, due.first_seen_at) == (
        "weibo",
        ALERT.published_at,
        ALERT.first_seen_at,
    )
    assert (due.attempts, due.doubtful, due.case_id) == (1, False, None)
    assert due.dedupe_key != claimed(database, channel="lead").dedupe_key


def test_a_known_key_is_told_once(database: Database) -> None:
    add(database, ALERT)
    add(database, ALERT, replace(ALERT, title="other"), replace(ALERT, key="k2"))
    assert deliveries(database) == [("pr", "pending")] * 2
    with database.read() as connection:
        titles = connection.execute(select(t.alert.c.title)).scalars().all()
        assert outbox.count(connection) == 2
    assert titles == [ALERT.title] * 2


def test_no_alerts_and_no_channels_are_legal(database: Database) -> None:
    add(database)
    add(database, ALERT, channels=())
    assert deliveries(database) == []
    assert claim(database) is None


def test_a_case_takes_further_channels_once(database: Database) -> None:
    rows = Rows(database)
    case = rows.case()
    add(database, replace(ALERT, case_id=case), replace(ALERT, key="k2", case_id=case))
    add(database, replace(ALERT, key="k3", case_id=rows.case()))
    for _ in range(2):
        with database.write() as connection:
            outbox.add_case_deliveries(connection, case, ("pr", "lead"), T0)
            outbox.add_case_deliveries(connection, 999, ("lead",), T0)
    assert Counter(deliveries(database)) == {("pr", "pending"): 3, ("lead", "pending"): 2}


def test_a_failed_alert_gets_one_more_way_out(database: Database) -> None:
    add(database, ALERT)
    due = claimed(database)
    for _ in range(2):
        with database.write() as connection:
            outbox.add_delivery(connection, due, "lead", T0)
    with database.read() as connection:
        assert sorted(outbox.channels_tried(connection, due.alert_id)) == ["lead", "pr"]
    other = claimed(database, channel="lead")
    assert (other.alert_id, other.severity) == (due.alert_id, due.severity)


# Claiming


def test_the_most_urgent_goes_first_then_the_earliest_published(database: Database) -> None:
    add(
        database,
        replace(ALERT, key="late", published_at=T0),
        replace(ALERT, key="early", published_at=T0 - 5 * MINUTE),
        replace(ALERT, key="urgent", published_at=T0, severity=Severity.URGENT),
        replace(ALERT, key="important", published_at=T0, severity=Severity.IMPORTANT),
        replace(ALERT, key="about us", published_at=None, created_at=T0 - 2 * MINUTE),
        replace(ALERT, key="same time", published_at=T0),
    )
    order = [claimed(database).alert_key for _ in range(6)]
    assert order == ["urgent", "important", "early", "about us", "late", "same time"]
    assert claim(database) is None


def test_a_channel_claims_only_its_own(database: Database) -> None:
    add(database, ALERT, channels=("lead",))
    assert claim(database) is None
    assert claimed(database, channel="lead")


def test_a_later_try_waits_for_its_time(database: Database) -> None:
    add(database, ALERT)
    unsent(database, claimed(database), next_try_at=T0 + MINUTE)
    assert claim(database, T0 + MINUTE - SECOND) is None
    with database.read() as connection:
        assert outbox.next_due_at(connection, "pr") == T0 + MINUTE
        assert outbox.next_due_at(connection, "lead") is None
    due = claimed(database, T0 + MINUTE)
    assert (due.attempts, due.doubtful) == (2, False)


def test_a_claimed_delivery_is_left_alone_until_its_lease_ends(database: Database) -> None:
    add(database, ALERT)
    claimed(database)
    assert claim(database, T0 + LEASE - SECOND) is None
    due = claimed(database, T0 + LEASE)
    assert (due.attempts, due.doubtful) == (2, True)


def test_an_abandoned_delivery_stays_doubtful_until_it_is_told_otherwise(
    database: Database,
) -> None:
    add(database, ALERT)
    claimed(database)
    due = claimed(database, T0 + LEASE)
    unsent(database, due, doubtful=True, next_try_at=T0 + 2 * LEASE)
    again = claimed(database, T0 + 2 * LEASE)
    assert again.doubtful
    unsent(database, again, doubtful=False, next_try_at=T0 + 3 * LEASE)
    assert not claimed(database, T0 + 3 * LEASE).doubtful


def test_what_a_dead_process_held_is_free_at_the_next_start(database: Database) -> None:
    add(database, ALERT, replace(ALERT, key="k2"), replace(ALERT, key="k3"))
    sent(database, claimed(database))
    claimed(database)
    with database.write() as connection:
        assert outbox.release_abandoned(connection, T0) == 1
    assert sorted((claimed(database).doubtful, claimed(database).doubtful)) == [False, True]
    assert claim(database) is None


def test_two_claimers_never_get_the_same_delivery(database: Database) -> None:
    add(database, *(replace(ALERT, key=f"k{n}") for n in range(40)))
    taken: list[int] = []
    barrier = threading.Barrier(4)

    def work(name: str) -> None:
        barrier.wait()
        while True:
            with database.write() as connection:
                dues = claims.claim(connection, "pr", name, T0, T0 + LEASE)
            if not dues:
                return
            taken.append(dues[0].id)

    claimers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


@pytest.mark.postgres
def test_a_claim_does_not_wait_for_another_that_is_not_committed(
    postgres_database: Database,
) -> None:
    with postgres_database.write() as connection:
        connection.execute(t.alert.delete())
    add(postgres_database, ALERT, replace(ALERT, key="k2"))
    with postgres_database.write() as one, postgres_database.write() as other:
        (first,) = claims.claim(one, "pr", "a", T0, T0 + LEASE)
        (second,) = claims.claim(other, "pr", "b", T0, T0 + LEASE)
        assert first.id != second.id


# Outcomes


def test_a_delivery_is_stamped_on_alert_and_case_the_first_time(database: Database) -> None:
    case = Rows(database).case()
    add(database, replace(ALERT, case_id=case), channels=("pr", "lead"))
    sent(database, claimed(database), T0 + SECOND)
    sent(database, claimed(database, channel="lead"), T0 + MINUTE)
    with database.read() as connection:
        stamps = connection.execute(
            select(t.alert.c.first_delivered_at, t.alert_case.c.first_delivered_at).join_from(
                t.alert, t.alert_case
            )
        ).all()
        assert outbox.unfinished(connection) == 0
    assert stamps == [(T0 + SECOND, T0 + SECOND)]
    d = t.delivery.c
    assert deliveries(database, d.state, d.sent_at, d.provider_id, d.lease_until) == [
        ("sent", T0 + SECOND, "ts-1", None),
        ("sent", T0 + MINUTE, "ts-1", None),
    ]
    assert claim(database, T0 + timedelta(days=9)) is None


@pytest.mark.postgres
def test_cases_are_stamped_in_the_order_of_their_ids(postgres_database: Database) -> None:
    database = postgres_database
    with database.write() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
    rows = Rows(database)
    low, high = rows.case(), rows.case()
    with database.write() as connection:
        graver = replace(ALERT, key="k2", case_id=high, severity=Severity.URGENT)
        outbox.add_alerts(connection, [ALERT, graver], ["pr"])
        tellings.add_rolled_up(connection, ALERT.key, [low, high])
        dues = claims.claim(connection, "pr", "me", T0, T0 + LEASE, most=2)
    assert [due.case_id for due in dues] == [high, None]

    def stamp() -> None:
        with database.write() as connection:
            outbox.lock_cases(connection, dues)
            for due in dues:
                outbox.mark_sent(connection, due, "ts-1", T0)

    waiting = select(func.count()).select_from(text("pg_locks")).where(text("NOT granted"))
    stamper = threading.Thread(target=stamp)
    with database.write() as judge:
        cases.lock(judge, t.alert_case.c.id == low)
        stamper.start()
        while stamper.is_alive() and not judge.execute(waiting).scalar_one():
            pass
        higher = select(t.alert_case.c.id).where(t.alert_case.c.id == high)
        assert judge.execute(higher.with_for_update(skip_locked=True)).scalars().all() == [high]
    stamper.join()
    with database.read() as connection:
        stamps = select(t.alert_case.c.first_delivered_at).where(t.alert_case.c.id.in_([low, high]))
        assert connection.execute(stamps).scalars().all() == [T0, T0]


def test_a_delivery_that_failed_for_good_is_not_tried_again(database: Database) -> None:
    add(database, ALERT)
    unsent(database, claimed(database), state=DeliveryState.FAILED, now=T0 + MINUTE)
    assert claim(database, T0 + timedelta(days=9)) is None
    d = t.delivery.c
    assert deliveries(database, d.state, d.finished_at, d.error) == [
        ("failed", T0 + MINUTE, "busy")
    ]
    with database.read() as connection:
        assert outbox.unfinished(connection) == 0


def test_who_lost_the_lease_cannot_undo_what_another_has_sent(database: Database) -> None:
    add(database, ALERT)
    slow = claimed(database)
    quick = claimed(database, T0 + LEASE)
    sent(database, quick, T0 + LEASE)
    unsent(database, slow)
    assert deliveries(database) == [("pr", "sent")]
    assert claim(database, T0 + timedelta(days=9)) is None


def test_a_message_that_arrived_after_all_counts_as_sent(database: Database) -> None:
    add(database, ALERT)
    slow = claimed(database)
    unsent(database, claimed(database, T0 + LEASE), state=DeliveryState.FAILED)
    sent(database, slow, T0 + LEASE)
    assert deliveries(database) == [("pr", "sent")]


@pytest.mark.parametrize("text", ["x" * 5000, "a\0b", "a\ud800b", "😡", "'; --"])
def test_any_answer_of_a_provider_is_kept_as_far_as_it_goes(database: Database, text: str) -> None:
    add(database, ALERT, replace(ALERT, key="k2"))
    unsent(database, claimed(database), error=text)
    with database.write() as connection:
        channel_health.save(connection, "pr", ChannelHealth(last_error=text))
        (due,) = claims.claim(connection, "pr", "me", T0, T0 + LEASE)
        outbox.mark_sent(connection, due, text, T0)
        assert channel_health.find(connection, "pr").last_error
    (error, _), (_, provider_id) = deliveries(
        database, t.delivery.c.error, t.delivery.c.provider_id
    )
    assert 1 <= len(error) <= 500
    assert len(provider_id) == len(text)


# Channels


def test_channel_health_comes_back_as_it_was(database: Database) -> None:
    health = ChannelHealth(3, T0 + MINUTE, T0, "busy")
    with database.write() as connection:
        assert channel_health.find(connection, "pr") == ChannelHealth()
        channel_health.save(connection, "pr", ChannelHealth(1))
        channel_health.save(connection, "pr", health)
        channel_health.save(connection, "lead", ChannelHealth())
    with database.read() as connection:
        assert channel_health.find(connection, "pr") == health
        assert channel_health.find(connection, "lead") == ChannelHealth()


# The auditor's questions


def stuck(database: Database, before: datetime) -> int:
    with database.read() as connection:
        return outbox.stuck_since(connection, before)


def test_deliveries_that_nobody_tries_are_counted(database: Database) -> None:
    add(database, ALERT, replace(ALERT, key="k2"))
    assert stuck(database, T0 - SECOND) == 0
    assert stuck(database, T0) == 2
    claimed(database)
    assert stuck(database, T0 + LEASE - SECOND) == 1
    assert stuck(database, T0 + LEASE) == 2
    sent(database, claimed(database, T0 + LEASE))
    assert stuck(database, T0 + 9 * LEASE) == 1


@pytest.mark.parametrize(
    ("health", "count"),
    [
        (ChannelHealth(paused_until=T0 + 2 * MINUTE), 0),
        (ChannelHealth(paused_until=T0), 1),
        (ChannelHealth(last_sent_at=T0 + 2 * MINUTE), 0),
        (ChannelHealth(last_sent_at=T0), 1),
        (ChannelHealth(failures=5), 1),
    ],
)
def test_a_paused_or_busy_channel_is_not_stuck(
    database: Database, health: ChannelHealth, count: int
) -> None:
    add(database, ALERT)
    with database.write() as connection:
        channel_health.save(connection, "pr", health)
    assert stuck(database, T0 + MINUTE) == count


def test_an_alert_without_deliveries_is_found_and_repaired(database: Database) -> None:
    add(database, ALERT)
    add(database, replace(ALERT, key="k2", severity=Severity.URGENT, created_at=T0 + MINUTE))
    with database.write() as connection:
        connection.execute(t.delivery.delete())
        assert outbox.alerts_without_delivery(connection, T0 - SECOND) == []
        (bare,) = outbox.alerts_without_delivery(connection, T0)
        both = outbox.alerts_without_delivery(connection, T0 + MINUTE)
        assert len(both) == 2
        outbox.repair(connection, both, ("pr", "lead"), T0)
        outbox.repair(connection, [], ("pr",), T0)
        assert outbox.alerts_without_delivery(connection, T0 + MINUTE) == []
    first, second = claimed(database), claimed(database)
    assert (first.severity, second.alert_id) == (Severity.URGENT, bare)


def test_an_alert_that_arrived_is_not_bare(database: Database) -> None:
    add(database, ALERT)
    sent(database, claimed(database))
    with database.write() as connection:
        connection.execute(t.delivery.delete())
        assert outbox.alerts_without_delivery(connection, T0 + MINUTE) == []


# For the demonstration


def test_what_was_told_comes_once_in_order_of_delivery(database: Database) -> None:
    add(database, *(replace(ALERT, key=f"k{n}") for n in range(3)))
    for n in (2, 0):
        sent(database, claimed(database), T0 + n * SECOND)
    with database.read() as connection:
        told = told_after(connection, set())
        assert [one.delivered_at for one in told] == [T0, T0 + 2 * SECOND]
        assert told_after(connection, {one.id for one in told}) == []
        assert len(told_after(connection, {told[0].id})) == 1


def test_hits_that_belong_to_no_case_are_the_quiet_ones(database: Database) -> None:
    rows = Rows(database)
    _, case, _ = rows.complaint()
    calm = rows.hit(rows.post(), judged_at=T0, reason="not_negative")
    rows.hit(rows.post())
    with database.write() as connection:
        connection.execute(update(t.hit).where(t.hit.c.id < calm).values(judged_at=T0))
    with database.read() as connection:
        (quiet,) = quiet_after(connection, 0)
        assert (quiet.id, quiet.reason, quiet.platform) == (calm, "not_negative", "weibo")
        assert quiet_after(connection, calm) == []
        told = connection.execute(
            select(t.post.c.native_id).join(t.hit).where(t.hit.c.case_id == case)
        ).scalar_one()
        assert posts_told(connection) == {("weibo", told)}


def test_an_alert_for_the_console_alone_owes_no_channel_anything(database: Database) -> None:
    add(database, ALERT, channels=())
    with database.read() as connection:
        assert outbox.alerts_without_delivery(connection, T0 + MINUTE) == []
