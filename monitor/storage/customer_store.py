"""The register of customers: who made and linked whom; each deed on the audit record."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from monitor.storage.case_tables import customer, customer_identity
from monitor.storage.database import Database
from monitor.storage.paging import Cursor, Page, cut, newest_first
from monitor.storage.people import record
from monitor.storage.posts import storable
from scrapers.post import Platform

NAME_LIMIT: Final = 80
NOTE_LIMIT: Final = 500
_KEY_LIMIT: Final = 96
_AUTHOR_ID: Final = re.compile(r"[\w.-]{1,80}")


class CustomerError(Exception):
    """A customer cannot be made or changed as asked; the text says why."""


class NoCustomerError(CustomerError):
    """There is no customer of that id."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An account (`platform:author id`) that belongs to a customer, and who said so."""

    author_key: str
    linked_by: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with the accounts that are known to be theirs, in the order of their keys."""

    id: int
    name: str
    key_customer: bool
    note: str
    created_at: datetime
    created_by: str
    identities: tuple[Identity, ...] = ()


class CustomerStore:
    """The customers; each change is on the audit record under the name `by`.

    The record names customers by their ids: what deletes a person must not leave their name.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def add(
        self,
        name: str,
        *,
        by: str,
        key_customer: bool = False,
        note: str = "",
        author_keys: Iterable[str] = (),
    ) -> Customer:
        """Make a customer with these accounts; all or nothing.

        Raises CustomerError for an empty name and for an account that is none or is taken.
        """
        at = self._now()
        values = {
            "name": _name(name),
            "key_customer": key_customer,
            "note": _note(note),
            "created_at": at,
            "created_by": by[:80],
        }
        with _one_owner(), self._database.write() as connection:
            customer_id: int = connection.execute(
                insert(customer).values(values).returning(customer.c.id)
            ).scalar_one()
            mark = " key_customer" if key_customer else ""
            record(connection, at, by, "customer_added", f"customer {customer_id}{mark}")
            for author_key in dict.fromkeys(author_keys):
                _link(connection, customer_id, author_key, by, at)
            return _read(connection, customer_id)

    def change(
        self,
        customer_id: int,
        *,
        by: str,
        name: str | None = None,
        key_customer: bool | None = None,
        note: str | None = None,
    ) -> Customer:
        """Change what is given and return the whole; what stays the same is not put on record.

        Raises NoCustomerError, and CustomerError for an empty name.
        """
        wanted: dict[str, Any] = {
            "name": None if name is None else _name(name),
            "key_customer": key_customer,
            "note": None if note is None else _note(note),
        }
        with self._database.write() as connection:
            before = _read(connection, customer_id)
            changes = {
                column: value
                for column, value in wanted.items()
                if value is not None and value != getattr(before, column)
            }
            if not changes:
                return before
            connection.execute(update(customer).where(customer.c.id == customer_id).values(changes))
            told = [
                f"{column} {str(value).lower()}" if isinstance(value, bool) else column
                for column, value in changes.items()
            ]
            subject = f"customer {customer_id}: {', '.join(told)}"
            record(connection, self._now(), by, "customer_changed", subject)
            return _read(connection, customer_id)

    def link(self, customer_id: int, author_key: str, *, by: str) -> Customer:
        """Say that an account is this customer's; that it is already is no error.

        Raises NoCustomerError, and CustomerError when it is none or another customer's.
        """
        with _one_owner(), self._database.write() as connection:
            _read(connection, customer_id)
            _link(connection, customer_id, author_key, by, self._now())
            return _read(connection, customer_id)

    def unlink(self, customer_id: int, author_key: str, *, by: str) -> Customer:
        """Say that an account is not this customer's after all; raises CustomerError."""
        identity = customer_identity.c
        with self._database.write() as connection:
            known = _read(connection, customer_id)
            gone = connection.execute(
                delete(customer_identity).where(
                    identity.author_key == author_key, identity.customer_id == customer_id
                )
            )
            if not gone.rowcount:
                raise CustomerError(f"{author_key} is no account of customer {known.id}")
            subject = f"customer {customer_id} {author_key}"
            record(connection, self._now(), by, "customer_unlinked", subject)
            return _read(connection, customer_id)

    def delete(self, customer_id: int, *, by: str) -> None:
        """Forget a customer and whose accounts they were; raises NoCustomerError."""
        with self._database.write() as connection:
            gone = connection.execute(delete(customer).where(customer.c.id == customer_id))
            if not gone.rowcount:
                raise NoCustomerError(f"there is no customer {customer_id}")
            record(connection, self._now(), by, "customer_deleted", f"customer {customer_id}")

    def show(self, customer_id: int) -> Customer:
        """Return a customer with their accounts; raises NoCustomerError."""
        with self._database.read() as connection:
            return _read(connection, customer_id)

    def page(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        key_customer: bool | None = None,
        named: str = "",
    ) -> Page[Customer]:
        """Return customers with their accounts, newest first.

        `key_customer` keeps those who are, or are not, key customers; `named` those whose name
        holds this text, in either case of letters.
        """
        query = select(customer)
        if key_customer is not None:
            query = query.where(customer.c.key_customer.is_(key_customer))
        if named:
            query = query.where(customer.c.name.icontains(storable(named), autoescape=True))
        query = newest_first(query, customer.c.created_at, customer.c.id, limit, after)
        with self._database.read() as connection:
            page = cut(
                connection.execute(query).all(), limit, lambda row: Cursor(row.created_at, row.id)
            )
            identities = _identities(connection, [row.id for row in page.items])
        return page.map(lambda row: _customer(row, identities.get(row.id, ())))


@contextmanager
def _one_owner() -> Iterator[None]:
    """Say it in words when somebody else links the same account in this very moment."""
    try:
        yield
    except IntegrityError as error:
        raise CustomerError(
            "somebody else changed this customer or account just now; look again"
        ) from error


def _link(connection: Connection, customer_id: int, author_key: str, by: str, at: datetime) -> None:
    author_key = _author_key(author_key)
    identity = customer_identity.c
    owner = connection.execute(
        select(identity.customer_id).where(identity.author_key == author_key)
    ).scalar_one_or_none()
    if owner == customer_id:
        return
    if owner is not None:
        raise CustomerError(f"{author_key} belongs to customer {owner}; unlink it there first")
    connection.execute(
        insert(customer_identity).values(
            author_key=author_key, customer_id=customer_id, linked_by=by[:80], linked_at=at
        )
    )
    record(connection, at, by, "customer_linked", f"customer {customer_id} {author_key}")


def _read(connection: Connection, customer_id: int) -> Customer:
    row = connection.execute(select(customer).where(customer.c.id == customer_id)).one_or_none()
    if row is None:
        raise NoCustomerError(f"there is no customer {customer_id}")
    return _customer(row, _identities(connection, [customer_id]).get(customer_id, ()))


def _identities(
    connection: Connection, customer_ids: Collection[int]
) -> dict[int, tuple[Identity, ...]]:
    identity = customer_identity.c
    found: dict[int, tuple[Identity, ...]] = {}
    for row in connection.execute(
        select(customer_identity)
        .where(identity.customer_id.in_(customer_ids))
        .order_by(identity.author_key)
    ):
        linked = Identity(row.author_key, row.linked_by, row.linked_at)
        found[row.customer_id] = (*found.get(row.customer_id, ()), linked)
    return found


def _customer(row: Row[Any], identities: tuple[Identity, ...]) -> Customer:
    return Customer(
        id=row.id,
        name=row.name,
        key_customer=row.key_customer,
        note=row.note,
        created_at=row.created_at,
        created_by=row.created_by,
        identities=identities,
    )


def _name(name: str) -> str:
    name = storable(name.strip())
    if not 1 <= len(name) <= NAME_LIMIT:
        raise CustomerError(f"a customer's name has 1 to {NAME_LIMIT} characters")
    return name


def _note(note: str) -> str:
    note = storable(note.strip())
    if len(note) > NOTE_LIMIT:
        raise CustomerError(f"a note has at most {NOTE_LIMIT} characters, not {len(note)}")
    return note


def _author_key(author_key: str) -> str:
    """Check what names an account; authors without an id (`weibo:post:1`) cannot be linked."""
    platform, _, author_id = author_key.strip().partition(":")
    known = [each.value for each in Platform]
    if platform not in known or not _AUTHOR_ID.fullmatch(author_id):
        kinds = " or ".join(f"{each}:ID" for each in known)
        raise CustomerError(f"{author_key[:_KEY_LIMIT]!r} is no account; write {kinds}")
    return f"{platform}:{author_id}"
