"""Lists and details for the console and the API; every list follows an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, exists, select

from monitor.storage import tables as t
from monitor.storage.case_tables import case_author
from monitor.storage.database import Database
from monitor.storage.paging import Cursor, Page, cut, newest_first
from monitor.storage.rows import (
    AlertRow,
    AlertState,
    CaseDetail,
    CaseRow,
    DeliveryRow,
    HitRow,
    PostRow,
    SignRow,
    TermRow,
    VerdictRow,
)

CASE_POSTS_MAX: Final = 100
CASE_ALERTS_MAX: Final = 100
# Words are looked for along the time index, so a search is never let loose on all history.
SEARCH_WINDOW: Final = timedelta(days=30)
OPEN: Final = "open"
"""The state that stands for all in which somebody still has to act."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; None means everything. `since` is included, `until` is not.

    `text` looks for words in posts, from `SEARCH_WINDOW` before the end unless `since` says so.
    The state `OPEN` and the last three are for cases.
    """

    brand: str | None = None
    platform: str | None = None
    severity: int | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    topic: str | None = None
    assigned_to: str | None = None
    author_key: str | None = None


class Reading:
    """Reads one consistent state per call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def posts(
        self, wanted: Filter, limit: int, after: Cursor | None, now: datetime
    ) -> Page[PostRow]:
        """Return posts by time of publication with their hits (without verdicts)."""
        query = _posts_query(wanted, now)
        query = newest_first(query, t.post.c.published_at, t.post.c.id, limit, after)
        with self._database.read() as connection:
            rows = [_post(row) for row in connection.execute(query).mappings()]
            page = cut(rows, limit, lambda post: Cursor(post.published_at, post.id))
            hits = _hits(connection, [post.id for post in page.items], verdicts=False)
        return page.map(lambda post: replace(post, hits=tuple(hits[post.id])))

    def cases(self, wanted: Filter, limit: int, after: Cursor | None) -> Page[CaseRow]:
        """Return cases by time of opening."""
        query = newest_first(
            _cases_query(wanted), t.alert_case.c.opened_at, t.alert_case.c.id, limit, after
        )
        with self._database.read() as connection:
            rows = [_case(row) for row in connection.execute(query).mappings()]
        return cut(rows, limit, lambda case: Cursor(case.opened_at, case.id))

    def case_row(self, case_id: int) -> CaseRow | None:
        """Return one case alone."""
        with self._database.read() as connection:
            return case_row(connection, case_id)

    def alerts(self, wanted: Filter, limit: int, after: Cursor | None = None) -> Page[AlertRow]:
        """Return alerts by time of creation with their deliveries."""
        query = newest_first(
            _alerts_query(wanted), t.alert.c.created_at, t.alert.c.id, limit, after
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            page = cut(rows, limit, lambda row: Cursor(row["created_at"], row["id"]))
            items = _with_deliveries(connection, page.items)
        return Page(items, page.next_cursor)

    def alert(self, alert_id: int) -> AlertRow | None:
        """Return one alert."""
        with self._database.read() as connection:
            rows = connection.execute(_ALERTS.where(t.alert.c.id == alert_id)).mappings().all()
            return next(iter(_with_deliveries(connection, rows)), None)

    def case(self, case_id: int) -> CaseDetail | None:
        """Return a case with its newest posts and alerts, up to the limits above."""
        with self._database.read() as connection:
            found = case_row(connection, case_id)
            if found is None:
                return None
            return CaseDetail(
                found, _case_posts(connection, case_id), _case_alerts(connection, case_id)
            )


def case_row(connection: Connection, case_id: int) -> CaseRow | None:
    """Return one case alone; None when there is none of that id."""
    query = _CASES.where(t.alert_case.c.id == case_id)
    row = connection.execute(query).mappings().one_or_none()
    return _case(row) if row else None


def cases_told_by(
    connection: Connection, author_keys: Collection[str], since: datetime, limit: int
) -> tuple[CaseRow, ...]:
    """Return the cases opened since then that any of these accounts tells, the newest first."""
    case, author = t.alert_case.c, case_author.c
    tells = exists().where(author.case_id == case.id, author.author_key.in_(author_keys))
    query = (
        _CASES.where(case.opened_at >= since, case.author_key.in_(author_keys) | tells)
        .order_by(case.opened_at.desc(), case.id.desc())
        .limit(limit)
    )
    return tuple(_case(row) for row in connection.execute(query).mappings())


def cases_of_ids(connection: Connection, case_ids: Collection[int]) -> tuple[CaseRow, ...]:
    """Return these cases, the newest first."""
    query = _CASES.where(t.alert_case.c.id.in_(case_ids)).order_by(t.alert_case.c.id.desc())
    return tuple(_case(row) for row in connection.execute(query).mappings())


def posts_of_hits(connection: Connection, hit_ids: Collection[int]) -> tuple[PostRow, ...]:
    """Return the post of each hit with that hit alone and its verdict, the newest hit first."""
    query = _HITS.where(t.hit.c.id.in_(hit_ids)).order_by(t.hit.c.id.desc())
    hits = [_hit(row) for row in connection.execute(query).mappings()]
    verdicts = _latest_verdicts(connection, [hit.id for hit in hits])
    found = _POSTS.where(t.post.c.id.in_({hit.post_id for hit in hits}))
    posts = {row["id"]: _post(row) for row in connection.execute(found).mappings()}
    return tuple(
        replace(posts[hit.post_id], hits=(replace(hit, verdict=verdicts.get(hit.id)),))
        for hit in hits
    )


def _columns(table: Any, row_type: type, *without: str) -> list[ColumnElement[Any]]:
    names = {field.name for field in fields(row_type)} - set(without)
    return [column for column in table.c if column.name in names]


_POSTS: Final = select(*_columns(t.post, PostRow, "hits"))
_CASES: Final = select(*_columns(t.alert_case, CaseRow))
_ALERTS: Final = select(
    *_columns(t.alert, AlertRow, "deliveries"),
    t.alert_case.c.state.label("case_state"),
    *(t.alert_case.c[name] for name in ("acked_by", "assigned_to", "answered_at")),
).outerjoin_from(t.alert, t.alert_case, t.alert.c.case_id == t.alert_case.c.id)
_DELIVERIES: Final = select(*_columns(t.delivery, DeliveryRow))
_VERDICTS: Final = select(*_columns(t.verdict, VerdictRow))
_HITS: Final = select(*_columns(t.hit, HitRow, "verdict"))


def _posts_query(wanted: Filter, now: datetime) -> Select[Any]:
    post, hit = t.post.c, t.hit.c
    query = _within(_POSTS, post.published_at, wanted)
    if wanted.text:
        query = query.where(post.text.icontains(wanted.text, autoescape=True))
        if wanted.since is None:
            query = query.where(post.published_at >= (wanted.until or now) - SEARCH_WINDOW)
    if wanted.platform:
        query = query.where(post.platform == wanted.platform)
    if wanted.brand:
        query = query.where(exists().where(hit.post_id == post.id, hit.brand == wanted.brand))
    return query


def _cases_query(wanted: Filter) -> Select[Any]:
    case = t.alert_case.c
    query = _within(_CASES, case.opened_at, wanted)
    query = _equal(
        query,
        (case.brand, wanted.brand),
        (case.platform, wanted.platform),
        (case.topic, wanted.topic),
        (case.assigned_to, wanted.assigned_to),
        (case.author_key, wanted.author_key),
    )
    if wanted.severity is not None:
        query = query.where(case.severity == wanted.severity)
    if wanted.state == OPEN:
        return query.where(case.closed_at.is_(None))
    return _equal(query, (case.state, wanted.state))


def _alerts_query(wanted: Filter) -> Select[Any]:
    alert, delivery = t.alert.c, t.delivery.c
    query = _within(_ALERTS, alert.created_at, wanted)
    query = _equal(query, (alert.brand, wanted.brand), (alert.platform, wanted.platform))
    if wanted.severity is not None:
        query = query.where(alert.severity == wanted.severity)
    if wanted.state is None:
        return query
    if wanted.state == AlertState.DELIVERED:
        return query.where(alert.first_delivered_at.is_not(None))
    tried = exists().where(delivery.alert_id == alert.id)
    hoping = exists().where(delivery.alert_id == alert.id, delivery.state != "failed")
    failed = tried & ~hoping
    wants_failed = wanted.state == AlertState.FAILED
    return query.where(alert.first_delivered_at.is_(None), failed if wants_failed else ~failed)


def _within(query: Select[Any], at: ColumnElement[datetime], wanted: Filter) -> Select[Any]:
    if wanted.since is not None:
        query = query.where(at >= wanted.since)
    if wanted.until is not None:
        query = query.where(at < wanted.until)
    return query


def _equal(query: Select[Any], *pairs: tuple[ColumnElement[Any], str | None]) -> Select[Any]:
    for column, value in pairs:
        if value:
            query = query.where(column == value)
    return query


def _case_posts(connection: Connection, case_id: int) -> tuple[PostRow, ...]:
    of_case = select(t.hit.c.post_id).where(t.hit.c.case_id == case_id)
    query = (
        _POSTS.where(t.post.c.id.in_(of_case))
        .order_by(t.post.c.published_at.desc(), t.post.c.id.desc())
        .limit(CASE_POSTS_MAX)
    )
    posts = [_post(row) for row in connection.execute(query).mappings()]
    hits = _hits(connection, [post.id for post in posts], verdicts=True)
    return tuple(
        replace(post, hits=tuple(hit for hit in hits[post.id] if hit.case_id == case_id))
        for post in posts
    )


def _case_alerts(connection: Connection, case_id: int) -> tuple[AlertRow, ...]:
    query = _ALERTS.where(t.alert.c.case_id == case_id)
    query = query.order_by(t.alert.c.created_at.desc(), t.alert.c.id.desc())
    rows = connection.execute(query.limit(CASE_ALERTS_MAX)).mappings().all()
    return _with_deliveries(connection, rows)


def _hits(
    connection: Connection, post_ids: Sequence[int], *, verdicts: bool
) -> dict[int, list[HitRow]]:
    query = _HITS.where(t.hit.c.post_id.in_(post_ids)).order_by(t.hit.c.id)
    hits = [_hit(row) for row in connection.execute(query).mappings()] if post_ids else []
    latest = _latest_verdicts(connection, [hit.id for hit in hits]) if verdicts else {}
    grouped: dict[int, list[HitRow]] = defaultdict(list)
    for hit in hits:
        grouped[hit.post_id].append(replace(hit, verdict=latest.get(hit.id)))
    return grouped


def _latest_verdicts(connection: Connection, hit_ids: Sequence[int]) -> dict[int, VerdictRow]:
    if not hit_ids:
        return {}
    query = _VERDICTS.where(t.verdict.c.hit_id.in_(hit_ids)).order_by(t.verdict.c.id)
    return {row["hit_id"]: _verdict(row) for row in connection.execute(query).mappings()}


def _with_deliveries(connection: Connection, rows: Iterable[RowMapping]) -> tuple[AlertRow, ...]:
    alerts = [AlertRow(**row) for row in rows]
    grouped: dict[int, list[DeliveryRow]] = defaultdict(list)
    if alerts:
        query = _DELIVERIES.where(t.delivery.c.alert_id.in_([alert.id for alert in alerts]))
        for row in connection.execute(query.order_by(t.delivery.c.channel)).mappings():
            grouped[row["alert_id"]].append(DeliveryRow(**row))
    return tuple(replace(alert, deliveries=tuple(grouped[alert.id])) for alert in alerts)


def _post(row: RowMapping) -> PostRow:
    return PostRow(**row)


def _case(row: RowMapping) -> CaseRow:
    return CaseRow(**row)


def _hit(row: RowMapping) -> HitRow:
    values = {**row, "terms": tuple(TermRow(*term) for term in row["terms"])}
    return HitRow(**values)


def _verdict(row: RowMapping) -> VerdictRow:
    # Rows written before the judge weighed its signs hold pairs.
    signs = tuple(SignRow(*sign) for sign in row["signs"])
    values = {**row, "doubts": tuple(row["doubts"]), "signs": signs}
    return VerdictRow(**values)
