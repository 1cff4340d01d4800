"""Texts of unequal length as arrays: nothing is lost, whatever is taken out of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.training.ragged import Batch, Ragged, Shelf, join, ragged
from tests.sentiment.model.slow import grams

TEXTS = ["坏了", "", "it's broken 退款!", " ", "no", "好" * 9]
SOME = st.lists(st.text(st.sampled_from("ab' 坏了!"), max_size=12), min_size=1, max_size=8)


def per_token(text: str) -> list[Counter[int]]:
    """The buckets of each token, as the slow way has them."""
    kinds = grams(text)
    found: list[Counter[int]] = [Counter() for _ in kinds[0]]
    for gram in (gram for kind in kinds for gram in kind):
        found[gram.token][gram.bucket] += 1
    return found


def of_batch(batch: Batch) -> list[list[Counter[int]]]:
    """The buckets of each token of each text of a batch."""
    ends = [*batch.firsts.tolist(), len(batch.buckets)][1:]
    tokens = [
        Counter(batch.buckets[first:end].tolist())
        for first, end in zip(batch.firsts.tolist(), ends, strict=True)
    ]
    texts: list[list[Counter[int]]] = [[] for _ in batch.per_text]
    for owner, token in zip(batch.owner.tolist(), tokens, strict=True):
        texts[owner].append(token)
    assert [len(text) for text in texts] == batch.per_text.tolist()
    sizes = [sum(token.total() for token in text) for text in texts]
    assert sizes == batch.counts.tolist()
    return texts


@settings(max_examples=60, deadline=None)
@given(SOME, st.data())
def test_a_batch_has_the_texts_that_were_asked_for(texts: list[str], data: st.DataObject) -> None:
    shelf = Shelf(ragged(texts))
    assert len(shelf) == len(texts)
    chosen = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=10))
    batch = shelf.batch(np.array(chosen, dtype=np.int64))
    assert of_batch(batch) == [per_token(texts[number]) for number in chosen]


def test_more_texts_than_are_read_at_once() -> None:
    texts = TEXTS * 100
    shelf = Shelf(ragged(texts))
    assert len(shelf) == 600
    assert of_batch(shelf.batch(np.arange(490, 510))) == [per_token(t) for t in texts[490:510]]


def test_what_is_joined_is_as_if_read_together() -> None:
    joined, together = join([ragged(TEXTS[:2]), ragged(TEXTS[2:])]), ragged(TEXTS)
    for name in Ragged.__slots__:
        assert np.array_equal(getattr(joined, name), getattr(together, name))


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_features_are_left_out_and_tokens_stay(share: float) -> None:
    texts = ["坏了 it's broken 退款!", "", "好的"] * 60
    shelf, rng = Shelf(ragged(texts)), np.random.default_rng(3)
    whole, rest = shelf.batch(np.arange(180)), shelf.batch(np.arange(180), share, rng)
    assert rest.per_text.tolist() == whole.per_text.tolist()
    assert rest.owner.tolist() == whole.owner.tolist()
    assert len(rest.buckets) == pytest.approx((1 - share) * len(whole.buckets), rel=0.1)
    for less, all_of_it in zip(of_batch(rest), of_batch(whole), strict=True):
        assert all(a <= b for a, b in zip(less, all_of_it, strict=True))


def test_without_dropout_nothing_is_left_out() -> None:
    shelf = Shelf(ragged(TEXTS))
    batch = shelf.batch(np.arange(6), 0.0, np.random.default_rng(1))
    assert of_batch(batch) == [per_token(text) for text in TEXTS]
