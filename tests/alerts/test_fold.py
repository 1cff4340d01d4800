"""Which posts are one story."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.fold import fold_key, passes_on, story_text
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


def test_short_texts_are_their_own_story_and_their_reposts_join_it() -> None:
    short = post("星云手表 退款")
    assert key(short) == "weibo:p:5301"
    assert key(replace(short, id="9")) == "weibo:p:9"
    assert key(repost("转发微博", short)) == key(short)


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
