"""When people work: weekly windows, days of their own, and time counted while it is open.

A calendar is open whenever a clock on its wall shows a time within a window of that day. So an
hour that the clocks skip in spring is no working time, and one that they show twice in autumn
counts twice, as it does for those who work through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 24 * 60
STEP: Final = timedelta(days=3)
"""So far one looks for the next change of a zone's clocks; since 2000 none changed twice in it."""
TWO_WEEKS: Final = timedelta(days=16)
"""A window that the clocks skip in one week is there in the next; days of slack for the zone."""
WRITTEN: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")


class Window(NamedTuple):
    """From one minute of a day up to, not including, another; 24:00 is minute 1440."""

    start_minute: int
    end_minute: int

    def __str__(self) -> str:
        return "-".join(f"{m // 60:02}:{m % 60:02}" for m in self)


Hours: TypeAlias = tuple[Window, ...]
"""The windows of one day, in order, none over another; empty when it is closed."""
Weekly: TypeAlias = tuple[Hours, ...]
"""The hours of Monday to Sunday."""
ALL_DAY: Final[Hours] = (Window(0, DAY_MINUTES),)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening times of a team.

    `days` are the dates that differ from the week: holidays, 调休 working days, own exceptions.
    `holiday_years` are the years whose public holidays are among them, `holidays` the country
    they are of (`""` for none). All times given and returned are aware; those returned, UTC.

    Raises ValueError for windows out of order or over each other, and when no window is left.
    """

    name: str
    zone: tzinfo
    weekly: Weekly
    days: Mapping[date, Hours] = field(default_factory=dict)
    holidays: str = ""
    holiday_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if len(self.weekly) != len(WEEKDAYS):
            raise ValueError(f"a week has seven days, not {len(self.weekly)}")
        if not any(self.weekly):
            raise ValueError('it never opens; give a day a window, e.g. mon-fri: ["09:00-18:00"]')
        for hours in (*self.weekly, *self.days.values()):
            in_order(hours)

    @property
    def always_open(self) -> bool:
        """Whether there is no moment at which it is closed."""
        return all(map(_is_whole, self.weekly)) and all(map(_is_whole, self.days.values()))

    def hours(self, day: date) -> Hours:
        """Return the windows of one local date."""
        return self.days.get(day, self.weekly[day.weekday()])

    def is_open(self, at: datetime) -> bool:
        """Return whether it is open at this moment; at the very end of a window it is not."""
        wall = _utc(at).astimezone(self.zone)
        minute = wall.hour * 60 + wall.minute
        return any(w.start_minute <= minute < w.end_minute for w in self.hours(wall.date()))

    def next_open(self, at: datetime) -> datetime:
        """Return the first moment from `at` on at which it is open: `at` itself when it is."""
        return next(self._openings(_utc(at)))[0]

    def next_close(self, at: datetime) -> datetime | None:
        """Return the first moment from `at` on at which it is closed: `at` itself when it is.

        None when it never closes again.
        """
        shut = _utc(at)
        if self.always_open:
            return None
        last = max([shut.date(), *self.days])
        limit = datetime.combine(last, time(), UTC) + TWO_WEEKS
        for opens, closes in self._openings(shut):
            if opens > shut:
                break
            shut = closes
            if shut > limit:
                return None
        return shut

    def add_open_s(self, at: datetime, seconds: float) -> datetime:
        """Return when so many seconds have passed while it was open.

        A deadline that falls on the end of a window stays there, and does not move to the next
        opening. Raises ValueError for a negative number.
        """
        at, left = _utc(at), timedelta(seconds=seconds)
        if left < timedelta():
            raise ValueError(f"{seconds:g} s: open time is only added")
        if not left or self.always_open:
            return at + left
        openings = self._openings(at)
        opens, closes = next(openings)
        while closes - opens < left:
            left -= closes - opens
            opens, closes = next(openings)
        return opens + left

    def open_s_between(self, start: datetime, end: datetime) -> float:
        """Return for how many seconds it is open from `start` to `end`; 0 when they are reversed.

        `open_s_between(at, add_open_s(at, s))` is `s`.
        """
        start, end = _utc(start), _utc(end)
        if start >= end:
            return 0.0
        if self.always_open:
            return (end - start).total_seconds()
        total = timedelta()
        for opens, closes in self._openings(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total.total_seconds()

    def _openings(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield when it is open from `since` on, in order; neighbours may touch. Never ends."""
        for start, end, offset in _stretches(self.zone, since):
            day, last = (start + offset).date(), (end + offset).date()
            while day <= last:
                midnight = datetime.combine(day, time(), UTC) - offset
                for window in self.hours(day):
                    opens = max(start, midnight + timedelta(minutes=window.start_minute))
                    closes = min(end, midnight + timedelta(minutes=window.end_minute))
                    if opens < closes:
                        yield opens, closes
                day += timedelta(days=1)


def always(name: str) -> Calendar:
    """Return a calendar that is open day and night, every day."""
    return Calendar(name, UTC, (ALL_DAY,) * len(WEEKDAYS))


def weekly_of(week: Mapping[int, Sequence[str]]) -> Weekly:
    """Read the windows of a week, written as `09:00-12:00`; Monday is 0, a missing day closed.

    A window that ends earlier than it begins goes on into the next day, and is cut at midnight:
    each date, closed or not, decides about its own part. Raises ValueError, naming the day.
    """
    days: list[list[Window]] = [[] for _ in WEEKDAYS]
    for weekday, texts in week.items():
        for start, end in map(read_window, texts):
            if start < end:
                days[weekday].append(Window(start, end))
            else:
                days[weekday].append(Window(start, DAY_MINUTES))
                days[(weekday + 1) % 7].append(Window(0, end))
    for name, windows in zip(WEEKDAYS, days, strict=True):
        try:
            in_order(sorted(windows))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return tuple(tuple(sorted(windows)) for windows in days)


def hours_of(texts: Sequence[str]) -> Hours:
    """Read the windows of one date; raises ValueError, also for one that crosses midnight."""
    windows = []
    for text in texts:
        start, end = read_window(text)
        if start > end:
            parts = f"{Window(start, DAY_MINUTES)} here and {Window(0, end)} at the next date"
            raise ValueError(f"{text} crosses midnight; write {parts}")
        windows.append(Window(start, end))
    return in_order(sorted(windows))


def read_window(text: str) -> tuple[int, int]:
    """Read `09:00-12:00` as minutes of the day; raises ValueError with the mend.

    The end may be earlier than the start: then it is on the next day.
    """
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("write a window as 09:00-12:00")
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    for hour, minute in ((begin_hour, begin_minute), (end_hour, end_minute)):
        if minute > 59 or hour * 60 + minute > DAY_MINUTES:
            raise ValueError(f"there is no {hour:02}:{minute:02}; a day has 00:00 to 24:00")
    start, end = begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
    if start == DAY_MINUTES:
        raise ValueError("24:00 ends a day; write what begins there as 00:00 of the next one")
    if start == end:
        raise ValueError("it ends when it begins; a whole day is 00:00-24:00")
    return start, end or DAY_MINUTES


def in_order(windows: Sequence[Window]) -> Hours:
    """Return the windows of a day; ValueError when one is no window, or two of them overlap."""
    for window in windows:
        if not 0 <= window.start_minute < window.end_minute <= DAY_MINUTES:
            raise ValueError(f"{window} is no part of a day")
    for one, other in pairwise(windows):
        if one.end_minute > other.start_minute:
            raise ValueError(f"{one} and {other} overlap; make one window of them")
    return tuple(windows)


def _is_whole(hours: Hours) -> bool:
    edges = [minute for window in hours for minute in window]
    inner = edges[1:-1]
    return edges[:1] == [0] and edges[-1:] == [DAY_MINUTES] and inner[::2] == inner[1::2]


def _stretches(zone: tzinfo, since: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield (start, end, offset from UTC) from `since` on, the clocks unchanged in each."""
    start = since
    while True:
        offset, end = _offset(zone, start), start + STEP
        if _offset(zone, end) != offset:
            end = _change(zone, start, end)
        yield start, end, offset
        start = end


def _change(zone: tzinfo, start: datetime, end: datetime) -> datetime:
    """Return the first second in which the zone's offset is no longer that of `start`."""
    before, offset = start.replace(microsecond=0), _offset(zone, start)
    seconds = range(1, int((end - before).total_seconds()) + 1)
    low, high = seconds[0], seconds[-1]
    while low < high:
        middle = (low + high) // 2
        if _offset(zone, before + timedelta(seconds=middle)) == offset:
            low = middle + 1
        else:
            high = middle
    return before + timedelta(seconds=low)


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at!r}: a calendar needs an aware time")
    return at.astimezone(UTC)
