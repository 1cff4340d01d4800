"""What the service answers people who press buttons in Slack, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SlackWords:
    """Sentences of one language; the names in braces are filled in."""

    acked: str
    assigned: str
    false_alarm: str
    unknown: str
    disabled: str
    forbidden: str
    missing: str
    over: str
    refused: str
    stale: str


CHINESE: Final = SlackWords(
    acked="{who} 已接手事件 #{case}，{until} 前有效；到时还没有回复，会再次提醒。",
    assigned="事件 #{case} 归 {who} 处理。",
    false_alarm="{who} 把事件 #{case} 标为误报（{reason}）。",
    unknown=(
        "什么也没有做：这里还不认识你的 Slack 账号 {user}。"
        "请管理员在配置文件 people 中你的条目里写上 handles: {{slack: {user}}}，保存后即可。"
    ),
    disabled="什么也没有做：{who} 的账号已停用。",
    forbidden="什么也没有做：{who} 的角色 {role} 不能这样做，请找组长。",
    missing="没有事件 #{case}，它可能已经删除。",
    over="什么也没有做：事件 #{case} 已经结束。",
    refused="没有做成：{problem}",
    stale="什么也没有做：这个按钮已经失效，请在控制台里处理。",
)
ENGLISH: Final = SlackWords(
    acked="{who} takes case #{case} until {until}; without an answer by then it is told again.",
    assigned="{who} handles case #{case}.",
    false_alarm="{who} marked case #{case} as a false alarm ({reason}).",
    unknown=(
        "Nothing was done: your Slack account {user} is not known here. Ask an administrator to "
        "write handles: {{slack: {user}}} into your entry of people in the configuration file; "
        "it counts as soon as the file is saved."
    ),
    disabled="Nothing was done: the account of {who} is disabled.",
    forbidden="Nothing was done: {who} has the role {role}, which may not do this; ask a lead.",
    missing="There is no case #{case}; it may have been deleted.",
    over="Nothing was done: case #{case} is over.",
    refused="It could not be done: {problem}",
    stale="Nothing was done: this button works no more; use the console.",
)


def slack_words(locale: str) -> SlackWords:
    """Return the words of a locale: Chinese for `zh…`, English for any other."""
    return CHINESE if locale.lower().startswith("zh") else ENGLISH
