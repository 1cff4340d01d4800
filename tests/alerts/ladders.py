"""A case that climbs the ladder on a clock turned by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from alerts.case import CaseState
from alerts.ladder import Alarm, Deed, Page, Record, Step, Why, arm, step
from alerts.rungs import Ladder, LadderCase, Level, Rung, RungState, Staff, Trigger
from alerts.severity import Severity
from tests.alerts.views import IMPORTANT, NORMAL, T0, URGENT

LEAD = Level("lead", "组长", "team lead", 900)
MANAGER = Level("manager", "经理", "manager", 1800)
DIRECTOR = Level("director", "总监", "director", 600)
ACK_S = {NORMAL: 3600.0, IMPORTANT: 3600.0, URGENT: 900.0}


def ladder(*levels: Level, **triggers: Trigger) -> Ladder:
    """The ladder of domain.md, with other levels or triggers where given."""
    return Ladder(
        levels or (LEAD, MANAGER, DIRECTOR),
        {
            NORMAL: triggers.get("normal", Trigger("lead", 1800)),
            IMPORTANT: triggers.get("important", Trigger("manager")),
            URGENT: triggers.get("urgent", Trigger("director")),
        },
        ACK_S,
    )


DOMAIN = ladder()
STAFFED = ladder(
    replace(LEAD, rota="leads"), replace(MANAGER, rota="managers"), replace(DIRECTOR, rota="top")
)
EVERYBODY = Staff(
    {"leads": "周宁", "managers": "林夏", "top": "陈总"},
    {"leads": ("周宁",), "managers": ("林夏", "何苗"), "top": ("陈总", "王总")},
)


@dataclass
class Life:
    """One case: what is done to it, and what the ladder makes of that."""

    severity: Severity = NORMAL
    ladder: Ladder = DOMAIN
    staff: Staff = field(default_factory=Staff)
    now: datetime = T0
    case: LadderCase = field(init=False)
    rungs: dict[tuple[str, str], Rung] = field(default_factory=dict)
    pages: list[tuple[datetime, Page]] = field(default_factory=list)
    records: list[tuple[datetime, Record]] = field(default_factory=list)
    alarms: list[tuple[datetime, Alarm]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.case = LadderCase(7, self.severity, CaseState.FIRING, T0)
        self.arm()

    def arm(self, *, again: bool = False) -> None:
        policy = self.ladder.policy(self.case.severity)
        rung = arm(self.case, policy, self.staff, self.now, again=again)
        self.rungs.setdefault(rung.key, replace(rung, id=len(self.rungs) + 1))
        self.look()

    def look(self) -> Step:
        """Bring it to the present, and keep what comes of it."""
        made = step(self.case, self.rungs.values(), self.staff, self.now)
        for rung in made.changed:
            assert rung.id == self.rungs[rung.key].id != 0
            self.rungs[rung.key] = rung
        for rung in made.added:
            assert rung.key not in self.rungs
            self.rungs[rung.key] = replace(rung, id=len(self.rungs) + 1)
        if made.state:
            self.case = replace(self.case, state=made.state)
        if made.ack_over:
            self.case = replace(self.case, ack_expires_at=None)
        self.pages += [(self.now, page) for page in made.pages]
        self.records += [(self.now, record) for record in made.records]
        self.alarms += [(self.now, alarm) for alarm in made.alarms]
        self.steps.append(made)
        return made

    def next_due(self) -> datetime | None:
        times = [rung.due_at for rung in self.rungs.values() if rung.due_at]
        times += [self.case.ack_expires_at] if self.case.ack_expires_at else []
        return min(times, default=None)

    def until(self, seconds: float, also_every_s: float = 0) -> Life:
        """Let time pass up to `seconds` after the case opened, looking when something is due."""
        end = T0 + timedelta(seconds=seconds)
        while self.now < end:
            due = self.next_due()
            at = end if due is None else min(max(due, self.now), end)
            if also_every_s:
                at = min(at, self.now + timedelta(seconds=also_every_s))
            if at == self.now and due is not None and due <= self.now:
                raise AssertionError(f"what was due at {due} is due again at once")
            self.now = at
            self.look()
        return self

    def change(self, **changes: Any) -> Life:
        """Change the case; the ladder looks, as it does after each deed of a person."""
        self.case = replace(self.case, **changes)
        self.look()
        return self

    def ack(self, who: str = "lin") -> Life:
        expires_at = self.now + timedelta(seconds=self.ladder.ack_life_s(self.case.severity))
        return self.change(
            state=CaseState.ACKED, acked_by=who, acked_at=self.now, ack_expires_at=expires_at
        )

    def answer(self, who: str = "lin") -> Life:
        return self.change(answered_at=self.now, answered_by=who)

    def end(self, state: CaseState = CaseState.RESOLVED, who: str = "lin") -> Life:
        return self.change(state=state, closed_at=self.now, closed_by=who, ack_expires_at=None)

    def rise(self, severity: Severity) -> Life:
        self.case = replace(self.case, severity=severity)
        self.arm(again=True)
        return self

    def calls(self) -> list[tuple[float, str, str, Why]]:
        """Every page: seconds after the opening, level, whom, why."""
        return [
            (
                (at - T0).total_seconds(),
                page.level.name if page.level else "",
                "、".join(page.people),
                page.why,
            )
            for at, page in self.pages
        ]

    def paged(self) -> list[tuple[float, str]]:
        """Every page: seconds after the opening, level."""
        return [(at, level) for at, level, *_ in self.calls()]

    def states(self) -> list[tuple[str, str, RungState]]:
        return [(rung.rule.value, rung.level, rung.state) for rung in self.rungs.values()]

    def deeds(self) -> list[Deed]:
        return [record.deed for _, record in self.records]

    def fired(self) -> list[Rung]:
        return [rung for rung in self.rungs.values() if rung.state is RungState.FIRED]
