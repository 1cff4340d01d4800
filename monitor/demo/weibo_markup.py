"""How Weibo writes a post's text, counts and times on its pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Final
from urllib.parse import quote

from monitor.demo.world import Published
from scrapers.post import Standing

BEIJING: Final = timezone(timedelta(hours=8))
SHORT_TEXT_CHARS: Final = 140
"""Longer texts are cut on lists, the rest is behind a link."""
BARE_REPOST: Final = "转发微博"
DELETED_TEXT: Final = "抱歉，此微博已被作者删除。查看帮助：http://t.cn/Rfd3rQV"
VERIFIED_TYPE: Final = {
    Standing.ORDINARY: -1,
    Standing.PERSONAL: 0,
    Standing.GOVERNMENT: 1,
    Standing.ENTERPRISE: 2,
    Standing.MEDIA: 3,
    Standing.ORGANISATION: 7,
}
FACE_URL: Final = "https://face.t.sinajs.cn/t4/appstyle/expression/ext/normal/00/face_mobile.png"
_TOKEN: Final = re.compile(
    r"(?P<topic>#[^#\n]{1,40}#)|(?P<mention>@[\w-]{1,30})"
    r"|(?P<face>\[[^\[\]\s]{1,8}\])|(?P<link>https?://t\.cn/\w+)|(?P<line>\n)"
)

Mark = Callable[[str], str]
"""Turns a token, or with an empty kind plain text, into markup."""


def wire_text(post: Published) -> str:
    """Return own words and the chain as one text, the way Weibo stores a repost."""
    own, chain = post.sample.text, post.sample.quoted
    if post.original is not None and not own and not chain:
        return BARE_REPOST
    return own + chain


def is_long(text: str) -> bool:
    """Whether lists show only the beginning."""
    return len(text) > SHORT_TEXT_CHARS


def mobile_html(text: str) -> str:
    """Write a text as m.weibo.cn does."""
    return _markup(text, escape, _mobile_token)


def web_html(text: str, terms: Sequence[str]) -> str:
    """Write a text as s.weibo.com does, with the words searched for in red."""
    words = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    if not words:
        return _markup(text, escape, _web_token)
    pattern = re.compile(f"({words})", re.IGNORECASE)

    def plain(piece: str) -> str:
        parts = pattern.split(piece)
        return "".join(
            f'<em class="s-color-red">{escape(part)}</em>' if index % 2 else escape(part)
            for index, part in enumerate(parts)
        )

    return _markup(text, plain, _web_token)


def _markup(text: str, plain: Mark, token: Callable[[str, str], str]) -> str:
    out: list[str] = []
    done = 0
    for match in _TOKEN.finditer(text):
        out.append(plain(text[done : match.start()]))
        out.append(token(match.lastgroup or "", match.group()))
        done = match.end()
    out.append(plain(text[done:]))
    return "".join(out)


def _mobile_token(kind: str, token: str) -> str:
    shown = escape(token)
    if kind == "line":
        return "<br />"
    if kind == "topic":
        container = quote(f"231522type=1&t=10&q={token}", safe="")
        href = f"https://m.weibo.cn/search?containerid={container}"
        return f'<a  href="{href}" data-hide=""><span class="surl-text">{shown}</span></a>'
    if kind == "mention":
        return f"<a href='/n/{escape(token[1:])}'>{shown}</a>"
    if kind == "face":
        image = f'<img alt="{shown}" src="{FACE_URL}" style="width:1em; height:1em;" />'
        return f'<span class="url-icon">{image}</span>'
    icon = "<span class='url-icon'><img style='width: 1rem;height: 1rem' src='/link.png'></span>"
    return f'<a  href="{shown}" data-hide="">{icon}<span class="surl-text">网页链接</span></a>'


def _web_token(kind: str, token: str) -> str:
    shown = escape(token)
    if kind == "line":
        return "<br/>"
    if kind == "topic":
        href = f"//s.weibo.com/weibo?q={quote(token, safe='')}"
        return f'<a href="{href}" target="_blank">{shown}</a>'
    if kind == "mention":
        href = f"//weibo.com/n/{quote(token[1:], safe='')}"
        return f'<a href="{href}" target="_blank">{shown}</a>'
    if kind == "face":
        return f'<img src="{FACE_URL}" title="{shown}" alt="{shown}" class="face" />'
    return f'<a href="{shown}" target="_blank"><i class="wbicon">O</i>网页链接</a>'


def count_text(count: int) -> str:
    """Write a number as pages do: 9999, 1.2万, 1.4亿."""
    for unit, name in ((100_000_000, "亿"), (10_000, "万")):
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + name
    return str(count)


def created_at(moment: datetime) -> str:
    """Write a time as JSON answers do, e.g. `Wed May 20 10:00:01 +0800 2026`."""
    return moment.astimezone(BEIJING).strftime("%a %b %d %H:%M:%S %z %Y")


def time_text(moment: datetime, now: datetime) -> str:
    """Write a time as pages do: 刚刚, 5分钟前, 今天09:29, 06月20日 09:30, 2025年09月01日 12:00."""
    age_s = int((now - moment).total_seconds())
    if age_s < 10:
        return "刚刚"
    if age_s < 60:
        return f"{age_s}秒前"
    if age_s < 3600:
        return f"{age_s // 60}分钟前"
    local, today = moment.astimezone(BEIJING), now.astimezone(BEIJING)
    if local.date() == today.date():
        return local.strftime("今天%H:%M")
    if local.year == today.year:
        return f"{local.month:02}月{local.day:02}日 {local:%H:%M}"
    return f"{local.year}年{local.month:02}月{local.day:02}日 {local:%H:%M}"
