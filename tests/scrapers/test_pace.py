"""Requests start evenly apart, whoever asks."""

from __future__ import annotations

import threading

import pytest

from scrapers.pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


def test_first_request_starts_at_once_and_the_next_one_an_interval_later(time: Time) -> None:
    pace = Pace(6, clock=time.clock, sleep=time.sleep)
    starts = []
    for _ in range(3):
        pace.wait()
        starts.append(time.now)
    assert starts == [100, 106, 112]


def test_idle_time_is_not_saved_up_for_a_burst(time: Time) -> None:
    pace = Pace(6, clock=time.clock, sleep=time.sleep)
    pace.wait()
    time.now += 60
    pace.wait()
    assert time.slept == []
    pace.wait()
    assert time.slept == [6]


def test_threads_get_places_in_one_queue() -> None:
    delays: list[float] = []
    pace = Pace(6, clock=lambda: 100.0, sleep=delays.append)
    threads = [threading.Thread(target=pace.wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(delays) == [6, 12, 18, 24, 30, 36, 42]


def test_a_negative_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        Pace(-1)
