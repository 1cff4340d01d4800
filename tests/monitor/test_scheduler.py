"""Polls run at their intervals, one at a time each, and what could not run in time is counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.scheduler import Poll, Scheduler

PATIENCE_S = 5.0


class Query:
    """A poll that counts its runs, can be held up, and answers when it wants to run next."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.running = 0
        self.most_running = 0
        self.entered = threading.Event()
        self.leave = threading.Event()
        self.leave.set()
        self.answer: Callable[[], datetime | None] = lambda: None

    def __call__(self) -> datetime | None:
        self.times.append(time.monotonic())
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.entered.set()
        self.leave.wait(PATIENCE_S)
        self.running -= 1
        return self.answer()

    @property
    def runs(self) -> int:
        return len(self.times)


@pytest.fixture
def misfires() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def scheduler(misfires: list[tuple[str, str]]) -> Iterator[Scheduler]:
    made = Scheduler({"weibo": 1, "twitter": 2}, lambda lane, key: misfires.append((lane, key)))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def query() -> Query:
    return Query()


def poll(query: Query, interval_s: float = 0.03, *, lane: str = "weibo", key: str = "q") -> Poll:
    return Poll(lane, key, interval_s, query)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.002)


def soon(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_poll_runs_at_once_and_then_at_its_interval(scheduler: Scheduler, query: Query) -> None:
    began = time.monotonic()
    scheduler.set_polls([poll(query, 0.05)])
    until(lambda: query.runs >= 4)
    assert query.times[0] - began < 1
    assert query.times[3] - query.times[0] >= 0.12


def test_a_query_never_runs_twice_at_a_time_and_the_overlap_is_counted(
    scheduler: Scheduler, query: Query, misfires: list[tuple[str, str]]
) -> None:
    query.leave.clear()
    scheduler.set_polls([poll(query, lane="twitter")])
    until(lambda: len(misfires) >= 3)
    assert (query.runs, query.most_running) == (1, 1)
    assert set(misfires) == {("twitter", "q")}
    query.leave.set()
    until(lambda: query.runs >= 3)
    assert query.most_running == 1


def test_a_run_that_waited_longer_than_its_interval_is_dropped_and_counted(
    scheduler: Scheduler, query: Query, misfires: list[tuple[str, str]]
) -> None:
    slow = Query()
    slow.leave.clear()
    scheduler.set_polls([poll(slow, 30, key="slow")])
    assert slow.entered.wait(PATIENCE_S)
    late = poll(query, 1, key="late")
    scheduler.set_polls([late, poll(slow, 30, key="slow")])
    time.sleep(1.3)
    held_up = len(misfires)
    slow.leave.set()
    until(lambda: len(misfires) > held_up)
    assert set(misfires) == {("weibo", "late")}
    until(lambda: query.runs >= 1)


def test_a_slow_lane_does_not_hold_up_another(scheduler: Scheduler, query: Query) -> None:
    slow = Query()
    slow.leave.clear()
    scheduler.set_polls([poll(slow, 60), poll(query, lane="twitter")])
    until(lambda: query.runs >= 3)
    assert slow.runs == 1
    slow.leave.set()


def test_polls_are_added_kept_and_removed(scheduler: Scheduler) -> None:
    kept, removed, added = Query(), Query(), Query()
    scheduler.set_polls([poll(kept, key="kept"), poll(removed, key="removed")])
    until(lambda: kept.runs >= 2 and removed.runs >= 1)
    scheduler.set_polls([poll(kept, key="kept"), poll(added, key="added")])
    time.sleep(0.05)
    before = removed.runs
    until(lambda: added.runs >= 2)
    time.sleep(0.1)
    assert removed.runs == before
    assert kept.runs >= 4


def test_setting_the_same_polls_again_keeps_their_rhythm(
    scheduler: Scheduler, query: Query
) -> None:
    for _ in range(5):
        scheduler.set_polls([poll(query, 60)])
        time.sleep(0.02)
    assert query.runs == 1


def test_a_poll_of_the_same_name_gets_its_new_work_without_a_restart(
    scheduler: Scheduler, query: Query
) -> None:
    renewed = Query()
    scheduler.set_polls([poll(query)])
    until(lambda: query.runs >= 1)
    scheduler.set_polls([poll(renewed)])
    until(lambda: renewed.runs >= 2)
    before = query.runs
    time.sleep(0.1)
    assert query.runs == before


def test_a_new_interval_holds(scheduler: Scheduler, query: Query) -> None:
    scheduler.set_polls([poll(query, 60)])
    until(lambda: query.runs == 1)
    scheduler.set_polls([poll(query, 0.03)])
    until(lambda: query.runs >= 4)
    scheduler.set_polls([])
    time.sleep(0.05)
    before = query.runs
    time.sleep(0.1)
    assert query.runs == before


def test_a_poll_that_wants_to_run_earlier_does(scheduler: Scheduler, query: Query) -> None:
    query.answer = lambda: soon(0.04)
    scheduler.set_polls([poll(query, 60)])
    until(lambda: query.runs >= 3)
    assert query.times[2] - query.times[0] >= 0.07


def test_a_time_that_has_passed_means_at_once(scheduler: Scheduler, query: Query) -> None:
    answers = [soon(-60), soon(-60)]
    query.answer = lambda: answers.pop() if answers else None
    scheduler.set_polls([poll(query, 60)])
    until(lambda: query.runs == 3)
    time.sleep(0.05)
    assert query.runs == 3


def test_a_poll_that_wants_to_run_later_is_asked_at_its_interval(
    scheduler: Scheduler, query: Query
) -> None:
    query.answer = lambda: soon(3600)
    scheduler.set_polls([poll(query, 0.03)])
    until(lambda: query.runs >= 3)


def test_a_poll_that_was_removed_while_it_ran_does_not_come_back(
    scheduler: Scheduler, query: Query
) -> None:
    query.leave.clear()
    query.answer = lambda: soon(0)
    scheduler.set_polls([poll(query, 60)])
    assert query.entered.wait(PATIENCE_S)
    scheduler.set_polls([])
    query.leave.set()
    time.sleep(0.1)
    assert query.runs == 1


def test_first_runs_of_a_lane_are_spread_over_its_interval(scheduler: Scheduler) -> None:
    queries = [Query() for _ in range(4)]
    scheduler.set_polls([poll(q, 0.4, key=f"q{n}") for n, q in enumerate(queries)])
    until(lambda: all(query.runs for query in queries))
    firsts = [query.times[0] for query in queries]
    assert firsts == sorted(firsts)
    assert firsts[3] - firsts[0] >= 0.25


def test_jobs_of_the_service_run_at_once_and_again(scheduler: Scheduler, query: Query) -> None:
    scheduler.every("plan", 0.03, query)
    until(lambda: query.runs >= 3)
    assert query.most_running == 1


def test_a_job_may_change_the_polls(scheduler: Scheduler, query: Query) -> None:
    scheduler.every("plan", 60, lambda: scheduler.set_polls([poll(query)]))
    until(lambda: query.runs >= 2)


def test_stop_lets_running_polls_end_and_drops_waiting_ones(
    misfires: list[tuple[str, str]], query: Query
) -> None:
    scheduler = Scheduler({"weibo": 1}, lambda lane, key: misfires.append((lane, key)))
    waiting = Query()
    query.leave.clear()
    scheduler.start()
    scheduler.set_polls([poll(query, 0.02, key="a"), poll(waiting, 0.02, key="b")])
    assert query.entered.wait(PATIENCE_S)
    time.sleep(0.05)
    threading.Timer(0.05, query.leave.set).start()
    waited, runs = waiting.runs, query.runs
    scheduler.stop()
    assert (query.running, query.runs, waiting.runs) == (0, runs, waited)
    assert not scheduler.running
    scheduler.stop()


def test_stop_is_not_held_up_by_a_job_that_changes_polls(query: Query) -> None:
    scheduler = Scheduler({"weibo": 1}, lambda lane, key: None)
    entered, leave = threading.Event(), threading.Event()

    def plan() -> None:
        entered.set()
        leave.wait(PATIENCE_S)
        scheduler.set_polls([poll(query)])

    scheduler.start()
    scheduler.every("plan", 60, plan)
    assert entered.wait(PATIENCE_S)
    stopping = threading.Thread(target=scheduler.stop, daemon=True)
    stopping.start()
    time.sleep(0.05)
    leave.set()
    stopping.join(PATIENCE_S)
    assert not stopping.is_alive()
    assert query.runs == 0


def test_a_broken_misfire_counter_does_not_end_the_polls(query: Query) -> None:
    def broken(lane: str, key: str) -> None:
        raise ValueError(key)

    scheduler = Scheduler({"weibo": 1}, broken)
    query.leave.clear()
    scheduler.start()
    scheduler.set_polls([poll(query)])
    assert query.entered.wait(PATIENCE_S)
    time.sleep(0.1)
    query.leave.set()
    until(lambda: query.runs >= 3)
    scheduler.stop()
