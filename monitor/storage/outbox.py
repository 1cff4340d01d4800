"""Alerts and their deliveries: the rows that carry a message from the decision to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from alerts.delivery import DeliveryState, dedupe_key
from alerts.severity import Severity
from monitor.storage import cases
from monitor.storage import tables as t
from monitor.storage.case_tables import rolled_up
from monitor.storage.claims import Due, load
from monitor.storage.posts import storable, upsert

CASE = "case"
OPERATIONAL = "operational"


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert about to be stored; `message` is alerts.message.to_json of its message.

    `wordings` has title, reasons and verdict in each language, for the console.
    """

    kind: str
    key: str
    reason: str
    severity: Severity
    brand: str
    title: str
    message: dict[str, Any]
    wordings: dict[str, dict[str, Any]]
    created_at: datetime
    case_id: int | None = None
    hit_id: int | None = None
    late: bool = False
    platform: str | None = None
    published_at: datetime | None = None
    first_seen_at: datetime | None = None
    scored_at: datetime | None = None


def add_alerts(connection: Connection, alerts: Sequence[NewAlert], channels: Sequence[str]) -> int:
    """Store alerts with one delivery row per channel; a known key is left alone.

    Without channels an alert is for the console alone, also when channels are added later.
    """
    if not alerts:
        return 0
    rows = [{**_alert_row(alert), "routed": bool(channels)} for alert in alerts]
    statement = upsert(connection, t.alert).on_conflict_do_nothing(index_elements=["key"])
    connection.execute(statement, rows)
    ids = {
        row.key: row.id
        for row in connection.execute(
            select(t.alert.c.id, t.alert.c.key).where(t.alert.c.key.in_([a.key for a in alerts]))
        )
    }
    deliveries = [
        _delivery_row(ids[alert.key], alert.key, channel, alert.severity, alert.created_at)
        for alert in alerts
        for channel in channels
    ]
    if deliveries:
        connection.execute(upsert(connection, t.delivery).on_conflict_do_nothing(), deliveries)
    return len(alerts)


def add_delivery(connection: Connection, due: Due, channel: str, now: datetime) -> None:
    """Give an alert one more way out, e.g. after its first channel failed for good."""
    row = _delivery_row(due.alert_id, due.alert_key, channel, due.severity, now)
    connection.execute(upsert(connection, t.delivery).on_conflict_do_nothing(), [row])


def held_up(
    connection: Connection, channel: str, created_before: datetime, limit: int = 200
) -> list[Due]:
    """Return deliveries that wait for a channel since before that time, and for it alone."""
    d, other = t.delivery.c, t.delivery.alias("other")
    elsewhere = select(other.c.id).where(other.c.alert_id == d.alert_id, other.c.channel != channel)
    ids = connection.execute(
        select(d.id)
        .where(
            d.channel == channel,
            d.state == DeliveryState.PENDING.value,
            d.finished_at.is_(None),
            d.created_at <= created_before,
            ~elsewhere.exists(),
        )
        .order_by(d.severity.desc(), d.id)
        .limit(limit)
    ).scalars()
    return load(connection, ids.all())


def add_case_deliveries(
    connection: Connection, case_id: int, channels: Sequence[str], now: datetime
) -> None:
    """Send the alerts of a case, roll-ups that hold it among them, over further channels."""
    a = t.alert.c
    holding = select(rolled_up.c.alert_id).where(rolled_up.c.case_id == case_id)
    alerts = connection.execute(
        select(a.id, a.key, a.severity).where(or_(a.case_id == case_id, a.id.in_(holding)))
    ).all()
    rows = [
        _delivery_row(alert.id, alert.key, channel, Severity(alert.severity), now)
        for alert in alerts
        for channel in channels
    ]
    if rows:
        connection.execute(upsert(connection, t.delivery).on_conflict_do_nothing(), rows)


def _alert_row(alert: NewAlert) -> dict[str, Any]:
    return {
        "kind": alert.kind,
        "key": alert.key,
        "case_id": alert.case_id,
        "hit_id": alert.hit_id,
        "reason": alert.reason,
        "severity": int(alert.severity),
        "brand": alert.brand,
        "title": alert.title,
        "message": alert.message,
        "wordings": alert.wordings,
        "late": alert.late,
        "platform": alert.platform,
        "published_at": alert.published_at,
        "first_seen_at": alert.first_seen_at,
        "scored_at": alert.scored_at,
        "created_at": alert.created_at,
    }


def _delivery_row(
    alert_id: int, alert_key: str, channel: str, severity: Severity, now: datetime
) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "channel": channel,
        "dedupe_key": dedupe_key(alert_key, channel),
        "state": DeliveryState.PENDING.value,
        "severity": int(severity),
        "attempts": 0,
        "doubtful": False,
        "created_at": now,
        "next_try_at": now,
    }


def release_abandoned(connection: Connection, now: datetime) -> int:
    """Let every delivery in flight be claimed at once.

    For the start of a process that has the database to itself (SQLite): whoever held these
    leases is dead, waiting for them to run out would only cost time.
    """
    return connection.execute(
        update(t.delivery)
        .where(
            t.delivery.c.state == DeliveryState.SENDING.value, t.delivery.c.finished_at.is_(None)
        )
        .values(lease_until=now)
    ).rowcount


def lock_cases(connection: Connection, dues: Sequence[Due]) -> None:
    """Lock the cases that `mark_sent` of these deliveries stamps.

    What was sent must not be undone: it would be sent again.
    """
    case, held = t.alert_case.c, rolled_up.c
    alone = case.id.in_({due.case_id for due in dues if due.case_id is not None})
    among = select(held.case_id).where(held.alert_id.in_({due.alert_id for due in dues}))
    cases.lock(connection, or_(alone, case.id.in_(among)) & case.first_delivered_at.is_(None))


def mark_sent(connection: Connection, due: Due, provider_id: str, at: datetime) -> bool:
    """Log a delivery after its send, and stamp the first one on alert and case.

    A roll-up stamps every case that it tells of. Returns whether it was the alert's first.
    """
    connection.execute(
        update(t.delivery)
        .where(t.delivery.c.id == due.id)
        .values(
            state=DeliveryState.SENT.value,
            sent_at=at,
            finished_at=at,
            provider_id=storable(provider_id),
            lease_until=None,
            error=None,
        )
    )
    first = connection.execute(
        update(t.alert)
        .where(t.alert.c.id == due.alert_id, t.alert.c.first_delivered_at.is_(None))
        .values(first_delivered_at=at)
    ).rowcount
    if due.case_id is not None:
        cases.mark_delivered(connection, due.case_id, at)
    held = select(rolled_up.c.case_id).where(rolled_up.c.alert_id == due.alert_id)
    connection.execute(
        update(t.alert_case)
        .where(t.alert_case.c.id.in_(held), t.alert_case.c.first_delivered_at.is_(None))
        .values(first_delivered_at=at)
    )
    return first == 1


def mark_unsent(
    connection: Connection,
    due: Due,
    *,
    state: DeliveryState,
    next_try_at: datetime,
    doubtful: bool,
    error: str,
    now: datetime,
) -> None:
    """Log a failed try: to be tried again, or failed for good.

    What another process has finished meanwhile (it took over an expired lease) stays finished.
    """
    connection.execute(
        update(t.delivery)
        .where(t.delivery.c.id == due.id, t.delivery.c.finished_at.is_(None))
        .values(
            state=state.value,
            next_try_at=next_try_at,
            doubtful=doubtful,
            error=storable(error)[:500],
            lease_until=None,
            finished_at=now if state is DeliveryState.FAILED else None,
        )
    )


def next_due_at(connection: Connection, channel: str) -> datetime | None:
    """Return when the channel's next delivery wants to be tried."""
    earliest: datetime | None = connection.execute(
        select(func.min(t.delivery.c.next_try_at)).where(
            t.delivery.c.channel == channel, t.delivery.c.finished_at.is_(None)
        )
    ).scalar_one()
    return earliest


def channels_tried(connection: Connection, alert_id: int) -> list[str]:
    """Return every channel that has a delivery of this alert."""
    return list(
        connection.execute(
            select(t.delivery.c.channel).where(t.delivery.c.alert_id == alert_id)
        ).scalars()
    )


def is_told(connection: Connection, reason: str, since: datetime) -> bool:
    """Tell whether such an alert was raised since then, or still waits to be delivered."""
    waits = select(t.delivery.c.id).where(
        t.delivery.c.alert_id == t.alert.c.id, t.delivery.c.finished_at.is_(None)
    )
    found = connection.execute(
        select(t.alert.c.id)
        .where(
            t.alert.c.kind == OPERATIONAL,
            t.alert.c.reason == reason,
            or_(t.alert.c.created_at > since, waits.exists()),
        )
        .limit(1)
    )
    return found.first() is not None


def unfinished(connection: Connection) -> int:
    """Count deliveries that are neither sent nor failed for good."""
    return connection.execute(
        select(func.count()).select_from(t.delivery).where(t.delivery.c.finished_at.is_(None))
    ).scalar_one()


def alerts_without_delivery(connection: Connection, created_before: datetime) -> list[int]:
    """Return alerts that have no delivery row at all though they should: the auditor's question."""
    return list(
        connection.execute(
            select(t.alert.c.id)
            .outerjoin_from(t.alert, t.delivery)
            .where(
                t.delivery.c.id.is_(None),
                t.alert.c.first_delivered_at.is_(None),
                t.alert.c.created_at <= created_before,
                t.alert.c.routed,
            )
            .limit(100)
        ).scalars()
    )


def stuck_since(connection: Connection, before: datetime) -> int:
    """Count deliveries due since `before` that nobody tries though their channel is open."""
    d, h = t.delivery.c, t.channel_health.c
    return connection.execute(
        select(func.count())
        .select_from(t.delivery.outerjoin(t.channel_health, d.channel == h.channel))
        .where(
            d.finished_at.is_(None),
            func.coalesce(d.lease_until, d.next_try_at) <= before,
            or_(h.last_sent_at.is_(None), h.last_sent_at <= before),
            or_(h.paused_until.is_(None), h.paused_until <= before),
        )
    ).scalar_one()


def repair(
    connection: Connection, alert_ids: Sequence[int], channels: Sequence[str], now: datetime
) -> None:
    """Give alerts that lack deliveries the ones that they should have had."""
    alerts = connection.execute(
        select(t.alert.c.id, t.alert.c.key, t.alert.c.severity).where(t.alert.c.id.in_(alert_ids))
    ).all()
    rows = [
        _delivery_row(alert.id, alert.key, channel, Severity(alert.severity), now)
        for alert in alerts
        for channel in channels
    ]
    if rows:
        connection.execute(insert(t.delivery), rows)


def count(connection: Connection) -> int:
    """Count all alerts."""
    return connection.execute(select(func.count()).select_from(t.alert)).scalar_one()
