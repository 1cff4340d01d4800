"""A process that makes the ladder's calls and brings their messages out, for tests that kill it.

python -m tests.e2e.climber DATABASE_URL FILE

Its only channel writes the key of each message that it is given into the file, one a line.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from alerts.channels.channel import Receipt
from alerts.delivery import RetryPolicy
from alerts.message import Message
from monitor.config import Config
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.escalate import Escalator
from monitor.pipeline.notify import Notifier, Routes
from monitor.storage.database import Database

CHANNEL = "ledger"
LEASE_S = 5.0
ALL_SINGLE = 1_000_000
"""Each call has a message of its own here, so that each can be counted."""


class Ledger:
    """A room that keeps the keys of its messages in a file."""

    name = CHANNEL
    min_interval_s = 0.0
    most_at_once = 50
    threads = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: Message) -> Receipt:
        keys = [part.dedupe_key for part in message.parts or (message,)]
        with self._path.open("a", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
        return Receipt(message.dedupe_key)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        return Receipt(dedupe_key) if dedupe_key in self._path.read_text("ascii") else None

    def check(self) -> str:
        return "fine"

    def close(self) -> None:
        return


def config() -> Config:
    return Config.model_validate({"channels": [{"kind": "console", "name": CHANNEL}]})


def utc_now() -> datetime:
    return datetime.now(UTC)


def climb(url: str, path: Path) -> None:
    """Call and tell until killed."""
    database, metrics = Database(url), Metrics()
    routes = Routes((CHANNEL,))
    live = LiveConfig(None, {}, config())
    escalator = Escalator(
        database, live, routes, metrics, now=utc_now, batch=200, most_single=ALL_SINGLE
    )
    notifier = Notifier(
        database,
        Ledger(path),
        routes,
        RetryPolicy(lease_s=LEASE_S),
        metrics,
        owner=str(os.getpid()),
        console_url="http://127.0.0.1",
        now=utc_now,
        jitter=lambda: 0.5,
    )
    sys.stdout.write("climbing\n")
    sys.stdout.flush()
    while True:
        called = escalator.step()
        told = notifier.step()
        if not called and not told:
            time.sleep(0.1)


if __name__ == "__main__":
    climb(sys.argv[1], Path(sys.argv[2]))
