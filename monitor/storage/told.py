"""What people have been told, and what was judged and told to nobody: the demonstration's view."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.storage import tables as t


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that has reached somebody."""

    id: int
    kind: str
    reason: str
    message: dict[str, Any]
    created_at: datetime
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """A hit that was judged and belongs to no case."""

    id: int
    platform: str
    brand: str
    reason: str
    text: str


def told_after(connection: Connection, known: Collection[int], limit: int = 200) -> list[Told]:
    """Return delivered alerts that are not among `known`, in order of delivery."""
    a = t.alert.c
    rows = connection.execute(
        select(a.id, a.kind, a.reason, a.message, a.created_at, a.first_delivered_at)
        .where(a.first_delivered_at.is_not(None))
        .order_by(a.first_delivered_at.desc())
        .limit(limit)
    )
    fresh = [
        Told(r.id, r.kind, r.reason, r.message, r.created_at, r.first_delivered_at)
        for r in rows
        if r.id not in known
    ]
    return fresh[::-1]


def quiet_after(connection: Connection, hit_id: int, limit: int = 200) -> list[Quiet]:
    """Return judged hits above `hit_id` that belong to no case."""
    h, p = t.hit.c, t.post.c
    rows = connection.execute(
        select(h.id, p.platform, h.brand, h.reason, p.text)
        .join_from(t.hit, t.post)
        .where(h.id > hit_id, h.judged_at.is_not(None), h.case_id.is_(None))
        .order_by(h.id)
        .limit(limit)
    )
    return [Quiet(r.id, r.platform, r.brand, r.reason or "", r.text) for r in rows]


def posts_told(connection: Connection) -> set[tuple[str, str]]:
    """Return (platform, native id) of every post whose case somebody was told of."""
    rows = connection.execute(
        select(t.post.c.platform, t.post.c.native_id)
        .join_from(t.hit, t.post)
        .join(t.alert_case, t.hit.c.case_id == t.alert_case.c.id)
        .where(t.alert_case.c.first_delivered_at.is_not(None))
    )
    return {(row.platform, row.native_id) for row in rows}
