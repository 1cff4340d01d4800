"""Slack's Web API: one call at a time, its refusals told apart, no secret in any of them."""

from __future__ import annotations

import http.client
import json
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

from alerts.channels.channel import Busy, ChannelError, Refused, Unanswered
from alerts.channels.http import host, loopback, retry_after_s, transient

OK: Final = 200
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024

WAITS: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
NOT_TAKEN: Final = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
DOUBTFUL: Final = frozenset({"internal_error", "fatal_error"})
"""Slack says of these two that part of the call may have succeeded."""

_CODE: Final = re.compile(r"[a-z0-9_]{1,60}")
_SCOPES: Final = re.compile(r"[a-z:.,_]{1,80}")
_TOKEN: Final = re.compile(r"[!-~]+")


class SlackApi:
    """The methods of one workspace, opened by a bot token."""

    def __init__(
        self, base_url: str, *, token: str, timeout_s: float, now: Callable[[], datetime]
    ) -> None:
        self._now = now
        self._usable = _TOKEN.fullmatch(token) is not None
        self._client = _Client(base_url, token if self._usable else "", timeout_s, now)

    def call(self, method: str, **arguments: Any) -> SlackResponse:
        """Call a method; raises a ChannelError, for what Slack declined with its `code`."""
        if not self._usable:
            raise Refused("the Slack token is missing or malformed: set SHIFEN_SLACK_BOT_TOKEN")
        try:
            return self._client.api_call(method, **arguments)
        except SlackApiError as error:
            refusal = _refusal(method, error.response, self._now())
        # Raised out here because the SDK's error carries the request, token included.
        raise refusal


def _refusal(method: str, answer: SlackResponse, now: datetime) -> ChannelError:
    code = str(answer.get("error") or "")
    named = code if _CODE.fullmatch(code) else "an unknown error"
    detail = f"Slack answered {method} with {named}"
    if code in WAITS:
        return Busy(detail, retry_after_s=retry_after_s(answer.headers.get("retry-after"), now))
    if code in NOT_TAKEN:
        return Busy(detail)
    if code in DOUBTFUL:
        return Unanswered(detail)
    needed = str(answer.get("needed") or "") if code == "missing_scope" else ""
    return Refused(f"{detail} ({needed})" if _SCOPES.fullmatch(needed) else detail, code=named)


class _Client(WebClient):
    """The SDK's client, but it never follows redirects and says whether a request went out.

    The SDK opens addresses with the process-wide opener, which sends the token along to
    wherever a redirect points, and folds all network trouble into one kind of error. Its
    one method that touches the network is replaced here.
    """

    def __init__(
        self, base_url: str, token: str, timeout_s: float, now: Callable[[], datetime]
    ) -> None:
        # A logger outside of the hierarchy: the SDK logs what we raise, and message bodies.
        silent = logging.Logger("alerts.channels.slack", logging.CRITICAL + 1)  # noqa: LOG001
        super().__init__(token, base_url, logger=silent, retry_handlers=[])
        self._timeout_s = timeout_s
        self._host = host(base_url)
        self._now = now
        proxies = {} if loopback(base_url) else urllib.request.getproxies()
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(proxies),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
        ):
            self._opener.add_handler(handler)

    def _perform_urllib_http_request_internal(
        self, url: str, req: urllib.request.Request
    ) -> dict[str, Any]:
        try:
            with self._opener.open(req, timeout=self._timeout_s) as answer:
                body = answer.read(MAX_ANSWER_BYTES)
        except urllib.error.URLError as error:
            # urllib wraps what happens until the whole request is written, and only that.
            kind = type(error.reason).__name__
            raise Busy(f"{self._host} could not be reached ({kind})") from error
        except (OSError, http.client.HTTPException) as error:
            kind = type(error).__name__
            raise Unanswered(f"{self._host} took the request, no answer ({kind})") from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        text = body.decode("utf-8", "replace")
        self._judge(answer.status, headers, text)
        return {"status": answer.status, "headers": headers, "body": text}

    def _judge(self, status: int, headers: Mapping[str, str], text: str) -> None:
        if transient(status):
            wait_s = retry_after_s(headers.get("retry-after"), self._now())
            raise Busy(f"{self._host} answered {status}", retry_after_s=wait_s)
        if status != OK:
            raise Refused(f"{self._host} answered {status}")
        if not _readable(text):
            raise Unanswered(f"{self._host} answered {status} with something unreadable")


def _readable(text: str) -> bool:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and isinstance(answer.get("ok"), bool)
