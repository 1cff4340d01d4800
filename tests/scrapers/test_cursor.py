"""Nothing is lost silently: cursors, gaps, and a brute-force model of a search that lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.cursor import (
    EDGE,
    MAX_TRIES,
    Cursor,
    Gap,
    GapProgress,
    Loss,
    LossReason,
    Position,
    Progress,
    adopt,
    advance,
    canary_since,
    close_gap,
    gap_since,
    give_up,
    inherit,
    merge,
    since,
)
from scrapers.post import Platform
from scrapers.source import Outcome, Page, Query

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OVERLAP_S = 300


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def page(drained_to: datetime | None, outcome: Outcome = Outcome.OK) -> Page:
    return Page(outcome, drained_to=drained_to)


class TestSince:
    @pytest.mark.parametrize(
        ("cursor_s", "look_back_s", "now_s", "expected_s"),
        [
            pytest.param(None, 0, 0, 0, id="first start floods nobody"),
            pytest.param(None, 3600, 0, -3600, id="first start looks back when told to"),
            pytest.param(None, 0, 900, 0, id="never succeeded: still from the first start"),
            pytest.param(1000, 0, 1060, 700, id="overlap behind the cursor"),
            pytest.param(100, 0, 160, 0, id="overlap never reaches before the first start"),
            pytest.param(100, 60, 160, -60, id="nor before the look-back"),
            pytest.param(1000, 0, 90_000, 700, id="an outage of a day is read in full"),
            pytest.param(9000, 0, 1000, 700, id="a cursor from the future counts as now"),
        ],
    )
    def test_where_a_poll_reads_from(
        self, cursor_s: float | None, look_back_s: float, now_s: float, expected_s: float
    ) -> None:
        cursor = None if cursor_s is None else Cursor(at(cursor_s))
        assert since(cursor, OVERLAP_S, look_back_s, T0, at(now_s)) == at(expected_s)

    def test_search_reaches_back_only_so_far(self) -> None:
        asked = since(Cursor(at(1000)), OVERLAP_S, 0, T0, at(10_000), window_s=3600)
        assert asked == at(6400)

    def test_a_clock_set_back_before_the_first_start_asks_nothing_of_the_future(self) -> None:
        assert since(None, OVERLAP_S, 0, T0, at(-50)) == at(-50)

    def test_a_canary_always_looks_a_promise_back(self) -> None:
        assert canary_since(at(0), 600) == at(-600)


class TestAdvance:
    CURSOR = Cursor(at(1000))
    ASKED = at(700)
    STARTED = at(1060)

    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            pytest.param(page(at(700)), Progress(Cursor(at(1060))), id="drained"),
            pytest.param(
                page(at(700), Outcome.OK_EMPTY), Progress(Cursor(at(1060))), id="drained and empty"
            ),
            pytest.param(
                page(at(900)),
                Progress(Cursor(at(1060)), Gap(at(700), at(900) + EDGE)),
                id="page limit",
            ),
            pytest.param(
                page(at(900), Outcome.THROTTLED),
                Progress(Cursor(at(1060)), Gap(at(700), at(900) + EDGE)),
                id="a later page failed",
            ),
            pytest.param(page(None, Outcome.AUTH), Progress(CURSOR), id="failed"),
            pytest.param(page(None), Progress(CURSOR), id="nothing certain"),
            pytest.param(page(at(1060)), Progress(CURSOR), id="nothing read at all"),
            pytest.param(
                page(at(700), Outcome.NETWORK), Progress(CURSOR), id="failed and claims to be whole"
            ),
        ],
    )
    def test_where_the_cursor_stands(self, result: Page, expected: Progress) -> None:
        assert advance(self.CURSOR, result, self.ASKED, self.STARTED) == expected

    def test_the_first_poll_of_all_moves_from_nothing(self) -> None:
        assert advance(None, page(at(0)), at(0), at(0)) == Progress(Cursor(at(0)))
        assert advance(None, page(None, Outcome.AUTH), at(0), at(0)) == Progress(None)

    def test_an_outage_longer_than_the_search_window_is_reported_as_lost(self) -> None:
        lost = Loss(at(700), at(6400), LossReason.TOO_OLD)
        assert advance(
            self.CURSOR, page(at(6400)), at(6400), at(10_000), owed_since=at(700)
        ) == Progress(Cursor(at(10_000)), loss=lost)
        assert advance(
            self.CURSOR, page(at(6500)), at(6400), at(10_000), owed_since=at(700)
        ) == Progress(Cursor(at(10_000)), Gap(at(6400), at(6500) + EDGE), lost)

    def test_left_to_itself_it_reports_from_the_cursor_on(self) -> None:
        progress = advance(self.CURSOR, page(at(6400)), at(6400), at(10_000))
        assert progress.loss == Loss(at(1000), at(6400), LossReason.TOO_OLD)

    def test_a_failed_poll_reports_no_loss_yet(self) -> None:
        failing = page(None, Outcome.NETWORK)
        assert advance(self.CURSOR, failing, at(6400), at(10_000)) == Progress(self.CURSOR)


class TestGaps:
    GAP = Gap(at(0), at(600), tries=2)

    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            pytest.param(page(at(0)), GapProgress(None), id="read"),
            pytest.param(
                page(at(200)), GapProgress(Gap(at(0), at(200) + EDGE)), id="narrowed, tries anew"
            ),
            pytest.param(
                page(at(200), Outcome.NETWORK),
                GapProgress(Gap(at(0), at(200) + EDGE)),
                id="narrowed before it failed",
            ),
            pytest.param(page(at(599)), GapProgress(Gap(at(0), at(600), 3)), id="no progress"),
            pytest.param(page(at(900)), GapProgress(Gap(at(0), at(600), 3)), id="not reached"),
            pytest.param(page(None), GapProgress(Gap(at(0), at(600), 3)), id="says nothing"),
            pytest.param(
                page(None, Outcome.REJECTED), GapProgress(Gap(at(0), at(600), 3)), id="refused"
            ),
            pytest.param(page(None, Outcome.AUTH), GapProgress(GAP), id="blind: no try"),
            pytest.param(page(None, Outcome.THROTTLED), GapProgress(GAP), id="throttled: no try"),
        ],
    )
    def test_what_is_left(self, result: Page, expected: GapProgress) -> None:
        assert close_gap(self.GAP, result, at(0)) == expected

    def test_it_is_given_up_after_enough_tries_and_says_so(self) -> None:
        progress = GapProgress(Gap(at(0), at(600)))
        for _ in range(MAX_TRIES):
            assert progress.gap
            progress = close_gap(progress.gap, page(None), at(0))
        assert progress == GapProgress(None, Loss(at(0), at(600), LossReason.TRIES))

    def test_what_search_no_longer_reaches_is_lost_when_the_rest_is_read(self) -> None:
        asked = gap_since(self.GAP, at(3800), window_s=3600)
        assert asked == at(200)
        assert close_gap(self.GAP, page(at(200)), asked) == GapProgress(
            None, Loss(at(0), at(200), LossReason.TOO_OLD)
        )

    def test_a_gap_that_search_no_longer_reaches_at_all_is_given_up(self) -> None:
        assert gap_since(self.GAP, at(4200), window_s=3600) is None
        assert give_up(self.GAP) == Loss(at(0), at(600), LossReason.TOO_OLD)

    def test_touching_gaps_become_one_with_the_most_tries(self) -> None:
        apart = Gap(at(900), at(950), 1)
        merged = merge([apart, Gap(at(100), at(700), 3), self.GAP, Gap(at(50), at(60))])
        assert merged == (Gap(at(0), at(700), 3), apart)


class TestTakingOver:
    def query(self, key: str, *brands: str) -> Query:
        return Query(key, Platform.WEIBO, key, brands)

    def test_a_new_query_goes_on_from_the_least_advanced(self) -> None:
        ahead = Position(Cursor(at(900)), at(0), (Gap(at(0), at(50)),))
        behind = Position(Cursor(at(800)), at(100), (Gap(at(40), at(90)),))
        assert inherit([ahead, behind]) == Position(Cursor(at(800)), at(0), (Gap(at(0), at(90)),))

    def test_one_that_never_read_counts_from_its_start(self) -> None:
        old = Position(Cursor(at(9000)), at(0))
        fresh = Position(None, at(8000))
        assert inherit([old, fresh]) == Position(Cursor(at(8000)), at(0))

    def test_without_predecessors_it_is_a_first_start(self) -> None:
        assert inherit([]) is None

    def test_a_plan_takes_over_from_the_one_before(self) -> None:
        kept, dropped = Position(Cursor(at(500)), at(0)), Position(Cursor(at(400)), at(0))
        held = {
            "kept": (("星云手表",), kept),
            "dropped": (("NebulaWatch", "星云手表"), dropped),
            "foreign": (("别家",), Position(Cursor(at(1)), at(0))),
        }
        planned = [
            self.query("kept", "星云手表"),
            self.query("new", "NebulaWatch"),
            self.query("first", "新品牌"),
        ]
        assert adopt(planned, held, at(600)) == {
            "kept": kept,
            "new": dropped,
            "first": Position(None, at(600)),
        }


@dataclass(frozen=True)
class Tweet:
    published: int
    lag: int


@dataclass
class World:
    """A platform that indexes late and limits pages, and one query that is polled on it."""

    tweets: list[Tweet]
    window_s: int
    now: int = 0
    position: Position = field(default_factory=lambda: Position(None, T0))
    fetched: set[Tweet] = field(default_factory=set)
    losses: list[Loss] = field(default_factory=list)

    def search(self, frm: datetime, to: datetime | None, limit: int) -> tuple[list[Tweet], Page]:
        """Newest first; a limit may cut the posts of one second in two."""
        found = sorted(
            (
                tweet
                for tweet in self.tweets
                if tweet.published + tweet.lag <= self.now
                and at(tweet.published) >= frm
                and (to is None or at(tweet.published) < to)
            ),
            key=lambda tweet: -tweet.published,
        )
        read = found[:limit]
        if len(found) <= limit:
            return read, page(frm)
        return read, page(at(read[-1].published) if read else None)

    def poll(self, limit: int, outcome: Outcome) -> None:
        began = at(self.now)
        cursor, started_at = self.position.cursor, self.position.started_at
        owed = since(cursor, OVERLAP_S, 0, started_at, began)
        asked = since(cursor, OVERLAP_S, 0, started_at, began, window_s=self.window_s)
        read, answer = self.search(asked, None, limit)
        if not outcome.sees:
            whole = answer.drained_to == asked
            answer = page(None if whole or not read else answer.drained_to, outcome)
        progress = advance(cursor, answer, asked, began, owed_since=owed)
        self.fetched.update(read)
        gaps = merge([*self.position.gaps, *([progress.gap] if progress.gap else [])])
        self.position = Position(progress.cursor, self.position.started_at, gaps)
        self.losses += [progress.loss] if progress.loss else []

    def read_gap(self, limit: int, outcome: Outcome) -> None:
        if not self.position.gaps:
            return
        gap, *rest = self.position.gaps
        asked = gap_since(gap, at(self.now), self.window_s)
        if asked is None:
            progress = GapProgress(None, give_up(gap))
        else:
            read, answer = self.search(asked, gap.until, limit)
            self.fetched.update(read)
            progress = close_gap(gap, answer if outcome.sees else page(None, outcome), asked)
        left = [*rest, *([progress.gap] if progress.gap else [])]
        self.position = Position(self.position.cursor, self.position.started_at, merge(left))
        self.losses += [progress.loss] if progress.loss else []

    def accounted(self, tweet: Tweet) -> bool:
        owed = [*self.position.gaps, *self.losses]
        return tweet in self.fetched or any(
            one.since <= at(tweet.published) <= one.until for one in owed
        )


OUTCOMES = st.sampled_from(
    [Outcome.OK, Outcome.OK, Outcome.OK, Outcome.NETWORK, Outcome.AUTH, Outcome.DRIFT]
)
LIMITS = st.sampled_from([0, 1, 2, 3, 5, 100])
Deed = Callable[[World], None]
DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.builds(lambda limit, outcome: lambda w: w.poll(limit, outcome), LIMITS, OUTCOMES),
    st.builds(lambda limit, outcome: lambda w: w.poll(limit, outcome), LIMITS, OUTCOMES),
    st.builds(lambda limit, outcome: lambda w: w.read_gap(limit, outcome), LIMITS, OUTCOMES),
)
STEPS = st.lists(st.tuples(st.sampled_from([1, 30, 60, 61, 300, 2000]), DEEDS), max_size=25)
TWEETS = st.lists(
    st.builds(Tweet, st.integers(0, 6000), st.integers(0, OVERLAP_S)), max_size=25, unique=True
)


@settings(max_examples=100)
@given(TWEETS, STEPS, st.sampled_from([1500, 1_000_000]))
def test_every_indexed_post_is_read_or_owed_or_reported_lost(
    tweets: list[Tweet], steps: list[tuple[int, Deed]], window_s: int
) -> None:
    world = World(tweets, window_s)
    world.poll(100, Outcome.OK)
    for wait_s, deed in steps:
        world.now += wait_s
        deed(world)
    last_read = world.position.cursor
    assert last_read is not None
    for tweet in tweets:
        if at(tweet.published + tweet.lag) <= last_read.at:
            assert world.accounted(tweet), tweet


@settings(max_examples=50)
@given(TWEETS, STEPS)
def test_all_is_read_in_the_end_when_the_source_comes_back(
    tweets: list[Tweet], steps: list[tuple[int, Deed]]
) -> None:
    world = World(tweets, window_s=1_000_000)
    world.poll(100, Outcome.OK)
    for wait_s, deed in steps:
        world.now += wait_s
        deed(world)
    world.now = max(world.now, 7000)
    world.poll(100, Outcome.OK)
    while world.position.gaps:
        world.read_gap(100, Outcome.OK)
    lost = [tweet for tweet in tweets if tweet not in world.fetched]
    assert all(
        any(loss.since <= at(tweet.published) <= loss.until for loss in world.losses)
        for tweet in lost
    )
    assert all(loss.reason is LossReason.TRIES for loss in world.losses)
