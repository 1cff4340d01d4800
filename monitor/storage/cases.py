"""Cases, and what the judge said that led to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update

from alerts.case import CaseState
from alerts.severity import Severity
from monitor.storage import tables as t
from sentiment.verdict import Verdict


@dataclass(frozen=True, slots=True)
class OpenStory:
    """The open case of one story about one brand."""

    id: int
    severity: Severity
    spread_count: int


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case about to be opened."""

    brand: str
    fold_key: str
    severity: Severity
    topic: str
    risk: str
    author_key: str
    spread_count: int
    published_at: datetime
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A case that nobody has been told of and whose time is running out."""

    id: int
    brand: str
    severity: Severity
    published_at: datetime
    opened_at: datetime


def open_stories(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], OpenStory]:
    """Return the open case of each (brand, fold key) that has one."""
    by_brand: dict[str, set[str]] = {}
    for brand, fold_key in keys:
        by_brand.setdefault(brand, set()).add(fold_key)
    case = t.alert_case.c
    return {
        (brand, row.fold_key): OpenStory(row.id, Severity(row.severity), row.spread_count)
        for brand, fold_keys in by_brand.items()
        for row in connection.execute(
            select(case.id, case.fold_key, case.severity, case.spread_count).where(
                case.brand == brand, case.fold_key.in_(fold_keys), case.closed_at.is_(None)
            )
        )
    }


def complaints_by(
    connection: Connection, author_keys: Iterable[str], since: datetime
) -> dict[tuple[str, str], int]:
    """Count the cases per (author, brand) that each author opened since `since`."""
    wanted = list(set(author_keys))
    if not wanted:
        return {}
    case = t.alert_case.c
    rows = connection.execute(
        select(case.author_key, case.brand, func.count().label("cases"))
        .where(case.author_key.in_(wanted), case.opened_at >= since)
        .group_by(case.author_key, case.brand)
    )
    return {(row.author_key, row.brand): row.cases for row in rows}


def open_cases(connection: Connection, cases: Sequence[NewCase]) -> list[int]:
    """Insert cases and return their ids in the same order."""
    if not cases:
        return []
    rows = [
        {
            "brand": case.brand,
            "fold_key": case.fold_key,
            "severity": int(case.severity),
            "state": CaseState.FIRING.value,
            "topic": case.topic,
            "risk": case.risk,
            "author_key": case.author_key,
            "spread_count": case.spread_count,
            "published_at": case.published_at,
            "opened_at": case.opened_at,
            "due_at": case.due_at,
        }
        for case in cases
    ]
    statement = insert(t.alert_case).returning(t.alert_case.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def update_stories(connection: Connection, stories: Iterable[OpenStory]) -> None:
    """Write severity and spread of open cases."""
    rows = [
        {"case": story.id, "grade": int(story.severity), "spread": story.spread_count}
        for story in stories
    ]
    if rows:
        connection.execute(
            update(t.alert_case)
            .where(t.alert_case.c.id == bindparam("case"))
            .values(severity=bindparam("grade"), spread_count=bindparam("spread")),
            rows,
        )


def add_verdicts(
    connection: Connection, verdicts: Sequence[tuple[int, Verdict]], scored_at: datetime
) -> None:
    """Append verdicts, each paired with its hit's id."""
    rows = [_verdict_row(hit_id, verdict, scored_at) for hit_id, verdict in verdicts]
    if rows:
        connection.execute(insert(t.verdict), rows)


def _verdict_row(hit_id: int, verdict: Verdict, scored_at: datetime) -> dict[str, Any]:
    return {
        "hit_id": hit_id,
        "label": int(verdict.label),
        "confidence": verdict.confidence,
        "negative": verdict.negative,
        "positive": verdict.positive,
        "complaint": verdict.complaint,
        "kind": verdict.kind.value,
        "topic": verdict.topic.value,
        "risk": verdict.risk.value,
        "genre": verdict.genre.value,
        "language": verdict.language,
        "doubts": [doubt.value for doubt in verdict.doubts],
        "signs": [[sign.code, sign.text, sign.weight] for sign in verdict.signs],
        "model_version": verdict.model_version,
        "scored_at": scored_at,
    }


def close_quiet(connection: Connection, before: datetime, now: datetime) -> int:
    """Close cases opened before `before`; a story that returns becomes a new case."""
    return connection.execute(
        update(t.alert_case)
        .where(t.alert_case.c.closed_at.is_(None), t.alert_case.c.opened_at < before)
        .values(closed_at=now, state=CaseState.CLOSED.value)
    ).rowcount


def undelivered(
    connection: Connection, published_before: datetime, limit: int = 100
) -> list[Undelivered]:
    """Return unwarned cases that nobody has been told of, published before that time."""
    case = t.alert_case.c
    rows = connection.execute(
        select(case.id, case.brand, case.severity, case.published_at, case.opened_at)
        .where(
            case.first_delivered_at.is_(None),
            case.published_at <= published_before,
            case.warned_at.is_(None),
            not_console_only(),
        )
        .order_by(case.severity.desc(), case.published_at)
        .limit(limit)
    )
    return [
        Undelivered(row.id, row.brand, Severity(row.severity), row.published_at, row.opened_at)
        for row in rows
    ]


def count_undelivered(connection: Connection) -> int:
    """Count the cases that nobody has been told of."""
    return connection.execute(
        select(func.count())
        .select_from(t.alert_case)
        .where(t.alert_case.c.first_delivered_at.is_(None), not_console_only())
    ).scalar_one()


def not_console_only() -> ColumnElement[bool]:
    """Say in SQL that the case was not raised while no channel was configured."""
    alert = t.alert.c
    mine = alert.case_id == t.alert_case.c.id
    return ~exists(select(alert.id).where(mine, alert.routed.is_(False)))


def count(connection: Connection) -> int:
    """Count all cases."""
    return connection.execute(select(func.count()).select_from(t.alert_case)).scalar_one()


def mark_warned(connection: Connection, case_ids: Sequence[int], at: datetime) -> None:
    """Remember that these cases have paged by themselves."""
    if case_ids:
        connection.execute(
            update(t.alert_case).where(t.alert_case.c.id.in_(case_ids)).values(warned_at=at)
        )


def mark_delivered(connection: Connection, case_id: int, at: datetime) -> None:
    """Stamp a case's first delivery."""
    connection.execute(
        update(t.alert_case)
        .where(t.alert_case.c.id == case_id, t.alert_case.c.first_delivered_at.is_(None))
        .values(first_delivered_at=at)
    )
