"""Promote a model, or go back: one transaction each, on the audit record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.learning.gate import Objection, objections
from monitor.storage import models
from monitor.storage.database import Connection, Database
from monitor.storage.models import ModelRow, ModelState
from monitor.storage.people import record
from sentiment.model.layer import LayerError, from_bytes


class RegisterError(Exception):
    """A model cannot be promoted or left as asked; the text says why and what to do."""


class NotBetterError(RegisterError):
    """A model is not better than what judges now; `objections` say in what."""

    def __init__(self, version: str, found: Sequence[Objection]) -> None:
        super().__init__(f"{version} is not better")
        self.version = version
        self.objections = tuple(found)


@dataclass(frozen=True, slots=True)
class Change:
    """Which model judges now and which did before; None for the scorer alone."""

    now: str | None
    before: str | None


def promote(
    database: Database,
    base_version: str,
    version: str | None = None,
    *,
    force: str | None = None,
    by: str,
    now: Callable[[], datetime],
) -> Change:
    """Put a model in force, by default the one in the shadow.

    `base_version` is that of the scorer in use. Raises NotBetterError unless its figures are
    better or `force` says why it is wanted all the same, and RegisterError where it cannot be
    used at all.
    """
    with database.write() as connection:
        row = _chosen(connection, version)
        _require_usable(connection, row, base_version)
        found = objections(row.metrics)
        if found and not (force or "").strip():
            raise NotBetterError(row.version, found)
        before = models.promote(connection, row.version, now())
        told = f"{row.version} instead of {before or base_version}"
        if found:
            told += f", forced: {force}"
        record(connection, now(), by, "model_promoted", told)
    return Change(row.version, before)


def roll_back(database: Database, *, by: str, now: Callable[[], datetime]) -> Change:
    """Put the former model in force again; RegisterError when there is none to leave."""
    with database.write() as connection:
        before = models.active(connection)
        if before is None:
            raise RegisterError("no model is in force: the scorer judges alone already")
        back = models.roll_back(connection, now())
        record(connection, now(), by, "model_rolled_back", f"{back or 'scorer'} after {before}")
    return Change(back, before)


def _chosen(connection: Connection, version: str | None) -> ModelRow:
    if version is None:
        shadows = [m for m in models.in_force(connection) if m.state is ModelState.SHADOW]
        if not shadows:
            raise RegisterError("no model is in the shadow; run: shifen train")
        version = shadows[0].version
    row = models.find(connection, version)
    if row is None:
        raise RegisterError(f"there is no model {version}; see: shifen model list")
    if row.state is ModelState.ACTIVE:
        raise RegisterError(f"{version} is in force already")
    return row


def _require_usable(connection: Connection, row: ModelRow, base_version: str) -> None:
    try:
        layer = from_bytes(models.body(connection, row.id) or b"")
    except LayerError as error:
        raise RegisterError(f"{row.version}: {error}; run: shifen train") from error
    if layer.base_version != base_version:
        raise RegisterError(
            f"{row.version} was learnt over {layer.base_version}, the scorer is {base_version}; "
            "run: shifen train"
        )
