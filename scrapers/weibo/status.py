"""Reads one status object: m.weibo.cn's `mblog` and the open platform's status are alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from scrapers.post import Author, Original, Platform, Post, Standing
from scrapers.weibo import ids
from scrapers.weibo.counts import read_count
from scrapers.weibo.listing import Unreadable
from scrapers.weibo.markup import Plain, mentions, one_line, part, read_html
from scrapers.weibo.times import ShownTime, read_time

Json = Mapping[str, object]
ReadText = Callable[[str], Plain]

STANDINGS: Final = {
    0: Standing.PERSONAL,
    1: Standing.GOVERNMENT,
    2: Standing.ENTERPRISE,
    3: Standing.MEDIA,
    4: Standing.ORGANISATION,
    5: Standing.ORGANISATION,
    6: Standing.ORGANISATION,
    7: Standing.ORGANISATION,
    8: Standing.ENTERPRISE,
}
"""By `verified_type`: campus, website and app count as organisations; -1 none, 200 and 220
are grades of activity, 400 is a memorial account: ordinary."""

FUTURE_SLACK: Final = timedelta(hours=1)
_ID: Final = re.compile(r"[0-9]{1,20}")
_REGION: Final = re.compile(r"^(?:发布于|来自)\s*")


@dataclass(frozen=True, slots=True)
class Dated:
    """When a post was published, and what is odd about it."""

    at: datetime
    note: str = ""


def date_post(mid: str, shown: ShownTime | None, now: datetime) -> Dated:
    """Take the time from the id; the time shown checks it, or replaces it where it has none.

    An id that points into the future gives way to a text too. Raises Unreadable without both.
    """
    at = ids.published_at(mid)
    if shown is not None and (at is None or at > now + FUTURE_SLACK):
        return Dated(shown.at, f"post {mid}: its id tells no time, the text does")
    if at is None:
        raise Unreadable("neither the id nor a text tells the time")
    if shown is None or shown.agrees_with(at):
        return Dated(at)
    return Dated(at, f"post {mid}: published {at:%F %T}Z by its id, {shown.at:%F %T}Z as shown")


def read_status(status: Json, read_text: ReadText, now: datetime) -> tuple[Post, str]:
    """Return the post of a status object and a note on its time; raises Unreadable."""
    mid = read_mid(status)
    author = read_author(status.get("user"))
    if author is None:
        raise Unreadable("no author")
    dated = date_post(mid, read_time(text_of(status, "created_at"), now), now)
    plain = _read_words(status, read_text)
    post = Post(
        platform=Platform.WEIBO,
        id=mid,
        author=author,
        text="",
        published_at=dated.at,
        url=post_url(author.id, mid),
        original=_read_original(status.get("retweeted_status"), read_text),
        reposts=read_count(status.get("reposts_count")),
        comments=read_count(status.get("comments_count")),
        likes=read_count(status.get("attitudes_count")),
        region=_REGION.sub("", one_line(text_of(status, "region_name"))),
        client=one_line(read_html(text_of(status, "source")).text),
    )
    return with_words(post, plain), dated.note


def with_words(post: Post, plain: Plain) -> Post:
    """Give `post` its words, parted by speaker."""
    parted = part(plain.text)
    return replace(
        post,
        text=parted.own,
        quoted=parted.quoted,
        mentions=mentions(parted.own),
        truncated=plain.cut,
    )


def post_url(author_id: str, mid: str) -> str:
    """Return the address of a post that people open."""
    return f"https://weibo.com/{author_id}/{ids.bid_of(mid)}"


def read_mid(status: Json) -> str:
    """Return the id of a status object, from any of its names; raises Unreadable."""
    for key in ("mid", "idstr", "id"):
        mid = text_of(status, key)
        if ids.is_mid(mid):
            return mid
    bid = text_of(status, "bid")
    try:
        return ids.mid_of(bid)
    except ValueError as error:
        raise Unreadable("no id") from error


def read_author(user: object) -> Author | None:
    """Return the author that a `user` object describes, None where it names nobody."""
    if not isinstance(user, Mapping):
        return None
    uid = text_of(user, "id") or text_of(user, "idstr")
    if not _ID.fullmatch(uid):
        return None
    followers = read_count(user.get("followers_count"))
    verified = user.get("verified_type")
    return Author(
        id=uid,
        name=one_line(text_of(user, "screen_name")),
        followers=read_count(user.get("followers_count_str")) if followers is None else followers,
        standing=STANDINGS.get(verified, Standing.ORDINARY)
        if isinstance(verified, int) and not isinstance(verified, bool)
        else Standing.ORDINARY,
    )


def text_of(fields: Json, key: str) -> str:
    """Return a field as text: strings and whole numbers; anything else is empty."""
    value = fields.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _read_words(status: Json, read_text: ReadText) -> Plain:
    long_text = status.get("longText")
    if isinstance(long_text, Mapping):
        whole = long_text.get("longTextContent") or long_text.get("content")
        if isinstance(whole, str) and whole:
            return replace(read_text(whole), cut=False)
    text = status.get("text")
    if not isinstance(text, str):
        raise Unreadable("no text")
    plain = read_text(text)
    return replace(plain, cut=plain.cut or status.get("isLongText") is True)


def _read_original(status: object, read_text: ReadText) -> Original | None:
    if not isinstance(status, Mapping):
        return None
    try:
        mid = read_mid(status)
    except Unreadable:
        mid = ""
    try:
        text = _read_words(status, read_text).text
    except Unreadable:
        text = ""
    return Original(id=mid, text=text, author=read_author(status.get("user")))
