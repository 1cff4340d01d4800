"""Terms that cannot do their work are named with their place."""

from __future__ import annotations

import pytest

from alerts.terms import review_terms, validate_terms
from alerts.watch import Brand
from tests.alerts.posts import NEBULA, WORDS

Case = tuple[Brand, tuple[str, ...], str, str]

UNUSABLE: list[Case] = [
    (Brand("……"), (), "brands[0].name", "no letter"),
    (Brand("星云", exclude=("星 云",)), (), "brands[0].name", "also excluded"),
    (Brand("星云"), ("退款", ""), "complaint_words[1]", "no letter"),
    (Brand("星云"), ("不退，不换",), "complaint_words[0]", "sentence end"),
]
DOUBTFUL: list[Case] = [
    (Brand("云"), (), "brands[0].name", "single character"),
    (Brand("星云", aliases=("X",)), (), "brands[0].aliases[0]", "single character"),
    (Brand("NebulaWatch", aliases=("nebula watch",)), (), "brands[0].aliases[0]", "the same"),
    (Brand("星云", exclude=("月亮",)), (), "brands[0].exclude[0]", "excludes nothing"),
    (Brand("星云"), ("退款", "投诉", "退-款"), "complaint_words[2]", "complaint_words[0]"),
    (
        Brand("星云", complaint_words=("退款",)),
        ("退款",),
        "brands[0].complaint_words[0]",
        "the same as complaint_words[0]",
    ),
]


@pytest.mark.parametrize(("brand", "words", "place", "complaint"), UNUSABLE)
def test_an_unusable_term_is_named_with_place_and_flaw(
    brand: Brand, words: tuple[str, ...], place: str, complaint: str
) -> None:
    (sentence,) = validate_terms([brand], words)
    assert sentence.startswith(f"{place}: ")
    assert complaint in sentence
    assert review_terms([brand], words) == ()


@pytest.mark.parametrize(("brand", "words", "place", "complaint"), DOUBTFUL)
def test_a_doubtful_term_is_legal_and_remarked_upon(
    brand: Brand, words: tuple[str, ...], place: str, complaint: str
) -> None:
    (sentence,) = review_terms([brand], words)
    assert sentence.startswith(f"{place}: ")
    assert complaint in sentence
    assert validate_terms([brand], words) == ()


def test_two_brands_may_not_share_a_name_but_may_share_words() -> None:
    one = Brand("星云", complaint_words=("黑屏",))
    other = Brand("月亮", aliases=("星雲",), complaint_words=("黑屏",))
    (sentence,) = validate_terms([one, other], ())
    assert sentence.startswith("brands[1].aliases[0]: ")
    assert "brands[0].name" in sentence


def test_sound_terms_pass() -> None:
    assert validate_terms([NEBULA, Brand("Yahoo!")], WORDS) == ()
    assert review_terms([NEBULA, Brand("Yahoo!")], WORDS) == ()
