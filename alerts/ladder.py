"""The ladder of escalation: who is called about a case, and who next when nobody acts.

The rules are those of domain.md. A normal case that no person has answered for a while calls the
first level, an important one the second, an urgent one the third. A level that does not act in
time is a miss, which calls the next level, once; a miss of the highest calls everybody in it. The
highest level that was called owns the case. Only an answer of a person or the end of the case
stops the ladder for good. An acknowledgement counts as the act of the level that was called and
stops the clocks until it runs out; then the same level is called once more, and after that the
next. It holds for what was known when it was given: a graver severity calls its level all the
same. While nobody has been told of a case, only an urgent one's clock runs.

`arm` starts a ladder, `step` brings it to the present; to look early or often does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from alerts.case import CaseState
from alerts.rungs import (
    ACK,
    FIRST,
    RULES,
    LadderCase,
    Level,
    Policy,
    Rung,
    RungState,
    Staff,
)
from alerts.severity import Severity

UNTOLD_AGAIN: Final = timedelta(seconds=60)
"""How soon one asks again whether somebody has been told of a case."""


class Why(StrEnum):
    """Why somebody is paged."""

    TRIGGERED = "triggered"
    UNANSWERED = "unanswered"
    MISSED = "missed"
    NOBODY_ON_CALL = "nobody_on_call"
    ACK_EXPIRED = "ack_expired"
    ALL_MISSED = "all_missed"


class Deed(StrEnum):
    """What happens on a ladder, as the case's history has it."""

    ESCALATED = "escalated"
    MISSED = "missed"
    ACTED = "acted"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    ACK_EXPIRED = "ack_expired"


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the case's history; `rung` is the key of the call it speaks of, if any."""

    deed: Deed
    rung: tuple[str, str] | None
    who: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A message that must go out, the `number`th of its call.

    Without a `level` it goes to the receivers of the case. `people` are to be mentioned and must
    act by `act_by`. `former` is the call that came to nothing before.
    """

    why: Why
    rung: tuple[str, str] | None
    number: int
    level: Level | None
    people: tuple[str, ...] = ()
    act_by: datetime | None = None
    former: Rung | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about the service's people that the whole team must know."""

    why: Why
    level: Level
    rung: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What has to be written, all at once: calls that changed, calls that are new, and the rest.

    `state` is the case's new state, None where it stays; `ack_over` says that its
    acknowledgement has run out and must not be looked at again.
    """

    changed: tuple[Rung, ...] = ()
    added: tuple[Rung, ...] = ()
    records: tuple[Record, ...] = ()
    pages: tuple[Page, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    state: CaseState | None = None
    ack_over: bool = False


def arm(case: LadderCase, policy: Policy, staff: Staff, now: datetime, *, again: bool) -> Rung:
    """Start the ladder of a case; `again` where a lower severity started one before."""
    armed_at = now if again else case.opened_at
    trigger = policy.trigger
    fires_at = staff.after(trigger.calendar, armed_at, trigger.after_s)
    at_once = trigger.after_s == 0
    return Rung(
        id=0,
        case_id=case.id,
        rule=RULES[case.severity],
        trigger_key=FIRST,
        level=trigger.level,
        severity=case.severity,
        policy=policy,
        state=RungState.ARMED,
        armed_at=armed_at,
        due_at=fires_at,
        deadline_at=fires_at,
        person=staff.on_call.get(policy.level(trigger.level).rota, "") if at_once else "",
    )


def owner(rungs: Iterable[Rung]) -> Rung | None:
    """Return the call that owns a case: of those that were ever made the highest, then the last."""
    called = [rung for rung in rungs if rung.fired_at and rung.state is not RungState.SUPERSEDED]
    return max(called, key=lambda rung: (rung.rank, rung.fired_at, rung.id), default=None)


def pending(case: LadderCase, rungs: Iterable[Rung], now: datetime) -> Rung | None:
    """Return the call that somebody must act on now, or else the one that fires next.

    None for a case that is over, answered, or in somebody's hands.
    """
    if not case.state.is_open or case.answered_at is not None or case.is_acked(now):
        return None
    waiting = [rung for rung in rungs if rung.state.is_open]
    fired = [rung for rung in waiting if rung.state is RungState.FIRED]
    if fired:
        return max(fired, key=lambda rung: rung.rank)
    return min(waiting, key=lambda rung: (rung.deadline_at, -rung.rank), default=None)


def step(case: LadderCase, rungs: Iterable[Rung], staff: Staff, now: datetime) -> Step:
    """Bring all calls about a case to the present."""
    climb = _Climb(case, rungs, staff, now)
    if not case.state.is_open or case.answered_at is not None:
        climb.settle()
    else:
        climb.end_ack()
        for key in climb.open_keys():
            climb.look_at(key)
    return climb.step()


class _Climb:
    """A ladder while it is brought to the present."""

    def __init__(
        self, case: LadderCase, rungs: Iterable[Rung], staff: Staff, now: datetime
    ) -> None:
        self._case = case
        self._before = {rung.key: rung for rung in rungs}
        self._rungs = dict(self._before)
        self._staff = staff
        self._now = now
        self._records: list[Record] = []
        self._pages: list[Page] = []
        self._alarms: list[Alarm] = []
        self._state: CaseState | None = None
        self._ack_over = False

    def step(self) -> Step:
        """Return what has to be written."""
        known = self._before
        changed = [r for key, r in self._rungs.items() if key in known and known[key] != r]
        return Step(
            changed=tuple(changed),
            added=tuple(rung for key, rung in self._rungs.items() if key not in known),
            records=tuple(self._records),
            pages=tuple(self._pages),
            alarms=tuple(self._alarms),
            state=self._state,
            ack_over=self._ack_over,
        )

    def open_keys(self) -> list[tuple[str, str]]:
        """Name the calls that are open, the highest first and before it what it waits for."""
        rungs = sorted(self._open(), key=lambda r: (r.rank, r.severity, r.key), reverse=True)
        return [rung.key for rung in rungs]

    def settle(self) -> None:
        """End every call: the case is over, or a person has answered."""
        case = self._case
        self._ack_over = case.ack_expires_at is not None and case.ack_ran_out(self._now)
        for rung in self._open():
            fired = rung.state is RungState.FIRED
            if fired and case.answered_at is not None:
                self._acted(rung, case.answered_by, case.answered_at, "answered")
            elif fired and case.state in (CaseState.RESOLVED, CaseState.FALSE_ALARM):
                self._acted(rung, case.closed_by, case.closed_at, case.state.value)
            else:
                outcome = "answered" if case.answered_at is not None else case.state.value
                self._end(rung, RungState.CANCELLED, outcome)
                self._record(Deed.CANCELLED, rung, {"outcome": outcome})

    def end_ack(self) -> None:
        """Call the same level once more when an acknowledgement has run out."""
        case = self._case
        if case.state is not CaseState.ACKED or not case.ack_ran_out(self._now):
            return
        self._state, self._ack_over = CaseState.FIRING, True
        held = [rung for rung in self._rungs.values() if self._known_to_acker(rung)]
        last = owner(held)
        by = {"acked_by": case.acked_by}
        self._records.append(Record(Deed.ACK_EXPIRED, last.key if last else None, data=by))
        for rung in held:
            if rung.state is RungState.FIRED:
                self._acted(rung, case.acked_by, case.acked_at, "acked")
        if any(rung.state is RungState.FIRED for rung in self._rungs.values()):
            return  # A graver severity has called since; its own clock runs.
        if last is None:
            self._page_again(next((rung for rung in held if rung.state.is_open), None))
        elif last.repeats:
            self._miss(self._rungs[last.key], Why.ACK_EXPIRED)
        else:
            again = replace(
                last.following(last.policy.level(last.level), self._now),
                trigger_key=f"{ACK}{_stamp(case.acked_at)}",
            )
            self._call(again, Why.ACK_EXPIRED, last)

    def _page_again(self, waiting: Rung | None) -> None:
        """Tell the case's receivers once more; no level has been called yet."""
        if waiting is None:
            self._pages.append(Page(Why.ACK_EXPIRED, None, _stamp(self._case.acked_at), None))
            return
        trigger = waiting.policy.trigger
        if not trigger.after_s:
            self._fire(waiting, Why.ACK_EXPIRED)
            return
        fires_at = self._staff.after(trigger.calendar, self._now, trigger.after_s)
        number = waiting.paged + 1
        self._put(replace(waiting, due_at=fires_at, deadline_at=fires_at, paged=number))
        self._pages.append(Page(Why.ACK_EXPIRED, waiting.key, number, None, act_by=fires_at))

    def look_at(self, key: tuple[str, str]) -> None:
        """Do what the time has come for."""
        rung, case = self._rungs[key], self._case
        acked = case.is_acked(self._now) and self._known_to_acker(rung)
        if not rung.state.is_open:
            return
        if acked and rung.state is RungState.FIRED:
            self._acted(rung, case.acked_by, case.acked_at, "acked")
        elif acked:
            self._put(replace(rung, due_at=case.ack_expires_at))
        elif case.untold and rung.severity < Severity.URGENT and not rung.paged:
            self._begin_anew(rung)
        elif rung.deadline_at is not None and self._now < rung.deadline_at:
            self._put(replace(rung, due_at=rung.deadline_at))
        elif rung.state is RungState.FIRED:
            self._missed(rung)
        else:
            self._fire(rung, Why.UNANSWERED if rung.policy.trigger.after_s else Why.TRIGGERED)

    def _begin_anew(self, rung: Rung) -> None:
        """Let a clock begin again: nobody can be late who was not told."""
        trigger, level = rung.policy.trigger, rung.policy.level(rung.level)
        fired = rung.state is RungState.FIRED
        wait_s = level.act_within_s if fired else trigger.after_s
        until = self._staff.after(trigger.calendar, self._now, wait_s)
        self._put(replace(rung, due_at=self._now + UNTOLD_AGAIN, deadline_at=until))

    def _fire(self, rung: Rung, why: Why) -> None:
        """Call the level of an armed rung, unless one as high has been called already."""
        level = rung.policy.level(rung.level)
        act_by = self._act_by(rung, level)
        for other in self._open():
            if other.state is RungState.FIRED and other.rank >= rung.rank:
                if other.deadline_at is None or act_by < other.deadline_at:
                    self._put(replace(other, due_at=act_by, deadline_at=act_by))
                self._supersede(rung)
                return
        self._call(rung, why, None)

    def _call(self, rung: Rung, why: Why, former: Rung | None) -> None:
        """Call a level, or the next one above it that has somebody on call."""
        level = rung.policy.level(rung.level)
        person = self._staff.on_call.get(level.rota, "")
        above = rung.policy.above(level.name)
        empty = bool(level.rota and not person)
        if empty:
            self._alarms.append(Alarm(Why.NOBODY_ON_CALL, level, rung.key))
        if empty and above:
            skipped = replace(rung, person="", fired_at=self._now)
            self._end(skipped, RungState.MISSED, Why.NOBODY_ON_CALL.value)
            self._record(Deed.MISSED, skipped, {"outcome": Why.NOBODY_ON_CALL.value})
            self._call(rung.following(above, self._now), Why.NOBODY_ON_CALL, skipped)
            return
        act_by = self._act_by(rung, level)
        paged = why is not Why.TRIGGERED or empty or bool(level.receiver)
        called = replace(
            rung,
            state=RungState.FIRED,
            fired_at=self._now,
            due_at=act_by,
            deadline_at=act_by,
            person=person,
            paged=rung.paged + paged,
        )
        self._put(called)
        by = {"why": why.value, "person": person, "act_by": act_by.isoformat()}
        self._record(Deed.ESCALATED, called, by)
        self._overtake(called)
        if paged:
            people = self._crew(level) if empty else (person,) if person else ()
            self._pages.append(Page(why, called.key, called.paged, level, people, act_by, former))

    def _missed(self, rung: Rung) -> None:
        self._end(rung, RungState.MISSED, Why.MISSED.value)
        self._miss(self._rungs[rung.key], Why.MISSED)

    def _miss(self, rung: Rung, why: Why) -> None:
        """Call the level above, or everybody where there is none."""
        self._record(Deed.MISSED, rung, {"person": rung.person, "outcome": why.value})
        above = rung.policy.above(rung.level)
        if above:
            self._call(rung.following(above, self._now), why, rung)
            return
        level = rung.policy.level(rung.level)
        paged = replace(rung, paged=rung.paged + 1)
        self._put(paged)
        self._alarms.append(Alarm(Why.ALL_MISSED, level, rung.key))
        self._pages.append(
            Page(Why.ALL_MISSED, rung.key, paged.paged, level, self._crew(level), None, rung)
        )

    def _overtake(self, called: Rung) -> None:
        """End what is lower; an armed call of a graver severity keeps its own, shorter clock."""
        for other in self._open():
            lower = other.rank <= called.rank and other.key != called.key
            if lower and (other.state is RungState.FIRED or other.severity <= called.severity):
                self._supersede(other)

    def _supersede(self, rung: Rung) -> None:
        self._end(rung, RungState.SUPERSEDED, "")
        self._record(Deed.SUPERSEDED, rung, {})

    def _acted(self, rung: Rung, who: str, at: datetime | None, outcome: str) -> None:
        """End a call because somebody acted; one that was late all the same is called so."""
        if at and rung.deadline_at and at > rung.deadline_at:
            outcome = f"{outcome}_late"
        acted = replace(rung, acted_by=who, acted_at=at)
        self._end(acted, RungState.ACTED, outcome)
        self._record(Deed.ACTED, rung, {"outcome": outcome}, who)

    def _end(self, rung: Rung, state: RungState, outcome: str) -> None:
        self._put(replace(rung, state=state, due_at=None, outcome=outcome))

    def _record(self, deed: Deed, rung: Rung, data: Mapping[str, Any], who: str = "") -> None:
        about = {"rule": rung.rule.value, "level": rung.level, **data}
        self._records.append(Record(deed, rung.key, who, about))

    def _put(self, rung: Rung) -> None:
        self._rungs[rung.key] = rung

    def _open(self) -> list[Rung]:
        return [rung for rung in self._rungs.values() if rung.state.is_open]

    def _known_to_acker(self, rung: Rung) -> bool:
        """Whether the acknowledgement came after what the call is about."""
        return self._case.acked_at is not None and self._case.acked_at >= rung.armed_at

    def _act_by(self, rung: Rung, level: Level) -> datetime:
        return self._staff.after(rung.policy.trigger.calendar, self._now, level.act_within_s)

    def _crew(self, level: Level) -> tuple[str, ...]:
        return self._staff.crews.get(level.rota, ())


def _stamp(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0
