"""Workers repeat their step whatever happens, and stop when they are told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from monitor.jobs import Worker, run_one
from monitor.metrics import Metrics

PATIENCE_S = 5.0


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    started: list[Worker] = []
    yield started
    for worker in started:
        worker.stop(PATIENCE_S)


def errors(metrics: Metrics, name: str) -> float:
    for line in metrics.render().decode().splitlines():
        if line.startswith("shifen_job_errors_total{") and f'"{name}"' in line:
            return float(line.rsplit(" ", 1)[1])
    return 0.0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.002)


class Step:
    """A step that does as its script says, then finds no work."""

    def __init__(self, *script: bool | Exception) -> None:
        self._script = list(script)
        self.times: list[float] = []

    def __call__(self) -> bool:
        self.times.append(time.monotonic())
        result = self._script.pop(0) if self._script else False
        if isinstance(result, Exception):
            raise result
        return result

    @property
    def runs(self) -> int:
        return len(self.times)


def test_a_step_that_works_is_neither_logged_nor_counted(metrics: Metrics) -> None:
    with capture_logs() as logged:
        assert run_one("poll", lambda: 1, metrics)
    assert (logged, errors(metrics, "poll")) == ([], 0)


@pytest.mark.parametrize("error", [ValueError("bad"), KeyError("k"), OSError(), RecursionError()])
def test_a_step_that_breaks_is_logged_and_counted(metrics: Metrics, error: Exception) -> None:
    with capture_logs([structlog.processors.format_exc_info]) as logged:
        assert not run_one("poll", Step(error), metrics)
        assert not run_one("poll", Step(error), metrics)
    assert [(one["event"], one["job"]) for one in logged] == [("job_broke", "poll")] * 2
    assert type(error).__name__ in logged[0]["exception"]
    assert errors(metrics, "poll") == 2


def test_work_is_repeated_without_sleep_until_there_is_none(
    metrics: Metrics, workers: list[Worker]
) -> None:
    step = Step(True, True, True)
    workers.append(Worker("judge", step, metrics, idle_s=60))
    workers[0].start()
    until(lambda: step.runs == 4)
    time.sleep(0.05)
    assert step.runs == 4


def test_a_sleeping_worker_is_woken(metrics: Metrics, workers: list[Worker]) -> None:
    step = Step()
    workers.append(Worker("judge", step, metrics, idle_s=60))
    workers[0].start()
    for runs in (1, 2, 3):
        until(lambda: step.runs == runs)  # noqa: B023
        workers[0].wake()


def test_a_wake_while_the_step_runs_is_not_lost(metrics: Metrics, workers: list[Worker]) -> None:
    entered, leave = threading.Event(), threading.Event()
    runs: list[int] = []

    def step() -> bool:
        runs.append(1)
        entered.set()
        leave.wait(PATIENCE_S)
        return False

    workers.append(Worker("judge", step, metrics, idle_s=60))
    workers[0].start()
    assert entered.wait(PATIENCE_S)
    workers[0].wake()
    leave.set()
    until(lambda: len(runs) == 2)


def test_a_worker_looks_by_itself_after_its_idle_time(
    metrics: Metrics, workers: list[Worker]
) -> None:
    step = Step()
    workers.append(Worker("judge", step, metrics, idle_s=0.02))
    workers[0].start()
    until(lambda: step.runs >= 4)
    assert step.times[3] - step.times[0] >= 0.05


def test_pieces_of_work_keep_their_distance(metrics: Metrics, workers: list[Worker]) -> None:
    step = Step(True, True)
    workers.append(Worker("notify", step, metrics, idle_s=60, between_s=0.05))
    workers[0].start()
    until(lambda: step.runs == 3)
    assert step.times[1] - step.times[0] >= 0.05
    assert step.times[2] - step.times[1] >= 0.05


def test_a_broken_step_does_not_end_the_worker(metrics: Metrics, workers: list[Worker]) -> None:
    step = Step(True, ValueError("bad"), KeyError("worse"), True)
    workers.append(Worker("judge", step, metrics, idle_s=60, error_pause_s=0.03))
    with capture_logs() as logged:
        workers[0].start()
        until(lambda: step.runs == 5)
    assert errors(metrics, "judge") == 2
    assert [one["event"] for one in logged] == ["job_broke"] * 2
    assert step.times[2] - step.times[1] >= 0.03


def test_stop_lets_the_running_step_end_and_starts_no_other(metrics: Metrics) -> None:
    entered, leave = threading.Event(), threading.Event()
    ended: list[int] = []

    def step() -> bool:
        entered.set()
        leave.wait(PATIENCE_S)
        ended.append(1)
        return True

    worker = Worker("judge", step, metrics, idle_s=60)
    worker.start()
    assert entered.wait(PATIENCE_S)
    threading.Timer(0.05, leave.set).start()
    worker.stop(PATIENCE_S)
    assert ended == [1]
    time.sleep(0.03)
    assert ended == [1]


@pytest.mark.parametrize("script", [(), (True,) * 10_000, (ValueError("bad"),)])
def test_stop_ends_sleeping_busy_and_broken_workers_at_once(
    metrics: Metrics, script: tuple[bool | Exception, ...]
) -> None:
    step = Step(*script)
    worker = Worker("judge", step, metrics, idle_s=60, between_s=30, error_pause_s=60)
    worker.start()
    until(lambda: step.runs >= 1)
    began = time.monotonic()
    worker.stop(PATIENCE_S)
    assert time.monotonic() - began < 1
    runs = step.runs
    worker.wake()
    time.sleep(0.02)
    assert step.runs == runs


def test_stop_waits_no_longer_than_told(metrics: Metrics) -> None:
    leave = threading.Event()
    worker = Worker("judge", lambda: leave.wait(PATIENCE_S), metrics, idle_s=60)
    worker.start()
    began = time.monotonic()
    worker.stop(0.05)
    assert 0.05 <= time.monotonic() - began < 1
    leave.set()


def test_a_worker_that_never_started_stops(metrics: Metrics) -> None:
    Worker("judge", Step(), metrics, idle_s=60).stop(PATIENCE_S)
