from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.twitter_query import QueryError, Subject, parse


def subject(text: str, **changes: object) -> Subject:
    fields: dict[str, object] = {
        "text": text.lower(),
        "author_id": "42",
        "author_handle": "maya",
        "kinds": frozenset(),
        "contents": frozenset(),
        "mentions": frozenset(),
        "language": "en",
    }
    return Subject(**{**fields, **changes})


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("refund", "I want a REFUND.", True),
        ("refund", "refunds", False),
        ("refund", "#refund now", True),
        ("NebulaWatch", "@NebulaWatch hello", True),
        ("NebulaWatch", "nebulawatch手表", True),
        ("nebula", "nebulawatch", False),
        ("退款", "我要退款", True),
        ("退款", "我要退 款", False),
        ('"not working"', "it is not working", True),
        ('"not working"', "it is working, not idle", False),
        ('"doesn\'t work"', "it doesn't work", True),
        ('"charged twice"', "charged\ntwice", True),
        ("watch refund", "refund my watch", True),
        ("watch refund", "my watch", False),
        ("watch OR tea", "tea", True),
        ("a b OR c", "c", True),
        ("a b OR c", "a", False),
        ("a (b OR c)", "a c", True),
        ("a (b OR c)", "c", False),
        ("(a OR b) (c OR d)", "b d", True),
        ("a -b", "a", True),
        ("a -b", "a b", False),
        ('a -"b c"', "a b", True),
        ('a -"b c"', "a b c", False),
        ('("星云手表" OR NebulaWatch) (退款 OR refund) -is:retweet', "星云手表 refund", True),
    ],
)
def test_queries_mean_what_x_says_they_mean(query: str, text: str, found: bool) -> None:
    assert parse(query)(subject(text)) is found


@pytest.mark.parametrize(
    ("query", "changes", "found"),
    [
        ("from:maya", {}, True),
        ("from:42", {}, True),
        ("a -from:42", {}, False),
        ("a -is:retweet", {"kinds": frozenset({"retweet"})}, False),
        ("a is:quote", {"kinds": frozenset({"quote"})}, True),
        ("@acme", {"mentions": frozenset({"acme"})}, True),
        ("a lang:en", {}, True),
        ("a lang:zh", {}, False),
        ("a has:links", {"contents": frozenset({"links"})}, True),
    ],
)
def test_operators_look_at_more_than_the_text(
    query: str, changes: dict[str, object], found: bool
) -> None:
    assert parse(query)(subject("a", **changes)) is found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "(a",
        "a)",
        "()",
        "a OR",
        "OR a",
        "a -(b OR c)",
        'a "b',
        '""',
        "a shape:round",
        "a is:purple",
        "-a",
        "is:retweet",
        "lang:en -is:retweet",
    ],
)
def test_what_x_would_refuse_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


@given(query=st.text(alphabet='ab"()- ORis:星', max_size=30), text=st.text(max_size=20))
def test_any_text_is_a_query_or_an_error(query: str, text: str) -> None:
    try:
        rule = parse(query)
    except QueryError:
        return
    assert rule(subject(text)) in (True, False)


@given(words=st.lists(st.from_regex("[a-z]{1,6}", fullmatch=True), min_size=1, max_size=6))
def test_a_post_of_all_words_is_found_and_one_of_none_is_not(words: list[str]) -> None:
    rule = parse(" ".join(words))
    assert rule(subject(" ".join(reversed(words))))
    assert not rule(subject("0"))
