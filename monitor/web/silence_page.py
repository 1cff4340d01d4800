"""The page of silences: those in force, a form for a new one, and the whole history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from alerts.case import CaseView
from alerts.matching import Traits
from alerts.severity import URGENT_RISKS, Severity
from alerts.silence import Draft, Silence
from monitor import silencing
from monitor.storage import case_reading, silences
from monitor.storage.paging import CursorError, decode_cursor
from monitor.web.access import AlertReader, Principal, Silencer
from monitor.web.api import RowId
from monitor.web.silences import REASON_MAX, SHOWN, VALUES_MAX, state_of
from monitor.web.views import severity_name
from monitor.web.visit import InVisit, Visit
from scrapers.post import Platform
from sentiment.verdict import Risk, Topic

PAGE_SIZE: Final = 30
LASTS_HOURS: Final = (1, 4, 12, 24, 72, 168, 720)
NAMED: Final = (
    ("brands", "brand"),
    ("platforms", "platform"),
    ("topics", "topic"),
    ("risks", "risk"),
    ("languages", "language"),
    ("authors", "author"),
)
SILENT_RISKS: Final = tuple(
    risk.value for risk in Risk if risk is not Risk.NONE and risk not in URGENT_RISKS
)
Values = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=VALUES_MAX)]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SilenceView:
    """A silence on the page; `held` are the open cases that it holds back now."""

    silence: Silence
    state: str
    severity: str
    traits: tuple[tuple[str, tuple[str, ...]], ...]
    held: tuple[int, ...]


class SilenceForm(BaseModel):
    """What the form sends: `until`, a local time, wins over `hours`."""

    brands: Values = []
    platforms: Values = []
    topics: Values = []
    risks: Values = []
    languages: Values = []
    authors: Annotated[str, Field(max_length=2000)] = ""
    severity_at_most: Literal["normal", "important"] = "important"
    hours: Annotated[int, Field(ge=0, le=10_000)] = 0
    until: Annotated[str, Field(max_length=40)] = ""
    starts_at: Annotated[str, Field(max_length=40)] = ""
    reason: Annotated[str, Field(max_length=REASON_MAX)] = ""

    @classmethod
    def of(cls, silence: Silence, zone: ZoneInfo, now: datetime) -> Self:
        """Return the form that a silence is changed by."""
        draft = silence.draft
        groups = {name: sorted(getattr(draft.traits, name)) for name, _ in NAMED}
        later = draft.starts_at.isoformat() if draft.starts_at > now else ""
        return cls(
            **{**groups, "authors": " ".join(groups["authors"])},
            severity_at_most="important" if draft.severity_at_most > Severity.NORMAL else "normal",
            until=f"{draft.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
            starts_at=later,
            reason=draft.reason,
        )

    def draft(self, zone: ZoneInfo, now: datetime) -> Draft:
        """Return the silence that is asked for; raises ValueError for what is no time."""
        starts_at = datetime.fromisoformat(self.starts_at) if self.starts_at else now
        if starts_at.tzinfo is None:
            raise ValueError("starts_at needs an offset")
        ends_at = now + timedelta(hours=self.hours)
        if self.until:
            ends_at = datetime.fromisoformat(self.until).replace(tzinfo=zone)
        authors = self.authors.replace(",", " ").replace("，", " ").split()
        traits = Traits(
            frozenset(self.brands),
            frozenset(self.platforms),
            frozenset(self.languages),
            frozenset(self.topics),
            frozenset(self.risks),
            frozenset(authors),
        )
        return Draft(
            traits, starts_at, ends_at, self.reason, Severity[self.severity_at_most.upper()]
        )


InForm = Annotated[SilenceForm, Form()]


@router.get("/silences")
def show_silences(
    who: AlertReader, visit: InVisit, cursor: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Show the silences, and the form for a new one to those who may make it."""
    return _page(visit, who, "silences.html", cursor=cursor)


@router.post("/silences")
def make(who: Silencer, visit: InVisit, form: InForm) -> Response:
    """Make a silence."""
    now = visit.parts.now()
    made = silencing.make(visit.parts.database, _draft(visit, form, now), who.name, now)
    until = visit.f.when(made.until)
    return _page(visit, who, "_silences.html", said=visit.f.t("silence.made", until=until))


@router.post("/silences/preview")
def preview(who: Silencer, visit: InVisit, form: InForm) -> Response:
    """Tell how many open cases the silence would hold back."""
    with visit.parts.database.read() as connection:
        held = silencing.would_hold(connection, _draft(visit, form, visit.parts.now()))
    return visit.show("_silence_preview.html", who, held=held, shown=held[:SHOWN])


@router.get("/silences/{silence_id}/form")
def show_form(who: Silencer, visit: InVisit, silence_id: RowId) -> Response:
    """Show the form that changes a silence."""
    now = visit.parts.now()
    with visit.parts.database.read() as connection:
        silence = silences.get(connection, silence_id)
    form = SilenceForm.of(silence, _zone(visit), now)
    return visit.show("_silence_form.html", who, silence=silence, form=form, **_choices(visit))


@router.post("/silences/{silence_id}/change")
def change(who: Silencer, visit: InVisit, silence_id: RowId, form: InForm) -> Response:
    """End a silence and make another in its place."""
    now = visit.parts.now()
    draft = _draft(visit, form, now)
    made = silencing.change(visit.parts.database, silence_id, draft, who.name, now)
    until = visit.f.when(made.until)
    return _page(visit, who, "_silences.html", said=visit.f.t("silence.changed", until=until))


@router.post("/silences/{silence_id}/end")
def end(who: Silencer, visit: InVisit, silence_id: RowId) -> Response:
    """End a silence now."""
    silencing.end(visit.parts.database, silence_id, who.name, visit.parts.now())
    return _page(visit, who, "_silences.html", said=visit.f.t("silence.ended"))


def _page(
    visit: Visit, who: Principal, template: str, *, cursor: str = "", said: str = ""
) -> Response:
    now = visit.parts.now()
    try:
        after = decode_cursor(cursor) if cursor else None
    except CursorError as error:
        raise HTTPException(400, str(error)) from error
    with visit.parts.database.read() as connection:
        current = silences.pending(connection, now)
        page = silences.page(connection, PAGE_SIZE, after)
        cases = case_reading.open_views(connection) if current else []
    return visit.show(
        template,
        who,
        said=said,
        current=_views(visit, current, cases, now),
        history=_views(visit, page.items, (), now),
        older=page.next_cursor,
        silence=None,
        form=SilenceForm(hours=4),
        **_choices(visit),
    )


def _views(
    visit: Visit, found: Iterable[Silence], cases: Sequence[CaseView], now: datetime
) -> list[SilenceView]:
    return [
        SilenceView(
            silence=each,
            state=state_of(each, now),
            severity=severity_name(each.draft.severity_at_most),
            traits=_named(visit, each.draft.traits),
            held=silencing.held_by(each.draft, cases) if each.in_force(now) else (),
        )
        for each in found
    ]


def _named(visit: Visit, traits: Traits) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each group of traits that is asked for: its name and its values in words."""
    return tuple(
        (name, tuple(visit.f.word(name, value) for value in sorted(getattr(traits, group))))
        for group, name in NAMED
        if getattr(traits, group)
    )


def _choices(visit: Visit) -> dict[str, Any]:
    return {
        "groups": (
            ("brands", "brand", visit.parts.brands),
            ("platforms", "platform", tuple(Platform)),
            ("topics", "topic", tuple(Topic)),
            ("risks", "risk", SILENT_RISKS),
        ),
        "lasts": LASTS_HOURS,
    }


def _draft(visit: Visit, form: SilenceForm, now: datetime) -> Draft:
    try:
        return form.draft(_zone(visit), now)
    except ValueError as error:
        raise HTTPException(422, visit.f.t("silence.no_time")) from error


def _zone(visit: Visit) -> ZoneInfo:
    return ZoneInfo(visit.parts.timezone)
