"""What the web side is built from, and where a request finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Self, cast

from fastapi import Depends, Request

from monitor.auth import Passwords
from monitor.desk import Desk
from monitor.dry_run import DryRuns
from monitor.live_config import Rules
from monitor.metrics import Metrics
from monitor.pipeline.reconsider import Reconsidering
from monitor.slack_desk import SlackDesk
from monitor.storage.corrections import CorrectionStore
from monitor.storage.customer_store import CustomerStore
from monitor.storage.database import Database
from monitor.storage.people import AuditLog, SessionStore, TokenStore, UserStore
from monitor.storage.reading import Reading
from monitor.storage.sight import Sight
from monitor.web.feed import AlertFeed
from monitor.web.throttle import LoginThrottle


@dataclass(frozen=True, slots=True)
class WebParts:
    """Everything that the console and the API need.

    `plan` gives the rows of `shifen plan --json`; `readiness` whether the service can keep
    its promise, with the reasons if not; `mask` hides personal data in a text. `desk` does what
    people do about cases; `rules` gives the rules in force. `secret_key` signs the login form.
    `promise` and `public_reply` are the limits of domain.md.
    """

    database: Database
    secret_key: str = field(repr=False)
    now: Callable[[], datetime]
    plan: Callable[[], list[dict[str, Any]]]
    readiness: Callable[[], tuple[bool, list[str]]]
    metrics: Metrics
    feed: AlertFeed
    mask: Callable[[str], str]
    desk: Desk
    rules: Callable[[], Rules]
    locale: str
    version: str
    timezone: str = "Asia/Shanghai"
    brands: tuple[str, ...] = ()
    promise: timedelta = timedelta(minutes=10)
    public_reply: timedelta = timedelta(hours=1)
    passwords: Passwords = field(default_factory=Passwords.recommended)
    slack: SlackDesk | None = None
    """Hears of buttons pressed in Slack; None where no signing secret is set."""
    dry_runs: DryRuns | None = None
    """Tries rules on what is stored; None where there is no scorer to judge with."""


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores that requests work with."""

    users: UserStore
    tokens: TokenStore
    sessions: SessionStore
    audit: AuditLog
    reading: Reading
    sight: Sight
    throttle: LoginThrottle
    corrections: CorrectionStore
    customers: CustomerStore

    @classmethod
    def of(cls, parts: WebParts) -> Self:
        """Build the stores over the parts' database and clock."""
        return cls(
            UserStore(parts.database, parts.passwords, parts.now),
            TokenStore(parts.database, parts.now),
            SessionStore(parts.database, parts.now),
            AuditLog(parts.database, parts.now),
            Reading(parts.database),
            Sight(parts.database),
            LoginThrottle(parts.now),
            CorrectionStore(parts.database, parts.now, Reconsidering(parts.rules, now=parts.now)),
            CustomerStore(parts.database, parts.now),
        )


def parts_of(request: Request) -> WebParts:
    """Return the parts that the request's application was built from."""
    return cast(WebParts, request.app.state.parts)


def stores_of(request: Request) -> Stores:
    """Return the stores of the request's application."""
    return cast(Stores, request.app.state.stores)


InParts = Annotated[WebParts, Depends(parts_of)]
InStores = Annotated[Stores, Depends(stores_of)]
