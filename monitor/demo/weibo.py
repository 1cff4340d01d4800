"""A stand-in for Weibo: mobile JSON search, web search, the open platform, visitor cookies.

All of Weibo's hosts are one address here; their paths do not overlap. A search finds posts
that hold every word of the query, in capitals or not, and knows no traditional characters.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import ClassVar, Final

from monitor.demo import weibo_mobile, weibo_official, weibo_web
from monitor.demo.exchange import (
    Answer,
    Fault,
    Request,
    html_answer,
    json_answer,
    text_answer,
)
from monitor.demo.stand import Stand
from monitor.demo.weibo_faults import MOBILE_FAULTS, OFFICIAL_FAULTS, TO_LOGIN, WEB_FAULTS
from monitor.demo.weibo_markup import BEIJING
from monitor.demo.world import Published, World
from scrapers.post import Platform

REALTIME: Final = 61
MOBILE_PAGE_SIZE: Final = 10
WEB_PAGE_SIZE: Final = 20
OFFICIAL_COUNTS: Final = range(1, 51)
VISITOR_SUB: Final = "_2AkM"
LOGIN_SUB: Final = "_2A25Lstand"
_CONTAINER: Final = re.compile(r"100103type=(?P<type>\d+)&q=(?P<query>.*?)(?:&t=\d+)?$")
_HOUR: Final = "%Y-%m-%d-%H"
_CALLBACK: Final = re.compile(r"[\w.]{1,64}")


class StandWeibo(Stand):
    """Weibo on loopback.

    `login_cookie` opens everything, a visitor cookie the mobile search only (not even that
    when `visitors_may_search` is off), `access_token` the open platform. `index_lag_s` is the
    time until search finds a post. Without `page_numbers_work`, only `since_id` leads on.
    """

    faults: ClassVar = frozenset(Fault) - {Fault.USAGE_CAP, Fault.NO_CREDITS, Fault.LOST_ANSWER}
    login_cookie: Final = f"SUB={LOGIN_SUB}; SUBP=0033stand"
    access_token: Final = "2.00stand"  # noqa: S105 - opens nothing but this

    def __init__(
        self,
        world: World,
        *,
        index_lag_s: float = 0.0,
        visitors_may_search: bool = True,
        page_numbers_work: bool = True,
        slow_s: float = 15.0,
    ) -> None:
        super().__init__(world.now, slow_s=slow_s)
        self.index_lag_s = index_lag_s
        self.visitors_may_search = visitors_may_search
        self.page_numbers_work = page_numbers_work
        self._world = world
        self._lock = threading.Lock()
        self._visitors: set[str] = set()
        self._numbers = count(1)
        self._recorded: Answer | None = None
        self._surfaces: Mapping[str, Callable[[Request], Answer]] = {
            "/": self._config,
            "/api/config": self._config,
            "/api/container/getIndex": self._mobile_search,
            "/statuses/extend": self._long_text,
            "/weibo": self._web_search,
            "/realtime": self._web_search,
            "/visitor/genvisitor2": self._new_visitor,
            weibo_official.PATH: self._official_search,
        }

    def serve_recorded(self, path: Path | None) -> None:
        """Answer every search with a recorded payload (.json mobile, .html web); None ends it.

        The recording is the first page; all further pages are empty.
        """
        if path is None:
            self._recorded = None
        elif path.suffix == ".html":
            self._recorded = html_answer(path.read_text(encoding="utf-8"))
        else:
            self._recorded = json_answer(json.loads(path.read_text(encoding="utf-8")))

    def forget_visitors(self) -> None:
        """Make every visitor cookie given out so far worthless, as Weibo does in time."""
        with self._lock:
            self._visitors.clear()

    def respond(self, request: Request) -> Answer:
        """Answer as the healthy platform does."""
        serve = self._surfaces.get(request.path)
        return serve(request) if serve else html_answer("<html><body>404</body></html>", 404)

    def misbehave(self, request: Request, fault: Fault) -> Answer:
        """Answer in the words of the surface that was asked; visitors are always let in."""
        match request.path:
            case "/weibo" | "/realtime":
                return self._web_fault(request, fault)
            case weibo_official.PATH:
                return OFFICIAL_FAULTS[fault]
            case "/api/container/getIndex" | "/statuses/extend":
                return MOBILE_FAULTS[fault]
        return self.respond(request)

    # mobile

    def _mobile_search(self, request: Request) -> Answer:
        if not self._may_search(request):
            return json_answer(weibo_mobile.LOGIN)
        asked = request.query
        container = _CONTAINER.match(asked.get("containerid", ""))
        if container is None:
            message = "Cannot read properties of undefined (reading 'split')"
            return json_answer({"ok": 0, "message": message}, 500)
        page, since_id = _number(asked.get("page", "1")), asked.get("since_id", "")
        if self._recorded is not None:
            later = page > 1 or since_id
            return json_answer(weibo_mobile.EMPTY) if later else self._recorded
        if page > 1 and not self.page_numbers_work:
            return json_answer(weibo_mobile.EMPTY)
        found = self._found(container["query"])
        if int(container["type"]) != REALTIME:
            found.sort(key=lambda post: post.sample.likes, reverse=True)
        cut = _cut(found, page, since_id)
        if not cut.posts and not cut.placed:
            return json_answer(weibo_mobile.EMPTY)
        return json_answer(weibo_mobile.search_page(container["query"], cut))

    def _long_text(self, request: Request) -> Answer:
        if not self._may_search(request):
            return json_answer(weibo_mobile.LOGIN)
        post = self._world.find(Platform.WEIBO, request.query.get("id", ""))
        if post is None:
            return json_answer({"ok": 0, "msg": "微博不存在或暂无查看权限"})
        return json_answer(weibo_mobile.long_text(post))

    def _may_search(self, request: Request) -> bool:
        sub = request.cookies.get("SUB", "")
        with self._lock:
            visitor = sub in self._visitors
        return sub == LOGIN_SUB or (visitor and self.visitors_may_search)

    def _config(self, request: Request) -> Answer:
        login = request.cookies.get("SUB") == LOGIN_SUB
        cookies = (
            ("Set-Cookie", "XSRF-TOKEN=5a1d00; Path=/; Secure"),
            ("Set-Cookie", "_T_WM=90000000001; Path=/; HttpOnly"),
            ("Set-Cookie", f"MLOGIN={int(login)}; Path=/"),
        )
        if request.path == "/":
            return html_answer(weibo_web.APP_SHELL, headers=cookies)
        data = {"login": login, "st": "5a1d00"} | ({"uid": "6099000000"} if login else {})
        return json_answer({"preferQuickapp": 0, "ok": 1, "data": data}, headers=cookies)

    def _new_visitor(self, request: Request) -> Answer:
        callback = request.form.get("cb", "")
        if request.method != "POST" or not _CALLBACK.fullmatch(callback):
            return text_answer('{"retcode":50111261,"msg":"params error","data":{}}')
        with self._lock:
            number = next(self._numbers)
            sub = f"{VISITOR_SUB}stand{number:06}"
            self._visitors.add(sub)
        data = {"sub": sub, "subp": f"0033stand{number:06}", "tid": f"01A{number:06}"}
        body = json.dumps({"retcode": 20000000, "msg": "succ", "data": data})
        script = f"window.{callback} && {callback}({body});"
        return Answer(200, script.encode(), "application/javascript; charset=utf-8")

    # web

    def _web_search(self, request: Request) -> Answer:
        sub = request.cookies.get("SUB", "")
        if sub != LOGIN_SUB:
            return html_answer(weibo_web.VISITOR_PAGE) if sub else TO_LOGIN
        asked = request.query
        page = _number(asked.get("page", "1"))
        if self._recorded is not None and page == 1:
            return self._recorded
        query, now = asked.get("q", ""), self.now()
        found = [] if self._recorded else self._found(query, asked)
        placed = _placed(found)
        rest = _nearly_sorted([post for post in found if not post.sample.placement])
        shown = rest[(page - 1) * WEB_PAGE_SIZE : page * WEB_PAGE_SIZE]
        pages = min(-(-len(rest) // WEB_PAGE_SIZE), weibo_web.MOST_PAGES)
        posts = [*(placed if page == 1 else ()), *(shown if page <= weibo_web.MOST_PAGES else ())]
        return html_answer(weibo_web.results(query, posts, page, pages, now))

    def _web_fault(self, request: Request, fault: Fault) -> Answer:
        query, now = request.query.get("q", ""), self.now()
        if fault is Fault.DRIFT:
            return html_answer(weibo_web.changed(query, self._found(query), now))
        if fault is Fault.SILENT_EMPTY:
            return html_answer(weibo_web.results(query, [], 1, 0, now))
        return WEB_FAULTS[fault]

    # open platform

    def _official_search(self, request: Request) -> Answer:
        asked = request.query
        token = asked.get("access_token") or request.bearer
        if not token:
            return weibo_official.refusal(10006, "source paramter(appkey) is missing")
        if token != self.access_token:
            return weibo_official.refusal(21332, "invalid_access_token")
        size, page = _number(asked.get("count", "20")), _number(asked.get("page", "1"))
        if size not in OFFICIAL_COUNTS:
            return weibo_official.refusal(10008, "param error, see doc for more info.", 400)
        found = self._found(asked.get("q", ""))
        if asked.get("sort") != "time":
            found.sort(key=lambda post: post.sample.likes, reverse=True)
        since = float(asked.get("starttime") or 0)
        until = float(asked.get("endtime") or self.now().timestamp())
        timely = [post for post in found if since <= post.published_at.timestamp() <= until]
        shown = timely[(page - 1) * size : page * size]
        return json_answer(weibo_official.search_page(shown, len(timely)))

    def _found(self, query: str, asked: dict[str, str] | None = None) -> list[Published]:
        posts = self._world.posts(Platform.WEIBO, lag_s=self.index_lag_s)
        found = list(matching(query, posts))
        if asked and asked.get("scope") == "ori":
            found = [post for post in found if post.original is None]
        scope = _timescope(asked.get("timescope", "")) if asked else None
        if scope:
            found = [post for post in found if scope[0] <= post.published_at < scope[1]]
        return found


def matching(query: str, posts: Iterable[Published]) -> Iterable[Published]:
    """Yield the posts that hold every word of `query`; none for an empty query."""
    words = query.lower().split()
    for post in posts:
        text = post.whole_text.lower()
        if words and all(word in text for word in words):
            yield post


def _cut(found: Sequence[Published], page: int, since_id: str) -> weibo_mobile.Cut:
    rest = [post for post in found if not post.sample.placement]
    if since_id.isdigit():
        rest = [post for post in rest if int(post.id) < int(since_id)]
        start = 0
    else:
        start = (page - 1) * MOBILE_PAGE_SIZE
    posts = rest[start : start + MOBILE_PAGE_SIZE]
    more = start + MOBILE_PAGE_SIZE < len(rest)
    first = page == 1 and not since_id
    return weibo_mobile.Cut(
        posts=_nearly_sorted(posts),
        placed=_placed(found) if first else [],
        total=len(found),
        page=page + 1 if more else None,
        since_id=posts[-1].id if more else None,
    )


def _placed(found: Sequence[Published]) -> list[Published]:
    placed = [post for post in found if post.sample.placement]
    return sorted(placed, key=lambda post: post.sample.placement or "")


def _nearly_sorted(posts: Sequence[Published]) -> list[Published]:
    """Swap the second and third of each page: real pages are only nearly in order."""
    shown = list(posts)
    for start in range(1, len(shown) - 1, MOBILE_PAGE_SIZE):
        shown[start], shown[start + 1] = shown[start + 1], shown[start]
    return shown


def _timescope(value: str) -> tuple[datetime, datetime] | None:
    """Read `custom:2026-06-12-9:2026-06-12-10`, hours of Beijing, the second excluded."""
    kind, _, rest = value.partition(":")
    since, _, until = rest.partition(":")
    if kind != "custom":
        return None
    start = datetime.strptime(since, _HOUR).replace(tzinfo=BEIJING) if since else datetime.min
    end = datetime.strptime(until, _HOUR).replace(tzinfo=BEIJING) if until else datetime.max
    return _aware(start), _aware(end)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: str) -> int:
    return max(int(value), 1) if value.isdigit() else 1
