"""Taking deliveries from the outbox: the most urgent first, several at once where one may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select, update

from alerts.delivery import DeliveryState
from alerts.severity import Severity
from monitor.storage import tables as t
from monitor.storage.case_tables import rolled_up


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that this process has claimed and must now try.

    `thread` is what the channel calls its first message about the case; empty before that.
    """

    id: int
    alert_id: int
    alert_key: str
    case_id: int | None
    channel: str
    dedupe_key: str
    severity: Severity
    attempts: int
    doubtful: bool
    created_at: datetime
    message: dict[str, Any]
    platform: str | None
    published_at: datetime | None
    first_seen_at: datetime | None
    thread: str = ""


def claim(
    connection: Connection,
    channel: str,
    owner: str,
    now: datetime,
    lease_until: datetime,
    *,
    most: int = 1,
    threads: bool = False,
) -> list[Due]:
    """Take the channel's most urgent due delivery, and up to `most` with it.

    A delivery found in `sending` was in flight when its process ended: whether it arrived
    is unknown, so it comes back marked doubtful. What is doubtful comes alone, since it must
    be looked for; so does, where the channel has `threads`, what answers an earlier message.
    """
    waiting = _waiting(connection, channel, now, most)
    case_ids = {row.case_id for row in waiting if row.case_id} if threads else set()
    threads_of = _threads(connection, channel, case_ids)

    def together(row: Any) -> bool:
        calm = row.state == DeliveryState.PENDING.value and not row.doubtful
        return calm and row.case_id not in threads_of

    taken = waiting[:1]
    if taken and together(taken[0]):
        taken = [row for row in waiting if together(row)]
    ids = [row.id for row in taken]
    if not ids:
        return []
    d = t.delivery.c
    connection.execute(
        update(t.delivery)
        .where(d.id.in_(ids))
        .values(
            state=DeliveryState.SENDING.value,
            lease_owner=owner,
            lease_until=lease_until,
            attempts=d.attempts + 1,
            doubtful=case((d.state == DeliveryState.SENDING.value, True), else_=d.doubtful),
        )
    )
    return [
        replace(due, thread=threads_of.get(due.case_id, "")) if due.case_id else due
        for due in load(connection, ids)
    ]


def _waiting(connection: Connection, channel: str, now: datetime, most: int) -> Sequence[Any]:
    d = t.delivery.c
    pending = and_(d.state == DeliveryState.PENDING.value, d.next_try_at <= now)
    abandoned = and_(d.state == DeliveryState.SENDING.value, d.lease_until <= now)
    return connection.execute(
        select(d.id, d.state, d.doubtful, t.alert.c.case_id)
        .join_from(t.delivery, t.alert)
        .where(d.channel == channel, d.finished_at.is_(None), or_(pending, abandoned))
        .order_by(d.severity.desc(), func.coalesce(t.alert.c.published_at, d.created_at), d.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=t.delivery)
    ).all()


def _threads(connection: Connection, channel: str, case_ids: Collection[int]) -> dict[int, str]:
    """Return what the channel calls its first message about each case that it was told of.

    A roll-up that held the case counts as such where nothing told of the case alone.
    """
    d, a = t.delivery.c, t.alert.c
    sent = (d.channel == channel, d.state == DeliveryState.SENT.value, d.provider_id != "")
    single = (
        select(a.case_id, d.provider_id, d.sent_at)
        .join_from(t.delivery, t.alert)
        .where(a.case_id.in_(case_ids), *sent)
    )
    rolled = (
        select(rolled_up.c.case_id, d.provider_id, d.sent_at)
        .join_from(rolled_up, t.delivery, rolled_up.c.alert_id == d.alert_id)
        .where(rolled_up.c.case_id.in_(case_ids), *sent)
    )
    found: dict[int, str] = {}
    for query in (single, rolled) if case_ids else ():
        first: dict[int, str] = {}
        for row in connection.execute(query.order_by(d.sent_at.desc(), d.id.desc())):
            first[row.case_id] = row.provider_id
        found = {**first, **found}
    return found


def load(connection: Connection, delivery_ids: Sequence[int]) -> list[Due]:
    """Return the deliveries with these ids, in this order."""
    a = t.alert.c
    rows = connection.execute(
        select(
            t.delivery,
            a.key,
            a.case_id,
            a.message,
            a.platform,
            a.published_at,
            a.first_seen_at,
        )
        .join_from(t.delivery, t.alert)
        .where(t.delivery.c.id.in_(delivery_ids))
    )
    dues = {
        row.id: Due(
            id=row.id,
            alert_id=row.alert_id,
            alert_key=row.key,
            case_id=row.case_id,
            channel=row.channel,
            dedupe_key=row.dedupe_key,
            severity=Severity(row.severity),
            attempts=row.attempts,
            doubtful=row.doubtful,
            created_at=row.created_at,
            message=row.message,
            platform=row.platform,
            published_at=row.published_at,
            first_seen_at=row.first_seen_at,
        )
        for row in rows
    }
    return [dues[delivery_id] for delivery_id in delivery_ids]
