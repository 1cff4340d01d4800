"""The REST API of cases: what they are, and what people do about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query

from monitor.auth import Permission
from monitor.storage import case_reading, casework, escalations, timeline
from monitor.storage.database import Connection
from monitor.storage.reading import case_row
from monitor.storage.rows import CaseRow
from monitor.web.access import AlertReader, Handler, Principal
from monitor.web.api import NOT_FOUND, PROBLEMS, REFUSED, RowId
from monitor.web.asking import Asked, InAsked
from monitor.web.case_schemas import (
    AnswerIn,
    AssignIn,
    AuthorOut,
    AuthorsOut,
    CaseDetailOut,
    CaseOut,
    CasesWanted,
    EventOut,
    FalseAlarmIn,
    LinkIn,
    LinksOut,
    MergeIn,
    ReceiverOut,
    ResolveIn,
    SplitIn,
    SplitOut,
)
from monitor.web.chronicle import Chronicle
from monitor.web.parts import InParts, InStores, WebParts
from monitor.web.reader import Reader, reader_of
from monitor.web.schemas import AlertOut, ListOut, PostOut
from monitor.web.staff import names_of
from monitor.web.views import post_page

EVENTS_MAX: Final = 500

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=PROBLEMS)


@router.get("/cases")
def list_cases(
    who: AlertReader, parts: InParts, stores: InStores, wanted: Annotated[CasesWanted, Query()]
) -> ListOut[CaseOut]:
    """List cases by time of opening, newest first."""
    page = stores.reading.cases(wanted.cases(), wanted.limit, wanted.after())
    reader = reader_of(parts, who, wanted.locale or parts.locale)
    with parts.database.read() as connection:
        items = cases_out(connection, page.items, reader, parts)
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.get("/cases/{case_id}", responses=NOT_FOUND)
def show_case(
    who: AlertReader, asked: InAsked, case_id: RowId, clear: bool = False
) -> CaseDetailOut:
    """Show a case with its newest posts and alerts.

    `clear=true` shows personal data to roles that may see it, and is put on record.
    """
    if clear and not who.may(Permission.READ_CLEAR):
        raise HTTPException(403, f"the role {who.role} lacks {Permission.READ_CLEAR}")
    parts, stores = asked.parts, asked.stores
    detail = stores.reading.case(case_id)
    if detail is None:
        raise HTTPException(404)
    if clear:
        stores.audit.write(who.name, "clear_look", f"case {case_id}")
    mask: Callable[[str], str] = str if clear else parts.mask
    with parts.database.read() as connection:
        (plain,) = cases_out(connection, [detail.case], asked.reader(who), parts)
        linked = casework.linked(connection, case_id)
    return CaseDetailOut(
        **plain.model_dump(),
        clear=clear,
        posts=[PostOut.of(post_page(post, mask)) for post in detail.posts],
        alerts=[AlertOut.of(alert) for alert in detail.alerts],
        linked=linked,
    )


@router.get("/cases/{case_id}/timeline", responses=NOT_FOUND)
def list_events(
    who: AlertReader,
    asked: InAsked,
    case_id: RowId,
    limit: Annotated[int, Query(ge=1, le=EVENTS_MAX)] = EVENTS_MAX,
) -> ListOut[EventOut]:
    """List what happened to a case, in order; of more than `limit` events the last ones."""
    reader = asked.reader(who)
    with asked.parts.database.read() as connection:
        _found(connection, case_id)
        events = timeline.of_case(connection, case_id, limit)
        rungs = escalations.of_cases(connection, [case_id]).get(case_id, ())
    entries = Chronicle(reader, rungs).tell(events)
    return ListOut(items=[EventOut.of(entry) for entry in entries], next_cursor=None)


@router.get("/cases/{case_id}/authors", responses=NOT_FOUND)
def list_authors(who: AlertReader, asked: InAsked, case_id: RowId) -> AuthorsOut:
    """Show who began the story, and whom most people hear telling it."""
    reader = asked.reader(who)
    with asked.parts.database.read() as connection:
        _found(connection, case_id)
        voices = case_reading.voices(connection, case_id)
    return AuthorsOut(
        total=voices.total,
        first=[AuthorOut.of(row, reader) for row in voices.first],
        loudest=[AuthorOut.of(row, reader) for row in voices.loudest],
    )


@router.get("/cases/{case_id}/receivers", responses=NOT_FOUND)
def list_receivers(who: AlertReader, asked: InAsked, case_id: RowId) -> ListOut[ReceiverOut]:
    """List what each receiver was told of a case, and why not of the rest."""
    reader = asked.reader(who)
    with asked.parts.database.read() as connection:
        _found(connection, case_id)
        heard = case_reading.heard(connection, case_id)
    return ListOut(items=[ReceiverOut.of(each, reader) for each in heard], next_cursor=None)


@router.post("/cases/{case_id}/ack", responses=REFUSED)
def ack(who: Handler, asked: InAsked, case_id: RowId) -> CaseOut:
    """Take a case on for a while; again prolongs it."""
    asked.parts.desk.ack(case_id, who.person)
    return _case_now(asked, who, case_id)


@router.post("/cases/{case_id}/assign", responses=REFUSED)
def assign(who: Handler, asked: InAsked, case_id: RowId, given: AssignIn) -> CaseOut:
    """Say who handles a case: somebody of `people` or with an account; empty for nobody."""
    if given.to and given.to not in names_of(asked.parts, asked.stores, who):
        raise HTTPException(422, "to: there is no such person")
    asked.parts.desk.assign(case_id, who.person, given.to)
    return _case_now(asked, who, case_id)


@router.post("/cases/{case_id}/answer", responses=REFUSED)
def answer(who: Handler, asked: InAsked, case_id: RowId, given: AnswerIn) -> CaseOut:
    """Say that a person has answered the customer: this stops the ladder."""
    asked.parts.desk.answer(case_id, who.person, given.url)
    return _case_now(asked, who, case_id)


@router.post("/cases/{case_id}/resolve", responses=REFUSED)
def resolve(who: Handler, asked: InAsked, case_id: RowId, given: ResolveIn) -> CaseOut:
    """End a case because it is solved."""
    asked.parts.desk.resolve(case_id, who.person, asked.parts.mask(given.note))
    return _case_now(asked, who, case_id)


@router.post("/cases/{case_id}/false-alarm", responses=REFUSED)
def false_alarm(who: Handler, asked: InAsked, case_id: RowId, given: FalseAlarmIn) -> CaseOut:
    """End a case that should not have been; where the judge was wrong, it learns from it."""
    asked.parts.desk.false_alarm(case_id, who.person, given.reason, asked.parts.mask(given.note))
    return _case_now(asked, who, case_id)


@router.post("/cases/{case_id}/merge", responses=REFUSED)
def merge(who: Handler, asked: InAsked, case_id: RowId, given: MergeIn) -> CaseOut:
    """Fold a case into another open one about the same brand."""
    asked.parts.desk.merge(case_id, who.person, given.into)
    return _case_now(asked, who, case_id)


@router.post("/cases/{case_id}/split", status_code=201, responses=REFUSED)
def split(who: Handler, asked: InAsked, case_id: RowId, given: SplitIn) -> SplitOut:
    """Make some posts of a case a case of their own."""
    into = asked.parts.desk.split(case_id, who.person, given.hit_ids)
    case, new_case = (_case_now(asked, who, each) for each in (case_id, into))
    return SplitOut(case=case, new_case=new_case)


@router.post("/cases/{case_id}/link", responses=REFUSED)
def link(who: Handler, parts: InParts, case_id: RowId, given: LinkIn) -> LinksOut:
    """Say that two cases, open or not, belong together; again changes nothing."""
    parts.desk.link(case_id, who.person, given.other)
    return _links(parts, case_id)


@router.delete("/cases/{case_id}/links/{other}", responses=REFUSED)
def unlink(who: Handler, parts: InParts, case_id: RowId, other: RowId) -> LinksOut:
    """Take that back; where it was not so, nothing changes."""
    parts.desk.unlink(case_id, who.person, other)
    return _links(parts, case_id)


def cases_out(
    connection: Connection, rows: Sequence[CaseRow], reader: Reader, parts: WebParts
) -> list[CaseOut]:
    """Make the answer of cases, each with the deadline of its ladder."""
    now = parts.now()
    ladders = escalations.held(connection, [row.id for row in rows if row.is_open])
    by_case = {each.case.id: each for each in ladders}
    return [CaseOut.of(row, by_case.get(row.id), reader, now) for row in rows]


def _found(connection: Connection, case_id: int) -> CaseRow:
    case = case_row(connection, case_id)
    if case is None:
        raise HTTPException(404)
    return case


def _case_now(asked: Asked, who: Principal, case_id: int) -> CaseOut:
    with asked.parts.database.read() as connection:
        found = _found(connection, case_id)
        (case,) = cases_out(connection, [found], asked.reader(who), asked.parts)
    return case


def _links(parts: WebParts, case_id: int) -> LinksOut:
    with parts.database.read() as connection:
        return LinksOut(linked=casework.linked(connection, case_id))
