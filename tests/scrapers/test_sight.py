"""A blind source is noticed, explained, and announced once at each end."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.health import PERMANENT, Cause, Health, after
from scrapers.post import Author, Platform, Post
from scrapers.sight import (
    CLEAR_AFTER_S,
    Event,
    EventKind,
    Sight,
    explain,
    sight,
    step,
    usual_posts_per_hour,
)
from scrapers.source import Outcome, Page

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PROMISE_S, WARN_AT_S = 600.0, 480.0


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def answer(*published_s: float) -> Page:
    posts = tuple(
        Post(Platform.WEIBO, str(s), Author("1", "路人甲"), "退款", at(s), "https://m.cn/1")
        for s in published_s
    )
    return Page(Outcome.OK if posts else Outcome.OK_EMPTY, posts)


def seen(health: Health, now_s: float, *published_s: float, key: str = "q") -> Health:
    return after(health, key, answer(*published_s), at(now_s), jitter=1.0)


def failed(health: Health, outcome: Outcome, now_s: float, key: str = "q") -> Health:
    return after(health, key, Page(outcome, detail="说明"), at(now_s), jitter=1.0)


def look(health: Health, now_s: float, expected: float | None = None) -> Sight:
    return sight(health, expected, PROMISE_S, WARN_AT_S, at(now_s))


def move(
    health: Health, now_s: float, expected: float | None = None
) -> tuple[Health, Event | None]:
    return step(health, expected, PROMISE_S, WARN_AT_S, at(now_s))


SEEING = seen(Health(T0), 0, -5)


class TestFaults:
    @pytest.mark.parametrize("outcome", sorted(PERMANENT))
    def test_a_permanent_cause_is_blind_after_a_minute(self, outcome: Outcome) -> None:
        health = failed(SEEING, outcome, 10)
        assert not look(health, 69).blind
        view = look(health, 70)
        assert (view.blind, view.cause, view.since) == (True, Cause(outcome.value), at(10))

    @pytest.mark.parametrize("outcome", sorted(PERMANENT))
    def test_or_after_the_second_failure(self, outcome: Outcome) -> None:
        assert look(failed(failed(SEEING, outcome, 10), outcome, 20), 20).blind

    @pytest.mark.parametrize("outcome", [Outcome.NETWORK, Outcome.THROTTLED])
    def test_what_may_pass_by_itself_is_blind_in_time_to_say_so(self, outcome: Outcome) -> None:
        health = SEEING
        for now_s in range(10, 480, 60):
            health = failed(health, outcome, now_s)
        assert not look(health, WARN_AT_S - 1).blind
        view = look(health, WARN_AT_S)
        assert (view.blind, view.cause, view.since) == (True, Cause(outcome.value), at(10))

    def test_even_when_only_one_query_fails(self) -> None:
        health = failed(SEEING, Outcome.NETWORK, 10, "a")
        health = seen(health, 480, 470, key="b")
        assert not look(health, 10 + WARN_AT_S - 1).blind
        assert look(health, 10 + WARN_AT_S).cause is Cause.NETWORK

    def test_a_query_that_is_always_refused_is_blind_though_its_neighbours_see(self) -> None:
        health = failed(SEEING, Outcome.REJECTED, 10, "a")
        health = seen(health, 60, 55, key="b")
        health = seen(health, 120, 115, key="b")
        assert look(health, 120).cause is Cause.REJECTED

    def test_what_a_person_must_mend_is_named_before_what_may_pass(self) -> None:
        health = failed(failed(SEEING, Outcome.NETWORK, 10, "a"), Outcome.AUTH, 400, "b")
        assert look(health, 600).cause is Cause.AUTH

    def test_one_failure_between_answers_is_not_blind(self) -> None:
        health = seen(failed(SEEING, Outcome.CHALLENGE, 10), 65, 60)
        assert not look(health, 100).blind


class TestStalls:
    def test_never_seen_since_the_start(self) -> None:
        assert not look(Health(T0), WARN_AT_S - 1).blind
        assert look(Health(T0), WARN_AT_S).cause is Cause.NEVER

    def test_nobody_polls_any_more(self) -> None:
        assert not look(SEEING, WARN_AT_S - 1).blind
        view = look(SEEING, WARN_AT_S)
        assert (view.cause, view.since) == (Cause.STALLED, T0)

    def test_the_time_of_a_standstill_is_no_stall(self) -> None:
        assert not look(Health(at(9000), last_success_at=T0), 9100).blind


class TestSilence:
    """At 60 posts an hour, 9.2 minutes without one have odds of 1 in 10,000."""

    def quiet(self, until_s: int, *published_s: float) -> Health:
        health = seen(Health(T0), 0, 0)
        for now_s in range(60, until_s + 1, 60):
            health = seen(health, now_s, *published_s)
        return health

    def test_silence_that_history_rules_out(self) -> None:
        minutes = math.ceil(-math.log(1e-4))
        assert not look(self.quiet(60 * (minutes - 1)), 60 * (minutes - 1), expected=60).blind
        until_s = 60 * (minutes + 1)
        view = look(self.quiet(until_s), until_s, expected=60)
        assert (view.cause, view.since) == (Cause.SILENT, T0)

    def test_old_posts_again_and_again_are_stale(self) -> None:
        assert look(self.quiet(660, -20), 660, expected=60).cause is Cause.STALE

    @pytest.mark.parametrize("expected", [None, 0.0, 6.0])
    def test_a_brand_that_is_often_silent_is_believed(self, expected: float | None) -> None:
        assert not look(self.quiet(1200), 1200, expected=expected).blind

    def test_after_a_standstill_every_query_has_its_turn_first(self) -> None:
        stored = Health(at(90_000), last_success_at=at(50), newest_post_at=at(40))
        health = seen(stored, 90_000, key="quiet alias")
        assert not look(health, 90_000, expected=600).blind
        health = seen(health, 90_060, 90_050, key="name")
        assert not look(health, 90_500, expected=600).blind

    def test_time_in_which_nothing_was_asked_is_no_silence(self) -> None:
        health = self.quiet(300)
        assert not look(health, 300 + WARN_AT_S - 1, expected=60).blind

    @pytest.mark.parametrize(
        ("counts", "expected"), [([], None), ([5, 9], None), ([5, 2, 9], 2.0), ([0, 4, 4], 0.0)]
    )
    def test_what_may_be_expected(self, counts: list[int], expected: float | None) -> None:
        assert usual_posts_per_hour(counts) == expected


class TestCanary:
    def test_an_empty_canary_is_blind_at_once(self) -> None:
        health = after(SEEING, "c", answer(), at(60), jitter=0, canary=True)
        view = look(health, 60)
        assert (view.cause, view.since) == (Cause.CANARY, at(60))
        health = after(health, "c", answer(300), at(360), jitter=0, canary=True)
        assert not look(health, 360).blind


class TestEvents:
    def test_each_end_of_an_outage_is_announced_once(self) -> None:
        health, events = SEEING, []
        for now_s in range(60, 600, 60):
            health = failed(health, Outcome.AUTH, now_s)
            health, event = move(health, now_s)
            events.append(event)
        for now_s in range(600, 900, 30):
            health = seen(health, now_s, now_s - 5)
            health, event = move(health, now_s)
            events.append(event)
        blind, clear = [event for event in events if event]
        assert (blind.kind, blind.cause, blind.since) == (EventKind.BLIND, Cause.AUTH, at(60))
        assert "说明" in blind.zh
        assert "说明" in blind.en
        assert (clear.kind, clear.cause, clear.since) == (
            EventKind.SEES_AGAIN,
            Cause.AUTH,
            at(60),
        )
        assert clear.at == at(600 + CLEAR_AFTER_S)
        assert "10 分钟" in clear.zh
        assert "10 min" in clear.en
        assert (health.blind, health.blind_since, health.blind_cause) == (False, None, None)

    def test_a_login_that_flickers_is_one_outage(self) -> None:
        health, kinds = SEEING, []
        for now_s in range(0, 1200, 40):
            if now_s % 120 == 80:
                health = seen(health, now_s, now_s - 5)
            else:
                health = failed(health, Outcome.AUTH, now_s)
            health, event = move(health, now_s)
            kinds += [event.kind] if event else []
        assert kinds == [EventKind.BLIND]

    def test_the_cause_may_change_without_a_second_announcement(self) -> None:
        health = failed(failed(SEEING, Outcome.AUTH, 10), Outcome.AUTH, 70)
        health, first = move(health, 70)
        health = failed(health, Outcome.CHALLENGE, 200)
        health, second = move(health, 200)
        assert first
        assert second is None
        assert health.blind_cause is Cause.CHALLENGE

    @given(
        st.lists(
            st.tuples(st.sampled_from(Outcome), st.integers(1, 700), st.sampled_from("ab")),
            max_size=40,
        )
    )
    @settings(max_examples=60)
    def test_announcements_alternate_and_agree_with_the_state(
        self, history: list[tuple[Outcome, int, str]]
    ) -> None:
        health, now_s, kinds = Health(T0), 0, []
        for outcome, wait_s, key in history:
            now_s += wait_s
            health = (
                seen(health, now_s, now_s - 1, key=key)
                if outcome.sees
                else failed(health, outcome, now_s, key)
            )
            health, event = move(health, now_s)
            kinds += [event.kind] if event else []
            if look(health, now_s).blind:
                assert health.blind
        expected = [EventKind.BLIND, EventKind.SEES_AGAIN] * len(kinds)
        assert kinds == expected[: len(kinds)]
        assert health.blind is (len(kinds) % 2 == 1)


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_is_explained_in_both_languages(cause: Cause) -> None:
    zh, en = explain(cause, "HTTP 432")
    assert zh != en
    assert zh.endswith("（HTTP 432）")
    assert en.endswith("(HTTP 432)")
    assert "HTTP" not in explain(cause)[0]
