"""The rules in force: the configuration file, read again when it changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alerts.severity import Thresholds
from alerts.watch import Watch
from monitor.config import Config, ConfigError, load


@dataclass(frozen=True, slots=True)
class Rules:
    """What may change while the service runs: brands, words, thresholds."""

    config: Config
    watch: Watch
    thresholds: Thresholds

    @property
    def version(self) -> str:
        """The version that hits carry."""
        return self.watch.version


def rules_of(config: Config) -> Rules:
    """Build the rules that a configuration describes."""
    watch = Watch(config.watched(), config.complaint_words)
    return Rules(config, watch, config.severity.thresholds())


class LiveConfig:
    """Gives the rules in force; looks at the file's time and size on every call.

    A file that has become wrong changes nothing: the old rules stay in force and `problem`
    says what is wrong, until the file is mended. Settings outside brands, words, sources'
    budgets and thresholds keep the values of the start.
    """

    def __init__(self, path: Path | None, environment: Mapping[str, str], start: Config) -> None:
        self._path = path
        self._environment = environment
        self._lock = threading.Lock()
        self._stamp = self._look()
        self._rules = rules_of(start)
        self.problem = ""

    def current(self) -> Rules:
        """Return the rules in force now."""
        with self._lock:
            stamp = self._look()
            if self._path is not None and stamp != self._stamp:
                self._stamp = stamp
                self._reload(self._path)
            return self._rules

    def _look(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat() if self._path else None
        except OSError:
            return None
        return (status.st_mtime_ns, status.st_size) if status else None

    def _reload(self, path: Path) -> None:
        try:
            fresh = load(path, self._environment)
        except ConfigError as error:
            self.problem = str(error)
            return
        self.problem = ""
        kept = self._rules.config
        changed = kept.model_copy(
            update={
                "brands": fresh.brands,
                "complaint_words": fresh.complaint_words,
                "severity": fresh.severity,
            }
        )
        self._rules = rules_of(changed)
