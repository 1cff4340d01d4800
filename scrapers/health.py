"""How a source has been doing, and when it may be asked again.

Faults are kept per query, since one search may be refused for ever while its neighbours
succeed; back-off is kept per source, since login, quota and network are shared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from scrapers.source import Outcome, Page

BACKOFF_CAP_S: Final = 900.0
RETRY_AFTER_CAP_S: Final = 3600.0
"""A longer `Retry-After` is asked again after an hour: one request an hour offends nobody."""
NETWORK_FIRST_S: Final = 5.0
THROTTLED_FIRST_S: Final = 60.0
BREAKER_FIRST_S: Final = 60.0
BLOCKED_FIRST_S: Final = 1800.0
BLOCKED_CAP_S: Final = 7200.0
"""Going on after a 403 led to blocks of the address for half a day (research on Weibo)."""

PERMANENT: Final = frozenset(
    {
        Outcome.AUTH,
        Outcome.CHALLENGE,
        Outcome.BLOCKED,
        Outcome.CAPPED,
        Outcome.DRIFT,
        Outcome.REJECTED,
    }
)
"""Causes that only a person can mend."""
_MENDED_BY_RESTART: Final = PERMANENT - {Outcome.BLOCKED}
_OF_THE_QUERY: Final = frozenset({Outcome.DRIFT, Outcome.REJECTED})
"""Causes that may lie in one search; they do not hold up its neighbours."""


class Cause(StrEnum):
    """Why a source counts as blind."""

    THROTTLED = "throttled"
    CAPPED = "capped"
    AUTH = "auth"
    CHALLENGE = "challenge"
    BLOCKED = "blocked"
    DRIFT = "drift"
    REJECTED = "rejected"
    NETWORK = "network"
    NEVER = "never"
    STALLED = "stalled"
    SILENT = "silent"
    STALE = "stale"
    CANARY = "canary"


@dataclass(frozen=True, slots=True)
class Fault:
    """One query whose last poll failed; `since` is its first failure in this row."""

    outcome: Outcome
    detail: str
    since: datetime
    failures: int
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one source's sight. Times are aware UTC.

    `failures` counts polls of any query that failed in a row, `failing_since` is the first of
    them; until `open_until` nothing is asked. `quiet_since` is the first answer after which no
    newer post has come. `clear_since` is set while a blind source seems to see again.
    """

    watched_since: datetime
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    newest_post_at: datetime | None = None
    quiet_since: datetime | None = None
    outcome: Outcome | None = None
    detail: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    canary_failed_at: datetime | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)
    blind: bool = False
    blind_since: datetime | None = None
    blind_cause: Cause | None = None
    clear_since: datetime | None = None


def started(health: Health | None, now: datetime) -> Health:
    """Return the health to begin a process with: what was stored, watched from now on.

    The time in which nobody polled is no fault of the source, so stalls and silence are
    counted from now. A restart often follows a new cookie or setting, so what a person may have
    mended is probed at once; a block and a throttle are waited out.
    """
    if health is None:
        return Health(watched_since=now)
    faults = {
        key: replace(fault, retry_at=now) if fault.outcome in _MENDED_BY_RESTART else fault
        for key, fault in health.faults.items()
    }
    mended = health.outcome in _MENDED_BY_RESTART
    open_until = now if mended and health.open_until else health.open_until
    return replace(
        health, watched_since=now, quiet_since=None, faults=faults, open_until=open_until
    )


def may_poll(health: Health, key: str, now: datetime) -> bool:
    """Tell whether query `key` may be asked now: no back-off of its own or of its source."""
    fault = health.faults.get(key)
    source_open = health.open_until is not None and now < health.open_until
    return not source_open and not (fault and now < fault.retry_at)


def begin(health: Health, key: str, now: datetime, lease_s: float) -> Health | None:
    """Return the health with an attempt begun; None when the query may not be asked.

    While the source is failing this attempt is the only probe: others wait `lease_s` for its
    answer (longer than a fetch can take), or until `after` has recorded it.
    """
    if not may_poll(health, key, now):
        return None
    probing = health.open_until is not None
    open_until = now + timedelta(seconds=lease_s) if probing else None
    return replace(health, last_attempt_at=now, open_until=open_until)


def due_at(health: Health, key: str, last_run_at: datetime | None, interval_s: float) -> datetime:
    """Return when query `key` is to be polled next: its interval, or sooner or later after a fault.

    `last_run_at` is the start of its last poll; None means it was never polled: due at once.
    """
    fault = health.faults.get(key)
    if fault:
        due = fault.retry_at
    elif last_run_at is None:
        due = health.watched_since
    else:
        due = last_run_at + timedelta(seconds=interval_s)
    return max(due, health.open_until) if health.open_until else due


def after(
    health: Health, key: str, page: Page, now: datetime, *, jitter: float, canary: bool = False
) -> Health:
    """Return the health after query `key` was answered with `page`.

    `jitter` is a random number in 0..1 (full jitter: waits are spread over the whole of the
    exponential ceiling, so that several machines do not come back together). `canary` marks
    the search that always has results; its posts say nothing of the brands' volume.
    """
    if not page.outcome.sees:
        return _failed(health, key, page, now, jitter)
    seen = replace(
        health,
        last_attempt_at=now,
        last_success_at=now,
        failures=0,
        failing_since=None,
        open_until=None,
        faults={k: fault for k, fault in health.faults.items() if k != key},
    )
    if canary:
        empty_since = health.canary_failed_at or now
        return replace(seen, canary_failed_at=None if page.posts else empty_since)
    seen = replace(seen, outcome=page.outcome, detail=page.detail)
    newest = max((post.published_at for post in page.posts), default=None)
    if newest and (health.newest_post_at is None or newest > health.newest_post_at):
        return replace(seen, newest_post_at=min(newest, now), quiet_since=None)
    return replace(seen, quiet_since=health.quiet_since or now)


def _failed(health: Health, key: str, page: Page, now: datetime, jitter: float) -> Health:
    earlier = health.faults.get(key)
    own_failures = earlier.failures + 1 if earlier else 1
    of_the_query = page.outcome in _OF_THE_QUERY
    failures = health.failures + 1
    wait_s = backoff_s(
        page.outcome, own_failures if of_the_query else failures, page.retry_after_s, jitter
    )
    retry_at = now + timedelta(seconds=wait_s)
    fault = Fault(
        page.outcome, page.detail, earlier.since if earlier else now, own_failures, retry_at
    )
    return replace(
        health,
        last_attempt_at=now,
        outcome=page.outcome,
        detail=page.detail,
        failures=failures,
        failing_since=health.failing_since or now,
        open_until=None if of_the_query else retry_at,
        faults={**health.faults, key: fault},
    )


def backoff_s(outcome: Outcome, failures: int, retry_after_s: float | None, jitter: float) -> float:
    """Return how long to wait after the `failures`-th failure in a row, in seconds.

    Network and throttling: exponential with full jitter up to 15 min, but never sooner than
    the platform's own `Retry-After`. Permanent causes: 60 s, 2, 4 … 15 min, since a person
    may mend them any time; blocked: 30 min and more, since asking makes it worse.
    """
    asked_s = min(retry_after_s or 0.0, RETRY_AFTER_CAP_S)
    doubling = 2.0 ** min(failures - 1, 20)
    if outcome in PERMANENT:
        blocked = outcome is Outcome.BLOCKED
        first_s, cap_s = (
            (BLOCKED_FIRST_S, BLOCKED_CAP_S) if blocked else (BREAKER_FIRST_S, BACKOFF_CAP_S)
        )
        return max(asked_s, min(first_s * doubling, cap_s))
    if asked_s:
        return asked_s + jitter * NETWORK_FIRST_S
    first_s = THROTTLED_FIRST_S if outcome is Outcome.THROTTLED else NETWORK_FIRST_S
    return jitter * min(first_s * doubling, BACKOFF_CAP_S)


def retain(health: Health, keys: Collection[str], *, canary: bool) -> Health:
    """Forget the faults of queries that are no longer planned, and of a canary that is gone."""
    return replace(
        health,
        faults={key: fault for key, fault in health.faults.items() if key in keys},
        canary_failed_at=health.canary_failed_at if canary else None,
    )


def to_json(health: Health) -> dict[str, Any]:
    """Return the health as plain JSON types; `from_json` reads it back."""
    plain = {entry.name: _plain(getattr(health, entry.name)) for entry in fields(health)}
    return plain | {
        "faults": {
            key: {entry.name: _plain(getattr(fault, entry.name)) for entry in fields(fault)}
            for key, fault in health.faults.items()
        }
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def from_json(state: Mapping[str, Any]) -> Health:
    """Read what `to_json` wrote; fields of other versions are left out or at their default.

    Raises KeyError or ValueError when the state is no health at all.
    """
    known = {entry.name for entry in fields(Health)} & state.keys()
    values = {name: _typed(name, state[name]) for name in known - {"faults"}}
    faults = {
        key: Fault(**{entry.name: _typed(entry.name, fault[entry.name]) for entry in fields(Fault)})
        for key, fault in state.get("faults", {}).items()
    }
    return Health(**{"watched_since": values.pop("watched_since"), **values, "faults": faults})


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "outcome":
        return Outcome(value)
    if name == "blind_cause":
        return Cause(value)
    at = name.endswith(("_at", "since", "_until"))
    return datetime.fromisoformat(value) if at else value
