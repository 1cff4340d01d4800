"""Terms that cannot do their work are named with their place."""

from __future__ import annotations

import pytest

from alerts.terms import validate_terms
from alerts.watch import Brand
from tests.alerts.posts import NEBULA, WORDS


@pytest.mark.parametrize(
    ("brand", "words", "place", "complaint"),
    [
        (Brand("……"), (), "brands[0].name", "no letter"),
        (Brand("云"), (), "brands[0].name", "single character"),
        (Brand("星云", aliases=("X",)), (), "brands[0].aliases[0]", "single character"),
        (Brand("NebulaWatch", aliases=("nebula watch",)), (), "brands[0].aliases[0]", "the same"),
        (Brand("星云", exclude=("星 云",)), (), "brands[0].name", "also excluded"),
        (Brand("星云", exclude=("月亮",)), (), "brands[0].exclude[0]", "excludes nothing"),
        (Brand("星云"), ("退款", ""), "complaint_words[1]", "no letter"),
        (Brand("星云"), ("退款", "投诉", "退-款"), "complaint_words[2]", "complaint_words[0]"),
        (Brand("星云"), ("不退，不换",), "complaint_words[0]", "sentence end"),
        (
            Brand("星云", complaint_words=("退款",)),
            ("退款",),
            "brands[0].complaint_words[0]",
            "the same as complaint_words[0]",
        ),
    ],
)
def test_one_sentence_names_place_and_flaw(
    brand: Brand, words: tuple[str, ...], place: str, complaint: str
) -> None:
    (sentence,) = validate_terms([brand], words)
    assert sentence.startswith(f"{place}: ")
    assert complaint in sentence


def test_two_brands_may_not_share_a_name_but_may_share_words() -> None:
    one = Brand("星云", complaint_words=("黑屏",))
    other = Brand("月亮", aliases=("星雲",), complaint_words=("黑屏",))
    (sentence,) = validate_terms([one, other], ())
    assert sentence.startswith("brands[1].aliases[0]: ")
    assert "brands[0].name" in sentence


def test_sound_terms_pass() -> None:
    assert validate_terms([NEBULA, Brand("Yahoo!")], WORDS) == ()
