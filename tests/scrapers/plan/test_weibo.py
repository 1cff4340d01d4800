"""Weibo: by name or by word, within the budget, and with the truth about the delay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.plan.model import Habit, Plan, Search, WatchedBrand
from scrapers.plan.weibo import DWELL, plan_weibo
from scrapers.post import Platform
from scrapers.weibo.settings import WeiboSettings

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NAMES = ("星云手表", "NebulaWatch")
WORDS = ("退款", "坏了", "refund")
WEIBO = Platform.WEIBO


def brand(
    per_hour: float | None = None,
    *,
    name: str = "星云手表",
    names: tuple[str, ...] = NAMES,
    words: tuple[str, ...] = WORDS,
) -> WatchedBrand:
    return WatchedBrand(name, names, words, {WEIBO: per_hour})


def plan(
    *brands: WatchedBrand,
    promise_s: float = 600,
    now: datetime = NOW,
    habits: dict[str, Habit] | None = None,
    **changes: object,
) -> Plan:
    made = WeiboSettings.model_validate(changes)
    return plan_weibo(brands, made, promise_s=promise_s, now=now, habits=habits)


def texts(made: Plan) -> set[str]:
    return {planned.query.text for planned in made.queries}


def search(made: Plan) -> Search:
    return made.habits["星云手表"].search


def advised(made: Plan) -> dict[str, float | str]:
    return {advice.code: advice.params["value"] for advice in made.advice}


BY_NAME = set(NAMES)
BY_WORD = {f"{name} {word}" for name in NAMES for word in WORDS}
MANY = tuple(f"问题{n}" for n in range(40))
MANY_MORE = tuple(f"问题{n}" for n in range(400))


class TestChoice:
    @pytest.mark.parametrize(
        ("per_hour", "words", "expected"),
        [
            pytest.param(None, WORDS, BY_NAME, id="not measured yet"),
            pytest.param(0, WORDS, BY_NAME, id="silent"),
            pytest.param(59, WORDS, BY_NAME, id="quiet"),
            pytest.param(59, ("退款",), BY_NAME, id="quiet, though words cost no more"),
            pytest.param(200, WORDS, BY_NAME, id="busy, but names read all for less"),
            pytest.param(2000, WORDS, BY_WORD, id="busier than the pages of a poll"),
        ],
    )
    def test_how_a_brand_is_searched(
        self, per_hour: float | None, words: tuple[str, ...], expected: set[str]
    ) -> None:
        assert texts(plan(brand(per_hour, words=words))) == expected

    def test_names_are_kept_when_words_would_break_the_promise_and_new_posts_still_fit(
        self,
    ) -> None:
        made = plan(brand(1000, words=MANY))
        assert texts(made) == BY_NAME
        assert made.holds

    def test_all_words_rather_late_are_better_than_few_posts_in_time(self) -> None:
        made = plan(brand(20_000, words=MANY))
        assert search(made) is Search.BY_WORD
        assert not made.holds
        assert made.worst_delay_s <= 3600

    def test_but_not_when_they_are_very_late(self) -> None:
        made = plan(brand(20_000, words=tuple(f"问题{n}" for n in range(200))))
        assert search(made) is Search.BY_NAME
        assert not made.holds
        assert not any(planned.drains for planned in made.queries)

    def test_one_busy_brand_leaves_the_quiet_ones_by_name(self) -> None:
        made = plan(brand(2000), brand(5, name="明月", names=("明月",)))
        assert texts(made) == BY_WORD | {"明月"}

    def test_a_brand_without_words_is_not_searched_and_that_is_said(self) -> None:
        made = plan(brand(words=()), brand(name="明月", names=("明月",)))
        assert texts(made) == {"明月"}
        assert advised(made) == {"no_words": "星云手表"}

    def test_the_same_search_for_two_brands_runs_once(self) -> None:
        made = plan(brand(names=("星云",)), brand(name="星云科技", names=("星云",)))
        assert [planned.query.brands for planned in made.queries] == [("星云手表", "星云科技")]

    def test_and_falls_behind_when_it_does_for_one_of_them(self) -> None:
        loud = brand(50_000, name="星云科技", names=("星云",), words=MANY_MORE)
        for brands in ([brand(names=("星云",)), loud], [loud, brand(names=("星云",))]):
            assert {q.drains for q in plan(*brands).queries if q.query.text == "星云"} == {False}

    def test_why_says_what_was_measured(self) -> None:
        [first, _] = plan(brand(42)).queries
        assert "42" in first.why.zh
        assert "42" in first.why.en
        assert {planned.why.code for planned in plan(brand()).queries} == {"by_name_unmeasured"}


class TestHysteresis:
    BUSY: ClassVar = {"星云手表": Habit(Search.BY_WORD, NOW)}

    @pytest.mark.parametrize(
        ("after", "per_hour", "expected"),
        [
            pytest.param(timedelta(0), 1, Search.BY_WORD, id="just changed"),
            pytest.param(DWELL - timedelta(seconds=1), 1, Search.BY_WORD, id="not long enough"),
            pytest.param(DWELL, 14, Search.BY_NAME, id="long enough and calm"),
            pytest.param(DWELL, 16, Search.BY_WORD, id="long enough, not calm"),
            pytest.param(DWELL, None, Search.BY_WORD, id="nothing measured"),
        ],
    )
    def test_going_back_to_names_is_slow(
        self, after: timedelta, per_hour: float | None, expected: Search
    ) -> None:
        made = plan(brand(per_hour), now=NOW + after, habits=self.BUSY)
        assert search(made) is expected

    def test_a_volume_that_swings_around_the_limit_changes_once_in_hours(self) -> None:
        habits: dict[str, Habit] = {}
        searches = []
        for minute in range(0, 300, 5):
            volume = 2000 if minute % 10 else 1
            now = NOW + timedelta(minutes=minute)
            made = plan(brand(volume), now=now, habits=habits)
            habits = dict(made.habits)
            searches.append(search(made))
        changes = sum(a is not b for a, b in pairwise(searches))
        assert changes == 1

    def test_the_habit_keeps_its_date_until_it_changes(self) -> None:
        later = NOW + timedelta(hours=1)
        made = plan(brand(200), now=later, habits={"星云手表": Habit(Search.BY_NAME, NOW)})
        assert made.habits["星云手表"] == Habit(Search.BY_NAME, NOW)
        made = plan(brand(2000), now=later, habits=dict(made.habits))
        assert made.habits["星云手表"] == Habit(Search.BY_WORD, later)

    def test_right_after_the_change_the_old_volume_does_not_count_against_words(self) -> None:
        made = plan(brand(50_000, words=("退款",)), habits={})
        assert search(made) is Search.BY_WORD
        assert made.holds

    def test_words_too_slow_for_the_promise_are_left_for_another_try_by_name(self) -> None:
        made = plan(brand(500, words=MANY * 2), now=NOW + DWELL, habits=self.BUSY)
        assert search(plan(brand(500, words=MANY * 2), habits=self.BUSY)) is Search.BY_WORD
        assert search(made) is Search.BY_NAME


class TestTiming:
    def test_the_worst_delay_is_the_sum_of_its_parts(self) -> None:
        """10 requests a minute are 6 s apart; two names of one page each, 5 pages at most."""
        made = plan(brand())
        index_lag, interval, other_name, pages, ours = 120, 60, 6, 5 * 10, 2 + 60
        assert made.worst_delay_s == index_lag + interval + other_name + pages + ours
        assert made.with_one_failure_s == made.worst_delay_s + 60 + 10
        assert made.holds
        assert made.requests_per_minute == pytest.approx(2)

    def test_slow_pace_counts_where_it_is_slower_than_an_answer(self) -> None:
        made = plan(brand(), requests_per_minute=4)
        assert made.worst_delay_s == 120 + 60 + 15 + 5 * 15 + 62

    def test_pages_follow_the_volume(self) -> None:
        """400 posts an hour are 40 in interval and overlap, 20 for each of two names."""
        assert {planned.pages for planned in plan(brand(400)).queries} == {3}
        assert {planned.pages for planned in plan(brand(400), transport="web").queries} == {2}
        assert {p.pages for p in plan(brand(400), transport="official").queries} == {1}

    def test_the_canary_is_polled_twice_a_promise_out_of_the_same_budget(self) -> None:
        made = plan(brand(), canary_query="天气")
        assert made.canary
        assert made.canary.interval_s == 300
        assert made.canary.query.brands == ()
        assert made.requests_per_minute == pytest.approx(2 + 60 / 300)
        assert made.worst_delay_s == plan(brand()).worst_delay_s + 6

    def test_the_canary_is_not_confused_with_a_search_for_the_same(self) -> None:
        made = plan(brand(), canary_query="星云手表")
        assert len({planned.query.key for planned in made.queries}) == 3

    def test_a_budget_that_hardly_feeds_the_canary_is_said_to_be_broken(self) -> None:
        made = plan(brand(), canary_query="天气", requests_per_minute=0.1)
        assert not made.holds
        assert made.requests_per_minute > made.budget_per_minute

    def test_no_brands_no_searches(self) -> None:
        made = plan()
        assert (made.queries, made.worst_delay_s, made.holds) == ((), 0, True)

    @given(
        st.lists(
            st.tuples(st.none() | st.floats(0, 1e5), st.integers(1, 4), st.integers(1, 30)),
            min_size=1,
            max_size=6,
        ),
        st.floats(0.5, 600),
        st.floats(1, 600),
        st.booleans(),
    )
    @settings(max_examples=60)
    def test_the_budget_is_kept_and_every_pair_covered(
        self,
        shapes: list[tuple[float | None, int, int]],
        requests_per_minute: float,
        poll_interval_s: float,
        with_canary: bool,
    ) -> None:
        brands = [
            brand(
                volume,
                name=f"品牌{i}",
                names=tuple(f"名{i}-{n}" for n in range(names)),
                words=tuple(f"词{n}" for n in range(words)),
            )
            for i, (volume, names, words) in enumerate(shapes)
        ]
        made = plan_weibo(
            brands,
            WeiboSettings(
                requests_per_minute=requests_per_minute,
                poll_interval_s=poll_interval_s,
                canary_query="天气" if with_canary else "",
            ),
            promise_s=600,
            now=NOW,
            with_advice=False,
        )
        assert made.requests_per_minute <= made.budget_per_minute * 0.8 + 1e-9
        assert all(q.interval_s >= poll_interval_s for q in made.queries if not q.canary)
        found = texts(made)
        for one in brands:
            for name in one.names:
                assert name in found or all(f"{name} {word}" in found for word in one.words)
        if made.holds:
            assert made.worst_delay_s <= 600


class TestKeys:
    def test_keys_outlive_order_and_other_brands(self) -> None:
        one = {p.query.text: p.query.key for p in plan(brand(2000)).queries}
        turned = brand(2000, names=NAMES[::-1], words=WORDS[::-1])
        other = plan(brand(name="明月", names=("明月",)), turned)
        assert one.items() <= {p.query.text: p.query.key for p in other.queries}.items()
        assert len(set(one.values())) == len(one)


class TestAdvice:
    def test_each_advice_holds_and_a_smaller_change_does_not(self) -> None:
        watched = brand(20_000, words=MANY)
        made = plan(watched)
        assert not made.holds
        found = advised(made)
        rate = int(found["raise_requests_per_minute"])
        assert plan(watched, requests_per_minute=rate).holds
        assert not plan(watched, requests_per_minute=rate - 1).holds
        count = int(found["fewer_words"])
        assert plan(brand(20_000, words=MANY[:count])).holds
        assert not plan(brand(20_000, words=MANY[: count + 1])).holds

    def test_polling_more_often_where_the_interval_is_the_trouble(self) -> None:
        made = plan(brand(), poll_interval_s=500)
        interval = int(advised(made)["lower_poll_interval_s"])
        assert plan(brand(), poll_interval_s=interval).holds
        assert not plan(brand(), poll_interval_s=interval + 1).holds

    def test_the_official_interface_where_its_pages_would_do(self) -> None:
        watched = brand(8000, words=tuple(f"问题{n}" for n in range(300)))
        made = plan(watched)
        assert advised(made)["official"] == 50
        assert plan(watched, transport="official").holds
        assert "official" not in advised(plan(watched, transport="official", index_lag_s=600))

    def test_fewer_pages_where_reading_them_takes_too_long(self) -> None:
        made = plan(brand(), max_pages=50)
        pages = int(advised(made)["lower_max_pages"])
        assert plan(brand(), max_pages=pages).holds
        assert not plan(brand(), max_pages=pages + 1).holds

    def test_what_no_single_change_mends(self) -> None:
        made = plan(brand(), index_lag_s=600)
        assert set(advised(made)) == {"out_of_reach"}
