"""Builds a channel from its settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from types import MappingProxyType
from typing import Final

from alerts.channels.absent import AbsentChannel
from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.channel import Channel
from alerts.channels.console import ConsoleChannel, Terminal
from alerts.channels.dingtalk import DingTalk, DingTalkSettings
from alerts.channels.email import EmailChannel, EmailSettings
from alerts.channels.feishu import Feishu, FeishuSettings
from alerts.channels.robots import Dialect, RobotChannel, RobotSettings
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.settings import ChannelSettings
from alerts.channels.slack import SlackChannel, SlackSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from alerts.channels.wecom import WeCom, WeComSettings

NONE: Final[Mapping[str, ChannelSecrets]] = MappingProxyType({})
DIALECTS: Final[Mapping[type[RobotSettings], type[Dialect]]] = MappingProxyType(
    {WeComSettings: WeCom, DingTalkSettings: DingTalk, FeishuSettings: Feishu}
)


def build_channel(
    settings: ChannelSettings,
    *,
    now: Callable[[], datetime],
    slack_bot_token: str = "",
    slack_buttons: bool = False,
    webhook_secret: str = "",
    channel_secrets: Mapping[str, ChannelSecrets] = NONE,
    console: Terminal | None = None,
    zone: tzinfo = UTC,
    sleep: Callable[[float], None] = time.sleep,
) -> Channel:
    """Build the channel that `settings` describe; `console` defaults to standard output.

    `slack_buttons` says that presses of them reach us. `channel_secrets` are those of entries
    with a `secret`, by that name; `zone` is where the readers of messages live.
    """
    if isinstance(settings, SlackSettings):
        return SlackChannel(settings, token=slack_bot_token, now=now, buttons=slack_buttons)
    if isinstance(settings, RobotSettings):
        return RobotChannel(
            settings,
            DIALECTS[type(settings)](),
            secrets=channel_secrets.get(settings.secret, ChannelSecrets()),
            zone=zone,
            now=now,
            sleep=sleep,
        )
    if isinstance(settings, EmailSettings):
        password = channel_secrets.get(settings.secret or "", ChannelSecrets()).password
        return EmailChannel(settings, password=password, now=now, zone=zone)
    if isinstance(settings, AppriseSettings):
        url = channel_secrets.get(settings.secret, ChannelSecrets()).url
        return _apprise(settings, url, now, zone)
    if isinstance(settings, WebhookSettings):
        return WebhookChannel(settings, secret=webhook_secret, now=now)
    return ConsoleChannel(settings, now=now, console=console or Terminal())


def _apprise(
    settings: AppriseSettings, url: str, now: Callable[[], datetime], zone: tzinfo
) -> Channel:
    """Load the one module that needs the package apprise, which few installations have."""
    try:
        module = import_module("alerts.channels.apprise")
    except ModuleNotFoundError as error:
        return AbsentChannel(
            settings.name,
            f"the channel {settings.name} needs the package {error.name}; "
            "install it: pip install apprise",
        )
    channel: Channel = module.AppriseChannel(settings, url=url, now=now, zone=zone)
    return channel
