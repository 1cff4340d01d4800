"""Cookies of one registrable domain, and which of two sets of them a platform accepts.

SUB of .weibo.com and SUB of .weibo.cn share a name and are not the same cookie: sending one to
the other's hosts is answered with "not logged in". So a set belongs to one domain.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

from scrapers.http import Response

SESSION_NAME: Final = "SUB"
LEARNED: Final = frozenset({"XSRF-TOKEN", "MLOGIN", "_T_WM"})
"""Cookies that answers may add; the session itself is never changed by an answer."""

_TWO_LABEL_SUFFIXES: Final = frozenset({"com.cn", "net.cn", "org.cn"})


class Jar:
    """The cookies of one identity on one domain."""

    def __init__(self, cookies: Mapping[str, str]) -> None:
        self._cookies = dict(cookies)

    @classmethod
    def parse(cls, header: str) -> Jar:
        """Read a Cookie header, or a lone SUB value; what no header can carry is left out."""
        text = header.strip()
        if text and "=" not in text:
            text = f"{SESSION_NAME}={text}"
        pairs = (part.strip().partition("=") for part in text.split(";"))
        return cls({name: value for name, _, value in pairs if _fits(name) and _fits(value)})

    def __bool__(self) -> bool:
        return bool(self._cookies)

    def headers(self) -> dict[str, str]:
        """Return the request headers that carry these cookies."""
        if not self._cookies:
            return {}
        headers = {"Cookie": "; ".join(f"{name}={v}" for name, v in self._cookies.items())}
        if token := self._cookies.get("XSRF-TOKEN"):
            headers["x-xsrf-token"] = token
        return headers

    def learn(self, response: Response) -> None:
        """Keep what the platform's page needs besides the session."""
        for cookie in response.cookies.jar:
            if cookie.name in LEARNED and cookie.value and _fits(cookie.value):
                self._cookies[cookie.name] = cookie.value


def registrable_domain(host: str) -> str:
    """Return the part of `host` that cookies may be shared below: m.weibo.cn → weibo.cn."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
        size = 3 if ".".join(labels[-2:]) in _TWO_LABEL_SUFFIXES else 2
        return ".".join(labels[-size:])
    return host


def _fits(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()
