"""Stand-ins for the four searches, alike enough for one suite: publish, page, cause trouble."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from math import ceil
from typing import Any, ClassVar

import httpx

from scrapers.post import Platform
from scrapers.source import Query, Source
from scrapers.twitter.client import build_twitter_source
from scrapers.twitter.settings import TwitterSettings
from scrapers.twitter.snowflake import first_id
from scrapers.weibo import ids
from scrapers.weibo.client import build_weibo_source
from scrapers.weibo.settings import Transport, WeiboSettings

PAGE_SIZE = 10
TEXT = "星云手表 NebulaWatch 又黑屏了，要求退款"

Answer = Callable[[httpx.Request], httpx.Response]
Now = Callable[[], datetime]


class Stand(ABC):
    """One platform's search over posts that a test publishes.

    `trouble` answers in place of page number `trouble_from` and of every later one.
    """

    platform: ClassVar[Platform]
    secret: ClassVar[str] = "S3cretAndQuiteLong0123456789"
    query_text: ClassVar[str] = "星云手表"

    def __init__(self) -> None:
        self.posts: list[tuple[datetime, bool]] = []
        self.trouble: Answer | None = None
        self.trouble_from = 1
        self.shift = 0
        self.requests: list[httpx.Request] = []

    def publish(self, times: Iterable[datetime], *, odd: bool = False) -> None:
        """Publish a post at each time; an odd one lacks what a post cannot do without."""
        self.posts += [(time, odd) for time in times]

    def query(self) -> Query:
        return Query("q", self.platform, self.query_text, ("星云手表",))

    @abstractmethod
    def build(self, now: Now, *, max_pages: int = 10, secret: str | None = None) -> Source:
        """Build the source whose requests this stand-in answers."""

    @abstractmethod
    def refuse_login(self, request: httpx.Request) -> httpx.Response:
        """Answer as to wrong credentials."""

    @abstractmethod
    def page_asked_for(self, request: httpx.Request) -> int:
        """Return the number of the page, 1 for the first; 0 for what is no search."""

    @abstractmethod
    def page(self, posts: Sequence[tuple[datetime, bool]], number: int, of: int) -> httpx.Response:
        """Show one page of posts."""

    def beside_search(self, request: httpx.Request) -> httpx.Response:
        """Answer what is no search."""
        raise AssertionError(f"unexpected request {request.url}")

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        number = self.page_asked_for(request)
        if not number:
            return self.beside_search(request)
        if self.trouble and number >= self.trouble_from:
            return self.trouble(request)
        return self.good(request)

    def good(self, request: httpx.Request) -> httpx.Response:
        """Answer as when there is no trouble.

        `shift` posts of each page appear again on the next, as when new ones came meanwhile.
        """
        found, number = sorted(self.posts, reverse=True), self.page_asked_for(request)
        start = (number - 1) * (PAGE_SIZE - self.shift)
        pages = ceil(len(found) / (PAGE_SIZE - self.shift))
        return self.page(found[start : start + PAGE_SIZE], number, pages)

    def settings(self, max_pages: int) -> dict[str, Any]:
        return {"max_pages": max_pages, "timeout_s": 1}


class TwitterStand(Stand):
    platform = Platform.TWITTER
    query_text = 'NebulaWatch OR "星云手表"'

    def build(self, now: Now, *, max_pages: int = 10, secret: str | None = None) -> Source:
        return build_twitter_source(
            TwitterSettings(requests_per_15_minutes=100_000, **self.settings(max_pages)),
            bearer_token=self.secret if secret is None else secret,
            now=now,
            sleep=lambda _: None,
            transport=httpx.MockTransport(self),
        )

    def refuse_login(self, request: httpx.Request) -> httpx.Response:
        body = {"title": "Unauthorized", "type": "about:blank", "detail": "Unauthorized"}
        return httpx.Response(401, json=body)

    def page_asked_for(self, request: httpx.Request) -> int:
        return int(request.url.params.get("next_token", "p1")[1:])

    def page(self, posts: Sequence[tuple[datetime, bool]], number: int, of: int) -> httpx.Response:
        meta: dict[str, Any] = {"result_count": len(posts)}
        if number < of:
            meta["next_token"] = f"p{number + 1}"
        data = [
            {
                "id": str(first_id(time)),
                "author_id": "501",
                "public_metrics": {"like_count": 1},
                **({} if odd else {"text": TEXT}),
            }
            for time, odd in posts
        ]
        user = {"id": "501", "name": "阿林爱跑步", "username": "alin_runs"}
        body = {"data": data, "includes": {"users": [user]}, "meta": meta}
        return httpx.Response(200, json=body if posts else {"meta": meta})


class WeiboStand(Stand):
    platform = Platform.WEIBO
    transport: ClassVar[Transport]

    def build(self, now: Now, *, max_pages: int = 10, secret: str | None = None) -> Source:
        secret = self.secret if secret is None else secret
        is_official = self.transport is Transport.OFFICIAL
        return build_weibo_source(
            WeiboSettings(
                transport=self.transport, requests_per_minute=600, **self.settings(max_pages)
            ),
            cookie="" if is_official or not secret else f"SUB={secret}",
            access_token=secret if is_official else "",
            now=now,
            sleep=lambda _: None,
            transport=httpx.MockTransport(self),
        )

    def page_asked_for(self, request: httpx.Request) -> int:
        return int(request.url.params.get("page", "1"))

    def status(self, time: datetime, *, odd: bool) -> dict[str, Any]:
        mid = ids.mid_at(time)
        user = {"id": 6000000501, "screen_name": "阿林爱跑步", "followers_count": 1280}
        shown = f"{time:%a %b %d %H:%M:%S} +0000 {time:%Y}"
        status = {"id": mid, "mid": mid, "created_at": shown, "text": TEXT}
        return status if odd else {**status, "user": user}


class WeiboMobileStand(WeiboStand):
    transport = Transport.MOBILE

    def refuse_login(self, request: httpx.Request) -> httpx.Response:
        url = "https://passport.weibo.com/sso/signin?entry=wapsso"
        return httpx.Response(200, json={"ok": -100, "url": url})

    def page_asked_for(self, request: httpx.Request) -> int:
        is_search = request.url.path == "/api/container/getIndex"
        return super().page_asked_for(request) if is_search else 0

    def beside_search(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "visitor.passport.weibo.cn"
        grant = {"retcode": 20000000, "msg": "succ", "data": {"sub": self.secret, "subp": "p"}}
        return httpx.Response(200, text=f"visitor_gray_callback({json.dumps(grant)});")

    def page(self, posts: Sequence[tuple[datetime, bool]], number: int, of: int) -> httpx.Response:
        cards = [{"card_type": 9, "mblog": self.status(time, odd=odd)} for time, odd in posts]
        info = {"page": number + 1 if number < of else None}
        return httpx.Response(200, json={"ok": 1, "data": {"cards": cards, "cardlistInfo": info}})


class WeiboOfficialStand(WeiboStand):
    transport = Transport.OFFICIAL

    def refuse_login(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"error": "expired_token", "error_code": 21327})

    def page(self, posts: Sequence[tuple[datetime, bool]], number: int, of: int) -> httpx.Response:
        # The client counts pages of fifty by the total, whatever a page really holds.
        statuses = [self.status(time, odd=odd) for time, odd in posts]
        return httpx.Response(200, json={"statuses": statuses, "total_number": of * 50})


class WeiboWebStand(WeiboStand):
    transport = Transport.WEB

    def refuse_login(self, request: httpx.Request) -> httpx.Response:
        url = "https://passport.weibo.com/sso/signin?entry=miniblog"
        return httpx.Response(302, headers={"location": url})

    def page(self, posts: Sequence[tuple[datetime, bool]], number: int, of: int) -> httpx.Response:
        cards = "".join(self.card(time, odd=odd) for time, odd in posts)
        more = '<a class="next" href="?page=2">下一页</a>' if number < of else ""
        nothing = '<div class="card-wrap"><div class="card card-no-result"></div></div>'
        return httpx.Response(
            200,
            html=f"""<!DOCTYPE html><html><head><script>var $CONFIG = {{}};
            $CONFIG['islogin'] = '1'; $CONFIG['product'] = 'search';</script></head>
            <body><div class="m-main-nav"></div><div id="pl_feedlist_index">{cards or nothing}
            <div class="m-page">{more}</div></div></body></html>""",
        )

    def card(self, time: datetime, *, odd: bool) -> str:
        mid = ids.mid_at(time)
        home = "//weibo.com/6000000501"
        name = "" if odd else f'<a href="{home}" class="name" nick-name="阿林爱跑步">阿林爱跑步</a>'
        link = "" if odd else f'<a href="{home}/{ids.bid_of(mid)}">{time:%Y-%m-%d}</a>'
        return f"""<div class="card-wrap" action-type="feed_list_item" mid="{mid}">
        <div class="card"><div class="content">
        <div class="info">{name}</div><div class="from">{link}</div>
        <p class="txt" node-type="feed_list_content">{TEXT}</p></div></div></div>"""


STANDS: tuple[type[Stand], ...] = (
    TwitterStand,
    WeiboMobileStand,
    WeiboWebStand,
    WeiboOfficialStand,
)
