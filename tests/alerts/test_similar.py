"""Which texts are copies of one another, and how they are found among many."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.similar import (
    BANDS,
    CROWD,
    MAX_LETTERS,
    MIN_SHARED,
    MOST_CANDIDATES,
    Recent,
    bands,
    is_distinctive,
    letters,
    nearest,
    ranked,
    same_story,
)

ZH = (
    "星云手表买了三天就黑屏，客服一直不理我。打电话永远排队，等了半个小时没有人接！"
    "说好的七天无理由退货，店家却要我自己掏运费。希望有关部门管一管，大家买之前想清楚。"
)
EN = (
    "My Nebula watch died after three days and nobody at support picks up the phone. "
    "I was told to wait for an email that never came. Do not buy this, I want my money back!"
)
ORDER = "星云手表订单 20261105123 一直不发货，申请退款没人理，客服态度恶劣"
CHARGE = "Nebula charged me $129 twice for one strap and support does not answer my emails"


def same(one: str, other: str) -> bool:
    return same_story(letters(one), letters(other))


def shared(one: str, other: str) -> int:
    return len({*bands(letters(one))} & {*bands(letters(other))})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("星雲手錶，買了　３天！！", "星云手表买了3天"),
        ("@小周在路上 星云手表 http://t.cn/A6xyz [怒]😡", "星云手表"),
        ("Doesn't work: Café №1,299.50", "doesntworkcafe129950"),
        ("#星云手表# 黑屏\n\n【求助】", "星云手表黑屏求助"),
        ("", ""),
    ],
)
def test_letters_are_what_is_left_of_a_text(text: str, kept: str) -> None:
    assert letters(text) == kept


@pytest.mark.parametrize(
    ("root", "copy"),
    [
        (ZH, ZH),
        (ZH, f"转发：{ZH}"),
        (ZH, f"RT @小周在路上: {ZH}"),
        (ZH, f"【求扩散】{ZH} 我也遇到过，太气人了，支持维权到底！"),
        (ZH, f"#消费维权# {ZH}"),
        (ZH, ZH[:50]),
        (ZH, ZH[:45] + "……展开全文"),
        (ZH, ZH.replace("打电话永远排队，", "")),
        (ZH, ZH[20:39] + ZH[:20] + ZH[39:]),
        (ZH, ZH.replace("一直不理我", "一值不理我").replace("半个小时", "半个多小时")),
        (ZH, ZH.replace("客服", "客 服").replace("手表", "手錶")),
        (EN, f"RT @lin: {EN}"),
        (EN, f"{EN} same here, somebody fix this please"),
        (EN, EN[:100] + "…"),
        (EN, EN.replace("Do not", "Don't").upper()),
        (EN, EN.replace("told to wait", "tld to waitt")),
        (EN, EN.replace("I was told to wait for an email that never came. ", "")),
        (ORDER, f"帮转！{ORDER}"),
        (ORDER, f"{ORDER}（转）12"),
        (CHARGE, f"{CHARGE} #fail"),
        (
            "3 万五公里的星云，轴承响，帮我检查了没收钱",
            "#315 曝光# 3 万五公里的星云，轴承响，帮我检查了没收钱",
        ),
        (
            "Nebula watch broken again, refund me",
            "#help Nebula watch broken again, refund me! why is that so",
        ),
    ],
)
def test_an_edited_copy_tells_the_same_story(root: str, copy: str) -> None:
    assert same(root, copy)
    assert same(copy, root)
    assert shared(root, copy) >= MIN_SHARED


@pytest.mark.parametrize(
    ("mine", "yours"),
    [
        (ORDER, ORDER.replace("5123", "5124")),
        (ORDER, ORDER.replace("20261105123", "20261105")),
        (ORDER, f"{ORDER}，扣款 300 元".replace("5123", "9981")),
        (CHARGE, CHARGE.replace("129", "1290")),
        (
            "星云手表买了三天就黑屏，客服一直不理，要求退款",
            "星云手表买了五天就黑屏，客服一直不理，要求退款",
        ),
        (
            "星云手表第 3 次催了还不发货，再不处理就投诉",
            "星云手表第 4 次催了还不发货，再不处理就投诉",
        ),
        ("星云的手机用了几天就黑屏，售后推来推去", "星云的耳机用了几天就黑屏，售后推来推去"),
        ("星云的葡萄汁里面喝出了异物，厂家不管", "星云的蜜桃汁里面喝出了异物，厂家不管"),
        (ZH, ZH.replace("手表", "充电宝")),
        (EN, EN.replace("watch", "headset")),
        ("Nebula phone crashed again, fix it", "Nebula watch crashed again, fix it"),
        ("星云手表退款三次都被客服拒绝了", "星云手表客服电话打不通，屏幕碎了没人修"),
        (ZH, EN),
    ],
)
def test_other_figures_and_other_things_are_other_people_s_complaints(
    mine: str, yours: str
) -> None:
    assert not same(mine, yours)
    assert not same(yours, mine)


@pytest.mark.parametrize("text", ["星云手表垃圾，退款", "worst watch ever", "！！！", ""])
def test_words_that_many_use_are_no_story(text: str) -> None:
    assert not is_distinctive(letters(text))
    assert not same(text, text)
    assert bands(letters(text)) == ()


def test_a_phrase_inside_a_text_that_says_more_is_no_copy_of_it() -> None:
    phrase = "星云手表质量太差了，大家别买"
    assert not same(phrase, f"上个月在商场给父亲买的生日礼物，结果{phrase}，客服让我自己寄回厂里")
    assert same(phrase, f"{phrase}，气死了")


def test_a_number_through_which_the_platform_cut_is_still_the_same() -> None:
    long = f"{ZH}我的订单号是20261105123，请尽快处理。"
    cut = long[: long.index("20261105123") + 6]
    assert same(long, f"{cut}…")
    assert not same(long, cut + "999")


def test_only_the_beginning_of_a_very_long_text_counts() -> None:
    told = "".join(chr(0x4E00 + n) for n in range(MAX_LETTERS))
    assert same_story(f"{told}甲乙丙丁", f"{told}{'戊' * 9000}")
    assert bands(f"{told}甲乙丙丁") == bands(told)


def test_bands_are_the_same_on_every_machine() -> None:
    assert bands(letters("星云手表买三天就黑屏，要退")) == (
        *(115265452, 1719328677, 2284545539, 2301073026, 2479603721),
        *(2900161720, 3144792783, 3279806301, 3481637688),
    )


@given(st.text())
def test_bands_are_few_sorted_and_fit_a_column(text: str) -> None:
    found = bands(letters(text))
    assert len(found) <= BANDS
    assert all(one < other for one, other in pairwise(found))
    assert all(0 <= band < 2**32 for band in found)
    assert bool(found) == is_distinctive(letters(text))


def test_a_cut_leaves_a_long_story_enough_bands() -> None:
    long = "".join(f"{ZH}{part}" for part in ("后来", EN, "最后我只好自己修", ORDER * 3))
    assert shared(long, long[:140]) >= BANDS // 4
    assert same(long, long[:140])


def test_most_bands_of_a_form_letter_stand_beside_its_figures() -> None:
    other = ORDER.replace("20261105123", "20269988777")
    assert shared(ORDER, other) <= BANDS - 6
    assert shared(ORDER, f"转发 {ORDER} 太气人了") > BANDS - 6


@given(
    st.text("甲乙丙丁戊己庚辛壬癸", min_size=20, max_size=60),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.text("甲乙丙丁戊己庚辛壬癸", min_size=5, max_size=60),
)
def test_a_story_keeps_its_number(before: str, one: int, other: int, after: str) -> None:
    assert same_story(f"{before}{one}{after}", f"{before}{other}{after}") == (one == other)


@given(st.text(), st.text())
def test_who_is_compared_with_whom_is_all_the_same(one: str, other: str) -> None:
    assert same(one, other) == same(other, one)
    assert same(one, one) == is_distinctive(letters(one))


@given(
    st.lists(st.sampled_from([*ZH.split("，"), *EN.split(" ")]), max_size=12),
    st.lists(st.sampled_from([*ZH.split("，"), *EN.split(" ")]), max_size=12),
)
def test_texts_of_the_same_phrases_are_compared_alike_both_ways(
    mine: list[str], yours: list[str]
) -> None:
    assert same("".join(mine), "".join(yours)) == same("".join(yours), "".join(mine))


@given(st.lists(st.sampled_from("，。！？ \n~…🙏【】#"), min_size=len(ZH), max_size=len(ZH)))
def test_punctuation_makes_no_other_story(marks: list[str]) -> None:
    dressed = "".join(mark + letter for mark, letter in zip(marks, letters(ZH), strict=False))
    assert letters(dressed) == letters(ZH)


def test_who_shares_the_rarest_band_comes_first() -> None:
    crowd = list(range(100, 110))
    assert ranked([crowd, [*crowd, 7], [7]])[:2] == [7, 100]
    assert ranked([[1, 2], [2, 3], [3]]) == [3, 2]
    assert ranked([[1], [2]]) == []
    assert ranked([]) == []
    many = list(range(MOST_CANDIDATES + 5))
    assert ranked([many, many]) == many[:MOST_CANDIDATES]


def test_the_first_of_the_candidates_that_fits_is_taken() -> None:
    told = letters(ZH)
    assert nearest(told, [(1, letters(EN)), (2, told), (3, told)]) == 2
    assert nearest(told, [(1, letters(EN))]) is None
    assert nearest(told, []) is None


def remembered(recent: Recent[str], key: str, text: str, brand: str = "星云手表") -> None:
    recent.add(brand, key, letters(text), bands(letters(text)))


def found(recent: Recent[str], text: str, brand: str = "星云手表") -> str | None:
    return recent.find(brand, letters(text), bands(letters(text)))


def test_a_batch_remembers_its_stories() -> None:
    recent: Recent[str] = Recent()
    remembered(recent, "zh", ZH)
    remembered(recent, "en", EN)
    remembered(recent, "order", ORDER)
    assert found(recent, f"转发 {ZH}") == "zh"
    assert found(recent, f"RT @lin {EN}") == "en"
    assert found(recent, ORDER.replace("5123", "5124")) is None
    assert found(recent, f"转发 {ZH}", brand="月亮") is None
    assert found(recent, "星云手表") is None


def test_copies_are_compared_with_the_representative_alone() -> None:
    """Edits lead step by step from any text to any other; no case follows them."""
    said = [*ZH.split("，"), "店员说屏幕是人为损坏", "要先交一千块才肯检查", "交了钱又说没有配件"]
    steps = ["，".join(said[at : at + 6]) for at in range(5)]
    assert all(same(one, other) for one, other in pairwise(steps))
    recent: Recent[str] = Recent()
    remembered(recent, "first", steps[0])
    assert [found(recent, text) for text in steps] == ["first", "first", None, None, None]


def test_a_crowd_of_form_letters_hides_none_of_them() -> None:
    recent: Recent[str] = Recent()
    letters_sent = [ORDER.replace("5123", f"{n:04}") for n in range(0, 20 * CROWD * 7, 7)]
    for number, text in enumerate(letters_sent):
        remembered(recent, str(number), text)
    assert [found(recent, f"帮转：{text} 太气人了") for text in letters_sent] == [
        str(number) for number in range(len(letters_sent))
    ]
