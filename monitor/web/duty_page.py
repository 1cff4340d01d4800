"""The page of duty: who is on call, who stands in, and the calls of the ladder that run."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, Field

from alerts.rota import Override
from alerts.rungs import RungState
from alerts.substitution import Draft
from monitor import turns
from monitor.storage import calls, rotas
from monitor.storage.database import Connection
from monitor.web.access import AlertReader, DutyManager, Principal
from monitor.web.api import RowId
from monitor.web.case_schemas import Name
from monitor.web.duty import REASON_MAX, CallOut, OverrideOut
from monitor.web.visit import InVisit, Visit

MISSES_SHOWN: Final = 10
HISTORY_SHOWN: Final = 20

router = APIRouter(include_in_schema=False)


class OverrideForm(BaseModel):
    """What the form sends: local times; without `starts_at` it begins at once."""

    rota: Annotated[str, Field(max_length=64)] = ""
    person: Name = ""
    substitute: Name = ""
    starts_at: Annotated[str, Field(max_length=40)] = ""
    ends_at: Annotated[str, Field(max_length=40)] = ""
    reason: Annotated[str, Field(max_length=REASON_MAX)] = ""

    def draft(self, zone: ZoneInfo, now: datetime) -> Draft:
        """Return the substitution that is asked for; raises ValueError for what is no time."""
        starts_at, ends_at = (
            datetime.fromisoformat(text).replace(tzinfo=zone) if text else now
            for text in (self.starts_at, self.ends_at)
        )
        override = Override(self.person, self.substitute, starts_at, ends_at)
        return Draft(self.rota, override, self.reason)


class CancelForm(BaseModel):
    """The rota that the substitution is on; empty for every one."""

    rota: Annotated[str, Field(max_length=64)] = ""


@router.get("/duty")
def show_duty(who: AlertReader, visit: InVisit) -> Response:
    """Show who is on call, whom the ladder calls, and who stands in for whom."""
    return _page(visit, who, "duty.html")


@router.get("/duty/calls")
def show_calls(who: AlertReader, visit: InVisit) -> Response:
    """Show the calls of the ladder anew."""
    with visit.parts.database.read() as connection:
        return visit.show("_duty_calls.html", who, **_calls(visit, who, connection))


@router.post("/duty/overrides")
def substitute(who: DutyManager, visit: InVisit, form: Annotated[OverrideForm, Form()]) -> Response:
    """Let somebody stand in for a person."""
    parts, now = visit.parts, visit.parts.now()
    try:
        draft = form.draft(ZoneInfo(parts.timezone), now)
    except ValueError as error:
        raise HTTPException(422, visit.f.t("silence.no_time")) from error
    made = turns.substitute(parts.database, parts.rules().roster, draft, who.name, now)
    override = made.override
    said = visit.f.t("duty.made_nobody", person=override.person)
    if override.substitute:
        said = visit.f.t("duty.made", person=override.person, substitute=override.substitute)
    return _page(visit, who, "_duty.html", said=said)


@router.post("/duty/overrides/{override_id}/cancel")
def cancel(
    who: DutyManager, visit: InVisit, override_id: RowId, form: Annotated[CancelForm, Form()]
) -> Response:
    """End a substitution now."""
    turns.cancel(visit.parts.database, form.rota, override_id, who.name, visit.parts.now())
    return _page(visit, who, "_duty.html", said=visit.f.t("duty.cancelled"))


def _page(visit: Visit, who: Principal, template: str, *, said: str = "") -> Response:
    parts, now = visit.parts, visit.parts.now()
    roster = parts.rules().roster
    with parts.database.read() as connection:
        context = {
            "turns": turns.turns(connection, roster, now),
            "pending": [OverrideOut.of(each, now) for each in rotas.pending(connection, now)],
            "history": [
                OverrideOut.of(each, now)
                for each in rotas.page(connection, HISTORY_SHOWN).items
                if now >= each.until
            ],
            **_calls(visit, who, connection),
        }
    people = sorted(roster.people)
    return visit.show(template, who, said=said, roster=roster, people=people, **context)


def _calls(visit: Visit, who: Principal, connection: Connection) -> dict[str, Any]:
    reader = visit.reader(who)
    missed = calls.page(connection, (RungState.MISSED.value,), MISSES_SHOWN)
    return {
        "running": [CallOut.of(row, reader) for row in calls.running(connection)],
        "missed": [CallOut.of(row, reader) for row in missed.items],
    }
