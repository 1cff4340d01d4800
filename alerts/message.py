"""What an alert says, free of any channel's markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.severity import Severity


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
