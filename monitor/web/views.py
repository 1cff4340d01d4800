"""Rows made ready for a page: what the message says, marks found, links made safe."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.message import Mark, Message, from_json, stretches
from alerts.severity import Severity
from monitor.storage.rows import AlertRow, HitRow, LatencyRow, PostRow, SourceRow
from monitor.web.feed import version
from monitor.web.formats import web_link

SEVERITIES: Final = tuple(severity.name.lower() for severity in reversed(Severity))

Stretch = tuple[str, bool]
"""A part of a text and whether it is marked."""


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert on a page; `message` is None when its stored form cannot be read."""

    row: AlertRow
    version: str
    severity: str
    message: Message | None
    text: tuple[Stretch, ...]
    url: str
    reply_link: str
    due_at: datetime | None
    respond_by: datetime | None

    def said_in(self, language: str) -> Message | None:
        """Return the message in the reader's language, as far as it was put into words."""
        wording = self.row.wordings.get(language)
        if self.message is None or not wording:
            return self.message
        return replace(
            self.message,
            title=wording["title"],
            reasons=tuple(wording["reasons"]),
            verdict=wording["verdict"],
        )


def alert_view(row: AlertRow, public_reply: timedelta) -> AlertView:
    """Make an alert ready for the page; `public_reply` is the limit for answering in public."""
    message = read_message(row)
    post = message.post if message else None
    reply = message.reply if message else None
    return AlertView(
        row=row,
        version=version(row),
        severity=severity_name(row.severity),
        message=message,
        text=tuple(stretches(post.text, post.marks)) if post else (),
        url=web_link(post.url) if post else "",
        reply_link=web_link(reply.link) if reply and reply.how == "intent" else "",
        due_at=message.due_at if message else None,
        respond_by=post.published_at + public_reply if post else None,
    )


def read_message(row: AlertRow) -> Message | None:
    """Return what the alert says, None when its stored form cannot be read."""
    try:
        return from_json(dict(row.message))
    except (KeyError, TypeError, ValueError):
        return None


def severity_name(severity: int) -> str:
    """Return the severity's name in code, `normal` for an unknown number."""
    known = severity in Severity.__members__.values()
    return Severity(severity).name.lower() if known else Severity.NORMAL.name.lower()


@dataclass(frozen=True, slots=True)
class PostPage:
    """One post on a page, masked or in clear."""

    row: PostRow
    author: str
    text: tuple[Stretch, ...]
    quoted: str
    original: str
    url: str


def post_page(row: PostRow, mask: Callable[[str], str]) -> PostPage:
    """Make a post ready for the page; pass a `mask` that changes nothing to show it in clear."""
    text = mask(row.text)
    return PostPage(
        row=row,
        author=mask(row.author_name),
        text=tuple(stretches(text, find_terms(text, row.hits))),
        quoted=mask(row.quoted),
        original=mask(str((row.original or {}).get("text", ""))),
        url=web_link(row.url),
    )


def find_terms(text: str, hits: Sequence[HitRow]) -> list[Mark]:
    """Find the hits' terms in a text that masking may have changed."""
    low = text.lower()
    if len(low) != len(text):
        low = text
    marks: list[Mark] = []
    for term in {term.text.lower() for hit in hits for term in hit.terms if term.text}:
        start = low.find(term)
        while start >= 0:
            marks.append(Mark(start, start + len(term)))
            start = low.find(term, start + len(term))
    return marks


def pieces(sentence: str, case_ids: Sequence[int]) -> list[tuple[str, int]]:
    """Cut a sentence at the cases that it names (`#12`): each piece with its case, 0 for none."""
    named = {f"#{case_id}": case_id for case_id in case_ids}
    if not named:
        return [(sentence, 0)]
    pattern = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    found = re.split(f"({pattern})(?![0-9])", sentence)
    return [(piece, named.get(piece, 0)) for piece in found if piece]


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source on the status strip; everything up to `read_to` has been read."""

    row: SourceRow
    blind: bool
    read_to: datetime | None


def source_view(row: SourceRow) -> SourceView:
    """Tell a source's sight from its outage and the query that lags most."""
    read_to = min((query.cursor_at for query in row.queries if query.cursor_at), default=None)
    return SourceView(row, row.outage is not None, read_to)


def tone_of(latency_s: float, promise: timedelta) -> str:
    """Return how a latency looks: good, near the limit (four fifths of it), or broken."""
    limit_s = promise.total_seconds()
    if latency_s > limit_s:
        return "bad"
    return "near" if latency_s > 0.8 * limit_s else "good"


def within_share(row: LatencyRow) -> float:
    """Return which share of the deliveries kept the promise."""
    return row.within_promise / row.count
