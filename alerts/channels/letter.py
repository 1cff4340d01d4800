"""Writes a message as a letter: plain text, and the same as HTML that loads nothing.

Texts of other people are escaped and stand in quotes; only addresses that begin with http
become links.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from html import escape
from typing import Final

from alerts.channels.blocks import LIGHTS, OVER
from alerts.channels.deeds import labels
from alerts.message import Mark, Message, PostView, ReplyView, cut, stretches
from alerts.wording import (
    Wording,
    called,
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

SUBJECT: Final = 180
TEXT: Final = 20_000
PART: Final = 400
NOTE: Final = 2000

_STYLE: Final = (
    "font-family:'PingFang SC','Microsoft YaHei',sans-serif;font-size:15px;"
    "line-height:1.6;color:#1f2937;max-width:640px"
)
_QUOTE: Final = (
    "margin:8px 0;padding:8px 12px;border-left:4px solid #9ca3af;background:#f3f4f6;"
    "white-space:pre-wrap;overflow-wrap:anywhere"
)


class _Kind(StrEnum):
    HEADING = "heading"
    LINE = "line"
    NOTE = "note"
    ITEMS = "items"
    QUOTE = "quote"
    LINK = "link"
    RULE = "rule"


_PARAGRAPHS: Final = {
    _Kind.HEADING: "margin:16px 0 4px;font-weight:bold",
    _Kind.NOTE: "margin:4px 0;color:#6b7280;font-size:13px",
    _Kind.LINE: "margin:4px 0",
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph: one text, several items, or a label with an address."""

    kind: _Kind
    text: str = ""
    items: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    address: str = ""


def subject(message: Message) -> str:
    """Return what the letter is about, on one line: 🔴 紧急 · 星云手表 · 微博 · 充电冒烟 [#12]."""
    words = wording(message.locale)
    light = OVER if message.ended else LIGHTS[message.severity]
    case = f" [#{message.case_id}]" if message.case_id is not None else ""
    line = " ".join(f"{light} {headline(words, message)} · {message.title}".split())
    return cut(line, SUBJECT - len(case)) + case


def letter(message: Message, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Return a message, already `sanitized`, as plain text and as HTML; readers live in `zone`."""
    words = wording(message.locale)
    pieces = [*_head(words, message, now, zone), *_body(words, message, now, zone)]
    text = "\n".join(_plain(piece) for piece in pieces).strip() + "\n"
    language = "zh-CN" if message.locale.lower().startswith("zh") else "en"
    inner = "\n".join(_html(piece) for piece in pieces)
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(subject(message))}</title></head>\n"
        f'<body><div style="{_STYLE}">\n{inner}\n</div></body></html>\n'
    )
    return text, page


def _head(words: Wording, message: Message, now: datetime, zone: tzinfo) -> Iterator[_Piece]:
    light = OVER if message.ended else LIGHTS[message.severity]
    yield _Piece(_Kind.HEADING, f"{light} {headline(words, message)}")
    yield _Piece(_Kind.LINE, cut(message.title, NOTE) or words.no_text)
    due = _duty(words, message, now, zone)
    if due:
        yield _Piece(_Kind.LINE, due)
    case = words.case.format(message.case_id) if message.case_id is not None else ""
    parts = (timing(words, message, now), case, measure(words, message))
    yield _Piece(_Kind.NOTE, " · ".join(part for part in parts if part))


def _duty(words: Wording, message: Message, now: datetime, zone: tzinfo) -> str:
    due = duty(words, message, now)
    if due and message.act_by is not None:
        due = words.act_until.format(due, f"{message.act_by.astimezone(zone):%m-%d %H:%M}")
    names = "" if message.ended else called(words, message)
    return " ".join(part for part in (cut(names, NOTE), due) if part)


def _body(words: Wording, message: Message, now: datetime, zone: tzinfo) -> Iterator[_Piece]:
    answer = None if message.ended else message.reply
    yield from _list(words.news if message.post else "", message.news)
    for part in message.parts:
        yield _Piece(_Kind.RULE)
        yield from _part(words, part, now, zone)
    if message.post is not None:
        yield from _post(words, message.post)
    if message.verdict:
        yield _Piece(_Kind.LINE, f"{words.verdict}{words.colon}{cut(message.verdict, NOTE)}")
    yield from _list(words.reasons if message.post else "", message.reasons)
    if answer:
        yield from _reply(words, answer)
    console = labels(message.locale).open_reply if answer else words.open_console
    yield from _link(console, message.console_url)


def _list(heading: str, lines: Sequence[str]) -> Iterator[_Piece]:
    items = tuple(cut(line, NOTE) for line in lines if line)
    if items and heading:
        yield _Piece(_Kind.HEADING, heading)
    if items:
        yield _Piece(_Kind.ITEMS, items=items)


def _post(words: Wording, post: PostView) -> Iterator[_Piece]:
    author = f"@{post.author} · {followers(words, post.followers)}".rstrip(" ·")
    yield _Piece(_Kind.HEADING, cut(author, NOTE))
    yield _Piece(_Kind.QUOTE, cut(post.text, TEXT) or words.no_text, marks=post.marks)
    if post.quoted:
        yield _Piece(_Kind.NOTE, words.quoted)
        yield _Piece(_Kind.QUOTE, cut(post.quoted, TEXT))
    found = matched(words, post)
    if found:
        yield _Piece(_Kind.NOTE, cut(found, NOTE))
    yield from _link(words.open_post, post.url)


def _reply(words: Wording, reply: ReplyView) -> Iterator[_Piece]:
    length = words.length.format(reply.length, reply.limit)
    yield _Piece(_Kind.HEADING, f"{words.reply} · {length}")
    yield _Piece(_Kind.QUOTE, cut(reply.text, TEXT) or words.no_text)
    yield _Piece(_Kind.NOTE, how_to_post(words, reply))
    yield from _link(post_button(words, reply), reply.link)


def _part(words: Wording, part: Message, now: datetime, zone: tzinfo) -> Iterator[_Piece]:
    """Tell one alert of several in few words."""
    yield from _head(words, part, now, zone)
    told = part.news or part.reasons
    if part.post is not None:
        yield _Piece(_Kind.QUOTE, cut(f"@{part.post.author}{words.colon}{part.post.text}", PART))
    yield from _list("", tuple(cut(line, PART) for line in told[:3]))
    if part.post is not None:
        yield from _link(words.open_post, part.post.url)
    yield from _link(words.open_console, part.console_url)


def _link(label: str, address: str) -> Iterator[_Piece]:
    if address.startswith(("https://", "http://")) and not any(c.isspace() for c in address):
        yield _Piece(_Kind.LINK, label, address=address)


def _plain(piece: _Piece) -> str:
    match piece.kind:
        case _Kind.HEADING:
            return f"\n{piece.text}"
        case _Kind.ITEMS:
            return "\n".join(f"· {item}" for item in piece.items)
        case _Kind.QUOTE:
            return "\n".join(f"> {line}" for line in piece.text.split("\n"))
        case _Kind.LINK:
            return f"{piece.text}: {piece.address}"
        case _Kind.RULE:
            return "\n" + "-" * 40
        case _:
            return piece.text


def _html(piece: _Piece) -> str:
    match piece.kind:
        case _Kind.ITEMS:
            items = "".join(f"<li>{escape(item)}</li>" for item in piece.items)
            return f"<ul>{items}</ul>"
        case _Kind.QUOTE:
            parts = (
                f"<b>{escape(text)}</b>" if marked else escape(text)
                for text, marked in stretches(piece.text, piece.marks)
            )
            return f'<div style="{_QUOTE}">{"".join(parts)}</div>'
        case _Kind.LINK:
            return f'<p><a href="{escape(piece.address)}">{escape(piece.text)}</a></p>'
        case _Kind.RULE:
            return '<hr style="border:0;border-top:1px solid #d1d5db;margin:16px 0">'
        case _:
            return f'<p style="{_PARAGRAPHS[piece.kind]}">{escape(piece.text)}</p>'
