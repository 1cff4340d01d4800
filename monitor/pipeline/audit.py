"""The auditor: asks the tables alone what should have happened and did not, and tells of it.

It runs apart from the steps that it checks, best in a process of its own (`shifen audit`). When
all is well it gives a sign of life to somebody outside, who raises the alarm when that stays away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import structlog

from alerts.channels.heartbeat import Heartbeat
from alerts.severity import Severity
from monitor.config_ladder import HeartbeatSettings
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.announce import Announcement, announce
from monitor.pipeline.judge import SET_ASIDE
from monitor.pipeline.notify import Routes
from monitor.storage import audits, outbox, polling, posts
from monitor.storage.database import Connection, Database

log = structlog.get_logger(__name__)

STUCK_AFTER: Final = timedelta(seconds=120)
"""A hit without a verdict, or an alert without a delivery row, for this long is a defect."""
LATE_AFTER: Final = timedelta(seconds=60)
"""So much later than due a step of the ladder, a telling or a delivery is a defect."""
TOLD_EVERY: Final = timedelta(hours=1)
SERVICE: Final = "service"
"""The name under which a running service gives signs of life."""
UNREAD: Final = "unread"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, in Chinese and in English.

    A finding that is not `grave` is told like the others and does not stop the heartbeat.
    """

    kind: str
    zh: str
    en: str
    grave: bool = True


class Auditor:
    """Looks for what was left undone, mends what it can, and announces each kind once an hour."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        routes: Routes,
        sources: Collection[str],
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
        self._heartbeat = heartbeat

    def audit(self) -> list[str]:
        """Return what was found, one English sentence each; empty when all is well."""
        now = self._now()
        with self._database.read() as connection:
            bare = outbox.alerts_without_delivery(connection, now - STUCK_AFTER)
            bare = bare if self._routes.first else []
            found = [*_bare(bare), *self._look(connection, now)]
        with self._database.write() as connection:
            if bare:
                outbox.repair(connection, bare, self._routes.first, now)
            for finding in found:
                self._tell(connection, _announcement(finding, now), now)
            for source in self._sources:
                self._tell_of_losses(connection, source, now)
            polling.beat(connection, "auditor", now)
        for finding in found:
            log.error("audit", kind=finding.kind, found=finding.en)
        if not any(finding.grave for finding in found):
            self._give_sign()
        return [finding.en for finding in found]

    def _look(self, connection: Connection, now: datetime) -> Iterator[Finding]:
        """Yield everything that is wrong."""
        stuck, late = now - STUCK_AFTER, now - LATE_AFTER
        unjudged = polling.unjudged_since(connection)
        if unjudged and unjudged < stuck:
            at = unjudged.isoformat()
            yield Finding(
                "unjudged", f"有命中自 {at} 起未判断", f"hits wait for a verdict since {at}"
            )
        aside = posts.judged_as(connection, SET_ASIDE, now - TOLD_EVERY)
        if aside:
            ids = ", ".join(map(str, aside))
            zh, en = f"命中 {ids} 无法判断，已搁置", f"hits {ids} could not be judged"
            yield Finding("set_aside", zh, en, grave=False)
        seen = polling.last_beat(connection, SERVICE)
        if seen and seen < stuck:
            at = seen.isoformat()
            yield Finding("silent", f"服务自 {at} 起没有动静", f"the service is silent since {at}")
        for kind, count, zh, en in self._counts(connection, stuck, late, now):
            if count:
                yield Finding(kind, zh.format(count), en.format(count))

    def _counts(
        self, connection: Connection, stuck: datetime, late: datetime, now: datetime
    ) -> Iterator[tuple[str, int, str, str]]:
        """Yield a kind, how many there are, and the sentences."""
        unsent = outbox.stuck_since(connection, stuck)
        yield "unsent", unsent, "{} 条投递到期却无人发送", "deliveries due that nobody sends: {}"
        leases = audits.leases_over(connection, late)
        yield "lease", leases, "{} 条投递被占用超时", "deliveries held beyond their time: {}"
        untold = audits.cases_untold(connection, late)
        yield "untold", untold, "{} 个事件到点未提醒", "cases due that nobody is told of: {}"
        calls = audits.calls_due(connection, late) + audits.acks_over(connection, late)
        yield "calls", calls, "{} 次升级到点未执行", "calls of the ladder due and not made: {}"
        wanted = audits.ladders_wanted(connection, late)
        yield "ladders", wanted, "{} 个事件没有升级阶梯", "cases without a ladder: {}"
        warn_at = timedelta(seconds=self._live.current().config.promise.warn_at_s)
        undelivered = audits.cases_undelivered(connection, now - warn_at, late)
        yield "undelivered", undelivered, "{} 个事件没有送达任何人", "cases that reached nobody: {}"

    def _tell(self, connection: Connection, announcement: Announcement, now: datetime) -> None:
        """Announce it, unless it was announced within the hour or still waits to go out."""
        if outbox.is_told(connection, announcement.reason, now - TOLD_EVERY):
            return
        locale = self._live.current().config.locale
        announce(connection, announcement, self._routes.every, locale, now)

    def _tell_of_losses(self, connection: Connection, source: str, now: datetime) -> None:
        """Say what nobody will read any more: at most once an hour, all that came up since."""
        lost = polling.losses(connection, source, now - TOLD_EVERY)
        if lost:
            self._tell(connection, _unread(lost, f"{UNREAD}_{source}"), now)

    def _give_sign(self) -> None:
        if self._heartbeat is None:
            return
        problem = self._heartbeat.beat()
        self._metrics.heartbeats.labels("failed" if problem else "arrived").inc()
        if problem:
            log.warning("heartbeat_failed", problem=problem)


def _bare(alert_ids: Sequence[int]) -> Iterator[Finding]:
    if alert_ids:
        count = len(alert_ids)
        zh = f"{count} 条提醒没有投递，已补上"
        yield Finding("no_delivery", zh, f"alerts that had no delivery, and have one now: {count}")


def _announcement(finding: Finding, now: datetime) -> Announcement:
    return Announcement(
        # Two auditors that find it at the same moment write one alert.
        key=f"audit:{finding.kind}:{now:%Y%m%d%H}",
        reason=f"audit_{finding.kind}",
        severity=Severity.URGENT,
        title=("自查发现遗漏", "The auditor found something left undone"),
        text=(f"自查发现：{finding.zh}。", f"Found by the auditor: {finding.en}."),
    )


def _unread(lost: Sequence[polling.Lost], reason: str) -> Announcement:
    since, until = min(one.since for one in lost), max(one.until for one in lost)
    when = f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M} UTC"
    source = lost[0].source
    zh = f"{source} 在 {when} 之间有帖子没能读到，也不会再读。请在平台上人工搜索这段时间。"
    en = f"Posts on {source} of {when} could not be read and will not be. Search them by hand."
    return Announcement(
        key=f"{reason}:{lost[0].id}",
        reason=reason,
        severity=Severity.IMPORTANT,
        title=(f"{source} 有一段时间没有读全", f"Part of {source} was not read"),
        text=(zh, en),
    )


def heartbeat_of(settings: HeartbeatSettings, sender: Literal["run", "audit"]) -> Heartbeat | None:
    """Build the heartbeat that this process gives, None where another one does or nobody."""
    if not settings.url or settings.sent_by != sender:
        return None
    return Heartbeat(settings.url, timeout_s=settings.timeout_s)
