"""Working time: windows, days of their own and clock changes, against counting every minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.calendar import (
    ALL_DAY,
    Calendar,
    Hours,
    Window,
    always,
    hours_of,
    read_window,
    weekly_of,
)
from alerts.holidays import days_of, special_days

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)
OFFICE = weekly_of(dict.fromkeys(range(5), ("09:00-12:00", "13:30-18:00")))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def office(zone: ZoneInfo = SHANGHAI, days: Mapping[date, Hours] | None = None) -> Calendar:
    return Calendar("office", zone, OFFICE, days or {})


# The oracle: look at the clock on the wall, minute by minute


@dataclass(frozen=True)
class Rules:
    """The same rules in other words: for each weekday and date the minutes that are open."""

    zone: str
    week: tuple[frozenset[int], ...]
    dates: Mapping[date, frozenset[int]]

    def minutes(self, start: datetime, count: int) -> list[bool]:
        zone = ZoneInfo(self.zone)
        shown = [(start + MINUTE * n).astimezone(zone) for n in range(count)]
        return [
            wall.hour * 60 + wall.minute in self.dates.get(wall.date(), self.week[wall.weekday()])
            for wall in shown
        ]


def counted(opens: Sequence[bool], first: int, last: int) -> int:
    return 60 * sum(opens[first:last])


def walked(opens: Sequence[bool], first: int, seconds: int) -> int | None:
    """Return after how many seconds so many have passed in open minutes, None if too late."""
    if seconds == 0:
        return first * 60
    for minute in range(first, len(opens)):
        if opens[minute]:
            if seconds <= 60:
                return minute * 60 + seconds
            seconds -= 60
    return None


# Around each of these something unusual happens: the clocks change by an hour or half an hour,
# at midnight or at two; a leap day; the week before and after the Chinese New Year.
MOMENTS = [
    ("Europe/Berlin", "2026-03-29T01:00"),
    ("Europe/Berlin", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("America/Havana", "2026-11-01T05:00"),
    ("Africa/Cairo", "2026-10-29T21:00"),
    ("Antarctica/Troll", "2026-03-29T01:00"),
    ("Asia/Shanghai", "2028-02-29T04:00"),
    ("Asia/Shanghai", "2026-02-14T04:00"),
    ("Asia/Shanghai", "2026-09-30T16:00"),
    ("UTC", "2026-12-31T23:00"),
]
SPAN = 5 * 24 * 60
"""Minutes that the oracle counts in one example."""


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Some windows of a day; they may touch, and lie in the hour that clocks skip or double."""
    edges = st.one_of(
        st.sampled_from([0, 60, 90, 120, 135, 150, 180, 540, 720, 1080, 1380, 1440]),
        st.integers(0, 1440),
    )
    cuts = sorted(draw(st.sets(edges, max_size=6)))
    windows = [Window(a, b) for a, b in pairwise(cuts)]
    return tuple(w for w in windows if draw(st.booleans()))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, Rules, datetime]:
    """A calendar, the rules it follows, and where the oracle begins to count."""
    zone, moment = draw(st.sampled_from(MOMENTS))
    start = utc(moment) - MINUTE * draw(st.integers(0, SPAN))
    week = tuple(draw(hours()) for _ in range(7))
    assume(any(week))
    near = st.integers(-2, 6).map(lambda n: start.date() + timedelta(days=n))
    days = draw(st.dictionaries(near, st.one_of(st.just(()), hours()), max_size=4))
    if zone == "Asia/Shanghai":
        days = {**days_of(special_days("CN"), week, draw(st.integers(0, 6))), **days}
    rules = Rules(zone, tuple(map(minutes, week)), {d: minutes(h) for d, h in days.items()})
    return Calendar("drawn", ZoneInfo(zone), week, days), rules, start


def minutes(windows: Hours) -> frozenset[int]:
    return frozenset(m for window in windows for m in range(*window))


@given(situations(), st.data())
def test_it_equals_looking_at_the_clock_every_minute(
    situation: tuple[Calendar, Rules, datetime], data: st.DataObject
) -> None:
    calendar, rules, start = situation
    opens = rules.minutes(start, SPAN)
    places = st.one_of(st.integers(0, SPAN - 1), st.sampled_from(edges(opens) or [0]))
    first, last = sorted((data.draw(places, "from"), data.draw(places, "to")))
    at, end = start + MINUTE * first, start + MINUTE * last

    asked = at.astimezone(calendar.zone)
    assert calendar.is_open(asked) is opens[first]
    assert calendar.open_s_between(asked, end) == counted(opens, first, last)
    seconds = data.draw(st.sampled_from([counted(opens, first, last), *range(0, 3000, 37)]))
    passed = walked(opens, first, seconds)
    until = calendar.add_open_s(asked, seconds)
    if passed is not None:
        assert until == start + timedelta(seconds=passed)
    else:
        assert until > start + MINUTE * SPAN
    rest = opens[first:]
    if True in rest:
        assert calendar.next_open(asked) == at + MINUTE * rest.index(True)
    if False in rest:
        assert calendar.next_close(asked) == at + MINUTE * rest.index(False)


def edges(opens: Sequence[bool]) -> list[int]:
    return [n for n in range(1, len(opens)) if opens[n] != opens[n - 1]]


@given(
    situations(),
    st.timedeltas(timedelta(), timedelta(days=9)),
    st.timedeltas(timedelta(), timedelta(days=3)),
    st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_adding_and_counting_undo_each_other(
    situation: tuple[Calendar, Rules, datetime],
    later: timedelta,
    some: timedelta,
    more: timedelta,
) -> None:
    calendar, _, start = situation
    at, one, two = start + later, some.total_seconds(), more.total_seconds()

    there = calendar.add_open_s(at, one)
    assert calendar.open_s_between(at, there) == pytest.approx(one, abs=1e-6)
    further = calendar.add_open_s(there, two)
    assert further == calendar.add_open_s(at, (some + more).total_seconds())
    back = calendar.add_open_s(at, calendar.open_s_between(at, further))
    assert back == further


# Every day


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-20 08:59:59", False),
        ("2026-11-20 09:00:00", True),
        ("2026-11-20 11:59:59", True),
        ("2026-11-20 12:00:00", False),
        ("2026-11-20 13:30:00", True),
        ("2026-11-20 18:00:00", False),
        ("2026-11-21 10:00:00", False),
    ],
)
def test_a_window_holds_its_start_but_not_its_end(at: str, is_open: bool) -> None:
    assert office().is_open(local(at, SHANGHAI)) is is_open


def test_a_deadline_goes_over_lunch_and_weekend() -> None:
    friday = local("2026-11-20 17:30", SHANGHAI)
    assert office().add_open_s(friday, 3600) == local("2026-11-23 09:30", SHANGHAI)


def test_a_deadline_on_the_end_of_a_window_stays_there() -> None:
    friday = local("2026-11-20 17:30", SHANGHAI)
    assert office().add_open_s(friday, 1800) == local("2026-11-20 18:00", SHANGHAI)
    assert office().add_open_s(friday, 8 * 3600) == local("2026-11-23 18:00", SHANGHAI)
    assert office().add_open_s(friday, 8 * 3600 + 1) == local("2026-11-24 09:00:01", SHANGHAI)


def test_no_time_takes_no_time_even_while_it_is_closed() -> None:
    saturday = local("2026-11-21 10:00", SHANGHAI)
    assert office().add_open_s(saturday, 0) == saturday
    assert office().add_open_s(saturday, 1e-6) > saturday + timedelta(days=1)


def test_reversed_times_have_no_time_between_them() -> None:
    friday = local("2026-11-20 10:00", SHANGHAI)
    assert office().open_s_between(friday, friday) == 0
    assert office().open_s_between(friday + timedelta(hours=1), friday) == 0


def test_next_open_and_close_are_now_when_it_is_so_already() -> None:
    lunch, morning = local("2026-11-20 12:00", SHANGHAI), local("2026-11-20 09:00", SHANGHAI)
    assert office().next_close(lunch) == lunch
    assert office().next_open(lunch) == local("2026-11-20 13:30", SHANGHAI)
    assert office().next_open(morning) == morning
    assert office().next_close(morning) == lunch


def test_times_come_back_in_utc() -> None:
    at = local("2026-11-20 08:00", SHANGHAI)
    found = [office().next_open(at), office().next_close(at), office().add_open_s(at, 60)]
    assert [moment.tzinfo if moment else None for moment in found] == [UTC, UTC, UTC]


def test_naive_times_and_negative_seconds_are_refused() -> None:
    at = local("2026-11-20 10:00", SHANGHAI)
    naive = at.replace(tzinfo=None)
    for ask in (office().is_open, office().next_open, office().next_close):
        with pytest.raises(ValueError, match="aware"):
            ask(naive)
    with pytest.raises(ValueError, match="aware"):
        office().open_s_between(at, naive)
    with pytest.raises(ValueError, match="only added"):
        office().add_open_s(at, -1)


def test_days_of_their_own_count_instead_of_the_week() -> None:
    days = {date(2026, 11, 20): (), date(2026, 11, 21): (Window(600, 660),)}
    calendar = office(days=days)
    thursday = local("2026-11-19 17:00", SHANGHAI)
    assert calendar.add_open_s(thursday, 3600 + 1800) == local("2026-11-21 10:30", SHANGHAI)
    assert calendar.add_open_s(thursday, 2 * 3600) == local("2026-11-21 11:00", SHANGHAI)
    assert calendar.add_open_s(thursday, 2 * 3600 + 1) == local("2026-11-23 09:00:01", SHANGHAI)


def test_a_leap_day_is_a_day() -> None:
    monday = local("2028-02-28 17:00", SHANGHAI)
    assert office().add_open_s(monday, 3600 + 3600) == local("2028-02-29 10:00", SHANGHAI)


# Open for ever


def test_a_calendar_that_is_always_open_counts_plainly() -> None:
    calendar, at = always("24x7"), utc("2026-10-25T00:30")
    assert calendar.always_open
    assert calendar.is_open(at)
    assert calendar.next_open(at) == at
    assert calendar.next_close(at) is None
    assert calendar.add_open_s(at, 7200) == at + timedelta(hours=2)
    assert calendar.open_s_between(at, at + timedelta(days=400)) == 400 * 86_400


def test_windows_that_touch_are_one_across_noon_and_midnight() -> None:
    week = weekly_of(dict.fromkeys(range(7), ("00:00-12:00", "12:00-24:00")))
    assert Calendar("parts", BERLIN, week).always_open
    lunch = weekly_of(dict.fromkeys(range(7), ("00:00-12:00", "13:00-24:00")))
    assert not Calendar("lunch", BERLIN, lunch).always_open
    nights = Calendar("nights", SHANGHAI, weekly_of({0: ("22:00-06:00",)}))
    at = local("2026-11-23 23:00", SHANGHAI)
    assert nights.next_close(at) == local("2026-11-24 06:00", SHANGHAI)
    assert nights.add_open_s(at, 7 * 3600) == local("2026-11-24 06:00", SHANGHAI)


def test_one_closed_day_ends_what_would_be_open_for_ever() -> None:
    calendar = Calendar("once", SHANGHAI, (ALL_DAY,) * 7, {date(2027, 2, 6): ()})
    assert not calendar.always_open
    new_year = local("2027-02-06 00:00", SHANGHAI)
    assert calendar.next_close(local("2026-11-22 00:00", SHANGHAI)) == new_year
    assert calendar.next_open(new_year) == new_year + timedelta(days=1)
    assert calendar.next_close(new_year + timedelta(days=1)) is None
    assert calendar.open_s_between(new_year, new_year + timedelta(days=3)) == 2 * 86_400


# When the clocks change


def test_a_skipped_hour_is_no_working_time() -> None:
    calendar = Calendar("night", BERLIN, weekly_of({6: ("01:30-03:30",)}))
    at = local("2026-03-29 01:00", BERLIN)
    assert calendar.open_s_between(at, at + timedelta(days=1)) == 3600
    assert calendar.add_open_s(at, 3000) == local("2026-03-29 03:20", BERLIN)
    assert calendar.next_close(local("2026-03-29 01:45", BERLIN)) == utc("2026-03-29T01:30")


def test_a_window_that_is_skipped_waits_for_the_next_week() -> None:
    calendar = Calendar("gone", BERLIN, weekly_of({6: ("02:15-02:45",)}))
    assert calendar.next_open(utc("2026-03-28T12:00")) == local("2026-04-05 02:15", BERLIN)


def test_a_skipped_window_is_not_open_for_a_part_of_a_second_either() -> None:
    calendar = Calendar("gone", BERLIN, weekly_of({6: ("02:00-02:30",)}))
    at = utc("2026-03-28T23:59:59.5")
    assert calendar.open_s_between(at, at + timedelta(days=1)) == 0


def test_a_doubled_hour_is_worked_twice() -> None:
    calendar = Calendar("night", BERLIN, weekly_of({6: ("01:30-02:30",)}))
    at = local("2026-10-25 00:00", BERLIN)
    assert calendar.open_s_between(at, at + timedelta(days=1)) == 5400
    assert calendar.next_close(at + timedelta(hours=2)) == local("2026-10-25 02:30", BERLIN)
    again = local("2026-10-25 02:00", BERLIN, fold=1)
    assert calendar.next_open(local("2026-10-25 02:30", BERLIN)) == again
    assert calendar.next_close(again) == local("2026-10-25 02:30", BERLIN, fold=1)
    assert calendar.add_open_s(at, 5400) == local("2026-10-25 02:30", BERLIN, fold=1)


def test_clocks_may_change_by_half_an_hour() -> None:
    calendar = Calendar("night", LORD_HOWE, weekly_of({6: ("01:00-03:00",)}))
    day = timedelta(days=1)
    spring, autumn = local("2026-10-04 00:00", LORD_HOWE), local("2026-04-05 00:00", LORD_HOWE)
    assert calendar.open_s_between(spring, spring + day) == 1.5 * 3600
    assert calendar.open_s_between(autumn, autumn + day) == 2.5 * 3600


def test_office_hours_stay_at_their_time_of_day() -> None:
    friday = local("2026-10-23 17:00", BERLIN)
    assert office(BERLIN).add_open_s(friday, 3601) == local("2026-10-26 09:00:01", BERLIN)


# Windows as people write them


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_a_window_reads_as_it_is_written(start: int, end: int) -> None:
    assume(start != end)
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    assert read_window(text) == (start, end)
    if start < end:
        assert str(Window(start, end)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "write a window as 09:00-12:00"),
        ("9 to 5", "write a window as 09:00-12:00"),
        ("09:00", "write a window as 09:00-12:00"),
        ("09:00-12:00-13:00", "write a window as 09:00-12:00"),
        ("٠٩:٠٠-12:00", "write a window as 09:00-12:00"),
        ("09:00-25:00", "there is no 25:00"),
        ("09:00-24:01", "there is no 24:01"),
        ("09:60-12:00", "there is no 09:60"),
        ("24:00-06:00", "24:00 ends a day"),
        ("09:00-09:00", "a whole day is 00:00-24:00"),
        ("00:00-00:00", "a whole day is 00:00-24:00"),
    ],
)
def test_what_is_no_window_is_explained(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_window(text)


def test_windows_may_be_written_loosely() -> None:
    expected = (Window(9 * 60, 12 * 60), Window(18 * 60, 24 * 60))
    assert hours_of([" 18:00 – 00:00", "9:00-12:00"]) == expected


def test_a_night_is_cut_at_midnight() -> None:
    week = weekly_of({6: ("22:00-06:00",), 0: ("06:00-08:00",)})
    assert week[6] == (Window(22 * 60, 24 * 60),)
    assert week[0] == (Window(0, 6 * 60), Window(6 * 60, 8 * 60))
    assert weekly_of({2: ("22:00-24:00",)}) == weekly_of({2: ("22:00-00:00",)})


def test_overlaps_are_told_with_their_day() -> None:
    with pytest.raises(ValueError, match="tue: 09:00-12:00 and 11:00-13:00 overlap"):
        weekly_of({1: ("11:00-13:00", "09:00-12:00")})
    with pytest.raises(ValueError, match="tue: 00:00-06:00 and 05:00-09:00 overlap"):
        weekly_of({0: ("22:00-06:00",), 1: ("05:00-09:00",)})
    with pytest.raises(ValueError, match="09:00-12:00 and 11:00-13:00 overlap"):
        hours_of(["09:00-12:00", "11:00-13:00"])


def test_one_date_has_no_night_of_its_own() -> None:
    with pytest.raises(ValueError, match="22:00-24:00 here and 00:00-06:00 at the next date"):
        hours_of(["22:00-06:00"])


@pytest.mark.parametrize(
    ("week", "days", "says"),
    [
        ((), {}, "seven days"),
        (((),) * 7, {date(2026, 11, 11): ALL_DAY}, "never opens"),
        (((Window(60, 120), Window(0, 30)), *((),) * 6), {}, "overlap"),
        (OFFICE, {date(2026, 11, 11): (Window(600, 500),)}, "no part of a day"),
        (OFFICE, {date(2026, 11, 11): (Window(600, 1500),)}, "no part of a day"),
    ],
)
def test_a_calendar_cannot_be_wrong(
    week: tuple[Hours, ...], days: Mapping[date, Hours], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Calendar("wrong", SHANGHAI, week, days)
