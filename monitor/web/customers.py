"""The REST API of customers: the people behind accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final, Self

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from monitor.auth import Permission
from monitor.storage.customer_store import NAME_LIMIT, NOTE_LIMIT, Customer
from monitor.storage.reading import cases_told_by
from monitor.web.access import AlertReader, CustomerHandler
from monitor.web.alerting import cases_out
from monitor.web.api import NOT_FOUND, PROBLEMS, RowId
from monitor.web.asking import InAsked
from monitor.web.case_schemas import AuthorKey, CaseOut, Given
from monitor.web.reader import Reader
from monitor.web.schemas import Listing, ListOut, Locale, Out

CASES_WITHIN: Final = timedelta(days=30)
CASES_MAX: Final = 100
KEYS_MAX: Final = 50
Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)]
PathKey = Annotated[str, Path(max_length=96, description="An account: weibo:ID or twitter:ID")]

router = APIRouter(prefix="/api/v1", tags=["customers"], responses=PROBLEMS)


class CustomersWanted(Listing):
    """Parameters of the list of customers; `q` looks in names, for those who may see them."""

    key_customer: bool | None = None
    q: Annotated[str, Field(max_length=NAME_LIMIT)] = ""
    locale: Locale | None = None


class CustomerIn(Given):
    """A customer; the note is masked."""

    name: Name
    key_customer: bool = False
    note: Note = ""
    author_keys: Annotated[tuple[AuthorKey, ...], Field(max_length=KEYS_MAX)] = ()


class CustomerChange(Given):
    """What shall change; what is left out stays."""

    name: Name | None = None
    key_customer: bool | None = None
    note: Note | None = None


class IdentityIn(Given):
    """An account: `weibo:ID` or `twitter:ID`."""

    author_key: AuthorKey


class IdentityOut(Out):
    """An account of a customer, and who said so."""

    author_key: str
    linked_by: str
    linked_at: datetime


class CustomerOut(BaseModel):
    """A customer with their accounts; some roles see the beginning of the name, and no note."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    key_customer: bool
    note: str
    created_at: datetime
    created_by: str
    identities: list[IdentityOut]

    @classmethod
    def of(cls, customer: Customer, reader: Reader) -> Self:
        """Make the answer of a customer."""
        plain = ("id", "key_customer", "created_at", "created_by", "identities")
        return cls.model_validate(
            {name: getattr(customer, name) for name in plain}
            | {
                "name": reader.name(customer.name),
                "note": customer.note if reader.clear else "",
            }
        )


class CustomerDetailOut(CustomerOut):
    """A customer with the cases of the last 30 days that an account of theirs tells."""

    cases: list[CaseOut]


@router.get("/customers")
def list_customers(
    who: AlertReader, asked: InAsked, wanted: Annotated[CustomersWanted, Query()]
) -> ListOut[CustomerOut]:
    """List customers with their accounts, newest first."""
    if wanted.q and not who.may(Permission.READ_CLEAR):
        raise HTTPException(403, f"the role {who.role} lacks {Permission.READ_CLEAR}, so no q")
    page = asked.stores.customers.page(
        wanted.limit, wanted.after(), key_customer=wanted.key_customer, named=wanted.q
    )
    reader = asked.reader(who)
    items = [CustomerOut.of(each, reader) for each in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.post("/customers", status_code=201)
def add_customer(who: CustomerHandler, asked: InAsked, given: CustomerIn) -> CustomerOut:
    """Make a customer with some accounts; all or nothing."""
    made = asked.stores.customers.add(
        given.name,
        by=who.name,
        key_customer=given.key_customer,
        note=asked.parts.mask(given.note),
        author_keys=given.author_keys,
    )
    return CustomerOut.of(made, asked.reader(who))


@router.get("/customers/{customer_id}", responses=NOT_FOUND)
def show_customer(who: AlertReader, asked: InAsked, customer_id: RowId) -> CustomerDetailOut:
    """Show a customer with the cases of the last 30 days."""
    customer, reader = asked.stores.customers.show(customer_id), asked.reader(who)
    with asked.parts.database.read() as connection:
        rows = cases_told_by(
            connection,
            [each.author_key for each in customer.identities],
            asked.parts.now() - CASES_WITHIN,
            CASES_MAX,
        )
        cases = cases_out(connection, rows, reader, asked.parts)
    return CustomerDetailOut(**CustomerOut.of(customer, reader).model_dump(), cases=cases)


@router.patch("/customers/{customer_id}", responses=NOT_FOUND)
def change_customer(
    who: CustomerHandler, asked: InAsked, customer_id: RowId, given: CustomerChange
) -> CustomerOut:
    """Change a customer's name, note, or whether they are a key customer."""
    changed = asked.stores.customers.change(
        customer_id,
        by=who.name,
        name=given.name,
        key_customer=given.key_customer,
        note=None if given.note is None else asked.parts.mask(given.note),
    )
    return CustomerOut.of(changed, asked.reader(who))


@router.post("/customers/{customer_id}/identities", status_code=201, responses=NOT_FOUND)
def link_account(
    who: CustomerHandler, asked: InAsked, customer_id: RowId, given: IdentityIn
) -> CustomerOut:
    """Say that an account is this customer's; that it is already changes nothing."""
    linked = asked.stores.customers.link(customer_id, given.author_key, by=who.name)
    return CustomerOut.of(linked, asked.reader(who))


@router.delete("/customers/{customer_id}/identities/{author_key}", responses=NOT_FOUND)
def unlink_account(
    who: CustomerHandler, asked: InAsked, customer_id: RowId, author_key: PathKey
) -> CustomerOut:
    """Say that an account is not this customer's after all."""
    left = asked.stores.customers.unlink(customer_id, author_key, by=who.name)
    return CustomerOut.of(left, asked.reader(who))
