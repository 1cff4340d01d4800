"""The rules in force: the configuration file, read again when it changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from alerts.flow import Timers
from alerts.inhibition import Inhibition
from alerts.rota import Roster
from alerts.routing import Routing
from alerts.rules import RuleBook
from alerts.severity import Thresholds
from alerts.storm import Budget
from alerts.watch import Watch
from monitor.config import Config, ConfigError, load

log = structlog.get_logger(__name__)

TRIES: Final = 5


LIVE: Final = (
    *("brands", "complaint_words", "severity"),
    *("flow", "inhibition", "storm", "rules"),
)
"""Sections whose changes take effect while the service runs."""
LIVE_WITH_CHANNELS: Final = (
    *("people", "calendars", "rotas"),
    *("receivers", "routes", "escalation"),
)
"""Some of these name channels, or are named by those that do: they are taken up together, and
only while the channels are those of the start."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Who is told of which cases, and how often."""

    routing: Routing
    timers: Timers
    inhibition: Inhibition
    budget: Budget


@dataclass(frozen=True, slots=True)
class Rules:
    """What may change while the service runs: brands, words, thresholds, whom to tell when."""

    config: Config
    book: RuleBook
    thresholds: Thresholds
    flow: Flow
    roster: Roster

    @property
    def watch(self) -> Watch:
        """What finds the posts that may open cases."""
        return self.book.watch

    @property
    def version(self) -> str:
        """The version that hits carry."""
        return self.watch.version


def rules_of(config: Config) -> Rules:
    """Build the rules that a configuration describes."""
    rules = [settings.rule() for settings in config.rules]
    return Rules(
        config=config,
        book=RuleBook(config.watched(), config.complaint_words, rules),
        thresholds=config.severity.thresholds(),
        flow=Flow(
            config.routing(), config.flow.timers(), config.inhibition.rule(), config.storm.budget()
        ),
        roster=config.roster(),
    )


class LiveConfig:
    """Gives the rules in force; looks at the file's time and size on every call.

    A file that has become wrong changes nothing: the old rules stay in force and `problem`
    says what is wrong, until the file is mended. Sections that are not `LIVE` keep the values of
    the start. Safe for several threads.
    """

    def __init__(self, path: Path | None, environment: Mapping[str, str], start: Config) -> None:
        self._path = path
        self._environment = environment
        self._lock = threading.Lock()
        # Nothing yet, so that an edit made since `start` was read is not overlooked.
        self._stamp: tuple[int, ...] | None = ()
        self._rules = rules_of(start)
        self.problem = ""

    def current(self) -> Rules:
        """Return the rules in force now."""
        with self._lock:
            if self._path is not None and _stamp(self._path) != self._stamp:
                self._reload(self._path)
            return self._rules

    def _reload(self, path: Path) -> None:
        for _ in range(TRIES):
            self._stamp = _stamp(path)
            fresh, problem = _try(path, self._environment)
            # Who saves a file empties it first: what was read meanwhile does not count.
            if _stamp(path) == self._stamp:
                break
        if problem and problem != self.problem:
            log.error("configuration_refused", problem=problem)
        self.problem = problem
        if fresh:
            self._take(fresh)

    def _take(self, fresh: Config) -> None:
        kept = self._rules.config
        names = LIVE + (LIVE_WITH_CHANNELS if fresh.channels == kept.channels else ())
        update = {name: getattr(fresh, name) for name in names}
        changed = kept.model_copy(update=update)
        if changed != kept:
            self._rules = rules_of(changed)
            log.info("configuration_changed", rules=self._rules.version)


def _try(path: Path, environment: Mapping[str, str]) -> tuple[Config | None, str]:
    try:
        return load(path, environment), ""
    except ConfigError as error:
        return None, str(error)


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
