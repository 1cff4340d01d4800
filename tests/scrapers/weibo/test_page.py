"""The pages of s.weibo.com: today's markup, that of 2018, and what is no result page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.errors import Challenged, Drifted, NotLoggedIn, SourceError, Unreachable
from scrapers.post import Standing
from scrapers.weibo.listing import Cursor, Listing
from scrapers.weibo.page import LAST_PAGE, read_listing
from tests.scrapers.weibo.answers_fixture import NOW, ago, fixture, web_card, web_page

FIRST = Cursor()
PAGE = fixture("web_search.html")


@pytest.fixture(scope="module")
def page() -> Listing:
    return read_listing(PAGE, FIRST, NOW)


def test_every_card_with_a_post_is_read(page: Listing) -> None:
    assert [entry.post.author.name for entry in page.entries] == [
        "数码老周",
        "海边的阿青",
        "晨跑的林",
        "小雨",
        "晚风",
        "城市晚报",
    ]
    assert (page.bad, page.trouble, page.following) == ((), None, Cursor(2))
    assert [entry.placed for entry in page.entries] == [True] + [False] * 5
    assert [entry.note for entry in page.entries] == [""] * 6


def test_a_card_in_full(page: Listing) -> None:
    post = page.entries[1].post
    assert post.text == "刚到手的星云手表就黑屏[怒]客服电话打不通，要求退款！"
    assert post.published_at == ago(seconds=40)
    assert post.author.id == "6100000001"
    assert post.url.startswith("https://weibo.com/6100000001/")
    assert post.client == "iPhone客户端"
    assert (post.reposts, post.comments, post.likes) == (0, 0, 0)


def test_the_long_text_is_taken_from_the_page(page: Listing) -> None:
    post = page.entries[2].post
    assert post.text == (
        "#星云手表# 买了十天，充电时发烫，表带处起了红疹，\n投诉 @星云手表 也没用 上海·人民广场"
    )
    assert not post.truncated
    assert post.mentions == ("星云手表",)
    assert post.author.standing is Standing.PERSONAL


def test_a_repost_and_whose_counts_are_whose(page: Listing) -> None:
    post = page.entries[3].post
    assert (post.text, post.quoted) == ("这也太坑了[泪]", "//@路过的甲:同款，也坏了")
    assert (post.reposts, post.comments, post.likes) == (0, 0, 0)
    assert post.original is not None
    assert post.original.author is not None
    assert (post.original.author.id, post.original.author.name) == ("6004281123", "星云手表")
    assert post.original.text == "星云手表春季新品今日发布"
    assert post.author.standing is Standing.ORDINARY


def test_a_repost_of_a_deleted_post(page: Listing) -> None:
    post = page.entries[4].post
    assert post.reposts_only
    assert post.original is not None
    assert (post.original.id, post.original.author) == ("", None)
    assert post.original.text == "抱歉，此微博已被作者删除。"


def test_counts_and_a_blue_v(page: Listing) -> None:
    post = page.entries[5].post
    assert (post.reposts, post.comments, post.likes) == (12_000, 3400, 105_000)
    assert post.author.standing is Standing.ORGANISATION


def test_the_markup_of_2018() -> None:
    listing = read_listing(fixture("web_search_2018.html"), FIRST, NOW)
    first, second, third = (entry.post for entry in listing.entries)
    assert first.text == "星云手表又黑屏了[怒]"
    assert (first.reposts, first.comments, first.likes) == (28, 11, 7)
    assert (second.text, second.likes) == ("今天的提示：星云手表可刷公交", 0)
    assert second.author.standing is Standing.ORGANISATION
    assert third.author.standing is Standing.PERSONAL
    assert [entry.note for entry in listing.entries] == ["", "", ""]
    assert listing.following == Cursor(2)


def test_relative_times_count_from_the_servers_clock_not_ours() -> None:
    page = web_page(web_card(ago(minutes=5), "5分钟前"))
    late = read_listing(page, FIRST, ago(hours=-3))
    assert late.entries[0].note == ""
    assert read_listing(page.replace("5分钟前", "9分钟前"), FIRST, NOW).entries[0].note


@pytest.mark.parametrize(
    ("page", "following"),
    [
        (web_page(web_card(NOW, "刚刚"), next_page=2), Cursor(2)),
        (web_page(web_card(NOW, "刚刚")), None),
        (web_page(web_card(NOW, "刚刚")).replace("m-page", "m-pages"), None),
        (
            web_page(*(web_card(ago(minutes=i), "") for i in range(10))).replace("m-page", "pager"),
            Cursor(2),
        ),
    ],
)
def test_the_next_page(page: str, following: Cursor | None) -> None:
    assert read_listing(page, FIRST, NOW).following == following


def test_there_is_no_page_after_the_last() -> None:
    page = web_page(web_card(NOW, "刚刚"), next_page=51)
    assert read_listing(page, Cursor(LAST_PAGE), NOW).following is None


def test_an_id_that_is_gone_from_the_card_is_found_in_the_link() -> None:
    page = re.sub(r' mid="[0-9]+"', "", web_page(web_card(ago(minutes=5), "5分钟前")))
    assert read_listing(page, FIRST, NOW).entries[0].post.published_at == ago(minutes=5)


def test_a_card_that_cannot_be_read_is_kept() -> None:
    broken = web_card(ago(minutes=2), "2分钟前").replace("feed_list_content", "feed_text")
    listing = read_listing(web_page(broken, web_card(NOW, "刚刚")), FIRST, NOW)
    assert len(listing.entries) == 1
    (bad,) = listing.bad
    assert (bad.reason, "黑屏" in bad.raw) == ("no text", True)


def test_changed_classes_inside_the_cards_are_drift() -> None:
    page = PAGE.replace("feed_list_content", "feed_text")
    listing = read_listing(page, FIRST, NOW)
    assert isinstance(listing.trouble, Drifted)
    assert len(listing.bad) == 6


CAPTCHA = "<html><body>您的操作存在异常，请输入验证码</body></html>"
SHELL = '<html><body><div id="app"></div></body></html>'
NO_CARDS = web_page()


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (fixture("web_login.html"), NotLoggedIn),
        ("<script>location='https://passport.weibo.com/sso/signin?x'</script>", NotLoggedIn),
        ("<html><title>登录 - 微博</title></html>", NotLoggedIn),
        (web_page(logged_in=0), NotLoggedIn),
        (fixture("web_empty.html").replace("= '1'", "= '0'"), NotLoggedIn),
        (CAPTCHA, Challenged),
        (NO_CARDS, Drifted),
        (PAGE.replace("card-wrap", "x").replace("feed_list", "y").replace('mid="', 'z="'), Drifted),
        (SHELL, Drifted),
        (PAGE[:400], Unreachable),
        ("<html><head>", Unreachable),
    ],
)
def test_a_page_without_posts_is_told_for_what_it_is(page: str, error: type[SourceError]) -> None:
    with pytest.raises(error):
        read_listing(page, FIRST, NOW)


def test_only_the_empty_page_is_empty() -> None:
    assert read_listing(fixture("web_empty.html"), FIRST, NOW) == Listing()


def test_words_of_posts_do_not_make_a_login_page_or_a_captcha() -> None:
    card = web_card(NOW, "刚刚", "请输入验证码 Sina Visitor System 扫描二维码登录")
    assert len(read_listing(web_page(card), FIRST, NOW).entries) == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(PAGE.rstrip()) - 1))
def test_a_page_cut_anywhere_is_never_taken_for_whole(length: int) -> None:
    try:
        listing = read_listing(PAGE[:length], FIRST, NOW)
    except SourceError:
        return
    closing = PAGE.index("</body>") + len("</body>")
    assert listing.trouble is not None or length >= closing
    cards = len(re.findall(r'action-type="feed_list_item" mid="[0-9]+" >', PAGE[:length]))
    assert len(listing.entries) + len(listing.bad) >= cards


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_page_with_a_piece_taken_out_loses_no_card_in_silence(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PAGE) - 1))
    size = data.draw(st.integers(1, 400))
    page = (
        PAGE[:start]
        + data.draw(st.sampled_from(["", "<", "</div>", "\x00", '"']))
        + PAGE[start + size :]
    )
    try:
        listing = read_listing(page, FIRST, NOW)
    except SourceError:
        return
    assert len(listing.entries) + len(listing.bad) >= 5 or listing.trouble is not None


@settings(max_examples=30, deadline=None)
@given(st.text() | st.text(alphabet="<>/div class=\"card-wrap\" mid='1'", max_size=200))
def test_any_text_is_refused_or_read(page: str) -> None:
    try:
        listing = read_listing(page, FIRST, NOW)
    except SourceError:
        return
    assert listing.entries or listing.bad
