"""Whether a request really comes from Slack: its signature, version v0, and its age."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

VERSION: Final = "v0"
TOLERANCE_S: Final = 300
"""Slack's own advice: what is older may be a replay."""
TIMESTAMP_HEADER: Final = "x-slack-request-timestamp"
SIGNATURE_HEADER: Final = "x-slack-signature"
_DIGITS: Final = 12


def signed_by_slack(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Tell whether `body` was signed with the app's secret and is not older than five minutes.

    Header names in any case. False for an empty secret and for whatever cannot be read. (The
    SDK's SignatureVerifier raises for timestamps and signatures that are none.)
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get(TIMESTAMP_HEADER, "")
    signature = given.get(SIGNATURE_HEADER, "")
    readable = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _DIGITS
    if not secret or not readable:
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        return False
    basis = f"{VERSION}:{timestamp}:".encode() + body
    key = secret.encode("utf-8", "surrogateescape")
    expected = f"{VERSION}={hmac.new(key, basis, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogateescape"))
