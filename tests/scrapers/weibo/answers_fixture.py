"""Answers in the shape of Weibo's, built for a test; all names and texts are invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from scrapers.http import Transport
from scrapers.post import Platform
from scrapers.source import Page, Query, Source
from scrapers.weibo.client import build_weibo_source
from scrapers.weibo.ids import bid_of, mid_at
from scrapers.weibo.settings import Transport as Way
from scrapers.weibo.settings import WeiboSettings
from scrapers.weibo.times import BEIJING

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[2] / "fixtures" / "weibo"
QUERY = Query(key="星云手表", platform=Platform.WEIBO, text="星云手表 投诉", brands=("星云手表",))
LOGIN_URL = "https://passport.weibo.com/sso/signin?entry=wapsso&url=https%3A%2F%2Fm.weibo.cn"
EMPTY = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}

SINCE = NOW - timedelta(minutes=30)

Handler = Callable[[httpx.Request], httpx.Response]


def ago(**age: float) -> datetime:
    return NOW - timedelta(**age)


def full_time(when: datetime) -> str:
    return when.astimezone(BEIJING).strftime("%a %b %d %H:%M:%S %z %Y")


def user(uid: int = 6100000001, **changes: Any) -> dict[str, Any]:
    return {
        "id": uid,
        "screen_name": f"用户{uid % 1000}",
        "verified": False,
        "verified_type": -1,
        "followers_count": "1280",
        "followers_count_str": "1280",
    } | changes


def mblog(when: datetime, text: str = "星云手表黑屏了，要求退款", **changes: Any) -> dict[str, Any]:
    mid = changes.pop("mid", mid_at(when, 7))
    return {
        "created_at": full_time(when),
        "id": mid,
        "mid": mid,
        "bid": bid_of(mid),
        "text": text,
        "source": "iPhone客户端",
        "region_name": "发布于 上海",
        "user": user(),
        "reposts_count": 3,
        "comments_count": "1.2万",
        "attitudes_count": 45,
        "isLongText": False,
        "mblogtype": 0,
        "pics": {"0": {"pid": "x"}},
    } | changes


def card(blog: dict[str, Any]) -> dict[str, Any]:
    return {"card_type": 9, "itemid": "seqid:0", "mblog": blog}


def mobile(*blogs: dict[str, Any], page: int | str | None = None, **info: Any) -> dict[str, Any]:
    """A search answer: the first post as a card of its own, the others in a group."""
    cards: list[dict[str, Any]] = [card(blog) for blog in blogs[:1]]
    cards.append({"card_type": 11, "card_group": [card(blog) for blog in blogs[1:]]})
    cards.append({"card_type": 11, "card_group": [{"card_type": 10, "user": user()}]})
    list_info = {"total": 739, "page": page} | info
    return {"ok": 1, "data": {"cardlistInfo": list_info, "cards": cards}}


def status(
    when: datetime, text: str = "星云手表黑屏了，要求退款", **changes: Any
) -> dict[str, Any]:
    blog = mblog(when, text)
    blog.pop("bid")
    api = {"id": int(blog["mid"]), "idstr": blog["mid"], "source": '<a href="/">微博网页版</a>'}
    return blog | api | changes


def official(*statuses: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"statuses": list(statuses), "total_number": len(statuses) if total is None else total}


def web_card(when: datetime, time_text: str, text: str = "星云手表黑屏了，要求退款") -> str:
    mid = mid_at(when, 7)
    return f"""<!--card-wrap-->
<div class="card-wrap" action-type="feed_list_item" mid="{mid}" ><div class="card">
<div class="card-feed"><div class="content" node-type="like">
<div class="info"><div class="menu s-fr"></div><div>
<a href="//weibo.com/6100000001?refer_flag=1" class="name" nick-name="晨跑的林">晨跑的林</a>
</div></div>
<div class="from" ><a href="//weibo.com/6100000001/{bid_of(mid)}?refer_flag=1">
    {time_text}
</a>&nbsp;来自 <a href="//weibo.com/" rel="nofollow">iPhone客户端</a></div>
<p class="txt" node-type="feed_list_content" nick-name="晨跑的林">{text}</p></div></div>
<div class="card-act"><ul><li><a action-type="feed_list_forward"> 转发</a></li></ul></div>
</div></div><!--/card-wrap-->"""


def web_page(*cards: str, next_page: int | None = None, logged_in: int = 1) -> str:
    after = f'<a href="/weibo?q=x&page={next_page}" class="next">下一页</a>' if next_page else ""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>微博搜索</title><script>
var $CONFIG = {{}}; $CONFIG['islogin'] = '{logged_in}'; $CONFIG['product'] = 'search';
$CONFIG['servertime'] = {int(NOW.timestamp())};</script></head><body>
<div class="m-main-nav"></div><div class="m-con-l" id="pl_feedlist_index"><div>
{"".join(cards)}<div class="m-page"><div>{after}</div></div></div></div></body></html>"""


def minutes(*ages: float) -> list[dict[str, Any]]:
    """A post of each age."""
    return [mblog(ago(minutes=age)) for age in ages]


def answer(status_code: int, text: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status_code, text=text, headers=headers)


def redirect(location: str) -> httpx.Response:
    return answer(302, location=location)


def json_answer(body: object, status_code: int = 200, **headers: str) -> httpx.Response:
    text = json.dumps(body, ensure_ascii=False)
    return httpx.Response(
        status_code, text=text, headers={"content-type": "application/json"} | headers
    )


def granted(sub: str = "_2Avisitor") -> httpx.Response:
    data = {"sub": sub, "subp": "0033subp", "tid": "01"}
    body = {"retcode": 20000000, "msg": "succ", "data": data}
    callback = "visitor_gray_callback"
    return httpx.Response(200, text=f"window.{callback} && {callback}({json.dumps(body)});")


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


class Weibo:
    """A platform that answers each search with the next thing it was given, the last again.

    It grants a visitor cookie unless told otherwise and answers whole texts from `long_texts`.
    """

    def __init__(self, *answers: httpx.Response | Handler | Exception) -> None:
        self.answers = list(answers)
        self.visitor: httpx.Response | Exception = granted()
        self.long_texts: dict[str, str] = {}
        self.requests: list[httpx.Request] = []
        self.searches: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/visitor/genvisitor2":
            return _give(self.visitor, request)
        if request.url.path == "/statuses/extend":
            text = self.long_texts.get(request.url.params["id"])
            body = {"ok": 1, "data": {"ok": 1, "longTextContent": text}}
            return json_answer(body if text else {"ok": 0, "msg": "微博不存在"})
        self.searches.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return _give(answer, request)

    @property
    def cookies(self) -> list[str]:
        """The Cookie header of each search."""
        return [request.headers.get("cookie", "") for request in self.searches]


def _give(answer: httpx.Response | Handler | Exception, request: httpx.Request) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, httpx.Response):
        headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
        return httpx.Response(answer.status_code, content=answer.content, headers=headers)
    return answer(request)


def source(
    weibo: Handler,
    way: Way = Way.MOBILE,
    *,
    cookie: str = "SUB=_2Alogin; SUBP=p",
    access_token: str = "2.00token",
    now: Callable[[], datetime] = lambda: NOW,
    sleep: Callable[[float], None] = lambda _: None,
    **settings: Any,
) -> Source:
    transport: Transport = httpx.MockTransport(weibo)
    return build_weibo_source(
        WeiboSettings(transport=way, **settings),
        cookie=cookie,
        access_token=access_token,
        now=now,
        sleep=sleep,
        transport=transport,
    )


def fetch(weibo: Handler, way: Way = Way.MOBILE, **settings: Any) -> Page:
    return source(weibo, way, **settings).fetch(QUERY, SINCE)


def ages(page: Page) -> list[float]:
    """The age of each post in minutes."""
    return [(NOW - post.published_at) / timedelta(minutes=1) for post in page.posts]


NOT_JSON = answer(200, "<html>upstream</html>")
CAPTCHA_PAGE = answer(200, "<html>请输入验证码</html>")
