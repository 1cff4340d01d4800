"""Those who watch over the walk: blindness of sources, minute 8, and the auditor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from alerts.message import Message, to_json
from alerts.severity import Severity
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.compose import LOCALES, Wording
from monitor.pipeline.judge import SET_ASIDE
from monitor.pipeline.notify import Routes
from monitor.storage import cases, outbox, polling, posts
from monitor.storage.database import Connection, Database
from monitor.storage.outbox import NewAlert
from monitor.storage.sight import Sight
from scrapers import health as healths
from scrapers.cursor import Gap
from scrapers.health import Cause
from scrapers.post import Platform
from scrapers.sight import Event, EventKind, step, usual_posts_per_hour

log = structlog.get_logger(__name__)

UNDELIVERED: Final = "undelivered"
STUCK_AFTER: Final = timedelta(seconds=120)
"""A hit without a verdict, or an alert without a delivery row, for this long is a defect."""

UNREAD: Final = "unread"
UNREAD_TOLD_EVERY: Final = timedelta(hours=1)
WITHHELD: Final = frozenset({Cause.CANARY, Cause.SILENT, Cause.STALE})
"""Blind while the answers looked fine: the cursors moved on, so the time is read once more."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An operational alert in both languages; `key` makes it go out once."""

    key: str
    reason: str
    severity: Severity
    title: tuple[str, str]
    text: tuple[str, str]


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
    ) -> None:
        self._database = database
        self._live = live
        self._routes = routes
        self._sources = sources
        self._metrics = metrics
        self._now = now

    def look(self) -> None:
        """Judge the sight of every source; announce who went blind and who sees again."""
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
            Notice(
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
        """Find anything that should have happened and did not; mend and announce it.

        Runs apart from the steps that it checks and asks the tables alone: every hit has its
        verdict, every alert its deliveries, no delivery is held by a process that is gone.
        """
        now = self._now()
        found: list[tuple[str, str]] = []
        with self._database.write() as connection:
            bare = outbox.alerts_without_delivery(connection, now - STUCK_AFTER)
            if bare and self._routes.first:
                outbox.repair(connection, bare, self._routes.first, now)
                found.append((f"{len(bare)} 条提醒没有投递", f"{len(bare)} alerts had no delivery"))
            unjudged = polling.unjudged_since(connection)
            if unjudged and unjudged < now - STUCK_AFTER:
                at = unjudged.isoformat()
                found.append((f"有命中自 {at} 起未判断", f"hits wait for a verdict since {at}"))
            aside = posts.judged_as(connection, SET_ASIDE, now - timedelta(hours=1))
            if aside:
                ids = ", ".join(map(str, aside))
                found.append((f"命中 {ids} 无法判断，已搁置", f"hits {ids} could not be judged"))
            stuck = outbox.stuck_since(connection, now - STUCK_AFTER)
            if stuck:
                found.append(
                    (
                        f"{stuck} 条投递到期却无人发送",
                        f"{stuck} deliveries are due and nobody sends them",
                    )
                )
            if found:
                self._tell(connection, _defect(found, now))
            for source in self._sources:
                self._tell_of_losses(connection, source, now - UNREAD_TOLD_EVERY)
            polling.beat(connection, "auditor", now)
        self._measure(now)
        sentences = [english for _, english in found]
        for sentence in sentences:
            log.error("audit", found=sentence)
        return sentences

    def _measure(self, now: datetime) -> None:
        """Show the quantiles of the promise, as the database has them."""
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

    def _tell_of_losses(self, connection: Connection, source: str, since: datetime) -> None:
        """Say what nobody will read any more: at most once an hour, all that came up since."""
        reason = f"{UNREAD}_{source}"
        lost = polling.losses(connection, source, since)
        if lost and not outbox.is_told(connection, reason, since):
            self._tell(connection, _unread(lost, reason))

    def _tell(self, connection: Connection, notice: Notice) -> None:
        locale = self._live.current().config.locale
        language = 0 if locale.startswith("zh") else 1
        now = self._now()
        message = Message(
            dedupe_key="",
            kind=outbox.OPERATIONAL,
            severity=notice.severity,
            title=notice.title[language],
            brand="",
            reasons=(notice.text[language],),
            verdict="",
            created_at=now,
            due_at=None,
            late=False,
            post=None,
            reply=None,
            console_url="",
            locale=locale,
        )
        alert = NewAlert(
            kind=outbox.OPERATIONAL,
            key=notice.key,
            reason=notice.reason,
            severity=notice.severity,
            brand="",
            title=message.title,
            message=to_json(message),
            wordings={
                locale: Wording(notice.title[n], (notice.text[n],), "").to_json()
                for n, locale in enumerate(LOCALES)
            },
            created_at=now,
        )
        outbox.add_alerts(connection, [alert], self._routes.every)
        log.warning("operational_alert", key=notice.key, text=notice.text[1])


def _undelivered(overdue: Sequence[cases.Undelivered], now: datetime) -> Notice:
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
    return Notice(
        key=f"undelivered:{overdue[0].id}",
        reason=UNDELIVERED,
        severity=Severity.URGENT,
        title=("提醒还没有送达", "Alerts not delivered yet"),
        text=(zh, en),
    )


def _unread(lost: Sequence[polling.Lost], reason: str) -> Notice:
    since, until = min(one.since for one in lost), max(one.until for one in lost)
    when = f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M} UTC"
    source = lost[0].source
    zh = f"{source} 在 {when} 之间有帖子没能读到，也不会再读。请在平台上人工搜索这段时间。"
    en = f"Posts on {source} of {when} could not be read and will not be. Search them by hand."
    return Notice(
        key=f"{reason}:{lost[0].id}",
        reason=reason,
        severity=Severity.IMPORTANT,
        title=(f"{source} 有一段时间没有读全", f"Part of {source} was not read"),
        text=(zh, en),
    )


def _defect(found: Sequence[tuple[str, str]], now: datetime) -> Notice:
    chinese = "；".join(zh for zh, _ in found)
    english = "; ".join(en for _, en in found)
    return Notice(
        key=f"audit:{now:%Y%m%d%H}:{found[0][1].split(' ', 1)[-1]}"[:120],
        reason="audit",
        severity=Severity.URGENT,
        title=("自查发现遗漏", "The auditor found something left undone"),
        text=(
            f"自查发现：{chinese}。能补的已补上。",
            f"Found: {english}. What could be mended was.",
        ),
    )
