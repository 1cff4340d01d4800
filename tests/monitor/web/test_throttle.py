from __future__ import annotations

import pytest

from monitor.web.throttle import KEYS_MAX, LoginThrottle
from tests.conftest import Clock


@pytest.fixture
def throttle(clock: Clock) -> LoginThrottle:
    return LoginThrottle(clock)


def test_five_misses_of_one_person_from_one_place_must_wait(
    throttle: LoginThrottle, clock: Clock
) -> None:
    for _ in range(5):
        assert throttle.wait_s("lin", "10.0.0.1") == 0
        throttle.failed("lin", "10.0.0.1")
        clock.advance(10)

    assert throttle.wait_s("LIN", "10.0.0.1") == 900 - 50 + 1
    assert throttle.wait_s("lin", "10.0.0.2") == 0
    assert throttle.wait_s("mei", "10.0.0.1") == 0
    clock.advance(850)
    assert throttle.wait_s("lin", "10.0.0.1") == 0


def test_the_right_password_wipes_ones_own_slate(throttle: LoginThrottle) -> None:
    for _ in range(4):
        throttle.failed("lin", "10.0.0.1")
    throttle.succeeded("lin", "10.0.0.1")
    throttle.failed("lin", "10.0.0.1")

    assert throttle.wait_s("lin", "10.0.0.1") == 0


def test_a_name_attacked_from_everywhere_is_protected(throttle: LoginThrottle) -> None:
    for number in range(60):
        throttle.failed("lin", f"10.0.0.{number}")

    assert throttle.wait_s("lin", "192.168.0.1") > 0
    assert throttle.wait_s("mei", "192.168.0.1") == 0


def test_memory_stays_bounded(throttle: LoginThrottle) -> None:
    for number in range(KEYS_MAX):
        throttle.failed(f"n{number}", "10.0.0.1")

    assert len(throttle._failures) <= KEYS_MAX
