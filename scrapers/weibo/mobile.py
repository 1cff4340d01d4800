"""Reads the search answers of m.weibo.cn: `data.cards`, some of them groups of cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from scrapers.errors import Drifted
from scrapers.source import BadItem
from scrapers.weibo.listing import Cursor, Entry, Listing, Unreadable, bad_item, drift
from scrapers.weibo.markup import read_html
from scrapers.weibo.status import Json, read_status, text_of

POST_CARD: Final = "9"
_KNOWN_KEYS: Final = frozenset({"card_type", "mblog", "card_group"})
_PLACED_TITLES: Final = re.compile("置顶|热门|广告|推荐|荐读")


def read_listing(data: Json, cursor: Cursor, now: datetime) -> Listing:
    """Read the `data` of one answer that was asked for at `cursor`.

    Cards of people, topics and the like are passed over; a card of a post that cannot be read
    becomes a bad item. Raises Drifted when nothing in `data` looks like a list of cards.
    """
    cards = _sequence(data.get("cards"))
    if cards is None:
        raise Drifted("m.weibo.cn answered without a list of cards")
    if cards and not any(_KNOWN_KEYS & card.keys() for card in cards if isinstance(card, Mapping)):
        raise Drifted("m.weibo.cn answered with cards of an unknown shape")
    entries: dict[str, Entry] = {}
    bad: list[BadItem] = []
    for card in _post_cards(cards):
        try:
            entry = _read_card(card, now)
        except Unreadable as error:
            bad.append(bad_item(card, str(error)))
        else:
            entries.setdefault(entry.post.id, entry)
    following, spare = _next_cursors(data.get("cardlistInfo"), cursor)
    found = tuple(entries.values())
    return Listing(found, tuple(bad), following, spare, drift(found, bad))


def _post_cards(cards: list[object]) -> Iterator[object]:
    """Yield, in order, what holds a post or should, at whatever depth."""
    waiting = cards[::-1]
    while waiting:
        card = waiting.pop()
        if not isinstance(card, Mapping):
            yield card
            continue
        if card.keys() & {"mblog", "mid"} or text_of(card, "card_type") == POST_CARD:
            yield card
        group = card.get("card_group")
        members = _sequence(group)
        if members is not None:
            waiting.extend(members[::-1])
        elif group is not None:
            yield card


def _sequence(value: object) -> list[object] | None:
    """Return a list; PHP writes one with gaps as an object of numbered fields."""
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else None


def _read_card(card: object, now: datetime) -> Entry:
    mblog = card.get("mblog") if isinstance(card, Mapping) else None
    if not isinstance(mblog, Mapping):
        raise Unreadable("a card of a post without the post")
    post, note = read_status(mblog, read_html, now)
    return Entry(post, _is_placed(mblog), note)


def _is_placed(mblog: Json) -> bool:
    title = mblog.get("title")
    return (
        (isinstance(title, Mapping) and bool(_PLACED_TITLES.search(text_of(title, "text"))))
        or mblog.get("isTop") in (1, "1")
        or mblog.get("mblogtype") not in (None, 0, "0", "")
        or bool(mblog.get("promotion"))
    )


def _next_cursors(info: object, cursor: Cursor) -> tuple[Cursor | None, Cursor | None]:
    """Return the next page and another way to it.

    Both ways of paging are alive, and reports differ on which works: a page number, where
    null or a number not above this page's means the end, and `since_id`.
    """
    fields = info if isinstance(info, Mapping) else {}
    since_id = text_of(fields, "since_id")
    by_since_id = Cursor(since_id=since_id) if since_id not in ("", "0") else None
    if cursor.since_id is not None:
        return (by_since_id if since_id != cursor.since_id else None), None
    by_page = _by_page(fields, cursor)
    return (by_page, by_since_id) if by_page else (by_since_id, None)


def _by_page(fields: Json, cursor: Cursor) -> Cursor | None:
    if "page" not in fields:
        return None if text_of(fields, "since_id") else Cursor(cursor.page + 1)
    page = text_of(fields, "page")
    if not re.fullmatch("[0-9]{1,6}", page) or int(page) <= cursor.page:
        return None
    return Cursor(int(page))
