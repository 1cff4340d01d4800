"""Answers people in Slack: one of them alone, or all who follow a thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from alerts.channels.slack import SlackSettings
from alerts.channels.slack_api import SlackApi
from alerts.message import harmless


class SlackVoice:
    """Speaks in the rooms of one workspace with its bot token, as plain text.

    It calls the configured address alone: never one that a request brings along, such as the
    `response_url` of an action.
    """

    def __init__(self, settings: SlackSettings, *, token: str, now: Callable[[], datetime]) -> None:
        self._api = SlackApi(settings.base_url, token=token, timeout_s=settings.timeout_s, now=now)

    def whisper(self, room: str, user: str, text: str, thread: str = "") -> None:
        """Say something to one person in a room; raises a ChannelError."""
        self._api.call("chat.postEphemeral", json={**_body(room, text, thread), "user": user})

    def say(self, room: str, text: str, thread: str) -> None:
        """Say something to all who follow a thread; raises a ChannelError."""
        self._api.call("chat.postMessage", json=_body(room, text, thread))


def _body(room: str, text: str, thread: str) -> dict[str, Any]:
    plain = harmless(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = {"channel": room, "text": plain, "mrkdwn": False}
    return {**body, "thread_ts": thread} if thread else body
