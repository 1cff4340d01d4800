"""Steps 1 to 4: poll a query, keep what is new with its hits, and move the cursor, all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from monitor.live_config import LiveConfig, Rules
from monitor.metrics import Metrics
from monitor.storage import polling, posts
from monitor.storage.database import Connection, Database
from monitor.storage.posts import Added, Found
from scrapers import cursor as cursors
from scrapers import health as healths
from scrapers.cursor import Gap, Position
from scrapers.health import Health
from scrapers.post import Post
from scrapers.source import BadItem, Page, Query, Source

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back the polls of a source read, and how long one may take.

    `gap_reads` fetches may be added to a poll for what is owed: they come out of the part of
    the request budget that is not planned.
    """

    overlap_s: float
    look_back_s: float
    lease_s: float
    gap_reads: int = 1


@dataclass(frozen=True, slots=True)
class Collected:
    """What a poll brought; `due_at` is when its query wants to be polled next."""

    page: Page
    added: Added
    due_at: datetime


class Collector:
    """Polls the queries of one source."""

    def __init__(
        self,
        database: Database,
        source: Source,
        reach: Reach,
        live: LiveConfig,
        metrics: Metrics,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._source = source
        self._reach = reach
        self._live = live
        self._metrics = metrics
        self._now = now
        self._jitter = jitter
        self._window_s = cursors.SEARCH_WINDOW_S[source.platform]

    def start(self) -> None:
        """Begin to watch: the time in which nobody polled is not the source's silence."""
        with self._database.write() as connection:
            health = healths.started(self._health(connection), self._now())
            self._save_health(connection, health)

    def adopt(self, queries: Sequence[Query], *, canary: Query | None = None) -> None:
        """Let a new plan take effect: its queries go on where those of the former plan stood.

        What is no longer planned is forgotten, with its faults.
        """
        now = self._now()
        keys = {query.key for query in queries} | ({canary.key} if canary else set())
        with self._database.write() as connection:
            held = polling.positions(connection, self._source.name)
            taken = cursors.adopt(queries, held, now)
            polling.replace_positions(
                connection, self._source.name, [(q, taken[q.key]) for q in queries], now
            )
            health = self._health(connection) or healths.started(None, now)
            self._save_health(connection, healths.retain(health, keys, canary=canary is not None))

    def poll(self, query: Query, interval_s: float) -> Collected | None:
        """Read what is new for an adopted query; None while it rests or is no longer planned.

        After a poll that could see, owed stretches of time (gaps) are read as well.
        """
        began_at = self._now()
        position = self._begin(query, began_at)
        if position is None:
            return None
        since = self._since(position, began_at, self._window_s)
        # A first poll owes nothing yet, however far it was told to look back.
        owed_since = self._since(position, began_at, None) if position.cursor else None
        page = self._source.fetch(query, since)
        found = find(self._live.current(), page.posts)
        progress = cursors.advance(position.cursor, page, since, began_at, owed_since=owed_since)
        name = self._source.name
        with self._database.write() as connection:
            owed = polling.owed(connection, name, query.key)
            gaps = cursors.merge([*owed, *([progress.gap] if progress.gap else [])])
            after = Position(progress.cursor, position.started_at, gaps)
            added = self._keep(connection, query, page, found)
            polling.save_position(
                connection, name, query, after, ran_at=began_at, saw=page.outcome.sees
            )
            if progress.loss:
                self._lose(connection, query, progress.loss)
            health = self._learn(connection, query, page)
        self._count(page, added)
        gaps_left = after.gaps if page.outcome.sees else ()
        for _ in range(self._reach.gap_reads):
            if not gaps_left:
                break
            gaps_left = self._read_gap(query, gaps_left, began_at)
        due_at = healths.due_at(health, query.key, began_at, interval_s)
        return Collected(page, added, due_at)

    def poll_canary(self, query: Query, interval_s: float, promise_s: float) -> datetime | None:
        """Ask the search that always has results; return when to ask again, None at rest.

        Its posts are not kept: they only prove that the source still shows posts at all.
        """
        began_at = self._now()
        with self._database.write() as connection:
            if not self._may_begin(connection, query, began_at):
                return None
        page = self._source.fetch(query, cursors.canary_since(began_at, promise_s))
        with self._database.write() as connection:
            health = self._learn(connection, query, page, canary=True)
        self._metrics.fetches.labels(self._source.name, page.outcome.value).inc()
        return healths.due_at(health, query.key, began_at, interval_s)

    def _begin(self, query: Query, now: datetime) -> Position | None:
        """Claim the attempt and look up the query's position."""
        with self._database.write() as connection:
            if not self._may_begin(connection, query, now):
                return None
            return polling.position(connection, self._source.name, query.key)

    def _may_begin(self, connection: Connection, query: Query, now: datetime) -> bool:
        health = self._health(connection) or healths.started(None, now)
        begun = healths.begin(health, query.key, now, self._reach.lease_s)
        if begun:
            self._save_health(connection, begun)
        return begun is not None

    def _since(self, position: Position, now: datetime, window_s: float | None) -> datetime:
        return cursors.since(
            position.cursor,
            self._reach.overlap_s,
            self._reach.look_back_s,
            position.started_at,
            now,
            window_s=window_s,
        )

    def _read_gap(self, query: Query, gaps: tuple[Gap, ...], now: datetime) -> tuple[Gap, ...]:
        """Read the newest owed stretch; return what is still owed and may be read at once."""
        gap = gaps[-1]
        since = cursors.gap_since(gap, now, self._window_s)
        if since is None:
            page, progress = None, cursors.GapProgress(None, cursors.give_up(gap))
        else:
            page = self._source.fetch(query, since, gap.until)
            progress = cursors.close_gap(gap, page, since)
        found = find(self._live.current(), page.posts) if page else []
        with self._database.write() as connection:
            owed = polling.owed(connection, self._source.name, query.key)
            others = [other for other in owed if other != gap]
            left = cursors.merge([*others, *([progress.gap] if progress.gap else [])])
            added = self._keep(connection, query, page, found) if page else None
            polling.save_gaps(connection, self._source.name, query.key, left, now)
            if progress.loss:
                self._lose(connection, query, progress.loss)
        if page and added:
            self._count(page, added)
        return () if progress.gap == gap or (page and not page.outcome.sees) else left

    def _keep(self, connection: Connection, query: Query, page: Page, found: list[Found]) -> Added:
        seen_at = self._now()
        source = self._source.name
        added = posts.add(connection, found, source=source, query_key=query.key, seen_at=seen_at)
        posts.add_bad_items(connection, source, [(digest(b), b) for b in page.bad], seen_at)
        return added

    def _learn(
        self, connection: Connection, query: Query, page: Page, *, canary: bool = False
    ) -> Health:
        now = self._now()
        health = self._health(connection) or healths.started(None, now)
        learned = healths.after(health, query.key, page, now, jitter=self._jitter(), canary=canary)
        self._save_health(connection, learned)
        return learned

    def _lose(self, connection: Connection, query: Query, loss: cursors.Loss) -> None:
        now = self._now()
        polling.record_loss(connection, self._source.name, query.key, loss, now)
        log.warning(
            "stretch_not_read",
            source=self._source.name,
            query=query.text,
            since=loss.since.isoformat(),
            until=loss.until.isoformat(),
            reason=loss.reason.value,
        )

    def _health(self, connection: Connection) -> Health | None:
        state = polling.health(connection, self._source.name)
        return healths.from_json(state) if state else None

    def _save_health(self, connection: Connection, health: Health) -> None:
        polling.save_health(connection, self._source.name, healths.to_json(health), self._now())

    def _count(self, page: Page, added: Added) -> None:
        source = self._source.name
        self._metrics.fetches.labels(source, page.outcome.value).inc()
        self._metrics.posts.labels(self._source.platform.value, source).inc(added.new)
        self._metrics.bad_items.labels(source).inc(len(page.bad))
        for brand, hits in added.hits_by_brand.items():
            self._metrics.hits.labels(brand).inc(hits)
        if page.posts:
            newest = max(post.published_at for post in page.posts)
            self._metrics.source_newest_post.labels(source).set(newest.timestamp())
        for note in page.notes:
            log.info("fetch_note", source=source, note=note)
        if not page.outcome.sees:
            log.warning("fetch_failed", source=source, outcome=page.outcome, detail=page.detail)


def find(rules: Rules, candidates: tuple[Post, ...] | list[Post]) -> list[Found]:
    """Match posts against the rules in force."""
    readings = ((post, rules.book.read(post)) for post in candidates)
    return [Found(post, hits=reading.hits, named=reading.named) for post, reading in readings]


def digest(item: BadItem) -> str:
    """Name an unreadable item, so that the same one read again is counted, not kept twice."""
    raw = item.raw.encode("utf-8", "surrogatepass")
    return hashlib.sha256(raw).hexdigest()
