"""Alerts in a group chat of DingTalk (钉钉), written by a custom robot of the group.

open.dingtalk.com/document/orgapp/custom-robots-send-group-messages: the key (`access_token`)
and the signature stand in the address; a body holds 20,000 bytes; a robot takes 20 messages a
minute and then nothing for ten minutes; a `msgUuid` that comes again is not written again.
Codes that its table lacks were reported by users: 130101 and 660026 (too fast), 300001 and
300005 (no such key), 460101 and 101002 (too long). Plain `text` for the reasons told in `wecom`.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from alerts.channels.robots import Call, Code, Credentials, Fate, RobotAddress, RobotSettings
from alerts.channels.sheet import Line, Page, Paper, written
from alerts.message import Mention

BODY_BYTES: Final = 18_000
"""Below the limit by what stands around the text."""
MOBILE: Final = re.compile(r"(?:\+[0-9]{1,3}-)?[0-9]{11}")
_USER: Final = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_@.-]{0,63}")

# Asked again each minute although the punishment is said to last ten: it may be shorter, and
# one request a minute does not prolong it. After two minutes the standby takes over anyway.
_FAST: Final = Code(Fate.WAIT, "more than 20 messages in a minute", 60)
_NO_KEY: Final = Code(Fate.ROBOT, "there is no such robot; set {key} to its access_token")
_LONG: Final = Code(Fate.NEVER, "the message is too long")
_WORDS: Final = Code(Fate.WORDS, "it does not take these words, links or pictures")
_SIGN: Final = Code(Fate.ROBOT, "the signature is wrong; set {secret} to the robot's (SEC…)")

CODES: Final = {
    -1: Code(Fate.AGAIN, "it is busy"),
    130101: _FAST,
    410100: _FAST,
    660026: _FAST,
    90030: _FAST,
    300001: _NO_KEY,
    300005: _NO_KEY,
    400101: _NO_KEY,
    400106: _NO_KEY,
    400013: Code(Fate.ROBOT, "the group was dissolved; add a robot to another and set {key}"),
    400102: Code(Fate.ROBOT, "the robot is switched off; switch it on in the group"),
    400105: Code(Fate.NEVER, "it does not know this kind of message"),
    40035: Code(Fate.NEVER, "it does not take this form of message"),
    43004: Code(Fate.NEVER, "it does not take this form of message"),
    101002: _LONG,
    460101: _LONG,
    **dict.fromkeys(range(430101, 430105), _WORDS),
}
SECURITY: Final = 310000
"""One code for four things, which its text tells apart, in English or in Chinese."""
_KEYWORD: Final = Code(Fate.NEVER, "the robot asks for a keyword; give it Shifen, or a signature")
_TIME: Final = Code(Fate.ROBOT, "the time is wrong by more than an hour; set the clock (NTP)")
_ADDRESS: Final = Code(Fate.ROBOT, "the robot does not let in our address; add it to its list")
SECURITY_WORDS: Final = (
    ("keyword", _KEYWORD),
    ("关键词", _KEYWORD),
    ("invalid timestamp", _TIME),
    ("签名过期", _TIME),
    ("whitelist", _ADDRESS),
    ("白名单", _ADDRESS),
)


class DingTalkSettings(RobotSettings):
    """One entry of `channels` with `kind: dingtalk`."""

    kind: Literal["dingtalk"] = "dingtalk"
    base_url: RobotAddress = "https://oapi.dingtalk.com/robot/send"
    min_interval_s: float = Field(3.5, ge=0, le=60)
    """Leaves more room than elsewhere, for one message too many costs ten minutes."""


class DingTalk:
    """How DingTalk's robots are spoken to."""

    service = "DingTalk"
    signs = True

    @property
    def paper(self) -> Paper:
        """How much a text takes, in bytes of the JSON around it."""
        return Paper(BODY_BYTES, _weight)

    def call(self, credentials: Credentials) -> Call:
        """Show the key and, where there is a secret, the signed time in milliseconds."""
        query = {"access_token": credentials.key}
        if credentials.secret:
            timestamp = str(int(credentials.now.timestamp() * 1000))
            query |= {"timestamp": timestamp, "sign": signature(credentials.secret, timestamp)}
        return Call(query=query)

    def body(self, page: Page, locale: str, mark: str) -> dict[str, Any]:
        """Write a page as text that calls everybody in it with a handle `dingtalk`.

        A handle is an id in the company's address book, or a mobile number.
        """
        lines = [page.title, *(written(line, _names(line)) for line in page.lines)]
        handles = list(dict.fromkeys(filter(None, map(_handle, page.people))))
        called = {
            "atMobiles": [handle for handle in handles if MOBILE.fullmatch(handle)],
            "atUserIds": [handle for handle in handles if not MOBILE.fullmatch(handle)],
            "isAtAll": False,
        }
        text = {"content": "\n".join(lines)}
        return {"msgtype": "text", "text": text, "at": called, "msgUuid": mark}

    def code(self, answer: Mapping[str, Any]) -> tuple[object, object]:
        """Return `errcode` and `errmsg`."""
        return answer.get("errcode"), answer.get("errmsg")

    def meaning(self, code: int, said: str) -> Code | None:
        """Say what a code means."""
        if code == SECURITY:
            return next((meant for word, meant in SECURITY_WORDS if word in said), _SIGN)
        return CODES.get(code)


def signature(secret: str, timestamp: str) -> str:
    """Sign a time (milliseconds) with a robot's secret, as DingTalk does it."""
    key = secret.encode("utf-8", "surrogateescape")
    signed = timestamp.encode() + b"\n" + key
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _weight(line: Line) -> int:
    return len(json.dumps(written(line, _names(line)), ensure_ascii=False).encode())


def _names(line: Line) -> list[str]:
    """DingTalk calls those whose handle the text holds, and shows their names instead."""
    handles = [(person, _handle(person)) for person in line.people]
    return [f"@{handle}" if handle else person.name for person, handle in handles]


def _handle(person: Mention) -> str:
    handle = person.handles.get("dingtalk", "")
    return handle if MOBILE.fullmatch(handle) or _USER.fullmatch(handle) else ""
