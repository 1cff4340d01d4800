"""Writes a message as plain lines, within the bytes that one body of a receiver may have.

For receivers without blocks of their own: the robots of WeCom, DingTalk and Feishu. Lines are
shown as they are written, so nothing in them becomes a heading, a mention, or a link with
another name; every line of a post begins with a bar, so that no post passes itself off as our
reply. What does not fit gives way in this order: repost, reasons, post, news, link to the
post. The reply never does: it moves to bodies of its own, whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from alerts.channels.blocks import LIGHTS
from alerts.channels.sheet import Line, Page, Paper, Place, Sheet
from alerts.message import ELLIPSIS, Message, PostView, ReplyView, cut, units
from alerts.wording import (
    OPERATIONAL,
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

SERVICE: Final = "Shifen"
"""Stands in every body: a robot that asks for a keyword can be given this one."""
IN_FULL: Final = frozenset({"first", "severity_up", "escalated", "missed"})
"""Reasons (`alerts.flow.Reason`) for which a receiver needs the post and the reply."""

HEADLINE: Final = 100
TITLE: Final = 120
TEXT: Final = 2400
QUOTED: Final = 500
SENTENCE: Final = 200
LABEL: Final = 80
FIRST_WORDS: Final = 60
PEOPLE: Final = 10
NUMBERS: Final = " 99/99"
BAR: Final = "│ "
_BLANKS: Final = re.compile(r"\n\s*\n")
_TAG: Final = re.compile(r"<(?=@|/?at\b)", re.IGNORECASE)


def pages(
    message: Message, now: datetime, *, paper: Paper, zone: tzinfo, withheld: bool = False
) -> tuple[Page, ...]:
    """Lay a `sanitized` message out, on one page if it fits; its readers live in `zone`.

    `withheld` leaves out every word that came from the internet or answers it, for receivers
    that refuse words: what remains says that something is there, how urgent, and where.
    """
    words = wording(message.locale)
    if withheld:
        message = _bare(words, message)
    if message.parts:
        return _digest(words, message, now, paper, zone)
    sheet = _sheet(words, message, now, paper, zone)
    if withheld or not _in_full(message):
        sheet.add_some(Place.NEWS, _news(message), sheet.left)
        if message.post is None:
            sheet.add_some(Place.WHY, _why(words, message), sheet.left)
        return (sheet.page(),)
    apart = _add_reply(words, message, sheet, paper)
    _add_link(words, message, sheet, paper)
    sheet.add_some(Place.NEWS, _news(message), sheet.left // 3)
    why = _why(words, message)
    if message.post is not None:
        _add_post(words, message.post, sheet, why)
    sheet.add_some(Place.WHY, why, sheet.left)
    if message.post is not None:
        _add_quoted(words, message.post, sheet)
    return (sheet.page(), *apart)


def _in_full(message: Message) -> bool:
    first = message.reason in IN_FULL and not message.thread and not message.ended
    return first or message.kind == OPERATIONAL


def _bare(words: Wording, message: Message) -> Message:
    post = message.post
    return replace(
        message,
        title="",
        reasons=(),
        verdict="",
        news=(words.withheld,),
        reply=None,
        post=None if post is None else replace(post, author="", text="", quoted="", url=""),
        parts=tuple(replace(_bare(words, part), news=()) for part in message.parts),
    )


def _sheet(words: Wording, message: Message, now: datetime, paper: Paper, zone: tzinfo) -> Sheet:
    """Begin a page with what no message lacks: what, how urgent, who, until when, where."""
    sheet = Sheet(paper, _headline(words, message, NUMBERS if message.parts else ""), words.cut)
    title = _plain(message.title, TITLE)
    status = Line(_status(words, message, now))
    sheet.add(Place.HEAD, [Line(title), status] if title else [status])
    sheet.add(Place.CONSOLE, _link(words.open_console, message.console_url, sheet.left))
    if not message.parts:
        sheet.add(Place.HEAD, _call(words, message, now, zone))
    return sheet


def _headline(words: Wording, message: Message, numbers: str = "") -> str:
    told = cut(_plain(headline(words, message), HEADLINE), HEADLINE)
    return f"{LIGHTS[message.severity]} {told}{numbers}"


def _status(words: Wording, message: Message, now: datetime) -> str:
    due = replace(message, due_at=None) if message.ended else message
    parts = [
        "" if message.parts else timing(words, due, now),
        measure(words, message),
        words.case.format(message.case_id) if message.case_id is not None else "",
        SERVICE,
    ]
    return " · ".join(part for part in parts if part)


def _call(words: Wording, message: Message, now: datetime, zone: tzinfo) -> list[Line]:
    """Say who must act until when, in local time and in minutes; nothing where all is over."""
    if message.ended:
        return []
    told = duty(words, message, now)
    if message.act_by is not None and message.act_by > now:
        told = words.act_until.format(told, _clock(message.act_by, now, zone))
    people = message.mentions[:PEOPLE]
    return [Line(told, people=people)] if told or people else []


def _clock(moment: datetime, now: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    same_day = local.date() == now.astimezone(zone).date()
    return local.strftime("%H:%M" if same_day else "%m-%d %H:%M")


def _news(message: Message) -> list[Line]:
    return [Line(f"· {_plain(sentence, SENTENCE)}") for sentence in message.news if sentence]


def _add_reply(words: Wording, message: Message, sheet: Sheet, paper: Paper) -> tuple[Page, ...]:
    """Add the reply; return pages of its own where it is too long to stand with the rest."""
    if message.reply is None:
        return ()
    heading, text = _reply_heading(words, message.reply), _quiet(message.reply.text)
    how = Line(how_to_post(words, message.reply))
    if sheet.add(Place.REPLY, [Line(heading), *map(Line, text.split("\n")), how]):
        return ()
    sheet.add(Place.REPLY, [Line(words.reply_follows), how])
    chunks = list(_chunks(text, paper, Line(f"{SERVICE} · {heading}{NUMBERS}")))
    titles = [f"{SERVICE} · {heading}{_numbers(n, len(chunks))}" for n in range(len(chunks))]
    return tuple(
        Page(title, tuple(map(Line, chunk.split("\n"))))
        for title, chunk in zip(titles, chunks, strict=True)
    )


def _reply_heading(words: Wording, reply: ReplyView) -> str:
    length = words.length.format(reply.length, reply.limit)
    return " · ".join([words.reply, length, _plain(reply.template, LABEL)])


def _chunks(text: str, paper: Paper, heading: Line) -> Iterator[str]:
    """Cut a text into pieces that fit on a page each and together are the text."""

    def cost(size: int) -> int:
        piece = _beginning(text, size)
        return sum(paper.weigh(line) for line in (heading, *map(Line, piece.split("\n"))))

    while text:
        size = bisect_right(range(units(text) + 1), paper.limit, key=cost) - 1
        piece = _beginning(text, max(size, 1)) or text[0]
        yield piece
        text = text[len(piece) :]


def _beginning(text: str, size: int) -> str:
    """Return the first `size` UTF-16 units, not parting what belongs together."""
    return text if units(text) <= size else cut(text, size + len(ELLIPSIS))[: -len(ELLIPSIS)]


def _add_link(words: Wording, message: Message, sheet: Sheet, paper: Paper) -> None:
    """Add the way to the composer or to the post, the first that is no monster."""
    wanted: list[tuple[str, str]] = []
    if message.reply is not None:
        wanted.append((post_button(words, message.reply), message.reply.link))
    if message.post is not None:
        wanted.append((words.open_post, message.post.url))
    for label, address in wanted:
        link = _link(label, address, paper.limit // 4)
        if address != message.console_url and link and sheet.add(Place.OPEN, link):
            return


def _link(label: str, address: str, most: int) -> list[Line]:
    followable = address.startswith(("https://", "http://")) and len(address.encode()) <= most
    return [Line(label, address)] if followable and not re.search(r"\s", address) else []


def _add_post(words: Wording, post: PostView, sheet: Sheet, why: list[Line]) -> None:
    """Add the post, cut so that a third is left for the reasons `why`, or what they need."""
    found = matched(words, post)
    terms = [Line(_plain(found, SENTENCE))] if found else []
    text = _quiet(post.text) or words.no_text
    sheet.add(Place.POST, [Line(_author(words, post))])
    spare = sheet.left - sheet.cost([*_barred(cut(text, TEXT)), *terms])
    kept = sheet.fitting(why, max(sheet.left // 3, spare))
    sheet.add_text(Place.POST, text, _barred, TEXT, sheet.left - sheet.cost([*kept, *terms]))
    sheet.add(Place.POST, terms)


def _author(words: Wording, post: PostView) -> str:
    parts = (f"@{_plain(post.author, LABEL)}", followers(words, post.followers))
    return " · ".join(part for part in parts if part)


def _add_quoted(words: Wording, post: PostView, sheet: Sheet) -> None:
    if post.quoted:
        heading = Line(f"{words.quoted}{words.colon}")
        sheet.add_text(
            Place.POST,
            _quiet(post.quoted),
            lambda text: [heading, *_barred(text)],
            QUOTED,
            sheet.left,
        )


def _why(words: Wording, message: Message) -> list[Line]:
    """Say what the judge found and why it matters; of the service, what happened."""
    lines = []
    if message.verdict:
        lines.append(Line(f"{words.verdict}{words.colon}{_plain(message.verdict, SENTENCE)}"))
    return [*lines, *(Line(f"· {_plain(each, SENTENCE)}") for each in message.reasons if each)]


def _digest(
    words: Wording, message: Message, now: datetime, paper: Paper, zone: tzinfo
) -> tuple[Page, ...]:
    """Sum several alerts up, each with its case's link, on as many pages as they need."""
    sheet = _sheet(words, message, now, paper, zone)
    sheet.add_some(Place.NEWS, [*_news(message), *_why(words, message)], sheet.left // 2)
    sheets = [sheet]
    for part in message.parts:
        entry = _entry(words, part, now, paper, zone)
        if not sheets[-1].add(Place.PARTS, entry):
            sheets.append(Sheet(paper, _headline(words, message, NUMBERS), words.cut))
            sheets[-1].add(Place.HEAD, [Line(SERVICE)])
            sheets[-1].add_some(Place.PARTS, entry, sheets[-1].left)
    done = [each.page() for each in sheets]
    titles = [_headline(words, message, _numbers(n, len(done))) for n in range(len(done))]
    return tuple(replace(page, title=title) for page, title in zip(done, titles, strict=True))


def _entry(words: Wording, part: Message, now: datetime, paper: Paper, zone: tzinfo) -> list[Line]:
    first = _headline(words, part)
    if part.post is not None and part.post.author:
        first = f"{first} · @{_plain(part.post.author, LABEL)}"
    told = part.news or ((part.post.text,) if part.post is not None else ()) or (part.title,)
    text = _plain(" ".join(told), FIRST_WORDS) or _plain(part.title, FIRST_WORDS)
    when = timing(words, replace(part, due_at=None) if part.ended else part, now)
    case = words.case.format(part.case_id) if part.case_id is not None else words.open_console
    return [
        Line(first),
        *([Line(f"{BAR}{text}")] if text else []),
        *_call(words, part, now, zone),
        *_link(f"{when} · {case}", part.console_url, paper.limit // 4),
        Line(""),
    ]


def _numbers(number: int, count: int) -> str:
    return f" {number + 1}/{count}" if count > 1 else ""


def _plain(text: str, most: int) -> str:
    """Return a text on one line."""
    return cut(_TAG.sub("＜", " ".join(text.split())), most)


def _quiet(text: str) -> str:
    """Return a text whose tags call nobody, without gaps that would push the rest away."""
    return _BLANKS.sub("\n\n", _TAG.sub("＜", text.strip()))


def _barred(text: str) -> list[Line]:
    return [Line(f"{BAR}{line}") for line in text.split("\n")]
