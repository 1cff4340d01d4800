from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from alerts.channels.apprise import AppriseChannel
from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.build import build_channel
from alerts.channels.channel import ChannelError
from alerts.channels.console import ConsoleChannel, ConsoleSettings
from alerts.channels.dingtalk import DingTalkSettings
from alerts.channels.email import EmailChannel, EmailSettings
from alerts.channels.feishu import FeishuSettings
from alerts.channels.robots import RobotChannel
from alerts.channels.secrets import ChannelSecrets
from alerts.channels.settings import ChannelSettings
from alerts.channels.slack import SlackChannel, SlackSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from alerts.channels.wecom import WeComSettings
from tests.alerts.messages import NOW

ADAPTER: TypeAdapter[Any] = TypeAdapter(ChannelSettings)
ENTRIES = [
    (
        {"kind": "slack", "name": "pr", "base_url": "https://slack.com/api/", "channel": "#pr"},
        SlackSettings,
        SlackChannel,
    ),
    (
        {"kind": "webhook", "name": "hook", "url": "https://a.example/in"},
        WebhookSettings,
        WebhookChannel,
    ),
    ({"kind": "wecom", "name": "room", "secret": "PR_ROOM"}, WeComSettings, RobotChannel),
    ({"kind": "dingtalk", "name": "room", "secret": "PR_ROOM"}, DingTalkSettings, RobotChannel),
    ({"kind": "feishu", "name": "room", "secret": "PR_ROOM"}, FeishuSettings, RobotChannel),
    (
        {
            "kind": "email",
            "name": "mail",
            "host": "mx.example",
            "sender": "alerts@shifen.example",
            "to": ["pr@example.com"],
        },
        EmailSettings,
        EmailChannel,
    ),
    ({"kind": "apprise", "name": "tail", "secret": "TAIL"}, AppriseSettings, AppriseChannel),
    ({"kind": "console"}, ConsoleSettings, ConsoleChannel),
]


@pytest.mark.parametrize(("entry", "settings", "channel"), ENTRIES)
def test_the_kind_of_an_entry_decides(entry: dict[str, Any], settings: type, channel: type) -> None:
    read = ADAPTER.validate_python(entry)
    built = build_channel(read, now=lambda: NOW, console=Console(quiet=True))

    assert type(read) is settings
    assert type(built) is channel
    assert built.name == entry.get("name", "console")
    assert built.min_interval_s == getattr(read, "min_interval_s", 0)
    built.close()


def test_each_robot_gets_the_secrets_that_its_entry_names() -> None:
    secrets = {"NIGHT": ChannelSecrets(key="0f1e2d3c4b5a")}
    for name, told in (("NIGHT", "could not be reached"), ("DAY", "SHIFEN_CHANNEL_DAY_KEY")):
        settings = WeComSettings(name="room", secret=name, base_url="http://127.0.0.1:1/send")
        built = build_channel(settings, now=lambda: NOW, channel_secrets=secrets)
        with pytest.raises(ChannelError, match=told):
            built.check()
        built.close()


def test_a_console_needs_no_console_given() -> None:
    assert build_channel(ConsoleSettings(), now=lambda: NOW).check()


@pytest.mark.parametrize("entry", [entry for entry, _, _ in ENTRIES])
def test_unknown_keys_are_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="colour"):
        ADAPTER.validate_python({**entry, "colour": "red"})


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"kind": "pager", "name": "x"},
        {"kind": "slack", "name": "x"},
        {"kind": "slack", "name": "", "channel": "#pr"},
        {"kind": "slack", "name": "x", "channel": "#pr", "base_url": "slack.com"},
        {"kind": "slack", "name": "x", "channel": "#pr", "timeout_s": 0},
        {"kind": "wecom", "name": "x"},
        {"kind": "dingtalk", "name": "x", "secret": "pr-room"},
        {"kind": "feishu", "name": "x", "secret": "PR", "base_url": "open.feishu.cn"},
        {"kind": "feishu", "name": "x", "secret": "PR", "timeout_s": 51},
        {"kind": "webhook", "name": "x"},
        {"kind": "webhook", "name": "x", "url": "ftp://a.example"},
        {"kind": "webhook", "name": "x", "url": "https://a.example", "min_interval_s": -1},
    ],
)
def test_impossible_entries_are_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(entry)


@pytest.mark.parametrize("entry", [entry for entry, _, _ in ENTRIES])
def test_every_kind_may_stand_by(entry: dict[str, Any]) -> None:
    assert not ADAPTER.validate_python(entry).standby
    assert ADAPTER.validate_python({**entry, "standby": True}).standby


def test_one_message_a_second_is_what_slack_takes() -> None:
    assert SlackSettings(name="pr", channel="#pr").min_interval_s == 1.0
