from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.chain import Chain, split

WORDS = st.text(st.sampled_from("手表坏了 ,。abc退款!?😡"), min_size=1).map(str.strip).filter(bool)
NAMES = st.text(st.sampled_from("小李_-a1星云"), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "own", "quoted"),
    [
        ("", "", ()),
        ("手表坏了", "手表坏了", ()),
        ("我的也是//@小李:手表坏了", "我的也是", ("手表坏了",)),
        ("我的也是//@小李：坏了//@Mia_W:真的？", "我的也是", ("坏了", "真的？")),
        ("一 // @小李: 二 //@阿云-1 ：三 ", "一", ("二", "三")),
        ("一／／＠小李：二", "一", ("二",)),
        ("//@小李:手表坏了", "", ("手表坏了",)),
        ("转发微博", "", ()),
        ("轉發微博。//@小李:坏了", "", ("坏了",)),
        ("Repost //@小李:Reposted//@阿云:坏了", "", ("坏了",)),
        ("转发微博的人都是谁", "转发微博的人都是谁", ()),
        ("回复@小李:坏了", "坏了", ()),
        ("回复@小李：回覆@阿云:坏了//@小李:回复@我:真的", "坏了", ("真的",)),
        ("回复@小李", "回复@小李", ()),
        ("一//@小李:", "一", ()),
        ("一//@小李 二", "一", ("二",)),
        (
            '一//<a href="/n/x" target="_blank">@小李</a>:二//<a>@阿云</a>：三',
            "一",
            ("二", "三"),
        ),
        ("看https://@example.com/a", "看https://@example.com/a", ()),
        ("价格//质量 @小李:都不行", "价格//质量 @小李:都不行", ()),
        ("@小李:你看", "@小李:你看", ()),
        ("RT @mia_w: it broke", "", ("it broke",)),
        ("RT @mia_w it broke", "", ("it broke",)),
        ("So true! RT @mia_w: it broke RT @leo: again", "So true!", ("it broke", "again")),
        ("look QT @mia_w: it broke", "look", ("it broke",)),
        ("no way “@mia_w: it broke", "no way", ("it broke",)),
        ("rt @mia_w: it broke", "", ("it broke",)),
        ("follow us and RT @mia_w to win", "follow us and RT @mia_w to win", ()),
        ("START @mia_w: hello", "START @mia_w: hello", ()),
    ],
)
def test_split(text: str, own: str, quoted: tuple[str, ...]) -> None:
    assert split(text) == Chain(own, quoted)


@given(st.lists(st.tuples(NAMES, WORDS), max_size=4), WORDS, st.sampled_from([":", "：", " : "]))
def test_every_level_comes_back(levels: list[tuple[str, str]], own: str, colon: str) -> None:
    text = own + "".join(f"//@{name}{colon}{words}" for name, words in levels)
    assert split(text) == Chain(own, tuple(words for _, words in levels))


@given(st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from('/@:：回复RT"“ '))))
def test_any_text_is_split_and_nothing_is_added(text: str) -> None:
    chain = split(text)
    assert chain.own in text
    assert all(level and level in text for level in chain.quoted)
