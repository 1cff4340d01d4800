"""Makes guessing passwords slow."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=15)
# One address may miss one name 5 times and all names 30 times; a name 60 times from anywhere,
# so that a stranger cannot lock a person out with a handful of tries.
PER_NAME_AND_ADDRESS: Final = 5
PER_ADDRESS: Final = 30
PER_NAME: Final = 60
KEYS_MAX: Final = 20_000


class LoginThrottle:
    """Counts failed sign-ins within the last fifteen minutes, in this process."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()

    def wait_s(self, name: str, address: str) -> int:
        """Return the seconds to wait before the next try; 0 when one may try now."""
        with self._lock:
            waits = [self._wait(key, limit) for key, limit in _limits(name, address)]
        return max(waits)

    def failed(self, name: str, address: str) -> None:
        """Count a failed try."""
        with self._lock:
            for key, limit in _limits(name, address):
                tries = self._failures.setdefault(key, deque(maxlen=limit))
                tries.append(self._now())
                self._failures.move_to_end(key)
            while len(self._failures) > KEYS_MAX:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget this person's misses from this address."""
        with self._lock:
            self._failures.pop((name.casefold(), address), None)

    def _wait(self, key: tuple[str, str], limit: int) -> int:
        tries = self._failures.get(key, ())
        recent = [at for at in tries if self._now() - at < WINDOW]
        if len(recent) < limit:
            return 0
        return int((recent[0] + WINDOW - self._now()).total_seconds()) + 1


def _limits(name: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    name = name.casefold()[:80]
    return (
        ((name, address), PER_NAME_AND_ADDRESS),
        (("", address), PER_ADDRESS),
        ((name, ""), PER_NAME),
    )
