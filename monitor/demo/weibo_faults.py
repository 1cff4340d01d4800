"""What Weibo's three surfaces answer when something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.demo.exchange import Answer, Fault, html_answer, json_answer, text_answer
from monitor.demo.weibo_mobile import CAPTCHA, EMPTY, LOGIN, TOO_OFTEN
from monitor.demo.weibo_mobile import DRIFT as MOBILE_DRIFT
from monitor.demo.weibo_official import DRIFT as OFFICIAL_DRIFT
from monitor.demo.weibo_official import refusal, search_page
from monitor.demo.weibo_web import APP_SHELL, CAPTCHA_PAGE, VISITOR_PAGE

THROTTLE_HINT_S: Final = 30
TO_LOGIN: Final = html_answer(
    "", 302, (("Location", "https://passport.weibo.com/sso/signin?entry=miniblog"),)
)
_FRONT: Final[Mapping[Fault, Answer]] = {
    Fault.THROTTLED: text_answer("", 429, (("Retry-After", str(THROTTLE_HINT_S)),)),
    Fault.THROTTLED_SILENT: text_answer("", 429),
    Fault.BLOCKED: html_answer("<html><body>418</body></html>", 418),
    Fault.SERVER_ERROR: html_answer("<html><body><h1>502 Bad Gateway</h1></body></html>", 502),
    Fault.HTML: html_answer(APP_SHELL),
}
"""The front servers of the mobile and the web site."""

MOBILE_FAULTS: Final[Mapping[Fault, Answer]] = {
    **_FRONT,
    Fault.EXPIRED_AUTH: json_answer(LOGIN),
    Fault.CAPTCHA: json_answer(CAPTCHA),
    Fault.VISITOR_GATE: text_answer("", 432),
    Fault.THROTTLED_SILENT: json_answer(TOO_OFTEN),
    Fault.DRIFT: json_answer(MOBILE_DRIFT),
    Fault.SILENT_EMPTY: json_answer(EMPTY),
}
WEB_FAULTS: Final[Mapping[Fault, Answer]] = {
    **_FRONT,
    Fault.EXPIRED_AUTH: TO_LOGIN,
    Fault.CAPTCHA: html_answer(CAPTCHA_PAGE),
    Fault.VISITOR_GATE: html_answer(VISITOR_PAGE),
}
"""Drift and the silent emptiness are pages about the query, see StandWeibo."""

OFFICIAL_FAULTS: Final[Mapping[Fault, Answer]] = {
    Fault.EXPIRED_AUTH: refusal(21327, "expired_token"),
    Fault.CAPTCHA: refusal(20031, "captcha needed"),
    Fault.VISITOR_GATE: refusal(21332, "invalid_access_token"),
    Fault.THROTTLED: refusal(10023, "User requests out of rate limit!"),
    Fault.THROTTLED_SILENT: refusal(10022, "IP requests out of rate limit!"),
    Fault.BLOCKED: refusal(10014, "Insufficient app permissions!"),
    Fault.SERVER_ERROR: refusal(10009, "Too many pending tasks, system is busy!", 503),
    Fault.HTML: html_answer(APP_SHELL),
    Fault.DRIFT: json_answer(OFFICIAL_DRIFT),
    Fault.SILENT_EMPTY: json_answer(search_page([], 0)),
}
