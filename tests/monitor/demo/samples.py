"""Posts for tests of the stand-ins, one line each."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx

from monitor.demo.scenario import Expect, Kind, SamplePost
from monitor.demo.stand import Stand
from scrapers.post import Author, Platform, Standing

_numbers = count(1)


def sample(text: str, platform: Platform = Platform.WEIBO, **changes: Any) -> SamplePost:
    """Return a sample post with `text`."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "key": f"t{number}",
        "offset_s": 0.0,
        "platform": platform,
        "author": author(number),
        "text": text,
        "brand": "星云手表",
        "kind": Kind.COMPLAINT,
        "expect": Expect.ALERT,
        "why": "a test",
    }
    return SamplePost(**{**fields, **changes})


def author(number: int, **changes: Any) -> Author:
    fields: dict[str, Any] = {
        "id": str(7_000_000_000 + number),
        "name": f"用户{number}",
        "followers": 12,
        "standing": Standing.ORDINARY,
        "handle": f"user{number}",
    }
    return Author(**{**fields, **changes})


def ask(stand: Stand, path: str, **kwargs: Any) -> httpx.Response:
    """Ask a stand-in directly; redirects are not followed."""
    method = kwargs.pop("method", "GET")
    # Loopback speaks plain HTTP; loading certificates for it would take most of the time.
    with httpx.Client(verify=False, trust_env=False, timeout=5) as client:
        return client.request(method, stand.url + path, **kwargs)
