"""How each channel has been doing: what the notifiers remember between two messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.storage import tables as t
from monitor.storage.posts import storable, upsert


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How a channel has been doing; `failures` counts those in a row."""

    failures: int = 0
    paused_until: datetime | None = None
    last_sent_at: datetime | None = None
    last_error: str | None = None


def find(connection: Connection, channel: str) -> ChannelHealth:
    """Return what is known of a channel."""
    row = connection.execute(
        select(t.channel_health).where(t.channel_health.c.channel == channel)
    ).one_or_none()
    if row is None:
        return ChannelHealth()
    return ChannelHealth(row.failures, row.paused_until, row.last_sent_at, row.last_error)


def save(connection: Connection, channel: str, health: ChannelHealth) -> None:
    """Remember how a channel did."""
    values = {
        "failures": health.failures,
        "paused_until": health.paused_until,
        "last_sent_at": health.last_sent_at,
        "last_error": storable(health.last_error or "") or None,
    }
    connection.execute(
        upsert(connection, t.channel_health)
        .values(channel=channel, **values)
        .on_conflict_do_update(index_elements=["channel"], set_=values)
    )
