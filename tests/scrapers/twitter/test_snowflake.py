from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.twitter.snowflake import (
    IDS_PER_MS,
    MAX_ID,
    MILLISECOND,
    SCHEME_START,
    first_id,
    time_of,
)

SINCE_SNOWFLAKE = st.datetimes(
    min_value=datetime(2010, 11, 5), max_value=datetime(2079, 1, 1), timezones=st.just(UTC)
)


@pytest.mark.parametrize(
    ("post_id", "published_at"),
    [
        # The first is documented with its created_at, the second is the spec's example.
        (1460323737035677698, datetime(2021, 11, 15, 19, 8, 5, 90_000, UTC)),
        (2080761390344937796, datetime(2026, 7, 24, 21, 5, 48, 0, UTC)),
        (1, SCHEME_START),
    ],
)
def test_an_id_tells_its_time(post_id: int, published_at: datetime) -> None:
    assert abs(time_of(post_id) - published_at) < timedelta(seconds=1)


@given(SINCE_SNOWFLAKE)
def test_first_id_is_the_lowest_id_of_its_time(when: datetime) -> None:
    lowest = first_id(when)
    assert when <= time_of(lowest) < when + MILLISECOND
    assert time_of(lowest - 1) < when


@given(st.integers(min_value=1, max_value=MAX_ID - IDS_PER_MS))
def test_every_id_lies_in_its_own_millisecond(post_id: int) -> None:
    when = time_of(post_id)
    assert when.tzinfo is UTC
    assert first_id(when) <= post_id < first_id(when + MILLISECOND)


def test_times_before_the_scheme_start_at_zero() -> None:
    assert first_id(datetime(2006, 3, 21, tzinfo=UTC)) == 0
