"""Alerts in a Slack room, as Block Kit messages posted by a bot."""

from __future__ import annotations

import http.client
import json
import logging
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

from alerts.channels.blocks import blocks, fallback
from alerts.channels.channel import Busy, ChannelError, Receipt, Refused, Unanswered
from alerts.channels.http import host, http_address, loopback, retry_after_s, transient
from alerts.message import Message, sanitized

EVENT_TYPE: Final = "shifen_alert"
OK: Final = 200
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
HISTORY_PAGE: Final = 200
LIST_PAGE: Final = 1000
MAX_PAGES: Final = 10
CLOCK_MARGIN: Final = timedelta(seconds=60)
"""How far our clock and Slack's may differ when a message is looked for."""

WAITS: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
NOT_TAKEN: Final = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
DOUBTFUL: Final = frozenset({"internal_error", "fatal_error"})
"""Slack says of these two that part of the call may have succeeded."""

_CODE: Final = re.compile(r"[a-z0-9_]{1,60}")
_ROOM_ID: Final = re.compile(r"[CDG][A-Z0-9]{6,}")
_SCOPES: Final = re.compile(r"[a-z:.,_]{1,80}")
_TOKEN: Final = re.compile(r"[!-~]+")


class SlackSettings(BaseModel):
    """One entry of `channels` with `kind: slack`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["slack"] = "slack"
    name: str = Field(min_length=1, max_length=64)
    standby: bool = False
    """Carries an alert only when another channel fails, or when nobody was reached by minute 8."""
    base_url: Annotated[str, AfterValidator(http_address)] = "https://slack.com/api/"
    channel: str = Field(min_length=1, max_length=80)
    """A room by name (`#pr`) or by id (`C0123456789`)."""
    timeout_s: float = Field(10, gt=0, le=50)
    min_interval_s: float = Field(1.0, ge=0, le=60)
    """Slack takes about one message per second and room."""


class SlackChannel:
    """Posts each alert to one room with the bot token `token`."""

    def __init__(self, settings: SlackSettings, *, token: str, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._usable = _TOKEN.fullmatch(token) is not None
        self._client = _Client(settings, token if self._usable else "", now)
        self._room_id = settings.channel if _ROOM_ID.fullmatch(settings.channel) else ""

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
        """How many alerts one message may carry: one, each with a thread of its own."""
        return 1

    @property
    def threads(self) -> bool:
        """What follows about a case goes into the thread of its first message."""
        return True

    def send(self, message: Message) -> Receipt:
        """Post the message; raise a ChannelError if that fails."""
        clean, now = sanitized(message), self._now()
        answer = self._call(
            "chat.postMessage",
            json={
                "channel": self._settings.channel,
                "text": fallback(clean, now),
                "blocks": blocks(clean, now),
                "metadata": {
                    "event_type": EVENT_TYPE,
                    "event_payload": {"dedupe_key": message.dedupe_key},
                },
                "mrkdwn": False,
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )
        self._room_id = str(answer.get("channel") or self._room_id)
        return Receipt(str(answer.get("ts") or ""))

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Look through the room's history for the message.

        None when it is not there, or when the token may not look (scopes `channels:history`
        and, until a message was sent to a room given by name, `channels:read`; `groups:…`
        for private rooms). Raises Busy or Unanswered when Slack cannot be asked now.
        """
        try:
            if not self._room_id:
                self._room_id = self._look_up_room()
            return self._look_for(dedupe_key, since) if self._room_id else None
        except Refused:
            return None

    def check(self) -> str:
        """Ask Slack who we are and whether we may write; posts nothing."""
        answer = self._call("auth.test")
        scopes = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}
        if scopes != {""} and "chat:write" not in scopes:
            raise Refused("the Slack token lacks the scope chat:write: add it, reinstall the app")
        team, user = answer.get("team", "?"), answer.get("user", "?")
        return f"Slack workspace {team} knows us as {user}; alerts go to {self._settings.channel}"

    def close(self) -> None:
        """Do nothing: each request has its own connection."""

    def _look_for(self, dedupe_key: str, since: datetime) -> Receipt | None:
        oldest = f"{(since - CLOCK_MARGIN).timestamp():.6f}"
        arguments = {"channel": self._room_id, "oldest": oldest, "limit": HISTORY_PAGE}
        pages = self._pages("conversations.history", include_all_metadata=True, **arguments)
        for page in pages:
            for message in page.get("messages") or ():
                metadata = message.get("metadata") or {}
                if (metadata.get("event_payload") or {}).get("dedupe_key") == dedupe_key:
                    return Receipt(str(message["ts"]))
        return None

    def _look_up_room(self) -> str:
        name = self._settings.channel.lstrip("#")
        for page in self._pages(
            "conversations.list",
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=LIST_PAGE,
        ):
            for room in page.get("channels") or ():
                if room.get("name") == name:
                    return str(room["id"])
        return ""

    def _pages(self, method: str, **arguments: Any) -> Iterator[SlackResponse]:
        for _ in range(MAX_PAGES):
            page = self._call(method, params=arguments)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor

    def _call(self, method: str, **arguments: Any) -> SlackResponse:
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
    if code == "missing_scope":
        needed = str(answer.get("needed") or "")
        return Refused(f"{detail} ({needed})" if _SCOPES.fullmatch(needed) else detail)
    return Refused(detail)


class _Client(WebClient):
    """The SDK's client, but it never follows redirects and says whether a request went out.

    The SDK opens addresses with the process-wide opener, which sends the token along to
    wherever a redirect points, and folds all network trouble into one kind of error. Its
    one method that touches the network is replaced here.
    """

    def __init__(self, settings: SlackSettings, token: str, now: Callable[[], datetime]) -> None:
        # A logger outside of the hierarchy: the SDK logs what we raise, and message bodies.
        silent = logging.Logger("alerts.channels.slack", logging.CRITICAL + 1)  # noqa: LOG001
        super().__init__(token, settings.base_url, logger=silent, retry_handlers=[])
        self._timeout_s = settings.timeout_s
        self._host = host(settings.base_url)
        self._now = now
        proxies = {} if loopback(settings.base_url) else urllib.request.getproxies()
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
