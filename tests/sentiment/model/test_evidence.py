"""Evidence is what the network was told about, in the text's own words."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.model.shipped import ShippedScorer, normalise
from sentiment.scorer import Evidence
from tests.sentiment.model.slow import grams
from tests.sentiment.model.tiny import STEP, by_chance, by_words

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
ALIKE = st.text(st.sampled_from("ab' \n坏差好。!😡\ud83d"), max_size=40)


def knows(**steps: int) -> ShippedScorer:
    return ShippedScorer(by_words(steps))


def why(scorer: ShippedScorer, text: str) -> tuple[Evidence, ...]:
    (found,) = scorer.explain([text])
    return found


def weight(steps: int, text: str) -> float:
    """What a feature of so many steps adds to a text's log-odds."""
    return steps * STEP / sqrt(sum(map(len, grams(normalise(text)))))


def test_the_word_that_the_network_knows_and_its_weight() -> None:
    text = "客服今天真差啊"
    (found,) = why(knows(差=100), text)
    assert found == Evidence("差", round(weight(100, text), 2))


def test_good_words_weigh_less_than_nothing() -> None:
    (found,) = why(knows(excellent=-100), "An EXCELLENT watch")
    assert found.text == "excellent"
    assert found.weight < 0


def test_neighbours_of_one_mind_are_one_piece() -> None:
    scorer = knows(太=50, 差=50, 好=-50)
    assert [each.text for each in why(scorer, "这个太差了")] == ["太差"]
    assert {each.text for each in why(scorer, "差好差")} == {"差", "好"}
    assert [each.text for each in why(scorer, "差的差")] == ["差", "差"]


def test_texts_side_by_side_share_no_piece() -> None:
    scorer = knows(差=50)
    found = scorer.explain(["差", "", "差", "好", "差差"])
    assert [[each.text for each in pieces] for pieces in found] == [
        ["差"],
        [],
        ["差"],
        [],
        ["差差"],
    ]


def test_a_pair_is_shared_by_its_words() -> None:
    text = "那是差评吧"
    (found,) = why(knows(差评=100), text)
    assert found == Evidence("差评", round(weight(100, text), 2))
    assert why(knows(差评=100), "差了评") == ()


def test_the_heaviest_come_first_and_no_more_than_four() -> None:
    scorer = knows(甲=40, 乙=-50, 丙=60, 丁=70, 戊=-80, 己=90)
    found = why(scorer, "甲x乙x丙x丁x戊x己")
    assert [each.text for each in found] == ["己", "戊", "丁", "丙"]
    assert [each.weight > 0 for each in found] == [True, False, True, True]


def test_what_does_not_stand_out_is_left_out() -> None:
    text = "甲x乙x丙"
    assert [each.text for each in why(knows(甲=100, 乙=31, 丙=29), text)] == ["甲", "乙"]
    assert why(knows(甲=1, 乙=1), text) == ()


def test_long_pieces_are_cut() -> None:
    assert [each.text for each in why(knows(差=100), "差" * 60)] == ["差" * 24]
    (found,) = why(knows(abcdefghij=100), " ".join(["abcdefghij"] * 5))
    assert len(found.text) == 24


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(ANYTHING, ALIKE), max_size=5))
def test_pieces_stand_in_the_text_whatever_the_company(texts: list[str]) -> None:
    scorer = CHANCE
    together = scorer.explain(texts)
    assert together == [why(scorer, text) for text in texts]
    for text, found in zip(texts, together, strict=True):
        assert all(each.text and each.text in normalise(text) for each in found)
        weights = [abs(each.weight) for each in found]
        assert weights == sorted(weights, reverse=True)


CHANCE = ShippedScorer(by_chance())


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_to_show_for_nothing(text: str) -> None:
    assert why(CHANCE, text) == ()
