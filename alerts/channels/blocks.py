"""Writes a message as Slack blocks.

Texts of other people stand only in `rich_text` and `plain_text`, which Slack shows as they
are: no links, mentions or formatting can come out of them. (`mrkdwn` would also print the
asterisks of bold words, for want of spaces around them in Chinese.)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from alerts.message import Mark, Message, PostView, ReplyView, cut, stretches, units
from alerts.severity import Severity
from alerts.wording import (
    Wording,
    followers,
    headline,
    how_to_post,
    matched,
    post_button,
    timing,
    wording,
)

Block = dict[str, Any]

# Slack's limits: 150 for a header, 3000 for a text and for an address, 50 blocks; beyond some
# 11,000 characters of all blocks together it answers msg_blocks_too_long. The sum stays below.
HEADER: Final = 150
TITLE: Final = 300
TEXT: Final = 2400
QUOTED: Final = 500
SENTENCE: Final = 250
REASONS: Final = 6
MARKS: Final = 30
ADDRESS: Final = 3000
FALLBACK_TEXT: Final = 800

LIGHTS: Final = {Severity.NORMAL: "🔵", Severity.IMPORTANT: "🟠", Severity.URGENT: "🔴"}


def blocks(message: Message, now: datetime) -> list[Block]:
    """Lay a message out: what and how urgent, the post, why, the reply, where to go."""
    words = wording(message.locale)
    laid = [
        _header(f"{LIGHTS[message.severity]} {headline(words, message)}"),
        _rich(_section(_bold(cut(message.title, TITLE) or words.no_text))),
        _context(_status(words, message, now)),
    ]
    if message.post is not None:
        laid.append(_post(words, message.post))
        found = matched(words, message.post)
        laid += [_context(cut(found, SENTENCE))] if found else []
    laid += _why(words, message)
    if message.reply is not None:
        laid += [{"type": "divider"}, _reply(words, message.reply)]
    laid += _buttons(words, message)
    if _shortened(message):
        laid.append(_context(words.cut))
    return laid


def fallback(message: Message, now: datetime) -> str:
    """Return the whole alert as plain text: for notifications, screen readers, and search."""
    words = wording(message.locale)
    lines = [headline(words, message), message.title, _status(words, message, now)]
    if message.post is not None:
        lines.append(f"{_author(words, message.post)}{words.colon}{message.post.text}")
    else:
        lines += message.reasons[:REASONS]
    if message.reply is not None:
        lines.append(f"{words.reply}{words.colon}{message.reply.text}")
    lines += [address for _, address in _links(words, message)]
    return "\n".join(_escaped(cut(line, FALLBACK_TEXT)) for line in lines if line)


def _escaped(text: str) -> str:
    """Keep Slack from reading its markup out of a text: <!channel>, <@U1>, <https://…|…>."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _status(words: Wording, message: Message, now: datetime) -> str:
    case = words.case.format(message.case_id) if message.case_id is not None else ""
    return " · ".join(part for part in (timing(words, message, now), case) if part)


def _author(words: Wording, post: PostView) -> str:
    parts = (f"@{post.author}", followers(words, post.followers))
    return " · ".join(part for part in parts if part)


def _post(words: Wording, post: PostView) -> Block:
    parts = [
        _section(_bold(cut(_author(words, post), SENTENCE))),
        _quote(_marked(cut(post.text, TEXT), post.marks) or [_plain(words.no_text)]),
    ]
    if post.quoted:
        parts += [_section(_plain(words.quoted)), _quote([_plain(cut(post.quoted, QUOTED))])]
    return _rich(*parts)


def _why(words: Wording, message: Message) -> list[Block]:
    heading: list[Block] = []
    if message.verdict:
        heading = [_bold(f"{words.verdict}{words.colon}"), _plain(cut(message.verdict, SENTENCE))]
    if message.reasons and message.post is not None:
        heading += [*([_plain("\n")] if heading else []), _bold(words.reasons)]
    parts = [_section(*heading)] if heading else []
    reasons = [cut(reason, SENTENCE) for reason in message.reasons if reason][:REASONS]
    if reasons:
        items = [_section(_plain(reason)) for reason in reasons]
        parts.append({"type": "rich_text_list", "style": "bullet", "elements": items})
    return [_rich(*parts)] if parts else []


def _reply(words: Wording, reply: ReplyView) -> Block:
    length = words.length.format(reply.length, reply.limit)
    aside = cut(f"  {length} · {reply.template}", SENTENCE)
    text = cut(reply.text, TEXT) or words.no_text
    return _rich(
        _section(_bold(words.reply), _plain(aside)),
        {"type": "rich_text_preformatted", "elements": [_plain(text)]},
        _section(_plain(how_to_post(words, reply))),
    )


def _buttons(words: Wording, message: Message) -> list[Block]:
    links = _links(words, message)
    if not links:
        return []
    buttons: list[Block] = [
        {
            "type": "button",
            "action_id": f"open_{place}",
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "url": address,
        }
        for place, (label, address) in enumerate(links)
    ]
    if message.reply is not None:
        buttons[0]["style"] = "primary"
    return [{"type": "actions", "elements": buttons}]


def _links(words: Wording, message: Message) -> list[tuple[str, str]]:
    """Return label and address of each place to go, no address twice, the most useful first."""
    wanted: list[tuple[str, str]] = []
    if message.reply is not None:
        wanted.append((post_button(words, message.reply), message.reply.link))
    if message.post is not None:
        wanted.append((words.open_post, message.post.url))
    wanted.append((words.open_console, message.console_url))
    unique = {address: label for label, address in reversed(wanted) if _followable(address)}
    return [(label, address) for address, label in reversed(unique.items())]


def _followable(address: str) -> bool:
    return address.startswith(("https://", "http://")) and units(address) <= ADDRESS


def _shortened(message: Message) -> bool:
    post, reply = message.post, message.reply
    return (
        (post is not None and (units(post.text) > TEXT or units(post.quoted) > QUOTED))
        or (reply is not None and units(reply.text) > TEXT)
        or len(message.reasons) > REASONS
        or any(units(sentence) > SENTENCE for sentence in (*message.reasons, message.verdict))
    )


def _marked(text: str, marks: Sequence[Mark]) -> list[Block]:
    return [
        _bold(part) if marked else _plain(part)
        for part, marked in stretches(text, sorted(marks, key=lambda m: m.start)[:MARKS])
    ]


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": cut(text, HEADER)}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def _rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _section(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def _quote(elements: list[Block]) -> Block:
    return {"type": "rich_text_quote", "elements": elements}


def _plain(text: str) -> Block:
    return {"type": "text", "text": text}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}
