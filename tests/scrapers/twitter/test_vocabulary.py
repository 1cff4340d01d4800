from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.twitter.settings import Vocabulary
from scrapers.twitter.vocabulary import FIELD_PARAMS, MAX_DEPTH, normalise, other


@pytest.mark.parametrize(
    ("tweet", "post"),
    [
        ("referenced_tweets", "referenced_posts"),
        ("edit_history_tweet_ids", "edit_history_post_ids"),
        ("note_tweet", "note_post"),
        ("tweets", "posts"),
        ("retweet_count", "repost_count"),
        ("tweet_count", "post_count"),
        ("total_tweet_count", "total_post_count"),
        ("pinned_tweet_id", "pinned_post_id"),
        ("most_recent_tweet_id", "most_recent_post_id"),
        ("author_id", "author_id"),
    ],
)
def test_keys_are_renamed_at_every_depth(tweet: str, post: str) -> None:
    assert normalise({tweet: [{"in": {tweet: 1}}]}) == {post: [{"in": {post: 1}}]}


def test_values_stay_as_they_are() -> None:
    assert normalise({"type": "retweeted", "text": "my tweet"}) == {
        "type": "retweeted",
        "text": "my tweet",
    }


@pytest.mark.parametrize(
    "both",
    [
        {"note_tweet": {"text": "old"}, "note_post": {"text": "new"}},
        {"note_post": {"text": "new"}, "note_tweet": {"text": "old"}},
        {"note_post": None, "note_tweet": {"text": "new"}},
        {"note_tweet": {"text": "new"}, "note_post": None},
    ],
)
def test_of_two_names_the_new_one_wins_unless_null(both: dict[str, Any]) -> None:
    assert normalise(both) == {"note_post": {"text": "new"}}


def test_depth_is_bounded() -> None:
    value: Any = {}
    for _ in range(100_000):
        value = {"tweet": value}
    levels = 0
    renamed = normalise(value)
    while "post" in renamed:
        renamed, levels = renamed["post"], levels + 1
    assert levels == MAX_DEPTH
    while value:  # an unwound chain is freed without deep recursion
        value = value["tweet"]


@given(
    st.recursive(
        st.none() | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["note_tweet", "note_post", "id"]), inner)
        ),
        max_leaves=20,
    )
)
def test_normalising_twice_changes_nothing_more(value: Any) -> None:
    assert normalise(normalise(value)) == normalise(value)


def test_each_vocabulary_asks_in_its_own_words_and_expands_authors_only() -> None:
    for vocabulary in Vocabulary:
        params = FIELD_PARAMS[vocabulary]
        assert f"{vocabulary}.fields" in params
        assert f"{other(vocabulary)}.fields" not in params
        assert str(other(vocabulary)) not in params[f"{vocabulary}.fields"]
        assert params["expansions"] == "author_id"
