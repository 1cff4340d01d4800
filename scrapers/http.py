"""The one way to read over HTTP: timeouts, pacing, a second try, only the configured host."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx

from scrapers.errors import Drifted, Throttled, Unreachable
from scrapers.pace import Pace

Transport = httpx.BaseTransport
Response = httpx.Response

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
MAX_BODY_TIMEOUTS: Final = 3
"""A body that drips for more than so many timeouts is given up."""
MIN_SECRET_CHARS: Final = 8
"""Shorter values are no secrets, and striking them out would tear answers apart."""
RETRY_WAIT_S: Final = 0.5
MAX_RETRY_AFTER_S: Final = 7 * 86_400.0
TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500

_CODINGS: Final = (b"content-encoding", b"transfer-encoding", b"content-length")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class Reader:
    """Reads from one host.

    Redirects are never followed: where a platform sends us is part of its answer. Cookies
    are not kept: who needs them sends them as a header. Network trouble and 5xx get `tries`
    attempts in all, then raise Unreachable; every other answer is the caller's to judge,
    and so is a 5xx that `is_answer` claims. `secret_params` join each query below the
    client, where nothing logs addresses; their values and `secrets` are struck out of every
    answer, should something on the way echo them.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: float,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
        transport: Transport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        tries: int = 2,
        is_answer: Callable[[Response], bool] | None = None,
        secret_params: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if secret_params:
            transport = _WithParams(transport or httpx.HTTPTransport(), secret_params)
        self._client = httpx.Client(
            base_url=base_url,
            headers=dict(headers or {}),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=timeout_s,
            follow_redirects=False,
            transport=transport,
            trust_env=False,
        )
        self.host: Final = httpx.URL(base_url).host
        self._pace = pace
        self._sleep = sleep
        self._tries = tries
        self._is_answer = is_answer
        known = (*(secret_params or {}).values(), *secrets)
        self._secrets = [secret.encode() for secret in known if len(secret) >= MIN_SECRET_CHARS]
        self._clock = clock
        self._body_limit_s = timeout_s * MAX_BODY_TIMEOUTS
        self.requests = 0
        """How many requests were made so far: what a fetch cost."""

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """GET `path` below the base address."""
        return self._send("GET", path, params=params, headers=headers)

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """POST a form to `path` below the base address."""
        return self._send("POST", path, form=form, headers=headers)

    def post_json(self, path: str, body: Mapping[str, Any], *, timeout_s: float) -> Response:
        """POST a JSON object to `path`, in one try; each step may take `timeout_s`."""
        request = self._client.build_request("POST", path, json=dict(body), timeout=timeout_s)
        return self._guarded(request, tries=1)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        request = self._client.build_request(
            method,
            path,
            params=dict(params) if params else None,
            data=dict(form) if form else None,
            headers=dict(headers or {}),
        )
        return self._guarded(request, self._tries)

    def _guarded(self, request: httpx.Request, tries: int) -> Response:
        if request.url.host != self.host:
            raise Drifted(f"refused to leave {self.host} for {request.url.host}")
        trouble = Unreachable(f"{self.host} was not asked")
        for attempt in range(tries):
            if attempt:
                self._sleep(RETRY_WAIT_S * 2**attempt)
            try:
                return self._once(request)
            except Unreachable as error:
                trouble = error
        raise trouble

    def _once(self, request: httpx.Request) -> Response:
        if self._pace:
            self._pace.wait()
        self.requests += 1
        try:
            received = self._client.send(request, stream=True)
            try:
                body = self._read_bounded(received)
            finally:
                received.close()
        except httpx.TransportError as error:
            kind = type(error).__name__
            raise Unreachable(f"{self.host} did not answer ({kind})") from error
        except httpx.DecodingError as error:
            raise Drifted(f"{self.host} sent a body that cannot be decompressed") from error
        response = Response(
            received.status_code,
            headers=[(k, v) for k, v in received.headers.raw if k.lower() not in _CODINGS],
            content=body,
            request=request,
        )
        if response.status_code >= SERVER_ERROR and not (
            self._is_answer and self._is_answer(response)
        ):
            raise Unreachable(
                f"{self.host} answered {response.status_code}",
                retry_after_s=retry_after_s(response),
            )
        return response

    def _read_bounded(self, response: Response) -> bytes:
        give_up = self._clock() + self._body_limit_s
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise Drifted(f"{self.host} sent more than {MAX_BODY_BYTES} bytes")
            if self._clock() > give_up:
                raise Unreachable(f"{self.host} sends its answer too slowly")
            parts.append(part)
        body = b"".join(parts)
        for secret in self._secrets:
            body = body.replace(secret, b"(secret)")
        return body


class _WithParams(Transport):
    def __init__(self, inner: Transport, params: Mapping[str, str]) -> None:
        self._inner = inner
        self._params = dict(params)

    def handle_request(self, request: httpx.Request) -> Response:
        return self._inner.handle_request(
            httpx.Request(
                request.method,
                request.url.copy_merge_params(self._params),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    def close(self) -> None:
        self._inner.close()


def retry_after_s(response: Response, now: datetime | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for, in either of its two forms.

    A date is judged against the answer's own `Date`, else against `now` (aware); with
    neither it says nothing. Never negative, at most MAX_RETRY_AFTER_S.
    """
    value = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), MAX_RETRY_AFTER_S)
    until = _http_date(value)
    since = _http_date(response.headers.get("date", "")) or now
    if until is None or since is None:
        return None
    return min(max(0.0, (until - since).total_seconds()), MAX_RETRY_AFTER_S)


def throttled(response: Response, detail: str, now: datetime | None = None) -> Throttled:
    """Build the error for an answer that asks us to slow down."""
    return Throttled(detail, retry_after_s=retry_after_s(response, now))


def _http_date(value: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
