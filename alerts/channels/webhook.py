"""Alerts as signed JSON, posted to an address of the operator's choice.

The body, version 1; keys may be added, none is taken away or changes its meaning:

    version       1
    sent_at       ISO 8601, UTC
    age_s         seconds since publication (without a post: since the message was made)
    time_left_s   seconds until due_at, negative when late, null where nothing is due
    dedupe_key kind severity(normal|important|urgent) title brand reasons[] verdict
    created_at due_at late console_url locale case_id
    uncertain     true where the judge doubts its verdict and a person shall look
    reason        why this is told now: first new_posts severity_up spread_10 spread_100
                  spread_1000 repeat ack_expired escalated missed resolved withdrawn rolled_up
    news[]        what is new since the last message about the case
    spread reach  posts that tell the story, followers reached
    mentions[]    who must act: name handles{kind: id}
    act_by        until when, null where nothing is due
    ended         true where the case is over and nothing is left to do
    thread        dedupe_key of the first message about the case, empty in that message itself
    parts[]       empty: each alert comes by itself
    post          null for messages about the service, else
                  platform author followers text marks[[start,end]] quoted url published_at
    reply         null or text how(api|intent|manual) link template length limit

Times are ISO 8601, `marks` count code points. Headers: `Idempotency-Key` is the same for each
try of one message; `X-Shifen-Timestamp` holds Unix seconds; `X-Shifen-Signature` is `sha256=`
and the hex HMAC-SHA256 of timestamp, a full stop, and the body, keyed with the shared secret.
A receiver checks them with `verify`. Any 2xx answer means that the message was taken.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from alerts.channels.channel import Busy, Receipt, Refused
from alerts.channels.http import (
    SERVER_ERROR,
    host,
    http_address,
    loopback,
    retry_after_s,
    transient,
    trouble,
)
from alerts.message import Message, age_s, sanitized, time_left_s, to_json

SCHEMA_VERSION: Final = 1
TIMESTAMP_HEADER: Final = "X-Shifen-Timestamp"
SIGNATURE_HEADER: Final = "X-Shifen-Signature"


class WebhookSettings(BaseModel):
    """One entry of `channels` with `kind: webhook`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["webhook"] = "webhook"
    name: str = Field(min_length=1, max_length=64)
    standby: bool = False
    """Carries an alert only when another channel fails, or when nobody was reached by minute 8."""
    url: Annotated[str, AfterValidator(http_address)] = Field(repr=False)
    """Where to post; may hold a key of the receiver, so it is never shown."""
    timeout_s: float = Field(10, gt=0, le=50)
    min_interval_s: float = Field(0.1, ge=0, le=60)


class WebhookChannel:
    """Posts each alert as JSON to one address. Without a secret it goes unsigned."""

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        secret: str,
        now: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._now = now
        self._host = host(settings.url)
        # A kept connection that the receiver drops meanwhile would look like a lost answer.
        self._client = httpx.Client(
            timeout=settings.timeout_s,
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
            transport=transport,
            trust_env=not loopback(settings.url),
        )

    @property
    def name(self) -> str:
        """The channel's name in the settings; unique."""
        return self._settings.name

    @property
    def min_interval_s(self) -> float:
        """The least time between two messages that this channel allows."""
        return self._settings.min_interval_s

    @property
    def most_at_once(self) -> int:
        """How many alerts one message may carry: programs take them one by one."""
        return 1

    @property
    def threads(self) -> bool:
        """The body's `thread` holds the dedupe key of the first message about the case."""
        return True

    def send(self, message: Message) -> Receipt:
        """Post the message; raise a ChannelError if that fails."""
        now = self._now()
        body = _body(message, now)
        status, hint = self._ask(
            "POST", body, _headers(message.dedupe_key, self._secret, body, now)
        )
        if httpx.codes.is_success(status):
            return Receipt(message.dedupe_key)
        detail = f"{self._host} answered {status}"
        if transient(status):
            raise Busy(detail, retry_after_s=hint)
        raise Refused(detail)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Return None: receivers know a repeated message by its Idempotency-Key."""
        return None

    def check(self) -> str:
        """Ask with HEAD whether the address answers; what it answers is its own affair."""
        status, hint = self._ask("HEAD", None, {})
        if status >= SERVER_ERROR:
            raise Busy(f"{self._host} answered {status}", retry_after_s=hint)
        signed = "signed" if self._secret else "NOT signed (set SHIFEN_WEBHOOK_SECRET)"
        return f"{self._host} answers; messages are {signed}"

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _ask(
        self, method: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, float | None]:
        """Return status and Retry-After in seconds; the body of the answer is never read."""
        try:
            with self._client.stream(
                method, self._settings.url, content=body, headers=headers
            ) as response:
                hint = retry_after_s(response.headers.get("retry-after"), self._now())
                return response.status_code, hint
        except httpx.TransportError as error:
            raise trouble(self._host, error) from error


def _body(message: Message, now: datetime) -> bytes:
    clean = sanitized(message)
    data = {
        "version": SCHEMA_VERSION,
        "sent_at": now.isoformat(),
        "age_s": age_s(clean, now),
        "time_left_s": time_left_s(clean, now),
        **to_json(clean),
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(dedupe_key: str, secret: str, body: bytes, now: datetime) -> dict[str, str]:
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "shifen",
        "Idempotency-Key": dedupe_key,
        TIMESTAMP_HEADER: timestamp,
    }
    if secret:
        headers[SIGNATURE_HEADER] = _signature(secret, timestamp, body)
    return headers


def _signature(secret: str, timestamp: str, body: bytes) -> str:
    key = secret.encode("utf-8", "surrogateescape")
    return "sha256=" + hmac.new(key, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


TIMESTAMP_MAX: Final = 15
"""Digits of a time in seconds."""


def verify(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance_s: float = 300,
) -> bool:
    """Tell a receiver whether a request is ours and fresh; header names in any case.

    False for a wrong or missing signature, an empty secret, or a timestamp that is more than
    `tolerance_s` away from `now` (a replay).
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get(TIMESTAMP_HEADER.lower(), "")
    signature = given.get(SIGNATURE_HEADER.lower(), "")
    # Python reads no number of thousands of digits.
    seconds = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= TIMESTAMP_MAX
    if not secret or not seconds:
        return False
    if abs(now.timestamp() - int(timestamp)) > tolerance_s:
        return False
    return hmac.compare_digest(_signature(secret, timestamp, body).encode(), signature.encode())
