"""The JSON of m.weibo.cn and of the open platform, read into posts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.errors import Drifted
from scrapers.post import Standing
from scrapers.weibo import official
from scrapers.weibo.ids import mid_at
from scrapers.weibo.listing import Cursor, Listing
from scrapers.weibo.mobile import read_listing
from tests.scrapers.weibo.answers_fixture import (
    NOW,
    ago,
    card,
    fixture,
    full_time,
    mblog,
    mobile,
    status,
    user,
)

FIRST = Cursor()


def read(answer: dict[str, Any], cursor: Cursor = FIRST) -> Listing:
    return read_listing(answer["data"], cursor, NOW)


def read_one(**changes: Any) -> Any:
    (entry,) = read(mobile(mblog(ago(minutes=1), **changes))).entries
    return entry


@pytest.fixture(scope="module")
def page() -> Listing:
    return read(json.loads(fixture("mobile_search.json")))


def test_both_levels_of_cards_are_read_once_each(page: Listing) -> None:
    assert [entry.post.author.name for entry in page.entries] == [
        "数码老周",
        "好物优选",
        "海边的阿青",
        "晨跑的林",
        "小雨",
        "晚风",
        "城市晚报",
    ]
    assert (page.bad, page.trouble) == ((), None)
    assert page.following == Cursor(page=2)
    assert [entry.note for entry in page.entries] == [""] * 7


def test_pinned_and_promoted_posts_are_told_from_the_rest(page: Listing) -> None:
    assert [entry.placed for entry in page.entries] == [True, True] + [False] * 5


def test_a_post_in_full(page: Listing) -> None:
    post = page.entries[2].post
    assert post.text == "刚到手的星云手表就黑屏[怒]客服电话打不通，要求退款！\n\n@星云手表 看看吧"
    assert post.published_at == ago(seconds=40)
    assert post.url.startswith("https://weibo.com/6100000001/")
    assert (post.region, post.client, post.mentions) == ("上海", "iPhone客户端", ("星云手表",))
    assert (post.reposts, post.comments, post.likes) == (0, 0, 0)
    assert not post.truncated


def test_a_long_post_is_marked_as_cut(page: Listing) -> None:
    post = page.entries[3].post
    assert post.truncated
    assert post.text.endswith("第二次说要自费")
    assert (post.author.followers, post.author.standing) == (34_000, Standing.PERSONAL)
    assert (post.reposts, post.comments, post.likes) == (12, 12_000, 1_000_000)


def test_a_repost_keeps_its_own_words_apart(page: Listing) -> None:
    post = page.entries[4].post
    assert post.text == "这也太坑了[泪]"
    assert post.quoted == "//@路过的甲:同款，也坏了//@乙:转发微博"
    assert post.original is not None
    assert post.original.author is not None
    assert post.original.author.followers == 1_989_000
    assert post.original.author.standing is Standing.ENTERPRISE
    assert post.original.text == "星云手表春季新品今日发布#星云手表#"


def test_a_repost_of_a_deleted_post(page: Listing) -> None:
    post = page.entries[5].post
    assert post.reposts_only
    assert post.original is not None
    assert post.original.author is None
    assert "不可见" in post.original.text


@pytest.mark.parametrize(
    ("verified_type", "standing"),
    [
        (-1, Standing.ORDINARY),
        (0, Standing.PERSONAL),
        (1, Standing.GOVERNMENT),
        (2, Standing.ENTERPRISE),
        (3, Standing.MEDIA),
        (4, Standing.ORGANISATION),
        (7, Standing.ORGANISATION),
        (8, Standing.ENTERPRISE),
        (200, Standing.ORDINARY),
        (220, Standing.ORDINARY),
        (400, Standing.ORDINARY),
        (True, Standing.ORDINARY),
        ("3", Standing.ORDINARY),
        (None, Standing.ORDINARY),
    ],
)
def test_standing(verified_type: object, standing: Standing) -> None:
    assert read_one(user=user(verified_type=verified_type)).post.author.standing is standing


@pytest.mark.parametrize(
    ("placed", "changes"),
    [
        (True, {"title": {"text": "置顶"}}),
        (True, {"title": {"text": "热门"}}),
        (True, {"isTop": 1}),
        (True, {"mblogtype": 2}),
        (True, {"promotion": {"type": "ad"}}),
        (False, {"title": {"text": "来自超话"}}),
        (False, {"title": None, "isTop": 0}),
    ],
)
def test_placed(placed: bool, changes: dict[str, Any]) -> None:
    assert read_one(**changes).placed is placed


def test_the_id_wins_over_the_time_shown_but_a_disagreement_is_told() -> None:
    entry = read_one(created_at=full_time(ago(hours=3)))
    assert entry.post.published_at == ago(minutes=1)
    assert entry.post.id in entry.note
    assert read_one(created_at="5分钟前").note
    assert read_one(created_at="刚刚").note == ""
    assert read_one(created_at="不明").note == ""


@pytest.mark.parametrize("mid", ["1001", mid_at(NOW + timedelta(days=2))])
def test_the_time_shown_steps_in_for_an_id_without_one(mid: str) -> None:
    entry = read_one(mid=mid)
    assert entry.post.published_at == ago(minutes=1)
    assert "tells no time" in entry.note


def test_an_id_is_found_under_any_of_its_names() -> None:
    blog = mblog(ago(minutes=1))
    mid = blog["mid"]
    for keys in ({"mid": None}, {"mid": None, "id": None, "idstr": mid}, {"mid": 0, "id": "x"}):
        (entry,) = read(mobile(blog | keys)).entries
        assert entry.post.id == mid


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"user": None}, "no author"),
        ({"user": {"screen_name": "没有号"}}, "no author"),
        ({"text": None}, "no text"),
        ({"mid": "x", "id": None, "bid": "!"}, "no id"),
        ({"mid": "1001", "id": "1001", "created_at": "不明"}, "time"),
    ],
)
def test_an_unreadable_post_is_kept_as_it_came(changes: dict[str, Any], reason: str) -> None:
    broken = mblog(ago(minutes=1)) | changes
    listing = read(mobile(mblog(ago(minutes=2)), broken))
    assert len(listing.entries) == 1
    (bad,) = listing.bad
    assert reason in bad.reason
    assert json.loads(bad.raw)["mblog"] == broken
    assert listing.trouble is None


def test_a_surrogate_in_a_bad_item_can_be_stored() -> None:
    (bad,) = read(mobile(mblog(ago(minutes=1), user=None, text="坏\ud83d"))).bad
    assert "坏" in bad.raw.encode("utf-8").decode()


def test_more_than_half_bad_of_four_is_drift_and_keeps_the_good() -> None:
    good = [mblog(ago(minutes=i)) for i in range(1, 4)]
    bad = [mblog(ago(minutes=10 + i), user=None) for i in range(3)]
    assert read(mobile(*good, *bad)).trouble is None
    listing = read(mobile(*good[:2], *bad))
    assert isinstance(listing.trouble, Drifted)
    assert (len(listing.entries), len(listing.bad)) == (2, 3)
    assert read(mobile(*bad)).trouble is None


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"cards": None},
        {"cards": "none"},
        {"feed": []},
        {"cards": [{"kind": "status"}]},
        {"cards": [1, 2]},
    ],
)
def test_an_answer_without_cards_is_drift(data: dict[str, Any]) -> None:
    with pytest.raises(Drifted):
        read_listing(data, FIRST, NOW)


def test_cards_of_people_and_topics_are_passed_over_and_strange_ones_kept() -> None:
    people = {"card_type": 11, "card_group": [{"card_type": 10, "user": user()}]}
    empty_post = {"card_type": 9, "status": {}}
    group = {"card_type": 11, "card_group": {"1": card(mblog(ago(minutes=1)))}}
    listing = read_listing({"cards": [people, empty_post, group, {"card_group": 5}]}, FIRST, NOW)
    assert len(listing.entries) == 1
    assert len(listing.bad) == 2


@pytest.mark.parametrize(
    ("info", "cursor", "following", "spare"),
    [
        ({"page": 2}, FIRST, Cursor(2), None),
        ({"page": "3"}, Cursor(2), Cursor(3), None),
        ({"page": None}, FIRST, None, None),
        ({"page": "1"}, FIRST, None, None),
        ({"page": 2}, Cursor(2), None, None),
        ({}, FIRST, Cursor(2), None),
        ({"since_id": 46461}, FIRST, Cursor(since_id="46461"), None),
        ({"page": 2, "since_id": "46461"}, FIRST, Cursor(2), Cursor(since_id="46461")),
        ({"page": 2, "since_id": "5"}, Cursor(since_id="4"), Cursor(since_id="5"), None),
        ({"page": 2, "since_id": "4"}, Cursor(since_id="4"), None, None),
        ({"page": 2}, Cursor(since_id="4"), None, None),
    ],
)
def test_the_next_page(
    info: dict[str, Any], cursor: Cursor, following: Cursor | None, spare: Cursor | None
) -> None:
    listing = read_listing({"cards": [], "cardlistInfo": info}, cursor, NOW)
    assert (listing.following, listing.spare) == (following, spare)


def test_the_open_platforms_statuses() -> None:
    listing = official.read_listing(json.loads(fixture("official_search.json")), FIRST, NOW)
    first, long, repost = (entry.post for entry in listing.entries)
    assert first.text == "刚到手的星云手表就黑屏[怒]客服电话打不通，要求退款！"
    assert first.client == "iPhone客户端"
    assert long.truncated
    assert long.text.endswith("第二次说要自费")
    assert (repost.text, repost.quoted) == ("这也太坑了", "//@路过的甲:同款，也坏了")
    assert repost.original is not None
    assert (listing.following, listing.trouble) == (None, None)


def test_the_open_platform_goes_on_until_the_total_is_reached() -> None:
    body: dict[str, Any] = {"statuses": [status(ago(minutes=1))], "total_number": 51}
    assert official.read_listing(body, FIRST, NOW).following == Cursor(2)
    assert official.read_listing(body, Cursor(2), NOW).following is None
    assert official.read_listing({"statuses": []}, FIRST, NOW).following is None
    with pytest.raises(Drifted):
        official.read_listing({"result": {}}, FIRST, NOW)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["mblog", "user", "text", "mid", "card_group"]), inner)
    ),
    max_leaves=6,
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) of a tree."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    found = [(tree, key) for key in keys]
    inner = [tree[key] for key in keys if isinstance(tree[key], dict | list)]
    return found + [place for below in inner for place in places(below)]


SMALL = json.dumps(
    mobile(
        *(mblog(ago(minutes=i), f"星云手表坏了{i}") for i in range(1, 4)),
        mblog(ago(minutes=9), "太坑//@甲:是", retweeted_status=mblog(ago(hours=3))),
        page=2,
    )["data"]
)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_swapped_nothing_is_lost_in_silence(data: st.DataObject) -> None:
    tree = json.loads(SMALL)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(tree)))
        holder[key] = data.draw(JUNK)
    there = set(posts_in(tree.get("cards")))
    try:
        listing = read_listing(tree, FIRST, NOW)
    except Drifted:
        return
    assert len(listing.entries) + len(listing.bad) >= len(there)
    for entry in listing.entries:
        assert entry.post.id.isdigit()
        assert entry.post.author.id.isdigit()


def posts_in(cards: Any) -> list[str]:
    """The JSON of each mblog object, at whatever depth of cards."""
    members = list(cards.values()) if isinstance(cards, dict) else cards
    found: list[str] = []
    for member in members if isinstance(members, list) else []:
        if isinstance(member, dict):
            blog = member.get("mblog")
            if isinstance(blog, dict):
                found.append(str(blog.get("mid")))
            found += posts_in(member.get("card_group"))
    return found


@settings(max_examples=60, deadline=None)
@given(JUNK | st.lists(JUNK), JUNK)
def test_any_json_is_read_or_refused(cards: object, statuses: object) -> None:
    for read_any in (
        lambda: read_listing({"cards": cards, "cardlistInfo": statuses}, FIRST, NOW),
        lambda: official.read_listing({"statuses": statuses, "total_number": cards}, FIRST, NOW),
    ):
        try:
            listing = read_any()
        except Drifted:
            continue
        assert isinstance(listing, Listing)
