"""How far this machine's clock is from a platform's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapers.http import Reader, Transport


def clock_skew_s(
    address: str,
    *,
    timeout_s: float,
    now: Callable[[], datetime],
    transport: Transport | None = None,
) -> float | None:
    """Return our time minus the host's `Date`, in seconds; None when it sends none.

    The header is exact to a second and the answer took a moment: differences of one or two
    seconds mean nothing. Raises SourceError when the host cannot be reached.
    """
    reader = Reader(address, timeout_s=timeout_s, transport=transport, tries=1)
    try:
        asked_at = now()
        response = reader.get("/")
        answered_at = now()
    finally:
        reader.close()
    try:
        theirs = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    return (asked_at + (answered_at - asked_at) / 2 - theirs).total_seconds()
