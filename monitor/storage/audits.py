"""Questions of the auditor that no other step asks: what should have happened and did not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from alerts.delivery import DeliveryState
from monitor.storage import tables as t
from monitor.storage.case_tables import case_event, escalation, rolled_up


def calls_due(connection: Connection, before: datetime) -> int:
    """Count the calls of the ladder that nobody has looked at, due since then at least."""
    return connection.execute(
        select(func.count()).select_from(escalation).where(escalation.c.due_at <= before)
    ).scalar_one()


def acks_over(connection: Connection, before: datetime) -> int:
    """Count the acknowledgements that ran out before then and are still in force."""
    c = t.alert_case.c
    return connection.execute(
        select(func.count()).select_from(t.alert_case).where(c.ack_expires_at <= before)
    ).scalar_one()


def ladders_wanted(connection: Connection, before: datetime) -> int:
    """Count the open cases that want a ladder since then at least.

    What happened to a case later may be what made it graver.
    """
    c, event = t.alert_case.c, case_event.c
    lately = select(event.id).where(event.case_id == c.id, event.at > before)
    return connection.execute(
        select(func.count())
        .select_from(t.alert_case)
        .where(
            c.closed_at.is_(None),
            c.armed_severity < c.severity,
            c.opened_at <= before,
            or_(c.last_post_at.is_(None), c.last_post_at <= before),
            ~lately.exists(),
        )
    ).scalar_one()


def cases_untold(connection: Connection, before: datetime) -> int:
    """Count the cases that wait to be told of since then at least."""
    c = t.alert_case.c
    return connection.execute(
        select(func.count()).select_from(t.alert_case).where(c.tell_at <= before)
    ).scalar_one()


def leases_over(connection: Connection, before: datetime) -> int:
    """Count the deliveries that are held by somebody whose time ran out before then."""
    d = t.delivery.c
    return connection.execute(
        select(func.count())
        .select_from(t.delivery)
        .where(
            d.finished_at.is_(None),
            d.state == DeliveryState.SENDING.value,
            d.lease_until <= before,
        )
    ).scalar_one()


def cases_undelivered(
    connection: Connection, published_before: datetime, told_before: datetime
) -> int:
    """Count the open cases about which people were to be told, and nobody has been reached."""
    c, a = t.alert_case.c, t.alert.c
    written = (a.routed, a.created_at <= told_before)
    alone = select(a.id).where(a.case_id == c.id, *written)
    among_others = (
        select(a.id)
        .join(rolled_up, rolled_up.c.alert_id == a.id)
        .where(rolled_up.c.case_id == c.id, *written)
    )
    return connection.execute(
        select(func.count())
        .select_from(t.alert_case)
        .where(
            c.first_delivered_at.is_(None),
            c.closed_at.is_(None),
            c.published_at <= published_before,
            or_(alone.exists(), among_others.exists()),
        )
    ).scalar_one()
