"""Who we are to Weibo: the visitor cookie, the login cookie, or nobody."""

from __future__ import annotations

import httpx
import pytest

from scrapers.source import Outcome
from tests.conftest import Clock
from tests.scrapers.weibo.answers_fixture import (
    EMPTY,
    LOGIN_URL,
    QUERY,
    SINCE,
    Weibo,
    answer,
    fetch,
    granted,
    json_answer,
    minutes,
    mobile,
    source,
)

LOGIN_NEEDED = json_answer({"ok": -100, "url": LOGIN_URL})


def letting_in(*accepted: str) -> Weibo:
    def gate(request: httpx.Request) -> httpx.Response:
        cookie = request.headers.get("cookie", "")
        is_accepted = any(f"SUB={sub}" in cookie for sub in accepted)
        return json_answer(mobile(*minutes(1))) if is_accepted else LOGIN_NEEDED

    return Weibo(gate)


def test_a_visitor_cookie_is_tried_first_and_kept() -> None:
    weibo = letting_in("_2Avisitor")
    searches = source(weibo)
    for _ in range(2):
        assert searches.fetch(QUERY, SINCE).outcome is Outcome.OK
    assert weibo.cookies == ["SUB=_2Avisitor; SUBP=0033subp"] * 2
    (mint,) = (r for r in weibo.requests if r.method == "POST")
    assert str(mint.url) == "https://visitor.passport.weibo.cn/visitor/genvisitor2"
    assert b"cb=visitor_gray_callback" in mint.content


def test_the_login_cookie_comes_second_and_is_remembered() -> None:
    weibo = letting_in("_2Alogin")
    searches = source(weibo)
    for _ in range(3):
        assert searches.fetch(QUERY, SINCE).outcome is Outcome.OK
    assert ["_2Avisitor" in cookie for cookie in weibo.cookies] == [True, False, False, False]


def test_when_nobody_is_let_in_the_operator_hears_what_was_tried() -> None:
    page = fetch(letting_in())
    assert page.outcome is Outcome.AUTH
    assert "visitor cookie: refused, login cookie: refused" in page.detail
    assert "no login cookie set" in fetch(letting_in(), cookie="").detail


def test_an_aged_visitor_cookie_is_renewed_on_refusal_at_most_once_a_minute(clock: Clock) -> None:
    weibo = letting_in("_2Avisitor")
    searches = source(weibo, cookie="", now=clock)
    searches.fetch(QUERY, SINCE)
    weibo.answers = letting_in("_2Asecond").answers
    weibo.visitor = granted("_2Asecond")
    clock.advance(30)
    assert searches.fetch(QUERY, SINCE).outcome is Outcome.AUTH
    clock.advance(31)
    assert searches.fetch(QUERY, SINCE).outcome is Outcome.OK
    assert len([r for r in weibo.requests if r.method == "POST"]) == 2


def test_a_visitor_cookie_is_renewed_after_twenty_hours(clock: Clock) -> None:
    weibo = letting_in("_2Avisitor")
    searches = source(weibo, now=clock)
    for hours in (0, 19, 2):
        clock.advance(hours * 3600)
        searches.fetch(QUERY, SINCE)
    assert len([r for r in weibo.requests if r.method == "POST"]) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        answer(200, "no JSONP"),
        answer(200, "visitor_gray_callback({broken});"),
        answer(200, 'visitor_gray_callback({"retcode":50111261,"msg":"no"});'),
        answer(200, 'visitor_gray_callback({"retcode":20000000,"data":{"sub":""}});'),
        answer(503),
        httpx.ConnectError("no"),
    ],
)
def test_without_a_visitor_cookie_the_login_cookie_goes_ahead(
    refusal: httpx.Response | Exception,
) -> None:
    weibo = letting_in("_2Alogin")
    weibo.visitor = refusal
    page = fetch(weibo)
    assert page.outcome is Outcome.OK
    assert page.requests == len(weibo.requests) == 2


def test_a_captcha_stops_the_source_and_is_not_answered() -> None:
    weibo = letting_in("_2Alogin")
    weibo.visitor = answer(200, 'visitor_gray_callback({"retcode":1,"msg":"need captcha"});')
    page = fetch(weibo)
    assert page.outcome is Outcome.CHALLENGE
    assert weibo.searches == []


def test_a_visitor_cookie_of_another_domain_is_neither_got_nor_sent() -> None:
    weibo = letting_in("_2Alogin")
    page = fetch(weibo, base_url="http://127.0.0.1:8901")
    assert page.outcome is Outcome.OK
    assert [request.url.host for request in weibo.requests] == ["127.0.0.1"]


def test_without_any_cookie_we_ask_all_the_same() -> None:
    weibo = Weibo(json_answer(mobile(*minutes(1))))
    page = fetch(weibo, cookie="", base_url="http://127.0.0.1:8901")
    assert page.outcome is Outcome.OK
    assert weibo.cookies == [""]


def test_the_pages_token_is_learnt_but_never_another_session() -> None:
    learnt = json_answer(mobile(*minutes(1)))
    learnt.headers["set-cookie"] = "XSRF-TOKEN=ab12; path=/"
    weibo = Weibo(learnt)
    searches = source(weibo)
    searches.fetch(QUERY, SINCE)
    searches.fetch(QUERY, SINCE)
    assert weibo.searches[1].headers["x-xsrf-token"] == "ab12"
    learnt.headers["set-cookie"] = "SUB=deleted; path=/"
    searches.fetch(QUERY, SINCE)
    searches.fetch(QUERY, SINCE)
    assert "deleted" not in weibo.cookies[3]


@pytest.mark.parametrize(
    ("cookie", "sent"),
    [
        ("SUB=a; SUBP=b ;x", "SUB=a; SUBP=b"),
        (" _2Aonly \n", "SUB=_2Aonly"),
        ("SUB=a\r\nX: y; B=é; C=1", "C=1"),
    ],
)
def test_only_what_a_header_can_carry_is_sent(cookie: str, sent: str) -> None:
    weibo = Weibo(json_answer(EMPTY))
    fetch(weibo, cookie=cookie, base_url="http://127.0.0.1:8901")
    assert weibo.cookies == [sent]
