"""Which clauses speak about the watched brand, and what comparisons say about it."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sentiment.comparing import OURS, PAD, THEIRS
from sentiment.focus import About, Focus, Lean, Target, focus
from sentiment.text import fold

WORSE, OPEN, BETTER = Lean
NEBULA = Target(("星云手表", "NebulaWatch", "星云"), ("远山表", "Farhill"))
FARHILL = Target(("远山表", "Farhill"), ("星云手表", "NebulaWatch", "星云"))
XIAOMI = Target(("小米",))


def read(text: str, target: Target = NEBULA) -> Focus:
    return focus(fold(text), target)


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        # The brand is left for another.
        ("星云手表翻车了，还是远山表香", "星云手表翻车了,", "还是远山表香"),
        (
            "星云手表又黑屏了，客服也不理，远山表就没这毛病",
            "星云手表又黑屏了,客服也不理,",
            "远山表就没这毛病",
        ),
        ("星云续航垃圾。远山表三天一充，屏幕也亮", "星云续航垃圾。", "远山表三天一充,屏幕也亮"),
        (
            "远山表真香，星云手表表带三天就断，退款也不给",
            "星云手表表带三天就断,退款也不给",
            "远山表真香,",
        ),
        ("星云手表闪退，但是远山表很稳", "星云手表闪退,", "但是远山表很稳"),
        ("远山表挺好用的 星云手表天天死机 气死", "星云手表天天死机 气死", "远山表挺好用的 "),
        ("我的远山表没坏过，反观星云，半年返修两次", "反观星云,半年返修两次", "我的远山表没坏过,"),
        ("早知道买远山表了，这破星云天天重启", "这破星云天天重启", "早知道买远山表了,"),
        ("星云手表又死机，后悔没买远山表", "星云手表又死机,", "后悔没买远山表"),
        (
            "My NebulaWatch died again. My Farhill still runs.",
            "my nebulawatch died again.",
            " my farhill still runs.",
        ),
        (
            "Farhill rocks, NebulaWatch keeps crashing",
            " nebulawatch keeps crashing",
            "farhill rocks,",
        ),
        (
            "NebulaWatch lost my data twice but Farhill never did",
            "nebulawatch lost my data twice ",
            "but farhill never did",
        ),
        (
            "Farhill answers in a minute while NebulaWatch keeps me on hold",
            "while nebulawatch keeps me on hold",
            "farhill answers in a minute ",
        ),
        (
            "NebulaWatch broke, should have bought a Farhill",
            "nebulawatch broke,",
            " should have bought a farhill",
        ),
        # The other way about: another is the bad one.
        ("远山表又坏了，早知道买星云手表", "早知道买星云手表", "远山表又坏了,"),
        ("手机又死机了，还是星云手表香", "还是星云手表香", "手机又死机了,"),
        (
            "My Farhill broke again, should've bought NebulaWatch",
            " should've bought nebulawatch",
            "my farhill broke again,",
        ),
        (
            "Farhill froze. Support was rude. Switched to NebulaWatch",
            " switched to nebulawatch",
            "farhill froze. support was rude.",
        ),
    ],
)
def test_each_clause_goes_to_the_brand_that_it_speaks_of(text: str, ours: str, theirs: str) -> None:
    found = read(text)
    assert found.text == ours
    assert "".join(found.parts(fold(text), About.OTHER)) == theirs
    assert found.narrowed
    if any(name in fold(text) for name in ("远山表", "farhill")):
        mirrored = read(text, FARHILL)
        assert mirrored.text == theirs
        assert mirrored.lean == -found.lean


@pytest.mark.parametrize(
    "text",
    [
        "星云手表到手就坏了，客服也不理",
        "手机到手就坏了，星云客服也不理",
        "气死我了！客服不回消息。星云手表真垃圾",
        "星云手表，在远山表旗舰店隔壁买的，三天就坏",
        "星云手表从远山表代工厂出来的，掉漆",
        "星云手表和远山表都是垃圾",
        "远山表、星云手表我都退货了",
        "这表真差，退款！",
        "远山表真差，退款！",
        "星云手表 屏幕 碎了",
        "#星云手表# 屏幕碎了 客服不理",
        "NebulaWatch won't sync, and the strap broke. Refund me.",
        "the strap broke. nebulawatch support ignores me",
        "bought my nebulawatch on farhill's site, it broke in a week",
        "nebulawatch does not connect to my farhill phone, useless",
        "nothing but trouble here",
        "",
        "。。。！！",
        "🙃🙃🙃",
    ],
)
def test_the_whole_text_is_read_where_nothing_else_is_spoken_of(text: str) -> None:
    found = read(text)
    assert found.text == fold(text)
    assert not found.narrowed
    assert (found.lean, found.signs) == (OPEN, ())


@pytest.mark.parametrize(
    ("text", "lean"),
    [
        # 比
        ("星云手表比远山表好用多了", BETTER),
        ("星云手表比远山表差远了", WORSE),
        ("远山表比星云手表快", WORSE),
        ("远山表比星云手表垃圾多了", BETTER),
        ("星云手表不比远山表好", WORSE),
        ("星云手表不比远山表差", OPEN),
        ("没有什么比星云手表更好用", BETTER),
        ("没有比星云手表更垃圾的了", WORSE),
        ("星云手表比以前差多了", WORSE),
        ("星云手表这次不错，比远山表强", BETTER),
        ("星云手表比远山表好吗？", OPEN),
        ("如果星云手表比远山表便宜就好了", OPEN),
        ("星云手表性价比还行", OPEN),
        # other words of measure
        ("星云手表不如远山表", WORSE),
        ("远山表还不如星云手表", BETTER),
        ("星云手表没有远山表流畅", WORSE),
        ("远山表比不上星云", BETTER),
        ("星云手表吊打远山表", BETTER),
        ("星云手表被远山表吊打", WORSE),
        ("远山表秒杀星云", WORSE),
        ("比起远山表的客服，星云手表简直天使", BETTER),
        ("比起远山表，星云手表简直是噩梦", WORSE),
        ("和远山表相比，星云太慢了", WORSE),
        ("不像远山表，星云手表从来不卡，很稳", BETTER),
        ("星云手表跟远山表没法比", WORSE),
        # going over
        ("从远山表换到星云手表，真香", BETTER),
        ("从远山表换到星云手表，后悔了", WORSE),
        ("从星云手表换到远山表，后悔了", BETTER),
        ("星云手表再坏我就换远山表了", WORSE),
        ("我不会换远山表的，星云够用", BETTER),
        ("星云手表又黑屏，早知道买远山表", WORSE),
        ("还是星云手表靠谱", BETTER),
        ("星云手表又死机，还是老款香", WORSE),
        ("星云手表坏了，给我换了新机", OPEN),
        ("还是星云手表的老问题，黑屏", OPEN),
        # English
        ("NebulaWatch is way better than Farhill", BETTER),
        ("Farhill is better than NebulaWatch", WORSE),
        ("anything is better than NebulaWatch", WORSE),
        ("nothing is better than NebulaWatch", BETTER),
        ("NebulaWatch isn't better than Farhill", WORSE),
        ("NebulaWatch is worse than Farhill ever was", WORSE),
        ("NebulaWatch is not as reliable as Farhill", WORSE),
        ("NebulaWatch beats Farhill any day", BETTER),
        ("nothing beats NebulaWatch", BETTER),
        ("I prefer Farhill over NebulaWatch", WORSE),
        ("I prefer NebulaWatch to Farhill", BETTER),
        ("buy a Farhill instead of NebulaWatch", WORSE),
        ("switched from Farhill to NebulaWatch, best decision", BETTER),
        ("switched from NebulaWatch to Farhill, best decision", WORSE),
        ("Switched from Farhill to NebulaWatch. Biggest mistake.", WORSE),
        ("left NebulaWatch for Farhill and regret it", BETTER),
        ("never switching to Farhill, NebulaWatch works", BETTER),
        ("unlike Farhill, NebulaWatch actually picks up the phone", BETTER),
        ("unlike Farhill, NebulaWatch never picks up the phone", WORSE),
        ("compared to Farhill, NebulaWatch is a nightmare", WORSE),
        ("which is better than the other, NebulaWatch or Farhill?", OPEN),
        ("we deserve better service than this, NebulaWatch", OPEN),
        ("ditched my Acme band for NebulaWatch", OPEN),
    ],
)
def test_comparisons_lean(text: str, lean: Lean) -> None:
    found = read(text)
    assert found.lean is lean
    codes = {sign.code for sign in found.signs} - {"other_brand"}
    expected: set[str] = {"better_than_other"} if lean is BETTER else {"worse_than_other"}
    assert codes == (expected if lean is not OPEN else set())
    assert all(sign.text in fold(text) for sign in found.signs)


def test_a_comparison_is_mirrored_in_the_other_brand_s_eyes() -> None:
    for text in (
        "星云手表比远山表好用",
        "从星云手表换到远山表，后悔了",
        "NebulaWatch beats Farhill",
    ):
        assert (read(text).lean, read(text, FARHILL).lean) == (BETTER, WORSE)


def test_comparisons_that_contradict_each_other_leave_it_open() -> None:
    found = read("星云手表屏幕比远山表好，续航不如远山表")
    assert found.lean is OPEN
    assert [sign.code for sign in found.signs] == ["better_than_other", "worse_than_other"]


def test_what_only_serves_as_a_measure_is_asked_about_last() -> None:
    text = "星云手表屏幕碎了，远山表比星云手表耐用"
    assert read(text).text == "星云手表屏幕碎了,"
    assert read("远山表比星云手表耐用").text == "远山表比星云手表耐用"
    assert read("远山表比星云手表耐用").clauses[0].about is About.COMPARED


def test_a_change_of_subject_ends_what_is_inherited() -> None:
    text = fold("远山表很好，星云手表黑屏了，晚安各位，明天见")
    found = focus(text, NEBULA)
    assert found.text == "星云手表黑屏了,"
    assert found.parts(text, About.NEITHER) == ("晚安各位,明天见",)


def test_a_part_with_nothing_but_the_name_is_no_part() -> None:
    text = "Farhill refunds in a day. Why can't you, NebulaWatch?"
    assert read(text).text == fold(text)


def test_well_known_makers_need_no_list_and_their_own_products_are_not_rivals() -> None:
    assert read("小米翻车了，还是苹果香", XIAOMI).text == "小米翻车了,"
    assert read("小米翻车了，还是苹果香", Target(("苹果",))).text == "还是苹果香"
    assert not read("苹果客服不理人，iPhone 又黑屏", Target(("苹果",))).narrowed
    assert not read("小米手环断了，小米客服不理", Target(("小米手环",))).narrowed
    # What the configuration calls a rival is one.
    assert read("小米手环断了，小米电视不错", Target(("小米手环",), ("小米电视",))).narrowed


def test_traditional_characters_and_width_do_not_matter() -> None:
    assert read("星雲手錶翻車了，還是遠山表香").text == "星云手表翻车了,"
    target = Target(("ＮｅｂｕｌａＷａｔｃｈ",), ("遠山表",))
    assert read("nebulawatch 翻车了，还是远山表香", target).text == "nebulawatch 翻车了,"


def test_a_name_inside_another_word_is_no_name() -> None:
    target = Target(("orb",), ("ion",))
    assert read("my orb is dead, in my opinion a scam", target).text == fold(
        "my orb is dead, in my opinion a scam"
    )
    assert not read("forbidden ion", target).narrowed


PIECES = [
    *("星云手表", "nebulawatch", "远山表", "farhill", "苹果", "比", "不如", "还是", "换到", "从"),
    *("好", "差", "香", "坏了", "客服不理", "后悔", "than", "better", "switched to", "unlike"),
    *(",", "。", "!", " ", "//@", "\n", "but", "晚安", "🙃", "[微笑]", OURS, THEIRS, PAD, "\udfff"),
]
TEXTS = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(TEXTS, st.booleans())
@example("星云手表" * 3 + "比" * 50, True)
@example(f"星云手表{THEIRS}比{OURS}{PAD}好", True)
def test_any_text_is_read_and_nothing_is_made_up(text: str, folded: bool) -> None:
    text = fold(text) if folded else text
    found = focus(text, NEBULA)
    assert "".join(text[clause.start : clause.end] for clause in found.clauses) == text
    rest = iter(text)
    assert all(character in rest for character in found.text)
    assert all(sign.text and sign.text in text for sign in found.signs)
    assert focus(text, NEBULA) == found
    if not any(name in text for name in ("星云", "nebulawatch")):
        assert found == Focus(text, found.clauses)
        assert found.text == text


@given(TEXTS)
def test_without_names_everything_is_read(text: str) -> None:
    assert focus(text, Target(())).text == text
    assert focus(text, Target(("", "  "), ("",))).text == text


@given(st.text(max_size=12), st.lists(st.text(max_size=8), max_size=3), TEXTS)
def test_any_name_will_do(name: str, rivals: list[str], text: str) -> None:
    whole = f"{fold(name)}{text}"
    found = focus(whole, Target((name,), tuple(rivals)))
    assert bool(found.text) is bool(whole)


@pytest.mark.parametrize(
    "piece",
    ["星云手表比", "和星云手表相比,", "星云手表 比远山表,", "nebulawatch is better than farhill, "],
)
def test_a_long_post_of_nothing_but_comparisons_is_read_in_time(piece: str) -> None:
    text = piece * (5_000 // len(piece))
    began = perf_counter()
    focus(text, NEBULA)
    assert perf_counter() - began < 0.5
