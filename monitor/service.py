"""The running service: starts its parts in order, and drains them when it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from alerts.channels.channel import Channel
from monitor.dry_run import DryRuns
from monitor.ingest import Ingest
from monitor.jobs import Worker, run_one
from monitor.learning.rescoring import Rescoring
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.audit import STUCK_AFTER
from monitor.pipeline.collect import Collector
from monitor.pipeline.escalate import Escalator
from monitor.pipeline.judge import Judging
from monitor.pipeline.notify import Notifier
from monitor.pipeline.tell import Teller
from monitor.pipeline.watch_over import Overseer
from monitor.planning import Planner, plan_rows
from monitor.scheduler import Poll, Scheduler
from monitor.storage import casework, outbox, polling, retention
from monitor.storage.database import Database, DatabaseError
from monitor.storage.retention import Retention
from scrapers.plan.model import Plan, PlanError, PlannedQuery
from scrapers.source import Source

log = structlog.get_logger(__name__)

PLAN_EVERY_S: Final = 5.0
"""A change of brands or words reaches the polls this soon."""
LOOK_EVERY_S: Final = 5.0
AUDIT_EVERY_S: Final = 60.0
RETAIN_EVERY_S: Final = 3600.0
CLOSE_AFTER: Final = timedelta(days=7)
IDLE_S: Final = 1.0
RESCORE_IDLE_S: Final = 5.0
RESCORE_BETWEEN_S: Final = 1.0
"""Between two batches of old hits: what is new comes first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that `bootstrap` built."""

    database: Database
    live: LiveConfig
    planner: Planner
    sources: Mapping[str, Source]
    collectors: Mapping[str, Collector]
    judging: Judging
    teller: Teller
    escalator: Escalator
    channels: Sequence[Channel]
    notifiers: Sequence[Notifier]
    overseer: Overseer
    ingest: Ingest
    rescoring: Rescoring
    dry_runs: DryRuns
    retention: Retention
    metrics: Metrics
    now: Callable[[], datetime]


@dataclass(slots=True)
class _State:
    adopted: dict[str, frozenset[str]] = field(default_factory=dict)
    plan_problem: str = ""


class Service:
    """Polls, judges, notifies and watches over itself until stopped."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._state = _State()
        self._judge = Worker("judge", self._judge_step, parts.metrics, idle_s=IDLE_S)
        self._tell = Worker("tell", self._tell_step, parts.metrics, idle_s=IDLE_S)
        self._escalate = Worker("escalate", self._escalate_step, parts.metrics, idle_s=IDLE_S)
        self._notify = [
            Worker(
                f"notify-{notifier.channel_name}",
                notifier.step,
                parts.metrics,
                idle_s=IDLE_S,
                between_s=notifier.wait_s(),
            )
            for notifier in parts.notifiers
        ]
        self._rescore = Worker(
            "rescore",
            lambda: parts.rescoring.step() is not None,
            parts.metrics,
            idle_s=RESCORE_IDLE_S,
            between_s=RESCORE_BETWEEN_S,
        )
        lanes = dict.fromkeys(parts.sources, 4)
        self._scheduler = Scheduler(lanes, self._misfire)
        self._stopped = threading.Event()

    def start(self) -> None:
        """Take up what a former process left, then run."""
        parts = self.parts
        if parts.database.is_sqlite:
            # SQLite has one process: whoever held a delivery is gone.
            with parts.database.write() as connection:
                outbox.release_abandoned(connection, parts.now())
        for collector in parts.collectors.values():
            collector.start()
        self._judge.start()
        self._tell.start()
        self._escalate.start()
        self._rescore.start()
        for worker in self._notify:
            worker.start()
        every = self._scheduler.every
        every("plan", PLAN_EVERY_S, lambda: self._run("plan", self._plan))
        every("look", LOOK_EVERY_S, lambda: self._run("look", self._look))
        every("audit", AUDIT_EVERY_S, lambda: self._run("audit", parts.overseer.audit))
        every("retain", RETAIN_EVERY_S, lambda: self._run("retain", self._retain))
        self._scheduler.start()

    def stop(self, drain_s: float = 20.0) -> None:
        """Stop polling, finish what is being judged and sent, and let go of everything."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._scheduler.stop()
        self._rescore.stop(drain_s)
        self._judge.stop(drain_s)
        self._tell.stop(drain_s)
        self._escalate.stop(drain_s)
        for worker in self._notify:
            worker.stop(drain_s)
        for source in self.parts.sources.values():
            source.close()
        for channel in self.parts.channels:
            channel.close()

    def wake(self) -> None:
        """Say that posts were stored from outside the polls."""
        self._judge.wake()

    def wake_tellers(self) -> None:
        """Say that a person did something about a case."""
        self._tell.wake()
        self._escalate.wake()

    def readiness(self) -> tuple[bool, list[str]]:
        """Tell whether the promise can be kept now, and the reasons if not."""
        reasons = []
        try:
            self.parts.database.check()
        except DatabaseError as error:
            return False, [str(error)]
        if not self._scheduler.running:
            reasons.append("the scheduler is not running")
        if self._state.plan_problem:
            reasons.append(f"plan: {self._state.plan_problem}")
        if self.parts.live.problem:
            reasons.append(f"configuration: {self.parts.live.problem}")
        with self.parts.database.read() as connection:
            open_outages = polling.outages(connection)
            unjudged = polling.unjudged_since(connection)
        if unjudged and unjudged < self.parts.now() - STUCK_AFTER:
            reasons.append(f"hits wait for a verdict since {unjudged.isoformat()}")
        reasons += [f"{o.subject}: {o.cause}: {o.detail}" for o in open_outages]
        return not reasons, reasons

    def plan_rows(self) -> list[dict[str, Any]]:
        """Return the plan in force as plain JSON."""
        return plan_rows(self.parts.planner.plans())

    def _judge_step(self) -> bool:
        judged = self.parts.judging.step()
        if judged:
            self.wake_tellers()
        return judged > 0

    def _tell_step(self) -> bool:
        looked_at = self.parts.teller.step()
        if looked_at:
            self._wake_notifiers()
        return looked_at > 0

    def _escalate_step(self) -> bool:
        stepped = self.parts.escalator.step()
        if stepped:
            self._wake_notifiers()
        return stepped > 0

    def _wake_notifiers(self) -> None:
        for worker in self._notify:
            worker.wake()

    def _plan(self) -> None:
        try:
            plans = self.parts.planner.plans(with_advice=False)
        except PlanError as error:
            self._state.plan_problem = str(error)
            raise
        self._state.plan_problem = ""
        for plan in plans:
            self._adopt(plan)
        polls = [
            Poll(
                lane=plan.source,
                key=planned.query.key,
                interval_s=planned.interval_s,
                run=lambda source=plan.source, planned=planned: self._poll(source, planned),  # type: ignore[misc]
            )
            for plan in plans
            if plan.source in self.parts.collectors
            for planned in plan.queries
        ]
        self._scheduler.set_polls(polls)

    def _adopt(self, plan: Plan) -> None:
        """Tell the source's collector of a plan that has other queries than the one before."""
        keys = frozenset(planned.query.key for planned in plan.queries)
        collector = self.parts.collectors.get(plan.source)
        if collector is None or self._state.adopted.get(plan.source) == keys:
            return
        canary = plan.canary.query if plan.canary else None
        searches = [planned.query for planned in plan.queries if not planned.canary]
        collector.adopt(searches, canary=canary)
        self._state.adopted[plan.source] = keys

    def _poll(self, source: str, planned: PlannedQuery) -> datetime | None:
        due: list[datetime | None] = []

        def poll() -> None:
            collector = self.parts.collectors[source]
            if planned.canary:
                promise_s = self.parts.live.current().config.promise.alert_within_s
                due.append(collector.poll_canary(planned.query, planned.interval_s, promise_s))
                return
            collected = collector.poll(planned.query, planned.interval_s)
            if collected is None:
                return
            due.append(collected.due_at)
            if collected.added.hits:
                self._judge.wake()

        self._run(f"poll-{source}", poll)
        return due[0] if due else None

    def _look(self) -> None:
        self.parts.overseer.look()
        self.parts.overseer.warn()
        self._wake_notifiers()

    def _retain(self) -> None:
        now = self.parts.now()
        with self.parts.database.write() as connection:
            casework.close_quiet(connection, now - CLOSE_AFTER, now)
        deleted = retention.purge(self.parts.database, self.parts.retention, now)
        if any(deleted.values()):
            log.info("retention", **{k: v for k, v in deleted.items() if v})

    def _misfire(self, source: str, query_key: str) -> None:
        self.parts.metrics.misfires.labels(source).inc()
        with self.parts.database.write() as connection:
            polling.count_misfire(connection, source, query_key)

    def _run(self, name: str, step: Callable[[], object]) -> None:
        run_one(name, step, self.parts.metrics)
