"""Storm guard: a receiver gets few messages however much happens, and nothing is lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.case import CaseView
from alerts.flow import END_REASONS, Because, Held, Notice, is_urgent
from alerts.severity import Severity

NAMED: Final = 10
"""A roll-up names so many cases; more would not be read."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How many messages of their own cases may have, for each receiver.

    `single` and `urgent_single` count within any `window_s`; what exceeds them goes into
    roll-ups, one every `rollup_every_s` at most.
    """

    single: int = 20
    urgent_single: int = 30
    window_s: float = 600
    rollup_every_s: float = 120


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice that is due to a receiver, by name."""

    case: CaseView
    receiver: str
    notice: Notice

    @property
    def is_urgent(self) -> bool:
        """Whether it counts as urgent; that an urgent case is over does not."""
        return is_urgent(self.case) and self.notice.reason not in END_REASONS


@dataclass(frozen=True, slots=True)
class Spent:
    """Messages of single cases that a receiver got within the last `window_s`."""

    normal: int = 0
    urgent: int = 0


@dataclass(frozen=True, slots=True)
class Rollup:
    """One message about many cases; `pending` holds them all, the gravest and widest first."""

    receiver: str
    pending: tuple[Pending, ...]

    @property
    def severity(self) -> Severity:
        """That of the gravest case in it."""
        return max(each.case.severity for each in self.pending)

    @property
    def named(self) -> tuple[Pending, ...]:
        """The cases that the message names."""
        return self.pending[:NAMED]

    @property
    def ended(self) -> int:
        """How many of them only say that a case is over."""
        return sum(each.notice.reason in END_REASONS for each in self.pending)

    def by_brand(self) -> tuple[tuple[str, int], ...]:
        """Count the cases of each brand, the most frequent first."""
        return _counted(each.case.brand for each in self.pending)

    def by_topic(self) -> tuple[tuple[str, int], ...]:
        """Count the cases of each topic, the most frequent first."""
        return _counted(each.case.topic for each in self.pending)

    def by_severity(self) -> tuple[tuple[Severity, int], ...]:
        """Count the cases of each severity, the gravest first."""
        counts = Counter(each.case.severity for each in self.pending)
        return tuple(sorted(counts.items(), reverse=True))


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the pending notices: each stands in exactly one of the three.

    `single` is in the order of sending; `held` waits for the next roll-up.
    """

    single: tuple[Pending, ...]
    rollups: tuple[Rollup, ...]
    held: tuple[tuple[Pending, Held], ...]


def plan(
    notices: Sequence[Pending],
    spent: Mapping[str, Spent],
    last_rollup_at: Mapping[str, datetime],
    budget: Budget,
    now: datetime,
) -> Plan:
    """Share the budget out: urgent cases first, then those whose posts are oldest.

    Both mappings go from the names of receivers; one who is missing got nothing yet.
    """
    waiting: dict[str, list[Pending]] = defaultdict(list)
    single = []
    left = _Left(spent, budget)
    for each in sorted(notices, key=_turn):
        if left.take(each):
            single.append(each)
        else:
            waiting[each.receiver].append(each)
    rollups: list[Rollup] = []
    held: list[tuple[Pending, Held]] = []
    for receiver, rest in waiting.items():
        until = _next_rollup_at(last_rollup_at.get(receiver), budget, now)
        if until is None:
            rollups.append(Rollup(receiver, tuple(sorted(rest, key=_weight))))
        else:
            held += [(each, Held(Because.SUPPRESSED_BY_STORM, until)) for each in rest]
    return Plan(tuple(single), tuple(rollups), tuple(held))


class _Left:
    """What is left of the budget while it is shared out."""

    def __init__(self, spent: Mapping[str, Spent], budget: Budget) -> None:
        self._spent = spent
        self._limits = {False: budget.single, True: budget.urgent_single}
        self._left: dict[tuple[str, bool], int] = {}

    def take(self, pending: Pending) -> bool:
        """Whether there is a message left for it."""
        key = (pending.receiver, pending.is_urgent)
        if key not in self._left:
            spent = self._spent.get(pending.receiver, Spent())
            gone = spent.urgent if pending.is_urgent else spent.normal
            self._left[key] = self._limits[pending.is_urgent] - gone
        self._left[key] -= 1
        return self._left[key] >= 0


def _turn(each: Pending) -> tuple[bool, datetime, int]:
    return not each.is_urgent, each.case.published_at, each.case.id


def _weight(each: Pending) -> tuple[bool, int, int, int, datetime, int]:
    case = each.case
    over = each.notice.reason in END_REASONS
    return over, -case.severity, -case.spread, -case.reach, case.published_at, case.id


def _next_rollup_at(last: datetime | None, budget: Budget, now: datetime) -> datetime | None:
    """Return when the next roll-up may go, None for at once."""
    pause = timedelta(seconds=budget.rollup_every_s)
    if last is None or last + pause <= now:
        return None
    # A clock that was set back must not hold anything for longer than a pause.
    return min(last + pause, now + pause)


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(names)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
