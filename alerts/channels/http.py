"""What the channels that speak HTTP agree on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx

from alerts.channels.channel import Busy, ChannelError, Unanswered

TRANSIENT_STATUSES: Final = frozenset({408, 425, 429})
SERVER_ERROR: Final = 500
LABEL: Final = 63
"""Longest part of a host name (RFC 1035)."""

UNSENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""Errors that come before the whole request has left: the receiver cannot have taken it."""


def trouble(name: str, error: httpx.TransportError) -> ChannelError:
    """Return what network trouble with the host `name` means for a message.

    The text of an error may hold the address and the key in it: only its kind is told.
    """
    kind = type(error).__name__
    if isinstance(error, UNSENT):
        return Busy(f"{name} could not be reached ({kind})")
    return Unanswered(f"{name} took the request and gave no answer ({kind})")


def wait_hint_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an answer asks to wait: `Retry-After`, or the seconds of Feishu's gateway."""
    hint_s = retry_after_s(headers.get("retry-after"), now)
    return retry_after_s(headers.get("x-ogw-ratelimit-reset"), now) if hint_s is None else hint_s


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
