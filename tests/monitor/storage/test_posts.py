"""Posts and hits: each kept once, in order, whatever characters and numbers they hold."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.watch import Hit, Part, Term, TermKind
from monitor.storage import posts
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.posts import Added, Found, storable
from scrapers.post import Author, Original, Platform, Post, Standing
from scrapers.source import BadItem
from tests.factories import BRAND, T0, Rows

TEXT = "星云手表坏了，退款！"
HIT = Hit(
    BRAND,
    (
        Term("星云手表", TermKind.BRAND, Part.TEXT, 0, 4),
        Term("退款", TermKind.COMPLAINT, Part.TEXT, 7, 9),
    ),
    "r1",
)
HOUR = timedelta(hours=1)


def post(number: int | str = 1, at: datetime = T0, **changes: Any) -> Post:
    values: dict[str, Any] = {"platform": Platform.WEIBO, "text": TEXT, "url": "https://h/1"}
    values |= {"author": Author("7001", "阿林"), "published_at": at}
    return Post(id=str(number), **{**values, **changes})


def found(*made: Post, hits: tuple[Hit, ...] = (HIT,), named: tuple[str, ...] = ()) -> list[Found]:
    return [Found(one, hits, named or tuple(hit.brand for hit in hits)) for one in made]


def add(database: Database, candidates: list[Found], seen_at: datetime = T0) -> Added:
    with database.write() as connection:
        return posts.add(connection, candidates, source="s", query_key="q", seen_at=seen_at)


def stored(database: Database, *columns: Any) -> list[Any]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


def unjudged(database: Database, limit: int = 100) -> list[posts.StoredHit]:
    with database.read() as connection:
        return posts.unjudged(connection, limit)


# Adding


def test_a_whole_post_comes_back_as_it_was(database: Database) -> None:
    author = Author("7", "阿林", 1280, Standing.MEDIA, "lin")
    whole = post(
        author=author,
        quoted="//@某: 是的",
        original=Original("9", "原文", Author("8", "某", None, Standing.PERSONAL, "mou")),
        mentions=("900100", "@某"),
        reposts=3,
        comments=2**40,
        likes=0,
        region="上海",
        client="手机",
        language_hint="zh",
        truncated=True,
    )
    bare = post(2, T0 + HOUR, original=Original("9", "deleted", None))
    add(database, found(whole, bare), T0 + timedelta(seconds=9))
    first, second = unjudged(database)
    assert (first.post, second.post) == (whole, bare)
    assert first.hit == HIT
    assert (first.source, first.first_seen_at) == ("s", T0 + timedelta(seconds=9))


def test_adding_again_changes_nothing(database: Database) -> None:
    assert add(database, found(post(), post(2))) == Added(2, 0, {BRAND: 2})
    later = T0 + HOUR
    again = add(database, found(post(text="edited"), post(2), post(3)), later)
    assert again == Added(1, 2, {BRAND: 1})
    kept = stored(database, t.post.c.native_id, t.post.c.text, t.post.c.first_seen_at)
    assert kept == [("1", TEXT, T0), ("2", TEXT, T0), ("3", TEXT, later)]
    assert stored(database, t.volume.c.brand, t.volume.c.posts) == [(BRAND, 3)]


def test_nothing_is_added_from_nothing(database: Database) -> None:
    assert add(database, []) == Added(0, 0, {})


def test_one_call_stores_a_post_once(database: Database) -> None:
    assert add(database, found(post(), post(), post())) == Added(1, 2, {BRAND: 1})


def test_platforms_have_ids_of_their_own(database: Database) -> None:
    assert add(database, found(post(), post(platform=Platform.TWITTER))).new == 2


def test_a_known_post_gets_the_hits_that_new_rules_find(database: Database) -> None:
    add(database, found(post(), hits=()))
    other = Hit("月亮", HIT.terms, "r2")
    assert add(database, found(post(), hits=(HIT, other))) == Added(0, 1, {BRAND: 1, "月亮": 1})
    assert add(database, found(post(), hits=(HIT, other))) == Added(0, 1, {})
    assert [waiting.hit.rules_version for waiting in unjudged(database)] == ["r1", "r2"]


def test_hits_wait_in_order_of_publication(database: Database) -> None:
    made = [post(n, T0 - timedelta(minutes=n)) for n in range(5)]
    add(database, found(*made))
    assert [waiting.post.id for waiting in unjudged(database)] == ["4", "3", "2", "1", "0"]
    assert [waiting.post.id for waiting in unjudged(database, 2)] == ["4", "3"]


def test_more_than_one_statement_can_carry_is_added(database: Database) -> None:
    made = found(*(post(n) for n in range(1500)))
    assert add(database, made) == Added(1500, 0, {BRAND: 1500})
    assert add(database, made) == Added(0, 1500, {})


ODD = {
    "NUL": ("a\0b", "a\ufffdb"),
    "lone surrogate": ("a\ud83db", "a?b"),
    "emoji": ("👨‍👩‍👧‍👦🏳️‍🌈", "👨‍👩‍👧‍👦🏳️‍🌈"),
    "rare ideograph": ("𠮷野家\U000323af", "𠮷野家\U000323af"),
    "quotes": ("'; DROP TABLE post; --\"\\", "'; DROP TABLE post; --\"\\"),
}


@pytest.mark.parametrize(("text", "kept"), ODD.values(), ids=ODD)
def test_any_character_is_kept_or_replaced_by_one(database: Database, text: str, kept: str) -> None:
    odd = Author(text, text, 5, handle=text)
    made = post(
        text=text,
        author=odd,
        quoted=text,
        original=Original(text, text, odd),
        mentions=(text,),
        url=text,
        region=text,
        client=text,
        language_hint=text,
    )
    add(database, found(made))
    (waiting,) = unjudged(database)
    back = waiting.post
    same = (back.text, back.quoted, back.mentions[0], back.url, back.region, back.client)
    assert same == (kept,) * 6
    assert (back.author.name, back.author.handle, back.author.id) == (kept,) * 3
    assert back.original
    assert back.original.text == kept
    assert back.language_hint == kept[:16]


@pytest.mark.parametrize(
    ("number", "kept"),
    [(None, None), (0, 0), (-1, -1), (2**62 - 1, 2**62 - 1), (2**62, None), (10**400, None)],
)
def test_counts_beyond_belief_are_unknown(
    database: Database, number: int | None, kept: int | None
) -> None:
    made = post(author=Author("7", "x", number), reposts=number, comments=number, likes=number)
    add(database, found(made))
    (waiting,) = unjudged(database)
    back = waiting.post
    assert (back.author.followers, back.reposts, back.comments, back.likes) == (kept,) * 4


def test_long_strings_of_a_platform_are_cut_where_the_column_ends(database: Database) -> None:
    add(database, found(post(author=Author("7" * 200, "x"), language_hint="z" * 200)))
    (waiting,) = unjudged(database)
    assert waiting.post.author.id == "7" * 64
    assert waiting.post.language_hint == "z" * 16


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_storable_text_is_as_long_and_fits_every_database(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept
    assert kept == text or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)


def test_one_failure_leaves_nothing_of_the_batch(database: Database) -> None:
    def fail_after_adding() -> None:
        with database.write() as connection:
            posts.add(connection, found(post()), source="s", query_key="", seen_at=T0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_adding()
    assert stored(database, t.post.c.id) == []
    assert stored(database, t.volume.c.brand) == []


def test_writers_that_found_the_same_posts_count_each_once(database: Database) -> None:
    made = [found(*(post(n, T0 + timedelta(minutes=n)) for n in range(60))) for _ in range(4)]
    made[1].reverse()
    made[3].reverse()
    added: list[Added] = []
    barrier = threading.Barrier(4)

    def write(mine: list[Found]) -> None:
        barrier.wait()
        added.append(add(database, mine))

    writers = [threading.Thread(target=write, args=(mine,)) for mine in made]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sum(one.new for one in added) == 60
    assert sum(one.hits for one in added) == 60
    assert sum(volume for _, volume in stored(database, t.volume.c.hour_at, t.volume.c.posts)) == 60


# Judging


def test_a_judged_hit_waits_no_more(database: Database) -> None:
    add(database, found(post(), post(2)))
    first, second = (waiting.id for waiting in unjudged(database))
    with database.write() as connection:
        assert posts.lock_unjudged(connection, [first, second, 999]) == {first, second}
        posts.mark_judged(connection, [{"hit": first, "why": "calm", "case": None, "at": T0}])
        assert posts.lock_unjudged(connection, [first, second]) == {second}
        posts.mark_judged(connection, [])
    assert [waiting.id for waiting in unjudged(database)] == [second]
    reasons = stored(database, t.hit.c.id, t.hit.c.reason, t.hit.c.judged_at)
    assert reasons == [(first, "calm", T0), (second, None, None)]


@pytest.mark.postgres
def test_two_judges_never_hold_the_same_hit(postgres_database: Database) -> None:
    with postgres_database.write() as connection:
        connection.execute(t.post.delete())
    add(postgres_database, found(*(post(n) for n in range(4))))
    ids = [waiting.id for waiting in unjudged(postgres_database)]
    with postgres_database.write() as one, postgres_database.write() as other:
        assert posts.lock_unjudged(one, ids[:3]) == set(ids[:3])
        assert posts.lock_unjudged(other, ids) == {ids[3]}


# Volumes


def test_volume_is_measured_by_hour_of_publication(database: Database) -> None:
    now = T0 + timedelta(hours=5)
    made = [post(n, T0 + timedelta(minutes=20 * n)) for n in range(6)]
    add(database, found(*made))
    long_ago = post(99, T0 - timedelta(hours=9))
    add(database, found(long_ago))
    add(database, found(replace(long_ago, id="98"), hits=(), named=("silent since",)))
    add(database, found(post(7, T0), post(8, platform=Platform.TWITTER), hits=(), named=("月亮",)))
    with database.read() as connection:
        weibo = posts.posts_per_hour(connection, Platform.WEIBO, now, timedelta(hours=6))
        twitter = posts.posts_per_hour(connection, Platform.TWITTER, now, timedelta(hours=6))
    assert weibo == {BRAND: pytest.approx(1), "月亮": pytest.approx(1 / 6), "silent since": 0}
    assert twitter == {"月亮": pytest.approx(1 / 6)}


def test_a_post_without_a_brand_has_no_volume(database: Database) -> None:
    add(database, [Found(post(), (), ())])
    assert stored(database, t.volume.c.brand) == []


def test_the_same_hour_of_earlier_days_is_counted_since_the_first(database: Database) -> None:
    rows = Rows(database)
    noon = T0.replace(hour=12, minute=0)
    for days, count in ((1, 5), (3, 7), (20, 50)):
        rows.insert(
            t.volume,
            platform="weibo",
            brand=BRAND,
            hour_at=noon - timedelta(days=days),
            posts=count,
        )
    rows.insert(t.volume, platform="weibo", brand="月亮", hour_at=noon - HOUR, posts=1000)
    with database.read() as connection:
        known = posts.same_hour_counts(connection, Platform.WEIBO, noon + timedelta(minutes=9))
        unknown = posts.same_hour_counts(connection, Platform.TWITTER, noon)
    assert known == [5, 0, 7] + [0] * 11
    assert unknown == []


# Bad items


def test_a_bad_item_is_kept_once_and_counted(database: Database) -> None:
    item, other = BadItem('{"id": "\0\ud800"}', "no text"), BadItem("x" * 50_000, "r" * 2000)
    with database.write() as connection:
        posts.add_bad_items(connection, "weibo", [("d1", item), ("d2", other)], T0)
        posts.add_bad_items(connection, "weibo", [("d1", item), ("d1", item)], T0 + HOUR)
        posts.add_bad_items(connection, "weibo", [], T0)
    kept = stored(database, t.bad_item.c.digest, t.bad_item.c.times, t.bad_item.c.seen_at)
    assert kept == [("d1", 2, T0 + HOUR), ("d2", 1, T0)]
    assert stored(database, t.bad_item.c.digest, t.bad_item.c.raw) == [
        ("d1", '{"id": "\ufffd?"}'),
        ("d2", "x" * posts.RAW_LIMIT),
    ]


def test_everything_is_counted(database: Database) -> None:
    add(database, found(post(), post(2), hits=(HIT, Hit("月亮", HIT.terms, "r"))))
    with database.read() as connection:
        assert (posts.count(connection), posts.count_hits(connection)) == (2, 4)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 300), st.booleans()), max_size=8),
        max_size=4,
    )
)
def test_any_sequence_of_batches_keeps_each_post_once(
    database: Database, batches: list[list[tuple[int, int, bool]]]
) -> None:
    with database.write() as connection:
        connection.execute(t.post.delete())
        connection.execute(t.volume.delete())
    ids: set[str] = set()
    hits: set[str] = set()
    for batch in batches:
        made = [
            Found(post(n, T0 + timedelta(minutes=at)), (HIT,) if hit else (), (BRAND,))
            for n, at, hit in batch
        ]
        # Of one post in one batch the latest publication counts, with its hits.
        final = {f.post.id: f for f in sorted(made, key=lambda f: f.post.published_at)}
        new_hits = {n for n, f in final.items() if f.hits} - hits
        added = add(database, made)
        assert added.new == len(final.keys() - ids)
        assert added.duplicates == len(batch) - added.new
        assert added.hits == len(new_hits)
        ids |= final.keys()
        hits |= new_hits
    kept = stored(database, t.post.c.native_id)
    assert kept == sorted((n,) for n in ids)
    total = sum(volume for _, volume in stored(database, t.volume.c.hour_at, t.volume.c.posts))
    assert total == len(ids)
