"""Back-off, breakers and what is remembered of a source."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import errors
from scrapers.errors import SourceError
from scrapers.health import (
    BACKOFF_CAP_S,
    BLOCKED_FIRST_S,
    PERMANENT,
    RETRY_AFTER_CAP_S,
    Cause,
    Fault,
    Health,
    after,
    backoff_s,
    begin,
    due_at,
    from_json,
    may_poll,
    retain,
    started,
    to_json,
)
from scrapers.post import Author, Platform, Post
from scrapers.source import Outcome, Page

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FAILING = tuple(outcome for outcome in Outcome if not outcome.sees)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def post(published_s: float) -> Post:
    author = Author("1", "路人甲")
    text = "星云手表坏了"
    return Post(Platform.WEIBO, f"{published_s}", author, text, at(published_s), "https://m.cn/1")


def answer(*published_s: float) -> Page:
    posts = tuple(post(one) for one in published_s)
    return Page(Outcome.OK if posts else Outcome.OK_EMPTY, posts)


def failure(outcome: Outcome, retry_after_s: float | None = None, detail: str = "") -> Page:
    return Page(outcome, retry_after_s=retry_after_s, detail=detail)


def failed(health: Health, outcome: Outcome, now: datetime, key: str = "q") -> Health:
    return after(health, key, failure(outcome), now, jitter=1.0)


def test_permanent_causes_are_those_of_the_errors() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = [kind for kind in kinds if issubclass(kind, SourceError) and kind is not SourceError]
    assert {kind.outcome for kind in raised if kind.permanent} == PERMANENT
    assert {kind.outcome for kind in raised} == set(FAILING)


class TestBackoff:
    @pytest.mark.parametrize(
        ("outcome", "failures", "retry_after_s", "expected_s"),
        [
            (Outcome.NETWORK, 1, None, 5),
            (Outcome.NETWORK, 4, None, 40),
            (Outcome.NETWORK, 50, None, 900),
            (Outcome.THROTTLED, 1, None, 60),
            (Outcome.THROTTLED, 3, None, 240),
            (Outcome.THROTTLED, 1, 120.0, 125),
            (Outcome.NETWORK, 9, 10.0, 15),
            (Outcome.THROTTLED, 1, 1e9, RETRY_AFTER_CAP_S + 5),
            (Outcome.AUTH, 1, None, 60),
            (Outcome.CHALLENGE, 2, None, 120),
            (Outcome.CAPPED, 3, None, 240),
            (Outcome.DRIFT, 9, None, 900),
            (Outcome.CAPPED, 1, 600.0, 600),
            (Outcome.BLOCKED, 1, None, 1800),
            (Outcome.BLOCKED, 2, None, 3600),
            (Outcome.BLOCKED, 9, None, 7200),
        ],
    )
    def test_waits_at_full_jitter(
        self, outcome: Outcome, failures: int, retry_after_s: float | None, expected_s: float
    ) -> None:
        assert backoff_s(outcome, failures, retry_after_s, 1.0) == expected_s

    @given(
        st.sampled_from(FAILING),
        st.integers(1, 10_000),
        st.none() | st.floats(0, 1e6),
        st.floats(0, 1),
    )
    @settings(max_examples=60)
    def test_never_sooner_than_asked_never_without_end(
        self, outcome: Outcome, failures: int, retry_after_s: float | None, jitter: float
    ) -> None:
        wait_s = backoff_s(outcome, failures, retry_after_s, jitter)
        assert wait_s >= min(retry_after_s or 0, RETRY_AFTER_CAP_S)
        assert wait_s <= max(4 * BLOCKED_FIRST_S, RETRY_AFTER_CAP_S + 5)
        if outcome in PERMANENT:
            assert wait_s == backoff_s(outcome, failures, retry_after_s, 0.0), "no jitter"
        elif retry_after_s is None:
            assert wait_s <= BACKOFF_CAP_S


class TestPolling:
    def test_a_failing_login_holds_up_every_query_of_the_source(self) -> None:
        health = failed(Health(T0), Outcome.AUTH, T0, "a")
        assert not may_poll(health, "a", at(59))
        assert not may_poll(health, "b", at(59))
        assert may_poll(health, "b", at(60))

    @pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.DRIFT])
    def test_one_refused_search_does_not_hold_up_its_neighbours(self, outcome: Outcome) -> None:
        health = failed(Health(T0), outcome, T0, "a")
        assert not may_poll(health, "a", at(59))
        assert may_poll(health, "b", at(1))
        assert may_poll(health, "a", at(60))

    def test_a_refused_search_waits_by_its_own_failures(self) -> None:
        health = failed(failed(Health(T0), Outcome.REJECTED, T0, "a"), Outcome.REJECTED, T0, "b")
        assert {fault.retry_at for fault in health.faults.values()} == {at(60)}

    def test_half_open_one_probe_flies_and_the_others_wait_for_it(self) -> None:
        health = failed(Health(T0), Outcome.AUTH, T0, "a")
        assert begin(health, "a", at(30), lease_s=90) is None
        probing = begin(health, "b", at(60), lease_s=90)
        assert probing is not None
        assert begin(probing, "a", at(61), lease_s=90) is None
        assert begin(probing, "a", at(150), lease_s=90) is not None, "the probe was lost"
        again = after(probing, "b", answer(), at(65), jitter=1.0)
        assert begin(again, "a", at(65), lease_s=90) is not None

    def test_a_failed_probe_doubles_the_wait(self) -> None:
        health = failed(Health(T0), Outcome.AUTH, T0)
        health = failed(health, Outcome.AUTH, at(60))
        assert health.failures == 2
        assert health.failing_since == T0
        assert health.open_until == at(180)

    def test_a_healthy_source_is_asked_in_parallel(self) -> None:
        health = begin(Health(T0), "a", at(1), lease_s=90)
        assert health is not None
        assert health.last_attempt_at == at(1)
        assert begin(health, "b", at(1), lease_s=90) is not None

    def test_an_answer_clears_the_row_of_failures(self) -> None:
        health = failed(failed(Health(T0), Outcome.NETWORK, T0), Outcome.NETWORK, at(5))
        health = after(health, "q", answer(10), at(20), jitter=0.5)
        assert (health.failures, health.failing_since, health.open_until) == (0, None, None)
        assert not health.faults
        assert health.last_success_at == at(20)

    def test_an_answer_to_one_query_does_not_clear_the_fault_of_another(self) -> None:
        health = failed(Health(T0), Outcome.REJECTED, T0, "a")
        health = after(health, "b", answer(), at(1), jitter=0.5)
        assert set(health.faults) == {"a"}
        assert health.faults["a"].since == T0

    @pytest.mark.parametrize(
        ("health", "last_run_s", "expected_s"),
        [
            pytest.param(Health(T0), None, 0, id="never polled: at once"),
            pytest.param(Health(T0), 100, 160, id="its interval later"),
            pytest.param(failed(Health(T0), Outcome.NETWORK, at(100)), 100, 105, id="sooner"),
            pytest.param(failed(Health(T0), Outcome.BLOCKED, at(100)), 100, 1900, id="later"),
            pytest.param(
                failed(Health(T0), Outcome.AUTH, at(150), "other"), 100, 210, id="source rests"
            ),
            pytest.param(
                failed(Health(T0), Outcome.DRIFT, at(150), "other"), 100, 160, id="only another's"
            ),
        ],
    )
    def test_when_a_query_is_due(
        self, health: Health, last_run_s: float | None, expected_s: float
    ) -> None:
        last_run_at = None if last_run_s is None else at(last_run_s)
        assert due_at(health, "q", last_run_at, 60) == at(expected_s)


class TestWhatIsRemembered:
    def test_the_newest_post_never_goes_back_nor_into_the_future(self) -> None:
        health = after(Health(T0), "q", answer(10, 30, 20), at(60), jitter=0)
        assert (health.newest_post_at, health.quiet_since) == (at(30), None)
        health = after(health, "q", answer(25), at(120), jitter=0)
        assert (health.newest_post_at, health.quiet_since) == (at(30), at(120))
        health = after(health, "q", answer(), at(180), jitter=0)
        assert health.quiet_since == at(120)
        health = after(health, "q", answer(9999), at(240), jitter=0)
        assert (health.newest_post_at, health.quiet_since) == (at(240), None)

    def test_the_canary_says_nothing_of_the_brands_volume(self) -> None:
        health = after(Health(T0), "c", answer(10), at(60), jitter=0, canary=True)
        assert (health.newest_post_at, health.quiet_since) == (None, None)
        health = after(health, "c", answer(), at(360), jitter=0, canary=True)
        health = after(health, "c", answer(), at(660), jitter=0, canary=True)
        assert health.canary_failed_at == at(360)
        health = after(health, "c", answer(900), at(960), jitter=0, canary=True)
        assert health.canary_failed_at is None

    def test_what_left_the_plan_is_forgotten(self) -> None:
        health = failed(failed(Health(T0), Outcome.DRIFT, T0, "a"), Outcome.DRIFT, T0, "b")
        health = after(health, "c", answer(), at(1), jitter=0, canary=True)
        kept = retain(health, {"a", "c"}, canary=True)
        assert set(kept.faults) == {"a"}
        assert kept.canary_failed_at == at(1)
        assert retain(health, {"a"}, canary=False).canary_failed_at is None

    def test_a_restart_probes_at_once_what_a_person_may_have_mended(self) -> None:
        health = failed(failed(Health(T0), Outcome.AUTH, T0), Outcome.AUTH, at(60))
        health = started(health, at(70))
        assert may_poll(health, "q", at(70))
        probing = begin(health, "q", at(70), lease_s=30)
        assert probing is not None
        assert begin(probing, "r", at(71), lease_s=30) is None, "still a probe"

    @pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.THROTTLED])
    def test_a_restart_does_not_hurry_what_only_time_mends(self, outcome: Outcome) -> None:
        health = started(failed(Health(T0), outcome, T0), at(10))
        assert not may_poll(health, "q", at(10))

    def test_the_first_start_and_a_restart_count_from_now(self) -> None:
        assert started(None, T0) == Health(T0)
        quiet = after(Health(T0), "q", answer(), at(1), jitter=0)
        assert started(quiet, at(9000)).watched_since == at(9000)
        assert started(quiet, at(9000)).quiet_since is None


INSTANTS = st.none() | st.integers(0, 10**6).map(at)
FAULTS = st.builds(
    Fault,
    st.sampled_from(FAILING),
    st.text(max_size=20),
    st.integers(0, 99).map(at),
    st.integers(1, 99),
    st.integers(0, 99).map(at),
)
HEALTHS = st.builds(
    Health,
    st.integers(0, 99).map(at),
    INSTANTS,
    INSTANTS,
    INSTANTS,
    INSTANTS,
    st.none() | st.sampled_from(Outcome),
    st.text(max_size=20),
    st.integers(0, 99),
    INSTANTS,
    INSTANTS,
    INSTANTS,
    st.dictionaries(st.text(max_size=9), FAULTS, max_size=3),
    st.booleans(),
    INSTANTS,
    st.none() | st.sampled_from(Cause),
    INSTANTS,
)


class TestJson:
    @given(HEALTHS)
    @settings(max_examples=60)
    def test_round_trip(self, health: Health) -> None:
        assert from_json(json.loads(json.dumps(to_json(health)))) == health

    def test_the_state_of_another_version_is_read_as_far_as_it_goes(self) -> None:
        state = {"watched_since": T0.isoformat(), "of_the_future": 1}
        assert from_json(state) == Health(T0)

    def test_what_is_no_health_is_refused(self) -> None:
        with pytest.raises(KeyError):
            from_json({"failures": 3})
