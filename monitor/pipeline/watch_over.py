"""Those who watch over the walk: blindness of sources, minute 8, the figures of the promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from alerts.channels.heartbeat import Heartbeat
from alerts.severity import Severity
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.announce import Announcement, announce
from monitor.pipeline.audit import SERVICE, STUCK_AFTER, Auditor
from monitor.pipeline.notify import Routes
from monitor.storage import cases, outbox, polling, posts
from monitor.storage.database import Connection, Database
from monitor.storage.sight import Sight
from scrapers import health as healths
from scrapers.cursor import Gap
from scrapers.health import Cause
from scrapers.post import Platform
from scrapers.sight import Event, EventKind, step, usual_posts_per_hour

__all__ = ["STUCK_AFTER", "Overseer"]

UNDELIVERED: Final = "undelivered"
SIGN_EVERY: Final = timedelta(seconds=20)
"""How often a running service gives a sign of life to the auditor."""
WITHHELD: Final = frozenset({Cause.CANARY, Cause.SILENT, Cause.STALE})
"""Blind while the answers looked fine: the cursors moved on, so the time is read once more."""


class Overseer:
    """Raises operational alerts about the service itself, each once."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        routes: Routes,
        sources: Mapping[str, Platform],
        metrics: Metrics,
        *,
        now: Callable[[], datetime],
        heartbeat: Heartbeat | None = None,
    ) -> None:
        self._database = database
        self._live = live
        self._routes = routes
        self._sources = sources
        self._metrics = metrics
        self._now = now
        self._sign_at: datetime | None = None
        self._auditor = Auditor(
            database, live, routes, tuple(sources), metrics, now=now, heartbeat=heartbeat
        )

    def look(self) -> None:
        """Judge the sight of every source; announce who went blind and who sees again."""
        self._give_sign()
        for source, platform in self._sources.items():
            self._look_at(source, platform)

    def _look_at(self, source: str, platform: Platform) -> None:
        now = self._now()
        promise = self._live.current().config.promise
        with self._database.write() as connection:
            state = polling.health(connection, source)
            if state is None:
                return
            expected = usual_posts_per_hour(posts.same_hour_counts(connection, platform, now))
            health, event = step(
                healths.from_json(state),
                expected,
                promise.alert_within_s,
                promise.warn_at_s,
                now,
            )
            polling.save_health(connection, source, healths.to_json(health), now)
            if event:
                self._announce(connection, source, event)
        self._metrics.source_blind.labels(source).set(int(health.blind))
        self._metrics.source_failures.labels(source).set(health.failures)
        if health.last_success_at:
            succeeded = health.last_success_at.timestamp()
            self._metrics.source_last_success.labels(source).set(succeeded)

    def _announce(self, connection: Connection, source: str, event: Event) -> None:
        if event.kind is EventKind.BLIND:
            outage = polling.open_outage(connection, source, event.cause, event.en, event.since)
            if outage is None:
                return  # It was announced when it began.
            title = (f"{source} 看不见了", f"{source} cannot see")
        else:
            outage = polling.clear_outage(connection, source, event.at)
            title = (f"{source} 恢复了", f"{source} sees again")
            if not WITHHELD.isdisjoint({event.cause, outage.cause if outage else ""}):
                # A canary may have been asked a good while before it failed.
                promise = timedelta(seconds=self._live.current().config.promise.alert_within_s)
                polling.owe(connection, source, Gap(event.since - promise, event.at), event.at)
        number = outage.id if outage else int(event.since.timestamp())
        self._tell(
            connection,
            Announcement(
                key=f"outage:{source}:{number}:{event.kind}",
                reason=event.kind.value,
                severity=Severity.URGENT,
                title=title,
                text=(event.zh, event.en),
            ),
        )

    def warn(self) -> int:
        """Page about every case that nobody was told of when its time runs short (minute 8).

        The case's own alerts take the channels on standby as well. One page at a time, and one
        in each promise: a room that is silent for an hour is not greeted by a hundred of them.
        """
        if not self._routes.every:
            return 0
        now = self._now()
        promise = self._live.current().config.promise
        published_before = now - timedelta(seconds=promise.warn_at_s)
        with self._database.write() as connection:
            waiting = cases.undelivered(connection, published_before)
            # A case found when it was already late pages only if its delivery then drags on.
            overdue = [c for c in waiting if c.opened_at <= now - timedelta(seconds=30)]
            for case in overdue:
                outbox.add_case_deliveries(connection, case.id, self._routes.every, now)
            since = now - timedelta(seconds=promise.alert_within_s)
            if overdue and not outbox.is_told(connection, UNDELIVERED, since):
                self._tell(connection, _undelivered(overdue, now))
            cases.mark_warned(connection, [case.id for case in overdue], now)
            self._metrics.undelivered_cases.set(cases.count_undelivered(connection))
        return len(overdue)

    def audit(self) -> list[str]:
        """Let the auditor look, and measure."""
        found = self._auditor.audit()
        self.measure()
        return found

    def measure(self) -> None:
        """Show the quantiles of the promise, as the database has them."""
        now = self._now()
        promise = timedelta(seconds=self._live.current().config.promise.alert_within_s)
        for row in Sight(self._database).latencies(now - timedelta(days=1), promise):
            values = {
                "published": (row.published_p50_s, row.published_p95_s, row.published_p99_s),
                "seen": (row.seen_p50_s, row.seen_p95_s, row.seen_p99_s),
            }
            for stage, quantiles in values.items():
                for quantile, value in zip(("0.5", "0.95", "0.99"), quantiles, strict=True):
                    if value is not None:
                        self._metrics.latency.labels(row.platform, stage, quantile).set(value)

    def _give_sign(self) -> None:
        now = self._now()
        if self._sign_at is None or now - self._sign_at >= SIGN_EVERY:
            self._sign_at = now
            with self._database.write() as connection:
                polling.beat(connection, SERVICE, now)

    def _tell(self, connection: Connection, announcement: Announcement) -> None:
        locale = self._live.current().config.locale
        announce(connection, announcement, self._routes.every, locale, self._now())


def _undelivered(overdue: Sequence[cases.Undelivered], now: datetime) -> Announcement:
    oldest = min(case.published_at for case in overdue)
    minutes = int((now - oldest).total_seconds() // 60)
    ids = ", ".join(f"#{case.id}" for case in overdue[:10])
    zh = (
        f"{len(overdue)} 个事件（{ids}）的提醒还没有送到任何人，最早的帖子已发布 {minutes} 分钟。"
        "请打开控制台处理，并检查通知渠道。"
    )
    en = (
        f"{len(overdue)} cases ({ids}) have reached nobody; the oldest post is {minutes} min "
        "old. Open the console, and check the channels."
    )
    return Announcement(
        key=f"undelivered:{overdue[0].id}",
        reason=UNDELIVERED,
        severity=Severity.URGENT,
        title=("提醒还没有送达", "Alerts not delivered yet"),
        text=(zh, en),
    )
