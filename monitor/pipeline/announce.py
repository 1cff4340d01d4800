"""Alerts about the service itself: what went wrong, told in both languages, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from alerts.message import Message, to_json
from alerts.severity import Severity
from monitor.pipeline.compose import LOCALES, Wording
from monitor.storage import outbox
from monitor.storage.database import Connection
from monitor.storage.outbox import NewAlert

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Announcement:
    """An operational alert in Chinese and English; `key` makes it go out once."""

    key: str
    reason: str
    severity: Severity
    title: tuple[str, str]
    text: tuple[str, str]


def announce(
    connection: Connection,
    announcement: Announcement,
    channels: Sequence[str],
    locale: str,
    now: datetime,
) -> None:
    """Write an operational alert with its deliveries into the caller's transaction."""
    language = 0 if locale.startswith("zh") else 1
    message = Message(
        dedupe_key="",
        kind=outbox.OPERATIONAL,
        severity=announcement.severity,
        title=announcement.title[language],
        brand="",
        reasons=(announcement.text[language],),
        verdict="",
        created_at=now,
        due_at=None,
        late=False,
        post=None,
        reply=None,
        console_url="",
        locale=locale,
    )
    alert = NewAlert(
        kind=outbox.OPERATIONAL,
        key=announcement.key,
        reason=announcement.reason,
        severity=announcement.severity,
        brand="",
        title=message.title,
        message=to_json(message),
        wordings={
            each: Wording(announcement.title[n], (announcement.text[n],), "").to_json()
            for n, each in enumerate(LOCALES)
        },
        created_at=now,
    )
    outbox.add_alerts(connection, [alert], channels)
    log.warning("operational_alert", key=announcement.key, text=announcement.text[1])
