"""bid ⇄ mid, and the time in a mid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.weibo.ids import bid_of, is_mid, mid_at, mid_of, published_at


@pytest.mark.parametrize(
    ("bid", "mid"),
    [
        ("z0JH2lOMb", "3501756485200075"),
        ("R5MDxAz0l", "5313786038714369"),
        ("1", "1"),
        ("10000", "10000000"),
    ],
)
def test_known_pairs(bid: str, mid: str) -> None:
    assert mid_of(bid) == mid
    assert bid_of(mid) == bid


@given(st.integers(1, 10**20 - 1))
def test_every_mid_survives_the_round_trip(number: int) -> None:
    assert mid_of(bid_of(str(number))) == str(number)


@given(st.text(max_size=14) | st.from_regex("[0-9A-Za-z]{1,13}", fullmatch=True))
def test_mid_of_answers_with_a_mid_or_a_value_error(text: str) -> None:
    try:
        mid = mid_of(text)
    except ValueError:
        return
    assert is_mid(mid)
    assert mid_of(bid_of(mid)) == mid


@pytest.mark.parametrize("text", ["", "0", "012", "12a", "-1", "1" * 21, "１２"])
def test_what_is_no_mid_has_no_bid_and_no_time(text: str) -> None:
    assert not is_mid(text)
    assert published_at(text) is None
    with pytest.raises(ValueError, match="not a mid"):
        bid_of(text)


def test_time_of_a_recorded_mid() -> None:
    assert published_at("5308916377321523") == datetime(2026, 6, 12, 1, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize("mid", ["1", "1001", "9" * 20])
def test_an_id_outside_weibos_life_tells_no_time(mid: str) -> None:
    assert published_at(mid) is None


@given(
    st.datetimes(datetime(2010, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 2**22 - 1),
)
def test_time_survives_the_round_trip(when: datetime, serial: int) -> None:
    at = published_at(mid_at(when, serial))
    assert at is not None
    assert timedelta() <= when - at < timedelta(seconds=1)
