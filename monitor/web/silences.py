"""The REST API of silences: which cases nobody is told of for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from alerts.matching import Traits
from alerts.severity import Severity
from alerts.silence import Draft, Silence
from monitor import silencing
from monitor.storage import silences
from monitor.web.access import READS_ALERTS, SILENCES, Silencer
from monitor.web.api import NOT_FOUND, PROBLEMS, REFUSED, RowId
from monitor.web.case_schemas import AuthorKey, Given
from monitor.web.parts import InParts
from monitor.web.schemas import BrandName, Listing, ListOut, SeverityName
from monitor.web.views import severity_name
from scrapers.post import Platform
from sentiment.verdict import Risk, Topic

VALUES_MAX: Final = 50
REASON_MAX: Final = 500
SHOWN: Final = 20
GROUPS: Final = ("brands", "platforms", "languages", "topics", "risks", "authors")
LanguageCode = Annotated[str, Field(max_length=8)]
SilenceState = Literal["pending", "in_force", "over"]

router = APIRouter(prefix="/api/v1", tags=["silences"], responses=PROBLEMS)


class SilenceIn(Given):
    """Which cases nobody shall be told of, until when, and why.

    A case must have one value of each group that is not empty; urgent cases are never meant.
    Without `starts_at` it begins at once.
    """

    brands: Annotated[tuple[BrandName, ...], Field(max_length=VALUES_MAX)] = ()
    platforms: Annotated[tuple[Platform, ...], Field(max_length=VALUES_MAX)] = ()
    languages: Annotated[tuple[LanguageCode, ...], Field(max_length=VALUES_MAX)] = ()
    topics: Annotated[tuple[Topic, ...], Field(max_length=VALUES_MAX)] = ()
    risks: Annotated[tuple[Risk, ...], Field(max_length=VALUES_MAX)] = ()
    authors: Annotated[tuple[AuthorKey, ...], Field(max_length=VALUES_MAX)] = ()
    severity_at_most: SeverityName = "important"
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime
    reason: Annotated[str, Field(max_length=REASON_MAX)]

    def draft(self, now: datetime) -> Draft:
        """Return the silence that is asked for."""
        traits = Traits(**{name: frozenset(map(str, getattr(self, name))) for name in GROUPS})
        severity = Severity[self.severity_at_most.upper()]
        return Draft(traits, self.starts_at or now, self.ends_at, self.reason, severity)


class SilencesWanted(Listing):
    """Parameters of the list of silences; `current` are those that are not over, all at once."""

    state: Literal["current"] | None = None


class SilenceOut(BaseModel):
    """A silence; `until` is when it stops to hold back, or stopped.

    An edit ends it and makes another one, which names it in `replaces`.
    """

    id: int
    state: SilenceState
    brands: list[str]
    platforms: list[str]
    languages: list[str]
    topics: list[str]
    risks: list[str]
    authors: list[str]
    severity_at_most: SeverityName
    starts_at: datetime
    ends_at: datetime
    until: datetime
    reason: str
    author: str
    created_at: datetime
    replaces: int | None
    ended_by: str
    ended_at: datetime | None

    @classmethod
    def of(cls, silence: Silence, now: datetime) -> Self:
        """Make the answer of a silence."""
        draft = silence.draft
        plain = ("id", "until", "author", "created_at", "replaces", "ended_by", "ended_at")
        return cls.model_validate(
            {name: getattr(silence, name) for name in plain}
            | {name: sorted(getattr(draft.traits, name)) for name in GROUPS}
            | {name: getattr(draft, name) for name in ("starts_at", "ends_at", "reason")}
            | {
                "state": state_of(silence, now),
                "severity_at_most": severity_name(draft.severity_at_most),
            }
        )


class PreviewOut(BaseModel):
    """How many open cases a silence would hold back now, and the newest of them."""

    cases: int
    case_ids: list[int]


@router.get("/silences", dependencies=[READS_ALERTS])
def list_silences(
    parts: InParts, wanted: Annotated[SilencesWanted, Query()]
) -> ListOut[SilenceOut]:
    """List silences, those made last first; nothing is ever removed from this list."""
    now = parts.now()
    with parts.database.read() as connection:
        if wanted.state:
            found = silences.pending(connection, now)
            return ListOut(items=[SilenceOut.of(each, now) for each in found], next_cursor=None)
        page = silences.page(connection, wanted.limit, wanted.after())
    items = [SilenceOut.of(each, now) for each in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.post("/silences", status_code=201)
def add_silence(who: Silencer, parts: InParts, given: SilenceIn) -> SilenceOut:
    """Make a silence; 422 with the reason for what may not be."""
    now = parts.now()
    draft = given.draft(now)
    return SilenceOut.of(silencing.make(parts.database, draft, who.name, now), now)


@router.post("/silences/preview", dependencies=[SILENCES])
def preview_silence(parts: InParts, given: SilenceIn) -> PreviewOut:
    """Tell how many open cases a silence would hold back; nothing is made."""
    with parts.database.read() as connection:
        held = silencing.would_hold(connection, given.draft(parts.now()))
    return PreviewOut(cases=len(held), case_ids=list(held[:SHOWN]))


@router.get("/silences/{silence_id}", dependencies=[READS_ALERTS], responses=NOT_FOUND)
def show_silence(parts: InParts, silence_id: RowId) -> SilenceOut:
    """Show one silence."""
    with parts.database.read() as connection:
        return SilenceOut.of(silences.get(connection, silence_id), parts.now())


@router.put("/silences/{silence_id}", responses=REFUSED)
def change_silence(
    who: Silencer, parts: InParts, silence_id: RowId, given: SilenceIn
) -> SilenceOut:
    """End a silence and make another one in its place; what only the old held back is told."""
    now = parts.now()
    made = silencing.change(parts.database, silence_id, given.draft(now), who.name, now)
    return SilenceOut.of(made, now)


@router.delete("/silences/{silence_id}", responses=REFUSED)
def end_silence(who: Silencer, parts: InParts, silence_id: RowId) -> SilenceOut:
    """End a silence now; what it held back is told."""
    now = parts.now()
    return SilenceOut.of(silencing.end(parts.database, silence_id, who.name, now), now)


def state_of(silence: Silence, now: datetime) -> SilenceState:
    """Return whether a silence is to come, holds cases back, or is over."""
    if now >= silence.until:
        return "over"
    return "in_force" if silence.in_force(now) else "pending"
