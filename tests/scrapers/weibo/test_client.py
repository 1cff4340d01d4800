"""The Weibo source from outside: what is asked, what comes back, and how it fails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from scrapers.source import Outcome, Page
from scrapers.weibo.long_texts import MAX_PER_FETCH
from scrapers.weibo.settings import Transport as Way
from tests.conftest import Clock
from tests.scrapers.weibo.answers_fixture import (
    EMPTY,
    LOGIN_URL,
    NOW,
    QUERY,
    Weibo,
    ago,
    fixture,
    granted,
    json_answer,
    mblog,
    mobile,
    official,
    source,
    status,
    web_card,
    web_page,
)

SINCE = ago(minutes=30)


def fetch(weibo: Weibo, way: Way = Way.MOBILE, **settings: Any) -> Page:
    return source(weibo, way, **settings).fetch(QUERY, SINCE)


def answer(status_code: int, text: str = "", **headers: str) -> httpx.Response:
    return httpx.Response(status_code, text=text, headers=headers)


def redirect(location: str) -> httpx.Response:
    return answer(302, location=location)


VISITOR_GATE = answer(200, fixture("web_login.html"))
CAPTCHA_PAGE = answer(200, "<html>请输入验证码</html>")
NOT_JSON = answer(200, "<html>upstream</html>")
CAPTCHA_URL = "https://m.weibo.cn/captcha/show?backUrl=passport.weibo.com"
TALKING_OF_IT = mblog(ago(minutes=1), "验证码 captcha passport.weibo.com 频繁")

FAILURES = [
    pytest.param(json_answer(EMPTY), Outcome.OK_EMPTY, id="empty"),
    pytest.param(json_answer(mobile()), Outcome.OK_EMPTY, id="no cards of posts"),
    pytest.param(json_answer({"ok": 1, "data": {"cards": []}}), Outcome.OK_EMPTY, id="ok, empty"),
    pytest.param(json_answer(mobile(TALKING_OF_IT)), Outcome.OK, id="a post with all the words"),
    pytest.param(json_answer({"ok": -100, "url": LOGIN_URL}), Outcome.AUTH, id="login"),
    pytest.param(json_answer({"ok": -100}), Outcome.AUTH, id="login without address"),
    pytest.param(json_answer({"ok": -100, "url": CAPTCHA_URL}), Outcome.CHALLENGE, id="captcha"),
    pytest.param(answer(432), Outcome.THROTTLED, id="432"),
    pytest.param(answer(403), Outcome.BLOCKED, id="403"),
    pytest.param(answer(418), Outcome.BLOCKED, id="418"),
    pytest.param(answer(429), Outcome.THROTTLED, id="429"),
    pytest.param(VISITOR_GATE, Outcome.AUTH, id="visitor gate"),
    pytest.param(CAPTCHA_PAGE, Outcome.CHALLENGE, id="captcha page"),
    pytest.param(redirect(LOGIN_URL), Outcome.AUTH, id="to passport.weibo.com"),
    pytest.param(redirect("https://passport.weibo.cn/x"), Outcome.AUTH, id="to passport.weibo.cn"),
    pytest.param(redirect("https://login.sina.com.cn/x"), Outcome.AUTH, id="to sina"),
    pytest.param(
        redirect("https://visitor.passport.weibo.cn/x"), Outcome.AUTH, id="to the visitor service"
    ),
    pytest.param(redirect("/login?backURL=x"), Outcome.AUTH, id="to our own login"),
    pytest.param(redirect(CAPTCHA_URL), Outcome.CHALLENGE, id="to a captcha"),
    pytest.param(redirect("https://elsewhere.example/"), Outcome.DRIFT, id="elsewhere"),
    pytest.param(redirect("https://[bad"), Outcome.DRIFT, id="to nowhere"),
    pytest.param(NOT_JSON, Outcome.CHALLENGE, id="no JSON, twice"),
    pytest.param(answer(200), Outcome.CHALLENGE, id="nothing, twice"),
    pytest.param(answer(204), Outcome.CHALLENGE, id="no content, twice"),
    pytest.param(
        json_answer({"ok": 0, "msg": "请求过于频繁，歇歇吧"}), Outcome.THROTTLED, id="too often"
    ),
    pytest.param(json_answer({"ok": 0}), Outcome.DRIFT, id="refused without a word"),
    pytest.param(
        json_answer({"ok": 0, "msg": "系统繁忙", "data": {"cards": []}}), Outcome.DRIFT, id="why?"
    ),
    pytest.param(
        json_answer({"ok": 0, "message": "Cannot read properties of undefined"}, 500),
        Outcome.REJECTED,
        id="parameter missing",
    ),
    pytest.param(answer(500, "oops"), Outcome.NETWORK, id="500"),
    pytest.param(answer(503), Outcome.NETWORK, id="503"),
    pytest.param(httpx.ConnectError("reset"), Outcome.NETWORK, id="reset"),
    pytest.param(httpx.ReadTimeout("slow"), Outcome.NETWORK, id="timeout"),
    pytest.param(answer(400), Outcome.REJECTED, id="400"),
    pytest.param(answer(401), Outcome.AUTH, id="401"),
    pytest.param(answer(404), Outcome.DRIFT, id="404"),
    pytest.param(json_answer([]), Outcome.DRIFT, id="a list"),
    pytest.param(json_answer({"ok": 1}), Outcome.DRIFT, id="no data"),
    pytest.param(json_answer({"ok": 7, "data": {"cards": []}}), Outcome.DRIFT, id="unknown ok"),
    pytest.param(json_answer({"ok": 1, "data": {"feed": []}}), Outcome.DRIFT, id="other shape"),
    pytest.param(answer(200, "[" * 100_000), Outcome.CHALLENGE, id="JSON without a bottom"),
]


@pytest.mark.parametrize(("given", "outcome"), FAILURES)
def test_every_answer_is_told_for_what_it_is(
    given: httpx.Response | Exception, outcome: Outcome
) -> None:
    page = fetch(Weibo(given))
    assert page.outcome is outcome
    assert bool(page.detail) is not outcome.sees
    assert page.drained_to == (SINCE if outcome.sees else None)
    assert "_2A" not in page.detail


@pytest.mark.parametrize("code", [403, 418, 429, 432])
def test_a_refusal_hands_on_how_long_to_wait(code: int) -> None:
    page = fetch(Weibo(answer(code, **{"retry-after": "120"})))
    assert page.retry_after_s == 120


@pytest.mark.parametrize("glitch", [NOT_JSON, answer(200)])
def test_one_glitch_is_forgiven(glitch: httpx.Response) -> None:
    page = fetch(Weibo(glitch, json_answer(mobile(mblog(ago(minutes=1))))))
    assert page.outcome is Outcome.OK
    assert len(page.posts) == 1


def test_a_broken_connection_after_many_refusals_is_a_block() -> None:
    weibo = Weibo(answer(403), answer(403), answer(403), httpx.ConnectError("reset"))
    searches = source(weibo)
    outcomes = [searches.fetch(QUERY, SINCE).outcome for _ in range(4)]
    assert outcomes == [Outcome.BLOCKED] * 4
    weibo.answers = [json_answer(EMPTY)]
    assert searches.fetch(QUERY, SINCE).outcome is Outcome.OK_EMPTY
    weibo.answers = [httpx.ConnectError("reset")]
    assert searches.fetch(QUERY, SINCE).outcome is Outcome.NETWORK


def test_the_mobile_request() -> None:
    weibo = Weibo(json_answer(mobile(mblog(ago(minutes=1)))))
    page = fetch(weibo)
    (search,) = weibo.searches
    assert search.url.path == "/api/container/getIndex"
    assert search.url.params["containerid"] == "100103type=61&q=星云手表 投诉&t=0"
    assert "%26q%3D%E6%98%9F" in search.url.query.decode()
    assert search.url.params["page"] == "1"
    assert search.headers["x-requested-with"] == "XMLHttpRequest"
    assert search.headers["referer"].startswith("https://m.weibo.cn/search?containerid=100103")
    assert page.requests == len(weibo.requests) == 2


def pages(*batches: list[dict[str, Any]], **info: Any) -> Weibo:
    answers = [json_answer(mobile(*batch, page=i + 2, **info)) for i, batch in enumerate(batches)]
    return Weibo(*answers, json_answer(EMPTY))


def minutes(*ages: float) -> list[dict[str, Any]]:
    return [mblog(ago(minutes=age)) for age in ages]


def ages(page: Page) -> list[float]:
    return [(NOW - post.published_at) / timedelta(minutes=1) for post in page.posts]


def test_pages_are_read_until_a_whole_one_is_old() -> None:
    weibo = pages(minutes(1, 2), minutes(3, 40), minutes(31, 30, 45), minutes(50))
    page = fetch(weibo)
    assert ages(page) == [1, 2, 3, 30]
    assert (page.outcome, page.drained_to) == (Outcome.OK, SINCE)
    assert len(weibo.searches) == 3


def test_pinned_and_promoted_posts_end_nothing() -> None:
    pinned = mblog(ago(days=30), isTop=1)
    promoted = mblog(ago(days=2), mblogtype=1)
    page = fetch(pages([pinned, promoted], [pinned, *minutes(1)], minutes(40)))
    assert ages(page) == [1]
    assert page.drained_to == SINCE


def test_a_page_limit_tells_how_far_it_came() -> None:
    hot = mblog(ago(minutes=29), isTop=1)
    page = fetch(pages([hot, *minutes(1, 2)], minutes(3, 4), minutes(5)), max_pages=2)
    assert ages(page) == [29, 1, 2, 3, 4]
    assert (page.outcome, page.drained_to) == (Outcome.OK, ago(minutes=4))
    assert "2 pages" in page.notes[0]


def test_only_old_posts_are_no_empty_answer() -> None:
    page = fetch(pages(minutes(40, 50)))
    assert (page.outcome, page.posts, page.drained_to) == (Outcome.OK, (), SINCE)


def test_a_page_that_brings_nothing_new_ends_the_reading() -> None:
    again = json_answer({"ok": 1, "data": mobile(*minutes(1, 2))["data"] | {"cardlistInfo": {}}})
    weibo = Weibo(again)
    page = fetch(weibo)
    assert ages(page) == [1, 2]
    assert len(weibo.searches) == 2


def test_since_id_takes_over_where_page_numbers_bring_nothing() -> None:
    def by_since_id(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("since_id") == "77":
            return json_answer(mobile(*minutes(3), since_id=77))
        if request.url.params["page"] == "1":
            return json_answer(mobile(*minutes(1, 2), page=2, since_id=77))
        return json_answer(EMPTY)

    weibo = Weibo(by_since_id)
    page = fetch(weibo)
    assert ages(page) == [1, 2, 3]
    assert [search.url.params["page"] for search in weibo.searches] == ["1", "2", "1"]


@pytest.mark.parametrize("failure", [answer(429), answer(403), NOT_JSON, httpx.ReadTimeout("x")])
def test_what_came_before_a_failure_is_kept(failure: httpx.Response | Exception) -> None:
    weibo = Weibo(json_answer(mobile(*minutes(1, 2), page=2)), failure)
    page = fetch(weibo)
    assert ages(page) == [1, 2]
    assert not page.outcome.sees
    assert page.drained_to == ago(minutes=2)


def test_drift_keeps_posts_and_raw_items_and_claims_nothing() -> None:
    broken = [mblog(ago(minutes=i), user=None) for i in range(3, 7)]
    page = fetch(pages(minutes(1, 2) + broken))
    assert (page.outcome, page.drained_to) == (Outcome.DRIFT, None)
    assert (ages(page), len(page.bad)) == ([1, 2], 4)


def test_disagreeing_times_are_noted() -> None:
    page = fetch(pages([mblog(ago(minutes=1), created_at="2小时前")]))
    assert ages(page) == [1]
    assert len(page.notes) == 1


def long_posts(count: int, **changes: Any) -> list[dict[str, Any]]:
    cut = 'NebulaWatch 充电发烫 ...<a href="/status/1">全文</a>'
    return [mblog(ago(minutes=i), cut, isLongText=True, **changes) for i in range(1, count + 1)]


def test_whole_texts_are_read_a_few_at_a_time_and_remembered() -> None:
    weibo = pages(long_posts(MAX_PER_FETCH + 1))
    weibo.answers = weibo.answers[:1]
    blogs = long_posts(MAX_PER_FETCH + 1)
    weibo.long_texts = {blog["mid"]: "充电发烫<br/>要求退款//@甲:是" for blog in blogs}
    searches = source(weibo)
    page = searches.fetch(QUERY, SINCE)
    assert [post.truncated for post in page.posts] == [False] * MAX_PER_FETCH + [True]
    assert page.posts[0].text == "充电发烫\n要求退款"
    assert page.posts[0].quoted == "//@甲:是"
    assert page.requests == len(weibo.requests)
    asked = len(weibo.requests)
    again = searches.fetch(QUERY, SINCE)
    assert not any(post.truncated for post in again.posts)
    assert len(weibo.requests) - asked == len(weibo.searches) // 2 + 1


def test_a_whole_text_that_cannot_be_had_leaves_the_short_one() -> None:
    page = fetch(pages(long_posts(1)))
    (post,) = page.posts
    assert (post.text, post.truncated) == ("NebulaWatch 充电发烫", True)
    assert page.outcome is Outcome.OK
    assert post.id in page.notes[0]


def test_old_and_whole_posts_cost_no_request_for_their_text() -> None:
    old = mblog(ago(minutes=50), "旧 <a>全文</a>")
    whole = mblog(ago(minutes=1), "短", isLongText=True, longText={"longTextContent": "全部文字"})
    page = fetch(pages([whole, old]))
    assert [post.text for post in page.posts] == ["全部文字"]
    assert page.notes == ()


def test_requests_keep_their_pace() -> None:
    slept: list[float] = []
    weibo = pages(minutes(1), minutes(2), minutes(40))
    source(weibo, sleep=slept.append, requests_per_minute=10).fetch(QUERY, SINCE)
    assert len(weibo.requests) == 4
    assert slept == pytest.approx([6, 12, 18], abs=1)


# --- who we are -----------------------------------------------------------------------------

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


# --- s.weibo.com ----------------------------------------------------------------------------


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


# --- the open platform ----------------------------------------------------------------------


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
        (NOT_JSON, Outcome.CHALLENGE, None),
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


def test_one_official_glitch_is_forgiven() -> None:
    page = fetch(Weibo(NOT_JSON, json_answer(official())), Way.OFFICIAL)
    assert (page.outcome, page.requests) == (Outcome.OK_EMPTY, 2)


def test_without_a_token_nothing_is_asked() -> None:
    weibo = Weibo(json_answer(official()))
    page = fetch(weibo, Way.OFFICIAL, access_token="")
    assert (page.outcome, page.requests, weibo.requests) == (Outcome.AUTH, 0, [])
