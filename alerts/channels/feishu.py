"""Alerts in a group chat of Feishu (飞书) or Lark, written by a custom bot of the group.

open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: the key is the end of the address,
the signature stands in the body; a body holds 20 KB; a bot takes 5 messages a second and 100
a minute, fewer at full hours. Messages are `post`s, whose parts are words, links and mentions
each by itself, so that words are only words. Code 9499 means a wrong body or too many
requests, which its text tells apart.
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
from alerts.channels.sheet import Line, Page, Paper

BODY_BYTES: Final = 18_000
"""Below the limit by what stands around the lines."""
_USER: Final = re.compile(r"(?!all$)[A-Za-z0-9_-]{1,64}")

_FAST: Final = Code(Fate.WAIT, "more than 100 messages in a minute or 5 in a second")
_NO_KEY: Final = Code(Fate.ROBOT, "there is no such bot; set {key} to the end of its address")
_FORM: Final = Code(Fate.NEVER, "it does not take this form or length of message")

CODES: Final = {
    11232: _FAST,
    99991400: _FAST,
    9499: _FORM,
    19002: _FORM,
    19001: _NO_KEY,
    19007: Code(Fate.ROBOT, "the bot is switched off; switch it on in the group"),
    19021: Code(Fate.ROBOT, "the signature is wrong, or this clock by an hour; set {secret}"),
    19022: Code(Fate.ROBOT, "the bot does not let in our address; add it to its list"),
    19024: Code(Fate.NEVER, "the bot asks for a keyword; give it Shifen, or a signature"),
}
MALFORMED: Final = 9499


class FeishuSettings(RobotSettings):
    """One entry of `channels` with `kind: feishu`; Lark's bots live at open.larksuite.com."""

    kind: Literal["feishu"] = "feishu"
    base_url: RobotAddress = "https://open.feishu.cn/open-apis/bot/v2/hook"
    min_interval_s: float = Field(0.7, ge=0, le=60)


class Feishu:
    """How Feishu's bots are spoken to."""

    service = "Feishu"
    signs = True

    @property
    def paper(self) -> Paper:
        """How much a post takes, in bytes of its JSON."""
        return Paper(BODY_BYTES, _weight)

    def call(self, credentials: Credentials) -> Call:
        """Show the key and, where there is a secret, the signed time in seconds."""
        path = f"/{credentials.key}"
        if not credentials.secret:
            return Call(path)
        timestamp = str(int(credentials.now.timestamp()))
        sign = signature(credentials.secret, timestamp)
        return Call(path, proof={"timestamp": timestamp, "sign": sign})

    def body(self, page: Page, locale: str, mark: str) -> dict[str, Any]:
        """Write a page as a post that calls everybody in it with a handle `feishu`.

        A handle is an open id (`ou_…`) or a user id.
        """
        language = "zh_cn" if locale.lower().startswith("zh") else "en_us"
        post = {"title": page.title, "content": [_elements(line) for line in page.lines]}
        return {"msg_type": "post", "content": {"post": {language: post}}}

    def code(self, answer: Mapping[str, Any]) -> tuple[object, object]:
        """Return `code` and `msg`, or what old bots called them."""
        if "code" in answer:
            return answer["code"], answer.get("msg")
        return answer.get("StatusCode"), answer.get("StatusMessage")

    def meaning(self, code: int, said: str) -> Code | None:
        """Say what a code means."""
        if code == MALFORMED and "too many" in said:
            return _FAST
        return CODES.get(code)


def signature(secret: str, timestamp: str) -> str:
    """Sign a time (seconds) with a bot's secret as Feishu does it: both are the key, of nothing."""
    key = f"{timestamp}\n".encode() + secret.encode("utf-8", "surrogateescape")
    return base64.b64encode(hmac.digest(key, b"", "sha256")).decode()


def _elements(line: Line) -> list[dict[str, str]]:
    """Write a line as the elements of a paragraph, of which Feishu wants at least one."""
    if line.address:
        return [{"tag": "a", "text": line.text, "href": line.address}]
    called: list[dict[str, str]] = []
    for person in line.people:
        handle = person.handles.get("feishu", "")
        if _USER.fullmatch(handle):
            called.append({"tag": "at", "user_id": handle, "user_name": person.name})
        else:
            called.append({"tag": "text", "text": person.name})
        called.append({"tag": "text", "text": " "})
    return [*called, {"tag": "text", "text": line.text or " "}]


def _weight(line: Line) -> int:
    return len(json.dumps(_elements(line), ensure_ascii=False).encode()) + 1
