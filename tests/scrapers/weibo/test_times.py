"""Every form in which Weibo shows a time or a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.weibo.counts import MAX_COUNT, read_count
from scrapers.weibo.times import BEIJING, SLACK, read_time

NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=BEIJING)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "at", "resolution"),
    [
        ("刚刚", NOW - MINUTE, MINUTE),
        ("5秒前", NOW - timedelta(seconds=6), timedelta(seconds=1)),
        ("32分钟前", NOW - timedelta(minutes=33), MINUTE),
        (" 3 小时前 ", NOW - timedelta(hours=4), timedelta(hours=1)),
        ("今天09:29", beijing(2026, 11, 22, 9, 29), MINUTE),
        ("今天 12:01", beijing(2026, 11, 22, 12, 1), MINUTE),
        ("昨天 12:00", beijing(2026, 11, 21, 12, 0), MINUTE),
        ("昨天23:05", beijing(2026, 11, 21, 23, 5), MINUTE),
        ("09月01日 12:00", beijing(2026, 9, 1, 12, 0), MINUTE),
        ("12月31日 23:59", beijing(2025, 12, 31, 23, 59), MINUTE),
        ("02月29日 08:00", beijing(2024, 2, 29, 8, 0), MINUTE),
        ("2018年10月26日 15:51", beijing(2018, 10, 26, 15, 51), MINUTE),
        ("06-14", beijing(2026, 6, 14), DAY),
        ("12-01", beijing(2025, 12, 1), DAY),
        ("2018-12-31", beijing(2018, 12, 31), DAY),
        ("2018-12-31 08:05", beijing(2018, 12, 31, 8, 5), MINUTE),
        ("Mon Sep 01 12:00:00 +0800 2025", beijing(2025, 9, 1, 12, 0), timedelta(seconds=1)),
        (
            "Mon Sep 01 12:00:00 -0330 2025",
            datetime(2025, 9, 1, 15, 30, tzinfo=UTC),
            timedelta(seconds=1),
        ),
    ],
)
def test_reads_every_form(text: str, at: datetime, resolution: timedelta) -> None:
    shown = read_time(text, NOW)
    assert shown is not None
    assert (shown.at, shown.resolution) == (at, resolution)
    assert shown.at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "很久以前",
        "今天25:00",
        "02月30日 12:00",
        "2023-02-29",
        "13月01日 00:00",
        "999999分钟前",
        "Mon Xyz 01 12:00:00 +0800 2025",
        "Mon anF 01 12:00:00 +0800 2025",
        "Mon Anf 01 12:00:00 +0800 2025",
        "Mon Sep 01 12:00:00 +9900 2025",
        "Mon Sep 01 12:00:00 +0800 0000",
    ],
)
def test_an_unknown_form_tells_nothing(text: str) -> None:
    assert read_time(text, NOW) is None


def test_today_is_beijings_day_also_when_it_is_still_yesterday_in_utc() -> None:
    after_midnight = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    shown = read_time("今天00:10", after_midnight)
    assert shown is not None
    assert shown.at == datetime(2026, 11, 21, 16, 10, tzinfo=UTC)


@given(st.integers(0, 59 * 60), st.integers(-80, 80))
def test_a_relative_text_agrees_with_the_time_it_was_made_of(age_s: int, skew_s: int) -> None:
    published = NOW - timedelta(seconds=age_s)
    text = f"{age_s // 60}分钟前" if age_s >= 60 else f"{age_s}秒前"
    shown = read_time(text, NOW + timedelta(seconds=skew_s))
    assert shown is not None
    assert shown.agrees_with(published)


def test_agreement_ends_at_resolution_and_slack() -> None:
    shown = read_time("今天09:29", NOW)
    assert shown is not None
    assert shown.agrees_with(shown.at - SLACK)
    assert shown.agrees_with(shown.at + MINUTE + SLACK)
    assert not shown.agrees_with(shown.at - SLACK - timedelta(seconds=1))
    assert not shown.agrees_with(shown.at + MINUTE + SLACK + timedelta(seconds=1))


@given(
    st.text() | st.from_regex(r"[0-9]{1,6}(秒|分钟|小时)前|[0-9]{1,4}[年-][0-9]{1,2}[月-][0-9]+日?")
)
def test_any_text_gives_a_time_or_nothing(text: str) -> None:
    shown = read_time(text, NOW)
    assert shown is None or shown.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (12, 12),
        (0, 0),
        ("12", 12),
        ("3,400", 3400),
        ("1.2万", 12_000),
        ("198.9万", 1_989_000),
        ("1.4亿", 140_000_000),
        ("100万+", 1_000_000),
        (" 转发 ", 0),
        ("评论", 0),
        ("赞", 0),
        ("转发 28", 28),
        ("评论 1.2万", 12_000),
        (-1, None),
        (True, None),
        (1.5, None),
        (None, None),
        ("", None),
        ("很多", None),
        ("1.2.3万", None),
        ("９", None),
        (10**16, None),
        ("9" * 15 + "亿", None),
    ],
)
def test_counts(value: object, count: int | None) -> None:
    assert read_count(value) == count


@given(st.text() | st.integers() | st.from_regex(r"[0-9.]+[万亿]?\+?"))
def test_a_count_is_small_or_none(value: object) -> None:
    count = read_count(value)
    assert count is None or 0 <= count <= MAX_COUNT
