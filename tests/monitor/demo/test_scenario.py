from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alerts.severity import Severity
from alerts.watch import Watch
from monitor.demo.scenario import (
    BRAND_HANDLES,
    BRANDS,
    DEFAULT_DURATION_S,
    Expect,
    Kind,
    load_background,
    load_posts,
    timeline,
)
from monitor.demo.world import Published, World
from scrapers.post import Original, Platform, Post
from tests.conftest import ROOT

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
POSTS = load_posts()
BACKGROUND = load_background()
CHINESE = re.compile(r"[\u3400-\u9fff]")
FOLDABLE = {" ", ".", "\u200b", "\u3000"}


def as_post(published: Published) -> Post:
    """Return what a faultless scraper would make of a published sample."""
    sample, passed = published.sample, published.original
    text = sample.text.lower()
    handles = BRAND_HANDLES.items() if sample.platform is Platform.TWITTER else ()
    return Post(
        platform=sample.platform,
        id=published.id,
        author=sample.author,
        text=sample.text,
        published_at=published.published_at,
        url=published.url,
        quoted=sample.quoted,
        original=Original(passed.id, passed.text, passed.author) if passed else None,
        mentions=tuple(account for account, name in handles if f"@{name.lower()}" in text),
    )


@pytest.fixture(scope="module")
def published() -> dict[str, Post]:
    world = World(lambda: NOW)
    return {sample.key: as_post(world.publish(sample)) for sample in (*BACKGROUND, *POSTS)}


@pytest.fixture(scope="module")
def watch() -> Watch:
    defaults = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return Watch(BRANDS, defaults["complaint_words"])


def test_the_story_is_long_enough_and_of_both_platforms_and_languages() -> None:
    chinese = [post for post in POSTS if CHINESE.search(post.text)]
    english = [post for post in POSTS if re.search("[a-z]{3}", post.text) and post not in chinese]
    platforms = Counter(post.platform for post in POSTS)

    assert len(POSTS) >= 200
    assert len(chinese) >= 120
    assert len(english) >= 55
    assert platforms[Platform.WEIBO] >= 120
    assert platforms[Platform.TWITTER] >= 60


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_post_occurs(kind: Kind) -> None:
    assert sum(post.kind is kind for post in POSTS) >= 2


def test_keys_are_unique_and_offsets_sorted_within_the_default_time() -> None:
    keys = [post.key for post in (*BACKGROUND, *POSTS)]
    offsets = [post.offset_s for post in POSTS]

    assert len(set(keys)) == len(keys)
    assert offsets == sorted(offsets)
    assert 0 <= offsets[0] < offsets[-1] <= DEFAULT_DURATION_S
    assert all(post.offset_s < 0 for post in BACKGROUND)


def test_every_expectation_says_why_and_alerts_say_how_grave_and_about_what() -> None:
    for post in (*POSTS, *BACKGROUND):
        assert len(post.why) >= 9, post.key
        if post.expect is Expect.ALERT:
            assert post.severity, post.key
            assert post.topic, post.key
            assert post.brand in {brand.name for brand in BRANDS}, post.key


def test_no_text_is_almost_another_one() -> None:
    pairs = {
        post.key: {post.text[at : at + 2] for at in range(len(post.text) - 1)}
        for post in POSTS
        if len(post.text) > 12
    }
    for (one, left), (other, right) in combinations(pairs.items(), 2):
        assert len(left & right) / len(left | right) < 0.4, (one, other)


def test_authors_are_one_person_per_id_and_reach_from_nobody_to_millions() -> None:
    people: dict[tuple[Platform, str], str] = {}
    for post in POSTS:
        name = people.setdefault((post.platform, post.author.id), post.author.name)
        assert name == post.author.name
        assert bool(post.author.handle) == (post.platform is Platform.TWITTER)
    followers = [post.author.followers or 0 for post in POSTS]
    assert min(followers) < 50
    assert max(followers) > 1_000_000


def test_the_brands_own_posts_come_from_the_configured_accounts() -> None:
    accounts = {brand.accounts[Platform.WEIBO] for brand in BRANDS}
    own = [post for post in (*POSTS, *BACKGROUND) if post.author.id in accounts]

    assert own == [p for p in (*POSTS, *BACKGROUND) if p.kind is Kind.OWN_ACCOUNT]


def test_what_must_be_found_is_found_by_the_default_words(
    published: dict[str, Post], watch: Watch
) -> None:
    wanted = [p for p in POSTS if p.expect is not Expect.NO_ALERT and not p.hard]
    missed = [
        post.text
        for post in wanted
        if post.brand not in [hit.brand for hit in watch.match(published[post.key])]
    ]
    assert len(wanted) > 100
    assert missed == []


@pytest.mark.parametrize(
    "kind", [Kind.HOMONYM, Kind.OWN_ACCOUNT, Kind.WORD_ONLY, Kind.EMOJI, Kind.BRAND_ONLY]
)
def test_what_must_not_be_found_is_not_found(
    published: dict[str, Post], watch: Watch, kind: Kind
) -> None:
    for post in POSTS:
        if post.kind is kind and not post.hard:
            assert watch.match(published[post.key]) == (), post.text


def test_disguised_words_are_really_disguised() -> None:
    plain = ("退款", "退货", "维权")
    for post in POSTS:
        if post.kind is Kind.OBFUSCATED:
            assert not any(word in post.text for word in plain), post.text
            assert FOLDABLE & set(post.text) or "維權" in post.text


def test_a_storm_passes_one_post_on_many_times() -> None:
    storm = Counter(post.original.key for post in POSTS if post.original and post.original.key)
    assert storm.most_common(1)[0][1] >= 10


def test_some_author_complains_again_and_says_the_same_elsewhere() -> None:
    again = [post for post in POSTS if post.kind is Kind.REPEAT and not post.hard]
    for post in again:
        earlier = [p for p in POSTS if p.author == post.author and p.offset_s < post.offset_s]
        assert earlier, post.key
        assert post.severity is not Severity.NORMAL
    names = {p: {post.author.name for post in POSTS if post.platform is p} for p in Platform}
    assert names[Platform.WEIBO] & names[Platform.TWITTER]


def test_special_cases_are_there() -> None:
    texts = "\n".join(post.text for post in POSTS)
    assert re.search(r"1\d{10}", texts), "a phone number to mask"
    assert re.search(r"单号\w{8,}", texts), "an order number to mask"
    assert any(len(post.text) > 300 for post in POSTS if post.platform is Platform.WEIBO)
    assert any(len(post.text) > 280 for post in POSTS if post.platform is Platform.TWITTER)
    assert sum(post.mentions_brand for post in POSTS) >= 5
    assert sum(bool(post.quoted) for post in POSTS) >= 2
    assert any(post.original and not post.original.key for post in POSTS), "a deleted original"


@pytest.mark.parametrize("duration_s", [60, 120, 600, 3600])
def test_the_story_starts_at_once_however_long_it_takes(duration_s: float) -> None:
    told = timeline(POSTS, duration_s)

    alerts = [post for post in told if post.expect is Expect.ALERT]
    urgent = [post for post in alerts if post.severity is Severity.URGENT]
    assert alerts[0].offset_s <= 3
    assert urgent[0].offset_s <= 10
    assert told[-1].offset_s <= duration_s
    assert len(told) == len(POSTS)


def test_the_first_minute_alone_tells_the_story() -> None:
    kinds = {post.kind for post in POSTS if post.offset_s <= 60}
    assert kinds >= set(Kind) - {Kind.REPEAT, Kind.QUESTION, Kind.ADVERT, Kind.NEWS}


@given(duration_s=st.floats(1, 100_000), offsets=st.lists(st.floats(0, 600), max_size=20))
def test_a_time_line_keeps_the_order_and_the_end(duration_s: float, offsets: list[float]) -> None:
    told = timeline([replace(POSTS[0], offset_s=o) for o in offsets], duration_s)

    after = [post.offset_s for post in told]
    assert after == sorted(after)
    assert all(0 <= offset <= duration_s + 0.001 for offset in after)


def test_a_time_line_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="more than zero"):
        timeline(POSTS, 0)


def test_background_lies_before_the_start() -> None:
    world = World(lambda: NOW)
    times = [world.publish(sample).published_at for sample in BACKGROUND]

    assert times == sorted(times)
    assert max(times) < NOW - timedelta(days=1)
