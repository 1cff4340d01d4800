"""When things run: polls at their intervals without overlap, periodic jobs, misses counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler


@dataclass(frozen=True, slots=True)
class Poll:
    """A query to run every `interval_s`; `run` returns when it wants to run next, or None."""

    lane: str
    key: str
    interval_s: float
    run: Callable[[], datetime | None]


class Scheduler:
    """Runs polls in lanes of threads, one lane per source, so that a slow one holds up no other.

    One run of a query at a time; runs that come due meanwhile become one. A run that could not
    start within its interval is a misfire: counted by `on_misfire(lane, key)`, never lost
    silently (the next run reads everything since the cursor).
    """

    def __init__(self, lanes: Mapping[str, int], on_misfire: Callable[[str, str], None]) -> None:
        threads = {"default": 4, **lanes}
        self._executors = {lane: ThreadPoolExecutor(count) for lane, count in threads.items()}
        self._scheduler = BackgroundScheduler(
            executors=self._executors,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._scheduler.add_listener(self._missed, EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED)
        self._on_misfire = on_misfire
        self._polls: dict[str, Poll] = {}

    def start(self) -> None:
        """Begin to run what was added."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let running jobs end and start no more."""
        if not self._scheduler.running:
            return
        # Told to wait, APScheduler would hold a lock that a job which changes polls may need.
        self._scheduler.shutdown(wait=False)
        for executor in self._executors.values():
            executor.shutdown(wait=True)

    @property
    def running(self) -> bool:
        """Whether jobs are being run."""
        return bool(self._scheduler.running)

    def every(self, name: str, seconds: float, run: Callable[[], object]) -> None:
        """Run `run` every so many seconds, for the first time at once."""
        self._scheduler.add_job(
            run, "interval", seconds=seconds, id=f"every:{name}", next_run_time=datetime.now(UTC)
        )

    def set_polls(self, polls: Sequence[Poll]) -> None:
        """Run exactly these polls from now on; those of the same interval keep their rhythm."""
        wanted = {f"{poll.lane}:{poll.key}": poll for poll in polls}
        known, self._polls = self._polls, wanted
        for name in known.keys() - wanted.keys():
            self._remove(name)
        starts = _staggered(list(wanted.values()))
        for name, poll in wanted.items():
            if name not in known or known[name].interval_s != poll.interval_s:
                self._add(name, poll, starts[name])

    def _add(self, name: str, poll: Poll, start_at: datetime) -> None:
        self._scheduler.add_job(
            lambda: self._run(name),
            "interval",
            seconds=poll.interval_s,
            id=name,
            executor=poll.lane,
            misfire_grace_time=max(1, int(poll.interval_s)),
            next_run_time=start_at,
            replace_existing=True,
        )

    def _remove(self, name: str) -> None:
        try:
            self._scheduler.remove_job(name)
        except JobLookupError:
            return

    def _run(self, name: str) -> None:
        poll = self._polls.get(name)
        # Runs that wait for a thread when the scheduler stops, or the plan changes, are dropped.
        if poll is None or not self._scheduler.running:
            return
        due_at = poll.run()
        if due_at is None or not self._scheduler.running:
            return
        regular = datetime.now(UTC) + timedelta(seconds=poll.interval_s)
        if due_at < regular and name in self._polls:
            try:
                self._scheduler.modify_job(name, next_run_time=max(due_at, datetime.now(UTC)))
            except JobLookupError:
                return

    def _missed(self, event: JobEvent) -> None:
        poll = self._polls.get(event.job_id)
        if poll:
            self._on_misfire(poll.lane, poll.key)


def _staggered(polls: Sequence[Poll]) -> dict[str, datetime]:
    """Spread the first runs of a lane over its interval, so that they do not queue."""
    now = datetime.now(UTC)
    lanes: dict[str, list[Poll]] = {}
    for poll in polls:
        lanes.setdefault(poll.lane, []).append(poll)
    return {
        f"{poll.lane}:{poll.key}": now
        + timedelta(seconds=index * min(poll.interval_s, 60.0) / len(lane))
        for lane in lanes.values()
        for index, poll in enumerate(lane)
    }
