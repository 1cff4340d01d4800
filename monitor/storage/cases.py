"""Cases: opened, joined by further posts, told of, closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update
from sqlalchemy import case as sql_case

from alerts.case import CaseState
from alerts.decide import FormerCase
from alerts.severity import Severity
from monitor.storage import tables as t
from monitor.storage.case_tables import case_author, notice
from monitor.storage.posts import storable, upsert


@dataclass(frozen=True, slots=True)
class OpenStory:
    """The open case of one story about one brand; `causes` as `alerts.severity` writes them."""

    id: int
    severity: Severity
    spread_count: int
    reach: int = 0
    causes: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case about to be opened; `text` is what copies of its story are compared with."""

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
    platform: str = ""
    language: str = ""
    hit_id: int | None = None
    text: str = ""
    causes: tuple[Any, ...] = ()
    uncertain: bool = False
    reach: int = 0
    posts: int = 1
    first_seen_at: datetime | None = None
    last_post_at: datetime | None = None
    previous_case_id: int | None = None
    tell_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoryChange:
    """What posts that joined changed about an open case; `hit_id` is the post to show now."""

    id: int
    severity: Severity
    spread_count: int
    reach: int
    causes: tuple[Any, ...]
    more_posts: int
    last_post_at: datetime
    tell_at: datetime
    hit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """One post's author as a teller of a case's story."""

    case_id: int
    author_key: str
    name: str
    followers: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A case that nobody has been told of and whose time is running out."""

    id: int
    brand: str
    severity: Severity
    published_at: datetime
    opened_at: datetime


_OTHER = t.alert_case.alias("other")


def open_stories(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], OpenStory]:
    """Return the open case of each (brand, fold key) that has one.

    A case that was merged into another leads to that one.
    """
    found: dict[tuple[str, str], OpenStory] = {}
    for brand, fold_keys in _by_brand(keys).items():
        asked = {"brand_": brand, "keys": list(fold_keys)}
        for query in (_MERGED_STORIES, _OPEN_STORIES):
            for row in connection.execute(query, asked):
                found[brand, row.fold_key] = _story(row)
    return found


def stories(connection: Connection, case_ids: Collection[int]) -> dict[int, OpenStory]:
    """Return those of the cases that are open, by id."""
    case = t.alert_case.c
    rows = connection.execute(_STORIES.where(case.id.in_(case_ids), case.closed_at.is_(None)))
    return {row.id: _story(row) for row in rows}


def former_cases(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], FormerCase]:
    """Return the last case that is over of each (brand, fold key) that has one.

    What became of a case that was merged into another is what became of that one.
    """
    case, other = t.alert_case.c, _OTHER.c
    ended_at = func.coalesce(other.closed_at, case.closed_at).label("ended_at")
    query = select(
        func.coalesce(other.id, case.id).label("id"),
        case.fold_key,
        func.coalesce(other.state, case.state).label("state"),
        ended_at,
    ).outerjoin_from(t.alert_case, _OTHER, case.merged_into == other.id)
    return {
        (brand, row.fold_key): FormerCase(row.id, CaseState(row.state), row.ended_at)
        for brand, fold_keys in _by_brand(keys).items()
        for row in connection.execute(
            query.where(
                case.brand == brand, case.fold_key.in_(fold_keys), case.closed_at.is_not(None)
            ).order_by(ended_at, case.id)
        )
    }


def _by_brand(keys: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    by_brand: dict[str, set[str]] = {}
    for brand, fold_key in keys:
        by_brand.setdefault(brand, set()).add(fold_key)
    return by_brand


def _story_columns(table: Any) -> list[Any]:
    c = table.c
    return [c.id, c.severity, c.spread_count, c.reach, c.causes]


_STORIES = select(t.alert_case.c.brand, t.alert_case.c.fold_key, *_story_columns(t.alert_case))


_ASKED = (
    t.alert_case.c.brand == bindparam("brand_"),
    t.alert_case.c.fold_key.in_(bindparam("keys", expanding=True)),
)
# Built once: SQLAlchemy takes several times as long to build them as a database to answer.
_OPEN_STORIES = _STORIES.where(*_ASKED, t.alert_case.c.closed_at.is_(None))
_MERGED_STORIES = (
    select(t.alert_case.c.brand, t.alert_case.c.fold_key, *_story_columns(_OTHER))
    .join(_OTHER, t.alert_case.c.merged_into == _OTHER.c.id)
    .where(*_ASKED, _OTHER.c.closed_at.is_(None))
)


def _story(row: Any) -> OpenStory:
    return OpenStory(row.id, Severity(row.severity), row.spread_count, row.reach, tuple(row.causes))


def open_cases(connection: Connection, cases: Sequence[NewCase]) -> list[int]:
    """Insert cases and return their ids in the same order."""
    if not cases:
        return []
    rows = [
        {
            **{name: getattr(case, name) for name in case.__slots__},
            "severity": int(case.severity),
            "causes": list(case.causes),
            "text": storable(case.text),
            "state": CaseState.FIRING.value,
        }
        for case in cases
    ]
    statement = insert(t.alert_case).returning(t.alert_case.c.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, rows).scalars())


def update_stories(connection: Connection, changes: Iterable[StoryChange]) -> None:
    """Write what joining posts changed about open cases."""
    case = t.alert_case.c
    latest = bindparam("latest", type_=case.last_post_at.type)
    rows = [
        {
            "case": change.id,
            "grade": int(change.severity),
            "spread": change.spread_count,
            "followers": change.reach,
            "why": list(change.causes),
            "more": change.more_posts,
            "latest": change.last_post_at,
            "tell": change.tell_at,
            "shown": change.hit_id,
        }
        # In one order, as everybody does who changes several, so that nobody waits in a circle.
        for change in sorted(changes, key=lambda change: change.id)
    ]
    if rows:
        connection.execute(
            update(t.alert_case)
            .where(case.id == bindparam("case"))
            .values(
                severity=bindparam("grade"),
                spread_count=bindparam("spread"),
                reach=bindparam("followers"),
                causes=bindparam("why"),
                posts=case.posts + bindparam("more"),
                last_post_at=sql_case(
                    (case.last_post_at > latest, case.last_post_at), else_=latest
                ),
                tell_at=bindparam("tell"),
                hit_id=func.coalesce(bindparam("shown", type_=case.hit_id.type), case.hit_id),
            ),
            rows,
        )


def author_key(platform: str, author_id: str, post_id: str) -> str:
    """Name an author across posts: `platform:id`.

    Authors without an id are strangers to each other.
    """
    return f"{platform}:{author_id or f'post:{post_id}'}"[:96]


def known_authors(
    connection: Connection, case_ids: Collection[int], author_keys: Collection[str]
) -> set[tuple[int, str]]:
    """Return which of the authors tell which of the cases' stories already."""
    author = case_author.c
    if not case_ids or not author_keys:
        return set()
    rows = connection.execute(
        select(author.case_id, author.author_key).where(
            author.case_id.in_(case_ids), author.author_key.in_(author_keys)
        )
    )
    return {(row.case_id, row.author_key) for row in rows}


def add_authors(connection: Connection, tellers: Sequence[Teller]) -> None:
    """Count each post for its author; the last known number of followers stays."""
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for teller in tellers:
        row = rows.setdefault(
            (teller.case_id, teller.author_key),
            {
                "case_id": teller.case_id,
                "author_key": teller.author_key,
                "name": storable(teller.name),
                "followers": teller.followers,
                "posts": 0,
                "first_at": teller.at,
            },
        )
        row["posts"] += 1
        row["first_at"] = min(row["first_at"], teller.at)
    if not rows:
        return
    statement = upsert(connection, case_author)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["case_id", "author_key"],
        set_={
            "posts": case_author.c.posts + new.posts,
            "followers": func.coalesce(new.followers, case_author.c.followers),
        },
    )
    connection.execute(statement, [rows[key] for key in sorted(rows)])


def posts_since(
    connection: Connection, case_ids: Collection[int], since: datetime
) -> dict[int, int]:
    """Count the posts of each case that were judged since then."""
    hit = t.hit.c
    rows = connection.execute(
        select(hit.case_id, func.count().label("posts"))
        .where(hit.case_id.in_(case_ids), hit.judged_at >= since)
        .group_by(hit.case_id)
    )
    return {row.case_id: row.posts for row in rows}


def hits_of_brand(connection: Connection, brand: str, since: datetime) -> int:
    """Count the posts that complain of a brand, as the rules found them since then."""
    hit = t.hit.c
    return connection.execute(
        select(func.count()).select_from(t.hit).where(hit.brand == brand, hit.matched_at >= since)
    ).scalar_one()


def lock_brands(connection: Connection, brands: Iterable[str]) -> None:
    """Let one process at a time open cases of a brand: two must not open one story twice.

    SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        for brand in sorted(set(brands)):
            key = int.from_bytes(sha256(brand.encode()).digest()[:8], "big", signed=True)
            connection.execute(select(func.pg_advisory_xact_lock(key)))


def lock(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """Lock cases until the commit, in the order in which everybody does who changes several.

    Two who took them in two orders would wait for each other, and one of them would be undone.
    """
    case = t.alert_case.c
    connection.execute(
        select(case.id).where(chosen).order_by(case.id).with_for_update(key_share=True)
    ).all()


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
            told(),
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
        .where(t.alert_case.c.first_delivered_at.is_(None), told(), not_console_only())
    ).scalar_one()


def told() -> ColumnElement[bool]:
    """Say in SQL that somebody is to be told of the case: nothing holds it back for now."""
    mine = notice.c.case_id == t.alert_case.c.id
    return exists(select(notice.c.case_id).where(mine, notice.c.times > 0))


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
        chosen = t.alert_case.c.id.in_(case_ids)
        lock(connection, chosen)
        connection.execute(update(t.alert_case).where(chosen).values(warned_at=at))


def mark_delivered(connection: Connection, case_id: int, at: datetime) -> None:
    """Stamp a case's first delivery."""
    connection.execute(
        update(t.alert_case)
        .where(t.alert_case.c.id == case_id, t.alert_case.c.first_delivered_at.is_(None))
        .values(first_delivered_at=at)
    )
