"""Which posts are one story."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.fold import fold_key, passes_on, story_letters, story_text
from alerts.similar import MAX_LETTERS, letters
from alerts.watch import Hit
from scrapers.post import Author, Original, Platform, Post
from tests.alerts.posts import COMPLAINT, NEBULA, OTHER, hit_of, post, repost

ROOT = post()


def key(it: Post) -> str:
    return fold_key(it, hit_of(it))


@pytest.mark.parametrize(
    "it",
    [
        repost("", ROOT),
        repost("转发微博", ROOT),
        repost("太过分了，支持维权到底，星云手表出来说话啊", ROOT),
        repost("也要退款", ROOT),
        repost("", ROOT, quoted="//@小周在路上:星云手表问题真多"),
        post(f"{COMPLAINT} http://t.cn/A6xyz", id="9", author=OTHER),
        post(f"{COMPLAINT}@小周在路上 [怒][怒]", id="9", author=OTHER),
        post("星雲手錶買了三天就黑屏 客服一直不理 我要退款！！！", id="9", author=OTHER),
    ],
)
def test_reposts_and_copies_are_the_root_s_story(it: Post) -> None:
    assert key(it) == key(ROOT)


@pytest.mark.parametrize(
    "it",
    [
        post("星云手表买了五天就黑屏，客服一直不理，我要退款", id="9"),
        post(platform=Platform.TWITTER),
        repost("我的星云手表也是，上个月买的，屏幕花了两次，要求退款", ROOT),
    ],
)
def test_other_complaints_are_other_stories(it: Post) -> None:
    assert key(it) != key(ROOT)


def test_order_numbers_tell_copies_of_a_form_letter_apart() -> None:
    first = post("星云手表订单 1001 一直不发货，申请退款没人理")
    second = replace(first, text=first.text.replace("1001", "1002"))
    assert key(first) != key(second)


def test_a_text_cut_by_the_platform_is_still_the_same() -> None:
    root = post(COMPLAINT + "，".join(["说好的七天无理由，现在电话不接消息不回"] * 10))
    cut = replace(root, id="9", text=root.text[:140] + "…")
    assert key(repost("", cut, original=Original("5301", cut.text, root.author))) == key(root)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("订单 20261105123", "订单 20261105124"),
        ("被扣了 299 元", "被扣了 399 元"),
    ],
)
def test_figures_count_wherever_they_stand(text: str, other: str) -> None:
    form = COMPLAINT + "，".join(["说好的七天无理由，现在电话不接消息不回"] * 6)
    first, second = post(form + text), post(form + other, id="9")
    assert key(first) != key(second)
    assert key(replace(first, id="10", text=f"{form}！！{text}")) == key(first)


def test_short_texts_are_their_own_story_and_their_reposts_join_it() -> None:
    short = post("星云手表 退款")
    assert key(short) == "weibo:p:5301"
    assert key(replace(short, id="9")) == "weibo:p:9"
    assert key(repost("转发微博", short)) == key(short)


def test_few_english_words_are_no_story() -> None:
    common, whole = post("NebulaWatch broken"), post("NebulaWatch broken after three days")
    assert key(common) == "weibo:p:5301"
    assert key(whole) == key(replace(whole, id="9"))


def test_a_deleted_original_is_known_by_its_id() -> None:
    gone = Original("5301", "抱歉，此微博已被作者删除。查看帮助：退款说明", None)
    first = post("星云手表 转发", id="8", author=OTHER, original=gone)
    second = post("星云手表 看看", id="9", original=gone)
    assert key(first) == key(second) == "weibo:p:5301"


def test_an_answer_to_the_brand_is_the_answerer_s_story() -> None:
    official = Author(NEBULA.accounts[Platform.WEIBO], "星云手表官方")
    announcement = post("星云手表新品明天上午十点准时发售，敬请期待", author=official)
    mine = repost("我上次的退款还没到账呢，先把这事办了", announcement)
    yours = repost("客服说的退款等了一个月也没有消息", announcement, id="5303")
    assert not passes_on(mine, hit_of(mine))
    assert key(mine) != key(yours)


SAID = "我的星云手表也黑屏了，客服让我等，等了一个月还是不给退款"
"""What somebody wrote on reposting the brand's own announcement."""
LAUNCH = post(
    "星云手表新品明天上午十点准时发售，敬请期待",
    id="5300",
    author=Author(NEBULA.accounts[Platform.WEIBO], "星云手表官方"),
)
COMPLAINER = repost(SAID, LAUNCH, id="5310")


@pytest.mark.parametrize(
    "it",
    [
        repost("", LAUNCH, quoted=f"//@阿林爱跑步:{SAID}"),
        repost("太过分了", LAUNCH, quoted=f"//@小周:转发//@阿林爱跑步：{SAID}"),
        repost("也要退款", LAUNCH, quoted=f"//@小周:支持退款！// @阿林爱跑步:{SAID}"),
        repost("看看", LAUNCH, quoted=f"//@阿林爱跑步:{SAID}//@路人:买不起"),
        post("太过分了", id="9", author=OTHER, quoted=f"//@阿林爱跑步:{SAID}"),
        post("", id="9", author=OTHER, quoted=SAID),
    ],
)
def test_a_chain_tells_the_story_of_who_complained_in_it_first(it: Post) -> None:
    """It may hang on a post that complains of nothing, or on none that the platform gave us."""
    assert passes_on(it, hit_of(it))
    assert key(it) == key(COMPLAINER)
    assert story_letters(it, hit_of(it)) == letters(SAID)
    own = f"{it.text}\n" if it.text else ""
    assert story_text(it, hit_of(it)) == own + SAID


def test_a_chain_under_a_complaint_belongs_to_the_complaint() -> None:
    it = repost("", ROOT, quoted=f"//@小周:{SAID}")
    assert key(it) == key(ROOT)
    assert story_text(it, hit_of(it)) == COMPLAINT


def test_few_words_in_a_chain_are_known_by_what_they_hang_on() -> None:
    under = repost("", LAUNCH, quoted="//@小周:退款啊")
    assert key(under) == key(repost("", LAUNCH, id="9", quoted="//@阿林:赶紧退款"))
    assert key(under) != key(COMPLAINER)
    alone = post("转", id="9", quoted="//@小周:星云手表退款啊")
    assert key(alone) == "weibo:p:9"


def test_who_complains_anew_under_a_chain_has_a_story_of_their_own() -> None:
    it = repost("我上周买的星云手表充不进电，退款申请被拒了两次", LAUNCH, quoted=f"//@小周:{SAID}")
    assert not passes_on(it, hit_of(it))
    assert story_text(it, hit_of(it)) == it.text
    assert key(it) != key(COMPLAINER)


def test_an_answer_on_x_is_its_author_s_own_story() -> None:
    """X gives the words of those who are answered only where they are quoted or reposted."""
    text = "My NebulaWatch stopped working after one day, I want a refund right now"
    root = post(text, id="18", platform=Platform.TWITTER)
    answer = post(
        "@lin @nebula same with my NebulaWatch, broken after a week and nobody answers",
        id="19",
        author=OTHER,
        platform=Platform.TWITTER,
        mentions=("900100",),
    )
    quote = repost("they never learn", root, id="20", platform=Platform.TWITTER)
    own = repost(
        "My NebulaWatch is broken, too: two months and no refund for me",
        root,
        id="21",
        platform=Platform.TWITTER,
    )
    pure = repost("", root, id="22", platform=Platform.TWITTER)
    assert key(quote) == key(pure) == key(root)
    assert len({key(root), key(answer), key(own)}) == 3


def test_the_representative_is_what_the_root_says() -> None:
    def told(it: Post) -> str:
        return story_letters(it, hit_of(it))

    assert told(ROOT) == told(repost("转发微博", ROOT)) == letters(COMPLAINT)
    gone = Original("5301", "抱歉，此微博已被作者删除。查看帮助：退款说明", None)
    assert told(post("星云手表 转发", original=gone)) == ""
    assert len(told(post(f"{COMPLAINT}{'啊' * 5000}"))) == MAX_LETTERS


def test_the_story_is_told_by_own_words_and_by_the_original_that_they_pass_on() -> None:
    def told(it: Post) -> str:
        return story_text(it, hit_of(it))

    assert told(ROOT) == COMPLAINT
    assert told(repost(" ", ROOT)) == COMPLAINT
    assert told(repost("太惨了", ROOT)) == f"太惨了\n{COMPLAINT}"
    own = repost("我的星云手表也是，上个月买的，屏幕花了两次，要求退款", ROOT)
    assert told(own) == own.text


@given(st.text(), st.text(max_size=90), st.text(max_size=40))
def test_a_root_and_its_bare_repost_never_part(text: str, root_id: str, own_id: str) -> None:
    root = post(text, id=root_id)
    bare = repost("", root, id=own_id)
    hit = Hit("星云手表", (), "r1")
    assert fold_key(root, hit) == fold_key(bare, hit)
    assert len(fold_key(root, hit)) <= 80


@given(
    st.lists(
        st.sampled_from(["//@", "// @小周", ":", "：", "@", "/", "退款", "星云手表", "啊" * 9])
    )
)
def test_any_chain_has_a_story(pieces: list[str]) -> None:
    it = post("", id="9", quoted=f"星云手表退款{''.join(pieces)}")
    hit = hit_of(it)
    assert passes_on(it, hit)
    assert len(fold_key(it, hit)) <= 80
    assert story_text(it, hit) in it.quoted
    assert "退款" in story_text(it, hit)
