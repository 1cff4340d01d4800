"""When a message is tried again, looked for, given up, or sent another way: pure rules."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.channels.channel import ChannelError, Unanswered
from alerts.severity import Severity

DEDUPE_KEY_HEX: Final = 40


class DeliveryState(StrEnum):
    """Where a message stands on its way over one channel."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patiently a message is brought out.

    Waits double from `first_wait_s` up to `max_wait_s`. `look_after_s` is the least wait
    before a receiver is asked whether it has a message whose answer was lost. A message that
    cannot leave within `fall_back_after_s` also takes another channel: the default leaves
    that channel the larger part of the ten minutes. `lease_s` is how long one try may take
    before another process may assume that the trying one died.
    """

    first_wait_s: float = 2
    factor: float = 2
    max_wait_s: float = 300
    give_up_after_s: float = 86_400
    lease_s: float = 60
    look_after_s: float = 5
    fall_back_after_s: float = 120


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a delivery after a failed try.

    `doubtful`: the receiver may have the message, so `Channel.find` comes before the next
    send. `fall_back`: another channel should carry it too, see `fallback_channel`.
    """

    state: DeliveryState
    next_try_at: datetime
    doubtful: bool
    fall_back: bool


def after_failure(
    error: ChannelError,
    attempts: int,
    *,
    created_at: datetime,
    now: datetime,
    policy: RetryPolicy,
    jitter: float,
    doubtful: bool = False,
) -> Next:
    """Decide what follows a failed try.

    `attempts` counts the tries so far, this one included; `jitter` is a random number in
    0..1; `doubtful` is what the delivery was before this try: a doubt, once there, stays
    until the message is sent or found. A `retry_after_s` of the receiver takes the place of
    our own wait; one that reaches beyond the time to give up ends the delivery at once.
    """
    doubt = doubtful or isinstance(error, Unanswered)
    if error.permanent:
        return Next(DeliveryState.FAILED, now, doubt, fall_back=True)
    wait_s = _wait_s(attempts, error.retry_after_s, policy, jitter)
    if isinstance(error, Unanswered):
        wait_s = max(wait_s, policy.look_after_s)
    remaining_s = policy.give_up_after_s - (now - created_at).total_seconds()
    if wait_s > remaining_s:
        return Next(DeliveryState.FAILED, now, doubt, fall_back=True)
    next_try_at = now + timedelta(seconds=wait_s)
    late = next_try_at - created_at > timedelta(seconds=policy.fall_back_after_s)
    return Next(DeliveryState.PENDING, next_try_at, doubt, fall_back=late)


def channel_pause(
    failures: int,
    now: datetime,
    retry_after_s: float | None,
    policy: RetryPolicy,
    jitter: float,
) -> datetime:
    """Say until when a whole channel rests after `failures` failed tries in a row (at least 1).

    When the pause ends, one message goes ahead as a probe; the others follow once it got
    through. An hour's outage so costs some twenty tries, however many messages wait.
    """
    wait_s = min(_wait_s(failures, retry_after_s, policy, jitter), policy.give_up_after_s)
    return now + timedelta(seconds=wait_s)


def _wait_s(
    failures: int, retry_after_s: float | None, policy: RetryPolicy, jitter: float
) -> float:
    """Half of the backoff is fixed and half random; on top of a hint only a little is."""
    if retry_after_s is not None:
        return max(0.0, retry_after_s) + jitter * min(policy.first_wait_s, 1.0)
    exponent = min(max(failures, 1) - 1, 64)
    backoff_s = min(policy.first_wait_s * policy.factor**exponent, policy.max_wait_s)
    return backoff_s * (0.5 + jitter / 2)


def order(severity: Severity, published_at: datetime) -> tuple[int, datetime]:
    """Sort key of waiting messages: the graver first, then the post that is out longest."""
    return (-severity, published_at)


def fallback_channel(channels: Sequence[str], failed: Sequence[str]) -> str | None:
    """Return the first configured channel that has not failed; None when there is none left."""
    return next((channel for channel in channels if channel not in failed), None)


def dedupe_key(alert_key: str, channel: str) -> str:
    """Name one alert on one channel, the same at every try: 40 hex digits."""
    named = f"{len(channel)}:{channel}{alert_key}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(named).hexdigest()[:DEDUPE_KEY_HEX]


def digest_key(keys: Sequence[str]) -> str:
    """Name a message by the dedupe keys of the alerts in it, in any order: 40 hex digits."""
    named = ",".join(sorted(keys)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(named).hexdigest()[:DEDUPE_KEY_HEX]
