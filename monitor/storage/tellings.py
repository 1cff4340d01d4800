"""Cases that want to be told of: which are due, what each receiver knows, what a message shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select, update

from alerts.case import CaseState, CaseView
from alerts.flow import Reason, Told
from alerts.severity import Severity
from alerts.storm import Spent
from monitor.storage import cases
from monitor.storage import tables as t
from monitor.storage.case_tables import notice, rolled_up
from monitor.storage.posts import STORED_HITS, StoredHit, stored_hit, upsert
from monitor.storage.verdicts import verdict_of
from sentiment.verdict import Verdict

_TELLING: Final = (1, 0)


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with the post that its messages show; that post may have been deleted."""

    view: CaseView
    causes: tuple[Any, ...]
    uncertain: bool
    due_at: datetime
    hit: StoredHit | None
    verdict: Verdict | None
    scored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What a receiver knows of a case: `told` is None until told, `held` why not of the rest."""

    told: Told | None
    held: str


@dataclass(frozen=True, slots=True)
class Lately:
    """What receivers, by name, were told lately: one message a case, and rolled up."""

    spent: Mapping[str, Spent]
    rolled_up_at: Mapping[str, datetime]


def view_of(row: Any) -> CaseView:
    """Build the view from a row that holds the columns of table alert_case."""
    return CaseView(
        id=row.id,
        brand=row.brand,
        platform=row.platform,
        language=row.language,
        topic=row.topic,
        risk=row.risk,
        severity=Severity(row.severity),
        state=CaseState(row.state),
        spread=row.spread_count,
        reach=row.reach,
        posts=row.posts,
        author_key=row.author_key,
        published_at=row.published_at,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        acked_by=row.acked_by or "",
        ack_expires_at=row.ack_expires_at,
    )


def take_turn(connection: Connection) -> bool:
    """Whether nobody else tells of cases now; then nobody else will until the commit.

    Two who told at once would each spend what a receiver may be told, and roll up the rest.
    SQLite has one writer anyway.
    """
    if connection.dialect.name != "postgresql":
        return True
    # Locks with two keys are apart from those of brands, which have one.
    mine = select(func.pg_try_advisory_xact_lock(*_TELLING))
    return bool(connection.execute(mine).scalar_one())


def due(connection: Connection, now: datetime, limit: int) -> list[CaseView]:
    """Return cases that want to be told of, the gravest first, locked until the commit."""
    case = t.alert_case.c
    rows = connection.execute(
        select(t.alert_case)
        .where(case.tell_at <= now)
        .order_by(case.severity.desc(), case.published_at, case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [view_of(row) for row in rows]


def any_due(connection: Connection, now: datetime) -> bool:
    """Whether a case wants to be looked at."""
    wanted = select(t.alert_case.c.id).where(t.alert_case.c.tell_at <= now).limit(1)
    return connection.execute(wanted).first() is not None


def crises(connection: Connection, brands: Collection[str], min_spread: int) -> list[CaseView]:
    """Return the open urgent cases of these brands that so many posts tell."""
    case = t.alert_case.c
    rows = connection.execute(
        select(t.alert_case).where(
            case.brand.in_(brands),
            case.closed_at.is_(None),
            case.severity == int(Severity.URGENT),
            case.spread_count >= min_spread,
        )
    )
    return [view_of(row) for row in rows]


def open_of_brand(connection: Connection, brand: str, since: datetime) -> list[CaseView]:
    """Return a brand's open cases that were opened since then."""
    case = t.alert_case.c
    rows = connection.execute(
        select(t.alert_case).where(
            case.brand == brand, case.opened_at >= since, case.closed_at.is_(None)
        )
    )
    return [view_of(row) for row in rows]


def known(connection: Connection, case_ids: Collection[int]) -> dict[tuple[int, str], Known]:
    """Return what each receiver knows of the cases, by (case, receiver)."""
    rows = connection.execute(select(notice).where(notice.c.case_id.in_(case_ids)))
    return {(row.case_id, row.receiver): Known(_told(row), row.held) for row in rows}


def _told(row: Row[Any]) -> Told | None:
    if row.times == 0:
        return None
    return Told(
        reason=Reason(row.reason),
        severity=Severity(row.severity),
        spread=row.spread,
        posts=row.posts,
        ended=row.ended,
        told_at=row.told_at,
        times=row.times,
    )


def lately(connection: Connection, since: datetime, rolled_up_since: datetime) -> Lately:
    """Count per receiver what was told since then, and find the last roll-up since its own time.

    That an urgent case is over counts as normal, as `alerts.storm` counts it.
    """
    n = notice.c
    rolled = n.reason == Reason.ROLLED_UP.value
    single = and_(~rolled, n.told_at >= since)
    grave = and_(n.severity == int(Severity.URGENT), ~n.ended)
    rows = connection.execute(
        select(
            n.receiver,
            func.count().filter(single, grave).label("urgent"),
            func.count().filter(single, ~grave).label("normal"),
            func.max(n.told_at).filter(rolled, n.told_at >= rolled_up_since).label("rolled_up_at"),
        )
        .where(n.told_at >= min(since, rolled_up_since), n.times > 0)
        .group_by(n.receiver)
    ).all()
    return Lately(
        spent={row.receiver: Spent(normal=row.normal, urgent=row.urgent) for row in rows},
        rolled_up_at={row.receiver: row.rolled_up_at for row in rows if row.rolled_up_at},
    )


def save_told(connection: Connection, rows: Sequence[tuple[int, str, Told]]) -> None:
    """Remember what receivers know of cases now: (case, receiver, what they were told)."""
    values = [
        {
            "case_id": case_id,
            "receiver": receiver,
            "reason": told.reason.value,
            "severity": int(told.severity),
            "spread": told.spread,
            "posts": told.posts,
            "ended": told.ended,
            "times": told.times,
            "told_at": told.told_at,
            "held": "",
        }
        for case_id, receiver, told in rows
    ]
    if values:
        statement = upsert(connection, notice)
        names = values[0].keys() - {"case_id", "receiver"}
        statement = statement.on_conflict_do_update(
            index_elements=["case_id", "receiver"],
            set_={name: statement.excluded[name] for name in names},
        )
        connection.execute(statement, values)


def save_held(connection: Connection, rows: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Remember why receivers were not told: (case, receiver, why); what they know stays."""
    values = [
        {
            "case_id": case_id,
            "receiver": receiver,
            "reason": "",
            "severity": 0,
            "spread": 0,
            "posts": 0,
            "times": 0,
            "told_at": now,
            "held": because,
        }
        for case_id, receiver, because in rows
    ]
    if values:
        statement = upsert(connection, notice)
        statement = statement.on_conflict_do_update(
            index_elements=["case_id", "receiver"], set_={"held": statement.excluded.held}
        )
        connection.execute(statement, values)


def next_looks(connection: Connection, looks: Mapping[int, datetime | None]) -> None:
    """Say when each case is looked at next; None for not before something changes."""
    rows = [{"case": case_id, "next": at} for case_id, at in looks.items()]
    if rows:
        connection.execute(
            update(t.alert_case)
            .where(t.alert_case.c.id == bindparam("case"))
            .values(tell_at=bindparam("next", type_=t.alert_case.c.tell_at.type)),
            rows,
        )


def look_again(connection: Connection, case_ids: Collection[int], at: datetime) -> None:
    """Let cases be looked at, because something about them changed."""
    if case_ids:
        chosen = t.alert_case.c.id.in_(case_ids)
        cases.lock(connection, chosen)
        connection.execute(update(t.alert_case).where(chosen).values(tell_at=at))


def look_at_all(connection: Connection, at: datetime) -> None:
    """Let every open case be looked at."""
    case = t.alert_case.c
    chosen = case.closed_at.is_(None) & (case.tell_at.is_(None) | (case.tell_at > at))
    cases.lock(connection, chosen)
    connection.execute(update(t.alert_case).where(chosen).values(tell_at=at))


def add_rolled_up(connection: Connection, alert_key: str, case_ids: Sequence[int]) -> None:
    """Say which cases the roll-up of that key tells of."""
    alert_id = connection.execute(
        select(t.alert.c.id).where(t.alert.c.key == alert_key)
    ).scalar_one()
    connection.execute(
        insert(rolled_up), [{"alert_id": alert_id, "case_id": case_id} for case_id in case_ids]
    )


def shown(connection: Connection, case_ids: Collection[int]) -> dict[int, ShownCase]:
    """Return the cases with the post that their messages show and its newest verdict."""
    rows = connection.execute(select(t.alert_case).where(t.alert_case.c.id.in_(case_ids))).all()
    hit_ids = [row.hit_id for row in rows if row.hit_id is not None]
    hits = {
        row.hit_id: stored_hit(row)
        for row in connection.execute(STORED_HITS.where(t.hit.c.id.in_(hit_ids)))
    }
    verdicts = {
        row.hit_id: row
        for row in connection.execute(
            select(t.verdict).where(t.verdict.c.hit_id.in_(hit_ids)).order_by(t.verdict.c.id)
        )
    }
    return {row.id: _shown(row, hits.get(row.hit_id), verdicts.get(row.hit_id)) for row in rows}


def _shown(row: Row[Any], hit: StoredHit | None, verdict: Row[Any] | None) -> ShownCase:
    return ShownCase(
        view=view_of(row),
        causes=tuple(row.causes),
        uncertain=row.uncertain,
        due_at=row.due_at,
        hit=hit,
        verdict=verdict_of(verdict) if verdict else None,
        scored_at=verdict.scored_at if verdict else None,
    )
