"""The parts of the ladder: levels of people, what starts it, and one row for each call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from alerts.case import CaseState
from alerts.severity import Severity

FIRST: Final = "first"
"""The trigger of a ladder that a case's severity starts."""
ACK: Final = "ack:"
"""Begins the trigger of a call that an expired acknowledgement repeats."""


class Rule(StrEnum):
    """What starts a ladder: nobody answered for a while, or how grave the case is (domain.md)."""

    UNANSWERED = "R1"
    IMPORTANT = "R2"
    URGENT = "R3"


RULES: Final = {
    Severity.NORMAL: Rule.UNANSWERED,
    Severity.IMPORTANT: Rule.IMPORTANT,
    Severity.URGENT: Rule.URGENT,
}


class RungState(StrEnum):
    """Where a call stands.

    `armed` waits for its time, `fired` for a person's act. The others are ends: somebody acted,
    nobody did in time, a higher level took over, or there was nothing left to do.
    """

    ARMED = "armed"
    FIRED = "fired"
    ACTED = "acted"
    MISSED = "missed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether the call still has to be looked at."""
        return self in (RungState.ARMED, RungState.FIRED)


@dataclass(frozen=True, slots=True)
class Level:
    """A level of people: its names, how long it has to act, who is on call, where it is told.

    Without a `rota` nobody is named; without a `receiver` the case's own receivers are told.
    """

    name: str
    zh: str
    en: str
    act_within_s: float
    rota: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Which level a case calls first, after how long, on which calendar (`""`: day and night)."""

    level: str
    after_s: float = 0
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The ladder as it was when it started: `levels` from the lowest to the highest."""

    trigger: Trigger
    levels: tuple[Level, ...]

    def level(self, name: str) -> Level:
        """Return the level of that name; raises KeyError."""
        return self.levels[self.rank(name)]

    def rank(self, name: str) -> int:
        """Return how high a level is, 0 for the lowest; raises KeyError."""
        for rank, level in enumerate(self.levels):
            if level.name == name:
                return rank
        raise KeyError(name)

    def above(self, name: str) -> Level | None:
        """Return the next higher level, None at the top."""
        return next(iter(self.levels[self.rank(name) + 1 :]), None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """Read what `to_json` wrote."""
        levels = tuple(Level(**level) for level in data["levels"])
        return cls(Trigger(**data["trigger"]), levels)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The ladder as configured; `ack_s` is how long an acknowledgement lasts, in seconds."""

    levels: tuple[Level, ...]
    triggers: Mapping[Severity, Trigger]
    ack_s: Mapping[Severity, float]

    def policy(self, severity: Severity) -> Policy:
        """Return what a case of this severity starts with, to be kept with it."""
        return Policy(self.triggers[severity], self.levels)

    def ack_life_s(self, severity: Severity) -> float:
        """Return for how long an acknowledgement of such a case holds, in seconds."""
        return self.ack_s[severity]


@dataclass(frozen=True, slots=True)
class LadderCase:
    """A case as the ladder sees it.

    `untold` is set while a silence, a crisis or quiet hours keep the case from everybody.
    """

    id: int
    severity: Severity
    state: CaseState
    opened_at: datetime
    acked_by: str = ""
    acked_at: datetime | None = None
    ack_expires_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    untold: bool = False

    def is_acked(self, now: datetime) -> bool:
        """Whether the case is in somebody's hands whose time has not run out."""
        return self.state is CaseState.ACKED and not self.ack_ran_out(now)

    def ack_ran_out(self, now: datetime) -> bool:
        """Whether the time of an acknowledgement is over."""
        return self.ack_expires_at is None or self.ack_expires_at <= now


@dataclass(frozen=True, slots=True)
class Rung:
    """One level's call about one case.

    `id` is 0 until it is stored. `due_at` is when it must be looked at next, None once it is
    over. `deadline_at` is when an armed call fires, and by when a fired one must be acted on.
    `paged` counts its messages.
    """

    id: int
    case_id: int
    rule: Rule
    trigger_key: str
    level: str
    severity: Severity
    policy: Policy
    state: RungState
    armed_at: datetime
    due_at: datetime | None
    deadline_at: datetime | None
    fired_at: datetime | None = None
    paged: int = 0
    person: str = ""
    acted_at: datetime | None = None
    acted_by: str = ""
    outcome: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the other calls about its case."""
        return (self.rule, self.trigger_key)

    @property
    def rank(self) -> int:
        """How high its level is, 0 for the lowest."""
        return self.policy.rank(self.level)

    @property
    def repeats(self) -> bool:
        """Whether it is the second call of a level, after an acknowledgement ran out."""
        return self.trigger_key.startswith(ACK) and "/" not in self.trigger_key

    def following(self, level: Level, now: datetime) -> Rung:
        """Return the call of a higher level that this one leads to; there is one at most."""
        return Rung(
            id=0,
            case_id=self.case_id,
            rule=self.rule,
            trigger_key=f"{self.trigger_key.split('/')[0]}/{level.name}",
            level=level.name,
            severity=self.severity,
            policy=self.policy,
            state=RungState.ARMED,
            armed_at=now,
            due_at=now,
            deadline_at=now,
        )


class OpenTime(Protocol):
    """A calendar by which a clock runs."""

    def add_open_s(self, at: datetime, seconds: float, /) -> datetime:
        """Return when so many seconds have passed while it was open."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is on duty now, by rota, and the calendars by name.

    A rota that is missing in `on_call` has nobody now; `crews` are all who take turns in it.
    """

    on_call: Mapping[str, str] = field(default_factory=dict)
    crews: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendars: Mapping[str, OpenTime] = field(default_factory=dict)

    def after(self, calendar: str, at: datetime, seconds: float) -> datetime:
        """Return the time so many open seconds later; without that calendar every hour is open."""
        hours = self.calendars.get(calendar)
        return hours.add_open_s(at, seconds) if hours else at + timedelta(seconds=seconds)
