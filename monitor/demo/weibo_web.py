"""Pages of s.weibo.com."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from monitor.demo.ids import bid, id_time
from monitor.demo.scenario import Placement
from monitor.demo.weibo_markup import (
    DELETED_TEXT,
    SHORT_TEXT_CHARS,
    count_text,
    is_long,
    time_text,
    web_html,
    wire_text,
)
from monitor.demo.world import Passed, Published
from scrapers.post import Platform, Standing

MOST_PAGES: Final = 50
LABEL: Final = {Placement.PINNED: "置顶", Placement.PROMOTED: "荐读"}
BADGE: Final = {
    Standing.PERSONAL: ("微博个人认证", "woo_svg_vyellow"),
    Standing.ENTERPRISE: ("微博官方认证", "woo_svg_vblue"),
    Standing.MEDIA: ("微博官方认证", "woo_svg_vblue"),
    Standing.GOVERNMENT: ("微博官方认证", "woo_svg_vblue"),
    Standing.ORGANISATION: ("微博官方认证", "woo_svg_vblue"),
}
VISITOR_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>Sina Visitor System</title></head><body>"
    '<span id="message"></span><script>window.location.replace('
    '"https://passport.weibo.com/sso/signin?entry=miniblog&source=miniblog");</script>'
    "</body></html>"
)
CAPTCHA_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>微博安全验证</title></head><body>"
    '<div class="verify"><p>您的操作存在异常，请输入验证码完成验证</p>'
    '<img src="/captcha/image"></div></body></html>'
)
APP_SHELL: Final = (
    "<!DOCTYPE html><html><head><title>微博</title></head><body>"
    '<div id="app" data-v="next"></div><script src="/assets/main.js"></script></body></html>'
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """The box of a reposted post."""

    mid: str
    url: str
    author: str
    uid: str
    text: Markup
    full: Markup | None
    time: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One post of the page."""

    mid: str
    uid: str
    author: str
    label: str
    badge: tuple[str, str] | None
    url: str
    time: str
    client: str
    text: Markup
    full: Markup | None
    original: Quoted | None
    reposts: str
    comments: str
    likes: str


def results(query: str, posts: Sequence[Published], page: int, pages: int, now: datetime) -> str:
    """Return a page of cards, or the page that says that nothing was found."""
    return _template().render(
        cards=[_card(post, query.split(), now) for post in posts],
        query=quote(query),
        page=page,
        pages=min(pages, MOST_PAGES),
        servertime=int(now.timestamp()),
    )


def changed(query: str, posts: Sequence[Published], now: datetime) -> str:
    """Return a valid page whose cards nobody recognises any more."""
    page = results(query, posts, 1, 1, now)
    for old, new in (
        ("card-wrap", "fd-item"),
        ("feed_list_item", "fd_item"),
        ("feed_list_content", "fd_text"),
        ('mid="', 'data-id="'),
        ("card-no-result", "fd-none"),
        ("抱歉，未找到相关结果。", ""),
    ):
        page = page.replace(old, new)
    return page


@cache
def _template() -> Template:
    # Cached: it never changes, and compiling it takes longer than serving from it.
    return Environment(
        loader=PackageLoader("monitor.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("weibo_search.html")


def _card(post: Published, terms: Sequence[str], now: datetime) -> Card:
    sample = post.sample
    author = sample.author
    url = f"//weibo.com/{author.id}/{bid(post.id)}"
    short, full = _texts(wire_text(post), url, terms)
    return Card(
        mid=post.id,
        uid=author.id,
        author=author.name,
        label=LABEL[sample.placement] if sample.placement else "",
        badge=BADGE.get(author.standing),
        url=url,
        time=time_text(post.published_at, now),
        client=sample.client,
        text=short,
        full=full,
        original=_quoted(post.original, terms, now) if post.original else None,
        reposts=count_text(sample.reposts) if sample.reposts else "转发",
        comments=count_text(sample.comments) if sample.comments else "评论",
        likes=count_text(sample.likes) if sample.likes else "赞",
    )


def _quoted(original: Passed, terms: Sequence[str], now: datetime) -> Quoted:
    uid = original.author.id if original.author else ""
    url = f"//weibo.com/{uid}/{bid(original.id)}"
    short, full = _texts(DELETED_TEXT if original.deleted else original.text, url, terms)
    return Quoted(
        mid=original.id,
        url=url,
        author=original.author.name if original.author else "",
        uid=uid,
        text=short,
        full=full,
        time=time_text(id_time(Platform.WEIBO, original.id), now),
        deleted=original.deleted,
    )


def _texts(text: str, url: str, terms: Sequence[str]) -> tuple[Markup, Markup | None]:
    if not is_long(text):
        return Markup(web_html(text, terms) + "\u200b"), None  # noqa: S704 - escaped there
    unfold = (
        f'...<a href="{url}?refer_flag=1001030103_" action-type="fl_unfold" '
        'target="_blank">展开<i class="wbicon">c</i></a>'
    )
    fold = ' <a action-type="fl_fold">收起<i class="wbicon">d</i></a>'
    short = web_html(text[:SHORT_TEXT_CHARS], terms) + unfold
    return Markup(short), Markup(web_html(text, terms) + fold)  # noqa: S704 - escaped there
