"""What became of cases and hits by the word of people: counts per rule and per severity.

People's word on a hit is the last correction of each person that speaks of a complaint; where
people differ, the newest. A case was right or wrong, in this order,

* as people say of the post that it shows;
* wrong, if it ended as a false alarm for a reason that says that the judge was wrong;
* right, if people call another of its posts a complaint;
* right, if it was answered or resolved.

Of the others nobody knows. Cases that were merged into another are counted with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from alerts.case import CaseState
from alerts.decide import Reason
from alerts.rules import NAME_LIMIT, common_rule
from alerts.severity import Severity
from monitor.storage import tables as t
from monitor.storage.case_tables import hit_rule
from monitor.storage.posts import STORED_HITS, StoredHit, stored_hit
from monitor.storage.verdicts import verdict_of
from sentiment.verdict import Verdict

RIGHT: Final = 1
WRONG: Final = 0


@dataclass(frozen=True, slots=True)
class Window:
    """The hits matched and the cases opened about `brands` from `since` until before `until`."""

    since: datetime
    until: datetime
    brands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseCount:
    """Cases of one severity, and of one rule ("" for all): right, wrong, and all there were."""

    rule: str
    severity: Severity
    cases: int
    alerts: int
    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class HitCount:
    """Hits under one rule.

    `on_trial` were kept back because their words are on trial, `waiting` because they are too
    few. Of those on trial people call `right` complaints and `wrong` none. Of all `complaints`
    by people's word `found` have a case.
    """

    rule: str
    hits: int
    on_trial: int
    waiting: int
    right: int
    wrong: int
    complaints: int
    found: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """A hit that people call a complaint; `severity` is that of its case, None without one."""

    hit_id: int
    severity: Severity | None


def cases_by_severity(
    connection: Connection, window: Window, wrong_reasons: Collection[str]
) -> list[CaseCount]:
    """Count the cases of each severity; `wrong_reasons` are those of false alarms that teach."""
    return _count_cases(connection, window, wrong_reasons, by_rule=False)


def cases_by_rule(
    connection: Connection, window: Window, wrong_reasons: Collection[str]
) -> list[CaseCount]:
    """Count the cases of each severity and rule: those that the shown post is under."""
    return _count_cases(connection, window, wrong_reasons, by_rule=True)


def hits_by_rule(connection: Connection, window: Window) -> list[HitCount]:
    """Count the hits under each rule."""
    hit, word = t.hit.c, peoples_word()
    name = rule_of(hit.brand)
    trial = hit.reason == Reason.SHADOW.value
    complaint, none = word.c.complaint.is_(True), word.c.complaint.is_(False)
    counts = {
        "on_trial": trial,
        "waiting": hit.reason == Reason.TOO_FEW.value,
        "right": and_(trial, complaint),
        "wrong": and_(trial, none),
        "complaints": complaint,
        "found": and_(complaint, hit.case_id.is_not(None)),
    }
    query = (
        select(
            name.label("rule"),
            func.count().label("hits"),
            *(_how_many(what).label(key) for key, what in counts.items()),
        )
        .select_from(t.hit)
        .outerjoin(hit_rule, hit_rule.c.hit_id == hit.id)
        .outerjoin(word, word.c.hit_id == hit.id)
        .where(*hits_within(window))
        .group_by(name)
        .order_by(name)
    )
    return [HitCount(**row) for row in connection.execute(query).mappings()]


def complaints(connection: Connection, window: Window) -> list[Complaint]:
    """Return the hits that people call complaints."""
    hit, word = t.hit.c, peoples_word()
    query = (
        select(hit.id, t.alert_case.c.severity)
        .select_from(t.hit)
        .join(word, word.c.hit_id == hit.id)
        .outerjoin(t.alert_case, t.alert_case.c.id == hit.case_id)
        .where(*hits_within(window), word.c.complaint.is_(True))
        .order_by(hit.id)
    )
    return [
        Complaint(row.id, Severity(row.severity) if row.severity else None)
        for row in connection.execute(query)
    ]


def judged(connection: Connection, hit_ids: Collection[int]) -> list[tuple[StoredHit, Verdict]]:
    """Return the hits with their newest verdicts."""
    v = t.verdict.c
    rows = connection.execute(select(t.verdict).where(v.hit_id.in_(hit_ids)).order_by(v.id))
    newest = {row.hit_id: verdict_of(row) for row in rows}
    hits = connection.execute(STORED_HITS.where(t.hit.c.id.in_(hit_ids)).order_by(t.hit.c.id))
    return [(hit, newest[hit.id]) for hit in map(stored_hit, hits) if hit.id in newest]


def _count_cases(
    connection: Connection, window: Window, wrong_reasons: Collection[str], *, by_rule: bool
) -> list[CaseCount]:
    known = judged_cases(window, wrong_reasons).subquery()
    counts = (
        known.c.severity,
        func.count().label("cases"),
        func.sum(known.c.alerts).label("alerts"),
        _how_many(known.c.truth == RIGHT).label("right"),
        _how_many(known.c.truth == WRONG).label("wrong"),
    )
    if by_rule:
        rule = rule_of(known.c.brand)
        under = hit_rule.c.hit_id == known.c.hit_id
        query = select(rule.label("rule"), *counts).select_from(known).outerjoin(hit_rule, under)
        query = query.group_by(rule, known.c.severity).order_by(rule, known.c.severity)
    else:
        query = select(literal("").label("rule"), *counts)
        query = query.group_by(known.c.severity).order_by(known.c.severity)
    return [
        CaseCount(**{**row, "severity": Severity(row["severity"]), "alerts": int(row["alerts"])})
        for row in connection.execute(query).mappings()
    ]


def judged_cases(window: Window, wrong_reasons: Collection[str]) -> Select[Any]:
    """Return each case of the window with how many alerts told of it, and its truth (or null)."""
    c, word, other = t.alert_case.c, peoples_word(), peoples_word()
    elsewhere = (
        select(t.hit.c.case_id)
        .join(other, other.c.hit_id == t.hit.c.id)
        .where(other.c.complaint.is_(True), t.hit.c.case_id.is_not(None))
        .distinct()
        .subquery()
    )
    told = select(func.count()).where(t.alert.c.case_id == c.id).scalar_subquery()
    false_alarm = and_(
        c.state == CaseState.FALSE_ALARM.value, c.close_reason.in_(sorted(wrong_reasons))
    )
    truth = case(
        (word.c.complaint.is_(True), RIGHT),
        (word.c.complaint.is_(False), WRONG),
        (false_alarm, WRONG),
        (elsewhere.c.case_id.is_not(None), RIGHT),
        (or_(c.state == CaseState.RESOLVED.value, c.answered_at.is_not(None)), RIGHT),
    )
    return (
        select(
            c.id,
            c.brand,
            c.hit_id,
            c.severity,
            told.label("alerts"),
            truth.label("truth"),
        )
        .select_from(t.alert_case)
        .outerjoin(word, word.c.hit_id == c.hit_id)
        .outerjoin(elsewhere, elsewhere.c.case_id == c.id)
        .where(
            c.opened_at >= window.since,
            c.opened_at < window.until,
            c.brand.in_(window.brands),
            c.state != CaseState.MERGED.value,
        )
    )


def peoples_word() -> Subquery:
    """Return what people in the end say of a complaint, one row a hit that they spoke of.

    It is the last word of its author on the hit, and nobody whose last word speaks of a
    complaint spoke later. Each is found by the hit, however many there are.
    """
    said, later = t.correction.alias(), t.correction.alias()
    newer = exists().where(
        later.c.hit_id == said.c.hit_id,
        later.c.id > said.c.id,
        later.c.complaint.is_not(None),
        _is_last(later),
    )
    word = select(said.c.hit_id, said.c.complaint)
    return word.where(said.c.complaint.is_not(None), _is_last(said), ~newer).subquery()


def _is_last(said: FromClause) -> ColumnElement[bool]:
    again = t.correction.alias()
    return ~exists().where(
        again.c.hit_id == said.c.hit_id, again.c.who == said.c.who, again.c.id > said.c.id
    )


def rule_of(brand: ColumnElement[str]) -> ColumnElement[str]:
    """Name the rule of a row; hits that were judged without any rules are under the common one."""
    common = func.substr(literal(common_rule("")).concat(brand), 1, NAME_LIMIT)
    return func.coalesce(hit_rule.c.rule, common)


def _how_many(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((what, 1)))


def hits_within(window: Window) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that keep the hits of a window."""
    hit = t.hit.c
    return (
        hit.brand.in_(window.brands),
        hit.matched_at >= window.since,
        hit.matched_at < window.until,
    )
