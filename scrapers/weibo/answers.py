"""Tells what an answer of Weibo is: a payload, or one of the ways of being turned away.

An empty result, a login page, a captcha, a throttle and a changed format all arrive as
200 OK now and then; each is told by structure first (status, address, the `ok` field) and by
words only in HTML, where posts cannot put them (what is seen in practice: m.weibo.cn and
s.weibo.com as public clients met them, 2024–2026).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from scrapers.errors import (
    Blocked,
    CapReached,
    Challenged,
    Drifted,
    NotLoggedIn,
    Rejected,
    SourceError,
    Throttled,
    Unreachable,
)
from scrapers.http import SERVER_ERROR, TOO_MANY_REQUESTS, Response, retry_after_s, throttled
from scrapers.weibo.markup import one_line
from scrapers.weibo.status import Json, text_of

OK: Final = 200
MULTIPLE_CHOICES: Final = 300
BAD_REQUEST: Final = 400
UNAUTHORIZED: Final = 401
PAYMENT_REQUIRED: Final = 402
FORBIDDEN: Final = 403
GONE: Final = (404, 410)
TEAPOT: Final = 418
NO_VISITOR: Final = 432
"""Weibo's own status for a client without a valid visitor token, and for a throttled address."""
LOGIN_NEEDED: Final = -100

_LOGIN_HOSTS: Final = (
    "passport.weibo.com",
    "passport.weibo.cn",
    "visitor.passport.weibo.cn",
    "login.sina.com.cn",
)
_LOGIN_PATHS: Final = ("/sso/", "/login", "/signin/")
_CAPTCHA_PATHS: Final = ("captcha", "/verify")
_LOGIN_MARKS: Final = (
    "Sina Visitor System",
    "passport.weibo.com/sso/signin",
    "passport.weibo.com/visitor",
    "h5.sinaimg.cn/m/login/",
    "<title>登录 - 微博</title>",
    "扫描二维码登录",
    "微博通行证",
)
_CAPTCHA_MARKS: Final = re.compile("请输入验证码|图形验证码|安全验证|完成验证|异常验证")
_EMPTY_MESSAGES: Final = re.compile("没有内容|没有更多|没有找到|未找到|暂无")
_TOO_OFTEN: Final = re.compile("频繁|too frequent", re.IGNORECASE)
_MISSING_PARAMETER: Final = "Cannot read propert"

_TRANSIENT_CODES: Final = frozenset({10001, 10002, 10003, 10009, 10011})
_RATE_CODES: Final = frozenset({10022, 10023, 10024})
_TOKEN_CODES: Final = frozenset({20033, 21301, *range(21314, 21318), 21319, 21327, 21332, 21334})
_TOO_FAST_CODE: Final = 20016
_CAPTCHA_CODE: Final = 20031
_HOUR_S: Final = 3600.0


class Garbled(Challenged):
    """No JSON or an empty body: a glitch the first time, a gate when it happens again."""


class TokenRefused(Throttled):
    """Status 432: the visitor token is missing or stale, or the address is throttled."""


def mobile_data(response: Response) -> Json:
    """Return the `data` of an answer of m.weibo.cn; an empty result has empty `cards`.

    Raises the SourceError that fits anything else.
    """
    _judge_status(response)
    body = _mobile_json(response)
    ok = body.get("ok")
    if ok == LOGIN_NEEDED:
        raise _login_or_captcha(text_of(body, "url"))
    message = one_line(text_of(body, "msg") or text_of(body, "message"))[:80]
    data = body.get("data")
    if ok == 1:
        if not isinstance(data, Mapping):
            raise Drifted("m.weibo.cn answered ok without data")
        return data
    if ok != 0:
        raise Drifted(f"m.weibo.cn answered with an unknown ok: {str(ok)[:40]}")
    if _MISSING_PARAMETER in message:
        raise Rejected(f"m.weibo.cn misses a parameter: {message}")
    if _TOO_OFTEN.search(message):
        raise throttled(response, f"m.weibo.cn: {message}")
    if _EMPTY_MESSAGES.search(message) and _has_no_cards(data):
        return {"cards": []}
    raise Drifted(f"m.weibo.cn refused without a reason that we know: {message or 'none given'}")


def is_mobile_answer(response: Response) -> bool:
    """Whether a 5xx is m.weibo.cn's way of saying that a parameter is missing."""
    return response.status_code == SERVER_ERROR and _MISSING_PARAMETER in response.text


def long_text(response: Response) -> str:
    """Return the HTML of a whole text (`/statuses/extend`), or raise the fitting error."""
    text = mobile_data(response).get("longTextContent")
    if not isinstance(text, str) or not text.strip():
        raise Drifted("the whole text is not in the answer")
    return text


def web_page(response: Response) -> str:
    """Return the HTML of an answer of s.weibo.com that is not refused by status or address."""
    _judge_status(response)
    page = response.text
    if "<" not in page:
        raise Garbled("s.weibo.com answered without a page")
    return page


def page_without_posts(page: str, *, is_search: bool, logged_in: bool | None) -> SourceError:
    """Tell why a page shows neither posts nor the empty marker.

    `is_search` says whether it has the frame of a search page, `logged_in` what its script
    says about us (None: nothing).
    """
    if is_search and logged_in:
        return Drifted("s.weibo.com shows a search page without posts and without saying so")
    if any(mark in page for mark in _LOGIN_MARKS) or logged_in is False:
        return NotLoggedIn("s.weibo.com asks for a login")
    if _CAPTCHA_MARKS.search(page):
        return Challenged("s.weibo.com shows a captcha")
    return Drifted("s.weibo.com shows a page that we do not know")


def official_body(response: Response, now: datetime) -> Json:
    """Return the body of the open platform's answer, or raise what its error code means."""
    body = _json(response)
    if isinstance(body, Mapping) and "error_code" in body:
        raise _api_error(body, response, now)
    _judge_status(response)
    if body is None:
        raise Unreachable("the open platform answered without JSON")
    if not isinstance(body, Mapping):
        raise Drifted("the open platform answered with something else than an object")
    return body


def _judge_status(response: Response) -> None:
    status, host = response.status_code, response.url.host
    if status == OK:
        return
    if MULTIPLE_CHOICES <= status < BAD_REQUEST:
        raise _redirected(response.headers.get("location", ""), host)
    if status == NO_VISITOR:
        raise TokenRefused(
            f"{host} answered 432: visitor token refused, or too many requests",
            retry_after_s=retry_after_s(response),
        )
    if status == TOO_MANY_REQUESTS:
        raise throttled(response, f"{host} answered 429: too many requests")
    if status in (FORBIDDEN, TEAPOT):
        raise Blocked(f"{host} refuses us ({status})", retry_after_s=retry_after_s(response))
    if status == UNAUTHORIZED:
        raise NotLoggedIn(f"{host} answered 401")
    if status == PAYMENT_REQUIRED:
        raise CapReached(f"{host} answered 402: the plan does not cover this")
    if status in GONE:
        raise Drifted(f"{host} has no such address any more ({status})")
    if status < MULTIPLE_CHOICES:
        raise Garbled(f"{host} answered {status} without content")
    raise Rejected(f"{host} calls our request wrong ({status})")


def _redirected(location: str, host: str) -> SourceError:
    """Judge by the address alone: its query often quotes the address that we asked for."""
    try:
        target = urlsplit(location)
    except ValueError:
        return Drifted(f"{host} sends us to an address that is none")
    where, path = target.hostname or host, target.path
    if any(mark in path for mark in _CAPTCHA_PATHS):
        return Challenged(f"{host} sends us to a captcha")
    if where in _LOGIN_HOSTS or any(mark in path for mark in _LOGIN_PATHS):
        return NotLoggedIn(f"{host} sends us to the login at {where}")
    return Drifted(f"{host} sends us to {where}")


def _login_or_captcha(url: str) -> SourceError:
    try:
        path = urlsplit(url).path
    except ValueError:
        path = ""
    if any(mark in path for mark in _CAPTCHA_PATHS):
        return Challenged("m.weibo.cn shows a captcha")
    return NotLoggedIn("m.weibo.cn asks for a login")


def _mobile_json(response: Response) -> Json:
    body = _json(response)
    if isinstance(body, Mapping):
        return body
    if body is not None:
        raise Drifted("m.weibo.cn answered with something else than an object")
    page = response.text
    if "<" in page:
        if any(mark in page for mark in _LOGIN_MARKS) or "passport.weibo" in page:
            raise NotLoggedIn("m.weibo.cn shows the visitor gate")
        if _CAPTCHA_MARKS.search(page):
            raise Challenged("m.weibo.cn shows a captcha")
    raise Garbled("m.weibo.cn answered without JSON")


def _json(response: Response) -> object:
    """Return the parsed body, None where it is no JSON (or the literal null)."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _has_no_cards(data: object) -> bool:
    return not data or (isinstance(data, Mapping) and not data.get("cards"))


def _api_error(body: Json, response: Response, now: datetime) -> SourceError:
    text = text_of(body, "error_code")
    code = int(text) if re.fullmatch("[0-9]{1,9}", text) else -1
    detail = f"the open platform answered {code}: {one_line(text_of(body, 'error'))[:80]}"
    if code in _TRANSIENT_CODES:
        return Unreachable(detail, retry_after_s=retry_after_s(response, now))
    if code in _RATE_CODES:
        return Throttled(detail, retry_after_s=retry_after_s(response, now) or _to_next_hour_s(now))
    if code == _TOO_FAST_CODE:
        return Throttled(detail, retry_after_s=_HOUR_S)
    if code == _CAPTCHA_CODE:
        return Challenged(detail)
    if code in _TOKEN_CODES:
        return NotLoggedIn(detail)
    return Rejected(detail)


def _to_next_hour_s(now: datetime) -> float:
    """Wait for the next clock hour: that is how the open platform counts."""
    passed = timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
    return _HOUR_S - passed.total_seconds()
