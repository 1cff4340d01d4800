"""A sign of life to somebody outside, who raises the alarm when it stays away."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import httpx

from alerts.channels.http import host, http_address, loopback

HTTPS: Final = "https"


def heartbeat_address(value: str) -> str:
    """Return an address that may be called, empty for none; raises ValueError for any other.

    Abroad it must be https: the address often holds a key, and whoever reads it can lie for us.
    """
    if not value:
        return value
    address = http_address(value)
    if urlsplit(address).scheme != HTTPS and not loopback(address):
        raise ValueError("write https://… (http is for an address on this machine only)")
    return address


class Heartbeat:
    """Calls one address with GET."""

    def __init__(
        self, url: str, *, timeout_s: float, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._url = heartbeat_address(url)
        self._client = httpx.Client(
            timeout=timeout_s,
            follow_redirects=False,
            transport=transport,
            trust_env=not loopback(url),
            headers={"User-Agent": "shifen"},
        )

    def beat(self) -> str:
        """Give a sign of life; return why it did not arrive, empty if it did.

        The text names the host alone: the rest of the address may be a key.
        """
        try:
            with self._client.stream("GET", self._url) as response:
                status = response.status_code
        except httpx.HTTPError as error:
            return f"{host(self._url)} could not be reached ({type(error).__name__})"
        return "" if httpx.codes.is_success(status) else f"{host(self._url)} answered {status}"

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()
