"""The requests by which Slack tells an app what people do with its messages."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Press:
    """The request by which Slack tells an app that somebody used a button or a menu."""

    body: bytes
    headers: Mapping[str, str]


def as_form(payload: Mapping[str, Any]) -> bytes:
    """Write a payload into the form that Slack sends."""
    return urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()


def sign(body: bytes, secret: str, now: datetime) -> Press:
    """Sign a body with an app's secret, version v0, at a time."""
    stamp = str(int(now.timestamp()))
    basis = f"v0:{stamp}:".encode() + body
    digest = hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }
    return Press(body, headers)
