"""Who judges what an ingest stores: this process, or one of its own beside it."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Final, Protocol

from monitor.pipeline.judge import Judging
from monitor.storage import polling
from monitor.storage.database import Database

LOOK_EVERY_S: Final = 0.2
"""How often the judging process looks for hits, and the reading one for its end."""


class JudgesError(Exception):
    """The judging process ended before its work was done; the text says what to do."""


class Judges(Protocol):
    """Judges the hits that were stored."""

    def wake(self) -> None:
        """Say that hits may wait."""

    def finish(self, waiting: Callable[[int], None]) -> None:
        """Return when no hit waits any more; `waiting` is told how many still do."""


class InProcess:
    """Judges between two batches of reading."""

    def __init__(self, judging: Judging) -> None:
        self._judging = judging

    def wake(self) -> None:
        """Judge all that waits."""
        while self._judging.step():
            pass

    def finish(self, waiting: Callable[[int], None]) -> None:
        """Judge all that waits."""
        self.wake()
        waiting(0)


class OwnProcess:
    """Judges in a forked process, so that reading and judging each have a processor.

    The tables are the hand-over: the process takes hits that wait, as any judge does. `build`
    runs in it and builds its judging with connections of its own. A process that dies loses
    nothing: its hits still wait.
    """

    def __init__(self, database: Database, build: Callable[[], Judging]) -> None:
        self._database = database
        self._build = build
        self._context = multiprocessing.get_context("fork")
        self._last = self._context.Event()
        self._process: BaseProcess | None = None

    def wake(self) -> None:
        """Start the process at the first call; it looks by itself from then on."""
        if self._process is None:
            # A connection must not be shared by two processes.
            self._database.close()
            self._process = self._context.Process(target=self._judge, name="judge", daemon=True)
            self._process.start()

    def finish(self, waiting: Callable[[int], None]) -> None:
        """Wait until all is judged; raise JudgesError when the process ended before."""
        self.wake()
        self._last.set()
        process = self._process
        while process and process.is_alive():
            process.join(LOOK_EVERY_S)
            waiting(self._count())
        if process and process.exitcode:
            raise JudgesError(
                f"the judging process ended with status {process.exitcode}; {self._count()} hits "
                "wait for their verdict: run the same command again, or start the service"
            )

    def _count(self) -> int:
        with self._database.read() as connection:
            return polling.count_unjudged(connection)

    def _judge(self) -> None:
        judging = self._build()
        while True:
            last = self._last.is_set()
            while judging.step():
                pass
            if last:
                return
            time.sleep(LOOK_EVERY_S)


def can_fork() -> bool:
    """Tell whether a process of its own pays and is safe: Linux with a second processor."""
    return sys.platform == "linux" and multiprocessing.cpu_count() > 1
