"""The service's own sources read the stand-ins, as they will read the platforms."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import pytest

from monitor.demo.exchange import Fault
from monitor.demo.scenario import BRANDS, SampleOriginal, load_background, load_posts
from monitor.demo.stand import Stand
from monitor.demo.twitter import StandTwitter
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import Published, World
from scrapers.post import Platform, Post, Standing
from scrapers.source import Outcome, Page, Query, Source
from scrapers.twitter.client import build_twitter_source
from scrapers.twitter.settings import TwitterSettings, Vocabulary
from scrapers.weibo.client import build_weibo_source
from scrapers.weibo.settings import Transport, WeiboSettings
from tests.conftest import Clock
from tests.monitor.demo.samples import sample

SURFACES = ["mobile", "visitor", "web", "official", "twitter"]
TIMEOUT_S = 0.4


@dataclass
class Reading:
    """One source on one stand-in."""

    world: World
    stand: Stand
    source: Source
    clock: Clock

    def fetch(self, text: str, since_s: float = 3600) -> Page:
        query = Query("k", self.source.platform, text, ("星云手表",))
        return self.source.fetch(query, self.clock() - timedelta(seconds=since_s))

    def publish(self, text: str, **changes: object) -> Published:
        return self.world.publish(sample(text, self.source.platform, **changes))


def plain_http() -> httpx.HTTPTransport:
    """Return the usual transport without its certificates: loading them takes most of the time."""
    return httpx.HTTPTransport(verify=False)


def weibo_source(stand: StandWeibo, surface: str, now: Callable[[], datetime]) -> Source:
    transport = Transport("mobile" if surface == "visitor" else surface)
    settings = WeiboSettings(
        transport=transport,
        base_url=stand.url,
        visitor_base_url=stand.url,
        requests_per_minute=600,
        timeout_s=TIMEOUT_S,
        max_pages=50,
    )
    return build_weibo_source(
        settings,
        cookie="" if surface == "visitor" else stand.login_cookie,
        access_token=stand.access_token,
        now=now,
        sleep=lambda _: None,
        transport=plain_http(),
    )


def twitter_source(stand: StandTwitter, now: Callable[[], datetime]) -> Source:
    settings = TwitterSettings(
        base_url=stand.url,
        requests_per_15_minutes=100_000,
        timeout_s=TIMEOUT_S,
        max_pages=50,
    )
    return build_twitter_source(
        settings,
        bearer_token=stand.bearer_token,
        now=now,
        sleep=lambda _: None,
        transport=plain_http(),
    )


@contextmanager
def opened(surface: str, clock: Clock) -> Iterator[Reading]:
    world = World(clock)
    if surface == "twitter":
        with StandTwitter(world, slow_s=0.6) as x:
            yield Reading(world, x, twitter_source(x, clock), clock)
            assert x.defects == []
    else:
        with StandWeibo(world, slow_s=0.6) as weibo:
            yield Reading(world, weibo, weibo_source(weibo, surface, clock), clock)
            assert weibo.defects == []


@pytest.fixture(params=SURFACES)
def reading(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Reading]:
    with opened(request.param, clock) as reading:
        yield reading
        reading.source.close()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_everything_that_was_published_is_read(reading: Reading) -> None:
    ids = {reading.publish(f"星云手表 第{number}条").id for number in range(60)}
    page = reading.fetch("星云手表")

    assert page.outcome is Outcome.OK, page.detail
    assert {post.id for post in page.posts} == ids
    assert page.bad == ()
    assert page.drained_to == reading.clock() - timedelta(hours=1)


def test_a_post_arrives_as_it_was_written(reading: Reading) -> None:
    text = "星云手表坏了，退款！ refund & <now>"
    post = reading.publish(text, likes=7, comments=3, reposts=2)
    (read,) = reading.fetch("星云手表").posts
    author = post.sample.author

    assert read.text == text
    assert (read.id, read.published_at, read.url) == (post.id, post.published_at, post.url)
    assert (read.author.id, read.author.name) == (author.id, author.name)
    assert (read.likes, read.comments, read.reposts) == (7, 3, 2)


def test_nothing_found_is_not_nothing_seen(reading: Reading) -> None:
    page = reading.fetch("星云手表")
    assert (page.outcome, page.posts) == (Outcome.OK_EMPTY, ())


def test_only_posts_since_the_asked_time_are_kept(reading: Reading, clock: Clock) -> None:
    reading.publish("星云手表 旧")
    clock.advance(1000)
    fresh = reading.publish("星云手表 新")
    page = reading.fetch("星云手表", since_s=500)

    assert [post.id for post in page.posts] == [fresh.id]


def test_an_original_and_a_deleted_one_arrive(reading: Reading) -> None:
    first = sample("星云手表坏了", reading.source.platform)
    origin = reading.world.publish(first)
    quote = reading.publish("星云手表又一个", original=SampleOriginal(key=first.key))
    gone = reading.publish("星云手表没了", original=SampleOriginal())
    read = {post.id: post for post in reading.fetch("星云手表").posts}

    assert read[quote.id].original is not None
    assert read[quote.id].original.id == origin.id
    lost = read[gone.id].original
    assert lost is None or lost.author is None


def test_nothing_is_lost_while_others_publish(reading: Reading) -> None:
    known = [reading.publish(f"星云手表 {number}").id for number in range(30)]

    def publish() -> None:
        for number in range(40):
            known.append(reading.publish(f"星云手表 新{number}").id)
            time.sleep(0.005)

    writer = threading.Thread(target=publish)
    writer.start()
    seen: set[str] = set()
    while writer.is_alive():
        seen |= {post.id for post in reading.fetch("星云手表").posts}
    seen |= {post.id for post in reading.fetch("星云手表").posts}

    assert seen == set(known)


THROTTLES = {Fault.THROTTLED: Outcome.THROTTLED, Fault.THROTTLED_SILENT: Outcome.THROTTLED}
COMMON = {
    **THROTTLES,
    Fault.EXPIRED_AUTH: Outcome.AUTH,
    Fault.SERVER_ERROR: Outcome.NETWORK,
    Fault.RESET: Outcome.NETWORK,
    Fault.SLOW: Outcome.NETWORK,
    Fault.DRIFT: Outcome.DRIFT,
    Fault.BLOCKED: Outcome.BLOCKED,
    Fault.CAPTCHA: Outcome.CHALLENGE,
    Fault.SILENT_EMPTY: Outcome.OK_EMPTY,
}
EXPECTED: dict[str, dict[Fault, Outcome]] = {
    "mobile": {
        **COMMON,
        Fault.VISITOR_GATE: Outcome.THROTTLED,
        Fault.CUT_JSON: Outcome.CHALLENGE,
        Fault.HTML: Outcome.CHALLENGE,
    },
    "visitor": {
        **COMMON,
        Fault.VISITOR_GATE: Outcome.THROTTLED,
        Fault.CUT_JSON: Outcome.CHALLENGE,
        Fault.HTML: Outcome.CHALLENGE,
    },
    "web": {
        **COMMON,
        Fault.VISITOR_GATE: Outcome.AUTH,
        Fault.CUT_JSON: Outcome.NETWORK,
        Fault.HTML: Outcome.DRIFT,
    },
    "official": {
        **COMMON,
        Fault.VISITOR_GATE: Outcome.AUTH,
        Fault.CUT_JSON: Outcome.NETWORK,
        Fault.HTML: Outcome.NETWORK,
        Fault.BLOCKED: Outcome.REJECTED,
    },
    "twitter": {
        **{fault: outcome for fault, outcome in COMMON.items() if fault is not Fault.CAPTCHA},
        Fault.USAGE_CAP: Outcome.CAPPED,
        Fault.NO_CREDITS: Outcome.CAPPED,
        Fault.CUT_JSON: Outcome.DRIFT,
        Fault.HTML: Outcome.DRIFT,
    },
}


@pytest.mark.parametrize(
    ("surface", "fault", "outcome"),
    [
        pytest.param(surface, fault, outcome, id=f"{surface}-{fault}")
        for surface, faults in EXPECTED.items()
        for fault, outcome in faults.items()
    ],
)
def test_every_fault_has_its_outcome_and_passes(
    surface: str, fault: Fault, outcome: Outcome, clock: Clock
) -> None:
    with opened(surface, clock) as reading:
        post = reading.publish("星云手表坏了")
        with reading.stand.faulty(fault):
            page = reading.fetch("星云手表")
        assert (page.outcome, page.posts) == (outcome, ()), page.detail
        assert outcome.sees or page.drained_to is None or page.drained_to >= post.published_at

        clock.advance(20 * 60)
        again = reading.fetch("星云手表")
        assert [found.id for found in again.posts] == [post.id], again
        reading.source.close()


@pytest.mark.parametrize("surface", SURFACES)
def test_the_table_of_faults_is_complete(surface: str) -> None:
    stand = StandTwitter if surface == "twitter" else StandWeibo
    assert set(EXPECTED[surface]) == stand.faults


@pytest.mark.parametrize("fault", sorted(THROTTLES))
def test_a_hint_is_obeyed_to_the_second_where_there_is_one(fault: Fault, clock: Clock) -> None:
    with opened("twitter", clock) as reading, reading.stand.faulty(fault):
        page = reading.fetch("星云手表")
    assert (page.retry_after_s is not None) == (fault is Fault.THROTTLED)


def test_a_visitor_that_is_forgotten_introduces_itself_again(clock: Clock) -> None:
    world = World(clock)
    with StandWeibo(world) as stand:
        source = weibo_source(stand, "visitor", clock)
        post = world.publish(sample("星云手表"))
        query = Query("k", Platform.WEIBO, "星云手表", ("星云手表",))
        for _ in range(2):
            page = source.fetch(query, clock() - timedelta(hours=1))
            assert [found.id for found in page.posts] == [post.id], page.detail
            stand.forget_visitors()
            clock.advance(120)
        source.close()


def test_where_visitors_are_kept_out_the_login_helps(clock: Clock) -> None:
    world = World(clock)
    with StandWeibo(world, visitors_may_search=False) as stand:
        post = world.publish(sample("星云手表"))
        query = Query("k", Platform.WEIBO, "星云手表", ("星云手表",))
        outcomes = []
        for surface in ("mobile", "visitor"):
            source = weibo_source(stand, surface, clock)
            page = source.fetch(query, post.published_at - timedelta(minutes=1))
            outcomes.append(page.outcome)
            source.close()
    assert outcomes == [Outcome.OK, Outcome.AUTH]


def test_without_page_numbers_the_cursor_is_followed(clock: Clock) -> None:
    world = World(clock)
    with StandWeibo(world, page_numbers_work=False) as stand:
        ids = {world.publish(sample(f"星云手表 {number}")).id for number in range(35)}
        source = weibo_source(stand, "mobile", clock)
        query = Query("k", Platform.WEIBO, "星云手表", ("星云手表",))
        page = source.fetch(query, clock() - timedelta(hours=1))
        source.close()
    assert {post.id for post in page.posts} == ids


@pytest.mark.parametrize("only", Vocabulary)
def test_the_other_vocabulary_is_tried_when_one_is_refused(only: Vocabulary, clock: Clock) -> None:
    world = World(clock)
    with StandTwitter(world, vocabularies=frozenset({only})) as stand:
        text = "NebulaWatch " + "x" * 300
        world.publish(sample(text, Platform.TWITTER, reposts=4))
        source = twitter_source(stand, clock)
        query = Query("k", Platform.TWITTER, "NebulaWatch", ("星云手表",))
        page = source.fetch(query, clock() - timedelta(hours=1))
        source.close()
    assert [(post.text, post.reposts) for post in page.posts] == [(text, 4)], page


# the story

SHOWN_STANDING: dict[str, dict[Standing, Standing]] = {
    "mobile": {},
    "web": dict.fromkeys([Standing.MEDIA, Standing.ENTERPRISE], Standing.ORGANISATION),
    "twitter": {Standing.MEDIA: Standing.ENTERPRISE},
}
"""Web pages show one blue V for every organisation, X knows businesses without their kind."""


@pytest.fixture(scope="module")
def story() -> World:
    clock = Clock(datetime.fromisoformat("2026-11-22T04:00:00+00:00"))
    world = World(clock)
    for background in load_background():
        world.publish(background)
    for post in load_posts():
        clock.advance(1)
        world.publish(post)
    return world


@pytest.mark.parametrize("surface", ["mobile", "web", "twitter"])
def test_the_whole_story_arrives_word_for_word(story: World, surface: str) -> None:
    platform = Platform.TWITTER if surface == "twitter" else Platform.WEIBO
    published = {post.id: post for post in story.posts(platform) if post.sample.offset_s >= 0}
    start = min(post.published_at for post in published.values())
    stand = StandTwitter(story) if surface == "twitter" else StandWeibo(story)
    read: dict[str, Post] = {}
    with stand:
        source = (
            twitter_source(stand, story.now)
            if isinstance(stand, StandTwitter)
            else weibo_source(stand, surface, story.now)
        )
        for name in [name for brand in BRANDS for name in brand.names]:
            text = f'"{name}" -is:retweet' if platform is Platform.TWITTER else name
            page = source.fetch(Query(name, platform, text, (name,)), start)
            assert page.outcome.sees, page.detail
            assert page.bad == ()
            read |= {post.id: post for post in page.posts}
        source.close()

    assert len(read) > 50
    for native_id, post in read.items():
        expected = published[native_id].sample
        own_words = re.sub(r" https://t\.co/\d+$", "", post.text)
        assert squeezed(own_words) == squeezed(expected.text.replace("\u200b", "")), expected.key
        assert squeezed(post.quoted) == squeezed(expected.quoted), expected.key
        standing = SHOWN_STANDING[surface].get(expected.author.standing, expected.author.standing)
        assert post.author.standing is standing, expected.key
        assert not post.truncated, expected.key
