"""Keeps requests to one source evenly apart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """Lets one request start every `interval_s` seconds, across threads.

    Even spacing rather than bursts: the platforms' undocumented limits punish bursts
    (research: the 54th search in a row was refused).
    """

    def __init__(
        self,
        interval_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_start = clock()

    def wait(self) -> None:
        """Return when the next request may start."""
        with self._lock:
            start = max(self._clock(), self._next_start)
            self._next_start = start + self._interval_s
        delay_s = start - self._clock()
        if delay_s > 0:
            self._sleep(delay_s)
