"""The people behind accounts, as judging knows them: who they are, how often they complained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from alerts.case import CaseState
from monitor.storage.case_tables import customer, customer_identity
from monitor.storage.tables import alert_case

_CHUNK: Final = 500
_NO_COMPLAINTS: Final = (CaseState.FALSE_ALARM.value, CaseState.WITHDRAWN.value)


@dataclass(frozen=True, slots=True)
class Known:
    """What judging knows of the person behind an account; `author_keys` are all their accounts."""

    customer_id: int
    name: str
    key_customer: bool
    author_keys: tuple[str, ...]


def behind(connection: Connection, author_keys: Iterable[str]) -> dict[str, Known]:
    """Return whom we know behind each of these accounts; strangers are left out."""
    mine, theirs = customer_identity.alias("mine"), customer_identity.alias("theirs")
    query = (
        select(
            mine.c.author_key,
            customer.c.id,
            customer.c.name,
            customer.c.key_customer,
            theirs.c.author_key.label("account"),
        )
        .join(customer, customer.c.id == mine.c.customer_id)
        .join(theirs, theirs.c.customer_id == mine.c.customer_id)
        .order_by(theirs.c.author_key)
    )
    rows: dict[str, list[Any]] = {}
    for chunk in _chunks(author_keys):
        for row in connection.execute(query.where(mine.c.author_key.in_(chunk))):
            rows.setdefault(row.author_key, []).append(row)
    return {
        author_key: Known(
            customer_id=found[0].id,
            name=found[0].name,
            key_customer=found[0].key_customer,
            author_keys=tuple(row.account for row in found),
        )
        for author_key, found in rows.items()
    }


def complaints_by(
    connection: Connection, author_keys: Iterable[str], since: datetime
) -> dict[tuple[str, str], int]:
    """Count per (author, brand) the complaints of the person behind each author since `since`.

    These are the cases that any of the person's accounts opened, on any platform. Cases that
    proved to be none (false alarms, withdrawn ones) do not count, merged ones count once.
    """
    wanted = set(author_keys)
    known = behind(connection, wanted)
    accounts = {key: known[key].author_keys if key in known else (key,) for key in wanted}
    opened = _opened_by(connection, {each for keys in accounts.values() for each in keys}, since)
    counts: dict[tuple[str, str], int] = {}
    for author_key, keys in accounts.items():
        stories = {story for key in keys for story in opened.get(key, ())}
        for brand, _ in stories:
            counts[author_key, brand] = counts.get((author_key, brand), 0) + 1
    return counts


def _opened_by(
    connection: Connection, author_keys: Iterable[str], since: datetime
) -> dict[str, set[tuple[str, int]]]:
    """Return per account the brand and id of each case that it opened, merged ones as one."""
    case = alert_case.c
    query = select(
        case.author_key, case.brand, func.coalesce(case.merged_into, case.id).label("story")
    ).where(case.opened_at >= since, case.state.not_in(_NO_COMPLAINTS))
    opened: dict[str, set[tuple[str, int]]] = {}
    for chunk in _chunks(author_keys):
        for row in connection.execute(query.where(case.author_key.in_(chunk))):
            opened.setdefault(row.author_key, set()).add((row.brand, row.story))
    return opened


def _chunks(author_keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = sorted(set(author_keys))
    for first in range(0, len(wanted), _CHUNK):
        yield wanted[first : first + _CHUNK]
