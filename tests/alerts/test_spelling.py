"""Bare letters of a text, and where each of them stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.spelling import is_invisible, origins, squeeze


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Refund", "refund"),
        ("ＲＥＦＵＮＤ１２３", "refund123"),
        ("退 款…不*退", "退款不退"),
        ("退款。不退，好！", "退款\n不退\n好\n"),
        ("頭髮乾淨", "头发干净"),
        ("Straße ﬁne", "strassefine"),
        ("Café cafe\u0301", "cafecafe"),
        ("ガラス ｶﾞﾗｽ", "ガラスカ゛ラス".replace("゛", "")),
        ("⾦①ⓡ™㎏🈲", "金1r"),
        ("a\u200bb\u202ec\ufe0fd\U000e0041", "abcd"),
        ("𠮷", "𠮷"),
    ],
)
def test_bare_letters(text: str, letters: str) -> None:
    assert squeeze(text) == letters


@given(st.text())
def test_each_letter_comes_from_the_character_it_is_said_to(text: str) -> None:
    letters, positions = squeeze(text), origins(text)
    assert len(letters) == len(positions)
    assert positions == sorted(positions)
    assert all(
        letter in squeeze(text[position])
        for letter, position in zip(letters, positions, strict=True)
    )


@given(st.text())
def test_bare_letters_have_nothing_left_to_take_off(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)


@pytest.mark.parametrize("character", ["\u200b", "\u0301", "\ufe0f", "\u202e", "\U000e0100"])
def test_invisible_characters(character: str) -> None:
    assert is_invisible(character)
    assert squeeze(character) == ""


def test_padding_is_visible() -> None:
    assert not any(map(is_invisible, " .*，😀丨"))
