"""The pages of customers, and on the page of a case the word that an account is one's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from monitor.auth import Permission
from monitor.storage import case_reading
from monitor.storage.customer_store import (
    NAME_LIMIT,
    NOTE_LIMIT,
    Customer,
    CustomerError,
    NoCustomerError,
)
from monitor.storage.paging import CursorError, decode_cursor
from monitor.storage.reading import case_row, cases_told_by
from monitor.web.access import AlertReader, CustomerHandler, Principal
from monitor.web.api import RowId
from monitor.web.customers import CASES_MAX, CASES_WITHIN
from monitor.web.formats import Formats
from monitor.web.visit import InVisit, Visit

PAGE_SIZE: Final = 50
PICKS: Final = 8
KeyText = Annotated[str, Field(max_length=96)]

router = APIRouter(include_in_schema=False)


class Search(BaseModel):
    """The filter of the list of customers."""

    q: Annotated[str, Field(max_length=NAME_LIMIT)] = ""
    key: Literal["", "yes"] = ""
    cursor: Annotated[str, Field(max_length=100)] = ""

    def query(self, cursor: str) -> str:
        """Return the same with another cursor as the query part of an address."""
        fields = {"q": self.q, "key": self.key, "cursor": cursor}
        return urlencode({name: value for name, value in fields.items() if value})


class CustomerForm(BaseModel):
    """What the forms send; an unchecked box sends nothing."""

    name: Annotated[str, Field(max_length=2 * NAME_LIMIT)] = ""
    key_customer: Literal["", "yes"] = ""
    note: Annotated[str, Field(max_length=2 * NOTE_LIMIT)] = ""
    author_key: KeyText = ""


class LinkForm(BaseModel):
    """An account, and whose it is: one who is known, or a new customer of that name."""

    author_key: KeyText = ""
    customer_id: Annotated[int, Field(ge=0, lt=2**63)] = 0
    name: Annotated[str, Field(max_length=2 * NAME_LIMIT)] = ""
    key_customer: Literal["", "yes"] = ""


InCustomerForm = Annotated[CustomerForm, Form()]


@router.get("/customers")
def show_customers(
    who: AlertReader, visit: InVisit, search: Annotated[Search, Query()]
) -> Response:
    """Show the customers, newest first."""
    # Who sees the beginnings of names only must not find out the rest by looking for it.
    named = search.q if who.may(Permission.READ_CLEAR) else ""
    try:
        after = decode_cursor(search.cursor) if search.cursor else None
    except CursorError as error:
        raise HTTPException(400, str(error)) from error
    page = visit.stores.customers.page(
        PAGE_SIZE, after, key_customer=True if search.key else None, named=named
    )
    older = search.query(page.next_cursor) if page.next_cursor else ""
    return visit.show(
        "customers.html",
        who,
        customers=page.items,
        older=older,
        search=search,
        reader=visit.reader(who),
    )


@router.post("/customers")
def add_customer(who: CustomerHandler, visit: InVisit, form: InCustomerForm) -> Response:
    """Make a customer, and go there."""
    with _told(visit.f):
        made = visit.stores.customers.add(
            form.name,
            by=who.name,
            key_customer=bool(form.key_customer),
            note=visit.parts.mask(form.note),
            author_keys=[form.author_key] if form.author_key.strip() else [],
        )
    return visit.go(f"/customers/{made.id}")


@router.get("/customers/{customer_id}")
def show_customer(who: AlertReader, visit: InVisit, customer_id: RowId) -> Response:
    """Show a customer: accounts, and what they told in the last 30 days."""
    with _told(visit.f):
        customer = visit.stores.customers.show(customer_id)
    return visit.show("customer.html", who, **_context(visit, who, customer))


@router.post("/customers/{customer_id}")
def change_customer(
    who: CustomerHandler, visit: InVisit, customer_id: RowId, form: InCustomerForm
) -> Response:
    """Change name, note, and whether they are a key customer."""
    with _told(visit.f):
        changed = visit.stores.customers.change(
            customer_id,
            by=who.name,
            name=form.name,
            key_customer=bool(form.key_customer),
            note=visit.parts.mask(form.note),
        )
    return _shown(visit, who, changed, visit.f.t("customer.saved"))


@router.post("/customers/{customer_id}/link")
def link(
    who: CustomerHandler, visit: InVisit, customer_id: RowId, form: InCustomerForm
) -> Response:
    """Say that an account is theirs."""
    with _told(visit.f):
        linked = visit.stores.customers.link(customer_id, form.author_key, by=who.name)
    return _shown(visit, who, linked, visit.f.t("customer.linked"))


@router.post("/customers/{customer_id}/unlink")
def unlink(
    who: CustomerHandler, visit: InVisit, customer_id: RowId, form: InCustomerForm
) -> Response:
    """Say that an account is not theirs."""
    with _told(visit.f):
        left = visit.stores.customers.unlink(customer_id, form.author_key, by=who.name)
    return _shown(visit, who, left, visit.f.t("customer.unlinked"))


@router.get("/cases/{case_id}/customer-picks")
def show_picks(
    who: CustomerHandler,
    visit: InVisit,
    case_id: RowId,
    author_key: Annotated[KeyText, Query()] = "",
    q: Annotated[str, Query(max_length=NAME_LIMIT)] = "",
) -> Response:
    """Show customers of that name, to choose whose an account is."""
    found = visit.stores.customers.page(PICKS, named=q.strip()).items
    return visit.show(
        "_customer_picks.html",
        who,
        found=found,
        author_key=author_key,
        q=q.strip(),
        case_id=case_id,
    )


@router.post("/cases/{case_id}/customer")
def link_author(
    who: CustomerHandler, visit: InVisit, case_id: RowId, form: Annotated[LinkForm, Form()]
) -> Response:
    """Say whose account it is that tells a case: a known customer's, or a new one's."""
    customers = visit.stores.customers
    with _told(visit.f):
        if form.customer_id:
            linked = customers.link(form.customer_id, form.author_key, by=who.name)
        else:
            linked = customers.add(
                form.name,
                by=who.name,
                key_customer=bool(form.key_customer),
                author_keys=[form.author_key],
            )
    with visit.parts.database.read() as connection:
        case = case_row(connection, case_id)
        voices = case_reading.voices(connection, case_id)
    if case is None:
        raise HTTPException(404)
    return visit.show(
        "_case_authors.html",
        who,
        said=visit.f.t("customer.is_linked", name=linked.name),
        case=case,
        voices=voices,
        strangers=voices.strangers,
        reader=visit.reader(who),
        mask=visit.parts.mask,
    )


def _shown(visit: Visit, who: Principal, customer: Customer, said: str) -> Response:
    return visit.show("_customer.html", who, said=said, **_context(visit, who, customer))


def _context(visit: Visit, who: Principal, customer: Customer) -> dict[str, Any]:
    keys = [each.author_key for each in customer.identities]
    since = visit.parts.now() - CASES_WITHIN
    with visit.parts.database.read() as connection:
        cases = cases_told_by(connection, keys, since, CASES_MAX)
    return {
        "customer": customer,
        "cases": cases,
        "days": CASES_WITHIN.days,
        "reader": visit.reader(who),
    }


@contextmanager
def _told(f: Formats) -> Iterator[None]:
    """Say in the reader's language why something was refused."""
    try:
        yield
    except NoCustomerError as error:
        raise HTTPException(404, f.t("customer.missing")) from error
    except CustomerError as error:
        raise HTTPException(422, f.t("customer.refused")) from error
