from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.text import clean, fold, language, simplify, unify

JOINER = "\u200d"
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  坏了\n\n退款\t吧 ", "坏了 退款 吧"),
        ("@星云手表 退款 http://t.cn/A6abc网页链接", "退款"),
        ("看这里https://example.com/a?b=1&c=2坏了", "看这里 坏了"),
        ("看pic.twitter.com/aB3 坏了 bit.ly/x", "看 坏了"),
        ("看t.cn/A6abc O网页链接 坏了。", "看 坏了。"),
        ("回复@小李:手表坏了", "手表坏了"),
        ("回覆 @小李：坏了", "坏了"),
        ("坏了//@小李：是吗//@NebulaWatch:抱歉", "坏了 // 是吗 // 抱歉"),
        ("so true RT @mia_w: it broke", "so true // it broke"),
        ("QT @mia_w it broke", "// it broke"),
        ("ART @mia broke", "ART broke"),
        ("@NebulaWatch退款", "退款"),
        ("mail me@example.com", "mail me@example.com"),
        ("退\u200b款\u2060！", "退款!"),
        ("ＲＥＦＵＮＤ　１２３", "REFUND 123"),
        ("气死了[怒][泪]😡", "气死了[怒][泪]😡"),
        ("［怒］", "[怒]"),
        ("[怒][怒][怒][怒][怒]", "[怒][怒][怒]"),
        ("#星云手表# 黑屏", "星云手表 黑屏"),
        ("我的#星云手表#黑屏", "我的 星云手表 黑屏"),
        ("#NebulaWatch is #broken, we are #1", "NebulaWatch is broken, we are 1"),
        ("C# # F", "C# # F"),
        ("【避雷】坏了", "【避雷】坏了"),
        ("哈哈哈哈哈哈 nooooooo!!!!!", "哈哈哈 nooo!!!"),
        ("哈哈哈 100000元 66666", "哈哈哈 100000元 66666"),
        ("坏了。。。。。。", "坏了。。。"),
        ("手錶壞了，請退貨", "手表坏了,请退货"),
        ("Q&amp;A &lt;3 &#128545; 1 &lt; 2", "Q&A <3 😡 1 < 2"),
        ('<span class="h">星云</span><em>手表</em>坏了<br />退款', "星云手表坏了 退款"),
        (
            '气<img alt=[怒] src="//x/1.png" style="w">死<img src="/2.png" alt="[泪]">',
            "气[怒]死[泪]",
        ),
        ("a <b and c> d <3", "a d <3"),
        (
            "一家👨\u200d👩\u200d👧和❤\ufe0f\u200d🔥退\u200d款",
            "一家👨\u200d👩\u200d👧和❤\ufe0f\u200d🔥退款",
        ),
        ("a\x00b\ud83dc", "abc"),
        ("\ud83d\ude21气", "😡气"),
        ("\ude21\ud83d", ""),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(ANY_TEXT)
def test_clean_leaves_nothing_invisible(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    unseen = {c for c in cleaned if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    assert unseen <= {JOINER}


@given(st.text(st.sampled_from("哈a!1 #@/")))
def test_nothing_but_digits_is_repeated_more_than_three_times(text: str) -> None:
    assert not re.search(r"(\D)\1{3}", clean(text))


@given(
    st.text(st.one_of(st.characters(), st.sampled_from("，！？：；（）～…\u3000退é")), max_size=40)
)
def test_unify_is_nfkc(text: str) -> None:
    assert unify(text) == unicodedata.normalize("NFKC", text)


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
        ("坏\u200b了\r\n\n退\t款\u2028x", "坏了\n退 款\nx"),
        ("AT&amp;T 手機", "at&t 手机"),
        ("<em>手表</em>着\ud83d火", "手表着火"),
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
        ("ＲＥＦＵＮＤ please", "en"),
        ("ﾘﾌｧﾝﾄﾞして", "other"),
        ("谢谢 спасибо большое", "other"),
        ("https://example.com/refund", "other"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language(text) == expected


@given(ANY_TEXT)
def test_every_text_has_a_language(text: str) -> None:
    assert language(text) in {"zh", "en", "other"}
