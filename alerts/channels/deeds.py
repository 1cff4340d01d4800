"""The buttons under an alert in Slack: what they are called, what they carry, how that is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from alerts.message import Message
from alerts.severity import Severity
from alerts.wording import OPERATIONAL

LINK: Final = "open"
"""How the `action_id` of a button begins that only leads somewhere."""

_VALUE: Final = re.compile(r"([1-9][0-9]{0,17})(?::([a-z_]{1,40}))?", re.ASCII)


class Deed(StrEnum):
    """What a button does; also its `action_id`."""

    ACK = "ack"
    ASSIGN = "assign"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Click:
    """What somebody asked for by a button; `reason` comes with a false alarm alone."""

    deed: Deed
    case_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """The words on the buttons in one language; `reasons` are those of `monitor.desk`."""

    ack: str
    assign: str
    false_alarm: str
    open_reply: str
    reasons: Mapping[str, str]
    sure: str
    why_sure: str
    yes: str
    no: str


CHINESE: Final = Labels(
    ack="接手",
    assign="归我",
    false_alarm="误报",
    open_reply="打开回复",
    reasons={
        "not_about_us": "说的不是我们",
        "not_a_complaint": "不是投诉",
        "joke": "玩笑",
        "advert": "广告",
        "resolved": "早已解决",
        "duplicate": "重复",
        "other": "其他原因",
    },
    sure="确定是误报？",
    why_sure="这是紧急事件。标为误报后事件结束，不再提醒任何人。",
    yes="是误报",
    no="返回",
)
ENGLISH: Final = Labels(
    ack="Acknowledge",
    assign="Assign to me",
    false_alarm="False alarm",
    open_reply="Open reply",
    reasons={
        "not_about_us": "Not about us",
        "not_a_complaint": "Not a complaint",
        "joke": "A joke",
        "advert": "An advert",
        "resolved": "Solved long ago",
        "duplicate": "A duplicate",
        "other": "Another reason",
    },
    sure="Is it a false alarm?",
    why_sure="This case is urgent. As a false alarm it ends, and nobody is told of it again.",
    yes="False alarm",
    no="Back",
)


def labels(locale: str) -> Labels:
    """Return the words of a locale: Chinese for `zh…`, English for any other."""
    return CHINESE if locale.lower().startswith("zh") else ENGLISH


def actionable(message: Message) -> bool:
    """Whether something can be done about what a message tells: an open case."""
    return message.case_id is not None and not message.ended and message.kind != OPERATIONAL


def deeds(message: Message) -> list[dict[str, Any]]:
    """Return the elements that act on a message's case; none where nothing can be done."""
    if not actionable(message):
        return []
    said, case_id = labels(message.locale), message.case_id
    return [
        {**_button(Deed.ACK, said.ack, case_id), "style": "primary"},
        _button(Deed.ASSIGN, said.assign, case_id),
        _menu(said, message),
    ]


def _button(deed: Deed, label: str, case_id: int | None) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": deed.value,
        "text": _plain(label),
        "value": str(case_id),
    }


def _menu(said: Labels, message: Message) -> dict[str, Any]:
    menu: dict[str, Any] = {
        "type": "static_select",
        "action_id": Deed.FALSE_ALARM.value,
        "placeholder": _plain(said.false_alarm),
        "options": [
            {"text": _plain(label), "value": f"{message.case_id}:{reason}"}
            for reason, label in said.reasons.items()
        ],
    }
    if message.severity is Severity.URGENT:
        menu["confirm"] = {
            "title": _plain(said.sure),
            "text": _plain(said.why_sure),
            "confirm": _plain(said.yes),
            "deny": _plain(said.no),
        }
    return menu


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def read_click(action: object) -> Click | None:
    """Read one entry of `actions` of a `block_actions` payload; None for what is not ours.

    Links are none of ours to act on; Slack tells of them all the same.
    """
    if not isinstance(action, dict):
        return None
    name, value = action.get("action_id"), action.get("value")
    if name == Deed.FALSE_ALARM:
        option = action.get("selected_option")
        value = option.get("value") if isinstance(option, dict) else None
    if name not in tuple(Deed) or not isinstance(value, str):
        return None
    found = _VALUE.fullmatch(value)
    if found is None or (name == Deed.FALSE_ALARM) != bool(found[2]):
        return None
    return Click(Deed(name), int(found[1]), found[2] or "")


def is_link(action: object) -> bool:
    """Whether an entry of `actions` tells of a button that only led somewhere."""
    name = action.get("action_id") if isinstance(action, dict) else None
    return isinstance(name, str) and name.startswith(f"{LINK}_")
