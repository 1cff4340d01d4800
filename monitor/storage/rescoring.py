"""How far old hits have been judged anew: one row per run, moved on with every batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, select, update

from monitor.storage import tables as t
from monitor.storage.posts import STORED_HITS, StoredHit, stored_hit

SET_ASIDE: Final = "set_aside"


class RescoreState(StrEnum):
    """Where a run stands; at most one is running."""

    RUNNING = "running"
    DONE = "done"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Progress:
    """A run over the hits up to `until_id`: `done` of `total` seen, `changed` verdicts added."""

    id: int
    model_version: str
    since_at: datetime | None
    state: RescoreState
    done_to: int
    until_id: int
    total: int
    done: int
    changed: int
    started_by: str
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


def start(
    connection: Connection, model_version: str, since: datetime | None, by: str, at: datetime
) -> Progress:
    """Begin a run over all that is judged now; one that still runs is superseded."""
    finish(connection, RescoreState.SUPERSEDED, at)
    h = t.hit.c
    total, until_id = connection.execute(
        select(func.count(), func.coalesce(func.max(h.id), 0)).where(_judged(since))
    ).one()
    row = connection.execute(
        insert(t.rescore)
        .values(
            model_version=model_version,
            since_at=since,
            state=RescoreState.RUNNING.value,
            done_to=0,
            until_id=until_id,
            total=total,
            started_by=by[:80],
            started_at=at,
            updated_at=at,
        )
        .returning(*t.rescore.c)
    ).mappings()
    return _progress(row.one())


def running(connection: Connection) -> Progress | None:
    """Return the run that is not finished."""
    wanted = select(t.rescore).where(t.rescore.c.state == RescoreState.RUNNING.value)
    row = connection.execute(wanted).mappings().one_or_none()
    return _progress(row) if row else None


def newest(connection: Connection) -> Progress | None:
    """Return the run that began last, finished or not."""
    wanted = select(t.rescore).order_by(t.rescore.c.id.desc()).limit(1)
    row = connection.execute(wanted).mappings().one_or_none()
    return _progress(row) if row else None


def waiting(connection: Connection, run: Progress, limit: int) -> list[StoredHit]:
    """Return the next hits of a run, in order."""
    h = t.hit.c
    rows = connection.execute(
        STORED_HITS.where(h.id > run.done_to, h.id <= run.until_id, _judged(run.since_at))
        .order_by(h.id)
        .limit(limit)
    )
    return [stored_hit(row) for row in rows]


def versions(connection: Connection, hit_ids: Sequence[int]) -> dict[int, str]:
    """Return the model version of each hit's newest verdict."""
    v = t.verdict.c
    rows = connection.execute(
        select(v.hit_id, v.model_version).where(v.hit_id.in_(hit_ids)).order_by(v.id)
    )
    return {row.hit_id: row.model_version for row in rows}


def advance(
    connection: Connection, run: Progress, hits: Sequence[StoredHit], changed: int, at: datetime
) -> bool:
    """Move a run on; False when somebody else did so first, and nothing may be written."""
    r = t.rescore.c
    return (
        connection.execute(
            update(t.rescore)
            .where(
                r.id == run.id,
                r.done_to == run.done_to,
                r.state == RescoreState.RUNNING.value,
            )
            .values(
                done_to=hits[-1].id,
                done=r.done + len(hits),
                changed=r.changed + changed,
                updated_at=at,
            )
        ).rowcount
        == 1
    )


def finish(connection: Connection, state: RescoreState, at: datetime) -> None:
    """End the run that is not finished."""
    connection.execute(
        update(t.rescore)
        .where(t.rescore.c.state == RescoreState.RUNNING.value)
        .values(state=state.value, finished_at=at, updated_at=at)
    )


def _judged(since: datetime | None) -> ColumnElement[bool]:
    """Hits with a verdict; what broke the judge once is not tried again."""
    h = t.hit.c
    judged = and_(h.judged_at.is_not(None), h.reason != SET_ASIDE)
    return judged if since is None else and_(judged, h.matched_at >= since)


def _progress(row: RowMapping) -> Progress:
    return Progress(**{**row, "state": RescoreState(row["state"])})
