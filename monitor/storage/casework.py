"""What people do with cases; each function writes into the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, select, update

from alerts.case import CaseState, CaseView
from alerts.severity import Severity
from monitor.storage import cases, sketches, timeline
from monitor.storage import tables as t
from monitor.storage.case_tables import case_author, case_link
from monitor.storage.cases import Teller
from monitor.storage.posts import STORED_HITS, StoredHit, storable, stored_hit, upsert
from monitor.storage.tellings import view_of
from monitor.storage.timeline import CaseEvent, EventKind
from monitor.storage.verdicts import verdict_of
from sentiment.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Held:
    """A case in the hands of whoever changes it, locked until the commit."""

    view: CaseView
    fold_key: str
    causes: tuple[Any, ...]
    hit_id: int | None
    assigned_to: str


@dataclass(frozen=True, slots=True)
class End:
    """How a case ends: `who` is empty where the service ends it."""

    state: CaseState
    who: str = ""
    why: str = ""


def take(connection: Connection, *case_ids: int) -> dict[int, Held]:
    """Lock cases, by id; those that are not there are left out.

    Their brands are locked first: whoever judges writes what a case was when it was read, and so
    must not have read it before, nor may a post join a case that ends meanwhile.
    """
    mine = t.alert_case.c.id.in_(case_ids)
    brands = connection.execute(select(t.alert_case.c.brand).where(mine)).scalars()
    cases.lock_brands(connection, brands.all())
    # In one order, so that two who take the same cases do not wait for each other for ever.
    rows = connection.execute(
        select(t.alert_case).where(mine).order_by(t.alert_case.c.id).with_for_update()
    )
    return {row.id: _held(row) for row in rows}


def _held(row: Row[Any]) -> Held:
    return Held(view_of(row), row.fold_key, tuple(row.causes), row.hit_id, row.assigned_to or "")


def ack(
    connection: Connection, case_id: int, who: str, now: datetime, expires_at: datetime
) -> None:
    """Put a case into somebody's hands until `expires_at`."""
    _set(
        connection,
        case_id,
        state=CaseState.ACKED.value,
        acked_by=who,
        acked_at=now,
        ack_expires_at=expires_at,
        tell_at=now,
    )


def assign(connection: Connection, case_id: int, to: str) -> None:
    """Say who handles a case; empty for nobody."""
    _set(connection, case_id, assigned_to=to or None)


def answer(connection: Connection, case_id: int, who: str, url: str, now: datetime) -> None:
    """Say that a person has answered in public or by message; the first answer stays."""
    case = t.alert_case.c
    connection.execute(
        update(t.alert_case)
        .where(case.id == case_id, case.answered_at.is_(None))
        .values(answered_at=now, answered_by=who, answer_url=storable(url) or None, tell_at=now)
    )


def close(connection: Connection, case_id: int, end: End, now: datetime) -> None:
    """End a case; a story that returns becomes a new one."""
    _set(
        connection,
        case_id,
        state=end.state.value,
        closed_at=now,
        closed_by=end.who or None,
        close_reason=storable(end.why) or None,
        ack_expires_at=None,
        tell_at=now,
    )
    sketches.remove(connection, [case_id])


def close_quiet(connection: Connection, before: datetime, now: datetime) -> int:
    """Close cases that nothing was added to since `before`, without a word to anybody."""
    case = t.alert_case.c
    latest = func.coalesce(case.last_post_at, case.opened_at)
    is_quiet = and_(case.closed_at.is_(None), case.opened_at < before, latest < before)
    # Whoever judges may be adding a post; it must be there before one asks who is quiet.
    cases.lock_brands(connection, connection.execute(select(case.brand).where(is_quiet)).scalars())
    quiet = connection.execute(
        update(t.alert_case)
        .where(is_quiet)
        .values(state=CaseState.CLOSED.value, closed_at=now, tell_at=None, ack_expires_at=None)
        .returning(case.id)
    ).scalars()
    case_ids = sorted(quiet)
    sketches.remove(connection, case_ids)
    timeline.add(connection, [CaseEvent(each, now, EventKind.CLOSED) for each in case_ids])
    return len(case_ids)


def merge(connection: Connection, source: Held, target: Held, who: str, now: datetime) -> None:
    """Move all posts of one case to another and end the first; further copies go there, too."""
    end = End(CaseState.MERGED, who, f"case {target.view.id}")
    close(connection, source.view.id, end, now)
    case = t.alert_case.c
    _set(connection, source.view.id, merged_into=target.view.id)
    # What was merged into the source before leads to the target from now on.
    connection.execute(
        update(t.alert_case)
        .where(case.merged_into == source.view.id)
        .values(merged_into=target.view.id)
    )
    connection.execute(
        update(t.hit).where(t.hit.c.case_id == source.view.id).values(case_id=target.view.id)
    )
    connection.execute(delete(case_author).where(case_author.c.case_id == source.view.id))
    first = min(source.view.published_at, target.view.published_at)
    _set(connection, target.view.id, published_at=first, tell_at=now)
    _recount(connection, target.view.id, source.view.spread + target.view.spread)


def tells(connection: Connection, brand: str, fold_key: str) -> bool:
    """Whether an open case has this key: a brand may have one of each."""
    case = t.alert_case.c
    wanted = (case.brand == brand, case.fold_key == fold_key, case.closed_at.is_(None))
    return connection.execute(select(case.id).where(*wanted)).first() is not None


def split(
    connection: Connection, source: Held, hit_ids: Collection[int], into: int, now: datetime
) -> None:
    """Move some posts of a case to another one that was opened for them."""
    connection.execute(
        update(t.hit)
        .where(t.hit.c.id.in_(hit_ids), t.hit.c.case_id == source.view.id)
        .values(case_id=into)
    )
    _recount(connection, into, len(hit_ids))
    _recount(connection, source.view.id, max(1, source.view.spread - len(hit_ids)))
    if source.hit_id in hit_ids:
        left = connection.execute(
            select(func.min(t.hit.c.id)).where(t.hit.c.case_id == source.view.id)
        ).scalar_one()
        _set(connection, source.view.id, hit_id=left)
    _set(connection, source.view.id, tell_at=now)


def _recount(connection: Connection, case_id: int, spread: int) -> None:
    """Count authors, posts and reach of a case anew from its posts; say when the last came."""
    connection.execute(delete(case_author).where(case_author.c.case_id == case_id))
    p = t.post.c
    rows = connection.execute(
        select(
            p.platform, p.author_id, p.native_id, p.author_name, p.author_followers, p.published_at
        )
        .join_from(t.hit, t.post)
        .where(t.hit.c.case_id == case_id)
    ).all()
    tellers = [
        Teller(
            case_id,
            cases.author_key(row.platform, row.author_id, row.native_id),
            row.author_name,
            row.author_followers,
            row.published_at,
        )
        for row in rows
    ]
    cases.add_authors(connection, tellers)
    reach = connection.execute(
        select(func.coalesce(func.sum(case_author.c.followers), 0)).where(
            case_author.c.case_id == case_id
        )
    ).scalar_one()
    _set(
        connection,
        case_id,
        posts=len(rows),
        reach=int(reach),
        spread_count=max(spread, len(rows)),
        last_post_at=max((row.published_at for row in rows), default=None),
    )


def raise_to(
    connection: Connection, case_id: int, severity: Severity, causes: list[Any], now: datetime
) -> None:
    """Give a case another severity with its causes."""
    _set(connection, case_id, severity=int(severity), causes=causes, tell_at=now)


def link(connection: Connection, one: int, other: int, who: str, now: datetime) -> bool:
    """Say that two cases belong together; False when that was known."""
    row = {"case_id": min(one, other), "other_id": max(one, other), "who": who, "at": now}
    statement = upsert(connection, case_link).values(row).on_conflict_do_nothing()
    fresh = connection.execute(statement.returning(case_link.c.case_id))
    return fresh.first() is not None


def unlink(connection: Connection, one: int, other: int) -> bool:
    """Take that back; False when it was not so."""
    c = case_link.c
    found = delete(case_link).where(c.case_id == min(one, other), c.other_id == max(one, other))
    return connection.execute(found).rowcount == 1


def linked(connection: Connection, case_id: int) -> list[int]:
    """Return the cases that people hold for related."""
    c = case_link.c
    rows = connection.execute(
        select(c.case_id, c.other_id).where((c.case_id == case_id) | (c.other_id == case_id))
    )
    return sorted(row.other_id if row.case_id == case_id else row.case_id for row in rows)


def hits_of(
    connection: Connection, case_id: int, hit_ids: Collection[int]
) -> list[tuple[StoredHit, Verdict]]:
    """Return those of the hits that belong to the case, each with its newest verdict."""
    wanted = STORED_HITS.where(t.hit.c.id.in_(hit_ids), t.hit.c.case_id == case_id)
    hits = [stored_hit(row) for row in connection.execute(wanted.order_by(t.hit.c.id))]
    rows = connection.execute(
        select(t.verdict)
        .where(t.verdict.c.hit_id.in_([hit.id for hit in hits]))
        .order_by(t.verdict.c.id)
    )
    newest = {row.hit_id: row for row in rows}
    return [(hit, verdict_of(newest[hit.id])) for hit in hits if hit.id in newest]


def _set(connection: Connection, case_id: int, **values: Any) -> None:
    connection.execute(update(t.alert_case).where(t.alert_case.c.id == case_id).values(**values))
