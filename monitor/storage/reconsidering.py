"""What is looked at when the posts of open cases are judged otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update

from monitor.storage import tables as t
from monitor.storage.case_tables import case_event
from monitor.storage.timeline import EventKind
from monitor.storage.verdicts import verdict_of
from sentiment.verdict import Verdict


def open_cases_of(connection: Connection, hit_ids: Collection[int]) -> dict[int, str]:
    """Return the open cases that any of these hits belongs to, each with its brand."""
    case = t.alert_case.c
    mine = select(t.hit.c.case_id).where(t.hit.c.id.in_(hit_ids), t.hit.c.case_id.is_not(None))
    rows = connection.execute(
        select(case.id, case.brand).where(case.id.in_(mine), case.closed_at.is_(None))
    )
    return {row.id: row.brand for row in rows}


def verdicts_before(connection: Connection, hit_ids: Collection[int]) -> dict[int, Verdict]:
    """Return the last but one verdict of each hit that has several."""
    v = t.verdict.c
    rows = connection.execute(select(t.verdict).where(v.hit_id.in_(hit_ids)).order_by(v.id))
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.hit_id, []).append(row)
    return {hit_id: verdict_of(each[-2]) for hit_id, each in found.items() if len(each) > 1}


def verdicts_in(connection: Connection, case_id: int, limit: int) -> dict[int, Verdict]:
    """Return the newest verdict of each of the newest `limit` hits of a case."""
    v, h = t.verdict.c, t.hit.c
    hits = select(h.id).where(h.case_id == case_id).order_by(h.id.desc()).limit(limit)
    newest = select(func.max(v.id)).where(v.hit_id.in_(hits)).group_by(v.hit_id)
    rows = connection.execute(select(t.verdict).where(v.id.in_(newest)))
    return {row.hit_id: verdict_of(row) for row in rows}


def why_withdrawn(connection: Connection, case_id: int) -> list[tuple[str, str]]:
    """Return why a case was taken back, in Chinese and in English; nothing where none knows."""
    data = last_event(connection, case_id, EventKind.WITHDRAWN) or {}
    words = data.get("words")
    return [(words["zh-CN"], words["en"])] if words else []


def mark_uncertain(connection: Connection, case_id: int) -> None:
    """Say that the judge doubts whether the case is one."""
    case = t.alert_case.c
    connection.execute(update(t.alert_case).where(case.id == case_id).values(uncertain=True))


def last_event(connection: Connection, case_id: int, kind: EventKind) -> Mapping[str, Any] | None:
    """Return what the last event of a kind said of a case, None if there is none."""
    e = case_event.c
    wanted = select(e.data).where(e.case_id == case_id, e.kind == kind.value)
    found: Mapping[str, Any] | None = connection.execute(
        wanted.order_by(e.at.desc(), e.id.desc()).limit(1)
    ).scalar_one_or_none()
    return found
