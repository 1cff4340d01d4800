"""The cases and posts behind the figures of quality: what each number counts, row by row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, select

from alerts.decide import Reason
from alerts.severity import Severity
from monitor.storage import tables as t
from monitor.storage.case_tables import hit_rule
from monitor.storage.quality import (
    RIGHT,
    WRONG,
    Window,
    hits_within,
    judged_cases,
    peoples_word,
    rule_of,
)
from monitor.storage.reading import cases_of_ids, posts_of_hits
from monitor.storage.rows import CaseRow, PostRow

MOST: Final = 200


class Truth(StrEnum):
    """What is known of a case by people's word."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Part(StrEnum):
    """Some of the hits: all, those kept back, those that people call complaints, and so on."""

    HITS = "hits"
    ON_TRIAL = "on_trial"
    WAITING = "waiting"
    RIGHT = "right"
    WRONG = "wrong"
    COMPLAINTS = "complaints"
    FOUND = "found"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case and what is known of it."""

    case: CaseRow
    truth: Truth


_TRUTHS: Final = {RIGHT: Truth.RIGHT, WRONG: Truth.WRONG, None: Truth.UNKNOWN}


def cases_behind(
    connection: Connection,
    window: Window,
    wrong_reasons: Collection[str],
    *,
    severity: Severity | None = None,
    rule: str | None = None,
    truth: Truth | None = None,
) -> tuple[JudgedCase, ...]:
    """Return the cases of a window, the newest first, `MOST` at most.

    `rule` keeps those whose shown post is under it; without `truth` all are returned.
    """
    known = judged_cases(window, wrong_reasons).subquery()
    query: Select[Any] = select(known.c.id, known.c.truth).order_by(known.c.id.desc()).limit(MOST)
    if severity is not None:
        query = query.where(known.c.severity == int(severity))
    if rule is not None:
        under = hit_rule.c.hit_id == known.c.hit_id
        query = query.outerjoin(hit_rule, under).where(rule_of(known.c.brand) == rule)
    if truth is Truth.UNKNOWN:
        query = query.where(known.c.truth.is_(None))
    elif truth is not None:
        query = query.where(known.c.truth == (RIGHT if truth is Truth.RIGHT else WRONG))
    truths = {row.id: _TRUTHS[row.truth] for row in connection.execute(query)}
    return tuple(JudgedCase(row, truths[row.id]) for row in cases_of_ids(connection, truths))


def hits_behind(
    connection: Connection, window: Window, part: Part, rule: str | None = None
) -> list[int]:
    """Return the hits of a window that are such a part, of one rule where given; newest first."""
    hit, word = t.hit.c, peoples_word()
    complaint, none = word.c.complaint.is_(True), word.c.complaint.is_(False)
    trial = hit.reason == Reason.SHADOW.value
    conditions: dict[Part, tuple[ColumnElement[bool], ...]] = {
        Part.HITS: (),
        Part.ON_TRIAL: (trial,),
        Part.WAITING: (hit.reason == Reason.TOO_FEW.value,),
        Part.RIGHT: (trial, complaint),
        Part.WRONG: (trial, none),
        Part.COMPLAINTS: (complaint,),
        Part.FOUND: (complaint, hit.case_id.is_not(None)),
        Part.MISSED: (complaint, hit.case_id.is_(None)),
    }
    query = (
        select(hit.id)
        .select_from(t.hit)
        .outerjoin(word, word.c.hit_id == hit.id)
        .where(*hits_within(window), *conditions[part])
        .order_by(hit.id.desc())
    )
    if rule is not None:
        under = hit_rule.c.hit_id == hit.id
        query = query.outerjoin(hit_rule, under).where(rule_of(hit.brand) == rule)
    return list(connection.execute(query).scalars())


def posts_behind(connection: Connection, hit_ids: Sequence[int]) -> tuple[PostRow, ...]:
    """Return the posts of the first `MOST` of these hits, each with its hit and its verdict."""
    return posts_of_hits(connection, hit_ids[:MOST])
