"""Runs the steps: again and again, and on whatever goes wrong logs, counts and goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from monitor.metrics import Metrics

log = structlog.get_logger(__name__)

ERROR_PAUSE_S: Final = 5.0
"""After a step broke: long enough not to fill the log, short against ten minutes."""


def run_one(name: str, step: Callable[[], object], metrics: Metrics) -> bool:
    """Run a step; False when it broke. The one place where any exception is caught."""
    try:
        step()
    except Exception:
        metrics.job_errors.labels(name).inc()
        log.exception("job_broke", job=name)
        return False
    return True


class Worker:
    """A thread that repeats a step while it finds work, and sleeps until woken otherwise.

    `step` returns whether it found work; `idle_s` bounds the sleep, for work that comes due
    by itself; `between_s` is the least time between two pieces of work.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], bool],
        metrics: Metrics,
        *,
        idle_s: float,
        between_s: float = 0.0,
        error_pause_s: float = ERROR_PAUSE_S,
    ) -> None:
        self.name = name
        self._step = step
        self._metrics = metrics
        self._idle_s = idle_s
        self._between_s = between_s
        self._error_pause_s = error_pause_s
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._busy = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is work."""
        self._wake.set()

    def stop(self, timeout_s: float) -> None:
        """Let the running step end, then end."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            if not run_one(self.name, self._once, self._metrics):
                self._stop.wait(self._error_pause_s)
            elif self._busy:
                self._stop.wait(self._between_s)
            else:
                self._wake.wait(self._idle_s)
                self._wake.clear()

    def _once(self) -> None:
        self._busy = False
        self._busy = self._step()
