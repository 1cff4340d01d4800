"""Keeps requests to one source evenly apart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """Lets one request start every `interval_s` seconds, across threads.

    Even spacing rather than bursts: the platforms' undocumented limits punish bursts
    (research: the 54th search in a row was refused). The clock must never go backwards.
    """

    def __init__(
        self,
        interval_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if interval_s < 0:
            raise ValueError(f"requests cannot be {interval_s} s apart")
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_start = clock()

    def wait(self) -> None:
        """Return when the next request may start."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next_start)
            self._next_start = start + self._interval_s
        if start > now:
            self._sleep(start - now)
