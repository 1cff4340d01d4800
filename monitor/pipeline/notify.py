"""Step 7: bring alerts out, each over its channel, until it is there or has failed for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from alerts.channels.channel import Channel, ChannelError, Receipt
from alerts.delivery import (
    DeliveryState,
    Next,
    RetryPolicy,
    after_failure,
    channel_pause,
    fallback_channel,
)
from alerts.digest import digest
from alerts.flow import Reason
from alerts.message import Message, from_json
from alerts.routing import Receiver
from monitor.metrics import Metrics
from monitor.storage import channel_health, claims, outbox
from monitor.storage.channel_health import ChannelHealth
from monitor.storage.claims import Due
from monitor.storage.database import Connection, Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Routes:
    """Which channels there are: the ordinary ones, and `standby` when one of those fails.

    `receivers` gives those that alerts go to now; each has a standby of its own.
    """

    first: tuple[str, ...]
    standby: tuple[str, ...] = ()
    receivers: Callable[[], Iterable[Receiver]] = tuple

    @property
    def every(self) -> tuple[str, ...]:
        """All channels, the ordinary ones before those on standby."""
        return (*self.first, *self.standby)

    def instead(self, tried: Sequence[str]) -> tuple[str, ...]:
        """Return what may carry an alert that was tried on these channels, the best first.

        That is the standby of whoever was to get it there; in the end any channel, rather than
        that nobody hears of it.
        """
        meant = (each for each in self.receivers() if set(each.channels) <= set(tried))
        return (*(name for each in meant for name in each.standby), *self.every)


class Notifier:
    """Sends the deliveries of one channel, the most urgent first.

    One at a time, or together what is due together where the channel takes several in one
    message; nothing waits for company. What follows about a case answers, where the channel
    has threads, the first message that it got about it.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        routes: Routes,
        policy: RetryPolicy,
        metrics: Metrics,
        *,
        owner: str,
        console_url: str,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._channel = channel
        self._routes = routes
        self._policy = policy
        self._metrics = metrics
        self._owner = owner
        self._console_url = console_url
        self._now = now
        self._jitter = jitter
        self._lease = timedelta(seconds=policy.lease_s)

    @property
    def channel_name(self) -> str:
        """The channel that this notifier serves."""
        return self._channel.name

    def step(self) -> bool:
        """Try one message; False when nothing can be sent now (nothing due, or paused)."""
        dues, health = self._claim()
        if not dues:
            return False
        try:
            receipt = self._bring(dues)
        except ChannelError as error:
            return self._failed(dues, health, error)
        self._arrived(dues, receipt)
        return True

    def wait_s(self) -> float:
        """Seconds that must pass between two messages of this channel."""
        return self._channel.min_interval_s

    def _claim(self) -> tuple[list[Due], ChannelHealth]:
        now = self._now()
        with self._database.read() as connection:
            health = channel_health.find(connection, self._channel.name)
            due_at = outbox.next_due_at(connection, self._channel.name)
        paused = health.paused_until is not None and health.paused_until > now
        if paused or due_at is None or due_at > now:
            return [], health
        with self._database.write() as connection:
            dues = claims.claim(
                connection,
                self._channel.name,
                self._owner,
                now,
                now + self._lease,
                most=self._channel.most_at_once,
                threads=self._channel.threads,
            )
        return dues, health

    def _bring(self, dues: Sequence[Due]) -> Receipt:
        messages = [self._message(due) for due in dues]
        if len(messages) > 1:
            return self._channel.send(digest(messages, self._console_url))
        (due,) = dues
        if due.doubtful:
            found = self._channel.find(due.dedupe_key, due.created_at, due.thread)
            if found:
                return found
        return self._channel.send(messages[0])

    def _message(self, due: Due) -> Message:
        url = f"{self._console_url}/cases/{due.case_id}" if due.case_id else self._console_url
        return replace(
            from_json(due.message),
            dedupe_key=due.dedupe_key,
            case_id=due.case_id,
            console_url=url,
            thread=due.thread,
        )

    def _arrived(self, dues: Sequence[Due], receipt: Receipt) -> None:
        now = self._now()
        channel = self._channel.name
        with self._database.write() as connection:
            outbox.lock_cases(connection, dues)
            firsts = [
                due for due in dues if outbox.mark_sent(connection, due, receipt.provider_id, now)
            ]
            channel_health.save(connection, channel, ChannelHealth(last_sent_at=now))
        self._metrics.deliveries.labels(channel, "sent").inc(len(dues))
        for due in firsts:
            news = due.message.get("reason") == Reason.FIRST
            if news and due.platform and due.published_at and due.first_seen_at:
                published_to_s = (now - due.published_at).total_seconds()
                seen_to_s = (now - due.first_seen_at).total_seconds()
                self._metrics.published_to_delivered.labels(due.platform).observe(published_to_s)
                self._metrics.seen_to_delivered.labels(due.platform).observe(seen_to_s)

    def _failed(self, dues: Sequence[Due], health: ChannelHealth, error: ChannelError) -> bool:
        """Write down a failed try; True where the channel may take another message at once."""
        now, jitter = self._now(), self._jitter()
        channel = self._channel.name
        failures = health.failures + (0 if error.permanent else 1)
        pause = None
        if not error.permanent:
            pause = channel_pause(failures, now, error.retry_after_s, self._policy, jitter)
        apart = error.permanent and len(dues) > 1
        with self._database.write() as connection:
            for due in dues:
                following = self._following(due, error, now, jitter, apart=apart)
                self._reschedule(connection, due, following, error, now=now, pause=pause)
            channel_health.save(
                connection,
                channel,
                ChannelHealth(failures, pause, health.last_sent_at, error.detail[:500]),
            )
            if pause and len(self._routes.every) > 1:
                # What waits behind the probe must leave in time too.
                before = now - timedelta(seconds=self._policy.fall_back_after_s)
                for waiting in outbox.held_up(connection, channel, before):
                    self._send_otherwise(connection, waiting, now)
        return error.permanent

    def _following(
        self, due: Due, error: ChannelError, now: datetime, jitter: float, *, apart: bool
    ) -> Next:
        if apart:
            # One of them may be at fault, or their number: each goes by itself, as doubtful
            # ones do.
            return Next(DeliveryState.PENDING, now, doubtful=True, fall_back=False)
        return after_failure(
            error,
            due.attempts,
            created_at=due.created_at,
            now=now,
            policy=self._policy,
            jitter=jitter,
            doubtful=due.doubtful,
        )

    def _reschedule(
        self,
        connection: Connection,
        due: Due,
        following: Next,
        error: ChannelError,
        *,
        now: datetime,
        pause: datetime | None,
    ) -> None:
        # The whole channel rests; when it wakes, the most urgent message goes first.
        next_try_at = following.next_try_at if following.doubtful or not pause else pause
        outbox.mark_unsent(
            connection,
            due,
            state=following.state,
            next_try_at=next_try_at,
            doubtful=following.doubtful,
            error=error.detail,
            now=now,
        )
        if following.fall_back:
            self._send_otherwise(connection, due, now)
        self._metrics.deliveries.labels(due.channel, following.state.value).inc()
        log.warning(
            "delivery_failed",
            alert=due.alert_id,
            channel=due.channel,
            attempts=due.attempts,
            state=following.state.value,
            error=error.detail,
        )

    def _send_otherwise(self, connection: Connection, due: Due, now: datetime) -> None:
        tried = outbox.channels_tried(connection, due.alert_id)
        other = fallback_channel(self._routes.instead(tried), tried)
        if other:
            outbox.add_delivery(connection, due, other, now)
