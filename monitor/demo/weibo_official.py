"""Answers of the open platform's search, `/2/search/statuses/limited.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from monitor.demo.exchange import Answer, json_answer
from monitor.demo.ids import id_time
from monitor.demo.weibo_markup import (
    DELETED_TEXT,
    SHORT_TEXT_CHARS,
    VERIFIED_TYPE,
    created_at,
    is_long,
    wire_text,
)
from monitor.demo.world import Passed, Published
from scrapers.post import Author, Platform, Standing

PATH: Final = "/2/search/statuses/limited.json"
DRIFT: Final = {"result": {"list": [], "cursor": 0}}


def refusal(code: int, message: str, status: int = 403) -> Answer:
    """Answer with the platform's error document."""
    return json_answer({"error": message, "error_code": code, "request": PATH}, status)


def search_page(posts: Sequence[Published], total: int) -> dict[str, Any]:
    """Answer a search."""
    return {
        "statuses": [_status(post) for post in posts],
        "total_number": total,
        "hasvisible": False,
        "previous_cursor": 0,
        "next_cursor": 0,
    }


def _status(post: Published) -> dict[str, Any]:
    sample = post.sample
    text = wire_text(post)
    status: dict[str, Any] = {
        "created_at": created_at(post.published_at),
        "id": int(post.id),
        "mid": post.id,
        "idstr": post.id,
        "text": _shown(text, sample.author, post.id),
        "textLength": sum(1 if char.isascii() else 2 for char in text),
        "source": f'<a href="http://weibo.com/" rel="nofollow">{sample.client}</a>',
        "favorited": False,
        "pic_urls": [],
        "user": _user(sample.author),
        "reposts_count": sample.reposts,
        "comments_count": sample.comments,
        "attitudes_count": sample.likes,
        "isLongText": is_long(text),
        "region_name": f"发布于 {sample.region}" if sample.region else "",
    }
    if post.original is not None:
        status["retweeted_status"] = _original(post.original)
    return status


def _shown(text: str, author: Author, mid: str) -> str:
    if not is_long(text):
        return text
    return f"{text[:SHORT_TEXT_CHARS]}...全文： http://m.weibo.cn/{author.id}/{mid} \u200b"


def _original(original: Passed) -> dict[str, Any]:
    status: dict[str, Any] = {
        "created_at": created_at(id_time(Platform.WEIBO, original.id)),
        "id": int(original.id),
        "mid": original.id,
        "idstr": original.id,
    }
    if original.author is None:
        return status | {"text": DELETED_TEXT, "deleted": "1"}
    return status | {
        "text": _shown(original.text, original.author, original.id),
        "isLongText": is_long(original.text),
        "user": _user(original.author),
    }


def _user(author: Author) -> dict[str, Any]:
    return {
        "id": int(author.id),
        "idstr": author.id,
        "screen_name": author.name,
        "name": author.name,
        "profile_url": f"u/{author.id}",
        "followers_count": author.followers or 0,
        "friends_count": 100,
        "statuses_count": 200,
        "verified": author.standing is not Standing.ORDINARY,
        "verified_type": VERIFIED_TYPE[author.standing],
    }
