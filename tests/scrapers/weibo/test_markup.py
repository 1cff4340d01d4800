"""From the HTML of a text to what a reader sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.weibo.markup import Parted, Plain, mentions, one_line, part, read_html, read_plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("没有标签", "没有标签"),
        ("A &amp; B &lt;3", "A & B <3"),
        ("一<br />二<br/><br>三", "一\n二\n\n三"),
        ('坏了<span class="url-icon"><img alt="[怒]" src="x" /></span>！', "坏了[怒]！"),
        ('<img alt="头像" src="x">字', "字"),
        ('<a href="x"><span class="surl-text">#话题#</span></a> 说', "#话题# 说"),
        ('<em class="s-color-red">星云</em><em class="s-color-red">手表</em>黑屏', "星云手表黑屏"),
        ("\n      星云\u200b手表\ue627 黑屏\n    ", "星云手表 黑屏"),
        ('<a><i class="wbicon">2</i>上海</a>', "上海"),
        ("字<!-- 注释 --><script>var x</script><style>a{}</style>", "字"),
        ("半截 <a href='", "半截"),
        ("http://t.example/x", "http://t.example/x"),
        ("emoji 👨\u200d👩\u200d👧 留下", "emoji 👨\u200d👩\u200d👧 留下"),
        ("坏的\ud83d\x00字", "坏的字"),
    ],
)
def test_reads_html_as_a_reader_does(markup: str, text: str) -> None:
    assert read_html(markup) == Plain(text)


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ('买了 ...<a href="/status/5">全文</a>', Plain("买了", cut=True)),
        (
            '买了...<a action-type="fl_unfold">展开<i class="wbicon">c</i></a>',
            Plain("买了", cut=True),
        ),
        ("买了…<a>展开全文<i class='wbicon'>c</i></a>", Plain("买了", cut=True)),
        ('买了三天 <a>收起<i class="wbicon">d</i></a>', Plain("买了三天")),
        ("点<a>展开</a>的<a>链接</a>", Plain("点的链接", cut=True)),
    ],
)
def test_fold_links_go_and_tell_whether_the_text_is_cut(markup: str, plain: Plain) -> None:
    assert read_html(markup) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("买了 &gt; 三天\n坏了", Plain("买了 > 三天\n坏了")),
        ("买了...全文： http://m.weibo.cn/6100000002/53 \u200b", Plain("买了", cut=True)),
        ("看全文： http://elsewhere.example/1", Plain("看全文： http://elsewhere.example/1")),
    ],
)
def test_api_texts_are_plain(text: str, plain: Plain) -> None:
    assert read_plain(text) == plain


@pytest.mark.parametrize(
    ("text", "own", "quoted"),
    [
        ("这也太坑了//@甲:坏了//@乙:转发微博", "这也太坑了", "//@甲:坏了//@乙:转发微博"),
        ("//@甲:坏了", "", "//@甲:坏了"),
        ("同 // @甲:坏了", "同", "// @甲:坏了"),
        ("转发微博", "", ""),
        ("转发微博//@甲:坏了", "", "//@甲:坏了"),
        ("见 http://@甲 的主页", "见 http://@甲 的主页", ""),
        ("没有链", "没有链", ""),
    ],
)
def test_words_are_parted_at_the_first_quotation(text: str, own: str, quoted: str) -> None:
    assert part(text) == Parted(own, quoted)


def test_mentions_are_names_once_each_and_no_mail_addresses() -> None:
    assert mentions("@星云手表 你好@阿青-1：a@b.example @星云手表") == ("星云手表", "阿青-1")


@settings(max_examples=100)
@given(st.text() | st.text(alphabet="<>/a b!-&;[]\"'=imgalt", max_size=80))
def test_any_markup_gives_storable_text(markup: str) -> None:
    for text in (read_html(markup).text, read_plain(markup).text, one_line(markup)):
        assert not any(unicodedata.category(char) in ("Cs", "Co") for char in text)
        assert "\x00" not in text
        assert text == text.strip()


def test_very_deep_markup_does_not_break_the_reader() -> None:
    assert "底" in read_html("<b>" * 200 + "底" + "</b>" * 200).text
    assert isinstance(read_html("<b>" * 5000 + "底").text, str)
