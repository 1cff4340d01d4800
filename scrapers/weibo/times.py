"""Reads the times that Weibo shows, all of them Beijing time.

The time in a post's id is better than any of these texts (see `ids`), so a text only checks
it, and steps in where the id carries no time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))
SLACK: Final = timedelta(seconds=90)
"""What the platform's clock, ours, and a page's age may differ by."""

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_AGE_UNITS: Final = {"秒": _SECOND, "分钟": _MINUTE, "小时": timedelta(hours=1)}
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_AGE: Final = re.compile(r"([0-9]{1,5})\s*(秒|分钟|小时)前")
_NAMED_DAY: Final = re.compile(r"(今天|昨天)\s*([0-9]{1,2}):([0-9]{2})")
_CHINESE: Final = re.compile(
    r"(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})日(?:\s*([0-9]{1,2}):([0-9]{2}))?"
)
_NUMERIC: Final = re.compile(
    r"(?:([0-9]{4})-)?([0-9]{1,2})-([0-9]{1,2})(?:[ T]([0-9]{1,2}):([0-9]{2}))?"
)
_FULL: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{1,2}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r" ([+-])([0-9]{2})([0-9]{2}) ([0-9]{4})"
)


@dataclass(frozen=True, slots=True)
class ShownTime:
    """A time as far as a text tells it: within `resolution` from `at` (aware UTC)."""

    at: datetime
    resolution: timedelta

    def agrees_with(self, when: datetime) -> bool:
        """Whether `when` can be the time that the text shows, SLACK aside."""
        return self.at - SLACK <= when <= self.at + self.resolution + SLACK


def read_time(text: str, now: datetime) -> ShownTime | None:
    """Return the time that `text` shows at `now` (aware), None for an unknown form."""
    text = " ".join(text.split())
    try:
        shown = _age(text, now) or _named_day(text, now) or _full(text) or _calendar_day(text, now)
        return shown and ShownTime(shown.at.astimezone(UTC), shown.resolution)
    except (ValueError, OverflowError):
        return None


def _age(text: str, now: datetime) -> ShownTime | None:
    if text == "刚刚":
        return ShownTime(now - _MINUTE, _MINUTE)
    match = _AGE.fullmatch(text)
    if match is None:
        return None
    unit = _AGE_UNITS[match[2]]
    return ShownTime(now - (int(match[1]) + 1) * unit, unit)


def _named_day(text: str, now: datetime) -> ShownTime | None:
    match = _NAMED_DAY.fullmatch(text)
    if match is None:
        return None
    day = now.astimezone(BEIJING) - (_DAY if match[1] == "昨天" else timedelta())
    at = day.replace(hour=int(match[2]), minute=int(match[3]), second=0, microsecond=0)
    return ShownTime(at, _MINUTE)


def _calendar_day(text: str, now: datetime) -> ShownTime | None:
    match = _CHINESE.fullmatch(text) or _NUMERIC.fullmatch(text)
    if match is None:
        return None
    year, _, _, hour, minute = (int(part) if part else None for part in match.groups())
    resolution = _DAY if hour is None else _MINUTE
    clock = (int(match[2]), int(match[3]), hour or 0, minute or 0)
    if year is not None:
        return ShownTime(datetime(year, *clock, tzinfo=BEIJING), resolution)
    return ShownTime(_latest_past(clock, now), resolution)


def _latest_past(clock: tuple[int, int, int, int], now: datetime) -> datetime:
    """Give a date without a year the latest one that is not in the future (29 Feb: 8 years)."""
    this_year = now.astimezone(BEIJING).year
    for year in range(this_year, this_year - 9, -1):
        try:
            at = datetime(year, *clock, tzinfo=BEIJING)
        except ValueError:
            continue
        if at <= now + SLACK:
            return at
    raise ValueError(f"no such day: {clock}")


def _full(text: str) -> ShownTime | None:
    match = _FULL.fullmatch(text)
    if match is None:
        return None
    month, day, hour, minute, second, sign, off_hours, off_minutes, year = match.groups()
    offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
    zone = timezone(-offset if sign == "-" else offset)
    at = datetime(
        int(year),
        _MONTHS.index(month) + 1,
        int(day),
        int(hour),
        int(minute),
        int(second),
        tzinfo=zone,
    )
    return ShownTime(at, _SECOND)
