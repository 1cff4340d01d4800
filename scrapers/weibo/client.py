"""The Weibo source in three makes, one for each way to search."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from scrapers.errors import NotLoggedIn
from scrapers.http import Reader, Transport
from scrapers.pace import Pace
from scrapers.post import Platform
from scrapers.source import Page, Query, Source
from scrapers.weibo import mobile, official, page
from scrapers.weibo.answers import (
    is_mobile_answer,
    long_text,
    mobile_data,
    official_body,
    web_page,
)
from scrapers.weibo.cookies import Jar, registrable_domain
from scrapers.weibo.drain import ReadPage, drain
from scrapers.weibo.gate import Gate
from scrapers.weibo.listing import Cursor, Listing
from scrapers.weibo.long_texts import LongTexts
from scrapers.weibo.settings import Transport as Way
from scrapers.weibo.settings import WeiboSettings
from scrapers.weibo.times import BEIJING
from scrapers.weibo.visitor import Credentials, Visitor

MOBILE_AGENT: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
DESKTOP_AGENT: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
LANGUAGE: Final = "zh-CN,zh;q=0.9,en;q=0.6"
NEWEST_FIRST: Final = 61
"""m.weibo.cn's number for the tab 实时."""
OFFICIAL_PATH: Final = "/2/search/statuses/limited.json"
RECENT: Final = timedelta(hours=1)
"""A web search that ends longer ago than this is bounded by hours, its finest unit."""
_HOUR: Final = timedelta(hours=1)

Now = Callable[[], datetime]
Sleep = Callable[[float], None]


class MobileSource:
    """Searches m.weibo.cn's JSON, newest first."""

    name: Final = "weibo"
    platform: Final = Platform.WEIBO

    def __init__(
        self,
        settings: WeiboSettings,
        *,
        cookie: str,
        now: Now,
        sleep: Sleep,
        transport: Transport | None = None,
    ) -> None:
        self._url = settings.url
        self._now = now
        pace = _pace(settings, sleep)
        reader = Reader(
            settings.url,
            timeout_s=settings.timeout_s,
            headers={"User-Agent": MOBILE_AGENT, "Accept-Language": LANGUAGE},
            pace=pace,
            transport=transport,
            sleep=sleep,
            is_answer=is_mobile_answer,
        )
        passport = _passport(settings, reader.host, MOBILE_AGENT, pace, transport)
        visitor = Visitor(passport, return_url=f"{self._url}/", now=now) if passport else None
        self._gate = Gate(reader, Credentials(visitor, Jar.parse(cookie)))
        self._long_texts = LongTexts(self._read_long_text)
        self._turns = _Turns([reader, passport] if passport else [reader], settings.max_pages)

    def fetch(self, query: Query, since: datetime, until: datetime | None = None) -> Page:
        return self._turns.fetch(
            lambda cursor: self._read(query.text, cursor), since, self._long_texts
        )

    def close(self) -> None:
        self._turns.close()

    def _read(self, text: str, cursor: Cursor) -> Listing:
        container = quote(_container(text), safe="")
        path = f"/api/container/getIndex?containerid={container}&page_type=searchall"
        path += f"&page={cursor.page}"
        if cursor.since_id is not None:
            path += f"&since_id={quote(cursor.since_id, safe='')}"
        data = self._gate.ask(path, self._headers(f"/search?containerid={container}"), mobile_data)
        return mobile.read_listing(data, cursor, self._now())

    def _read_long_text(self, mid: str) -> str:
        path = f"/statuses/extend?id={mid}"
        return self._gate.ask(path, self._headers(f"/detail/{mid}"), long_text)

    def _headers(self, seen_at: str) -> dict[str, str]:
        return {
            "Accept": "application/json, text/plain, */*",
            "Referer": f"{self._url}{seen_at}",
            "X-Requested-With": "XMLHttpRequest",
            "MWeibo-Pwa": "1",
        }


class WebSource:
    """Searches s.weibo.com's pages, which come nearly newest first."""

    name: Final = "weibo"
    platform: Final = Platform.WEIBO

    def __init__(
        self,
        settings: WeiboSettings,
        *,
        cookie: str,
        now: Now,
        sleep: Sleep,
        transport: Transport | None = None,
    ) -> None:
        self._url = settings.url
        self._now = now
        pace = _pace(settings, sleep)
        reader = Reader(
            settings.url,
            timeout_s=settings.timeout_s,
            headers={"User-Agent": DESKTOP_AGENT, "Accept-Language": LANGUAGE},
            pace=pace,
            transport=transport,
            sleep=sleep,
        )
        login = Jar.parse(cookie)
        passport = (
            None if login else _passport(settings, reader.host, DESKTOP_AGENT, pace, transport)
        )
        visitor = Visitor(passport, return_url=f"{self._url}/", now=now) if passport else None
        self._gate = Gate(reader, Credentials(visitor, login))
        self._turns = _Turns([reader, passport] if passport else [reader], settings.max_pages)

    def fetch(self, query: Query, since: datetime, until: datetime | None = None) -> Page:
        path = f"/weibo?q={quote(query.text, safe='')}&typeall=1&suball=1"
        if until is not None and self._now() - until > RECENT:
            path += f"&timescope=custom:{_hour(since)}:{_hour(until + _HOUR)}"
        return self._turns.fetch(lambda cursor: self._read(path, cursor), since)

    def close(self) -> None:
        self._turns.close()

    def _read(self, path: str, cursor: Cursor) -> Listing:
        headers = {"Accept": "text/html,application/xhtml+xml", "Referer": f"{self._url}/"}
        return self._gate.ask(
            f"{path}&Refer=g&page={cursor.page}",
            headers,
            lambda response: page.read_listing(web_page(response), cursor, self._now()),
        )


class OfficialSource:
    """Searches the open platform under a contract, newest first."""

    name: Final = "weibo"
    platform: Final = Platform.WEIBO

    def __init__(
        self,
        settings: WeiboSettings,
        *,
        access_token: str,
        now: Now,
        sleep: Sleep,
        transport: Transport | None = None,
    ) -> None:
        self._has_token = bool(access_token)
        self._now = now
        self._reader = Reader(
            settings.url,
            timeout_s=settings.timeout_s,
            pace=_pace(settings, sleep),
            transport=transport,
            sleep=sleep,
            secret_params={"access_token": access_token},
        )
        self._turns = _Turns([self._reader], settings.max_pages)

    def fetch(self, query: Query, since: datetime, until: datetime | None = None) -> Page:
        params = {
            "q": query.text,
            "sort": "time",
            "dup": "0",
            "count": str(official.PAGE_SIZE),
            "starttime": str(int(since.timestamp())),
        }
        if until is not None:
            params["endtime"] = str(int(until.timestamp()) + 1)
        return self._turns.fetch(lambda cursor: self._read(params, cursor), since)

    def close(self) -> None:
        self._turns.close()

    def _read(self, params: dict[str, str], cursor: Cursor) -> Listing:
        if not self._has_token:
            raise NotLoggedIn("no access token is set")
        response = self._reader.get(OFFICIAL_PATH, {**params, "page": str(cursor.page)})
        now = self._now()
        return official.read_listing(official_body(response, now), cursor, now)


class _Turns:
    """Runs one fetch at a time, so that threads share readers and cookies in turn."""

    def __init__(self, readers: Sequence[Reader], max_pages: int) -> None:
        self._readers = readers
        self._max_pages = max_pages
        self._lock = threading.Lock()

    def fetch(self, read: ReadPage, since: datetime, long_texts: LongTexts | None = None) -> Page:
        with self._lock:
            before = self._requests()
            haul = drain(read, since, self._max_pages)
            posts = haul.posts
            if long_texts is not None and haul.failure is None:
                posts, notes = long_texts.complete(posts)
                haul.notes.extend(notes)
            return haul.page(posts, self._requests() - before)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()

    def _requests(self) -> int:
        return sum(reader.requests for reader in self._readers)


def build_weibo_source(
    settings: WeiboSettings,
    *,
    cookie: str,
    access_token: str,
    now: Now,
    sleep: Sleep,
    transport: Transport | None = None,
) -> Source:
    """Build the source for the transport that `settings` choose.

    `cookie` is the login cookie as a browser sends it (mobile: of .weibo.cn, web: of
    .weibo.com), `access_token` that of the open platform; both may be empty.
    """
    if settings.transport is Way.OFFICIAL:
        return OfficialSource(
            settings, access_token=access_token, now=now, sleep=sleep, transport=transport
        )
    make = WebSource if settings.transport is Way.WEB else MobileSource
    return make(settings, cookie=cookie, now=now, sleep=sleep, transport=transport)


def _pace(settings: WeiboSettings, sleep: Sleep) -> Pace:
    return Pace(60 / settings.requests_per_minute, sleep=sleep)


def _passport(
    settings: WeiboSettings, host: str, agent: str, pace: Pace, transport: Transport | None
) -> Reader | None:
    """Return a reader of the visitor service, if its cookies are valid for `host`."""
    passport_host = urlsplit(settings.visitor_base_url).hostname or ""
    if registrable_domain(passport_host) != registrable_domain(host):
        return None
    return Reader(
        settings.visitor_base_url,
        timeout_s=settings.timeout_s,
        headers={"User-Agent": agent, "Accept-Language": LANGUAGE},
        pace=pace,
        transport=transport,
        tries=1,
    )


def _container(text: str) -> str:
    # The container id is itself a query string, so an ampersand would end the search text.
    return f"100103type={NEWEST_FIRST}&q={text.replace('&', ' ')}&t=0"


def _hour(when: datetime) -> str:
    local = when.astimezone(BEIJING)
    return f"{local:%Y-%m-%d}-{local.hour}"
