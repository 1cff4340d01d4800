"""The newest alerts as they are now, shared by everybody who watches them."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from monitor.storage.database import Database
from monitor.storage.reading import Filter, Reading
from monitor.storage.rows import AlertRow

SIZE: Final = 50


class AlertFeed:
    """Reads the newest alerts at most once per `max_age_s`, however many pages watch.

    A whole window is read rather than what lies behind the last id: on PostgreSQL a smaller
    id may be committed after a larger one, and deliveries change rows already shown.
    """

    def __init__(
        self,
        database: Database,
        *,
        max_age_s: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reading = Reading(database)
        self.max_age_s = max_age_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._rows: tuple[AlertRow, ...] = ()
        self._read_at: float | None = None
        self._closed = threading.Event()

    def latest(self) -> tuple[AlertRow, ...]:
        """Return the newest alerts, newest first, at most `max_age_s` old."""
        with self._lock:
            now = self._monotonic()
            if self._read_at is None or now - self._read_at >= self.max_age_s:
                self._rows = self._reading.alerts(Filter(), SIZE).items
                self._read_at = now
            return self._rows

    @property
    def closed(self) -> bool:
        """Whether watching pages must let go because the server stops."""
        return self._closed.is_set()

    def close(self) -> None:
        """Ask everybody who watches to let go."""
        self._closed.set()

    def reopen(self) -> None:
        """Let pages watch again."""
        self._closed.clear()


def version(row: AlertRow) -> str:
    """Return a short text that changes whenever anything about the alert does."""
    return hashlib.sha256(repr(row).encode()).hexdigest()[:12]


def version_of_all(rows: Sequence[AlertRow]) -> str:
    """Return a short text that changes whenever any of the alerts does."""
    joined = " ".join(f"{row.id}:{version(row)}" for row in rows)
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
