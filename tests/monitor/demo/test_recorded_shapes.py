"""The stand-ins' answers against recorded ones: nothing in them that the platforms do not say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from monitor.demo.exchange import Request
from monitor.demo.scenario import load_background, load_posts
from monitor.demo.twitter import StandTwitter
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import World
from tests.conftest import SHARED, Clock
from tests.monitor.demo.test_twitter import ALL_FIELDS

pytestmark = pytest.mark.shared

WEIBO = SHARED / "samples" / "weibo"
X = SHARED / "samples" / "x"
SEARCH_ONLY = {"cardlistInfo.since_id", "cards[].card_group", "cards[].show_type"}
"""Keys of search pages; the recordings are time lines."""
MBLOG_ONLY = {"isTop", "retweeted_status.deleted", "retweeted_status.state"}
"""Pinned and deleted posts look so in newer answers than the recorded ones."""
LATER_ON_X = {"public_metrics.bookmark_count", "public_metrics.impression_count", "note_tweet"}
"""Fields that X added after the recordings, by its specification."""


@pytest.fixture
def world(clock: Clock) -> World:
    world = World(clock)
    for post in (*load_background(), *load_posts()):
        world.publish(post)
    return world


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    """Yield every key path with the kind of value that stands there."""
    if isinstance(value, dict):
        for key, item in value.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path
            yield from paths(item, path)
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, prefix + "[]")


def recorded(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def mobile_blogs(answer: Any) -> list[Any]:
    cards = answer["data"]["cards"]
    items = [item for card in cards for item in (card, *card.get("card_group", ()))]
    return [item["mblog"] for item in items if "mblog" in item]


def mobile_answer(world: World) -> Any:
    target = "/api/container/getIndex?containerid=100103type%3D61%26q%3D%E6%98%9F%E4%BA%91"
    request = Request("GET", target, {"cookie": StandWeibo.login_cookie})
    return json.loads(StandWeibo(world).answer(request).body)


def test_mobile_pages_say_nothing_that_weibo_does_not(world: World) -> None:
    ours = mobile_answer(world)
    theirs = [
        recorded(WEIBO / name)
        for name in ("mweibo_timeline_1644027280_page_1.json", "bison_weibo_ak_list_0.json")
    ]
    repost = recorded(WEIBO / "derived" / "mweibo_2019_retweet01.json")["data"]
    known = {path for blog in (*map_blogs(theirs), repost) for path in paths(blog)}

    assert {p for blog in mobile_blogs(ours) for p in paths(blog)} - known <= MBLOG_ONLY
    frame = {path for answer in theirs for path in paths(answer["data"])}
    ours_frame = {path for path in paths(ours["data"]) if "card_group[]" not in path}
    assert {p for p in ours_frame if "mblog" not in p} - frame <= SEARCH_ONLY


def map_blogs(answers: list[Any]) -> list[Any]:
    return [blog for answer in answers for blog in mobile_blogs(answer)]


def test_mobile_values_are_of_the_recorded_types(world: World) -> None:
    theirs = mobile_blogs(recorded(WEIBO / "mweibo_timeline_1644027280_page_1.json"))[0]
    for blog in mobile_blogs(mobile_answer(world)):
        for key in set(blog) & set(theirs):
            assert type(blog[key]) is type(theirs[key]), key
        for key in set(blog["user"]) & set(theirs["user"]):
            assert type(blog["user"][key]) is type(theirs["user"][key]), key


def test_the_empty_and_the_long_answer_are_the_recorded_ones(world: World) -> None:
    stand = StandWeibo(world)
    headers = {"cookie": StandWeibo.login_cookie}
    nothing = "/api/container/getIndex?containerid=100103type%3D61%26q%3Dzzz"
    empty = json.loads(stand.answer(Request("GET", nothing, headers)).body)
    mid = mobile_blogs(mobile_answer(world))[0]["mid"]
    whole = json.loads(stand.answer(Request("GET", f"/statuses/extend?id={mid}", headers)).body)
    theirs = recorded(WEIBO / "bison_weibo_detail_4645748019299849.json")

    assert empty == recorded(WEIBO / "bison_weibo_err_profile.json")
    assert set(paths(whole)) <= set(paths(theirs))


def test_web_pages_are_built_as_todays_are(world: World) -> None:
    request = Request("GET", "/weibo?q=星云手表", {"cookie": StandWeibo.login_cookie})
    ours = BeautifulSoup(StandWeibo(world).answer(request).body, "lxml")
    page = WEIBO / "derived" / "s_weibo_com_skeleton_2026_SYNTHETIC.html"
    theirs = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")

    selectors = [
        "div.m-main-nav",
        "div#pl_feedlist_index",
        "div.card-wrap[action-type=feed_list_item][mid]",
        "div.avator span.woo-avatar-icon[title] svg[id^=woo_svg_v]",
        "div.content > div.info > div > a.name[nick-name][href^='//weibo.com/']",
        "div.content > div.from > a[href*='refer_flag']",
        "div.content > div.from > a[rel=nofollow]",
        "p.txt[node-type=feed_list_content][nick-name] em.s-color-red",
        "p.txt[node-type=feed_list_content_full][style] a[action-type=fl_fold]",
        "p.txt a[action-type=fl_unfold]",
        "div.card-comment div[node-type=feed_list_forwardContent] > a.name[nick-name]",
        "div[node-type=feed_list_forwardContent] p.from > a",
        "div.card-act a[action-type=feed_list_forward]",
        "div.card-act a[action-type=feed_list_comment]",
        "div.card-act button.woo-like-main > span.woo-like-count",
        "div.m-page ul.s-scroll > li.cur > a",
        "div.m-page a.next",
    ]
    missing = [s for s in selectors if not (ours.select(s) and theirs.select(s))]
    assert missing == []


def test_x_says_nothing_that_x_does_not(world: World) -> None:
    with StandTwitter(world) as stand:
        headers = {"authorization": f"Bearer {stand.bearer_token}"}
        query = "&".join(f"{name}={value}" for name, value in ALL_FIELDS.items())
        target = f"/2/tweets/search/recent?query=NebulaWatch OR 星云手表&max_results=20&{query}"
        ours = json.loads(stand.answer(Request("GET", target, headers)).body)
    lines = (X / "twarc-csv" / "brexit.jsonl").read_text(encoding="utf-8").splitlines()
    edited = (X / "twarc-csv" / "edited_after.jsonl").read_text(encoding="utf-8").splitlines()
    known = {path for line in (*lines, *edited) for path in paths(json.loads(line))}

    strange = {path for path in paths(ours) if path not in known}
    allowed = {f"data[].{name}" for name in LATER_ON_X}
    allowed |= {"data[].note_tweet.text", "includes.users[].verified_type"}
    allowed |= {"includes.users[].public_metrics.like_count"}
    assert strange <= allowed


@pytest.mark.parametrize(
    ("recording", "target"),
    [
        ("error_401_unauthorized.json", "/2/tweets/search/recent?query=a"),
        ("search_all_empty_meta_only.json", "/2/tweets/search/recent?query=zzzz"),
    ],
)
def test_plain_answers_of_x_are_the_recorded_ones(
    world: World, recording: str, target: str
) -> None:
    stand = StandTwitter(world)
    known = recorded(X / "academictwitteR" / recording)
    headers = {} if known["status"] == 401 else {"authorization": f"Bearer {stand.bearer_token}"}
    answer = stand.answer(Request("GET", target, headers))

    assert answer.status == known["status"]
    assert json.loads(answer.body) == known["body"]


def test_a_refusal_of_x_has_the_recorded_shape(world: World) -> None:
    stand = StandTwitter(world)
    headers = {"authorization": f"Bearer {stand.bearer_token}"}
    target = "/2/tweets/search/recent?query=a&max_results=5"
    answer = json.loads(stand.answer(Request("GET", target, headers)).body)
    known = recorded(X / "academictwitteR" / "error_400_users_ids_pattern.json")["body"]

    assert {key: answer[key] for key in ("title", "detail", "type")} == {
        key: known[key] for key in ("title", "detail", "type")
    }
    assert set(answer["errors"][0]) == set(known["errors"][0])


def test_recordings_can_be_served(world: World) -> None:
    weibo = StandWeibo(world)
    weibo.serve_recorded(WEIBO / "mweibo_timeline_1644027280_page_1.json")
    assert (
        len(
            mobile_blogs(
                json.loads(
                    weibo.answer(
                        Request(
                            "GET",
                            "/api/container/getIndex?containerid=100103type%3D61%26q%3Dx",
                            {"cookie": StandWeibo.login_cookie},
                        )
                    ).body
                )
            )
        )
        == 12
    )
    x = StandTwitter(world)
    x.serve_recorded(X / "twarc-csv" / "brexit.jsonl")
    headers = {"authorization": f"Bearer {x.bearer_token}"}
    body = json.loads(x.answer(Request("GET", "/2/tweets/search/recent?query=a", headers)).body)
    assert len(body["data"]) == 100
