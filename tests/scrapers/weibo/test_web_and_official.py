"""The other two ways to search, from outside: s.weibo.com and the open platform."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from scrapers.source import Outcome
from scrapers.weibo.settings import Transport as Way
from tests.conftest import Clock
from tests.scrapers.weibo.answers_fixture import (
    CAPTCHA_PAGE,
    LOGIN_URL,
    NOT_JSON,
    NOW,
    QUERY,
    SINCE,
    Weibo,
    ages,
    ago,
    answer,
    fetch,
    fixture,
    json_answer,
    official,
    redirect,
    source,
    status,
    web_card,
    web_page,
)

VISITOR_GATE = answer(200, fixture("web_login.html"))


def html(page: str) -> httpx.Response:
    return httpx.Response(200, html=page)


def test_the_web_request_and_its_pages() -> None:
    weibo = Weibo(
        html(web_page(web_card(ago(minutes=1), "1分钟前"), next_page=2)),
        html(web_page(web_card(ago(minutes=40), "40分钟前"), next_page=3)),
    )
    page = fetch(weibo, Way.WEB)
    assert (page.outcome, ages(page), page.drained_to) == (Outcome.OK, [1], SINCE)
    assert [r.url.params["page"] for r in weibo.searches] == ["1", "2"]
    assert weibo.searches[0].url.host == "s.weibo.com"
    assert weibo.searches[0].url.params["q"] == QUERY.text
    assert weibo.cookies == ["SUB=_2Alogin; SUBP=p"] * 2
    assert len(weibo.requests) == 2


@pytest.mark.parametrize(
    ("until", "timescope"),
    [
        (None, None),
        (ago(minutes=59), None),
        (ago(hours=5), "custom:2026-11-21-23:2026-11-22-8"),
    ],
)
def test_a_gap_in_the_past_is_bounded_by_beijing_hours(
    until: datetime | None, timescope: str | None
) -> None:
    weibo = Weibo(html(fixture("web_empty.html")))
    page = source(weibo, Way.WEB).fetch(QUERY, ago(hours=12, minutes=30), until)
    assert page.outcome is Outcome.OK_EMPTY
    assert weibo.searches[0].url.params.get("timescope") == timescope


def test_a_topic_is_sent_with_its_signs() -> None:
    weibo = Weibo(html(fixture("web_empty.html")))
    query = type(QUERY)(QUERY.key, QUERY.platform, "#星云手表#", QUERY.brands)
    source(weibo, Way.WEB).fetch(query, SINCE)
    assert b"q=%23%E6%98%9F%E4%BA%91%E6%89%8B%E8%A1%A8%23&" in weibo.searches[0].url.query


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (html(fixture("web_search.html")), Outcome.OK),
        (html(fixture("web_empty.html")), Outcome.OK_EMPTY),
        (html(fixture("web_login.html")), Outcome.AUTH),
        (redirect(LOGIN_URL), Outcome.AUTH),
        (CAPTCHA_PAGE, Outcome.CHALLENGE),
        (redirect("https://s.weibo.com/verify?x"), Outcome.CHALLENGE),
        (html(web_page()), Outcome.DRIFT),
        (html(fixture("web_search.html")[:9000]), Outcome.NETWORK),
        (answer(200, '{"ok":1}'), Outcome.CHALLENGE),
        (answer(200), Outcome.CHALLENGE),
        (answer(418), Outcome.BLOCKED),
        (answer(432), Outcome.THROTTLED),
        (answer(414), Outcome.REJECTED),
    ],
)
def test_every_page_is_told_for_what_it_is(given: httpx.Response, outcome: Outcome) -> None:
    page = fetch(Weibo(given), Way.WEB)
    assert page.outcome is outcome
    assert bool(page.detail) is not outcome.sees


def test_the_web_needs_a_visitor_only_without_a_login() -> None:
    weibo = Weibo(html(fixture("web_empty.html")))
    base = "https://passport.weibo.com"
    fetch(weibo, Way.WEB, visitor_base_url=base)
    assert weibo.cookies == ["SUB=_2Alogin; SUBP=p"]
    fetch(weibo, Way.WEB, cookie="", visitor_base_url=base)
    assert weibo.cookies[1] == "SUB=_2Avisitor; SUBP=0033subp"


def test_the_official_request_and_its_pages() -> None:
    weibo = Weibo(
        json_answer(official(status(ago(minutes=1)), total=60)),
        json_answer(official(status(ago(minutes=2)), total=60)),
    )
    page = source(weibo, Way.OFFICIAL).fetch(QUERY, SINCE, NOW)
    assert (page.outcome, ages(page), page.drained_to) == (Outcome.OK, [1, 2], SINCE)
    first = weibo.searches[0].url
    assert (first.host, first.path) == ("c.api.weibo.com", "/2/search/statuses/limited.json")
    assert dict(first.params) == {
        "q": QUERY.text,
        "sort": "time",
        "dup": "0",
        "count": "50",
        "starttime": str(int(SINCE.timestamp())),
        "endtime": str(int(NOW.timestamp()) + 1),
        "page": "1",
        "access_token": "2.00token",
    }
    assert weibo.searches[1].url.params["page"] == "2"


def error(code: object, status_code: int = 400) -> httpx.Response:
    body = {"request": "/2/search", "error_code": code, "error": "something"}
    return json_answer(body, status_code)


@pytest.mark.parametrize(
    ("given", "outcome", "retry_after_s"),
    [
        (json_answer(official()), Outcome.OK_EMPTY, None),
        (error(10001), Outcome.NETWORK, None),
        (error(10009), Outcome.NETWORK, None),
        (error(10011), Outcome.NETWORK, None),
        (error(10006), Outcome.REJECTED, None),
        (error(10014, 403), Outcome.REJECTED, None),
        (error(10017), Outcome.REJECTED, None),
        (error(10022, 403), Outcome.THROTTLED, 3600),
        (error("10023", 403), Outcome.THROTTLED, 3600),
        (error(10024, 200), Outcome.THROTTLED, 3600),
        (error(20016), Outcome.THROTTLED, 3600),
        (error(20031), Outcome.CHALLENGE, None),
        (error(20033), Outcome.AUTH, None),
        (error(21314), Outcome.AUTH, None),
        (error(21317), Outcome.AUTH, None),
        (error(21319), Outcome.AUTH, None),
        (error(21327), Outcome.AUTH, None),
        (error(21332, 401), Outcome.AUTH, None),
        (error(21321), Outcome.REJECTED, None),
        (error(99999), Outcome.REJECTED, None),
        (error(None), Outcome.REJECTED, None),
        (answer(429, **{"retry-after": "9"}), Outcome.THROTTLED, 9),
        (answer(403), Outcome.BLOCKED, None),
        (answer(402), Outcome.CAPPED, None),
        (answer(502), Outcome.NETWORK, None),
        (NOT_JSON, Outcome.NETWORK, None),
        (json_answer([]), Outcome.DRIFT, None),
        (json_answer({"result": {"list": []}}), Outcome.DRIFT, None),
    ],
)
def test_every_official_answer_is_told_for_what_it_is(
    given: httpx.Response, outcome: Outcome, retry_after_s: float | None
) -> None:
    page = fetch(Weibo(given), Way.OFFICIAL)
    assert (page.outcome, page.retry_after_s) == (outcome, retry_after_s)
    assert "2.00token" not in repr(page)


def test_a_rate_limit_ends_with_the_clock_hour(clock: Clock) -> None:
    clock.advance(45 * 60)
    page = source(Weibo(error(10023)), Way.OFFICIAL, now=clock).fetch(QUERY, SINCE)
    assert page.retry_after_s == 15 * 60


def test_without_a_token_nothing_is_asked() -> None:
    weibo = Weibo(json_answer(official()))
    page = fetch(weibo, Way.OFFICIAL, access_token="")
    assert (page.outcome, page.requests, weibo.requests) == (Outcome.AUTH, 0, [])
