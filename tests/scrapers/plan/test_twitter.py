"""X: packed queries cover every pair, fit the limit, and cost what they say."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scrapers.plan.model import Allowance, Plan, PlanError, WatchedBrand
from scrapers.plan.twitter import Packed, pack, plan_twitter, term
from scrapers.post import Platform
from scrapers.twitter.settings import TwitterSettings

NAMES = ("星云手表", "NebulaWatch")
WORDS = ("退款", "not working", "refund")
X = Platform.TWITTER


def brand(
    name: str = "星云手表",
    names: tuple[str, ...] = NAMES,
    words: tuple[str, ...] = WORDS,
    per_hour: float | None = None,
    account: str = "",
) -> WatchedBrand:
    accounts = {X: account} if account else {}
    return WatchedBrand(name, names, words, {X: per_hour}, accounts)


def plan(*brands: WatchedBrand, promise_s: float = 600, **changes: object) -> Plan:
    return plan_twitter(brands, TwitterSettings.model_validate(changes), promise_s=promise_s)


def texts(made: Plan) -> list[str]:
    return [planned.query.text for planned in made.queries]


TERM = r'(?:"(?:[^"\\]|\\.)*"|[^\s()"]+)'
GROUP = rf"\(({TERM}(?: OR {TERM})*)\)"


def read_back(text: str) -> tuple[set[str], set[str], str]:
    """Read a query as X would: two bracketed rows of terms and what follows."""
    match = re.fullmatch(rf"{GROUP} {GROUP}(.*)", text, re.DOTALL)
    assert match, text
    rows = [
        {re.sub(r"\\(.)", r"\1", one.strip('"') if one[0] != '"' else one[1:-1]) for one in found}
        for found in (re.findall(TERM, row.replace(" OR ", " ")) for row in match.groups()[:2])
    ]
    return rows[0], rows[1], match.group(3)


class TestText:
    def test_a_small_brand_is_one_query(self) -> None:
        [text] = texts(plan(brand(account="900100")))
        pairs = '(NebulaWatch OR "星云手表") ("not working" OR refund OR "退款")'
        assert text == f"{pairs} -is:retweet -from:900100"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("refund", "refund"),
            ("iPhone15", "iPhone15"),
            ("@NebulaWatch", "@NebulaWatch"),
            ("#fail", "#fail"),
            ("or", '"or"'),
            ("AND", '"AND"'),
            ("not working", '"not working"'),
            ("rip-off", '"rip-off"'),
            ("doesn't work", '"doesn\'t work"'),
            ("退款", '"退款"'),
            ("from:me", '"from:me"'),
            ('5" screen', '"5\\" screen"'),
            ("back\\slash", '"back\\\\slash"'),
            ("(", '"("'),
            ("_", '"_"'),
        ],
    )
    def test_terms_are_quoted_where_they_could_mean_something_else(
        self, text: str, expected: str
    ) -> None:
        assert term(text) == expected

    @pytest.mark.parametrize("side", ["name", "word"])
    def test_a_term_that_fits_nowhere_is_named(self, side: str) -> None:
        long = "长" * 505
        odd = brand(names=(long,)) if side == "name" else brand(words=(long, "退款"))
        with pytest.raises(PlanError, match=f"{long}.*512"):
            plan(odd)


TERMS = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30),
    min_size=1,
    max_size=25,
    unique_by=str.casefold,
).map(tuple)


class TestPacking:
    @given(TERMS, TERMS, st.integers(64, 600), st.sampled_from(["", " -is:retweet -from:900100"]))
    @settings(max_examples=80)
    def test_every_pair_is_asked_for_and_every_query_fits(
        self, names: tuple[str, ...], words: tuple[str, ...], limit: int, suffix: str
    ) -> None:
        try:
            packed = pack(names, words, suffix, limit)
        except PlanError:
            longest = max(len(term(n)) for n in names) + max(len(term(w)) for w in words)
            assert longest + len(f"() (){suffix}") > limit
            return
        asked = {(n, w) for one in packed for n in one.names for w in one.words}
        assert asked == {(n, w) for n in names for w in words}
        assert all(len(one.text) <= limit for one in packed)
        assert len(packed) <= len(names) * len(words)

    @given(TERMS, TERMS)
    @settings(max_examples=60)
    def test_a_query_says_exactly_its_terms(
        self, names: tuple[str, ...], words: tuple[str, ...]
    ) -> None:
        # The reader below splits at OR; a term that holds one is covered by the table above.
        assume(not any(" OR " in one for one in (*names, *words)))
        [one] = pack(names, words, " -is:retweet", 10_000)
        assert read_back(one.text) == (set(names), set(words), " -is:retweet")

    def test_long_lists_of_both_are_cut_both_ways(self) -> None:
        names = tuple(f"name{n:03}" for n in range(60))
        words = tuple(f"word{n:03}" for n in range(60))
        packed = pack(names, words, " -is:retweet", 512)
        # 46 terms of 7 letters fit a query; 23 × 23 pairs each would need at least 7.
        assert 7 <= len(packed) <= 9

    def test_one_query_where_one_is_enough(self) -> None:
        assert pack(("a",), ("b",), "", 64) == [Packed("(a) (b)", ("a",), ("b",))]


class TestSharing:
    def test_brands_with_the_same_words_share_their_queries(self) -> None:
        made = plan(brand(), brand("明月", ("明月",)))
        assert [planned.query.brands for planned in made.queries] == [("明月", "星云手表")]

    def test_but_not_when_a_word_or_an_account_differs(self) -> None:
        made = plan(
            brand(),
            brand("明月", ("明月",), (*WORDS, "漏光")),
            brand("长庚", ("长庚",), account="@ChanggengCare"),
        )
        assert sorted(planned.query.brands for planned in made.queries) == [
            ("明月",),
            ("星云手表",),
            ("长庚",),
        ]
        assert texts(made)[-1].endswith("-is:retweet -from:ChanggengCare")

    def test_a_query_serves_only_the_brands_that_it_names(self) -> None:
        names = tuple(f"别名{n}号" for n in range(40))
        made = plan(brand("甲", names), brand("乙", ("乙牌",)))
        for planned in made.queries:
            served = {"甲"} if any(name in planned.query.text for name in names) else set()
            served |= {"乙"} if "乙牌" in planned.query.text else set()
            assert set(planned.query.brands) == served

    def test_a_brand_without_words_is_not_searched_and_that_is_said(self) -> None:
        made = plan(brand(words=(" ",)))
        assert made.queries == ()
        assert [(a.code, a.params["value"]) for a in made.advice] == [("no_words", "星云手表")]


class TestKeys:
    def test_order_case_doubles_and_blanks_do_not_change_a_key(self) -> None:
        one = plan(brand())
        other = plan(brand(names=NAMES[::-1], words=(" refund ", *WORDS[::-1], "REFUND", "")))
        assert [q.query.key for q in one.queries] == [q.query.key for q in other.queries]

    def test_another_meaning_is_another_key(self) -> None:
        keys = [
            plan(one).queries[0].query.key
            for one in (brand(), brand(account="1"), brand(words=("退款",)), brand(names=("N",)))
        ]
        assert len(set(keys)) == len(keys)
        assert all(key.startswith("twitter-") and len(key) <= 64 for key in keys)


class TestPromise:
    def test_the_worst_delay_is_the_sum_of_its_parts(self) -> None:
        """450 per 15 min are 2 s apart; two single-page queries of two brands, 10 pages at most."""
        made = plan(brand(), brand("明月", ("明月",), ("漏光",)))
        index_lag, interval, other, pages, ours = 30, 30, 2, 10 * 10, 2 + 60
        assert made.worst_delay_s == index_lag + interval + other + pages + ours
        assert made.with_one_failure_s == made.worst_delay_s + 30 + 10
        assert made.holds
        assert made.requests_per_minute == pytest.approx(4)
        assert made.budget_per_minute == 30

    def test_our_own_steps_are_an_argument(self) -> None:
        slow = plan_twitter(
            [brand()], TwitterSettings(), promise_s=600, allowance=Allowance(judge_s=20, notify_s=5)
        )
        assert slow.worst_delay_s == plan(brand()).worst_delay_s - 62 + 25

    def test_a_small_budget_stretches_the_interval(self) -> None:
        made = plan(brand(), requests_per_15_minutes=15)
        assert made.queries[0].interval_s == pytest.approx(60 / 0.8)
        assert made.requests_per_minute <= made.budget_per_minute

    def test_cost_is_known_once_every_brand_is_measured(self) -> None:
        measured = brand(per_hour=10)
        assert plan(measured).cost_usd_per_day == pytest.approx(10 * 24 * 0.005)
        assert plan(measured, brand("明月", ("明月",))).cost_usd_per_day is None

    def test_the_canary_runs_twice_a_promise_and_is_no_brands(self) -> None:
        made = plan(brand(), canary_query="the -is:retweet")
        assert made.canary
        assert made.canary.interval_s == 300
        assert made.canary.query.brands == ()
        assert made.canary.query.text == "the -is:retweet"
        assert plan(brand()).canary is None


class TestAdvice:
    def words(self, count: int) -> tuple[str, ...]:
        return tuple(f"问题{n:04}号" for n in range(count))

    def advised(self, made: Plan) -> dict[str, float | str]:
        return {advice.code: advice.params["value"] for advice in made.advice}

    def test_nothing_is_advised_while_it_holds(self) -> None:
        assert plan(brand(words=self.words(100))).advice == ()

    def test_each_advice_holds_and_a_smaller_change_does_not(self) -> None:
        watched = brand(words=self.words(1000))
        tight: dict[str, float] = {"requests_per_15_minutes": 60, "poll_interval_s": 30}
        made = plan(watched, **tight)
        assert not made.holds
        advised = self.advised(made)
        assert {"raise_requests_per_15_minutes", "fewer_words", "raise_query_max_length"} <= set(
            advised
        )
        requests = int(advised["raise_requests_per_15_minutes"])
        assert plan(watched, requests_per_15_minutes=requests).holds
        assert not plan(watched, requests_per_15_minutes=requests - 1).holds
        count = int(advised["fewer_words"])
        assert plan(brand(words=watched.words[:count]), **tight).holds
        assert not plan(brand(words=watched.words[: count + 1]), **tight).holds
        assert plan(watched, query_max_length=4096, **tight).holds

    def test_a_storm_that_outruns_the_pages_does_not_hold(self) -> None:
        made = plan(brand(per_hour=30_000), max_pages=2)
        assert not made.queries[0].drains
        assert not made.holds
        pages = int(self.advised(made)["raise_max_pages"])
        assert plan(brand(per_hour=30_000), max_pages=pages).holds
        assert not plan(brand(per_hour=30_000), max_pages=pages - 1).holds

    def test_what_no_single_change_mends_is_said_with_its_figure(self) -> None:
        made = plan(brand(), promise_s=90, index_lag_s=60)
        [advice] = made.advice
        assert advice.code == "out_of_reach"
        assert str(advice.params["value"]) in advice.zh
        assert str(advice.params["value"]) in advice.en

    def test_planning_for_the_scheduler_goes_without(self) -> None:
        made = plan_twitter(
            [brand()], TwitterSettings(index_lag_s=600), promise_s=600, with_advice=False
        )
        assert (made.holds, made.advice) == (False, ())
