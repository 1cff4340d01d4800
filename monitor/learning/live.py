"""The model in force and the one in the shadow: the register, looked at again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from monitor.live_config import Rules
from monitor.scoring import judge_of
from monitor.storage import models
from monitor.storage.database import Database
from monitor.storage.models import InForce, ModelState
from sentiment.judge import Judge
from sentiment.model.layer import LayeredScorer, LayerError, from_bytes
from sentiment.scorer import Evidence, Score, Scorer

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = timedelta(seconds=5)
"""A promotion reaches a running service this soon."""
REMEMBERED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Models:
    """Who judges, and who is tried: both over the same scorer."""

    active: Scorer
    shadow: Scorer | None = None
    shadow_id: int = 0


class Remembering:
    """A scorer that is not asked twice about a text, so that a shadow costs next to nothing."""

    def __init__(self, base: Scorer, most: int = REMEMBERED) -> None:
        self._base = base
        self._most = most
        self._known: dict[str, Score] = {}

    @property
    def version(self) -> str:
        return self._base.version

    def score(self, texts: Sequence[str]) -> list[Score]:
        old = self._known
        new = list(dict.fromkeys(text for text in texts if text not in old))
        known = old
        if new:
            kept = old if len(old) + len(new) <= self._most else {}
            known = {**kept, **{text: old[text] for text in texts if text in old}}
            known |= dict(zip(new, self._base.score(new), strict=True))
            self._known = known
        return [known[text] for text in texts]

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return self._base.explain(texts)


class LiveModels:
    """Gives the models in force; asks the register at most every LOOK_EVERY.

    A model that cannot be used (damaged, learnt over another scorer) is told once in the log,
    and the scorer judges without it.
    """

    def __init__(self, database: Database, base: Scorer, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._base = Remembering(base)
        self._now = now
        self._looked_at: datetime | None = None
        self._entries: tuple[InForce, ...] = ()
        self._models = Models(self._base)

    def current(self) -> Models:
        """Return the models in force now."""
        now = self._now()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            self._look()
            self._looked_at = now
        return self._models

    def _look(self) -> None:
        with self._database.read() as connection:
            entries = tuple(sorted(models.in_force(connection), key=lambda entry: entry.id))
            if entries == self._entries:
                return
            bodies = {entry.id: models.body(connection, entry.id) for entry in entries}
        self._entries = entries
        scorers = {entry.state: self._build(entry, bodies[entry.id]) for entry in entries}
        ids = {entry.state: entry.id for entry in entries}
        self._models = Models(
            scorers.get(ModelState.ACTIVE) or self._base,
            scorers.get(ModelState.SHADOW),
            ids.get(ModelState.SHADOW, 0),
        )
        log.info("models_in_force", active=self._models.active.version, shadow=self._shadow_name())

    def _shadow_name(self) -> str:
        return self._models.shadow.version if self._models.shadow else ""

    def _build(self, entry: InForce, body: bytes | None) -> Scorer | None:
        try:
            return LayeredScorer(self._base, from_bytes(body or b""))
        except LayerError as error:
            why = str(error)
            log.error("model_unusable", model=entry.version, state=entry.state, why=why)  # noqa: TRY400 (known)
            return None


class Judges:
    """Builds judges and keeps the one that was asked for last."""

    def __init__(self) -> None:
        self._key = ("", "")
        self._judge: Judge | None = None

    def over(self, scorer: Scorer, rules: Rules) -> Judge:
        """Return the judge that knows the brands of these rules, and their own words."""
        key = (rules.version, scorer.version)
        if self._judge is None or self._key != key:
            judge = judge_of(scorer, rules.config.brands, rules.book.rules)
            self._judge, self._key = judge, key
        return self._judge
