"""Limits by a clock turned by hand, and answers of any shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.remote import talk
from sentiment.remote.limits import DAY_S, FAILURES, LONGEST_PAUSE_S, Budget, Limits, Refusal
from sentiment.scorer import Score
from tests.sentiment.desk import completion, honest, posts_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ratings", "id", "negative", "neutral", "positive", "complaint"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


def limits(hand: Hand, **changed: Any) -> Limits:
    usual = {
        "requests_per_minute": 1000,
        "requests_per_day": 10_000,
        "tokens_per_day": 1_000_000,
        "wait_s_per_minute": 20.0,
        "pause_s": 30.0,
    }
    return Limits(Budget(**(usual | changed)), hand)


def test_a_minute_is_any_sixty_seconds(hand: Hand) -> None:
    own = limits(hand, requests_per_minute=2)
    assert own.take() is None
    hand.now += 59
    assert own.take() is None
    assert own.take() is Refusal.OVER_BUDGET
    hand.now += 1
    assert own.take() is None
    assert own.take() is Refusal.OVER_BUDGET


def test_a_day_of_requests_and_of_tokens(hand: Hand) -> None:
    requests, tokens = limits(hand, requests_per_day=1), limits(hand, tokens_per_day=10)
    for own in (requests, tokens):
        assert own.take() is None
        own.charge(11)
        assert own.take() is Refusal.OVER_BUDGET
    hand.now += DAY_S
    for own in (requests, tokens):
        assert own.take() is None


@given(waits=st.lists(st.tuples(st.floats(0, 40), st.floats(0, 30)), max_size=30))
def test_judging_never_waits_longer_than_allowed_in_any_minute(
    waits: list[tuple[float, float]],
) -> None:
    hand = Hand()
    own = limits(hand, wait_s_per_minute=20)
    spent: list[tuple[float, float]] = []
    for idle_s, wanted_s in waits:
        hand.now += idle_s
        waited_s = min(wanted_s, own.may_wait_s())
        hand.now += waited_s
        own.waited(waited_s)
        spent.append((hand.now, waited_s))
        recent = sum(amount for at, amount in spent if at > hand.now - 60)
        assert recent <= 20 + 1e-6


def test_failures_in_a_row_open_the_circuit_and_one_request_tries_it(hand: Hand) -> None:
    own = limits(hand)
    for _ in range(FAILURES - 1):
        own.failed()
    own.succeeded()
    own.failed()
    assert own.take() is None
    for _ in range(FAILURES - 1):
        own.failed()
    assert own.take() is Refusal.PAUSED
    hand.now += 30
    assert own.take() is None
    assert own.take() is Refusal.PAUSED
    own.failed()
    hand.now += 29
    assert own.take() is Refusal.PAUSED
    hand.now += 1
    assert own.take() is None
    own.succeeded()
    assert own.take() is None


def test_a_refusal_for_good_opens_it_at_once(hand: Hand) -> None:
    own = limits(hand)
    own.failed(for_good=True)
    assert own.take() is Refusal.PAUSED


def test_the_server_may_ask_for_a_pause_but_not_for_ever(hand: Hand) -> None:
    own = limits(hand)
    own.failed(retry_after_s=1e9)
    hand.now += LONGEST_PAUSE_S - 1
    assert own.take() is Refusal.PAUSED
    hand.now += 1
    assert own.take() is None


def answer(content: str) -> bytes:
    return json.dumps(completion(content)).encode()


def test_an_honest_answer_comes_home_in_order_whatever_its_own_order() -> None:
    question = talk.ask("m", ["太差了", "非常满意"])
    ratings = honest(posts_of(dict(question.body)))
    expected = talk.read(question, answer(json.dumps({"ratings": ratings})))
    assert [score.negative > 0.5 for score in expected] == [True, False]
    turned = talk.read(question, answer(json.dumps({"ratings": ratings[::-1]})))
    assert turned == expected


def read_or_refuse(question: talk.Question, content: bytes) -> list[Score] | None:
    try:
        return talk.read(question, content)
    except (talk.InvalidAnswer, talk.TamperedAnswer):
        return None


@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_read_or_refused(content: bytes) -> None:
    question = talk.ask("m", ["太差了"])
    assert read_or_refuse(question, content) is None
    assert read_or_refuse(question, answer(content.decode("latin-1"))) is None
    assert talk.tokens(question, content) > 0


@given(values=st.lists(JSON, min_size=3, max_size=3), key=st.sampled_from(["id", "negative"]))
def test_no_foreign_value_becomes_a_share(values: list[Any], key: str) -> None:
    question = talk.ask("m", ["太差了"])
    ratings = honest(posts_of(dict(question.body)))
    for row, value in zip(ratings, values, strict=True):
        row[key] = value
    scores = read_or_refuse(question, answer(json.dumps({"ratings": ratings})))
    for score in scores or []:
        parts = (score.negative, score.neutral, score.positive)
        assert all(0 <= part <= 1 for part in parts)
        assert sum(parts) == pytest.approx(1)


@given(texts=st.lists(st.text(max_size=50), max_size=6))
def test_texts_are_values_of_json_and_nothing_else(texts: list[str]) -> None:
    question = talk.ask("m", texts)
    posts = posts_of(dict(question.body))
    assert [post["text"] for post in posts] == [talk.BAD_CONTROL, *texts, talk.GOOD_CONTROL]
    assert len(set(question.ids)) == len(texts) + 2
    assert question == talk.ask("m", texts)
