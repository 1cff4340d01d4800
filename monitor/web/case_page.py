"""The page of a case, and what people do on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from monitor.desk import DeskError, FalseAlarm
from monitor.web.access import AlertReader, ClearReader, Handler, Principal
from monitor.web.api import RowId
from monitor.web.case_context import excerpts, read_page
from monitor.web.case_schemas import HITS_MAX, CaseId, Name, Note
from monitor.web.formats import Formats
from monitor.web.staff import names_of
from monitor.web.views import alert_view, post_page
from monitor.web.visit import InVisit, Visit

router = APIRouter(include_in_schema=False)


class OtherForm(BaseModel):
    """The number of another case, as people write it: `12` or `#12`."""

    other: Annotated[str, Field(max_length=18)] = ""

    @property
    def case_id(self) -> int:
        """The number; 0 for what is none."""
        digits = self.other.strip().removeprefix("#")
        return int(digits) if digits.isascii() and digits.isdigit() else 0


class SplitForm(BaseModel):
    """The posts that tell another story."""

    hit_ids: Annotated[list[CaseId], Field(max_length=HITS_MAX)] = []


class FalseAlarmForm(BaseModel):
    """Why it should not have been."""

    reason: FalseAlarm


@router.get("/cases/{case_id}")
def show_case(who: AlertReader, visit: InVisit, case_id: RowId) -> Response:
    """Show a case: how it stands, why it fired, who has it, what happened."""
    parts = visit.parts
    detail = visit.stores.reading.case(case_id)
    if detail is None:
        raise HTTPException(404)
    alerts = [alert_view(row, parts.public_reply) for row in detail.alerts]
    return visit.show(
        "case.html",
        who,
        posts=[post_page(post, parts.mask) for post in detail.posts],
        alerts=alerts,
        answers=[alert for alert in alerts if alert.message and alert.message.reply][:1],
        mask=parts.mask,
        clear=False,
        **_context(visit, who, case_id),
    )


@router.get("/cases/{case_id}/state")
def show_state(
    who: AlertReader,
    visit: InVisit,
    case_id: RowId,
    at: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show how a case stands, unless the page has version `at` of it already.

    What can be done is shown anew only when the state is another one than the page's: somebody
    may be writing there.
    """
    context = _context(visit, who, case_id)
    page = context["page"]
    if page.version == at:
        return Response(status_code=204)
    return visit.show("_case_news.html", who, deeds=page.row.state != state, **context)


@router.post("/cases/{case_id}/clear")
def show_clear(who: ClearReader, visit: InVisit, case_id: RowId) -> Response:
    """Show the posts of a case in clear, and put on record who looked."""
    detail = visit.stores.reading.case(case_id)
    if detail is None:
        raise HTTPException(404)
    visit.stores.audit.write(who.name, "clear_look", f"case {case_id}")
    posts = [post_page(post, str) for post in detail.posts]
    return visit.show("_posts.html", who, case=detail.case, posts=posts, mask=str, clear=True)


@router.post("/cases/{case_id}/ack")
def ack(who: Handler, visit: InVisit, case_id: RowId) -> Response:
    """Take the case on."""
    with _told(visit.f):
        view = visit.parts.desk.ack(case_id, who.person)
    until = visit.f.when(view.ack_expires_at or visit.parts.now())
    return _done(visit, who, case_id, visit.f.t("said.ack", until=until))


@router.post("/cases/{case_id}/assign")
def assign(
    who: Handler, visit: InVisit, case_id: RowId, to: Annotated[Name, Form()] = ""
) -> Response:
    """Say who handles the case."""
    f = visit.f
    if to and to not in names_of(visit.parts, visit.stores, who):
        raise HTTPException(422, f.t("problem.person"))
    with _told(f):
        visit.parts.desk.assign(case_id, who.person, to)
    said = f.t("said.assign", who=to) if to else f.t("said.unassign")
    return _done(visit, who, case_id, said)


@router.post("/cases/{case_id}/answer")
def answer(
    who: Handler,
    visit: InVisit,
    case_id: RowId,
    url: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Say that the customer was answered."""
    with _told(visit.f, wrong=visit.f.t("problem.answer")):
        visit.parts.desk.answer(case_id, who.person, url.strip())
    return _done(visit, who, case_id, visit.f.t("said.answer"))


@router.post("/cases/{case_id}/resolve")
def resolve(
    who: Handler, visit: InVisit, case_id: RowId, note: Annotated[Note, Form()] = ""
) -> Response:
    """Say that the case is solved."""
    with _told(visit.f):
        visit.parts.desk.resolve(case_id, who.person, visit.parts.mask(note))
    return _done(visit, who, case_id, visit.f.t("said.resolve"))


@router.post("/cases/{case_id}/false-alarm")
def false_alarm(
    who: Handler, visit: InVisit, case_id: RowId, form: Annotated[FalseAlarmForm, Form()]
) -> Response:
    """Say that it should not have been an alert."""
    with _told(visit.f):
        visit.parts.desk.false_alarm(case_id, who.person, form.reason)
    return _done(visit, who, case_id, visit.f.t("said.false_alarm"))


@router.post("/cases/{case_id}/merge")
def merge(
    who: Handler, visit: InVisit, case_id: RowId, form: Annotated[OtherForm, Form()]
) -> Response:
    """Fold the case into another one, and go there."""
    problem = visit.f.t("problem.merge")
    with _told(visit.f, over=problem, wrong=problem):
        visit.parts.desk.merge(case_id, who.person, form.case_id)
    return visit.go(f"/cases/{form.case_id}")


@router.post("/cases/{case_id}/split")
def split(
    who: Handler, visit: InVisit, case_id: RowId, form: Annotated[SplitForm, Form()]
) -> Response:
    """Make some posts a case of their own, and go there."""
    with _told(visit.f, wrong=visit.f.t("problem.split")):
        into = visit.parts.desk.split(case_id, who.person, form.hit_ids)
    return visit.go(f"/cases/{into}")


@router.post("/cases/{case_id}/link")
def link(
    who: Handler, visit: InVisit, case_id: RowId, form: Annotated[OtherForm, Form()]
) -> Response:
    """Say that another case belongs with this one."""
    with _told(visit.f, wrong=visit.f.t("problem.link")):
        visit.parts.desk.link(case_id, who.person, form.case_id)
    return _done(visit, who, case_id, visit.f.t("said.link", case=form.case_id))


@router.post("/cases/{case_id}/unlink")
def unlink(
    who: Handler, visit: InVisit, case_id: RowId, form: Annotated[OtherForm, Form()]
) -> Response:
    """Take that back."""
    with _told(visit.f, wrong=visit.f.t("problem.link")):
        visit.parts.desk.unlink(case_id, who.person, form.case_id)
    return _done(visit, who, case_id, visit.f.t("said.unlink"))


def _context(visit: Visit, who: Principal, case_id: int) -> dict[str, Any]:
    parts, stores, reader = visit.parts, visit.stores, visit.reader(who)
    with parts.database.read() as connection:
        page = read_page(connection, parts, reader, case_id)
    if page is None:
        raise HTTPException(404)
    return {
        "page": page,
        "case": page.row,
        "reader": reader,
        # Only those who may do something need these.
        "names": partial(names_of, parts, stores, who),
        "excerpts": partial(excerpts, stores, parts, page.row),
        "reasons": list(FalseAlarm),
    }


@contextmanager
def _told(f: Formats, *, over: str = "", wrong: str = "") -> Iterator[None]:
    """Say in the reader's language why a deed was refused."""
    try:
        yield
    except DeskError as error:
        problems = {404: f.t("problem.missing"), 409: over or f.t("problem.over")}
        said = problems.get(error.status, wrong or f.t("problem.form"))
        raise HTTPException(error.status, said) from error


def _done(visit: Visit, who: Principal, case_id: int, said: str) -> Response:
    """Show the case as it is now, and let the page say what was done."""
    context = _context(visit, who, case_id)
    return visit.show("_case_news.html", who, said=said, deeds=True, **context)
