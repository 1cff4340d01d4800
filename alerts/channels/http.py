"""What the channels that speak HTTP agree on."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

TRANSIENT_STATUSES: Final = frozenset({408, 425, 429})
SERVER_ERROR: Final = 500
LABEL: Final = 63
"""Longest part of a host name (RFC 1035)."""


def transient(status: int) -> bool:
    """Whether the same request may succeed later: a timeout, a limit, or a failing server."""
    return status in TRANSIENT_STATUSES or status >= SERVER_ERROR


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number of seconds or a date (RFC 9110).

    None where there is no header or it is neither.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        return None
    return max(0.0, (when - now).total_seconds())


def http_address(value: str) -> str:
    """Return an address that can be called; raises ValueError for any other."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write http://… or https://…")
    if any(not "!" <= char <= "~" for char in value) or parts.port == 0:
        raise ValueError("an address is written in ASCII, without spaces, with a port up to 65535")
    if any(not 0 < len(label) <= LABEL for label in parts.hostname.rstrip(".").split(".")):
        raise ValueError("a host name's parts have 1 to 63 characters")
    return value


def host(address: str) -> str:
    """Return the host of an address, which may be told where its path may hold a key."""
    return urlsplit(address).hostname or ""


def loopback(address: str) -> bool:
    """Whether an address is on this machine, where no proxy of the environment applies."""
    name = host(address)
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
