"""What hangs on a case, for the console and the API: who tells it, who is called about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, select

from alerts.case import CaseView
from monitor.storage import tables as t
from monitor.storage import tellings, timeline
from monitor.storage.case_tables import case_author, customer, customer_identity
from monitor.storage.rows import AuthorRow
from monitor.storage.tellings import Known, view_of
from monitor.storage.timeline import CaseEvent, EventKind

AUTHORS_SHOWN: Final = 5
VIEWED: Final = (
    *("id", "brand", "platform", "language", "topic", "risk", "severity", "state"),
    *("spread_count", "reach", "posts", "author_key", "published_at", "opened_at"),
    *("answered_at", "acked_by", "ack_expires_at"),
)
"""The columns that `view_of` needs: not the texts, for there may be thousands of open cases."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Who tells a story: so many in all, those who began it, and those whom most people hear."""

    total: int
    first: tuple[AuthorRow, ...]
    loudest: tuple[AuthorRow, ...]

    @property
    def strangers(self) -> tuple[AuthorRow, ...]:
        """Those of them whom we do not know as customers, each once.

        Who has no account id (`weibo:post:1`) cannot be linked and is left out.
        """
        every = {row.author_key: row for row in (*self.first, *self.loudest)}
        named = (row for key, row in every.items() if key.count(":") == 1)
        return tuple(row for row in named if row.customer_id is None)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a receiver knows of a case; `held` is the entry that says why not of the rest."""

    receiver: str
    known: Known
    held: CaseEvent | None


def voices(connection: Connection, case_id: int, most: int = AUTHORS_SHOWN) -> Voices:
    """Return the authors of a case, and the customers behind their accounts."""
    author = case_author.c
    query = (
        select(
            *(author.author_key, author.name, author.followers, author.posts, author.first_at),
            customer.c.id.label("customer_id"),
            customer.c.name.label("customer_name"),
            customer.c.key_customer,
        )
        .outerjoin_from(
            case_author, customer_identity, customer_identity.c.author_key == author.author_key
        )
        .outerjoin(customer, customer.c.id == customer_identity.c.customer_id)
        .where(author.case_id == case_id)
        .limit(most)
    )
    orders: tuple[tuple[Any, ...], ...] = (
        (author.first_at, author.author_key),
        (author.followers.desc().nulls_last(), author.first_at, author.author_key),
    )
    first, loudest = (
        tuple(AuthorRow(**row) for row in connection.execute(query.order_by(*order)).mappings())
        for order in orders
    )
    total = connection.execute(
        select(func.count()).select_from(case_author).where(author.case_id == case_id)
    ).scalar_one()
    return Voices(total, first, loudest)


def heard(connection: Connection, case_id: int) -> tuple[Heard, ...]:
    """Return the receivers that were told of a case or kept from it, by name."""
    held = {
        event.data["receiver"]: event
        for event in timeline.of_case(connection, case_id)
        if event.kind is EventKind.HELD
    }
    known = tellings.known(connection, [case_id])
    return tuple(
        Heard(receiver, known[case, receiver], held.get(receiver))
        for case, receiver in sorted(known)
    )


def open_views(connection: Connection, brands: Collection[str] = ()) -> list[CaseView]:
    """Return the open cases, only those of some brands where given, the newest first."""
    case = t.alert_case.c
    query = select(*(case[name] for name in VIEWED)).where(case.closed_at.is_(None))
    if brands:
        query = query.where(case.brand.in_(brands))
    return [view_of(row) for row in connection.execute(query.order_by(case.id.desc()))]
