"""Reads the result pages of s.weibo.com, in today's markup and that of 2018."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from bs4 import BeautifulSoup, Tag

from scrapers.errors import Drifted, SourceError, Unreachable
from scrapers.post import Author, Original, Platform, Post, Standing
from scrapers.source import BadItem
from scrapers.weibo import ids
from scrapers.weibo.answers import page_without_posts
from scrapers.weibo.counts import read_count
from scrapers.weibo.listing import Cursor, Entry, Listing, Unreadable, bad_item, drift
from scrapers.weibo.markup import Plain, one_line, read_tag
from scrapers.weibo.status import date_post, post_url, with_words
from scrapers.weibo.times import ShownTime, read_time

LAST_PAGE: Final = 50
FULL_PAGE: Final = 10
"""A page of at least so many posts may have a next one even when it does not say so."""

_BLUE: Final = ("woo_svg_vblue", "icon-vip-b")
_PERSONAL: Final = (
    "woo_svg_vyellow",
    "woo_svg_vorange",
    "woo_svg_vgold",
    "icon-vip-y",
    "icon-vip-g",
)
_UID: Final = re.compile(r"weibo\.com/(?:u/)?([0-9]{1,20})(?![0-9A-Za-z])")
_BID: Final = re.compile(r"weibo\.com/[0-9]{1,20}/([0-9A-Za-z]{1,12})(?![0-9A-Za-z])")
_MID_IN_ACTION: Final = re.compile(r"(?:^|[&?])mid=([0-9]{1,20})(?![0-9])")
_REGION: Final = re.compile(r"发布于\s*(\S+)")
_SERVER_TIME: Final = re.compile(r"\$CONFIG\['servertime'\]\s*=\s*'?([0-9]{9,11})(?![0-9])")
_LOGGED_IN: Final = re.compile(r"\$CONFIG\['islogin'\]\s*=\s*'?([01])")
_SEARCH_FRAME: Final = re.compile(
    r"""\$CONFIG\['product'\]\s*=\s*'search'|id="pl_feedlist_index"|class="m-main-nav"""
)


def read_listing(page: str, cursor: Cursor, now: datetime) -> Listing:
    """Read one result page that was asked for at `cursor`.

    Raises what `answers.page_without_posts` tells when it shows neither posts nor says that
    nothing was found. A page that breaks off keeps its posts, with Unreachable as `trouble`.
    """
    soup = BeautifulSoup(page, "lxml")
    match = _LOGGED_IN.search(page)
    logged_in = match[1] == "1" if match else None
    is_whole = "</html>" in page[-2000:].lower() or "</body>" in page[-2000:].lower()
    cards = [card for card in soup.select("div.card-wrap") if _holds_post(card)]
    if not cards:
        if soup.select_one("div.card-no-result") is not None and logged_in is not False:
            return Listing()
        is_search = _SEARCH_FRAME.search(page) is not None
        reason = page_without_posts(page, is_search=is_search, logged_in=logged_in)
        raise reason if is_whole or not isinstance(reason, Drifted) else _broken_off()
    entries, bad = _read_cards(cards, _rendered_at(page, now))
    trouble: SourceError | None = drift(entries, bad) or (None if is_whole else _broken_off())
    following = _following(soup, cursor, len(cards))
    return Listing(tuple(entries), tuple(bad), following, trouble=trouble)


def _broken_off() -> Unreachable:
    return Unreachable("s.weibo.com sent a page that breaks off")


def _holds_post(card: Tag) -> bool:
    return (
        card.get("action-type") == "feed_list_item"
        or _attribute(card, "mid") != ""
        or card.select_one('p[node-type="feed_list_content"]') is not None
    )


def _read_cards(cards: list[Tag], now: datetime) -> tuple[list[Entry], list[BadItem]]:
    entries: dict[str, Entry] = {}
    bad: list[BadItem] = []
    for card in cards:
        raw = str(card)
        try:
            entry = _read_card(card, now)
        except Unreadable as error:
            bad.append(bad_item(raw, str(error)))
        else:
            entries.setdefault(entry.post.id, entry)
    return list(entries.values()), bad


def _read_card(card: Tag, now: datetime) -> Entry:
    placed = card.select_one("div.card-top") is not None
    original = _take_original(card)
    mid = _read_mid(card)
    dated = date_post(mid, _shown_time(card, now), now)
    author = _read_author(card)
    post = Post(
        platform=Platform.WEIBO,
        id=mid,
        author=author,
        text="",
        published_at=dated.at,
        url=post_url(author.id, mid),
        original=original,
        reposts=_count(card, 'a[action-type="feed_list_forward"]'),
        comments=_count(card, 'a[action-type="feed_list_comment"]'),
        likes=_count(card, 'a[action-type="feed_list_like"]'),
        region=_region(card),
        client=_text(card.select_one(".from a[rel=nofollow]")),
    )
    return Entry(with_words(post, _read_words(card)), placed, dated.note)


def _take_original(card: Tag) -> Original | None:
    """Read the reposted post and take its box out, so that nothing of it is read as the post's."""
    box = card.select_one("div.card-comment")
    if box is None:
        return None
    box.extract()
    try:
        mid = _read_mid(box)
    except Unreadable:
        mid = ""
    try:
        text = _read_words(box).text
    except Unreadable:
        text = one_line(box.get_text(" "))
    try:
        author = _read_author(box)
    except Unreadable:
        author = None
    return Original(mid, text, author)


def _read_mid(card: Tag) -> str:
    mid = _attribute(card, "mid")
    if ids.is_mid(mid):
        return mid
    for link in card.select(".from a[href]"):
        bid = _BID.search(_attribute(link, "href"))
        if bid:
            try:
                return ids.mid_of(bid[1])
            except ValueError:
                continue
    for like in card.select('a[action-type="feed_list_like"][action-data]'):
        match = _MID_IN_ACTION.search(_attribute(like, "action-data"))
        if match and ids.is_mid(match[1]):
            return match[1]
    raise Unreadable("no id")


def _read_author(card: Tag) -> Author:
    name = card.select_one("a[nick-name]")
    links = ([name] if name else []) + card.select(".avator a[href], .from a[href]")
    for link in links:
        uid = _UID.search(_attribute(link, "href"))
        if uid:
            shown = _attribute(name, "nick-name") if name else ""
            if not shown:
                shown = _attribute(card.select_one("p[nick-name]"), "nick-name")
            return Author(id=uid[1], name=one_line(shown), standing=_standing(card))
    raise Unreadable("no author")


def _standing(card: Tag) -> Standing:
    """Read the V; a blue one is any kind of organisation, the page does not say which."""
    marks = {_attribute(mark, "id") for mark in card.select(".avator svg[id], .info svg[id]")}
    for icon in card.select(".info i.icon-vip"):
        marks.update(icon.get_attribute_list("class"))
    if marks & set(_BLUE):
        return Standing.ORGANISATION
    return Standing.PERSONAL if marks & set(_PERSONAL) else Standing.ORDINARY


def _read_words(card: Tag) -> Plain:
    full = card.select_one('p[node-type="feed_list_content_full"]')
    if full is not None:
        return Plain(read_tag(full).text)
    short = card.select_one('p[node-type="feed_list_content"]')
    if short is None:
        raise Unreadable("no text")
    return read_tag(short)


def _shown_time(card: Tag, now: datetime) -> ShownTime | None:
    return read_time(_text(card.select_one(".from a")), now)


def _rendered_at(page: str, now: datetime) -> datetime:
    """Texts like 3分钟前 count from when the server made the page, which it says."""
    match = _SERVER_TIME.search(page)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else now


def _count(card: Tag, button: str) -> int | None:
    found = card.select_one(f"div.card-act {button}")
    return None if found is None else read_count(_text(found) or "0")


def _region(card: Tag) -> str:
    match = _REGION.search(_text(card.select_one("div.from")))
    return match[1] if match else ""


def _following(soup: BeautifulSoup, cursor: Cursor, cards: int) -> Cursor | None:
    has_next = soup.select_one("div.m-page a.next") is not None
    may_have_next = cards >= FULL_PAGE and soup.select_one("div.m-page") is None
    if cursor.page >= LAST_PAGE or not (has_next or may_have_next):
        return None
    return Cursor(cursor.page + 1)


def _text(tag: Tag | None) -> str:
    return "" if tag is None else one_line(tag.get_text())


def _attribute(tag: Tag | None, name: str) -> str:
    value = tag.get(name) if tag is not None else None
    return value if isinstance(value, str) else ""
