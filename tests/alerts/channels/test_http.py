from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from alerts.channels.channel import Busy, ChannelError, Unanswered
from alerts.channels.http import (
    host,
    http_address,
    loopback,
    retry_after_s,
    transient,
    trouble,
    wait_hint_s,
)
from tests.alerts.messages import NOW


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        ("Sunday, 22-Nov-26 04:02:00 GMT", 120),
        ("Sun Nov 22 04:02:00 2026", None),
        (None, None),
        ("1.5", None),
        ("nan", None),
        ("99999999999999999999", 1e20),
        ("Sun, 99 Nov 2026 04:00:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    "address",
    [
        "slack.com/api",
        "ftp://slack.com/",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://a..b/",
        f"http://{'a' * 64}.example/",
        "http://host:99999/",
        "http://host/a b",
        "http://host/a\nb",
        "http://主机/",
        "http://[::1/",
    ],
)
def test_addresses_that_cannot_be_called(address: str) -> None:
    with pytest.raises(ValueError):
        http_address(address)


@pytest.mark.parametrize(
    ("address", "name", "here"),
    [
        ("http://127.0.0.1:8080/api/", "127.0.0.1", True),
        ("http://[::1]:8080/", "::1", True),
        ("http://localhost/", "localhost", True),
        ("https://user:word@slack.com/api/", "slack.com", False),
        ("https://10.0.0.1/", "10.0.0.1", False),
        ("https://localhost.example/", "localhost.example", False),
    ],
)
def test_hosts(address: str, name: str, here: bool) -> None:
    assert http_address(address) == address
    assert host(address) == name
    assert loopback(address) is here


def test_transient_statuses() -> None:
    assert [s for s in range(200, 600) if transient(s)] == [408, 425, 429, *range(500, 600)]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"x-ogw-ratelimit-reset": "52"}, 52),
        ({"Retry-After": "7", "x-ogw-ratelimit-reset": "52"}, 7),
        ({"Retry-After": "soon", "x-ogw-ratelimit-reset": "later"}, None),
    ],
)
def test_hints_of_gateways(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_hint_s(httpx.Headers(headers), NOW) == seconds


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("x"), Busy),
        (httpx.WriteTimeout("x"), Busy),
        (httpx.ProxyError("x"), Busy),
        (httpx.ReadTimeout("x"), Unanswered),
        (httpx.ReadError("x"), Unanswered),
        (httpx.RemoteProtocolError("x"), Unanswered),
    ],
)
def test_what_never_left_was_not_taken(
    error: httpx.TransportError, kind: type[ChannelError]
) -> None:
    found = trouble("a.example", error)
    assert type(found) is kind
    assert found.detail.startswith("a.example ")
    assert type(error).__name__ in found.detail
