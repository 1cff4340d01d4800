"""Judges old hits anew: verdicts are appended, and open cases follow them.

None is opened, for what is old; those that are open are withdrawn or raised
(`monitor.pipeline.reconsider`), and who was told of them hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from alerts.fold import story_text
from monitor.learning.live import Judges, LiveModels
from monitor.live_config import LiveConfig
from monitor.pipeline.reconsider import reconsider
from monitor.storage import rescoring, verdicts
from monitor.storage.database import Database
from monitor.storage.rescoring import Progress, RescoreState
from sentiment.judge import Judge
from sentiment.scorer import Scorer

BATCH: Final = 200


class Rescoring:
    """Moves a run on, batch by batch.

    A batch and how far it got are one transaction: whatever ends the process, the next one
    goes on exactly there. Several may work on one run; who comes second writes nothing.
    """

    def __init__(
        self, database: Database, live: LiveConfig, scorer: Scorer, *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._live = live
        self._models = LiveModels(database, scorer, now=now)
        self._now = now
        self._judges = Judges()

    def begin(self, since: datetime | None, by: str) -> Progress:
        """Return the run to work on: one of the same model that was interrupted, or a new one.

        `since` is the earliest time of matching; None takes up a run whatever its `since`.
        """
        version = self._current().version
        with self._database.write() as connection:
            run = rescoring.running(connection)
            if run and run.model_version == version and since in (None, run.since_at):
                return run
            return rescoring.start(connection, version, since, by, self._now())

    def step(self) -> Progress | None:
        """Judge one batch anew; None when nothing is left to do.

        A run whose model no longer judges is superseded.
        """
        with self._database.read() as connection:
            run = rescoring.running(connection)
        if run is None:
            return None
        judge = self._current()
        if judge.version != run.model_version:
            self._finish(RescoreState.SUPERSEDED)
            return None
        with self._database.read() as connection:
            hits = rescoring.waiting(connection, run, BATCH)
            known = rescoring.versions(connection, [hit.id for hit in hits])
        if not hits:
            self._finish(RescoreState.DONE)
            return None
        judged = judge.judge(
            [story_text(hit.post, hit.hit) for hit in hits], [hit.hit.brand for hit in hits]
        )
        fresh = [
            (hit.id, verdict)
            for hit, verdict in zip(hits, judged, strict=True)
            if known.get(hit.id) != verdict.model_version
        ]
        with self._database.write() as connection:
            if rescoring.advance(connection, run, hits, len(fresh), self._now()):
                now = self._now()
                verdicts.add_verdicts(connection, fresh, now)
                changed = [hit_id for hit_id, _ in fresh]
                reconsider(connection, self._live.current(), changed, now)
            return rescoring.running(connection)

    def _finish(self, state: RescoreState) -> None:
        with self._database.write() as connection:
            rescoring.finish(connection, state, self._now())

    def _current(self) -> Judge:
        return self._judges.over(self._models.current().active, self._live.current())
