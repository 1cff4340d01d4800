"""Which rules each hit is under, how many were seen, and the hits that wait for more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, exists, func, select, union_all

from alerts.decide import Reason
from alerts.rules import Mode
from monitor.storage import tables as t
from monitor.storage.case_tables import hit_rule
from monitor.storage.posts import STORED_HITS, StoredHit, stored_hit, upsert
from monitor.storage.verdicts import verdict_of
from sentiment.verdict import Verdict

MOST_SEEN: Final = 4_000
"""So many hits of one rule and brand are looked at, the newest; more than any `min_hits`."""
_CHUNK: Final = 100
_WORTH_A_CASE: Final = (
    Reason.FIRST.value,
    Reason.UNSURE.value,
    Reason.SAME_STORY.value,
    Reason.TOO_FEW.value,
)


@dataclass(frozen=True, slots=True)
class UnderRule:
    """A hit under one rule; `at` is when its post was published."""

    hit_id: int
    rule: str
    mode: Mode
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """The posts about one brand, under one rule, published from `since` to `until`."""

    rule: str
    brand: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A hit that counts for a rule: it is worth a case. `waits` for others, or got its way."""

    rule: str
    brand: str
    hit_id: int
    at: datetime
    waits: bool


def add(connection: Connection, rows: Sequence[UnderRule]) -> None:
    """Remember the rules of hits; what is known already stays as it was."""
    values = [
        {"hit_id": row.hit_id, "rule": row.rule, "mode": row.mode.value, "at": row.at}
        for row in rows
    ]
    if values:
        connection.execute(upsert(connection, hit_rule).on_conflict_do_nothing(), values)


def seen(connection: Connection, stretches: Sequence[Stretch]) -> list[Seen]:
    """Return the hits that count within each of the stretches, at most MOST_SEEN of each."""
    return [
        Seen(row.rule, row.brand, row.id, row.at, row.reason == Reason.TOO_FEW.value)
        for chunk in _chunks(stretches)
        for row in connection.execute(union_all(*map(_seen_within, chunk)))
    ]


def _seen_within(stretch: Stretch) -> Select[Any]:
    r, h = hit_rule.c, t.hit.c
    newest = (
        select(r.rule, h.brand, h.id, r.at, h.reason)
        .join_from(hit_rule, t.hit, h.id == r.hit_id)
        .where(
            r.rule == stretch.rule,
            r.at.between(stretch.since, stretch.until),
            h.brand == stretch.brand,
            h.reason.in_(_WORTH_A_CASE),
        )
        .order_by(r.at.desc())
        .limit(MOST_SEEN)
        .subquery()
    )
    return select(newest)


def _chunks(stretches: Sequence[Stretch]) -> Iterator[Sequence[Stretch]]:
    for first in range(0, len(stretches), _CHUNK):
        yield stretches[first : first + _CHUNK]


def waiting(connection: Connection, hit_ids: Collection[int]) -> list[tuple[StoredHit, Verdict]]:
    """Return those of the hits that still wait for others, with their newest verdicts."""
    wanted = STORED_HITS.where(t.hit.c.id.in_(hit_ids), t.hit.c.reason == Reason.TOO_FEW.value)
    hits = [stored_hit(row) for row in connection.execute(wanted.order_by(t.hit.c.id))]
    rows = connection.execute(
        select(t.verdict)
        .where(t.verdict.c.hit_id.in_([hit.id for hit in hits]))
        .order_by(t.verdict.c.id)
    )
    newest = {row.hit_id: row for row in rows}
    return [(hit, verdict_of(newest[hit.id])) for hit in hits if hit.id in newest]


def only_on_trial(connection: Connection, brand: str, since: datetime) -> int:
    """Count the hits of a brand since then that only words on trial found."""
    r, h = hit_rule.c, t.hit.c
    under = select(r.hit_id).where(r.hit_id == h.id)
    return connection.execute(
        select(func.count())
        .select_from(t.hit)
        .where(
            h.brand == brand,
            h.matched_at >= since,
            exists(under.where(r.mode == Mode.SHADOW.value)),
            ~exists(under.where(r.mode == Mode.LIVE.value)),
        )
    ).scalar_one()
