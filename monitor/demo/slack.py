"""A stand-in for Slack: it keeps what was said, and when, and people can press its buttons."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from zlib import crc32

from monitor.demo.exchange import Answer, Fault, Request, html_answer, json_answer, text_answer
from monitor.demo.slack_press import Press, as_form, sign
from monitor.demo.stand import Stand

MOST_BLOCKS: Final = 50
MOST_TEXT: Final = 40_000
BLOCK_TEXT_LIMITS: Final = {"header": 150, "section": 3000}
MOST_ELEMENTS: Final = 25
TRUE: Final = ("1", "true")
RETRY_AFTER_S: Final = 1
BOT: Final = {"user_id": "U0STAND", "bot_id": "B0STAND", "team_id": "T0STAND"}


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message that the stand-in took."""

    channel: str
    ts: str
    text: str
    received_at: datetime
    blocks: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    thread_ts: str = ""
    broadcast: bool = False
    """Whether an answer in a thread is shown in the room, too."""

    @property
    def said(self) -> str:
        """Everything in it that a person reads or clicks, as JSON."""
        return json.dumps([self.text, *self.blocks], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Whisper:
    """A message that one person alone can see."""

    channel: str
    user: str
    text: str
    thread_ts: str = ""


class StandSlack(Stand):
    """Slack on loopback; `bot_token` opens it, `signing_secret` signs what it tells the app.

    Rooms exist as soon as they are named. With `rate_limited`, a room takes one message a
    second and answers 429 to more.
    """

    faults: ClassVar = frozenset(
        {
            Fault.EXPIRED_AUTH,
            Fault.BLOCKED,
            Fault.THROTTLED,
            Fault.THROTTLED_SILENT,
            Fault.SERVER_ERROR,
            Fault.CUT_JSON,
            Fault.HTML,
            Fault.DRIFT,
            Fault.SLOW,
            Fault.RESET,
            Fault.LOST_ANSWER,
        }
    )
    bot_token: Final = "xoxb-stand"  # noqa: S105 - opens nothing but this
    signing_secret: Final = "stand-signs-with-this"  # noqa: S105

    def __init__(
        self, now: Callable[[], datetime], *, rate_limited: bool = False, slow_s: float = 15.0
    ) -> None:
        super().__init__(now, slow_s=slow_s)
        self.rate_limited = rate_limited
        self._lock = threading.Lock()
        self._messages: list[SlackMessage] = []
        self._whispers: list[Whisper] = []
        self._rooms: dict[str, str] = {}
        self._methods: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.list": self._list,
        }

    @property
    def api_url(self) -> str:
        """The base address that clients are given, `…/api/`."""
        return f"{self.url}/api/"

    @property
    def messages(self) -> tuple[SlackMessage, ...]:
        """All messages taken so far, oldest first."""
        with self._lock:
            return tuple(self._messages)

    @property
    def whispers(self) -> tuple[Whisper, ...]:
        """All messages to single people, oldest first."""
        with self._lock:
            return tuple(self._whispers)

    def press(
        self, message: SlackMessage, action_id: str, user: str, *, choice: str = "", part: int = 0
    ) -> Press:
        """Return what Slack sends to the app when `user` presses a button of a message.

        `choice` is the value that is picked in a menu; `part` says which of several elements
        of that name. Raises LookupError where there is none.
        """
        element = [each for each in _elements(message) if each["action_id"] == action_id][part]
        stamp = f"{self.now().timestamp():.6f}"
        used = {name: element[name] for name in ("type", "action_id", "value") if name in element}
        if choice:
            values = {option["value"]: option for option in element["options"]}
            used["selected_option"] = values[choice]
        container = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        payload = {
            "type": "block_actions",
            "team": {"id": BOT["team_id"], "domain": "stand"},
            "user": {"id": user, "username": user.lower(), "team_id": BOT["team_id"]},
            "container": container,
            "channel": {"id": message.channel},
            "message": _told(message, metadata=False),
            "response_url": f"{self.url}/actions/{stamp}",
            "actions": [{**used, "action_ts": stamp}],
        }
        return self.sign(as_form(payload))

    def sign(self, body: bytes) -> Press:
        """Return a body with Slack's signature on it."""
        return sign(body, self.signing_secret, self.now())

    def respond(self, request: Request) -> Answer:
        """Answer a method call."""
        method = self._methods.get(request.path.removeprefix("/api/"))
        if method is None:
            return _error("unknown_method")
        arguments = {**request.query, **request.form}
        token = request.bearer or arguments.get("token", "")
        if not token:
            return _error("not_authed")
        if token != self.bot_token:
            return _error("invalid_auth")
        return method(arguments)

    def misbehave(self, request: Request, fault: Fault) -> Answer:
        """Refuse in Slack's words; mostly with HTTP 200."""
        return _FAULTS[fault]

    def _auth_test(self, arguments: Mapping[str, Any]) -> Answer:
        return json_answer(
            {"ok": True, "url": f"{self.url}/", "team": "Stand", "user": "shifen", **BOT}
        )

    def _post_message(self, arguments: Mapping[str, Any]) -> Answer:
        room = self._room(str(arguments.get("channel", "")))
        blocks, metadata = _parsed(arguments, "blocks", []), _parsed(arguments, "metadata", {})
        text = str(arguments.get("text", ""))
        thread = str(arguments.get("thread_ts", ""))
        problem = _problem(room, text, blocks)
        if not problem and thread and self._message(room, thread) is None:
            problem = "thread_not_found"
        if problem:
            return _error(problem)
        now = self.now()
        with self._lock:
            if self.rate_limited and self._just_spoke(room, now):
                return _FAULTS[Fault.THROTTLED]
            ts = f"{int(now.timestamp())}.{len(self._messages) + 1:06}"
            aloud = str(arguments.get("reply_broadcast", "")).lower() in TRUE
            message = SlackMessage(room, ts, text, now, tuple(blocks), metadata, thread, aloud)
            self._messages.append(message)
        return json_answer(
            {"ok": True, "channel": room, "ts": ts, "message": _told(message, metadata=False)}
        )

    def _post_ephemeral(self, arguments: Mapping[str, Any]) -> Answer:
        room, user = self._room(str(arguments.get("channel", ""))), str(arguments.get("user", ""))
        text, thread = str(arguments.get("text", "")), str(arguments.get("thread_ts", ""))
        problem = _problem(room, text, _parsed(arguments, "blocks", []))
        if problem or not user:
            return _error(problem or "user_not_in_channel")
        with self._lock:
            self._whispers.append(Whisper(room, user, text, thread))
            ts = f"{int(self.now().timestamp())}.{len(self._whispers):06}"
        return json_answer({"ok": True, "message_ts": ts})

    def _history(self, arguments: Mapping[str, Any]) -> Answer:
        """Tell what was said in a room; of its threads only what was said aloud."""
        room = str(arguments.get("channel", ""))
        if room not in self._rooms.values():
            return _error("channel_not_found")
        said = [m for m in self.messages if m.channel == room and (not m.thread_ts or m.broadcast)]
        return _page(said, arguments)

    def _replies(self, arguments: Mapping[str, Any]) -> Answer:
        """Tell a thread, its first message included."""
        room, ts = str(arguments.get("channel", "")), str(arguments.get("ts", ""))
        if self._message(room, ts) is None:
            return _error("thread_not_found")
        said = [m for m in self.messages if m.channel == room and ts in (m.ts, m.thread_ts)]
        return _page(said, arguments)

    def _message(self, room: str, ts: str) -> SlackMessage | None:
        return next((m for m in self.messages if (m.channel, m.ts) == (room, ts)), None)

    def _list(self, arguments: Mapping[str, Any]) -> Answer:
        with self._lock:
            rooms = [{"id": room, "name": name} for name, room in self._rooms.items()]
        return json_answer(
            {"ok": True, "channels": rooms, "response_metadata": {"next_cursor": ""}}
        )

    def _room(self, name: str) -> str:
        """Return the id of a room; naming it brings it into being."""
        if not name:
            return ""
        with self._lock:
            if name in self._rooms.values():
                return name
            plain = name.removeprefix("#")
            return self._rooms.setdefault(plain, f"C{crc32(plain.encode()):010X}")

    def _just_spoke(self, room: str, now: datetime) -> bool:
        second = timedelta(seconds=RETRY_AFTER_S)
        return any(m.channel == room and now - m.received_at < second for m in self._messages)


def _page(said: Sequence[SlackMessage], arguments: Mapping[str, Any]) -> Answer:
    """Answer with a page of messages, the newest first."""
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or 1e12)
    before = float(arguments.get("cursor") or 1e12)
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in TRUE
    limit = int(arguments.get("limit") or 100)
    known = [m for m in reversed(said) if oldest < float(m.ts) < min(latest, before)]
    shown, more = known[:limit], len(known) > limit
    return json_answer(
        {
            "ok": True,
            "messages": [_told(message, metadata=with_metadata) for message in shown],
            "has_more": more,
            "response_metadata": {"next_cursor": shown[-1].ts if more else ""},
        }
    )


def _elements(message: SlackMessage) -> Iterator[Mapping[str, Any]]:
    """Yield what can be pressed in a message."""
    for block in message.blocks:
        if block["type"] == "actions":
            yield from block["elements"]


def _parsed(arguments: Mapping[str, Any], name: str, default: Any) -> Any:
    """Return an argument that comes as JSON, or as JSON in a string."""
    value = arguments.get(name, default)
    return json.loads(value) if isinstance(value, str) else value


def _problem(room: str, text: str, blocks: list[dict[str, Any]]) -> str:
    """Return Slack's code for what is wrong with a message, or an empty string."""
    if not room:
        return "channel_not_found"
    if not text and not blocks:
        return "no_text"
    if len(text) > MOST_TEXT:
        return "msg_too_long"
    too_long = any(
        len(block.get("text", {}).get("text", "")) > BLOCK_TEXT_LIMITS.get(block["type"], MOST_TEXT)
        for block in blocks
    )
    crowded = any(not _distinct(block.get("elements", ())) for block in _actions(blocks))
    return "invalid_blocks" if too_long or crowded or len(blocks) > MOST_BLOCKS else ""


def _actions(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [block for block in blocks if block["type"] == "actions"]


def _distinct(elements: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what stands in one row can be told apart and is not too much for it."""
    names = [element.get("action_id") for element in elements]
    return 0 < len(names) == len(set(names)) <= MOST_ELEMENTS


def _told(message: SlackMessage, *, metadata: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "message",
        "subtype": "bot_message",
        "text": message.text,
        "ts": message.ts,
        "bot_id": BOT["bot_id"],
        "blocks": list(message.blocks),
    }
    if message.thread_ts:
        told["thread_ts"] = message.thread_ts
    if metadata and message.metadata:
        told["metadata"] = dict(message.metadata)
    return told


def _error(code: str) -> Answer:
    return json_answer({"ok": False, "error": code})


_FAULTS: Final = {
    Fault.EXPIRED_AUTH: _error("token_revoked"),
    Fault.BLOCKED: _error("is_archived"),
    Fault.THROTTLED: json_answer(
        {"ok": False, "error": "ratelimited"}, 429, (("Retry-After", str(RETRY_AFTER_S)),)
    ),
    Fault.THROTTLED_SILENT: json_answer({"ok": False, "error": "ratelimited"}, 429),
    Fault.SERVER_ERROR: text_answer("", 503),
    Fault.HTML: html_answer("<html><body>maintenance</body></html>"),
    Fault.DRIFT: json_answer(["ok"]),
}
