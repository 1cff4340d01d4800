"""What an operator can set about the channels."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.console import ConsoleSettings
from alerts.channels.dingtalk import DingTalkSettings
from alerts.channels.email import EmailSettings
from alerts.channels.feishu import FeishuSettings
from alerts.channels.slack import SlackSettings
from alerts.channels.webhook import WebhookSettings
from alerts.channels.wecom import WeComSettings

ChannelSettings = Annotated[
    SlackSettings
    | WeComSettings
    | DingTalkSettings
    | FeishuSettings
    | EmailSettings
    | AppriseSettings
    | WebhookSettings
    | ConsoleSettings,
    Field(discriminator="kind"),
]
"""One entry of `channels`; its `kind` says which."""
