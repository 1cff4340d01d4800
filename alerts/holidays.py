"""Public holidays and 调休 working weekends, one data file for each country and year.

China's are those of the State Council's yearly notices: 国办发明电〔2023〕7号 for 2024,
〔2024〕12号 for 2025, 〔2025〕7号 for 2026. A notice comes in the autumn before its year.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from importlib import resources
from typing import Final

from alerts.calendar import Calendar, Hours, Weekly

COUNTRIES: Final = ("CN",)
NOTICE: Final = timedelta(days=45)
"""So long before a year its holidays must be known; China's notices came on 25 October 2023,
12 November 2024 and 4 November 2025."""
NATIONAL_DAY: Final = (10, 1)
"""The last holiday of a Chinese year: who wrote down this one wrote the notice down."""
FILE: Final = re.compile(r"([a-z]{2})-([0-9]{4})\.csv")
SATURDAY: Final = 5


class Kind(StrEnum):
    """What a day is: free although it may be a weekday, or worked although a weekend."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that a notice names, and the holiday it belongs to."""

    day: date
    kind: Kind
    name_zh: str
    name_en: str


def special_days(country: str) -> tuple[SpecialDay, ...]:
    """Return every date that the data files of a country name, in order."""
    return tuple(
        sorted((day for _, lines in _files(country) for day in _read(lines)), key=lambda d: d.day)
    )


def known_years(country: str) -> frozenset[int]:
    """Return the years for which a country has a data file."""
    return frozenset(year for year, _ in _files(country))


def days_of(special: Iterable[SpecialDay], weekly: Weekly, make_up_day: int) -> dict[date, Hours]:
    """Return the hours of holidays (none) and working weekends, as `Calendar.days` takes them."""
    return {
        s.day: work_hours(weekly, s.day, make_up_day) if s.kind is Kind.WORKDAY else ()
        for s in special
    }


def work_hours(weekly: Weekly, day: date, make_up_day: int) -> Hours:
    """Return the hours of a date on which people work whatever its weekday.

    Saturdays, Sundays and weekdays without hours have those of `make_up_day` (0 is Monday).
    """
    weekday = day.weekday()
    own = weekly[weekday] if weekday < SATURDAY else ()
    return own or weekly[make_up_day]


def years_told(country: str, days: Mapping[date, Hours]) -> frozenset[int]:
    """Return the years whose holidays are known: by file, or by somebody's own `days`.

    Own days make a year known when 1 October is among them, not by a day off here and there.
    """
    if not country:
        return frozenset()
    return known_years(country) | {day.year for day in days if (day.month, day.day) == NATIONAL_DAY}


def missing_years(calendar: Calendar, now: datetime) -> tuple[int, ...]:
    """Return the years, this one or one about to begin, whose holidays the calendar lacks.

    Always empty for a calendar without public holidays.
    """
    if not calendar.holidays:
        return ()
    local = now.astimezone(calendar.zone)
    years = {local.year, (local + NOTICE).year}
    return tuple(sorted(years - calendar.holiday_years))


def _files(country: str) -> Iterator[tuple[int, str]]:
    for file in resources.files("alerts").joinpath("calendars").iterdir():
        name = FILE.fullmatch(file.name)
        if name and name[1] == country.lower():
            yield int(name[2]), file.read_text(encoding="utf-8")


def _read(text: str) -> Iterator[SpecialDay]:
    for row in csv.DictReader(text.splitlines()):
        day = date.fromisoformat(row["date"])
        yield SpecialDay(day, Kind(row["kind"]), row["name_zh"], row["name_en"])
