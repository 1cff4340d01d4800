"""How the service itself is doing: sources, latencies, counts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from monitor.storage import tables as t
from monitor.storage.cases import not_console_only, told
from monitor.storage.database import Database
from monitor.storage.rows import GapRow, LatencyRow, OutageRow, Overview, QueryRow, SourceRow

GAPS_MAX: Final = 50
URGENT: Final = 3


class Sight:
    """Reads one consistent state per call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sources(self) -> tuple[SourceRow, ...]:
        """Return every source that ever ran a query or reported its health, by name."""
        with self._database.read() as connection:
            health = {row.source: row for row in connection.execute(select(t.source_health))}
            outages = _outages(connection)
            queries = _queries(connection)
            gaps = _gaps(connection)
        return tuple(
            SourceRow(
                name,
                health[name].state if name in health else {},
                health[name].updated_at if name in health else None,
                outages.get(name),
                tuple(queries[name]),
                tuple(gaps[name][:GAPS_MAX]),
            )
            for name in sorted({*health, *queries})
        )

    def latencies(self, since: datetime, promise: timedelta) -> tuple[LatencyRow, ...]:
        """Return how long it took until somebody was first told of each case, by platform.

        `since` is when they were told. Cases of versions that did not note the platform are
        left out.
        """
        case = t.alert_case.c
        query = select(
            case.platform, case.published_at, case.first_seen_at, case.first_delivered_at
        ).where(case.first_delivered_at >= since, case.platform != "")
        published: dict[str, list[float]] = defaultdict(list)
        seen: dict[str, list[float]] = defaultdict(list)
        with self._database.read() as connection:
            for platform, published_at, seen_at, delivered_at in connection.execute(query):
                published[platform].append((delivered_at - published_at).total_seconds())
                if seen_at is not None:
                    seen[platform].append((delivered_at - seen_at).total_seconds())
        return tuple(
            _latency(platform, published[platform], seen[platform], promise)
            for platform in sorted(published)
        )

    def overview(self, since: datetime) -> Overview:
        """Count what is open now, and posts and alerts since `since`."""
        case = t.alert_case.c
        open_ = case.closed_at.is_(None)
        undelivered = case.first_delivered_at.is_(None) & told() & not_console_only()
        with self._database.read() as connection:
            return Overview(
                open_cases=_count(connection, case.id, open_),
                open_urgent=_count(connection, case.id, open_, case.severity == URGENT),
                undelivered_cases=_count(connection, case.id, undelivered),
                alerts=_count(connection, t.alert.c.id, t.alert.c.created_at >= since),
                posts=_count(connection, t.post.c.id, t.post.c.published_at >= since),
            )


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile: the least value that `share` of all do not exceed."""
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def _latency(
    platform: str, published: list[float], seen: list[float], promise: timedelta
) -> LatencyRow:
    published.sort()
    seen.sort()
    within = sum(latency_s <= promise.total_seconds() for latency_s in published)
    return LatencyRow(
        platform,
        len(published),
        within,
        *(percentile(published, share) for share in (0.5, 0.95, 0.99)),
        *(percentile(seen, share) if seen else None for share in (0.5, 0.95, 0.99)),
    )


def _outages(connection: Connection) -> dict[str, OutageRow]:
    query = select(t.outage).where(t.outage.c.cleared_at.is_(None))
    return {
        row.subject: OutageRow(row.subject, row.cause, row.detail, row.started_at)
        for row in connection.execute(query)
    }


def _queries(connection: Connection) -> dict[str, list[QueryRow]]:
    grouped: dict[str, list[QueryRow]] = defaultdict(list)
    for row in connection.execute(select(t.query_state).order_by(t.query_state.c.query_key)):
        grouped[row.source].append(
            QueryRow(
                row.query_key,
                row.text,
                row.cursor_at,
                row.last_run_at,
                row.last_success_at,
                row.runs,
                row.misfires,
            )
        )
    return grouped


def _gaps(connection: Connection) -> dict[str, list[GapRow]]:
    grouped: dict[str, list[GapRow]] = defaultdict(list)
    query = select(t.gap).where(t.gap.c.closed_at.is_(None)).order_by(t.gap.c.since_at)
    for row in connection.execute(query):
        grouped[row.source].append(GapRow(row.query_key, row.since_at, row.until_at, row.tries))
    return grouped


def _count(connection: Connection, column: ColumnElement[int], *where: Any) -> int:
    return connection.execute(select(func.count(column)).where(*where)).scalar_one()
