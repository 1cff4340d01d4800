"""The register of models: what was learnt, which is in force, which is tried in the shadow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, case, delete, func, insert, select, update

from monitor.storage import tables as t
from sentiment.verdict import Verdict

KEPT: Final = 20
"""So many models that are neither in force nor in the shadow are kept."""


class ModelState(StrEnum):
    """Where a model stands; at most one is active and one in the shadow."""

    CANDIDATE = "candidate"
    SHADOW = "shadow"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model just learnt: `body` is a layer's bytes, `corrections` how many it learnt from."""

    version: str
    base_version: str
    body: bytes
    metrics: Mapping[str, Any]
    corrections: int
    trained_by: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model of the register; `shadowed` hits were also judged by it, `agreed` alike."""

    id: int
    version: str
    base_version: str
    state: ModelState
    metrics: Mapping[str, Any]
    corrections: int
    trained_by: str
    trained_at: datetime
    changed_at: datetime
    former: str | None
    shadowed: int = 0
    agreed: int = 0


@dataclass(frozen=True, slots=True)
class InForce:
    """A model that judges, or is tried in the shadow."""

    id: int
    version: str
    state: ModelState


def put_in_shadow(connection: Connection, new: NewModel, at: datetime) -> None:
    """Register a model and put it into the shadow; the one before becomes a candidate.

    A model that is in force already stays there and only its figures are renewed.
    """
    m = t.model.c
    known = find(connection, new.version)
    values = {"metrics": dict(new.metrics), "corrections": new.corrections, "changed_at": at}
    if known and known.state is ModelState.ACTIVE:
        connection.execute(update(t.model).where(m.id == known.id).values(values))
        return
    _move(connection, m.state == ModelState.SHADOW.value, ModelState.CANDIDATE, at)
    values["state"] = ModelState.SHADOW.value
    if known:
        connection.execute(update(t.model).where(m.id == known.id).values(values))
        return
    values |= {"version": new.version, "base_version": new.base_version, "body": new.body}
    values |= {"trained_by": new.trained_by[:80], "trained_at": at}
    connection.execute(insert(t.model).values(values))
    _forget_old(connection)


def promote(connection: Connection, version: str, at: datetime) -> str | None:
    """Put a model in force; return the version that was, None for the bare scorer."""
    m = t.model.c
    former = active(connection)
    if former == version:
        return former
    _move(connection, m.state == ModelState.ACTIVE.value, ModelState.RETIRED, at)
    connection.execute(
        update(t.model)
        .where(m.version == version)
        .values(state=ModelState.ACTIVE.value, changed_at=at, former=former)
    )
    return former


def roll_back(connection: Connection, at: datetime) -> str | None:
    """Put the model in force that was before; return its version, None for the bare scorer."""
    m = t.model.c
    current = find(connection, active(connection) or "")
    if current is None:
        return None
    _move(connection, m.id == current.id, ModelState.RETIRED, at)
    former = find(connection, current.former or "")
    if former is None:
        return None
    _move(connection, m.id == former.id, ModelState.ACTIVE, at)
    return former.version


def active(connection: Connection) -> str | None:
    """Return the version in force, None for the bare scorer."""
    m = t.model.c
    wanted = select(m.version).where(m.state == ModelState.ACTIVE.value)
    return connection.execute(wanted).scalar_one_or_none()


def in_force(connection: Connection) -> Sequence[InForce]:
    """Return what judges and what is tried in the shadow, without their bodies."""
    m = t.model.c
    states = (ModelState.ACTIVE.value, ModelState.SHADOW.value)
    rows = connection.execute(select(m.id, m.version, m.state).where(m.state.in_(states)))
    return [InForce(row.id, row.version, ModelState(row.state)) for row in rows]


def body(connection: Connection, model_id: int) -> bytes | None:
    """Return a model's bytes."""
    wanted = select(t.model.c.body).where(t.model.c.id == model_id)
    found: bytes | None = connection.execute(wanted).scalar_one_or_none()
    return found


def find(connection: Connection, version: str) -> ModelRow | None:
    """Return one model, without its counts of the shadow."""
    row = (
        connection.execute(select(*_COLUMNS).where(t.model.c.version == version))
        .mappings()
        .one_or_none()
    )
    return _model(row) if row else None


def listing(connection: Connection) -> list[ModelRow]:
    """Return every model, newest first, with the counts of the shadow."""
    s = t.shadow_score.c
    agreed = func.sum(case((s.agrees, 1), else_=0))
    counts = (
        select(s.model_id, func.count().label("shadowed"), agreed.label("agreed"))
        .group_by(s.model_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            *_COLUMNS,
            func.coalesce(counts.c.shadowed, 0).label("shadowed"),
            func.coalesce(counts.c.agreed, 0).label("agreed"),
        )
        .select_from(t.model.outerjoin(counts, counts.c.model_id == t.model.c.id))
        .order_by(t.model.c.id.desc())
    ).mappings()
    return [_model(row) for row in rows]


def add_shadow_scores(
    connection: Connection,
    model_id: int,
    scores: Sequence[tuple[int, Verdict, bool]],
    at: datetime,
) -> None:
    """Keep what the shadow says: hit, verdict, and whether it agrees with the one that counts."""
    rows = [
        {
            "hit_id": hit_id,
            "model_id": model_id,
            "label": int(verdict.label),
            "complaint": verdict.complaint,
            "agrees": agrees,
            "at": at,
        }
        for hit_id, verdict, agrees in scores
    ]
    if rows:
        connection.execute(insert(t.shadow_score), rows)


_COLUMNS: Final = [column for column in t.model.c if column.name != "body"]


def _model(row: RowMapping) -> ModelRow:
    return ModelRow(**{**row, "state": ModelState(row["state"])})


def _move(connection: Connection, which: Any, state: ModelState, at: datetime) -> None:
    connection.execute(update(t.model).where(which).values(state=state.value, changed_at=at))


def _forget_old(connection: Connection) -> None:
    """Delete models beyond KEPT; what one could roll back to stays."""
    m = t.model.c
    needed = {row.former for row in connection.execute(select(m.former)) if row.former}
    idle = connection.execute(
        select(m.id, m.version)
        .where(m.state.in_([ModelState.CANDIDATE.value, ModelState.RETIRED.value]))
        .order_by(m.changed_at.desc(), m.id.desc())
        .offset(KEPT)
    ).all()
    old = [row.id for row in idle if row.version not in needed]
    connection.execute(delete(t.model).where(m.id.in_(old)))
