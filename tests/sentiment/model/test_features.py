"""Fast features are the slow ones', alone and in any company, and stand where they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentiment.model.features import BUCKETS, KEYS, Features, features
from tests.sentiment.model.slow import Gram, grams

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
"""Also lone surrogates, control characters, and scripts that the model never saw."""
ALIKE = st.text(st.sampled_from("ab'é19 \n坏了!?😡\ud83dßɏɐЖ٣"), max_size=40)
TEXTS = st.one_of(ANYTHING, ALIKE)


def of_text(found: Features, text: int) -> list[list[Gram]]:
    """What a batch's features are for one of its texts."""
    first = found.tokens.offsets[text]
    per_kind = []
    for kind in found.kinds:
        mine = slice(kind.offsets[text], kind.offsets[text + 1])
        columns = (
            kind.key[mine],
            kind.token[mine] - first,
            kind.start[mine] - found.origins[text],
            kind.end[mine] - found.origins[text],
        )
        per_kind.append([Gram(*row) for row in zip(*map(np.ndarray.tolist, columns), strict=True)])
    return per_kind


@settings(max_examples=200, deadline=None)
@given(TEXTS)
@example("")
@example(" ")
@example("\n\n")
@example("a")
@example("'")
@example("坏")
@example("\ud83d\ude21 \ude21")
@example("it's 1st 99!!坏 了\x00é")
@example("\U0010ffff÷×_A\t\xa0")
def test_features_are_those_of_the_slow_way(text: str) -> None:
    assert of_text(features([text]), 0) == grams(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, max_size=6))
@example([])
@example(["", "", ""])
@example(["a", "b", "c"])
@example(["坏", "了"])
@example([" a", "a ", "\na\n"])
def test_a_text_has_the_same_features_in_any_batch(texts: list[str]) -> None:
    found = features(texts)
    assert [of_text(found, number) for number in range(len(texts))] == [grams(t) for t in texts]
    assert found.counts.tolist() == [sum(map(len, grams(text))) for text in texts]
    assert all(kind.offsets[-1] == len(kind.key) for kind in found.kinds)


@pytest.mark.parametrize(
    "unit",
    ["坏了 it's broken! ", "坏", "a", "\ud83d", "😡 \n"],
    ids=["mixed", "zh", "a", "half", "😡"],
)
def test_100_kilobytes(unit: str) -> None:
    text = unit * (100_000 // len(unit.encode("utf-8", "surrogatepass")))
    found = features(["before", text, "after"])
    assert of_text(found, 1) == grams(text)
    assert of_text(found, 2) == grams("after")


def test_places_are_those_of_the_words() -> None:
    text = "客服 didn't reply"
    said = [
        {text[gram.start : gram.end] for gram in kind} for kind in of_text(features([text]), 0)[:3]
    ]
    assert said[0] == {"客", "服", "didn't", "reply"}
    assert said[1] == {"客服", "服 didn't", "didn't reply"}
    assert said[2] == {"客服 didn't", "服 didn't reply"}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("no yes", [(-1, 2, 0), (0, 3, 0), (2, 5, 1), (3, 6, 1), (4, 7, 1)]),
        ("a", [(-1, 2, 0)]),
        ("no!", [(-1, 2, 0)]),
        ("坏no", [(1, 4, 1)]),
        ("no\n", [(-1, 2, 0), (0, 3, 0)]),
        ("坏了", []),
    ],
)
def test_pieces_of_words_reach_the_space_around_them_and_no_punctuation(
    text: str, pieces: list[tuple[int, int, int]]
) -> None:
    found = of_text(features(["ab", text, "cd"]), 1)
    assert [(gram.start, gram.end, gram.token) for gram in found[3]] == pieces


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_every_feature_has_a_token_that_it_touches(texts: list[str]) -> None:
    for number, text in enumerate(texts):
        per_kind = of_text(features(texts), number)
        for gram in (gram for kind in per_kind for gram in kind):
            token = per_kind[0][gram.token]
            assert gram.start < token.end
            assert token.start < gram.end
            assert -1 <= gram.start < gram.end <= len(text) + 1


def test_buckets_are_the_front_of_keys() -> None:
    for kind in features(["退款 three weeks, nobody answers", "好"]).kinds:
        assert (kind.bucket == kind.key * BUCKETS // KEYS).all()
        assert ((kind.key >= 0) & (kind.key < KEYS)).all()


def test_all_digits_read_alike_and_nothing_else_does() -> None:
    def keys(text: str) -> list[list[int]]:
        return [kind.key.tolist() for kind in features([text]).kinds]

    assert keys("等了 37 days") == keys("等了 90 days")
    assert keys("等了 37 days") != keys("等了 377 days")
    assert keys("坏了") != keys("了坏")
    assert keys("a b") != keys("ab")


def test_keys_spread_evenly() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefghijklmnop" for b in "qrstuvwxyz" for c in "aeiouy"]
    keys = features([" ".join(words)]).tokens.key
    # 960 words in 2 million places: two of them in one place by chance about once in five.
    assert len(set(keys.tolist())) >= len(words) - 3
    assert len(set((keys * 16 // KEYS).tolist())) == 16
