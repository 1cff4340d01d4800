"""Public holidays: what the notices say, what a calendar makes of it, which years are unknown."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.calendar import Calendar, Hours, weekly_of
from alerts.holidays import (
    COUNTRIES,
    Kind,
    days_of,
    known_years,
    missing_years,
    special_days,
    work_hours,
    years_told,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = weekly_of({0: ("09:00-18:00",), **dict.fromkeys(range(1, 5), ("09:00-17:00",))})
MONDAY, TUESDAY = WEEK[0], WEEK[1]


def chinese(own: dict[date, Hours] | None = None) -> Calendar:
    days = {**days_of(special_days("CN"), WEEK, 0), **(own or {})}
    years = years_told("CN", own or {})
    return Calendar("office", SHANGHAI, WEEK, days, "CN", years)


def stretch(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}


# As the notices of the State Council name them: free days, then days worked in exchange.
NOTICES = {
    2024: (
        [
            ("2024-01-01", "2024-01-01"),
            ("2024-02-10", "2024-02-17"),
            ("2024-04-04", "2024-04-06"),
            ("2024-05-01", "2024-05-05"),
            ("2024-06-10", "2024-06-10"),
            ("2024-09-15", "2024-09-17"),
            ("2024-10-01", "2024-10-07"),
        ],
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        [
            ("2025-01-01", "2025-01-01"),
            ("2025-01-28", "2025-02-04"),
            ("2025-04-04", "2025-04-06"),
            ("2025-05-01", "2025-05-05"),
            ("2025-05-31", "2025-06-02"),
            ("2025-10-01", "2025-10-08"),
        ],
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        [
            ("2026-01-01", "2026-01-03"),
            ("2026-02-15", "2026-02-23"),
            ("2026-04-04", "2026-04-06"),
            ("2026-05-01", "2026-05-05"),
            ("2026-06-19", "2026-06-21"),
            ("2026-09-25", "2026-09-27"),
            ("2026-10-01", "2026-10-07"),
        ],
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_the_files_say_what_the_notices_say(year: int) -> None:
    free, worked = NOTICES[year]
    found = {kind: {d.day for d in special_days("CN") if d.kind is kind} for kind in Kind}
    of_year = {kind: {day for day in days if day.year == year} for kind, days in found.items()}
    assert of_year[Kind.HOLIDAY] == set().union(*(stretch(*each) for each in free))
    assert of_year[Kind.WORKDAY] == {date.fromisoformat(f"{year}-{d}") for d in worked.split()}


def test_no_date_stands_twice_and_each_year_is_whole() -> None:
    named = special_days("CN")
    assert max(Counter(d.day for d in named).values()) == 1
    assert {d.day.year for d in named} == known_years("CN") == set(NOTICES)
    assert list(named) == sorted(named, key=lambda d: d.day)
    assert {d.name_zh for d in named if d.day.year == 2026} == {
        *("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
    }
    assert all(d.name_zh and d.name_en.isascii() for d in named)


def test_working_days_are_weekends_and_cannot_make_more_work_than_there_was() -> None:
    named = special_days("CN")
    worked = [d.day for d in named if d.kind is Kind.WORKDAY]
    assert {day.weekday() for day in worked} == {5, 6}
    for year in known_years("CN"):
        freed = [
            d
            for d in named
            if d.kind is Kind.HOLIDAY and d.day.year == year and d.day.weekday() < 5
        ]
        assert len(freed) > len([day for day in worked if day.year == year])


def test_countries_without_files_have_no_special_days() -> None:
    assert COUNTRIES == ("CN",)
    assert special_days("XX") == ()
    assert known_years("XX") == frozenset()


# What a calendar makes of them


def test_a_holiday_is_closed_and_a_working_weekend_has_the_hours_of_its_day() -> None:
    calendar = chinese()
    assert calendar.hours(date(2026, 10, 1)) == ()
    assert calendar.hours(date(2026, 10, 10)) == MONDAY
    assert calendar.hours(date(2026, 10, 11)) == ()
    assert calendar.hours(date(2026, 10, 9)) == TUESDAY


def test_a_deadline_goes_over_the_spring_festival() -> None:
    friday = datetime(2026, 2, 13, 16, tzinfo=SHANGHAI)
    calendar = chinese()
    # An hour on Friday, nine on the working Saturday, none for nine days, then Tuesday.
    assert calendar.add_open_s(friday, 10 * 3600) == datetime(2026, 2, 14, 18, tzinfo=SHANGHAI)
    assert calendar.add_open_s(friday, 11 * 3600) == datetime(2026, 2, 24, 10, tzinfo=SHANGHAI)
    assert calendar.open_s_between(friday, datetime(2026, 2, 24, 9, tzinfo=SHANGHAI)) == 36_000


@pytest.mark.parametrize(
    ("day", "make_up_day", "hours"),
    [
        (date(2026, 10, 10), 0, MONDAY),
        (date(2026, 10, 10), 3, TUESDAY),
        (date(2026, 10, 12), 3, MONDAY),
        (date(2026, 10, 13), 0, TUESDAY),
    ],
)
def test_who_works_on_a_weekday_keeps_its_hours(day: date, make_up_day: int, hours: Hours) -> None:
    assert work_hours(WEEK, day, make_up_day) == hours


def test_a_weekday_without_hours_and_a_short_saturday_have_those_of_the_make_up_day() -> None:
    week = weekly_of({1: ("09:00-17:00",), 5: ("10:00-12:00",)})
    assert work_hours(week, date(2026, 10, 14), 1) == week[1]
    assert work_hours(week, date(2026, 10, 10), 1) == week[1]


# Years that nobody has told


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        ("2024-01-01T00:00+08:00", ()),
        ("2026-11-16T15:59+00:00", ()),
        ("2026-11-16T16:00+00:00", (2027,)),
        ("2026-12-31T15:59+00:00", (2027,)),
        ("2027-01-01T00:00+08:00", (2027,)),
        ("2027-11-20T00:00+08:00", (2027, 2028)),
        ("2023-11-20T00:00+08:00", (2023,)),
    ],
)
def test_a_year_without_a_file_is_said_from_the_autumn_before(
    now: str, missing: tuple[int, ...]
) -> None:
    assert missing_years(chinese(), datetime.fromisoformat(now)) == missing


def test_the_year_is_the_one_on_the_calendars_own_clocks() -> None:
    new_year = datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert missing_years(chinese({date(2027, 10, 1): ()}), new_year) == ()
    later = {date(2028, 10, 1): ()}
    assert missing_years(chinese(later), new_year + timedelta(days=365)) == ()
    assert missing_years(chinese(later), new_year + timedelta(days=364)) == (2027,)


def test_own_days_make_a_year_known_when_they_reach_its_national_day() -> None:
    november = datetime(2026, 11, 22, tzinfo=UTC)
    some = dict.fromkeys(stretch("2027-02-05", "2027-02-11"), ())
    assert missing_years(chinese(some), november) == (2027,)
    assert missing_years(chinese({**some, date(2027, 10, 1): ()}), november) == ()


def test_a_calendar_without_holidays_misses_nothing() -> None:
    plain = Calendar("plain", SHANGHAI, WEEK)
    assert missing_years(plain, datetime(2040, 1, 1, tzinfo=UTC)) == ()
    assert years_told("", {date(2027, 10, 1): ()}) == frozenset()
