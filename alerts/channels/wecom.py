"""Alerts in a group chat of WeCom (企业微信), written by the group's robot.

developer.work.weixin.qq.com/document/path/91770 (robots) and /90455 (codes): `text` holds
2,048 bytes, a robot takes 20 messages a minute, the key in the address is all its proof.
Plain `text`, not `markdown`: WeCom's dialect has no escapes, so a post could forge links and
mentions, and the reply could not be copied as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from alerts.channels.robots import Call, Code, Credentials, Fate, RobotAddress, RobotSettings
from alerts.channels.sheet import Line, Page, Paper, written

TEXT_BYTES: Final = 2048
MOBILE: Final = re.compile(r"1[0-9]{10}")
_USER: Final = re.compile(r"[A-Za-z0-9_.-][A-Za-z0-9_@.-]{0,63}")

CODES: Final = {
    -1: Code(Fate.AGAIN, "it is busy"),
    6000: Code(Fate.AGAIN, "it is busy"),
    45009: Code(Fate.WAIT, "more than 20 messages in a minute", 60),
    45033: Code(Fate.AGAIN, "too many requests at once"),
    93000: Code(Fate.ROBOT, "there is no such robot; set {key} to the key of one in the group"),
    93004: Code(Fate.ROBOT, "the robot is switched off; switch it on in the group"),
    93008: Code(Fate.ROBOT, "the robot is not in the group; add one and set {key}"),
    40008: Code(Fate.NEVER, "it does not know this kind of message"),
    40033: Code(Fate.NEVER, "it does not take these characters"),
    40035: Code(Fate.NEVER, "it does not take this form of message"),
    40058: Code(Fate.NEVER, "it does not take this form or length of message"),
    44004: Code(Fate.NEVER, "it takes no empty message"),
    45002: Code(Fate.NEVER, "the message is too long"),
}


class WeComSettings(RobotSettings):
    """One entry of `channels` with `kind: wecom`."""

    kind: Literal["wecom"] = "wecom"
    base_url: RobotAddress = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"


class WeCom:
    """How WeCom's robots are spoken to."""

    service = "WeCom"
    signs = False

    @property
    def paper(self) -> Paper:
        """How much a text takes, in bytes of UTF-8 as WeCom counts them."""
        return Paper(TEXT_BYTES, lambda line: len(written(line, _names(line)).encode()) + 1)

    def call(self, credentials: Credentials) -> Call:
        """Show the key."""
        return Call(query={"key": credentials.key})

    def body(self, page: Page, locale: str, mark: str) -> dict[str, Any]:
        """Write a page as text that calls everybody in it with a handle `wecom`.

        A handle is an id in the company's address book, or a mobile number.
        """
        lines = [page.title, *(written(line, _names(line)) for line in page.lines)]
        text: dict[str, Any] = {"content": "\n".join(lines)}
        handles = list(dict.fromkeys(p.handles.get("wecom", "") for p in page.people))
        mobiles = [handle for handle in handles if MOBILE.fullmatch(handle)]
        users = [h for h in handles if _USER.fullmatch(h) and h not in mobiles]
        if users:
            text["mentioned_list"] = users
        if mobiles:
            text["mentioned_mobile_list"] = mobiles
        return {"msgtype": "text", "text": text}

    def code(self, answer: Mapping[str, Any]) -> tuple[object, object]:
        """Return `errcode` and `errmsg`."""
        return answer.get("errcode"), answer.get("errmsg")

    def meaning(self, code: int, said: str) -> Code | None:
        """Say what a code means."""
        return CODES.get(code)


def _names(line: Line) -> list[str]:
    return [person.name for person in line.people]
