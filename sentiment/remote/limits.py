"""How much may be asked: budgets by the minute and the day, and a pause after failures."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MINUTE_S: Final = 60.0
DAY_S: Final = 86_400.0
FAILURES: Final = 3
"""So many failures in a row open the circuit."""
LONGEST_PAUSE_S: Final = 3_600.0


class Refusal(StrEnum):
    """Why nobody is asked."""

    PAUSED = "paused"
    OVER_BUDGET = "over_budget"


class Window:
    """Adds up amounts over the last `length_s` seconds; `limit` is the most that fits."""

    def __init__(self, limit: float, length_s: float) -> None:
        self._limit = limit
        self._length_s = length_s
        self._spent: deque[tuple[float, float]] = deque()
        self._sum = 0.0

    def room(self, now: float) -> float:
        """Return how much fits now; below 0 when the last amount was larger than the room."""
        while self._spent and self._spent[0][0] <= now - self._length_s:
            self._sum -= self._spent.popleft()[1]
        if not self._spent:
            self._sum = 0.0
        return self._limit - self._sum

    def spend(self, now: float, amount: float) -> None:
        """Add an amount."""
        self._spent.append((now, amount))
        self._sum += amount


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent; counted in memory, so a restart begins anew."""

    requests_per_minute: int
    requests_per_day: int
    tokens_per_day: int
    wait_s_per_minute: float
    pause_s: float


class Limits:
    """Keeps to a budget, and keeps away from a server that fails; safe for several threads.

    After FAILURES failures in a row nobody is asked for `pause_s`; then one request finds out
    whether the server is back. A server that names a time (Retry-After) is left alone at once.
    """

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> None:
        self._budget = budget
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = Window(budget.requests_per_minute, MINUTE_S)
        self._day = Window(budget.requests_per_day, DAY_S)
        self._tokens = Window(budget.tokens_per_day, DAY_S)
        self._waited = Window(budget.wait_s_per_minute, MINUTE_S)
        self._failures = 0
        self._paused_until = clock()

    def may_wait_s(self) -> float:
        """Return how long judging may still wait within this minute."""
        with self._lock:
            return max(0.0, self._waited.room(self._clock()))

    def waited(self, seconds: float) -> None:
        """Count time for which judging waited."""
        with self._lock:
            self._waited.spend(self._clock(), seconds)

    def take(self) -> Refusal | None:
        """Take one request out of the budget, or say why there is none to be had."""
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return Refusal.PAUSED
            windows = (self._minute, self._day)
            if any(window.room(now) < 1 for window in windows) or self._tokens.room(now) <= 0:
                return Refusal.OVER_BUDGET
            for window in windows:
                window.spend(now, 1)
            if self._failures >= FAILURES:
                # This one finds out whether the server is back; the others wait for what it says.
                self._pause(self._budget.pause_s)
            return None

    def charge(self, tokens: int) -> None:
        """Count tokens that an answer cost."""
        with self._lock:
            if tokens:
                self._tokens.spend(self._clock(), tokens)

    def succeeded(self) -> None:
        """Count an answer that was good."""
        with self._lock:
            if self._failures >= FAILURES:
                self._paused_until = self._clock()
            self._failures = 0

    def failed(self, *, for_good: bool = False, retry_after_s: float | None = None) -> None:
        """Count a failure; `for_good`: asking again as before is of no use."""
        with self._lock:
            self._failures = FAILURES if for_good else self._failures + 1
            if retry_after_s is not None:
                self._pause(min(retry_after_s, LONGEST_PAUSE_S))
            if self._failures >= FAILURES:
                self._pause(self._budget.pause_s)

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, self._clock() + seconds)
