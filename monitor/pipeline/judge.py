"""Steps 5 and 6: score what was hit, decide, and write verdicts and cases at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from alerts.fold import story_text
from monitor.learning.live import Judges, LiveModels
from monitor.learning.shadow import Shadow
from monitor.live_config import LiveConfig, Rules
from monitor.metrics import Metrics
from monitor.pipeline.sieve import sieve
from monitor.pipeline.stories import Baselines, Batch, Decided
from monitor.storage import posts, verdicts
from monitor.storage import rules as rules_store
from monitor.storage.database import Connection, Database
from monitor.storage.posts import StoredHit
from sentiment.scorer import Scorer
from sentiment.verdict import Verdict

log = structlog.get_logger(__name__)

SET_ASIDE = "set_aside"
TRIES = 5
"""A passing fault, such as a full disk, shall not be laid at a hit's door."""
BATCH = 500
"""Hits judged in one transaction: enough to be quick, few enough that readers never wait."""


class Judging:
    """Takes hits without a verdict and turns them into verdicts and cases."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        scorer: Scorer,
        metrics: Metrics,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._live = live
        self._models = LiveModels(database, scorer, now=now)
        self._judges = Judges()
        self._shadow = Shadow(database, metrics, now=now)
        self._baselines = Baselines()
        self._now = now
        self._limit = BATCH
        self._trying: tuple[int, ...] = ()
        self._alone = 0

    def step(self) -> int:
        """Judge a batch of waiting hits; return how many were free to be judged.

        A hit that breaks the step must not hold up the others for ever: after a step that
        broke, the next takes half as many, down to one; one that breaks alone TRIES times is
        set aside.
        """
        if self._trying:
            self._limit = max(1, len(self._trying) // 2)
            self._alone += len(self._trying) == 1
        with self._database.read() as connection:
            waiting = posts.unjudged(connection, self._limit)
        if not waiting:
            return 0
        if self._trying == (waiting[0].id,) and self._alone >= TRIES:
            return self._set_aside(waiting[0])
        self._trying = tuple(hit.id for hit in waiting)
        judged = self._judge_batch(waiting)
        self._trying, self._alone = (), 0
        self._limit = min(BATCH, self._limit * 2)
        return judged

    def _set_aside(self, hit: StoredHit) -> int:
        """Close a hit that cannot be judged; the auditor tells people of it."""
        self._trying, self._alone = (), 0
        closed = {"hit": hit.id, "at": self._now(), "why": SET_ASIDE, "case": None}
        with self._database.write() as connection:
            posts.mark_judged(connection, [closed])
        log.error("hit_set_aside", hit=hit.id, post=hit.post.id, platform=hit.post.platform)
        return 1

    def _judge_batch(self, waiting: Sequence[StoredHit]) -> int:
        rules = self._live.current()
        models = self._models.current()
        verdicts_ = self._judges.over(models.active, rules).judge(
            [story_text(hit.post, hit.hit) for hit in waiting],
            [hit.hit.brand for hit in waiting],
        )
        with self._database.write() as connection:
            free = posts.lock_unjudged(connection, [hit.id for hit in waiting])
            pairs = [(h, v) for h, v in zip(waiting, verdicts_, strict=True) if h.id in free]
            self._write(connection, rules, pairs)
        self._shadow.look(models, rules, pairs)
        return len(pairs)

    def _write(
        self, connection: Connection, rules: Rules, pairs: Sequence[tuple[StoredHit, Verdict]]
    ) -> None:
        now = self._now()
        sieved = sieve(connection, rules.book, pairs)
        batch = Batch(connection, rules, self._baselines, sieved, now)
        every = [*sieved.released, *pairs]
        batch.look_up([hit for hit, _ in every])
        for waiting, verdict in every:
            batch.decide(waiting, verdict)
        batch.write()
        verdicts.add_verdicts(connection, [(hit.id, verdict) for hit, verdict in pairs], now)
        posts.mark_judged(connection, [_outcome(d, now) for d in batch.decided])
        rules_store.add(connection, sieved.rows)


def _outcome(decided: Decided, now: datetime) -> dict[str, object]:
    return {
        "hit": decided.waiting.id,
        "at": now,
        "why": decided.decision.reason.value,
        "case": decided.story.case_id if decided.story else None,
    }
