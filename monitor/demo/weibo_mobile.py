"""Answers of m.weibo.cn: search pages of cards, and the rest of a long text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.demo.ids import bid, id_time
from monitor.demo.scenario import Placement
from monitor.demo.weibo_markup import (
    DELETED_TEXT,
    SHORT_TEXT_CHARS,
    VERIFIED_TYPE,
    count_text,
    created_at,
    is_long,
    mobile_html,
    wire_text,
)
from monitor.demo.world import Passed, Published
from scrapers.post import Author, Platform, Standing

EMPTY: Final = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
LOGIN: Final = {
    "ok": -100,
    "url": "https://passport.weibo.com/sso/signin?entry=wapsso&source=wapssowb&url=https%3A%2F%2Fm.weibo.cn",
}
CAPTCHA: Final = {
    "ok": -100,
    "url": "https://m.weibo.cn/captcha/show?backUrl=https%3A%2F%2Fm.weibo.cn",
}
TOO_OFTEN: Final = {"ok": 0, "msg": "请求过于频繁，歇歇吧"}
DRIFT: Final = {"ok": 1, "data": {"pageInfo": {"v": 3}, "feed": {"items": [{"kind": "status"}]}}}


@dataclass(frozen=True, slots=True)
class Cut:
    """One page of a result: its posts and what the client needs for the next one."""

    posts: Sequence[Published]
    placed: Sequence[Published]
    total: int
    page: int | None
    since_id: str | None


def search_page(query: str, cut: Cut) -> dict[str, Any]:
    """Answer a search with cards of both depths, as the mobile page gets them."""
    cards: list[dict[str, Any]] = [_card(post) for post in cut.placed]
    if cut.placed:
        cards.append(_people_card(query))
    cards.append(
        {
            "card_type": 11,
            "show_type": 1,
            "card_group": [_card(post) for post in cut.posts],
        }
    )
    info: dict[str, Any] = {
        "containerid": f"100103type=61&q={query}&t=0",
        "v_p": 42,
        "show_style": 1,
        "total": cut.total,
        "autoLoadMoreIndex": 10,
        "page": cut.page,
    }
    if cut.since_id:
        info["since_id"] = cut.since_id
    return {"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "showAppTips": 0}}


def long_text(post: Published) -> dict[str, Any]:
    """Answer /statuses/extend."""
    return {"ok": 1, "data": {"ok": 1, "longTextContent": mobile_html(wire_text(post))}}


def _card(post: Published) -> dict[str, Any]:
    short = bid(post.id)
    return {
        "card_type": 9,
        "itemid": f"seqid:0|type:61|t:0|pos:1-0|mid:{post.id}",
        "scheme": f"https://m.weibo.cn/status/{short}?mblogid={short}",
        "mblog": mblog(post),
    }


def _people_card(query: str) -> dict[str, Any]:
    user = {"id": 6099000001, "screen_name": f"{query}爱好者", "followers_count": "312"}
    people = {"card_type": 10, "user": user, "desc1": "相关用户"}
    return {"card_type": 11, "card_group": [people, {"card_type": 4, "desc": "查看更多用户"}]}


def mblog(post: Published) -> dict[str, Any]:
    """Return a post as m.weibo.cn describes it."""
    sample = post.sample
    text = wire_text(post)
    blog: dict[str, Any] = {
        "visible": {"type": 0, "list_id": 0},
        "created_at": created_at(post.published_at),
        "id": post.id,
        "mid": post.id,
        "bid": bid(post.id),
        "can_edit": False,
        "text": _shown(text, post.id),
        "textLength": sum(1 if char.isascii() else 2 for char in text),
        "source": sample.client,
        "favorited": False,
        "pic_ids": [],
        "pic_num": 0,
        "user": _user(sample.author),
        "reposts_count": sample.reposts,
        "comments_count": sample.comments,
        "attitudes_count": sample.likes,
        "isLongText": is_long(text),
        "mblogtype": 0,
        "content_auth": 0,
        "edit_config": {"edited": False},
    }
    if sample.region:
        blog["region_name"] = f"发布于 {sample.region}"
    if sample.placement is Placement.PINNED:
        blog |= {"title": {"text": "置顶", "base_color": 1}, "isTop": 1, "mblogtype": 2}
    if sample.placement is Placement.PROMOTED:
        blog |= {"mark": "999_reallog_mark_ad:999|WeiboADNatural", "ad_state": 1, "mblogtype": 1}
    if post.original is not None:
        blog["raw_text"] = text
        blog["repost_type"] = 3
        blog["retweeted_status"] = _original(post.original)
    return blog


def _shown(text: str, mid: str) -> str:
    if not is_long(text):
        return mobile_html(text)
    beginning = mobile_html(text[:SHORT_TEXT_CHARS])
    return f'{beginning} ...<a href="/status/{mid}">全文</a>'


def _original(original: Passed) -> dict[str, Any]:
    text = DELETED_TEXT if original.deleted else original.text
    blog: dict[str, Any] = {
        "visible": {"type": 0, "list_id": 0},
        "created_at": created_at(id_time(Platform.WEIBO, original.id)),
        "id": original.id,
        "mid": original.id,
        "bid": bid(original.id),
        "text": _shown(text, original.id),
        "user": None,
    }
    if original.author is None:
        return blog | {"deleted": "1", "state": 7}
    return blog | {
        "textLength": sum(1 if char.isascii() else 2 for char in text),
        "source": "",
        "pic_ids": [],
        "isLongText": is_long(text),
        "user": _user(original.author),
        "reposts_count": 0,
        "comments_count": 0,
        "attitudes_count": 0,
        "mblogtype": 0,
    }


def _user(author: Author) -> dict[str, Any]:
    verified = author.standing is not Standing.ORDINARY
    followers = count_text(author.followers or 0)
    user: dict[str, Any] = {
        "id": int(author.id),
        "screen_name": author.name,
        "profile_image_url": "https://tvax1.sinaimg.cn/crop.0.0.996.996.180/00000000.jpg",
        "profile_url": f"https://m.weibo.cn/u/{author.id}",
        "close_blue_v": False,
        "description": "",
        "follow_count": 100,
        "followers_count": followers,
        "followers_count_str": followers,
        "statuses_count": 200,
        "verified": verified,
        "verified_type": VERIFIED_TYPE[author.standing],
        "gender": "m",
        "mbtype": 0,
        "urank": 9,
        "mbrank": 0,
    }
    if verified:
        user |= {"verified_type_ext": 0, "verified_reason": author.name}
    return user
