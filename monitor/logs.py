"""One log line per event: readable on a terminal, JSON elsewhere; secrets never."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from datetime import datetime
from typing import Any, Final, TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import ProcessorFormatter

from monitor.secrets import Secrets

HIDDEN: Final = "(hidden)"
SHORTEST: Final = 6
"""A secret shorter than this is a part of too many words to be hidden wherever it stands."""
COOKIE_VALUE: Final = 16
"""A value of a cookie from this length on identifies a session by itself."""


class LogLevelError(Exception):
    """The configured level is none; the text says which there are."""


class Redactor:
    """Replaces every configured secret in a log event, however deep it stands in it.

    A secret is also known as a part of an address (percent-encoded) and inside quotes.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {form for s in secrets if len(s) >= SHORTEST for form in _forms(s)}
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(
        self, logger: object, name: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        return {str(self._clean(key)): self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float | datetime):
            return value
        if isinstance(value, Mapping):
            return {str(self._clean(key)): self._clean(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(inner) for inner in value]
        text = value if isinstance(value, str) else repr(value)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe=""), quote(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (repr(secret)[1:-1], repr(secret.encode("utf-8", "replace"))[2:-1])


def _values(secrets: Secrets) -> Iterator[str]:
    for name, value in secrets.values():
        yield value
        if name.endswith("COOKIE"):
            parts = (part.partition("=")[2].strip() for part in value.split(";"))
            yield from (part for part in parts if len(part) >= COOKIE_VALUE)


def configure(secrets: Secrets, *, level: str = "info", stream: TextIO | None = None) -> None:
    """Set up logging for this process; `level` is debug, info, warning or error.

    Libraries' own log records take the same way out. Raises LogLevelError.
    """
    out = stream or sys.stderr
    number = logging.getLevelNamesMapping().get(level.upper())
    if not number:
        raise LogLevelError(f"SHIFEN_LOG_LEVEL is {level!r}; write debug, info, warning or error")
    started: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    finished: list[Any] = [
        structlog.processors.format_exc_info,
        Redactor(_values(secrets)),
        _renderer(pretty=out.isatty()),
    ]
    structlog.configure(
        processors=[*started, *finished],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=started,
            processors=[ProcessorFormatter.remove_processors_meta, *finished],
        )
    )
    # Libraries log requests with their query strings; only their warnings concern an operator.
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # Runs that found the former one still going are counted as misfires, not logged each time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _renderer(*, pretty: bool) -> Any:
    if not pretty:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Exceptions are already text by then, so that secrets in them could be hidden.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=True, exception_formatter=plain)
