from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text import clean, fold, language, simplify

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  坏了\n\n退款\t吧 ", "坏了 退款 吧"),
        ("@星云手表 退款 http://t.cn/A6abc网页链接", "退款"),
        ("看这里https://example.com/a?b=1&c=2坏了", "看这里 坏了"),
        ("回复@小李:手表坏了", "回复 :手表坏了"),
        ("@NebulaWatch退款", "退款"),
        ("mail me@example.com", "mail me@example.com"),
        ("退\u200b款\u2060！", "退款!"),
        ("ＲＥＦＵＮＤ　１２３", "REFUND 123"),
        ("气死了[怒][泪]😡", "气死了[怒][泪]😡"),
        ("#星云手表# 黑屏", "#星云手表# 黑屏"),
        ("a\x00b\ud83dc", "abc"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(ANY_TEXT)
def test_clean_leaves_nothing_invisible(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("頭髮乾燥，皇后說：請退款", "头发干燥，皇后说：请退款"),
        ("refund", "refund"),
        ("已经是简体", "已经是简体"),
        ("", ""),
    ],
)
def test_simplify(text: str, expected: str) -> None:
    assert simplify(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我要退款！", "我要退款!"),
        ("我要退貨", "我要退货"),
        ("REFUND Ｎｏｗ", "refund now"),
        ("can’t", "can't"),
        ("@黑猫投诉 看看", "@黑猫投诉 看看"),
        ("坏了 https://example.com/refund", "坏了  "),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(ANY_TEXT)
def test_fold_takes_anything_and_is_lower_case(text: str) -> None:
    folded = fold(text)
    assert not any("A" <= character <= "Z" for character in folded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("手表坏了，客服不理人", "zh"),
        ("手錶壞了，客服不理人", "zh"),
        ("iPhone15真的坏了 refund", "zh"),
        ("Apple Store 客服不理人", "zh"),
        ("超の好吃，就是配送太慢", "zh"),
        ("坏", "zh"),
        ("My watch is broken and I want a refund", "en"),
        ("MY WATCH IS BROKEN", "en"),
        ("My 星云手表 is broken and I want a refund", "en"),
        ("@星云手表 where is my refund", "en"),
        ("refund", "en"),
        ("これは壊れています", "other"),
        ("返金してください、壊れた", "other"),
        ("환불해 주세요", "other"),
        ("Верните деньги", "other"),
        ("أريد استرداد أموالي", "other"),
        ("", "other"),
        ("😀😡", "other"),
        ("[怒][怒]", "other"),
        ("12315 !!!", "other"),
        ("https://example.com/refund", "other"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language(text) == expected


@given(ANY_TEXT)
def test_every_text_has_a_language(text: str) -> None:
    assert language(text) in {"zh", "en", "other"}
