"""When a receiver is told of a case, and why: one pure decision over what they were told last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.case import CaseState, CaseView
from alerts.severity import URGENT_RISKS, Severity


class Reason(StrEnum):
    """Why a receiver is told something.

    `decide` finds first to repeat, resolved and withdrawn; the ladder brings ack_expired,
    escalated and missed; the storm guard turns what is too much into one rolled_up.
    """

    FIRST = "first"
    NEW_POSTS = "new_posts"
    SEVERITY_UP = "severity_up"
    SPREAD_10 = "spread_10"
    SPREAD_100 = "spread_100"
    SPREAD_1000 = "spread_1000"
    REPEAT = "repeat"
    ACK_EXPIRED = "ack_expired"
    ESCALATED = "escalated"
    MISSED = "missed"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    ROLLED_UP = "rolled_up"


class Because(StrEnum):
    """Why a receiver is not told, or not yet.

    `answered` is a case that our reply has reached before, `never_told` one that ended before
    this receiver heard of it, `over` one that has nothing more to say.
    """

    GROUP_WAIT = "group_wait"
    GROUP_INTERVAL = "group_interval"
    NO_NEWS = "no_news"
    ACKED = "acked"
    ANSWERED = "answered"
    NEVER_TOLD = "never_told"
    OVER = "over"
    SUPPRESSED_BY_SILENCE = "suppressed_by_silence"
    SUPPRESSED_BY_QUIET_HOURS = "suppressed_by_quiet_hours"
    SUPPRESSED_BY_INHIBITION = "suppressed_by_inhibition"
    SUPPRESSED_BY_STORM = "suppressed_by_storm"


SPREAD_STEPS: Final = (
    (1000, Reason.SPREAD_1000),
    (100, Reason.SPREAD_100),
    (10, Reason.SPREAD_10),
)
"""Spreads that are news when a story reaches them, the widest first."""
LADDER_REASONS: Final = frozenset({Reason.ACK_EXPIRED, Reason.ESCALATED, Reason.MISSED})
"""Reasons of the ladder of escalation, which keeps hours of its own."""
END_REASONS: Final = frozenset({Reason.RESOLVED, Reason.WITHDRAWN})
_LONGEST_SPREAD_WAIT: Final = 4
_MOST_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver was told last about a case, and how many times in all (row `notice`).

    `ended` says that the message was about the end of the case.
    """

    reason: Reason
    severity: Severity
    spread: int
    posts: int
    ended: bool
    told_at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True)
class Timers:
    """How long messages about one case are gathered, in seconds.

    `group_wait_s` passes before the first message, unless the case is urgent or its post older
    than `old_after_s`. `group_interval_s` passes at least between two messages; a rise of the
    severity waits for nothing. An unheeded case is repeated after `repeat_s`.
    """

    group_wait_s: float = 10
    group_interval_s: float = 300
    repeat_s: float = 4 * 3600
    old_after_s: float = 480


@dataclass(frozen=True, slots=True)
class Notice:
    """The receiver is to be told now."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Held:
    """The receiver is not told now; look again at `until`, or only at a change where None.

    `by` names what holds it back: a silence, a calendar, a case, a person.
    """

    because: Because
    until: datetime | None = None
    by: str = ""


def is_urgent(case: CaseView) -> bool:
    """Whether nothing may hold the case back: 紧急, by its severity or by the risk it began with.

    That is safety and public opinion (domain.md): quiet hours, silences and inhibition do not
    apply.
    """
    return case.severity >= Severity.URGENT or case.risk in URGENT_RISKS


def is_acked(case: CaseView, now: datetime) -> bool:
    """Whether somebody has taken the case on and their time has not run out."""
    if case.state is not CaseState.ACKED:
        return False
    return case.ack_expires_at is None or now < case.ack_expires_at


def decide(case: CaseView, told: Told | None, timers: Timers, now: datetime) -> Notice | Held:
    """Say whether one receiver is told of a case now, by what they were told last.

    The order of the questions is that of Alertmanager's deduplication, with two more: a graver
    severity is told at once, and so is a wider spread once `group_interval_s` has passed.
    While nobody has acked or answered, new posts are told as well, at intervals that double
    with each message up to `repeat_s`; the wait for a wider spread doubles twice at most. An
    end is told once, to those who knew of the case; a case that was merged or went quiet ends
    without a word. A case that is open again after an end was told is told like a new one.
    """
    if not case.is_open:
        return _at_end(case, told)
    if told is None or told.ended:
        return _first(case, timers, now)
    if case.severity > told.severity:
        return Notice(Reason.SEVERITY_UP)
    news = tuple(_news(case, told, timers, now))
    for due_at, reason in news:
        if due_at <= now:
            return Notice(reason)
    return _wait_for(case, told, news, now)


def told_after(case: CaseView, notice: Notice, before: Told | None, now: datetime) -> Told:
    """Return what the receiver knows once they were told."""
    times = 1 if before is None or before.ended else before.times + 1
    return Told(notice.reason, case.severity, case.spread, case.posts, not case.is_open, now, times)


def _at_end(case: CaseView, told: Told | None) -> Notice | Held:
    if told is None:
        return Held(Because.NEVER_TOLD)
    if told.ended:
        return Held(Because.OVER)
    if case.state is CaseState.WITHDRAWN:
        return Notice(Reason.WITHDRAWN)
    if case.state in (CaseState.RESOLVED, CaseState.FALSE_ALARM):
        return Notice(Reason.RESOLVED)
    return Held(Because.OVER)


def _first(case: CaseView, timers: Timers, now: datetime) -> Notice | Held:
    if is_urgent(case):
        return Notice(Reason.FIRST)
    if case.answered_at is not None:
        return Held(Because.ANSWERED)
    gathered_at = case.opened_at + timedelta(seconds=timers.group_wait_s)
    old_at = case.published_at + timedelta(seconds=timers.old_after_s)
    due_at = min(gathered_at, old_at)
    return Notice(Reason.FIRST) if due_at <= now else Held(Because.GROUP_WAIT, due_at)


def _news(
    case: CaseView, told: Told, timers: Timers, now: datetime
) -> Iterator[tuple[datetime, Reason]]:
    """Yield what there is to tell and from when on, the weightiest first."""
    interval_s = timers.group_interval_s
    growth: int = 2 ** min(told.times - 1, _MOST_DOUBLINGS)
    for step, reason in SPREAD_STEPS:
        if told.spread < step <= case.spread:
            wait_s = interval_s * min(growth, _LONGEST_SPREAD_WAIT)
            yield told.told_at + timedelta(seconds=wait_s), reason
            break
    if is_acked(case, now) or case.answered_at is not None:
        return
    if case.posts > told.posts:
        wait_s = min(interval_s * growth, max(interval_s, timers.repeat_s))
        yield told.told_at + timedelta(seconds=wait_s), Reason.NEW_POSTS
    yield told.told_at + timedelta(seconds=timers.repeat_s), Reason.REPEAT


def _wait_for(
    case: CaseView, told: Told, news: tuple[tuple[datetime, Reason], ...], now: datetime
) -> Held:
    """Return why nothing of `news` is told yet, none of it being due."""
    times = [due_at for due_at, _ in news]
    acked = is_acked(case, now) and case.answered_at is None
    if acked and case.ack_expires_at is not None:
        times.append(case.ack_expires_at)
    until = min(times, default=None)
    if any(reason is not Reason.REPEAT for _, reason in news):
        return Held(Because.GROUP_INTERVAL, until)
    if case.posts <= told.posts:
        return Held(Because.NO_NEWS, until)
    if acked:
        return Held(Because.ACKED, until, case.acked_by)
    return Held(Because.ANSWERED if case.answered_at is not None else Because.NO_NEWS, until)
