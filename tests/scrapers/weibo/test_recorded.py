"""Recorded answers of the real platform, read from outside the repository."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scrapers.errors import NotLoggedIn
from scrapers.post import Standing
from scrapers.source import Outcome
from scrapers.weibo import ids, mobile, page
from scrapers.weibo.listing import Cursor, Listing
from scrapers.weibo.markup import read_html
from scrapers.weibo.status import read_status
from tests.conftest import SHARED
from tests.scrapers.weibo.answers_fixture import QUERY, Weibo, json_answer, source

pytestmark = pytest.mark.shared
SAMPLES = SHARED / "samples" / "weibo"
NOW = datetime(2026, 6, 25, 8, 0, tzinfo=UTC)
FIRST = Cursor()


def load(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def html(name: str) -> str:
    return Path(SAMPLES / name).read_text(encoding="utf-8")


def in_a_group(name: str) -> dict[str, Any]:
    data = load(name)["data"]
    return data | {"cards": [{"card_type": 11, "card_group": data["cards"]}]}


@pytest.mark.parametrize(
    ("name", "posts", "placed", "following"),
    [
        ("mweibo_timeline_1644027280_page_1.json", 12, 2, Cursor(2)),
        ("bison_weibo_ak_list_0.json", 10, 1, Cursor(since_id="4646131823281332")),
    ],
)
def test_timelines_as_search_answers(name: str, posts: int, placed: int, following: Cursor) -> None:
    flat = mobile.read_listing(load(name)["data"], FIRST, NOW)
    grouped = mobile.read_listing(in_a_group(name), FIRST, NOW)
    assert flat == grouped
    assert (len(flat.entries), flat.bad, flat.trouble) == (posts, (), None)
    assert sum(entry.placed for entry in flat.entries) == placed
    assert flat.following == following
    assert all(entry.note == "" for entry in flat.entries)
    assert all("<" not in entry.post.text for entry in flat.entries)
    truncated = sum(entry.post.truncated for entry in flat.entries)
    assert truncated == sum(card["mblog"]["isLongText"] for card in load(name)["data"]["cards"])


def test_reposts_of_the_timeline() -> None:
    listing = mobile.read_listing(in_a_group("mweibo_timeline_1644027280_page_1.json"), FIRST, NOW)
    reposts = [entry.post for entry in listing.entries if entry.post.original]
    assert len(reposts) == 2
    for post in reposts:
        assert post.quoted.startswith("//@")
        assert "//@" not in post.text
        assert post.text.endswith("]")
        assert post.original is not None
        assert post.original.author is not None


def test_a_fetch_over_the_timeline_reads_what_is_new() -> None:
    weibo = Weibo(
        json_answer({"ok": 1, "data": in_a_group("mweibo_timeline_1644027280_page_1.json")})
    )
    since = datetime(2026, 6, 25, 0, 0, tzinfo=UTC)
    got = source(weibo, now=lambda: NOW).fetch(QUERY, since)
    assert got.outcome is Outcome.OK
    assert len(got.posts) == 5
    assert {post.author.followers for post in got.posts} == {1_989_000}


def test_a_repost_of_2019_and_its_long_original() -> None:
    post, note = read_status(load("derived/mweibo_2019_retweet01.json")["data"], read_html, NOW)
    assert note == ""
    assert post.reposts_only
    assert post.original is not None
    assert len(post.original.text) > 1000


def test_whole_texts_and_the_empty_answer() -> None:
    for name in ("bison_weibo_detail_4645748019299849.json", "derived/mweibo_2019_statuses1.json"):
        text = read_html(load(name)["data"]["longTextContent"]).text
        assert len(text) > 300
        assert "<" not in text
    empty = source(Weibo(json_answer(load("bison_weibo_err_profile.json")))).fetch(QUERY, NOW)
    assert empty.outcome is Outcome.OK_EMPTY


@pytest.fixture(scope="module")
def page_of_2018() -> Listing:
    return page.read_listing(html("s_weibo_com_search_2018-10-26.html"), Cursor(10), NOW)


def test_the_page_of_2018_in_full(page_of_2018: Listing) -> None:
    assert (len(page_of_2018.entries), page_of_2018.bad) == (20, ())
    assert (page_of_2018.trouble, page_of_2018.following) == (None, Cursor(11))
    posts = [entry.post for entry in page_of_2018.entries]
    assert not any(post.truncated for post in posts)
    assert all(post.likes is not None for post in posts)
    standings = [post.author.standing for post in posts]
    assert standings.count(Standing.ORGANISATION) == 6
    assert standings.count(Standing.PERSONAL) == 3


def test_ids_of_2018_agree_with_the_minutes_shown_at_the_servers_time(
    page_of_2018: Listing,
) -> None:
    assert [entry.note for entry in page_of_2018.entries] == [""] * 20
    rendered = datetime.fromtimestamp(1_540_542_246, UTC)
    for entry in page_of_2018.entries:
        assert timedelta(minutes=30) < rendered - entry.post.published_at < timedelta(minutes=40)
        assert ids.mid_of(entry.post.url.rpartition("/")[2]) == entry.post.id


def test_the_page_of_2018_at_another_time_is_noticed() -> None:
    moved = html("s_weibo_com_search_2018-10-26.html").replace("1540542246;", "1540549446;")
    listing = page.read_listing(moved, Cursor(10), NOW)
    assert all(entry.note for entry in listing.entries)


def test_todays_skeleton() -> None:
    skeleton = html("derived/s_weibo_com_skeleton_2026_SYNTHETIC.html")
    listing = page.read_listing(skeleton, FIRST, NOW)
    assert (len(listing.entries), listing.bad, listing.trouble) == (6, (), None)
    assert [entry.post.original is not None for entry in listing.entries].count(True) == 1
    assert listing.entries[2].post.likes == 105_000


def test_todays_empty_and_login_pages() -> None:
    assert (
        page.read_listing(html("derived/s_weibo_com_empty_SYNTHETIC.html"), FIRST, NOW) == Listing()
    )
    login = html("derived/s_weibo_com_login_SYNTHETIC.html")
    with pytest.raises(NotLoggedIn):
        page.read_listing(login, FIRST, NOW)
    gate = Weibo(httpx.Response(200, html=login))
    assert source(gate).fetch(QUERY, NOW).outcome is Outcome.AUTH
