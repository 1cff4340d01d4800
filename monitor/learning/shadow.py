"""The model on trial judges what the service judges, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from alerts.decide import MIN_COMPLAINT
from alerts.fold import story_text
from monitor.jobs import run_one
from monitor.learning.live import Judges, Models
from monitor.live_config import Rules
from monitor.metrics import Metrics
from monitor.storage import models
from monitor.storage.database import Database
from monitor.storage.posts import StoredHit
from sentiment.judge import Judge
from sentiment.verdict import Verdict

MOST_AT_ONCE: Final = 100
"""Hits of one batch that the shadow judges too: a storm must not be judged twice."""
REST: Final = timedelta(minutes=1)
"""A shadow that broke is left alone so long."""


class Shadow:
    """Keeps what the model on trial says beside what was decided.

    Called after the decision is committed; whatever goes wrong here is logged and counted
    (job `shadow`) and disturbs nobody.
    """

    def __init__(
        self, database: Database, metrics: Metrics, *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._now = now
        self._rests_until: datetime | None = None
        self._judges = Judges()

    def look(
        self, models_now: Models, rules: Rules, pairs: Sequence[tuple[StoredHit, Verdict]]
    ) -> None:
        """Let the shadow judge some of the hits that were judged just now."""
        scorer = models_now.shadow
        if scorer is None or not pairs:
            return
        if self._rests_until is not None and self._now() < self._rests_until:
            return
        judge = self._judges.over(scorer, rules)
        some = pairs[:MOST_AT_ONCE]
        model_id = models_now.shadow_id
        well = run_one("shadow", lambda: self._score(judge, model_id, some), self._metrics)
        self._rests_until = None if well else self._now() + REST

    def _score(
        self, judge: Judge, model_id: int, pairs: Sequence[tuple[StoredHit, Verdict]]
    ) -> None:
        verdicts = judge.judge(
            [story_text(stored.post, stored.hit) for stored, _ in pairs],
            [stored.hit.brand for stored, _ in pairs],
        )
        scores = [
            (stored.id, own, agrees(own, counts))
            for (stored, counts), own in zip(pairs, verdicts, strict=True)
        ]
        with self._database.write() as connection:
            models.add_shadow_scores(connection, model_id, scores, self._now())


def agrees(one: Verdict, other: Verdict) -> bool:
    """Whether both say the same polarity and the same of a complaint."""
    complaints = one.complaint >= MIN_COMPLAINT, other.complaint >= MIN_COMPLAINT
    return one.label is other.label and complaints[0] is complaints[1]
