"""Pages of a list: newest first, each with a cursor to the next, exact while rows arrive."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, tuple_

from monitor.storage.columns import EPOCH

LIMIT_DEFAULT: Final = 50
LIMIT_MAX: Final = 200
# A place in time that every database and Python can hold.
_MICROSECONDS_MAX: Final = 253_402_300_799_999_999

T = TypeVar("T")
U = TypeVar("U")


class CursorError(ValueError):
    """The text is no cursor that this service gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the next page starts behind it."""

    at: datetime
    id: int

    def encode(self) -> str:
        """Return it as text for an address."""
        micros = (self.at - EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(f"[{micros},{self.id}]".encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """Read what `Cursor.encode` wrote; raise CursorError for anything else."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        micros, row_id = json.loads(raw)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise CursorError("not a cursor of this service") from error
    whole = all(type(number) is int for number in (micros, row_id))
    if not whole or not 0 <= micros <= _MICROSECONDS_MAX or not 0 < row_id < 2**63:
        raise CursorError("not a cursor of this service")
    return Cursor(EPOCH + timedelta(microseconds=micros), row_id)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; `next_cursor` is None at its end."""

    items: tuple[T, ...]
    next_cursor: str | None

    def map(self, change: Callable[[T], U]) -> Page[U]:
        """Return the page with every item changed."""
        return Page(tuple(change(item) for item in self.items), self.next_cursor)


def newest_first(
    query: Select[Any],
    at: ColumnElement[datetime],
    row_id: ColumnElement[int],
    limit: int,
    after: Cursor | None,
) -> Select[Any]:
    """Order `query` by time and id and ask for one row more than the page holds."""
    if not 1 <= limit <= LIMIT_MAX:
        raise ValueError(f"limit must be 1..{LIMIT_MAX}, not {limit}")
    if after is not None:
        # The first condition says nothing new, but lets an index on the time alone start there.
        query = query.where(at <= after.at, tuple_(at, row_id) < (after.at, after.id))
    return query.order_by(at.desc(), row_id.desc()).limit(limit + 1)


def cut(rows: Sequence[T], limit: int, place: Callable[[T], Cursor]) -> Page[T]:
    """Make a page of the rows that `newest_first` asked for."""
    items = tuple(rows[:limit])
    return Page(items, place(items[-1]).encode() if len(rows) > limit else None)
