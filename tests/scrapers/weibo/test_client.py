"""The Weibo source from outside: what is asked, what comes back, and how it fails."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scrapers.source import Outcome
from scrapers.weibo.long_texts import MAX_PER_FETCH
from tests.scrapers.weibo.answers_fixture import (
    CAPTCHA_PAGE,
    EMPTY,
    LOGIN_URL,
    NOT_JSON,
    QUERY,
    SINCE,
    Weibo,
    ages,
    ago,
    answer,
    fetch,
    fixture,
    json_answer,
    mblog,
    minutes,
    mobile,
    redirect,
    source,
)

VISITOR_GATE = answer(200, fixture("web_login.html"))
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
