"""Why a platform could not be read.

SourceError
    Throttled    the platform asks us to slow down; `retry_after_s` says how long, if it said
    CapReached   a quota or the money is used up; waiting a little does not help
    NotLoggedIn  no, wrong or expired credentials
    Challenged   a captcha; only a person can answer it, and we never try
    Blocked      the platform refuses us (403, 418, TLS resets)
    Drifted      the answer has a shape that the parser does not know
    Rejected     the platform calls our request wrong (400): a defect of ours or of the settings
    Unreachable  no answer, or a 5xx
"""

from __future__ import annotations

from typing import ClassVar

from scrapers.source import Outcome


class SourceError(Exception):
    """A platform could not be read; `detail` is one sentence for the operator, free of secrets."""

    outcome: ClassVar[Outcome]
    permanent: ClassVar[bool] = False
    """Whether only a person can mend it (new cookie, money, settings)."""

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s


class Throttled(SourceError):
    """Too many requests; wait `retry_after_s`, or back off where the platform did not say."""

    outcome = Outcome.THROTTLED


class CapReached(SourceError):
    """A monthly cap or the credits are used up."""

    outcome = Outcome.CAPPED
    permanent = True


class NotLoggedIn(SourceError):
    """The credentials are missing, expired or of the wrong kind."""

    outcome = Outcome.AUTH
    permanent = True


class Challenged(SourceError):
    """A captcha stands in the way."""

    outcome = Outcome.CHALLENGE
    permanent = True


class Blocked(SourceError):
    """The platform refuses this client or address."""

    outcome = Outcome.BLOCKED
    permanent = True


class Drifted(SourceError):
    """The answer is not of a shape we know; reading on would report silence as calm."""

    outcome = Outcome.DRIFT
    permanent = True


class Rejected(SourceError):
    """The platform calls the request itself wrong."""

    outcome = Outcome.REJECTED
    permanent = True


class Unreachable(SourceError):
    """Network trouble or a failing server; worth another try."""

    outcome = Outcome.NETWORK
