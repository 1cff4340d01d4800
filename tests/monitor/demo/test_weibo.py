from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from bs4 import BeautifulSoup

from monitor.demo.exchange import Fault
from monitor.demo.scenario import Placement, SampleOriginal, load_background, load_posts
from monitor.demo.weibo import StandWeibo
from monitor.demo.weibo_markup import BEIJING, count_text, time_text
from monitor.demo.world import World
from scrapers.post import Standing
from tests.conftest import Clock
from tests.monitor.demo.samples import ask, author, sample

LOGIN = {"Cookie": StandWeibo.login_cookie}


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock)


@pytest.fixture
def stand(world: World) -> Iterator[StandWeibo]:
    with StandWeibo(world) as stand:
        yield stand
    assert stand.defects == []


def search(stand: StandWeibo, query: str, tail: str = "", kind: int = 61, **kw: Any) -> Any:
    container = quote(f"100103type={kind}&q={query}&t=0", safe="")
    path = f"/api/container/getIndex?containerid={container}&page_type=searchall{tail}"
    return ask(stand, path, headers=kw.get("headers", LOGIN)).json()


def blogs(answer: Any) -> list[dict[str, Any]]:
    items = [
        item for card in answer["data"]["cards"] for item in (card, *card.get("card_group", ()))
    ]
    return [item["mblog"] for item in items if "mblog" in item]


def page(stand: StandWeibo, tail: str) -> BeautifulSoup:
    return BeautifulSoup(ask(stand, f"/weibo?q={tail}", headers=LOGIN).text, "lxml")


def cards(soup: BeautifulSoup) -> list[Any]:
    return soup.select("div.card-wrap[action-type=feed_list_item][mid]")


# what a search means


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("星云手表", True),
        ("星云手表 退款", True),
        ("退款  星云手表", True),
        ("nebulawatch", True),
        ("星云手表 投诉", False),
        ("星雲手錶", False),
        ("", False),
    ],
)
def test_a_search_wants_every_word(
    world: World, stand: StandWeibo, query: str, found: bool
) -> None:
    world.publish(sample("NebulaWatch 星云手表不给退款"))
    assert search(stand, query)["ok"] == int(found)


def test_a_search_looks_into_chain_and_original(world: World, stand: StandWeibo) -> None:
    first = sample("星云手表进水")
    world.publish(first)
    repost = world.publish(
        sample("唉", quoted="//@路人:维权吧", original=SampleOriginal(key=first.key))
    )

    assert [blog["mid"] for blog in blogs(search(stand, "星云手表 维权"))] == [repost.id]


# who may search


def test_without_a_cookie_there_is_a_login(stand: StandWeibo) -> None:
    answer = search(stand, "x", headers={})
    assert answer["ok"] == -100
    assert "passport.weibo.com" in answer["url"]


def test_a_visitor_may_search_until_forgotten(world: World, stand: StandWeibo) -> None:
    world.publish(sample("星云手表"))
    form = {"cb": "visitor_gray_callback", "tid": "", "from": "weibo"}
    script = ask(stand, "/visitor/genvisitor2", method="POST", data=form).text
    body = re.fullmatch(r"window\.(\w+) && \1\((.*)\);", script)
    assert body is not None
    answer = json.loads(body[2])
    visitor = {"Cookie": f"SUB={answer['data']['sub']}; SUBP={answer['data']['subp']}"}

    assert answer["retcode"] == 20000000
    assert search(stand, "星云手表", headers=visitor)["ok"] == 1
    assert "Sina Visitor System" in ask(stand, "/weibo?q=x", headers=visitor).text
    stand.forget_visitors()
    assert search(stand, "星云手表", headers=visitor)["ok"] == -100


def test_visitors_may_be_kept_out(world: World) -> None:
    with StandWeibo(world, visitors_may_search=False) as stand:
        form = {"cb": "f"}
        sub = re.search(
            '"sub": "(.*?)"', ask(stand, "/visitor/genvisitor2", method="POST", data=form).text
        )
        assert sub is not None
        assert search(stand, "x", headers={"Cookie": f"SUB={sub[1]}"})["ok"] == -100


@pytest.mark.parametrize("form", [{}, {"cb": "alert(1)"}])
def test_no_visitor_without_a_callback(stand: StandWeibo, form: dict[str, str]) -> None:
    answer = ask(stand, "/visitor/genvisitor2", method="POST", data=form).json()
    assert answer["retcode"] != 20000000


def test_config_tells_whether_we_are_logged_in(stand: StandWeibo) -> None:
    known = ask(stand, "/api/config", headers=LOGIN)
    assert known.json()["data"]["login"] is True
    assert {"XSRF-TOKEN", "_T_WM", "MLOGIN"} <= set(known.cookies)
    assert ask(stand, "/api/config").json()["data"]["login"] is False


def test_a_missing_parameter_is_a_500_of_its_own_kind(stand: StandWeibo) -> None:
    answer = ask(stand, "/api/container/getIndex", headers=LOGIN)
    assert answer.status_code == 500
    assert "Cannot read properties" in answer.json()["message"]


# the mobile answer


def test_a_post_on_the_mobile_page(world: World, stand: StandWeibo, clock: Clock) -> None:
    text = "<b>#星云手表# 坏了[怒]\n@星云手表官方 看 http://t.cn/A1 1&2"
    writer = author(3, standing=Standing.MEDIA, followers=1_989_000)
    post = world.publish(sample(text, author=writer, region="上海", client="iPhone", likes=7))
    (blog,) = blogs(search(stand, "星云手表"))

    assert blog["mid"] == blog["id"] == post.id
    assert blog["created_at"] == "Sun Nov 22 12:00:00 +0800 2026"
    assert blog["user"]["id"] == int(writer.id)
    assert blog["user"]["followers_count"] == "198.9万"
    assert blog["user"]["verified_type"] == 3
    assert blog["region_name"] == "发布于 上海"
    assert blog["attitudes_count"] == 7
    soup = BeautifulSoup(blog["text"], "lxml")
    assert soup.select_one("span.surl-text").text == "#星云手表#"
    assert soup.select_one("span.url-icon img")["alt"] == "[怒]"
    assert soup.select_one("a[href='/n/星云手表官方']").text == "@星云手表官方"
    assert soup.select_one("br") is not None
    assert "&lt;b&gt;" in blog["text"]
    assert "1&amp;2" in blog["text"]
    assert not blog["isLongText"]


def test_a_long_post_is_cut_and_told_whole_on_request(world: World, stand: StandWeibo) -> None:
    post = world.publish(sample("星云手表" + "长" * 200 + "退款"))
    (blog,) = blogs(search(stand, "星云手表"))
    whole = ask(stand, f"/statuses/extend?id={post.id}", headers=LOGIN).json()

    assert blog["isLongText"]
    assert blog["text"].endswith(f'...<a href="/status/{post.id}">全文</a>')
    assert "退款" not in blog["text"]
    assert whole["data"]["longTextContent"].endswith("退款")
    assert ask(stand, "/statuses/extend?id=1", headers=LOGIN).json()["ok"] == 0
    assert ask(stand, f"/statuses/extend?id={post.id}").json()["ok"] == -100


def test_reposts_bare_chained_and_of_something_deleted(world: World, stand: StandWeibo) -> None:
    first = sample("星云手表坏了")
    world.publish(first)
    passed_on = world.publish(sample("", original=SampleOriginal(key=first.key)))
    mourning = world.publish(sample("星云手表顶", quoted="//@甲:转", original=SampleOriginal()))
    shown = {blog["mid"]: blog for blog in blogs(search(stand, "星云手表"))}
    bare, gone = shown[passed_on.id], shown[mourning.id]

    assert bare["text"] == "转发微博"
    assert bare["retweeted_status"]["text"] == "星云手表坏了"
    assert gone["raw_text"] == "星云手表顶//@甲:转"
    assert "<a href='/n/甲'>@甲</a>" in gone["text"]
    assert gone["retweeted_status"]["user"] is None


def test_pinned_and_promoted_posts_come_first_and_both_depths_are_used(
    world: World, stand: StandWeibo
) -> None:
    world.publish(sample("星云手表旧闻", offset_s=-3e6, placement=Placement.PINNED))
    world.publish(sample("星云手表广告", offset_s=-9e5, placement=Placement.PROMOTED))
    for number in range(12):
        world.publish(sample(f"星云手表{number}"))
    answer = search(stand, "星云手表")
    shown = blogs(answer)

    assert len(shown) == 12
    assert {card["card_type"] for card in answer["data"]["cards"]} == {9, 11}
    assert shown[0]["title"]["text"] == "置顶"
    assert "WeiboADNatural" in shown[1]["mark"]
    assert len(blogs(search(stand, "星云手表", "&page=2"))) == 2


def test_paging_by_number_and_by_cursor_ends(world: World, stand: StandWeibo) -> None:
    mids = {world.publish(sample(f"星云手表 {number}")).id for number in range(25)}

    numbered: set[str] = set()
    number: int | None = 1
    while number:
        answer = search(stand, "星云手表", f"&page={number}")
        numbered |= {blog["mid"] for blog in blogs(answer)}
        number = answer["data"]["cardlistInfo"]["page"]

    cursored: set[str] = set()
    since_id: str | None = ""
    while since_id is not None:
        answer = search(stand, "星云手表", f"&page=1&since_id={since_id}")
        cursored |= {blog["mid"] for blog in blogs(answer)}
        since_id = answer["data"]["cardlistInfo"].get("since_id")

    assert numbered == cursored == mids
    assert search(stand, "星云手表", "&page=4") == {
        "ok": 0,
        "msg": "这里还没有内容",
        "data": {"cards": []},
    }


def test_nothing_is_lost_when_posts_come_between_two_pages(
    world: World, stand: StandWeibo, clock: Clock
) -> None:
    old = {world.publish(sample(f"星云手表 {number}")).id for number in range(15)}
    seen = {blog["mid"] for blog in blogs(search(stand, "星云手表"))}
    clock.advance(1)
    new = {world.publish(sample(f"星云手表 新{number}")).id for number in range(4)}
    seen |= {blog["mid"] for blog in blogs(search(stand, "星云手表", "&page=2"))}

    assert seen == old
    assert not seen & new


def test_where_page_numbers_lead_nowhere_the_cursor_still_leads_on(world: World) -> None:
    for number in range(15):
        world.publish(sample(f"星云手表 {number}"))
    with StandWeibo(world, page_numbers_work=False) as stand:
        first = search(stand, "星云手表")
        assert search(stand, "星云手表", "&page=2")["ok"] == 0
        since_id = first["data"]["cardlistInfo"]["since_id"]
        assert len(blogs(search(stand, "星云手表", f"&since_id={since_id}"))) == 5


def test_only_the_realtime_tab_is_in_order_of_time(
    world: World, stand: StandWeibo, clock: Clock
) -> None:
    liked = world.publish(sample("星云手表 红", likes=900))
    clock.advance(5)
    fresh = world.publish(sample("星云手表 新"))

    assert blogs(search(stand, "星云手表"))[0]["mid"] == fresh.id
    assert blogs(search(stand, "星云手表", kind=1))[0]["mid"] == liked.id


# the web page


def test_a_post_on_the_web_page(world: World, stand: StandWeibo, clock: Clock) -> None:
    writer = author(5, standing=Standing.ENTERPRISE)
    post = world.publish(
        sample("#星云手表# 坏了[怒]<i>", author=writer, likes=12_000, comments=3, client="iPhone")
    )
    clock.advance(240)
    soup = page(stand, "星云手表")
    (card,) = cards(soup)

    assert card["mid"] == post.id
    assert soup.title.text == "微博搜索"
    assert card.select_one("div.info a.name")["nick-name"] == writer.name
    assert card.select_one("div.from > a").text.strip() == "4分钟前"
    assert post.url.removeprefix("https:") in card.select_one("div.from > a")["href"]
    assert card.select_one("p.txt").text.strip().rstrip("\u200b") == "#星云手表# 坏了<i>"
    assert card.select_one("p.txt img.face")["alt"] == "[怒]"
    assert card.select_one("svg")["id"] == "woo_svg_vblue"
    assert card.select_one("a[action-type=feed_list_comment]").text.strip() == "3"
    assert card.select_one("span.woo-like-count").text == "1.2万"
    assert card.select_one("a[action-type=feed_list_forward]").text.strip() == "转发"


def test_found_words_are_red_and_long_texts_whole(world: World, stand: StandWeibo) -> None:
    world.publish(sample("我的星云手表" + "长" * 200 + "要退款"))
    (card,) = cards(page(stand, "星云手表 退款"))
    short, full = card.select("p.txt")

    assert short.select_one("em.s-color-red").text == "星云手表"
    assert short.text.strip().endswith("展开c")
    assert full["node-type"] == "feed_list_content_full"
    assert [em.text for em in full.select("em")] == ["星云手表", "退款"]


def test_the_box_of_a_repost(world: World, stand: StandWeibo) -> None:
    first = sample("星云手表坏了")
    origin = world.publish(first)
    world.publish(sample("看看", original=SampleOriginal(key=first.key)))
    world.publish(sample("星云手表没了", original=SampleOriginal()))
    boxes = page(stand, "星云手表").select(
        "div.card-comment div[node-type=feed_list_forwardContent]"
    )
    texts = {box.select_one("p.txt").text.strip().rstrip("\u200b") for box in boxes}

    assert "星云手表坏了" in texts
    assert any("已被作者删除" in text for text in texts)
    named = [box for box in boxes if box.select_one("a.name")]
    assert [box.select_one("a.name")["nick-name"] for box in named] == [first.author.name]
    assert f"mid={origin.id}" in str(named[0])


def test_web_pages_are_numbered_and_the_last_leads_nowhere(world: World, stand: StandWeibo) -> None:
    mids = {world.publish(sample(f"星云手表 {number}")).id for number in range(45)}
    pages = [page(stand, f"星云手表&page={number}") for number in (1, 2, 3)]

    assert {card["mid"] for soup in pages for card in cards(soup)} == mids
    assert [bool(soup.select_one("a.next")) for soup in pages] == [True, True, False]
    assert len(pages[0].select("ul.s-scroll > li")) == 3
    assert page(stand, "星云手表&page=4").select_one("div.card-no-result p").text == (
        "抱歉，未找到相关结果。"
    )


def test_timescope_counts_hours_of_beijing(world: World, stand: StandWeibo, clock: Clock) -> None:
    early = world.publish(sample("星云手表 早"))
    clock.advance(3600)
    world.publish(sample("星云手表 晚"))
    scope = "custom:2026-11-22-12:2026-11-22-13"

    assert [c["mid"] for c in cards(page(stand, f"星云手表&timescope={scope}"))] == [early.id]


def test_scope_ori_leaves_reposts_out(world: World, stand: StandWeibo) -> None:
    first = sample("星云手表坏了")
    origin = world.publish(first)
    world.publish(sample("", original=SampleOriginal(key=first.key)))

    assert [card["mid"] for card in cards(page(stand, "星云手表&scope=ori"))] == [origin.id]


def test_without_a_login_the_web_search_leads_to_one(stand: StandWeibo) -> None:
    answer = ask(stand, "/weibo?q=x")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://passport.weibo.com/")


# the open platform


def official(stand: StandWeibo, **params: object) -> httpx.Response:
    asked = {"access_token": stand.access_token, "q": "星云手表", "sort": "time", **params}
    return ask(stand, "/2/search/statuses/limited.json", params=asked)


def test_the_open_platform_counts_pages_and_seconds(
    world: World, stand: StandWeibo, clock: Clock
) -> None:
    first = world.publish(sample("星云手表 早"))
    clock.advance(100)
    mids = [world.publish(sample(f"星云手表 {number}")).id for number in range(12)]
    whole = official(stand, count=50).json()
    second = official(stand, count=10, page=2).json()
    late = official(stand, starttime=int(first.published_at.timestamp()) + 1, count=50).json()

    assert [status["idstr"] for status in whole["statuses"]] == [*mids[::-1], first.id]
    assert whole["total_number"] == 13
    assert len(second["statuses"]) == 3
    assert len(late["statuses"]) == 12
    assert isinstance(whole["statuses"][0]["user"]["followers_count"], int)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"access_token": ""}, 10006),
        ({"access_token": "2.00other"}, 21332),
        ({"count": 51}, 10008),
    ],
)
def test_the_open_platform_refuses_by_code(
    stand: StandWeibo, params: dict[str, object], code: int
) -> None:
    assert official(stand, **params).json()["error_code"] == code


# faults and recordings


def test_each_surface_has_its_own_words_for_a_fault(world: World, stand: StandWeibo) -> None:
    world.publish(sample("星云手表"))
    with stand.faulty(Fault.DRIFT):
        assert "cards" not in search(stand, "星云手表")["data"]
        soup = page(stand, "星云手表")
        assert soup.select_one("#pl_feedlist_index") is not None
        assert cards(soup) == []
        assert soup.select_one(".card-no-result") is None
        assert "statuses" not in official(stand).json()
    with stand.faulty(Fault.SILENT_EMPTY):
        assert search(stand, "星云手表")["ok"] == 0
        assert page(stand, "星云手表").select_one(".card-no-result") is not None
        assert official(stand).json()["statuses"] == []
    with stand.faulty(Fault.CAPTCHA):
        assert "captcha" in search(stand, "星云手表")["url"]
        assert "验证码" in page(stand, "星云手表").text


def test_recordings_are_served_on_the_first_page_only(stand: StandWeibo, tmp_path: Any) -> None:
    payload = {"ok": 1, "data": {"cards": [{"card_type": 9, "mblog": {"mid": "1"}}]}}
    mobile = tmp_path / "page.json"
    mobile.write_text(json.dumps(payload), encoding="utf-8")
    web = tmp_path / "page.html"
    web.write_text("<html>记录</html>", encoding="utf-8")

    stand.serve_recorded(mobile)
    assert search(stand, "任何词") == payload
    assert search(stand, "任何词", "&page=2")["ok"] == 0
    stand.serve_recorded(web)
    assert "记录" in ask(stand, "/weibo?q=x", headers=LOGIN).text
    assert page(stand, "x&page=2").select_one(".card-no-result") is not None
    stand.serve_recorded(None)
    assert search(stand, "任何词")["ok"] == 0


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (9999, "9999"), (12_000, "1.2万"), (10_000, "1万"), (140_000_000, "1.4亿")],
)
def test_counts_as_pages_write_them(count: int, text: str) -> None:
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=3), "刚刚"),
        (timedelta(seconds=40), "40秒前"),
        (timedelta(minutes=59), "59分钟前"),
        (timedelta(hours=2), "今天10:00"),
        (timedelta(days=2), "11月20日 12:00"),
        (timedelta(days=365), "2025年11月22日 12:00"),
    ],
)
def test_times_as_pages_write_them(age: timedelta, text: str) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
    assert time_text(now - age, now) == text


def test_the_whole_story_can_be_rendered(world: World, stand: StandWeibo) -> None:
    for post in (*load_background(), *load_posts()):
        world.publish(post)
    for query in ("星云手表", "橙子出行", "山茶茶饮"):
        shown = blogs(search(stand, query))
        assert len(shown) >= 10
        assert len(cards(page(stand, query))) >= 10
