"""One log line per event: readable on a terminal, JSON elsewhere; secrets never."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from dataclasses import fields
from typing import Any, TextIO

import structlog

from monitor.secrets import Secrets

HIDDEN = "(hidden)"


class Redactor:
    """Replaces every configured secret in a log line, wherever it came from."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted((s for s in secrets if len(s) >= 6), key=len, reverse=True)

    def __call__(
        self, logger: object, name: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for secret in self._secrets:
            value = value.replace(secret, HIDDEN)
        return value


def configure(secrets: Secrets, *, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging for this process; `level` is debug, info, warning or error."""
    out = stream or sys.stderr
    values = [str(getattr(secrets, field.name)) for field in fields(secrets)]
    pretty = out.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=True)
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            Redactor(values),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    # Libraries log requests with their query strings; only their warnings concern an operator.
    logging.basicConfig(stream=out, level=logging.WARNING, force=True)
    # Runs that found the former one still going are counted as misfires, not logged each time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
