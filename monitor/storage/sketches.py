"""Where the texts of open cases look like others: finds the cases that a post may be a copy of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from alerts.similar import CROWD, ranked
from monitor.storage import tables as t
from monitor.storage.case_tables import case_sketch

_AT_ONCE = 8000
"""Bands asked for in one statement: 500 posts; SQLite takes 32,766 values."""


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
        connection.execute(delete(case_sketch).where(case_sketch.c.case_id.in_(ids)))


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
    sketch = case_sketch.c
    holders: dict[int, list[int]] = {}
    for some in _chunks(bands):
        asked = select(sketch.case_id, sketch.band).where(
            sketch.brand == brand, sketch.band.in_(some), sketch.opened_at > opened_after
        )
        for case_id, band in connection.execute(asked.order_by(sketch.case_id)).all():
            holders.setdefault(band, []).append(case_id)
    return holders


def _counts(connection: Connection, brand: str, bands: Iterable[int]) -> dict[int, int]:
    sketch = case_sketch.c
    counts: dict[int, int] = {}
    for some in _chunks(bands):
        counted = (
            select(sketch.band, func.count().label("holders"))
            .where(sketch.brand == brand, sketch.band.in_(some))
            .group_by(sketch.band)
        )
        counts.update(connection.execute(counted).all())
    return counts


def _texts(connection: Connection, case_ids: Iterable[int]) -> dict[int, str]:
    case = t.alert_case.c
    texts: dict[int, str] = {}
    for ids in _chunks(case_ids):
        wanted = select(case.id, case.text).where(case.id.in_(ids), case.closed_at.is_(None))
        texts.update((row.id, row.text) for row in connection.execute(wanted))
    return texts


def _by_brand(sketches: Iterable[Sketch]) -> dict[str, list[Sketch]]:
    by_brand: dict[str, list[Sketch]] = {}
    for sketch in sketches:
        by_brand.setdefault(sketch.brand, []).append(sketch)
    return by_brand


def _chunks(values: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
