from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from monitor.demo.exchange import Fault
from monitor.demo.ids import first_id
from monitor.demo.scenario import SampleOriginal, SamplePost, load_posts
from monitor.demo.twitter import StandTwitter
from monitor.demo.twitter_json import in_post_words, weight
from monitor.demo.world import World
from scrapers.post import Platform, Standing
from scrapers.twitter.settings import Vocabulary
from tests.conftest import Clock
from tests.monitor.demo.samples import ask, author, sample

ALL_FIELDS = {
    "tweet.fields": "author_id,created_at,entities,lang,note_tweet,public_metrics,"
    "referenced_tweets,conversation_id",
    "user.fields": "public_metrics,verified,verified_type",
    "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id",
}


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock)


@pytest.fixture
def stand(world: World) -> Iterator[StandTwitter]:
    with StandTwitter(world) as stand:
        yield stand
    assert stand.defects == []


def tweet(text: str, **changes: Any) -> SamplePost:
    return sample(text, Platform.TWITTER, **changes)


def get(stand: StandTwitter, query: str = "NebulaWatch", **params: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {stand.bearer_token}"}
    asked = {"query": query, **params}
    return ask(stand, "/2/tweets/search/recent", params=asked, headers=headers)


def ids(response: httpx.Response) -> list[str]:
    return [post["id"] for post in response.json().get("data", ())]


def test_a_post_with_everything(world: World, stand: StandTwitter) -> None:
    writer = author(9, handle="maya", standing=Standing.MEDIA, followers=1234)
    text = "@NebulaWatch #broken & <late> https://t.co/abc 退款"
    post = world.publish(tweet(text, author=writer, likes=5, reposts=2))
    body = get(stand, **ALL_FIELDS).json()
    (data,) = body["data"]
    (user,) = body["includes"]["users"]

    assert data["id"] == post.id
    assert data["text"] == "@NebulaWatch #broken &amp; &lt;late&gt; https://t.co/abc 退款"
    assert data["created_at"] == "2026-11-22T04:00:00.000Z"
    assert data["lang"] == "zh"
    assert data["edit_history_tweet_ids"] == [post.id]
    assert data["public_metrics"]["retweet_count"] == 2
    (mention,) = data["entities"]["mentions"]
    assert mention == {"start": 0, "end": 12, "username": "NebulaWatch", "id": "900100"}
    assert data["entities"]["hashtags"][0]["tag"] == "broken"
    start, end = (data["entities"]["urls"][0][edge] for edge in ("start", "end"))
    assert data["text"][start:end] == "https://t.co/abc"
    assert user["public_metrics"]["followers_count"] == 1234
    assert user["verified_type"] == "business"
    assert body["meta"] == {"newest_id": post.id, "oldest_id": post.id, "result_count": 1}


def test_only_what_is_asked_for_comes(world: World, stand: StandTwitter) -> None:
    world.publish(tweet("NebulaWatch"))
    body = get(stand).json()

    assert set(body["data"][0]) == {"id", "text", "edit_history_tweet_ids"}
    assert "includes" not in body


def test_an_empty_result_has_no_data(stand: StandTwitter) -> None:
    assert get(stand).json() == {"meta": {"result_count": 0}}


def test_a_long_post_is_cut_and_whole_in_its_note(world: World, stand: StandTwitter) -> None:
    text = "NebulaWatch " + "长" * 200 + " refund"
    world.publish(tweet(text))
    (data,) = get(stand, "refund", **ALL_FIELDS).json()["data"]

    assert weight(data["text"]) <= 280
    assert "refund" not in data["text"]
    assert "… https://t.co/" in data["text"]
    assert data["note_tweet"]["text"] == text


def test_quotes_and_reposts_refer_to_their_originals(world: World, stand: StandTwitter) -> None:
    first = tweet("NebulaWatch on fire")
    origin = world.publish(first)
    quote = world.publish(tweet("NebulaWatch again", original=SampleOriginal(key=first.key)))
    repost = world.publish(tweet("", original=SampleOriginal(key=first.key)))
    body = get(stand, **ALL_FIELDS).json()
    found = {post["id"]: post for post in body["data"]}

    assert found[quote.id]["referenced_tweets"] == [{"type": "quoted", "id": origin.id}]
    assert found[repost.id]["referenced_tweets"] == [{"type": "retweeted", "id": origin.id}]
    assert found[repost.id]["text"] == f"RT @{first.author.handle}: NebulaWatch on fire"
    assert [post["id"] for post in body["includes"]["tweets"]] == [origin.id]
    assert repost.id not in ids(get(stand, "NebulaWatch -is:retweet"))


def test_a_deleted_original_is_a_partial_error(world: World, stand: StandTwitter) -> None:
    post = world.publish(tweet("NebulaWatch this", original=SampleOriginal()))
    body = get(stand, **ALL_FIELDS).json()

    assert ids(get(stand)) == [post.id]
    assert post.original is not None
    assert body["errors"][0]["resource_id"] == post.original.id
    assert "tweets" not in body["includes"]


def test_paging_drains_all_although_posts_keep_coming(
    world: World, stand: StandTwitter, clock: Clock
) -> None:
    old = [world.publish(tweet(f"NebulaWatch {number}")).id for number in range(25)]
    seen: list[str] = []
    token: dict[str, str] = {}
    while True:
        response = get(stand, **token)
        seen += ids(response)
        clock.advance(1)
        world.publish(tweet("NebulaWatch newer"))
        following = response.json()["meta"].get("next_token")
        if not following:
            break
        token = {"next_token": following}

    assert seen == old[::-1]


def test_since_and_until_bound_the_ids(world: World, stand: StandTwitter) -> None:
    posts = [world.publish(tweet(f"NebulaWatch {number}")).id for number in range(5)]
    found = ids(get(stand, since_id=posts[0], until_id=posts[4]))
    assert found == posts[3:0:-1]


def test_start_and_end_bound_the_times(world: World, stand: StandTwitter, clock: Clock) -> None:
    start = clock().isoformat().replace("+00:00", "Z")
    early = world.publish(tweet("NebulaWatch early")).id
    clock.advance(60)
    late = world.publish(tweet("NebulaWatch late")).id
    clock.advance(60)
    middle = (clock() - timedelta(seconds=90)).isoformat().replace("+00:00", "Z")

    assert ids(get(stand, start_time=start, end_time=middle)) == [early]
    assert ids(get(stand, start_time=middle)) == [late]


def test_relevancy_is_another_order(world: World, stand: StandTwitter) -> None:
    liked = world.publish(tweet("NebulaWatch a", likes=50)).id
    fresh = world.publish(tweet("NebulaWatch b")).id

    assert ids(get(stand)) == [fresh, liked]
    assert ids(get(stand, sort_order="relevancy")) == [liked, fresh]


def test_the_index_lags(world: World, clock: Clock) -> None:
    with StandTwitter(world, index_lag_s=30) as stand:
        post = world.publish(tweet("NebulaWatch"))
        assert ids(get(stand)) == []
        clock.advance(30)
        assert ids(get(stand)) == [post.id]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"max_results": 9}, "max_results"),
        ({"max_results": 101}, "max_results"),
        ({"max_results": "many"}, "max_results"),
        ({"query": ""}, "query length"),
        ({"query": "a" * 513}, "query length"),
        ({"query": "(a"}, "missing"),
        ({"since_id": "x"}, "does not match"),
        ({"since_id": "1"}, "last 7 days"),
        ({"since_id": "2", "start_time": "2026-11-22T03:00:00Z"}, "in conjunction"),
        ({"start_time": "2026-11-22T03:59:55Z"}, "start_time"),
        ({"start_time": "2026-11-01T00:00:00Z"}, "start_time"),
        ({"start_time": "yesterday"}, "no time"),
        ({"next_token": "zzz"}, "next_token"),
        ({"tweet.fields": "id,mood"}, "mood"),
        ({"expansions": "friends"}, "friends"),
        ({"user.fields": "shoe_size"}, "shoe_size"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_requests_get_a_400_that_says_why(
    stand: StandTwitter, params: dict[str, object], said: str
) -> None:
    response = get(stand, **{"query": "NebulaWatch", **params})
    body = response.json()

    assert response.status_code == 400
    assert body["title"] == "Invalid Request"
    assert body["type"].endswith("/invalid-request")
    assert said in body["errors"][0]["message"]


def test_an_id_of_this_week_is_a_good_since_id(stand: StandTwitter, clock: Clock) -> None:
    week = first_id(Platform.TWITTER, clock() - timedelta(days=6, hours=23))
    assert get(stand, since_id=week).status_code == 200


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic AAAAstand"])
def test_a_wrong_token_is_a_401_without_rate_headers(
    stand: StandTwitter, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = ask(stand, "/2/tweets/search/recent?query=a", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["title"] == "Unauthorized"
    assert "x-rate-limit-limit" not in answer.headers


def test_a_wrong_path_is_an_html_404(stand: StandTwitter) -> None:
    answer = ask(stand, "/2/tweets/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_the_window_closes_and_opens_again(world: World, clock: Clock) -> None:
    with StandTwitter(world, rate_limit=2) as stand:
        remaining = [get(stand).headers["x-rate-limit-remaining"] for _ in range(2)]
        closed = get(stand)
        reset = int(closed.headers["x-rate-limit-reset"])
        clock.advance(reset - clock().timestamp())

        assert remaining == ["1", "0"]
        assert closed.status_code == 429
        assert get(stand).status_code == 200


def test_the_answer_speaks_the_words_it_is_asked_in(world: World, stand: StandTwitter) -> None:
    first = tweet("NebulaWatch on fire")
    world.publish(first)
    world.publish(tweet("NebulaWatch " + "x" * 300, original=SampleOriginal(key=first.key)))
    old = get(stand, **ALL_FIELDS).json()
    new = get(
        stand,
        **{
            "post.fields": "author_id,created_at,entities,lang,note_post,public_metrics,"
            "referenced_posts,conversation_id",
            "user.fields": ALL_FIELDS["user.fields"],
            "expansions": "author_id,referenced_posts",
        },
    ).json()

    assert new == in_post_words(old)
    assert "note_post" in new["data"][0]
    assert "referenced_posts" in new["data"][0]
    assert "tweet" not in json.dumps(new)


@pytest.mark.parametrize(
    ("spoken", "refused"), [("post", "tweet.fields"), ("tweet", "post.fields")]
)
def test_a_vocabulary_may_be_refused(world: World, spoken: str, refused: str) -> None:
    with StandTwitter(world, vocabularies=frozenset({Vocabulary(spoken)})) as stand:
        answer = get(stand, **{refused: "created_at"})
        assert answer.status_code == 400
        assert refused in answer.json()["errors"][0]["message"]
        assert get(stand, **{f"{spoken}.fields": "created_at"}).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Fault.THROTTLED, 429, "Too Many Requests"),
        (Fault.THROTTLED_SILENT, 429, "Too Many Requests"),
        (Fault.USAGE_CAP, 429, "UsageCapExceeded"),
        (Fault.NO_CREDITS, 402, "CreditsDepleted"),
        (Fault.EXPIRED_AUTH, 401, "Unauthorized"),
        (Fault.BLOCKED, 403, "Forbidden"),
    ],
)
def test_problems_carry_their_titles(
    stand: StandTwitter, fault: Fault, status: int, title: str
) -> None:
    with stand.faulty(fault):
        answer = get(stand)
    assert (answer.status_code, answer.json()["title"]) == (status, title)
    assert ("x-rate-limit-reset" in answer.headers) == (fault is Fault.THROTTLED)


def test_recordings_are_served_page_by_page(stand: StandTwitter, tmp_path: Path) -> None:
    lines = [
        {"data": [{"id": "3"}], "meta": {"next_token": "t1"}},
        {"data": [{"id": "2"}], "meta": {"next_token": "t2"}},
    ]
    path = tmp_path / "pages.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    stand.serve_recorded(path)
    assert get(stand).json() == lines[0]
    assert get(stand, next_token="t1").json() == lines[1]
    assert get(stand, next_token="t2").json() == {"meta": {"result_count": 0}}
    assert get(stand, next_token="t9").json() == {"meta": {"result_count": 0}}
    stand.serve_recorded(None)
    assert get(stand).json() == {"meta": {"result_count": 0}}


def test_the_whole_story_can_be_rendered(world: World, stand: StandTwitter) -> None:
    for post in load_posts():
        world.publish(post)
    query = '("星云手表" OR NebulaWatch OR OrangeRide OR "Camellia Tea") -is:retweet'
    found = get(stand, query, max_results=100, **ALL_FIELDS).json()

    assert len(found["data"]) > 50
    mentioned = [
        mention["id"]
        for post in found["data"]
        for mention in post.get("entities", {}).get("mentions", ())
    ]
    assert {"900100", "900200"} <= set(mentioned)
