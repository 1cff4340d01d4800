"""The ladder's rows: which cases want one, which calls are due, what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from alerts.case import CaseState, CaseView
from alerts.flow import Because
from alerts.rungs import LadderCase, Policy, Rule, Rung, RungState
from alerts.severity import Severity
from monitor.storage import cases
from monitor.storage import tables as t
from monitor.storage.case_tables import escalation, notice
from monitor.storage.posts import upsert
from monitor.storage.tellings import view_of

KEPT_BACK: Final = (
    Because.SUPPRESSED_BY_SILENCE.value,
    Because.SUPPRESSED_BY_QUIET_HOURS.value,
    Because.SUPPRESSED_BY_INHIBITION.value,
)
"""What keeps a case from a receiver for long; a storm's roll-up comes within minutes."""

MOVING: Final = (
    *("state", "due_at", "deadline_at", "fired_at", "paged", "person"),
    *("acted_at", "acted_by", "outcome"),
)
"""The columns that change while a call lives."""


@dataclass(frozen=True, slots=True)
class Unarmed:
    """A case whose severity has no ladder yet; `again` where a lower one had."""

    case: LadderCase
    again: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A case in the hands of whoever brings its ladder to the present, locked until the commit."""

    case: LadderCase
    view: CaseView
    rungs: tuple[Rung, ...]


def any_work(connection: Connection, now: datetime) -> bool:
    """Tell whether a case wants a ladder, a call is due, or an acknowledgement has run out."""
    c = t.alert_case.c
    queries = (
        select(escalation.c.id).where(escalation.c.due_at <= now),
        select(c.id).where(c.ack_expires_at <= now),
        select(c.id).where(c.closed_at.is_(None), c.armed_severity < c.severity),
    )
    return any(connection.execute(query.limit(1)).first() is not None for query in queries)


def unarmed(
    connection: Connection, limit: int, case_ids: Collection[int] | None = None
) -> list[Unarmed]:
    """Return open cases that are graver than their ladder, locked until the commit.

    Only those of `case_ids` where given. What another process holds comes next time.
    """
    c = t.alert_case.c
    query = select(t.alert_case).where(c.closed_at.is_(None), c.armed_severity < c.severity)
    if case_ids is not None:
        query = query.where(c.id.in_(case_ids))
    rows = connection.execute(
        query.order_by(c.id).limit(limit).with_for_update(skip_locked=True, key_share=True)
    )
    return [Unarmed(_case(row, untold=False), row.armed_severity > 0) for row in rows]


def arm(connection: Connection, rungs: Sequence[Rung]) -> None:
    """Store the calls that ladders start with, and that their cases have them."""
    if not rungs:
        return
    # The severity may have been lowered and have risen again: that ladder was run.
    statement = upsert(connection, escalation).on_conflict_do_nothing()
    connection.execute(statement, [_row(rung) for rung in rungs])
    c = t.alert_case.c
    connection.execute(
        update(t.alert_case)
        .where(c.id == bindparam("case"))
        .values(armed_severity=bindparam("grade")),
        [{"case": rung.case_id, "grade": int(rung.severity)} for rung in rungs],
    )


def claim(connection: Connection, now: datetime, limit: int) -> list[Claimed]:
    """Lock up to `limit` due calls and as many expired acknowledgements, with their cases.

    What another process holds is left out, so two never work on one case.
    """
    e, c = escalation.c, t.alert_case.c
    due = connection.execute(
        select(e.case_id)
        .join_from(escalation, t.alert_case)
        .where(e.due_at <= now)
        .order_by(e.due_at, e.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=[escalation, t.alert_case])
    ).scalars()
    expired = connection.execute(
        select(c.id)
        .where(c.ack_expires_at <= now)
        .order_by(c.ack_expires_at, c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).scalars()
    return held(connection, dict.fromkeys([*due, *expired]))


def held(connection: Connection, case_ids: Iterable[int]) -> list[Claimed]:
    """Return cases that the caller has locked, with all their calls, in this order."""
    ids = list(case_ids)
    rungs, untold = of_cases(connection, ids), _untold(connection, ids)
    found = {
        row.id: Claimed(_case(row, untold=row.id in untold), view_of(row), rungs.get(row.id, ()))
        for row in connection.execute(select(t.alert_case).where(t.alert_case.c.id.in_(ids)))
    }
    return [found[case_id] for case_id in ids if case_id in found]


def _untold(connection: Connection, case_ids: Collection[int]) -> set[int]:
    """Return the cases that everybody is kept from, and those whose messages are on their way.

    Nobody can be late who has not been reached; what hangs on its way is paged about at minute 8.
    """
    rows = connection.execute(
        select(notice.c.case_id, notice.c.times, notice.c.held).where(
            notice.c.case_id.in_(case_ids)
        )
    ).all()
    told = {row.case_id for row in rows if row.times}
    case = t.alert_case.c
    under_way = connection.execute(
        select(case.id).where(
            case.id.in_(case_ids),
            case.first_delivered_at.is_(None),
            cases.told(),
            cases.not_console_only(),
        )
    ).scalars()
    kept = {row.case_id for row in rows if row.held in KEPT_BACK} - told
    return kept | set(under_way)


def save(connection: Connection, rungs: Sequence[Rung]) -> None:
    """Write what became of calls."""
    rows = [{"rung": rung.id, **{f"new_{k}": _row(rung)[k] for k in MOVING}} for rung in rungs]
    if rows:
        values = {k: bindparam(f"new_{k}", type_=escalation.c[k].type) for k in MOVING}
        connection.execute(
            update(escalation).where(escalation.c.id == bindparam("rung")).values(**values), rows
        )


def add(connection: Connection, rungs: Sequence[Rung]) -> list[int]:
    """Store new calls and return their ids in the same order."""
    if not rungs:
        return []
    statement = insert(escalation).returning(escalation.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, [_row(rung) for rung in rungs]).scalars())


def end_acks(connection: Connection, states: Mapping[int, CaseState | None]) -> None:
    """Forget that acknowledgements end; a case gets a new state where one is given."""
    c = t.alert_case.c
    firing = [case_id for case_id, state in states.items() if state is CaseState.FIRING]
    connection.execute(update(t.alert_case).where(c.id.in_(states)).values(ack_expires_at=None))
    connection.execute(
        update(t.alert_case)
        .where(c.id.in_(firing), c.closed_at.is_(None))
        .values(state=CaseState.FIRING.value)
    )


def look_again(connection: Connection, case_ids: Collection[int], at: datetime) -> None:
    """Let the ladder look at cases that somebody acted on; calls that are over stay so."""
    connection.execute(
        update(escalation)
        .where(escalation.c.case_id.in_(case_ids), escalation.c.due_at.is_not(None))
        .values(due_at=at)
    )


def of_cases(connection: Connection, case_ids: Collection[int]) -> dict[int, tuple[Rung, ...]]:
    """Return every call about the cases, in order; cases without any are left out."""
    found: dict[int, list[Rung]] = {}
    rows = connection.execute(
        select(escalation).where(escalation.c.case_id.in_(case_ids)).order_by(escalation.c.id)
    )
    for row in rows:
        found.setdefault(row.case_id, []).append(_rung(row))
    return {case_id: tuple(rungs) for case_id, rungs in found.items()}


def _case(row: Row[Any], *, untold: bool) -> LadderCase:
    return LadderCase(
        id=row.id,
        severity=Severity(row.severity),
        state=CaseState(row.state),
        opened_at=row.opened_at,
        acked_by=row.acked_by or "",
        acked_at=row.acked_at,
        ack_expires_at=row.ack_expires_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by or "",
        closed_at=row.closed_at,
        closed_by=row.closed_by or "",
        untold=untold,
    )


def _row(rung: Rung) -> dict[str, Any]:
    return {
        "case_id": rung.case_id,
        "rule": rung.rule.value,
        "trigger_key": rung.trigger_key,
        "level": rung.level,
        "severity": int(rung.severity),
        "snapshot": rung.policy.to_json(),
        "state": rung.state.value,
        "armed_at": rung.armed_at,
        "due_at": rung.due_at,
        "fired_at": rung.fired_at,
        "deadline_at": rung.deadline_at,
        "paged": rung.paged,
        "person": rung.person or None,
        "acted_at": rung.acted_at,
        "acted_by": rung.acted_by or None,
        "outcome": rung.outcome or None,
    }


def _rung(row: Row[Any]) -> Rung:
    return Rung(
        id=row.id,
        case_id=row.case_id,
        rule=Rule(row.rule),
        trigger_key=row.trigger_key,
        level=row.level,
        severity=Severity(row.severity),
        policy=Policy.from_json(row.snapshot),
        state=RungState(row.state),
        armed_at=row.armed_at,
        due_at=row.due_at,
        deadline_at=row.deadline_at,
        fired_at=row.fired_at,
        paged=row.paged,
        person=row.person or "",
        acted_at=row.acted_at,
        acted_by=row.acted_by or "",
        outcome=row.outcome or "",
    )
