"""The ladder's calls as lists show them: those that run, and all that ever were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from alerts.rungs import Rung, RungState
from monitor.storage import escalations
from monitor.storage import tables as t
from monitor.storage.case_tables import escalation
from monitor.storage.paging import Cursor, Page, cut

RUNNING_MAX: Final = 200
OPEN: Final = (RungState.ARMED.value, RungState.FIRED.value)


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call about a case, and what the case is about and how grave it is now."""

    rung: Rung
    brand: str
    topic: str
    case_severity: int


_CALLS: Final[Select[Any]] = select(
    escalation.c.id,
    escalation.c.case_id,
    escalation.c.armed_at,
    t.alert_case.c.brand,
    t.alert_case.c.topic,
    t.alert_case.c.severity,
).join_from(escalation, t.alert_case)


def running(connection: Connection, limit: int = RUNNING_MAX) -> tuple[CallRow, ...]:
    """Return the calls that are not over, the next to be looked at first."""
    due_at = escalation.c.due_at
    query = _CALLS.where(due_at.is_not(None)).order_by(due_at, escalation.c.id).limit(limit)
    return _calls(connection, connection.execute(query).all())


def page(
    connection: Connection,
    states: Sequence[str],
    limit: int,
    after: Cursor | None = None,
    case_id: int | None = None,
) -> Page[CallRow]:
    """Return calls in any of these states (none: in all), those made last first."""
    query = _CALLS.order_by(escalation.c.id.desc()).limit(limit + 1)
    if states:
        query = query.where(escalation.c.state.in_(states))
    if case_id is not None:
        query = query.where(escalation.c.case_id == case_id)
    if after is not None:
        query = query.where(escalation.c.id < after.id)
    calls = _calls(connection, connection.execute(query).all())
    return cut(calls, limit, lambda call: Cursor(call.rung.armed_at, call.rung.id))


def _calls(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[CallRow, ...]:
    found = escalations.of_cases(connection, {row.case_id for row in rows})
    rungs = {rung.id: rung for each in found.values() for rung in each}
    return tuple(CallRow(rungs[row.id], row.brand, row.topic, row.severity) for row in rows)
