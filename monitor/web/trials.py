"""Rules being tried in the background, one at a time, with how far each has come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final

import structlog
from fastapi import Depends, HTTPException, Request

from alerts.rules import Rule
from monitor.dry_run import DryRun, DryRuns
from monitor.storage import history
from monitor.storage.database import Database

log = structlog.get_logger(__name__)

KEPT: Final = 10
"""So many trials are remembered."""
LONGEST_S: Final = 120.0
"""Nobody waits longer for an answer."""


class TrialError(Exception):
    """A rule cannot be tried now; `busy` says that another one is being tried."""

    def __init__(self, problem: str, *, busy: bool = False) -> None:
        super().__init__(problem)
        self.busy = busy


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule that is tried: `done` of `total` posts; then `result`, or `failed`."""

    id: int
    rule: Rule
    days: float
    started_at: datetime
    total: int
    done: int = 0
    result: DryRun | None = None
    failed: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.result is not None or self.failed


class Trials:
    """Tries rules; safe for several threads, of which one tries at a time."""

    def __init__(
        self,
        dry_runs: DryRuns,
        database: Database,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dry_runs = dry_runs
        self._database = database
        self._now = now
        self._monotonic = monotonic
        self._one = threading.Lock()
        self._lock = threading.Lock()
        self._trials: dict[int, Trial] = {}
        self._next = 1

    @property
    def rules(self) -> DryRuns:
        """What makes rules of names and drafts."""
        return self._dry_runs

    def run(self, rule: Rule, days: float) -> DryRun:
        """Try a rule and wait for it; raises TrialError when busy or when it takes too long."""
        total = self._count(days)
        self._take_turn()
        try:
            return self._run(self._remember(rule, days, total))
        finally:
            self._one.release()

    def start(self, rule: Rule, days: float) -> Trial:
        """Try a rule in the background; raises TrialError when another one is being tried."""
        total = self._count(days)
        self._take_turn()
        trial = self._remember(rule, days, total)
        thread = threading.Thread(
            target=self._in_background, args=(trial,), name="dry-run", daemon=True
        )
        thread.start()
        return trial

    def find(self, trial_id: int) -> Trial | None:
        """Return how far a trial has come; None for one that is not remembered."""
        with self._lock:
            return self._trials.get(trial_id)

    def _take_turn(self) -> None:
        if not self._one.acquire(blocking=False):
            raise TrialError("another rule is being tried; wait for it", busy=True)

    def _count(self, days: float) -> int:
        with self._database.read() as connection:
            return history.count(connection, self._now() - timedelta(days=days))

    def _remember(self, rule: Rule, days: float, total: int) -> Trial:
        with self._lock:
            trial = Trial(self._next, rule, days, self._now(), total)
            self._next += 1
            self._trials[trial.id] = trial
            for old in list(self._trials)[:-KEPT]:
                del self._trials[old]
        return trial

    def _in_background(self, trial: Trial) -> None:
        try:
            self._run(trial)
        except TrialError:
            log.warning("dry_run_too_long", rule=trial.rule.name, days=trial.days)
        finally:
            self._keep(trial.id, lambda each: replace(each, failed=each.result is None))
            self._one.release()

    def _run(self, trial: Trial) -> DryRun:
        until = self._monotonic() + LONGEST_S

        def progress(count: int) -> None:
            if self._monotonic() > until:
                raise TrialError(f"it takes longer than {LONGEST_S:.0f} s; ask for fewer days")
            self._keep(trial.id, lambda each: replace(each, done=each.done + count))

        result = self._dry_runs.run(trial.rule, trial.days, progress)
        self._keep(trial.id, lambda each: replace(each, result=result))
        return result

    def _keep(self, trial_id: int, change: Callable[[Trial], Trial]) -> None:
        with self._lock:
            if trial_id in self._trials:
                self._trials[trial_id] = change(self._trials[trial_id])


def trials_of(request: Request) -> Trials:
    """Return the trials of the request's application; 503 where no judge is at hand."""
    trials: Trials | None = request.app.state.trials
    if trials is None:
        raise HTTPException(503, "rules cannot be tried here: this process has no judge")
    return trials


InTrials = Annotated[Trials, Depends(trials_of)]
