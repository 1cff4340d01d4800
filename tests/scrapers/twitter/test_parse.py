from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.errors import Drifted
from scrapers.post import Author, Platform, Post, Standing, reply_eligible
from scrapers.twitter.parse import Answer, parse
from tests.scrapers.twitter.stand_in import fixture, tweet

FIXTURES = ["search_tweet.json", "search_post.json", "search_tweet_expanded.json"]
T0 = datetime(2026, 11, 22, 3, 50, tzinfo=UTC)
BLACK_SCREEN, QUOTE, LONG, EDITED, WITHHELD, REPOST, REPLY, ESCAPED = range(8)


def posts(name: str = "search_tweet.json") -> list[Post]:
    answer = parse(fixture(name))
    assert answer.bad == ()
    return [found.post for found in answer.found]


def one(**fields: Any) -> Post:
    """The post that one item with `fields` becomes; None takes a field away."""
    item = {k: v for k, v in {**tweet(T0), **fields}.items() if v is not None}
    (found,) = parse({"data": [item]}).found
    return found.post


@pytest.mark.parametrize("name", FIXTURES)
def test_every_item_becomes_a_post(name: str) -> None:
    answer = parse(fixture(name))
    assert len(answer.found) == 8
    assert answer.notes == ("Not Found Error: Could not find user with author_id: [510].",)
    assert not answer.bare
    for found in answer.found:
        post = found.post
        assert post.platform is Platform.TWITTER
        assert T0 - timedelta(hours=1) <= post.published_at <= T0
        assert post.published_at.tzinfo is UTC
        assert post.url == f"https://x.com/{post.author.handle or 'i'}/status/{post.id}"


def test_both_vocabularies_say_the_same() -> None:
    assert posts("search_tweet.json") == posts("search_post.json")


def test_a_complaint_that_mentions_the_brand() -> None:
    post = posts()[BLACK_SCREEN]
    assert post.text == "@NebulaWatch 星云手表戴了一周就黑屏，申请退款三天了没有人理"
    assert post.published_at == T0
    assert post.author == Author("501", "阿林爱跑步", 1280, Standing.ORDINARY, "alin_runs")
    assert (post.mentions, post.language_hint) == (("900100",), "zh")
    assert (post.reposts, post.comments, post.likes) == (0, 1, 3)
    assert reply_eligible(post, "900100")


def test_a_quote_names_the_quoted_author_by_handle_only() -> None:
    post = posts()[QUOTE]
    assert post.text.startswith("Day 9 and still no refund & no answer.")
    assert post.author.name == "Tess Okafor & cat"
    assert post.original
    assert (post.original.text, post.original.author) == (
        "",
        Author("", "NebulaWatch", handle="NebulaWatch"),
    )
    assert not reply_eligible(post, "900100")
    assert reply_eligible(post, "900100", "nebulawatch")


def test_a_quote_is_complete_when_the_answer_includes_it() -> None:
    post = posts("search_tweet_expanded.json")[QUOTE]
    assert post.original
    assert post.original.text == "Our new strap colours are here & they shine."
    assert post.original.author
    assert post.original.author.id == "900100"
    assert reply_eligible(post, "900100")


def test_a_long_post_is_whole() -> None:
    post = posts()[LONG]
    assert len(post.text) > 280
    assert post.text.endswith("<血泪教训>。@NebulaWatch")
    assert post.mentions == ("900100",)
    assert (post.truncated, post.author.standing) == (False, Standing.PERSONAL)


def test_an_edited_post_keeps_the_id_and_time_of_its_first_version() -> None:
    answer = parse(fixture("search_tweet.json"))
    post = answer.found[EDITED].post
    assert post.published_at == T0 - timedelta(seconds=360)
    assert answer.found[EDITED].version_id > int(post.id)


def test_a_withheld_post_is_a_post() -> None:
    assert posts()[WITHHELD].text == "星云手表的表带让我手腕过敏，客服说这不是他们的问题"


@pytest.mark.parametrize(
    ("name", "author_id", "whole"),
    [("search_tweet.json", "507", False), ("search_tweet_expanded.json", "507", True)],
)
def test_a_pure_repost_has_no_words_of_its_own(name: str, author_id: str, whole: bool) -> None:
    post = posts(name)[REPOST]
    assert post.reposts_only
    assert post.mentions == ()
    assert post.original
    assert post.original.author
    assert (post.original.author.id, post.original.author.handle) == (author_id, "mara_sails")
    assert post.original.text.startswith("NebulaWatch says water resistant")
    assert post.original.text.endswith("Third mail today.") is whole
    assert post.truncated is not whole


def test_a_mention_without_id_keeps_its_handle() -> None:
    post = posts()[REPLY]
    assert post.mentions == ("509", "@NebulaWatch")
    assert (post.original, post.author.standing) == (None, Standing.ENTERPRISE)


def test_an_author_that_x_does_not_describe() -> None:
    post = posts()[ESCAPED]
    assert post.author == Author("510", "510")
    assert post.text == "battery < 3 hours, price > 300 & counting. NebulaWatch, please"
    assert post.url.startswith("https://x.com/i/status/")


@pytest.mark.parametrize(
    ("link", "original_id"),
    [
        ("https://twitter.com/NebulaWatch/status/42", "42"),
        ("https://x.com/NebulaWatch/status/42?s=20", "42"),
        ("https://x.com/i/status/42", "42"),
        ("https://x.com/NebulaWatch/status/42/photo/1", None),
        ("https://x.com.evil.example/NebulaWatch/status/42", None),
        ("https://example.com/x.com/NebulaWatch/status/42", None),
        ("https://x.com/NebulaWatch", None),
        ("https://x.com/NebulaWatch/status/99999999999999999999", None),
        (42, None),
    ],
)
def test_without_references_a_link_to_a_post_is_the_quote(
    link: object, original_id: str | None
) -> None:
    post = one(entities={"urls": [{"expanded_url": link}]})
    assert (post.original.id if post.original else None) == original_id


def test_a_link_to_the_post_itself_is_no_quote() -> None:
    own = f"https://x.com/lin/status/{tweet(T0)['id']}"
    assert one(entities={"urls": [{"expanded_url": own}]}).original is None


def test_a_link_in_a_reply_is_no_quote_when_the_references_say_otherwise() -> None:
    post = one(
        referenced_tweets=[{"type": "replied_to", "id": "7"}],
        entities={"urls": [{"expanded_url": "https://x.com/NebulaWatch/status/42"}]},
    )
    assert post.original is None


@pytest.mark.parametrize(
    ("fields", "text", "truncated"),
    [
        ({"text": "&amp;lt; &lt;b&gt;"}, "&lt; <b>", False),
        ({"text": "a\x00b \ud83d!"}, "ab ?!", False),
        ({"text": ""}, "", False),
        ({"text": "cut …", "note_tweet": {"text": "cut no more"}}, "cut no more", False),
        ({"text": "cut …", "note_tweet": {"words": "?"}}, "cut …", True),
        ({"text": None, "note_post": {"text": "only here"}}, "only here", False),
    ],
)
def test_text(fields: dict[str, Any], text: str, truncated: bool) -> None:
    post = one(**fields)
    assert (post.text, post.truncated) == (text, truncated)


@pytest.mark.parametrize(
    ("user", "author"),
    [
        ({"verified_type": "government"}, Author("501", "501", None, Standing.GOVERNMENT)),
        ({"verified_type": "business"}, Author("501", "501", None, Standing.ENTERPRISE)),
        ({"verified": True}, Author("501", "501", None, Standing.PERSONAL)),
        ({"verified_type": []}, Author("501", "501")),
        ({"username": "lin", "name": ""}, Author("501", "lin", handle="lin")),
        ({"username": "../../evil", "name": "E"}, Author("501", "E")),
        ({"public_metrics": {"followers_count": -1}}, Author("501", "501")),
        ({"public_metrics": {"followers_count": True}}, Author("501", "501")),
    ],
)
def test_authors(user: dict[str, Any], author: Author) -> None:
    answer = parse({"data": [tweet(T0)], "includes": {"users": [{"id": "501", **user}]}})
    assert answer.found[0].post.author == author


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("text", "not an object but str"),
        ({}, "no numeric id"),
        ({**tweet(T0), "id": "12x"}, "no numeric id"),
        ({**tweet(T0), "id": "9" + "0" * 18}, None),
        ({**tweet(T0), "id": "9" * 19}, "no numeric id"),
        ({**tweet(T0), "id": "9" * 20}, "no numeric id"),
        ({**tweet(T0), "id": "１２"}, "no numeric id"),
        ({**tweet(T0), "author_id": None}, "no numeric author_id"),
        ({**tweet(T0), "text": None}, "no text"),
        ({**tweet(T0), "text": {"de": "x"}}, "no text"),
        ({**tweet(T0), "id": int(tweet(T0)["id"])}, None),
    ],
)
def test_an_unreadable_item_is_kept_as_it_came(item: Any, reason: str | None) -> None:
    answer = parse({"data": [tweet(T0), item]})
    assert [bad.reason for bad in answer.bad] == ([reason] if reason else [])
    assert len(answer.found) == 2 - len(answer.bad)
    assert [json.loads(bad.raw) for bad in answer.bad] == ([item] if reason else [])


@pytest.mark.parametrize(
    "answer",
    [{"meta": {"result_count": 0}}, {"data": []}, {"data": None, "meta": {"result_count": 0}}],
)
def test_an_answer_that_says_it_is_empty(answer: Any) -> None:
    assert parse(answer) == Answer((), (), (), "", (), bare=False)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "data",
        {},
        {"statuses": [tweet(T0)]},
        {"meta": {}},
        {"meta": {"result_count": 3}},
        {"posts": [tweet(T0)], "meta": {"count": 1}},
        {"data": {}},
        {"data": tweet(T0)},
        {"data": "none", "meta": {"result_count": 0}},
    ],
)
def test_an_answer_of_unknown_shape_is_not_taken_for_calm(answer: Any) -> None:
    with pytest.raises(Drifted):
        parse(answer)


def test_an_answer_without_the_fields_asked_for_is_bare() -> None:
    assert parse({"data": [{"id": "5", "text": "x", "author_id": "1"}]}).bare


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    below = [value[key] for key in keys if isinstance(value[key], dict | list)]
    return [(value, key) for key in keys] + [place for inner in below for place in _places(inner)]


def _remove(container: Any, key: Any) -> None:
    del container[key]


def _shuffle(data: st.DataObject) -> Callable[[Any, Any], None]:
    def turn(container: Any, key: Any) -> None:
        if isinstance(container[key], list):
            container[key] = data.draw(st.permutations(container[key]))
        elif isinstance(container[key], str):
            container[key] = container[key][: data.draw(st.integers(0, 30))]

    return turn


@given(st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_answer_never_crashes_and_loses_no_item(data: st.DataObject) -> None:
    answer = copy.deepcopy(fixture(data.draw(st.sampled_from(FIXTURES))))
    for _ in range(data.draw(st.integers(1, 12))):
        places = _places(answer)
        if not places:
            break
        container, key = places[data.draw(st.integers(0, len(places) - 1))]
        mutation = data.draw(st.sampled_from(["remove", "junk", "turn"]))
        if mutation == "remove":
            _remove(container, key)
        elif mutation == "junk":
            container[key] = data.draw(JUNK)
        else:
            _shuffle(data)(container, key)
    try:
        read = parse(answer)
    except Drifted:
        return
    assert len(read.found) + len(read.bad) == len(answer.get("data") or [])
    for found in read.found:
        assert found.post.published_at.tzinfo is UTC
        assert found.post.author.id
        found.post.text.encode()
