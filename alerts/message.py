"""What an alert says, free of any channel's markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from alerts.severity import Severity

ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch `start`..`end` of the text (code points) that matched a term."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PostView:
    """The post as a person sees it in the alert: masked, with the matched terms marked."""

    platform: str
    author: str
    followers: int | None
    text: str
    marks: tuple[Mark, ...]
    quoted: str
    url: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class ReplyView:
    """The drafted public reply and the way to post it.

    `how` is `api` (the platform lets our account answer), `intent` (a link that opens the
    platform's own composer with the text filled in) or `manual` (copy, open the post, paste).
    """

    text: str
    how: str
    link: str
    template: str
    length: int
    limit: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One of ours who must act: the name, and who they are on each kind of channel.

    `handles` goes from kind (`slack`, `wecom`, `dingtalk`, `feishu`, `email`) to the id there.
    """

    name: str
    handles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One alert, ready for any channel.

    `dedupe_key` is the same for every attempt to bring this message to one channel.
    A message without a post (`post is None`) is operational: about the service itself.
    `reasons` are sentences in the receiver's language; `due_at` ends the ten minutes.
    """

    dedupe_key: str
    kind: str
    severity: Severity
    title: str
    brand: str
    reasons: tuple[str, ...]
    verdict: str
    created_at: datetime
    due_at: datetime | None
    late: bool
    post: PostView | None
    reply: ReplyView | None
    console_url: str
    locale: str
    case_id: int | None = None
    uncertain: bool = False
    """The judge doubts its verdict: a person shall look."""
    reason: str = "first"
    """Why this is told now (`alerts.flow.Reason`)."""
    news: tuple[str, ...] = ()
    """What is new since the receiver heard last, as sentences in their language."""
    spread: int = 1
    reach: int = 0
    mentions: tuple[Mention, ...] = ()
    """Who must act, and by when."""
    act_by: datetime | None = None
    ended: bool = False
    """The case is over (resolved, withdrawn, false alarm): nothing is left to do."""
    thread: str = ""
    """The receiver's id of the first message about this case: this one answers it."""
    parts: tuple[Message, ...] = ()
    """Several alerts in one message, where a channel takes few; then the rest sums them up."""


def to_json(message: Message) -> dict[str, Any]:
    """Return the message as plain JSON types: times as ISO 8601 in UTC, severity as its name."""
    post, reply = message.post, message.reply
    return {
        **_plain(message),
        "severity": message.severity.name.lower(),
        "reasons": list(message.reasons),
        "created_at": _written(message.created_at),
        "due_at": None if message.due_at is None else _written(message.due_at),
        "post": None if post is None else _post_json(post),
        "reply": None if reply is None else _plain(reply),
        "news": list(message.news),
        "mentions": [{"name": m.name, "handles": dict(m.handles)} for m in message.mentions],
        "act_by": None if message.act_by is None else _written(message.act_by),
        "parts": [to_json(part) for part in message.parts],
    }


def _post_json(post: PostView) -> dict[str, Any]:
    return {
        **_plain(post),
        "marks": [[mark.start, mark.end] for mark in post.marks],
        "published_at": _written(post.published_at),
    }


def _plain(record: Message | PostView | ReplyView) -> dict[str, Any]:
    """Return the fields as they are: asdict copies every text and takes thirty times as long."""
    return {name: getattr(record, name) for name in record.__slots__}


def from_json(data: dict[str, Any]) -> Message:
    """Read what `to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
    post, reply = data["post"], data["reply"]
    changed = {
        "severity": Severity[data["severity"].upper()],
        "reasons": tuple(data["reasons"]),
        "created_at": datetime.fromisoformat(data["created_at"]),
        "due_at": None if data["due_at"] is None else datetime.fromisoformat(data["due_at"]),
        "post": None if post is None else _post(post),
        "reply": None if reply is None else ReplyView(**reply),
        "news": tuple(data.get("news", ())),
        "mentions": tuple(Mention(**each) for each in data.get("mentions", ())),
        "act_by": datetime.fromisoformat(data["act_by"]) if data.get("act_by") else None,
        "parts": tuple(from_json(part) for part in data.get("parts", ())),
    }
    return Message(**{**data, **changed})


def _post(data: dict[str, Any]) -> PostView:
    changed = {
        "marks": tuple(Mark(start, end) for start, end in data["marks"]),
        "published_at": datetime.fromisoformat(data["published_at"]),
    }
    return PostView(**{**data, **changed})


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def age_s(message: Message, now: datetime) -> float:
    """Seconds since the post was published, or since the message was made if it has no post."""
    began = message.post.published_at if message.post else message.created_at
    return max(0.0, (now - began).total_seconds())


def time_left_s(message: Message, now: datetime) -> float | None:
    """Seconds until `due_at`, negative when it has passed; None where nothing is due."""
    return None if message.due_at is None else (message.due_at - now).total_seconds()


# C0 but for tab and newline, DEL, C1; embeddings, overrides and isolates of writing
# direction (they reorder what stands beside them); line separators; halves of surrogate pairs.
_HARMFUL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]"
)
_SPACES: Final = "\r\x0b\x0c\x85\u2028\u2029"


def harmless(text: str) -> str:
    """Replace what could act on a terminal or a page, one for one, so that marks still fit.

    Control characters turn into their visible pictures (ESC into \u241b), stray line ends
    into spaces, direction overrides and lone surrogates into the replacement character.
    """
    return _HARMFUL.sub(lambda found: _picture(found[0]), text)


def _picture(char: str) -> str:
    if char in _SPACES:
        return " "
    if char == "\x7f":
        return "\u2421"
    return chr(0x2400 + ord(char)) if char < " " else "\ufffd"


def sanitized(message: Message) -> Message:
    """Return the message with every text of it `harmless`; each channel sends only such."""
    post, reply = message.post, message.reply
    if post is not None:
        post = replace(
            post,
            platform=harmless(post.platform),
            author=harmless(post.author),
            text=harmless(post.text),
            quoted=harmless(post.quoted),
            url=harmless(post.url),
        )
    if reply is not None:
        reply = replace(
            reply,
            text=harmless(reply.text),
            link=harmless(reply.link),
            template=harmless(reply.template),
        )
    return replace(
        message,
        title=harmless(message.title),
        brand=harmless(message.brand),
        reasons=tuple(harmless(reason) for reason in message.reasons),
        news=tuple(harmless(each) for each in message.news),
        mentions=tuple(replace(each, name=harmless(each.name)) for each in message.mentions),
        parts=tuple(sanitized(part) for part in message.parts),
        verdict=harmless(message.verdict),
        console_url=harmless(message.console_url),
        post=post,
        reply=reply,
    )


def stretches(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, bool]]:
    """Cut `text` at its marks into (part, marked) pairs that together are the text.

    Marks may overlap, touch, or reach beyond the text.
    """
    marked = [False] * len(text)
    for mark in marks:
        for place in range(max(0, mark.start), min(len(text), mark.end)):
            marked[place] = True
    edges = [0, *(i for i in range(1, len(text)) if marked[i] != marked[i - 1]), len(text)]
    for start, end in pairwise(edges):
        if start < end:
            yield text[start:end], marked[start]


def terms(view: PostView) -> tuple[str, ...]:
    """Return the marked words of a post, each once, in order."""
    return tuple(dict.fromkeys(part for part, marked in stretches(view.text, view.marks) if marked))


def cut(text: str, limit: int) -> str:
    """Shorten `text` to `limit` UTF-16 units, the ellipsis included, as receivers count them.

    An emoji built of several code points is not split.
    """
    if units(text) <= limit:
        return text
    room, end = limit - len(ELLIPSIS), 0
    for char in text:
        room -= units(char)
        if room < 0:
            break
        end += 1
    while end > 0 and (_joins(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end] + ELLIPSIS


def units(text: str) -> int:
    """Count UTF-16 code units: what Slack and browsers call length."""
    return len(text) + sum(char > "\uffff" for char in text)


def _joins(char: str) -> bool:
    return char in "\u200d\ufe0e\ufe0f\u20e3" or "\U0001f3fb" <= char <= "\U0001f3ff"
