"""What happened to each case: append-only, the service's deeds and those of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from monitor.storage.case_tables import case_event


class EventKind(StrEnum):
    """What can happen to a case."""

    OPENED = "opened"
    SEVERITY = "severity"
    TOLD = "told"
    HELD = "held"
    ACKED = "acked"
    ACK_EXPIRED = "ack_expired"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    FALSE_ALARM = "false_alarm"
    CLOSED = "closed"
    MERGED = "merged"
    SPLIT = "split"
    LINKED = "linked"
    UNLINKED = "unlinked"
    RESCORED = "rescored"
    ESCALATED = "escalated"
    MISSED = "missed"
    ACTED = "acted"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened to a case; `who` is empty where the service did it."""

    case_id: int
    at: datetime
    kind: EventKind
    who: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def add(connection: Connection, events: Sequence[CaseEvent]) -> None:
    """Write events into the transaction of what happened."""
    if not events:
        return
    rows = [
        {
            "case_id": event.case_id,
            "at": event.at,
            "who": event.who[:80],
            "kind": event.kind.value,
            "data": dict(event.data),
        }
        for event in events
    ]
    connection.execute(insert(case_event), rows)


def of_case(connection: Connection, case_id: int, limit: int = 500) -> tuple[CaseEvent, ...]:
    """Return what happened to a case, in order; the latest `limit` events of it."""
    e = case_event.c
    rows = connection.execute(
        select(case_event)
        .where(e.case_id == case_id)
        .order_by(e.at.desc(), e.id.desc())
        .limit(limit)
    ).all()
    return tuple(
        CaseEvent(row.case_id, row.at, EventKind(row.kind), row.who, row.data)
        for row in reversed(rows)
    )
