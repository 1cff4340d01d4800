from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.ids import bid, first_id, id_time
from monitor.demo.scenario import SampleOriginal
from monitor.demo.world import World
from scrapers.post import Platform
from scrapers.weibo.ids import mid_of
from tests.conftest import Clock
from tests.monitor.demo.samples import author, sample

MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(moment=MOMENTS)
def test_ids_tell_the_time(moment: datetime) -> None:
    weibo = id_time(Platform.WEIBO, str(first_id(Platform.WEIBO, moment)))
    twitter = id_time(Platform.TWITTER, str(first_id(Platform.TWITTER, moment)))

    assert weibo == moment.replace(microsecond=0)
    assert twitter == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(moment=MOMENTS)
def test_short_ids_lead_back_to_the_long_ones(moment: datetime) -> None:
    mid = str(first_id(Platform.WEIBO, moment))
    assert mid_of(bid(mid)) == mid


def test_a_short_id_is_as_weibo_writes_it() -> None:
    assert bid("3501756485200075") == "z0JH2lOMb"


def test_posts_of_one_moment_get_different_ids_in_order(clock: Clock) -> None:
    world = World(clock)
    ids = [world.publish(sample(f"第{n}条")).id for n in range(50)]

    assert ids == sorted(ids, key=int)
    assert len(set(ids)) == 50
    assert [post.id for post in world.posts(Platform.WEIBO)] == ids[::-1]


def test_search_knows_a_post_only_after_the_lag(clock: Clock) -> None:
    world = World(clock)
    post = world.publish(sample("刚发的"))

    assert world.posts(Platform.WEIBO, lag_s=30) == []
    assert world.find(Platform.WEIBO, post.id) == post
    clock.advance(31)
    assert world.posts(Platform.WEIBO, lag_s=30) == [post]


def test_a_repost_carries_its_original(clock: Clock) -> None:
    world = World(clock)
    first = sample("星云手表坏了")
    origin = world.publish(first)
    repost = world.publish(sample("", original=SampleOriginal(key=first.key)))

    assert repost.original is not None
    assert (repost.original.id, repost.original.text) == (origin.id, origin.sample.text)
    assert repost.original.author == origin.sample.author
    assert "星云手表坏了" in repost.whole_text


def test_originals_may_be_older_or_gone(clock: Clock) -> None:
    world = World(clock)
    older = SampleOriginal(author=author(1), text="昨天说的", age_s=86_400)
    quoting = world.publish(sample("看这个", original=older))
    mourning = world.publish(sample("没了", original=SampleOriginal()))

    assert quoting.original is not None
    assert id_time(Platform.WEIBO, quoting.original.id) == clock() - timedelta(days=1)
    assert mourning.original is not None
    assert mourning.original.deleted
    assert len(world.posts(Platform.WEIBO)) == 2


def test_a_repost_of_something_unpublished_is_a_mistake_of_the_story(clock: Clock) -> None:
    with pytest.raises(KeyError):
        World(clock).publish(sample("", original=SampleOriginal(key="nobody")))


def test_threads_may_publish_together() -> None:
    world = World(lambda: datetime.now(UTC))

    def publish() -> None:
        for _ in range(100):
            world.publish(sample("并发"))

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ids = [int(post.id) for post in world.posts(Platform.WEIBO)]
    assert len(set(ids)) == 400
    assert ids == sorted(ids, reverse=True)


def test_names_on_x_lead_to_ids(clock: Clock) -> None:
    world = World(clock)
    world.publish(sample("hi", Platform.TWITTER, author=author(7, handle="MayaL", id="77")))

    assert world.account_id("mayal") == "77"
    assert world.account_id("NEBULAWATCH") == "900100"
    assert world.account_id("nobody") is None
