"""Builds a channel from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from alerts.channels.channel import Channel
from alerts.channels.console import ConsoleChannel, ConsoleSettings, Terminal
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.slack import SlackChannel, SlackSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings

NONE: Final[Mapping[str, ChannelSecrets]] = MappingProxyType({})


def build_channel(
    settings: SlackSettings | WebhookSettings | ConsoleSettings,
    *,
    now: Callable[[], datetime],
    slack_bot_token: str = "",
    webhook_secret: str = "",
    channel_secrets: Mapping[str, ChannelSecrets] = NONE,
    console: Terminal | None = None,
) -> Channel:
    """Build the channel that `settings` describe; `console` defaults to standard output.

    `channel_secrets` are those of entries with a `secret`, by that name.
    """
    if isinstance(settings, SlackSettings):
        return SlackChannel(settings, token=slack_bot_token, now=now)
    if isinstance(settings, WebhookSettings):
        return WebhookChannel(settings, secret=webhook_secret, now=now)
    return ConsoleChannel(settings, now=now, console=console or Terminal())
