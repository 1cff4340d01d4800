from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels.channel import Busy, ChannelError, Refused, Unanswered
from alerts.delivery import (
    DeliveryState,
    Next,
    RetryPolicy,
    after_failure,
    channel_pause,
    dedupe_key,
    fallback_channel,
    order,
)
from alerts.severity import Severity
from tests.alerts.messages import NOW

POLICY = RetryPolicy()
ERRORS = st.sampled_from([Busy, Unanswered]) | st.just(Refused)
HINTS = st.none() | st.floats(0, 3600)


def failed(error: ChannelError, attempts: int = 1, age_s: float = 0, **more: object) -> Next:
    created_at = NOW - timedelta(seconds=age_s)
    given_more = {"policy": POLICY, "jitter": 1.0, "doubtful": False, **more}
    return after_failure(error, attempts, created_at=created_at, now=NOW, **given_more)


def wait_s(following: Next) -> float:
    return (following.next_try_at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (3, 8), (7, 128), (8, 256), (9, 300), (10_000, 300)]
)
def test_waits_double_up_to_a_limit(attempts: int, seconds: float) -> None:
    assert wait_s(failed(Busy("503"), attempts)) == seconds
    assert wait_s(failed(Busy("503"), attempts, jitter=0.0)) == seconds / 2


@pytest.mark.parametrize(("hint", "jitter", "seconds"), [(0, 0, 0), (17, 0, 17), (1800, 1, 1801)])
def test_the_receivers_wish_wins(hint: float, jitter: float, seconds: float) -> None:
    following = failed(Busy("429", retry_after_s=hint), attempts=9, jitter=jitter)

    assert wait_s(following) == seconds
    assert following.state is DeliveryState.PENDING


def test_a_refusal_ends_the_delivery_and_asks_for_another_way() -> None:
    following = failed(Refused("invalid_auth"))

    assert following == Next(DeliveryState.FAILED, NOW, doubtful=False, fall_back=True)


def test_a_lost_answer_leaves_a_doubt_and_time_for_the_message_to_show() -> None:
    following = failed(Unanswered("timeout"), jitter=0.0)

    assert following.doubtful
    assert wait_s(following) == POLICY.look_after_s


@pytest.mark.parametrize("error", [Busy("503"), Refused("no"), Unanswered("timeout")])
def test_a_doubt_stays(error: ChannelError) -> None:
    assert failed(error, doubtful=True).doubtful
    assert failed(error).doubtful is isinstance(error, Unanswered)


@pytest.mark.parametrize(
    ("age_s", "hint", "state"),
    [
        (0, None, DeliveryState.PENDING),
        (86_390, None, DeliveryState.PENDING),
        (86_399, None, DeliveryState.FAILED),
        (90_000, None, DeliveryState.FAILED),
        (0, 86_400, DeliveryState.FAILED),
        (0, 86_398, DeliveryState.PENDING),
    ],
)
def test_gives_up_after_a_day(age_s: float, hint: float | None, state: DeliveryState) -> None:
    following = failed(Busy("503", retry_after_s=hint), age_s=age_s)

    assert following.state is state
    assert following.fall_back or age_s + (hint or 0) < POLICY.fall_back_after_s


@pytest.mark.parametrize(
    ("age_s", "hint", "fall_back"),
    [(0, None, False), (100, 19, False), (100, 20, True), (0, 300, True)],
)
def test_what_cannot_leave_soon_takes_another_way_too(
    age_s: float, hint: float | None, fall_back: bool
) -> None:
    following = failed(Busy("429", retry_after_s=hint), age_s=age_s)

    assert following.fall_back is fall_back
    assert following.state is DeliveryState.PENDING


@settings(max_examples=100)
@given(ERRORS, HINTS, st.integers(1, 500), st.floats(0, 100_000), st.floats(0, 1), st.booleans())
def test_every_failure_has_a_next_step(
    kind: type[ChannelError],
    hint: float | None,
    attempts: int,
    age_s: float,
    jitter: float,
    doubtful: bool,
) -> None:
    error = kind("x", retry_after_s=hint)
    following = failed(error, attempts, age_s, jitter=jitter, doubtful=doubtful)

    assert following.next_try_at >= NOW
    assert following.state in {DeliveryState.PENDING, DeliveryState.FAILED}
    if following.state is DeliveryState.PENDING:
        assert not error.permanent
        assert age_s + wait_s(following) <= POLICY.give_up_after_s + 0.001
        assert wait_s(following) >= (hint or 0) - 0.001
    else:
        assert following.fall_back


def test_an_hours_outage_costs_few_probes() -> None:
    failures, at = 0, NOW
    while at < NOW + timedelta(hours=1):
        failures += 1
        at = channel_pause(failures, at, None, POLICY, 0.5)

    assert failures < 25


def test_a_channel_rests_as_long_as_it_asks_but_not_for_ever() -> None:
    assert channel_pause(1, NOW, 30, POLICY, 0) == NOW + timedelta(seconds=30)
    assert channel_pause(1, NOW, 1e12, POLICY, 0) == NOW + timedelta(days=1)
    pauses = [channel_pause(n, NOW, None, POLICY, 0.5) for n in range(1, 20)]
    assert all(a <= b for a, b in pairwise(pauses))


def test_the_graver_goes_first_then_what_is_out_longest() -> None:
    earlier = NOW - timedelta(minutes=5)
    waiting = [
        (Severity.NORMAL, earlier),
        (Severity.URGENT, NOW),
        (Severity.IMPORTANT, earlier),
        (Severity.URGENT, earlier),
    ]

    assert sorted(waiting, key=lambda pair: order(*pair)) == [
        (Severity.URGENT, earlier),
        (Severity.URGENT, NOW),
        (Severity.IMPORTANT, earlier),
        (Severity.NORMAL, earlier),
    ]


@pytest.mark.parametrize(
    ("channels", "gone", "next_one"),
    [
        (["pr", "ops"], ["pr"], "ops"),
        (["pr", "ops", "log"], ["ops", "pr"], "log"),
        (["pr"], ["pr"], None),
        (["pr", "ops"], [], "pr"),
        ([], [], None),
    ],
)
def test_fallback(channels: list[str], gone: list[str], next_one: str | None) -> None:
    assert fallback_channel(channels, gone) == next_one


def test_dedupe_keys_are_stable_short_and_apart() -> None:
    keys = {dedupe_key("case:12:first", "pr"), dedupe_key("case:12:first", "ops")}
    keys |= {dedupe_key("1a", "b"), dedupe_key("1", "ab"), dedupe_key("a", "b1")}

    assert dedupe_key("case:12:first", "pr") == "605c026063aa54218c0c1349806d2c9d6a90e535"
    assert len(keys) == 5
    assert all(len(key) <= 64 and int(key, 16) >= 0 for key in keys)
