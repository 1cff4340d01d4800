from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.source import Outcome
from scrapers.twitter.client import build_twitter_source
from scrapers.twitter.settings import TwitterSettings, Vocabulary
from scrapers.twitter.snowflake import first_id
from tests.conftest import Clock
from tests.scrapers.twitter.stand_in import (
    NOW,
    QUERY,
    TOKEN,
    XStandIn,
    always,
    build,
    fixture,
    refused_parameter,
    tweet,
    tweets,
)

SINCE = NOW - timedelta(hours=1)
RESET = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 300)}


def ago(**passed: float) -> datetime:
    return NOW - timedelta(**passed)


def test_the_request() -> None:
    x = XStandIn(tweets(1))
    build(x).fetch(QUERY, SINCE)
    (request,) = x.requests
    params = dict(request.url.params)
    assert request.url.path == "/2/tweets/search/recent"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert params.pop("since_id") == str(first_id(SINCE) - 1)
    assert params.pop("query") == QUERY.text
    assert params == {
        "max_results": "100",
        "sort_order": "recency",
        "expansions": "author_id",
        "tweet.fields": "author_id,edit_history_tweet_ids,entities,lang,note_tweet,"
        "public_metrics,referenced_tweets",
        "user.fields": "id,name,public_metrics,username,verified,verified_type",
    }


@pytest.mark.parametrize("vocabulary", list(Vocabulary))
def test_all_pages_are_drained_with_one_since_id(vocabulary: Vocabulary) -> None:
    x = XStandIn(tweets(25), page_size=10, vocabulary=vocabulary)
    page = build(x, vocabulary=vocabulary).fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts), page.requests) == (Outcome.OK, 25, 3)
    assert page.drained_to == SINCE
    assert len({request.url.params["since_id"] for request in x.requests}) == 1
    assert [r.url.params.get("next_token") for r in x.requests] == [None, "p10", "p20"]


def test_both_ends_of_the_window_belong_to_it() -> None:
    ends = (ago(minutes=40), ago(minutes=20))
    outside = (ends[0] - timedelta(milliseconds=1), ends[1] + timedelta(milliseconds=1))
    x = XStandIn([tweet(when) for when in (*ends, *outside)])
    page = build(x).fetch(QUERY, *ends)
    assert sorted(post.published_at for post in page.posts) == list(ends)
    assert page.drained_to == ends[0]


def test_a_server_that_ignores_the_window_is_held_to_it() -> None:
    pages = [
        {"data": tweets(10, ago(minutes=10 * n)), "meta": {"next_token": "p"}} for n in range(9)
    ]
    answers = iter(pages)
    page = build(lambda _: httpx.Response(200, json=next(answers))).fetch(QUERY, ago(minutes=30))
    assert (len(page.posts), page.drained_to) == (30, ago(minutes=30))
    assert page.requests == 4


def test_an_old_post_among_new_ones_ends_nothing() -> None:
    stray = tweet(ago(days=2))
    first = {"data": [*tweets(2), stray], "meta": {"next_token": "p"}}
    pages = iter([first, {"data": tweets(2, ago(minutes=10))}])
    page = build(lambda _: httpx.Response(200, json=next(pages))).fetch(QUERY, SINCE)
    assert (len(page.posts), page.drained_to) == (4, SINCE)


def test_an_end_that_has_not_come_yet_is_not_sent() -> None:
    x = XStandIn(tweets(1))
    build(x).fetch(QUERY, SINCE, NOW)
    assert "until_id" not in x.requests[0].url.params


def test_the_page_limit_leaves_the_rest_and_says_where() -> None:
    x = XStandIn(tweets(30), page_size=10)
    page = build(x, max_pages=2).fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts)) == (Outcome.OK, 20)
    assert page.drained_to == ago(minutes=20) + timedelta(milliseconds=1)
    assert page.notes == ("stopped at the limit of 2 pages",)
    rest = build(x, max_pages=2).fetch(QUERY, SINCE, page.drained_to)
    assert {post.id for post in (*page.posts, *rest.posts)} == {p["id"] for p in x.posts}
    assert rest.drained_to == SINCE


def test_a_pause_longer_than_the_index_is_clamped_and_said() -> None:
    x = XStandIn(tweets(1))
    page = build(x).fetch(QUERY, ago(days=30))
    assert page.drained_to == ago(days=6, hours=13)
    assert page.notes == ("posts before 2026-11-15 15:00 UTC are out of X's reach",)
    assert int(x.requests[0].url.params["since_id"]) == first_id(ago(days=6, hours=13)) - 1


def test_a_caller_that_keeps_to_the_window_itself_is_not_cut_again() -> None:
    since = ago(days=6.5, seconds=2)
    assert build(XStandIn(tweets(1))).fetch(QUERY, since).drained_to == since


def test_a_window_wholly_out_of_reach_is_rejected_without_asking() -> None:
    x = XStandIn(tweets(1))
    page = build(x).fetch(QUERY, ago(days=30), ago(days=20))
    assert (page.outcome, page.requests, x.requests) == (Outcome.REJECTED, 0, [])


def test_of_an_edited_post_the_newest_version_comes_once() -> None:
    first, second = first_id(ago(minutes=50)), first_id(ago(minutes=20))
    edits = {"edit_history_tweet_ids": [str(first), str(second)]}
    x = XStandIn(
        [tweet(ago(minutes=20), "now broken", **edits), tweet(ago(minutes=50), "fine", **edits)]
    )
    for since in (SINCE, ago(minutes=30)):
        (post,) = build(x).fetch(QUERY, since).posts
        assert (post.id, post.text) == (str(first), "now broken")


@pytest.mark.parametrize("token", ["", "  ", "two words", "令牌", "tab\there"])
def test_without_a_token_nothing_is_asked(token: str) -> None:
    x = XStandIn(tweets(1))
    page = build(x, token=token).fetch(QUERY, SINCE)
    assert (page.outcome, page.requests, x.requests) == (Outcome.AUTH, 0, [])
    assert "SHIFEN_TWITTER_BEARER_TOKEN" in page.detail


@pytest.mark.parametrize("configured", list(Vocabulary))
@pytest.mark.parametrize("spoken", list(Vocabulary))
def test_the_vocabulary_that_works_is_remembered(
    configured: Vocabulary, spoken: Vocabulary
) -> None:
    x = XStandIn(tweets(3), vocabulary=spoken)
    source = build(x, vocabulary=configured)
    pages = [source.fetch(QUERY, SINCE) for _ in range(3)]
    assert [(page.outcome, len(page.posts)) for page in pages] == [(Outcome.OK, 3)] * 3
    assert len(x.requests) == (3 if configured is spoken else 4)


def test_a_refusal_in_both_vocabularies_is_the_first_one() -> None:
    x = XStandIn(tweets(3))
    x.script = [always(400, json={"detail": "first"}), always(400, json={"detail": "second"})]
    source = build(x)
    page = source.fetch(QUERY, SINCE)
    assert page.outcome is Outcome.REJECTED
    assert "first" in page.detail
    assert source.fetch(QUERY, SINCE).requests == 1


def test_trouble_during_the_fallback_is_reported_as_it_is() -> None:
    x = XStandIn(tweets(3))
    x.script = [lambda _: refused_parameter("tweet.fields"), always(429, headers=RESET)]
    page = build(x).fetch(QUERY, SINCE)
    assert (page.outcome, page.retry_after_s) == (Outcome.THROTTLED, 301)


def test_a_refused_query_is_not_asked_twice() -> None:
    refusal = {"errors": [{"parameters": {"query": ["("]}, "message": "no viable alternative"}]}
    page = build(always(400, json=refusal)).fetch(QUERY, SINCE)
    assert (page.outcome, page.requests) == (Outcome.REJECTED, 1)
    assert "no viable alternative" in page.detail


def test_field_names_that_x_passes_over_are_changed() -> None:
    def ignores_tweet_fields(request: httpx.Request) -> httpx.Response:
        item = tweet(ago(minutes=1))
        if "tweet.fields" in request.url.params:
            del item["public_metrics"]
        return httpx.Response(200, json={"data": [item]})

    source = build(ignores_tweet_fields)
    first, second, third = (source.fetch(QUERY, SINCE) for _ in range(3))
    assert first.notes == ("X passes over our tweet field names",)
    assert [post.likes for page in (first, second, third) for post in page.posts] == [None, 1, 1]


def test_no_request_is_made_in_a_window_that_has_none_left(clock: Clock) -> None:
    x = XStandIn(tweets(30), page_size=10, headers={"x-rate-limit-remaining": "0", **RESET})
    source = build(x, now=clock)
    page = source.fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts), page.retry_after_s) == (Outcome.THROTTLED, 10, 301)
    assert page.drained_to == ago(minutes=10) + timedelta(milliseconds=1)
    clock.advance(299)
    page = source.fetch(QUERY, SINCE)
    assert (page.outcome, page.requests, page.retry_after_s) == (Outcome.THROTTLED, 0, 2)
    assert page.drained_to is None
    clock.advance(2)
    page = source.fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts), len(x.requests)) == (Outcome.OK, 30, 4)


def test_the_last_request_of_a_window_is_a_good_answer() -> None:
    x = XStandIn(tweets(3), headers={"x-rate-limit-remaining": "0", **RESET})
    page = build(x).fetch(QUERY, SINCE)
    assert (page.outcome, page.drained_to) == (Outcome.OK, SINCE)


def test_when_a_later_page_fails_the_earlier_ones_are_kept() -> None:
    x = XStandIn(tweets(30), page_size=10)
    x.script = [None, always(403, text="no")]
    page = build(x).fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts)) == (Outcome.BLOCKED, 10)
    assert page.drained_to == ago(minutes=10) + timedelta(milliseconds=1)


def test_json_that_breaks_off_is_asked_for_once_more() -> None:
    cut = always(200, text='{"data": [{"id": "20')
    x = XStandIn(tweets(3))
    x.script = [cut]
    page = build(x).fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts), page.requests) == (Outcome.OK, 3, 2)
    x.script = [None, None, cut, cut]
    page = build(x).fetch(QUERY, SINCE)
    assert (page.outcome, page.requests) == (Outcome.DRIFT, 2)


@pytest.mark.parametrize(
    ("good", "bad", "outcome"),
    [
        (0, 1, Outcome.OK),
        (0, 3, Outcome.OK),
        (0, 4, Outcome.DRIFT),
        (2, 2, Outcome.OK),
        (2, 3, Outcome.DRIFT),
    ],
)
def test_many_unreadable_items_are_a_drift(good: int, bad: int, outcome: Outcome) -> None:
    data = [*tweets(good), *({"id": str(n + 1), "body": "?"} for n in range(bad))]
    page = build(always(200, json={"data": data})).fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts), len(page.bad)) == (outcome, good, bad)
    assert page.drained_to == (None if outcome is Outcome.DRIFT else SINCE)


def test_an_echoed_token_is_struck_out() -> None:
    echo = {"title": "Unauthorized", "detail": f"Bearer {TOKEN} is unknown"}
    page = build(always(401, json=echo)).fetch(QUERY, SINCE)
    assert "(secret) is unknown" in page.detail
    assert TOKEN not in repr(page)


def test_a_clock_that_is_off_is_noted_once() -> None:
    x = XStandIn(tweets(20), page_size=10, headers={"date": "Sun, 22 Nov 2026 03:50:00 GMT"})
    assert build(x).fetch(QUERY, SINCE).notes == ("our clock is 600 s ahead of X's",)


def test_requests_keep_to_the_pace_of_the_plan() -> None:
    waits: list[float] = []
    source = build_twitter_source(
        TwitterSettings(requests_per_15_minutes=450),
        bearer_token=TOKEN,
        now=lambda: NOW,
        sleep=waits.append,
        transport=httpx.MockTransport(XStandIn(tweets(30), page_size=10)),
    )
    source.fetch(QUERY, SINCE)
    assert waits == pytest.approx([2, 4], abs=0.5)


def test_posts_of_the_fixture_come_through() -> None:
    page = build(always(200, json=fixture("search_tweet.json"))).fetch(QUERY, SINCE)
    assert (page.outcome, len(page.posts), page.bad) == (Outcome.OK, 8, ())
    assert page.notes == ("Not Found Error: Could not find user with author_id: [510].",)


@given(st.integers(0, 20_000), st.binary(max_size=20), st.sampled_from([200, 400, 403, 429]))
@settings(max_examples=60)
def test_cut_and_garbled_bodies_never_raise(cut: int, tail: bytes, status: int) -> None:
    whole = json.dumps(fixture("search_tweet.json")).encode()
    body = whole[:cut] + tail
    page = build(always(status, content=body)).fetch(QUERY, SINCE)
    assert page.outcome is not Outcome.OK_EMPTY
    complete = status == 200 and cut >= len(whole) and not tail.strip(b" \n\r\t")
    assert page.outcome.sees is complete


@given(
    st.lists(st.integers(1, 3_599_999), unique=True, max_size=60),
    st.integers(10, 30),
    st.integers(1, 4),
)
@settings(max_examples=40)
def test_limits_and_gaps_together_lose_nothing(
    ages_ms: list[int], page_size: int, max_pages: int
) -> None:
    x = XStandIn([tweet(ago(milliseconds=age)) for age in ages_ms], page_size=page_size)
    source, until, seen = build(x, max_pages=max_pages), None, set[str]()
    for _ in range(10):
        page = source.fetch(QUERY, SINCE, until)
        seen |= {post.id for post in page.posts}
        assert page.drained_to is not None
        until = page.drained_to
        if until == SINCE:
            break
    assert until == SINCE
    assert seen == {post["id"] for post in x.posts}


def outcome_of(answer: Any) -> Outcome:
    return build(answer).fetch(QUERY, SINCE).outcome


def test_money_and_windows_are_different_troubles() -> None:
    monthly = {"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly product cap"}
    assert outcome_of(always(429, json=monthly)) is Outcome.CAPPED
    assert outcome_of(always(429, text="slow down")) is Outcome.THROTTLED
    assert outcome_of(always(402, json={"title": "CreditsDepleted"})) is Outcome.CAPPED
