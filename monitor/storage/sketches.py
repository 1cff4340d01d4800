"""Where the texts of open cases look like others: finds the cases that a post may be a copy of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select

from alerts.similar import CROWD, ranked
from monitor.storage import tables as t
from monitor.storage.case_tables import case_sketch

_AT_ONCE = 8000
"""Bands asked for in one statement: 500 posts; SQLite takes 32,766 values."""

# Built once: to build them anew would take as long as the database takes to answer.
_SKETCH = case_sketch.c
_CASE = t.alert_case.c
_HELD = and_(
    _SKETCH.brand == bindparam("brand"), _SKETCH.band.in_(bindparam("bands", expanding=True))
)
_HOLDERS = select(_SKETCH.case_id, _SKETCH.band).where(
    _HELD, _SKETCH.opened_at > bindparam("opened_after")
)
_COUNTS = select(_SKETCH.band, func.count().label("holders")).where(_HELD).group_by(_SKETCH.band)
_TEXTS = select(_CASE.id, _CASE.text).where(
    _CASE.id.in_(bindparam("case_ids", expanding=True)), _CASE.closed_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """The bands of an open case's text (`alerts.similar.bands` of `fold.story_letters`)."""

    case_id: int
    brand: str
    opened_at: datetime
    bands: tuple[int, ...]


def add(connection: Connection, sketches: Sequence[Sketch]) -> None:
    """Remember the bands of new cases.

    Bands that `CROWD` cases of a brand have already are left out: they tell nothing, and would
    have every post compared with all of them.
    """
    rows = [
        row
        for brand, mine in _by_brand(sketches).items()
        for row in _rows(
            mine, _counts(connection, brand, {band for sketch in mine for band in sketch.bands})
        )
    ]
    if rows:
        connection.execute(insert(case_sketch), rows)


def candidates(
    connection: Connection,
    queries: Sequence[tuple[str, Sequence[int]]],
    opened_after: datetime,
) -> list[list[tuple[int, str]]]:
    """Return for each (brand, bands) the open cases (id, text) that it may be a copy of.

    They were opened after that time and are ordered as `alerts.similar.ranked` says, the older
    first among equals.
    """
    asked: dict[str, set[int]] = {}
    for brand, bands in queries:
        asked.setdefault(brand, set()).update(bands)
    holders = {
        brand: _holders(connection, brand, bands, opened_after) for brand, bands in asked.items()
    }
    best = [ranked(holders[brand].get(band, ()) for band in bands) for brand, bands in queries]
    texts = _texts(connection, set(chain.from_iterable(best)))
    return [[(case_id, texts[case_id]) for case_id in ids if case_id in texts] for ids in best]


def remove(connection: Connection, case_ids: Iterable[int]) -> None:
    """Forget the bands of cases that are open no longer."""
    for ids in _chunks(case_ids):
        connection.execute(delete(case_sketch).where(_SKETCH.case_id.in_(ids)))


def _rows(sketches: Iterable[Sketch], holders: Mapping[int, int]) -> Iterator[dict[str, Any]]:
    """Give the rows to add, where each band has so many holders already."""
    taken = Counter(holders)
    for sketch in sketches:
        for band in sketch.bands:
            if taken[band] < CROWD:
                taken[band] += 1
                yield {
                    "case_id": sketch.case_id,
                    "band": band,
                    "brand": sketch.brand,
                    "opened_at": sketch.opened_at,
                }


def _holders(
    connection: Connection, brand: str, bands: Iterable[int], opened_after: datetime
) -> dict[int, list[int]]:
    holders: dict[int, list[int]] = {}
    for some in _chunks(bands):
        asked = {"brand": brand, "bands": some, "opened_after": opened_after}
        for case_id, band in connection.execute(_HOLDERS, asked).all():
            holders.setdefault(band, []).append(case_id)
    for case_ids in holders.values():
        case_ids.sort()
    return holders


def _counts(connection: Connection, brand: str, bands: Iterable[int]) -> dict[int, int]:
    return {
        row.band: row.holders
        for some in _chunks(bands)
        for row in connection.execute(_COUNTS, {"brand": brand, "bands": some})
    }


def _texts(connection: Connection, case_ids: Iterable[int]) -> dict[int, str]:
    return {
        case_id: text
        for ids in _chunks(case_ids)
        for case_id, text in connection.execute(_TEXTS, {"case_ids": ids}).all()
    }


def _by_brand(sketches: Iterable[Sketch]) -> dict[str, list[Sketch]]:
    by_brand: dict[str, list[Sketch]] = {}
    for sketch in sketches:
        by_brand.setdefault(sketch.brand, []).append(sketch)
    return by_brand


def _chunks(values: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
