"""Alerts in a Slack room, as Block Kit messages posted by a bot."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from slack_sdk.web import SlackResponse

from alerts.channels.blocks import PARTS, blocks, fallback
from alerts.channels.channel import Receipt, Refused
from alerts.channels.http import http_address
from alerts.channels.slack_api import SlackApi
from alerts.message import Message, sanitized

EVENT_TYPE: Final = "shifen_alert"
HISTORY_PAGE: Final = 200
LIST_PAGE: Final = 1000
MAX_PAGES: Final = 10
CLOCK_MARGIN: Final = timedelta(seconds=60)
"""How far our clock and Slack's may differ when a message is looked for."""

NO_THREAD: Final = frozenset({"thread_not_found", "message_not_found", "invalid_thread_ts"})
"""The first message is gone, or lies in another room: the answer goes to the room itself."""
ALOUD: Final = frozenset({"severity_up", "escalated", "missed", "ack_expired"})
"""What the whole room sees though it stands in a thread, which few follow."""

_ROOM_ID: Final = re.compile(r"[CDG][A-Z0-9]{6,}")
_TS: Final = re.compile(r"[0-9]{1,20}\.[0-9]{1,10}", re.ASCII)


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
    most_at_once: int = Field(1, ge=1, le=PARTS)
    """How many alerts one message may carry when several are due; one keeps a thread for each."""


class SlackChannel:
    """Posts each alert to one room with the bot token `token`.

    `buttons` says that somebody hears when people press them (`/hooks/slack`); without that
    there are none but links.
    """

    def __init__(
        self,
        settings: SlackSettings,
        *,
        token: str,
        now: Callable[[], datetime],
        buttons: bool = False,
    ) -> None:
        self._settings = settings
        self._now = now
        self._with_buttons = buttons
        self._api = SlackApi(settings.base_url, token=token, timeout_s=settings.timeout_s, now=now)
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
        """How many alerts one message may carry."""
        return self._settings.most_at_once

    @property
    def threads(self) -> bool:
        """What follows about a case goes into the thread of its first message."""
        return True

    def send(self, message: Message) -> Receipt:
        """Post the message, in its thread if that is still there; raise a ChannelError if not."""
        clean, now = sanitized(message), self._now()
        keys = {"dedupe_key": message.dedupe_key}
        if message.parts:
            keys["parts"] = ",".join(part.dedupe_key for part in message.parts)
        body: dict[str, Any] = {
            "channel": self._settings.channel,
            "text": fallback(clean, now),
            "blocks": blocks(clean, now, buttons=self._with_buttons),
            "metadata": {"event_type": EVENT_TYPE, "event_payload": keys},
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer = self._post(body, message)
        self._room_id = str(answer.get("channel") or self._room_id)
        return Receipt(str(answer.get("ts") or ""))

    def _post(self, body: dict[str, Any], message: Message) -> SlackResponse:
        if not _TS.fullmatch(message.thread):
            return self._api.call("chat.postMessage", json=body)
        answering = {"thread_ts": message.thread, "reply_broadcast": message.reason in ALOUD}
        try:
            return self._api.call("chat.postMessage", json={**body, **answering})
        except Refused as error:
            if error.code not in NO_THREAD:
                raise
        return self._api.call("chat.postMessage", json=body)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Look through the room's history for the message.

        None when it is not there, or when the token may not look (scopes `channels:history`
        and, until a message was sent to a room given by name, `channels:read`; `groups:…`
        for private rooms). Raises Busy or Unanswered when Slack cannot be asked now.
        """
        try:
            if not self._room_id:
                self._room_id = self._look_up_room()
            return self._look_for(dedupe_key, since, thread) if self._room_id else None
        except Refused:
            return None

    def check(self) -> str:
        """Ask Slack who we are and whether we may write; posts nothing."""
        answer = self._api.call("auth.test")
        scopes = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}
        if scopes != {""} and "chat:write" not in scopes:
            raise Refused("the Slack token lacks the scope chat:write: add it, reinstall the app")
        team, user = answer.get("team", "?"), answer.get("user", "?")
        return f"Slack workspace {team} knows us as {user}; alerts go to {self._settings.channel}"

    def close(self) -> None:
        """Do nothing: each request has its own connection."""

    def _look_for(self, dedupe_key: str, since: datetime, thread: str) -> Receipt | None:
        oldest = f"{(since - CLOCK_MARGIN).timestamp():.6f}"
        arguments = {"channel": self._room_id, "oldest": oldest, "limit": HISTORY_PAGE}
        # A room's history tells nothing of its threads.
        method = "conversations.history"
        if _TS.fullmatch(thread):
            method, arguments["ts"] = "conversations.replies", thread
        for page in self._pages(method, include_all_metadata=True, **arguments):
            for message in page.get("messages") or ():
                if dedupe_key in _keys(message):
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
            page = self._api.call(method, params=arguments)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor


def _keys(message: dict[str, Any]) -> set[str]:
    """Return the dedupe keys of a message in the history: its own and those of its parts."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    keys = {str(payload.get("dedupe_key") or ""), *str(payload.get("parts") or "").split(",")}
    return keys - {""}
