"""Writes a message as Slack blocks.

Texts of other people stand only in `rich_text` and `plain_text`, which Slack shows as they
are: no links, mentions or formatting can come out of them. (`mrkdwn` would also print the
asterisks of bold words, for want of spaces around them in Chinese.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from alerts.channels.deeds import LINK, deeds, labels
from alerts.message import (
    Mark,
    Mention,
    Message,
    PostView,
    ReplyView,
    cut,
    stretches,
    units,
)
from alerts.severity import Severity
from alerts.wording import (
    Wording,
    duty,
    followers,
    headline,
    how_to_post,
    matched,
    measure,
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
NEWS: Final = 4
ANSWER: Final = 1500
"""Platforms take 280 characters at most."""
MENTIONS: Final = 10
NAME: Final = 40
PARTS: Final = 20
PART: Final = 120
MARKS: Final = 30
ADDRESS: Final = 3000
FALLBACK_LINE: Final = 800

LIGHTS: Final = {Severity.NORMAL: "🔵", Severity.IMPORTANT: "🟠", Severity.URGENT: "🔴"}
OVER: Final = "⚪"

_USER: Final = re.compile(r"[UW][A-Z0-9]{1,20}", re.ASCII)


def blocks(message: Message, now: datetime, *, buttons: bool = False) -> list[Block]:
    """Lay a message out: what and how urgent, who must act, the post, why, the reply, where to go.

    What answers an earlier message about the case (`thread`) is short: the reply and the whole
    post stand there. With `buttons`, people can act on the case where they read of it.
    """
    words = wording(message.locale)
    laid = [
        _header(f"{_light(message)} {headline(words, message)}"),
        _rich(_section(_bold(cut(message.title, TITLE) or words.no_text))),
        *_call(words, message, now),
        _context(_status(words, message, now)),
        *_news(words, message),
    ]
    if message.parts:
        return [*laid, *_parts(words, message, now, buttons=buttons), *_buttons(words, message)]
    if message.post is not None:
        laid.append(_post(words, message.post, brief=bool(message.thread)))
        found = matched(words, message.post)
        laid += [_context(cut(found, SENTENCE))] if found else []
    laid += _why(words, message)
    answer = _answer(message)
    laid += [{"type": "divider"}, _reply(words, answer)] if answer else []
    laid += _deeds(message) if buttons else []
    laid += _buttons(words, message)
    if _shortened(message):
        laid.append(_context(words.cut))
    return laid


def fallback(message: Message, now: datetime) -> str:
    """Return the whole alert as plain text: for notifications, screen readers, and search."""
    words = wording(message.locale)
    lines = [headline(words, message), message.title, _status(words, message, now), *message.news]
    if message.post is not None:
        lines.append(f"{_author(words, message.post)}{words.colon}{message.post.text}")
    else:
        lines += message.reasons[:REASONS]
    answer = _answer(message)
    lines += [f"{words.reply}{words.colon}{answer.text}"] if answer else []
    for part in message.parts[:PARTS]:
        lines += [headline(words, part), part.title, part.console_url]
    lines += [address for _, address in _links(words, message)]
    called = " ".join(_mention_text(person) for person in message.mentions[:MENTIONS])
    said = "\n".join(_escaped(cut(line, FALLBACK_LINE)) for line in lines if line)
    return "\n".join(part for part in (called, duty(words, message, now), said) if part)


def _light(message: Message) -> str:
    return OVER if message.ended else LIGHTS[message.severity]


def _answer(message: Message) -> ReplyView | None:
    """Return the reply to show: none where it stands above already or is not needed any more."""
    return None if message.thread or message.ended else message.reply


def _call(words: Wording, message: Message, now: datetime) -> list[Block]:
    """Name who must act, so that Slack calls them, and until when."""
    if message.ended:
        return []
    called: list[Block] = []
    for person in message.mentions[:MENTIONS]:
        handle = _handle(person)
        shown = {"type": "user", "user_id": handle} if handle else _bold(_at(person))
        called += [shown, _plain(" ")]
    due = duty(words, message, now)
    if due and message.act_by is not None:
        called += [_bold(due), _plain(" · "), _moment(message.act_by)]
    return [_rich(_section(*called))] if called else []


def _moment(when: datetime) -> Block:
    """Show a time as Slack does: on the clock of whoever reads it."""
    return {
        "type": "date",
        "timestamp": int(when.timestamp()),
        "format": "{date_short_pretty} {time}",
        "fallback": f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    }


def _handle(person: Mention) -> str:
    handle = person.handles.get("slack", "")
    return handle if _USER.fullmatch(handle) else ""


def _at(person: Mention) -> str:
    return cut(f"@{person.name}", NAME)


def _mention_text(person: Mention) -> str:
    handle = _handle(person)
    return f"<@{handle}>" if handle else _escaped(_at(person))


def _news(words: Wording, message: Message) -> list[Block]:
    """Say what is new and how far the story got; a roll-up consists of such lines alone."""
    most = NEWS if message.post is not None or message.parts else REASONS * 4
    lines = [cut(line, SENTENCE) for line in message.news if line][:most]
    far = measure(words, message)
    parts = [_section(_bold(words.news))] if lines and message.post is not None else []
    parts += [_bullets(lines)] if lines else []
    return [*([_rich(*parts)] if parts else []), *([_context(far)] if far else [])]


def _parts(words: Wording, message: Message, now: datetime, *, buttons: bool) -> list[Block]:
    """Lay the parts of a digest out, each in few words and with its own way to act."""
    laid: list[Block] = []
    for place, part in enumerate(message.parts[:PARTS]):
        told = part.news or ((part.post.text,) if part.post else ()) or part.reasons
        called = words.listed.join(_at(person) for person in part.mentions[:MENTIONS])
        lines = [
            cut(part.title, PART) or words.no_text,
            cut(" ".join(told), PART),
            _status(words, part, now),
            f"{cut(called, PART)} {duty(words, part, now)}".strip(),
        ]
        heading = _bold(cut(f"{_light(part)} {headline(words, part)}", HEADER))
        said = "".join(f"\n{line}" for line in lines if line)
        laid.append(_rich(_section(heading, _plain(said))))
        elements = [*(deeds(part)[:1] if buttons else []), *_link_elements(words, part, place)]
        laid += [{"type": "actions", "elements": elements}] if elements else []
    rest = len(message.parts) - PARTS
    return [*laid, _context(words.more.format(rest))] if rest > 0 else laid


def _deeds(message: Message) -> list[Block]:
    elements = deeds(message)
    return [{"type": "actions", "elements": elements}] if elements else []


def _escaped(text: str) -> str:
    """Keep Slack from reading its markup out of a text: <!channel>, <@U1>, <https://…|…>."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _status(words: Wording, message: Message, now: datetime) -> str:
    case = words.case.format(message.case_id) if message.case_id is not None else ""
    return " · ".join(part for part in (timing(words, message, now), case) if part)


def _author(words: Wording, post: PostView) -> str:
    parts = (f"@{post.author}", followers(words, post.followers))
    return " · ".join(part for part in parts if part)


def _post(words: Wording, post: PostView, *, brief: bool) -> Block:
    text = cut(post.text, QUOTED if brief else TEXT)
    parts = [
        _section(_bold(cut(_author(words, post), SENTENCE))),
        _quote(_marked(text, post.marks) or [_plain(words.no_text)]),
    ]
    if post.quoted and not brief:
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
    parts += [_bullets(reasons)] if reasons else []
    return [_rich(*parts)] if parts else []


def _reply(words: Wording, reply: ReplyView) -> Block:
    length = words.length.format(reply.length, reply.limit)
    aside = cut(f"  {length} · {reply.template}", SENTENCE)
    text = cut(reply.text, ANSWER) or words.no_text
    return _rich(
        _section(_bold(words.reply), _plain(aside)),
        {"type": "rich_text_preformatted", "elements": [_plain(text)]},
        _section(_plain(how_to_post(words, reply))),
    )


def _buttons(words: Wording, message: Message) -> list[Block]:
    elements = _link_elements(words, message)
    if elements and _answer(message):
        elements[0]["style"] = "primary"
    return [{"type": "actions", "elements": elements}] if elements else []


def _link_elements(words: Wording, message: Message, part: int | None = None) -> list[Block]:
    before = LINK if part is None else f"{LINK}_{part}"
    return [
        {
            "type": "button",
            "action_id": f"{before}_{place}",
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "url": address,
        }
        for place, (label, address) in enumerate(_links(words, message))
    ]


def _links(words: Wording, message: Message) -> list[tuple[str, str]]:
    """Return label and address of each place to go, no address twice, the most useful first."""
    wanted: list[tuple[str, str]] = []
    answer = _answer(message)
    if answer:
        wanted.append((post_button(words, answer), answer.link))
    if message.post is not None:
        wanted.append((words.open_post, message.post.url))
    console = labels(message.locale).open_reply if answer else words.open_console
    wanted.append((console, message.console_url))
    unique = {address: label for label, address in reversed(wanted) if _followable(address)}
    return [(label, address) for address, label in reversed(unique.items())]


def _followable(address: str) -> bool:
    return address.startswith(("https://", "http://")) and units(address) <= ADDRESS


def _shortened(message: Message) -> bool:
    post, reply = message.post, _answer(message)
    return (
        (post is not None and (units(post.text) > TEXT or units(post.quoted) > QUOTED))
        or (reply is not None and units(reply.text) > ANSWER)
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


def _bullets(lines: Sequence[str]) -> Block:
    items = [_section(_plain(line)) for line in lines]
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def _plain(text: str) -> Block:
    return {"type": "text", "text": text}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}
