"""The REST API of duty: who is on call, who stands in, and which calls of the ladder run."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from alerts.rota import Override
from alerts.rungs import RungState
from alerts.substitution import Draft, Substitution
from monitor import turns
from monitor.storage import calls, rotas
from monitor.storage.calls import CallRow
from monitor.turns import Turn
from monitor.web.access import READS_ALERTS, AlertReader, DutyManager
from monitor.web.api import PROBLEMS, REFUSED, RowId
from monitor.web.asking import InAsked
from monitor.web.call_wording import call_sentence
from monitor.web.case_schemas import CaseId, Given, Name
from monitor.web.parts import InParts
from monitor.web.reader import Reader
from monitor.web.schemas import Listing, ListOut, Locale, SeverityName
from monitor.web.views import severity_name

EVERY: Final = "*"
"""Stands for every rota in an address."""
REASON_MAX: Final = 500
RotaName = Annotated[str, Path(max_length=64, description="A rota, or * for all of them")]
SubstitutionState = Literal["pending", "in_force", "over"]

router = APIRouter(prefix="/api/v1", tags=["duty"], responses=PROBLEMS)


class OverrideIn(Given):
    """Somebody stands in for a person; an empty `substitute` means that nobody does.

    Without `starts_at` it begins at once. Both are names of `people`.
    """

    person: Name
    substitute: Name
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime
    reason: Annotated[str, Field(max_length=REASON_MAX)] = ""

    def draft(self, rota: str, now: datetime) -> Draft:
        """Return the substitution that is asked for."""
        override = Override(self.person, self.substitute, self.starts_at or now, self.ends_at)
        return Draft(rota, override, self.reason)


class OverrideOut(BaseModel):
    """A substitution; an empty `rota` means every one. `until` is when it ends, or was ended."""

    id: int
    state: SubstitutionState
    rota: str
    person: str
    substitute: str
    starts_at: datetime
    ends_at: datetime
    until: datetime
    reason: str
    author: str
    created_at: datetime
    cancelled_at: datetime | None
    cancelled_by: str

    @classmethod
    def of(cls, made: Substitution, now: datetime) -> Self:
        """Make the answer of a substitution."""
        override = made.override
        plain = ("id", "until", "author", "created_at", "cancelled_at", "cancelled_by")
        return cls.model_validate(
            {name: getattr(made, name) for name in plain}
            | {name: getattr(override, name) for name in override.__slots__}
            | {"rota": made.draft.rota, "reason": made.draft.reason, "state": state_of(made, now)}
        )


class RotaOut(BaseModel):
    """A rota: who is on call now, until when (null: for good), who follows (null: nobody)."""

    name: str
    people: list[str]
    calendar: str
    on_call: str | None
    until: datetime | None
    following: str | None
    overrides: list[OverrideOut]

    @classmethod
    def of(cls, turn: Turn, now: datetime) -> Self:
        """Make the answer of a rota as it is now."""
        return cls(
            name=turn.rota.name,
            people=list(turn.rota.people),
            calendar=turn.rota.calendar,
            on_call=turn.person or None,
            until=turn.until,
            following=turn.following or None,
            overrides=[OverrideOut.of(each, now) for each in turn.substitutions],
        )


class CallOut(BaseModel):
    """A level's call about a case.

    `armed` waits until `deadline_at` to be made, `fired` must be acted on by then; the other
    states are ends. `severity` is what the case had when the ladder started.
    """

    id: int
    case_id: int
    brand: str
    rule: str
    severity: SeverityName
    case_severity: SeverityName
    level: str
    level_name: str
    person: str
    state: RungState
    armed_at: datetime
    fired_at: datetime | None
    deadline_at: datetime | None
    messages: int
    acted_at: datetime | None
    acted_by: str
    outcome: str
    sentence: str

    @classmethod
    def of(cls, row: CallRow, reader: Reader) -> Self:
        """Make the answer of a call."""
        rung = row.rung
        plain = ("id", "case_id", "level", "person", "state", "armed_at", "fired_at")
        more = ("deadline_at", "acted_at", "acted_by", "outcome")
        return cls.model_validate(
            {name: getattr(rung, name) for name in plain + more}
            | {
                "brand": row.brand,
                "rule": rung.rule.value,
                "severity": severity_name(rung.severity),
                "case_severity": severity_name(row.case_severity),
                "level_name": reader.level(rung),
                "messages": rung.paged,
                "sentence": call_sentence(reader, rung),
            }
        )


class DutyOut(BaseModel):
    """Who is on call on each rota, and the calls of the ladder that run."""

    rotas: list[RotaOut]
    calls: list[CallOut]


class CallsWanted(Listing):
    """Parameters of the list of calls; the state `open` means armed or fired."""

    state: RungState | Literal["open"] | None = None
    case_id: CaseId | None = None
    locale: Locale | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """The states for storage; none for all."""
        if self.state == "open":
            return calls.OPEN
        return (self.state.value,) if isinstance(self.state, RungState) else ()


@router.get("/duty")
def show_duty(who: AlertReader, asked: InAsked) -> DutyOut:
    """Show who is on call, and whom the ladder has called or will call next."""
    now, reader = asked.parts.now(), asked.reader(who)
    with asked.parts.database.read() as connection:
        found = turns.turns(connection, asked.parts.rules().roster, now)
        running = calls.running(connection)
    return DutyOut(
        rotas=[RotaOut.of(turn, now) for turn in found],
        calls=[CallOut.of(row, reader) for row in running],
    )


@router.get("/escalations")
def list_calls(
    who: AlertReader, asked: InAsked, wanted: Annotated[CallsWanted, Query()]
) -> ListOut[CallOut]:
    """List the calls of the ladder, those made last first."""
    reader = asked.reader(who)
    with asked.parts.database.read() as connection:
        page = calls.page(connection, wanted.states, wanted.limit, wanted.after(), wanted.case_id)
    items = [CallOut.of(row, reader) for row in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.get("/duty/overrides", dependencies=[READS_ALERTS])
def list_overrides(parts: InParts, wanted: Annotated[Listing, Query()]) -> ListOut[OverrideOut]:
    """List all substitutions that ever were, those made last first."""
    now = parts.now()
    with parts.database.read() as connection:
        page = rotas.page(connection, wanted.limit, wanted.after())
    items = [OverrideOut.of(each, now) for each in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.post("/rotas/{name}/overrides", status_code=201, responses=REFUSED)
def add_override(
    who: DutyManager, parts: InParts, name: RotaName, given: OverrideIn
) -> OverrideOut:
    """Let somebody stand in for a person on one rota, or (`*`) on every one."""
    now = parts.now()
    draft = given.draft(_rota(name), now)
    made = turns.substitute(parts.database, parts.rules().roster, draft, who.name, now)
    return OverrideOut.of(made, now)


@router.delete("/rotas/{name}/overrides/{override_id}", responses=REFUSED)
def cancel_override(
    who: DutyManager, parts: InParts, name: RotaName, override_id: RowId
) -> OverrideOut:
    """End a substitution now."""
    now = parts.now()
    cancelled = turns.cancel(parts.database, _rota(name), override_id, who.name, now)
    return OverrideOut.of(cancelled, now)


def state_of(made: Substitution, now: datetime) -> SubstitutionState:
    """Return whether a substitution is to come, holds, or is over."""
    if now >= made.until:
        return "over"
    return "in_force" if made.override.holds(now) else "pending"


def _rota(name: str) -> str:
    return "" if name == EVERY else name
