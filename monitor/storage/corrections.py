"""What people say of verdicts, and what follows from it for learning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, exists, func, insert, select

from monitor.auth import Role
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.paging import Cursor, Page, cut, newest_first
from monitor.storage.people import record
from monitor.storage.posts import STORED_HITS, StoredHit, storable, stored_hit

NOTE_LIMIT: Final = 500
MOST_CORRECTIONS: Final = 20_000
"""So many of the newest corrections are learnt from."""
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Right:
    """The right values as a person sees them; None where the person says nothing."""

    label: int | None = None
    complaint: bool | None = None
    topic: str | None = None
    risk: str | None = None
    genre: str | None = None

    def over(self, older: Right) -> Right:
        """Return these values, and the older ones where these say nothing."""
        newer = {name: value for name, value in asdict(self).items() if value is not None}
        return Right(**{**asdict(older), **newer})


@dataclass(frozen=True, slots=True)
class Correction:
    """What one person said of one verdict."""

    id: int
    hit_id: int
    verdict_id: int
    who: str
    role: str
    at: datetime
    right: Right
    note: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A hit with what people in the end say of it."""

    stored: StoredHit
    right: Right


@dataclass(frozen=True, slots=True)
class Heard:
    """What people in the end say of a hit, and who of them spoke last of a complaint."""

    right: Right
    who: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something, as what, and when."""

    who: str
    role: Role
    at: datetime


class CorrectionStore:
    """What people say; nothing is ever changed, the last word of each person counts.

    `then` does, in the same transaction, what follows for the hits that were spoken of.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        then: Callable[[Connection, Sequence[int]], object] = lambda _connection, _hits: None,
    ) -> None:
        self._database = database
        self._now = now
        self._then = then

    def add(
        self,
        who: str,
        role: Role,
        right: Right,
        note: str = "",
        *,
        verdict_id: int | None = None,
        hit_id: int | None = None,
    ) -> Correction | None:
        """Append what a person says of a verdict, or of a hit's newest one; on the audit record.

        Returns None when there is no such verdict.
        """
        with self._database.write() as connection:
            target = _target(connection, verdict_id, hit_id)
            speaker = Speaker(who, role, self._now())
            said = correct(connection, target, speaker, right, note)
            if said:
                self._then(connection, [said.hit_id])
            return said

    def page(
        self,
        limit: int,
        after: Cursor | None = None,
        *,
        hit_id: int | None = None,
        who: str | None = None,
        since: datetime | None = None,
    ) -> Page[Correction]:
        """Return corrections, newest first."""
        c = t.correction.c
        query = newest_first(select(t.correction), c.at, c.id, limit, after)
        if hit_id is not None:
            query = query.where(c.hit_id == hit_id)
        if who:
            query = query.where(c.who == who)
        if since is not None:
            query = query.where(c.at >= since)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return cut([_correction(row) for row in rows], limit, lambda said: Cursor(said.at, said.id))


def correct(
    connection: Connection,
    target: tuple[int, int] | None,
    speaker: Speaker,
    right: Right,
    note: str,
) -> Correction | None:
    """Append what a person says of the `target` (verdict, hit); None where there is none."""
    if target is None:
        return None
    values = {
        "verdict_id": target[0],
        "hit_id": target[1],
        "who": speaker.who[:80],
        "role": speaker.role.value,
        "at": speaker.at,
        "note": storable(note)[:NOTE_LIMIT],
        **asdict(right),
    }
    row = (
        connection.execute(insert(t.correction).values(values).returning(*t.correction.c))
        .mappings()
        .one()
    )
    record(connection, speaker.at, speaker.who, "verdict_corrected", f"verdict {target[0]}")
    return _correction(row)


def newest_verdict(connection: Connection, hit_id: int) -> tuple[int, int] | None:
    """Return the (verdict, hit) that a correction of a hit is about."""
    return _target(connection, None, hit_id)


def corrected(connection: Connection, limit: int = MOST_CORRECTIONS) -> list[Corrected]:
    """Return every corrected hit, oldest first, with what people in the end say of it.

    Of each person only the last correction of a hit counts; where people differ, the newer.
    """
    rows = connection.execute(
        select(t.correction).order_by(t.correction.c.id.desc()).limit(limit)
    ).mappings()
    heard = _in_the_end(map(_correction, rows))
    return [Corrected(stored, heard[stored.id].right) for stored in _stored(connection, heard)]


def heard_of(connection: Connection, hit_ids: Iterable[int]) -> dict[int, Heard]:
    """Return what people in the end say of those of the hits that they spoke of."""
    said: list[Correction] = []
    for chunk in _chunks(sorted(set(hit_ids))):
        rows = select(t.correction).where(t.correction.c.hit_id.in_(chunk))
        said += map(_correction, connection.execute(rows).mappings())
    return _in_the_end(sorted(said, key=lambda each: -each.id))


def _in_the_end(newest_first: Iterable[Correction]) -> dict[int, Heard]:
    """Let the last word of each person about a hit count, and of several people the newer."""
    heard: set[tuple[str, int]] = set()
    found: dict[int, Heard] = {}
    for said in newest_first:
        if (said.who, said.hit_id) in heard:
            continue
        heard.add((said.who, said.hit_id))
        before = found.get(said.hit_id, Heard(Right(), ""))
        speaks = before.right.complaint is None and said.right.complaint is not None
        who = said.who if speaks else before.who
        found[said.hit_id] = Heard(before.right.over(said.right), who)
    return found


def uncorrected(connection: Connection, limit: int) -> list[StoredHit]:
    """Return the newest judged hits that nobody spoke of."""
    spoken_of = exists().where(t.correction.c.hit_id == t.hit.c.id)
    wanted = STORED_HITS.where(t.hit.c.judged_at.is_not(None), ~spoken_of)
    rows = connection.execute(wanted.order_by(t.hit.c.id.desc()).limit(limit))
    return [stored_hit(row) for row in rows]


def count(connection: Connection) -> int:
    """Return how many corrections there are."""
    return connection.execute(select(func.count()).select_from(t.correction)).scalar_one()


def _stored(connection: Connection, hit_ids: Iterable[int]) -> Iterator[StoredHit]:
    for chunk in _chunks(sorted(hit_ids)):
        rows = STORED_HITS.where(t.hit.c.id.in_(chunk)).order_by(t.hit.c.id)
        yield from (stored_hit(row) for row in connection.execute(rows))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _target(
    connection: Connection, verdict_id: int | None, hit_id: int | None
) -> tuple[int, int] | None:
    v = t.verdict.c
    wanted = v.id == verdict_id if verdict_id is not None else v.hit_id == hit_id
    row = connection.execute(
        select(v.id, v.hit_id).where(wanted).order_by(v.id.desc()).limit(1)
    ).one_or_none()
    return (row.id, row.hit_id) if row else None


def _correction(row: RowMapping) -> Correction:
    plain: dict[str, Any] = {
        name: row[name] for name in ("id", "hit_id", "verdict_id", "who", "role", "at", "note")
    }
    names = ("label", "complaint", "topic", "risk", "genre")
    return Correction(**plain, right=Right(**{name: row[name] for name in names}))
