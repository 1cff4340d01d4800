"""Gets a visitor cookie, and chooses between it and the login cookie.

A visitor cookie costs no account. Whether search accepts it changes (sources disagree), so it
is tried first and the login cookie after it; which one worked is remembered. Captchas are
never answered: they end the fetch as what they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from scrapers.errors import Challenged, NotLoggedIn, SourceError
from scrapers.http import Reader, Response
from scrapers.weibo.cookies import Jar
from scrapers.weibo.markup import one_line

VISITOR_PATH: Final = "/visitor/genvisitor2"
CALLBACK: Final = "visitor_gray_callback"
GRANTED: Final = "20000000"
LIFE: Final = timedelta(hours=20)
COOL_DOWN: Final = timedelta(minutes=1)
"""Never ask for a visitor cookie more often than this."""

_JSONP: Final = re.compile(rf"{CALLBACK}\s*\(\s*(\{{.*\}})\s*\)\s*;?\s*$", re.DOTALL)


class Visitor:
    """Holds one visitor cookie: asks for it, renews it after LIFE, at most once a minute."""

    def __init__(self, reader: Reader, *, return_url: str, now: Callable[[], datetime]) -> None:
        self._reader = reader
        self._form = {
            "cb": CALLBACK,
            "ver": "20250916",
            "tid": "",
            "from": "weibo",
            "webdriver": "false",
            "return_url": return_url,
        }
        self._now = now
        self._jar: Jar | None = None
        self._asked_at: datetime | None = None

    def jar(self) -> Jar:
        """Return the visitor's cookies, new ones if need be; raises SourceError without any."""
        now = self._now()
        if self._jar is not None and self._asked_at and now - self._asked_at < LIFE:
            return self._jar
        if not self.may_ask:
            raise NotLoggedIn("the visitor cookie was refused less than a minute ago")
        self._asked_at = now
        self._jar = None
        self._jar = read_visitor(self._reader.post(VISITOR_PATH, self._form))
        return self._jar

    @property
    def may_ask(self) -> bool:
        """Whether the last time we asked is long enough ago."""
        return self._asked_at is None or self._now() - self._asked_at >= COOL_DOWN

    def drop(self) -> None:
        """Forget the cookie: the platform does not accept it."""
        self._jar = None


def read_visitor(response: Response) -> Jar:
    """Return the cookies of a genvisitor2 answer; raises NotLoggedIn or Challenged."""
    match = _JSONP.search(response.text)
    try:
        body = json.loads(match[1]) if match else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise NotLoggedIn("the visitor service answered in an unknown form")
    message = one_line(str(body.get("msg") or ""))[:100]
    if "captcha" in message.lower() or "验证码" in message:
        raise Challenged("the visitor service asks for a captcha")
    data = body.get("data")
    if str(body.get("retcode")) != GRANTED or not isinstance(data, dict):
        raise NotLoggedIn(f"the visitor service grants no cookie: {message or 'no reason given'}")
    sub, subp = data.get("sub"), data.get("subp")
    if not isinstance(sub, str) or not sub:
        raise NotLoggedIn("the visitor service grants an empty cookie")
    return Jar.parse(f"SUB={sub}; SUBP={subp}" if isinstance(subp, str) else f"SUB={sub}")


class Kind(StrEnum):
    """Who we are to the platform."""

    VISITOR = "visitor cookie"
    LOGIN = "login cookie"


class Credentials:
    """Offers one identity after the other until the platform accepts one.

    For each request: `begin`, then `jar`, and after a refusal `refuse` and `jar` again. With
    neither a visitor service nor a login cookie, requests go out without cookies.
    """

    def __init__(self, visitor: Visitor | None, login: Jar) -> None:
        self._visitor = visitor
        self._login = login
        self._order = [Kind.VISITOR] if visitor else []
        if login:
            self._order.append(Kind.LOGIN)
        self._refused: dict[Kind, str] = {}
        self._current: Kind | None = None
        self._renewed = False

    def begin(self) -> None:
        """Start over with the identity that worked last."""
        self._refused = {}
        self._renewed = False

    def jar(self) -> Jar:
        """Return the cookies to send next."""
        for kind in self._order:
            if kind in self._refused:
                continue
            self._current = kind
            if kind is Kind.LOGIN or self._visitor is None:
                return self._login
            try:
                return self._visitor.jar()
            except Challenged:
                raise
            except SourceError as error:
                self._refused[kind] = error.detail
        self._current = None
        return Jar({})

    def refuse(self) -> bool:
        """Note that the current identity was refused; return whether another is left."""
        kind = self._current
        if kind is None:
            return False
        if kind is Kind.VISITOR and self._visitor is not None:
            self._visitor.drop()
            if self._visitor.may_ask and not self._renewed:
                self._renewed = True
                return True
        self._refused[kind] = "refused"
        return any(other not in self._refused for other in self._order)

    def accept(self) -> None:
        """Remember that the current identity works."""
        if self._current is not None:
            self._order.sort(key=lambda kind: kind is not self._current)

    @property
    def state(self) -> str:
        """One clause for the operator: which identities there were and what became of them."""
        tried = [f"{kind}: {why}" for kind, why in self._refused.items()]
        if not self._login:
            tried.append("no login cookie set")
        return ", ".join(tried)
