"""The one way to read over HTTP: timeouts, pacing, a second try, only the configured host."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from scrapers.errors import Drifted, Throttled, Unreachable
from scrapers.pace import Pace

Transport = httpx.BaseTransport
Response = httpx.Response

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
RETRY_WAIT_S: Final = 0.5
TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500


class Reader:
    """Reads from one host.

    Redirects are never followed: where a platform sends us is part of its answer. Cookies
    live in this reader's jar and go to its host only. Network trouble and 5xx get `tries`
    attempts in all, then raise Unreachable; every other answer is the caller's to judge.
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
    ) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            headers=dict(headers or {}),
            timeout=timeout_s,
            follow_redirects=False,
            transport=transport,
            trust_env=False,
        )
        self._host = httpx.URL(base_url).host
        self._pace = pace
        self._sleep = sleep
        self._tries = tries
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
        if request.url.host != self._host:
            raise Drifted(f"refused to leave {self._host} for {request.url.host}")
        trouble = Unreachable(f"{self._host} was not asked")
        for attempt in range(self._tries):
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
            response = self._client.send(request, stream=True)
            try:
                body = _read_bounded(response)
            finally:
                response.close()
        except httpx.TransportError as error:
            kind = type(error).__name__
            raise Unreachable(f"{self._host} did not answer ({kind})") from error
        except httpx.DecodingError as error:
            raise Drifted(f"{self._host} sent a body that cannot be decompressed") from error
        if response.status_code >= SERVER_ERROR:
            raise Unreachable(
                f"{self._host} answered {response.status_code}",
                retry_after_s=retry_after_s(response),
            )
        return Response(
            response.status_code,
            headers=[(k, v) for k, v in response.headers.raw if k.lower() not in _CODINGS],
            content=body,
            request=request,
        )


_CODINGS: Final = (b"content-encoding", b"transfer-encoding", b"content-length")


def _read_bounded(response: Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise Drifted(f"an answer of more than {MAX_BODY_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def retry_after_s(response: Response) -> float | None:
    """Seconds that a `Retry-After` header asks for, in either of its two forms."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, when.timestamp() - time.time())


def throttled(response: Response, detail: str) -> Throttled:
    """Build the error for an answer that asks us to slow down."""
    return Throttled(detail, retry_after_s=retry_after_s(response))
