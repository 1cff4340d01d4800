"""The sections `people`, `calendars` and `rotas`: who is there, when, and in whose turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PlainValidator, field_validator, model_validator

from alerts.calendar import WEEKDAYS, Calendar, Hours, Weekly, hours_of, read_window, weekly_of
from alerts.holidays import days_of, special_days, work_hours, years_told
from alerts.rota import Person, Roster, Rota
from monitor.config_section import Section
from monitor.yaml_file import Location

EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_RANGE_DAYS: Final = 366
DEFAULT_TURN_DAYS: Final = 7


def known_zone(value: str) -> str:
    """Return the name of a time zone; raises ValueError when there is none of that name."""
    try:
        ZoneInfo(value)
    # A folder of the time zone database (Asia) is an OSError.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no such time zone; write e.g. Asia/Shanghai") from error
    return value


def _zone_or_none(value: str) -> str:
    return known_zone(value) if value else value


def _window(value: str) -> str:
    read_window(value)
    return value


def _weekdays(key: str) -> str:
    _weekday_numbers(key)
    return key


def _dates(key: str) -> str:
    _date_range(key)
    return key


def _day_plan(value: Any) -> str | tuple[str, ...]:
    if value in ("closed", "work"):
        return str(value)
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise ValueError('write closed, work, or a list of windows, e.g. ["09:00-12:00"]')
    hours_of(value)
    return tuple(value)


def _start(value: str) -> str:
    _moment(value)
    return value


Zone = Annotated[str, AfterValidator(_zone_or_none)]
WindowText = Annotated[str, AfterValidator(_window)]
WeekdayText = Annotated[str, AfterValidator(_weekdays)]
DateText = Annotated[str, AfterValidator(_dates)]
DayPlan = Annotated[str | tuple[str, ...], PlainValidator(_day_plan)]


class PersonSettings(Section):
    """One entry of `people`; who signs in to the console has the same name there."""

    name: str = Field(min_length=1, max_length=80)
    role: str = Field("", max_length=80)
    email: str = ""
    handles: dict[Literal["slack", "wecom", "dingtalk", "feishu"], str] = Field(
        default_factory=dict
    )

    @field_validator("email")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not EMAIL.fullmatch(value):
            raise ValueError("write an address such as lin@example.com, or leave it empty")
        return value

    def person(self) -> Person:
        """Return the person as rotas and messages take them."""
        handles = {str(kind): handle for kind, handle in self.handles.items()}
        return Person(self.name, self.role, handles, self.email)


class CalendarSettings(Section):
    """One entry of `calendars`; without a `timezone` of its own it has the configuration's."""

    name: str = Field(min_length=1, max_length=64)
    timezone: Zone = ""
    week: dict[WeekdayText, tuple[WindowText, ...]]
    holidays: Literal["none", "CN"] = "none"
    make_up_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    days: dict[DateText, DayPlan] = Field(default_factory=dict)

    @field_validator("week")
    @classmethod
    def _opens(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if not any(_weekly(value)):
            raise ValueError('it never opens; give a day a window, e.g. mon-fri: ["09:00-18:00"]')
        return value

    @field_validator("days")
    @classmethod
    def _each_date_once(cls, value: dict[str, DayPlan]) -> dict[str, DayPlan]:
        seen: dict[date, str] = {}
        for key in value:
            for day in _days(key):
                if day in seen:
                    raise ValueError(f"{seen[day]} and {key} both say what {day} is; keep one")
                seen[day] = key
        return value

    @model_validator(mode="after")
    def _make_up_day_has_hours(self) -> CalendarSettings:
        needed = self.holidays != "none" or "work" in self.days.values()
        if needed and not self._make_up_hours:
            told = f"make_up_day ({self.make_up_day}) has no window in week"
            raise ValueError(f"{told}; name the day whose hours a working weekend has")
        return self

    @property
    def _make_up_hours(self) -> Hours:
        return _weekly(self.week)[WEEKDAYS.index(self.make_up_day)]

    def calendar(self, default_zone: tzinfo) -> Calendar:
        """Return the calendar, public holidays and own days put together; own days win."""
        weekly, make_up = _weekly(self.week), WEEKDAYS.index(self.make_up_day)
        country = "" if self.holidays == "none" else self.holidays
        own = {
            day: _hours(plan, day, weekly, make_up)
            for key, plan in self.days.items()
            for day in _days(key)
        }
        public = days_of(special_days(country), weekly, make_up) if country else {}
        return Calendar(
            name=self.name,
            zone=ZoneInfo(self.timezone) if self.timezone else default_zone,
            weekly=weekly,
            days={**public, **own},
            holidays=country,
            holiday_years=years_told(country, own),
        )


class RotaSettings(Section):
    """One entry of `rotas`; `start` is the local time of a hand-over to the first of `people`."""

    name: str = Field(min_length=1, max_length=64)
    people: tuple[str, ...]
    start: Annotated[str, AfterValidator(_start)]
    turn_days: int | None = Field(None, ge=1, le=366)
    turn_hours: int | None = Field(None, ge=1, le=366 * 24)
    timezone: Zone = ""
    calendar: str = ""

    @field_validator("people")
    @classmethod
    def _not_empty(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("nobody is in this rota; name at least one person")
        return value

    @model_validator(mode="after")
    def _one_length(self) -> RotaSettings:
        if self.turn_days is not None and self.turn_hours is not None:
            raise ValueError("turn_days and turn_hours both say how long a turn is; keep one")
        return self

    def rota(self, default_zone: tzinfo) -> Rota:
        """Return the rota."""
        start = _moment(self.start)
        return Rota(
            name=self.name,
            people=self.people,
            zone=ZoneInfo(self.timezone) if self.timezone else default_zone,
            starts_on=start.date(),
            handover_minute=start.hour * 60 + start.minute,
            turn_hours=self.turn_hours or 24 * (self.turn_days or DEFAULT_TURN_DAYS),
            calendar=self.calendar,
        )


def roster_of(
    people: Sequence[PersonSettings],
    calendars: Sequence[CalendarSettings],
    rotas: Sequence[RotaSettings],
    zone: tzinfo,
) -> Roster:
    """Return everybody and everything of the three sections by name."""
    return Roster(
        {entry.name: entry.person() for entry in people},
        {entry.name: entry.calendar(zone) for entry in calendars},
        {entry.name: entry.rota(zone) for entry in rotas},
    )


def roster_conflicts(
    people: Sequence[PersonSettings],
    calendars: Sequence[CalendarSettings],
    rotas: Sequence[RotaSettings],
) -> Iterator[tuple[Location, str]]:
    """Yield what is well in itself but impossible together: the place and the sentence."""
    yield from _doubles("people", people, "two people")
    yield from _doubles("calendars", calendars, "two calendars")
    yield from _doubles("rotas", rotas, "two rotas")
    yield from _shared_handles(people)
    names, opened = {entry.name for entry in people}, {entry.name for entry in calendars}
    for index, rota in enumerate(rotas):
        for place, name in enumerate(rota.people):
            if name not in names:
                yield (
                    ("rotas", index, "people", place),
                    f"{name!r} is not among people; add an entry there",
                )
        if rota.calendar and rota.calendar not in opened:
            yield (
                ("rotas", index, "calendar"),
                f"there is no calendar {rota.calendar!r}; add it, or leave this empty",
            )


def _shared_handles(people: Sequence[PersonSettings]) -> Iterator[tuple[Location, str]]:
    """Yield accounts that two people have: nobody would know who pressed a button."""
    seen: dict[tuple[str, str], str] = {}
    for index, person in enumerate(people):
        for kind, handle in person.handles.items():
            owner = seen.setdefault((kind, handle), person.name)
            if owner != person.name:
                place = ("people", index, "handles", kind)
                yield place, f"{handle!r} is {owner!r} already; give each their own"


def _doubles(
    section: str,
    entries: Sequence[PersonSettings | CalendarSettings | RotaSettings],
    what: str,
) -> Iterator[tuple[Location, str]]:
    names = [entry.name for entry in entries]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (section, index, "name"), f"{name!r} names {what}; give each its own"


def _weekly(week: dict[str, tuple[str, ...]]) -> Weekly:
    """Read `week`; raises ValueError when two keys name one day, or windows overlap."""
    numbered: dict[int, tuple[str, ...]] = {}
    for key, windows in week.items():
        for number in _weekday_numbers(key):
            if number in numbered:
                raise ValueError(f"{WEEKDAYS[number]} is named twice; keep one")
            numbered[number] = windows
    return weekly_of(numbered)


def _weekday_numbers(key: str) -> range:
    """Read `mon` or `mon-fri`; raises ValueError."""
    first, _, last = key.partition("-")
    try:
        numbers = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    except ValueError as error:
        raise ValueError(f"write {', '.join(WEEKDAYS)}, or a stretch such as mon-fri") from error
    if not numbers:
        raise ValueError("the week begins with mon; write two entries")
    return numbers


def _date_range(key: str) -> tuple[date, date]:
    """Read `2027-02-06` or `2027-02-06..2027-02-13`; raises ValueError."""
    first, _, last = key.partition("..")
    try:
        start, end = _date(first), _date(last or first)
    except ValueError as error:
        raise ValueError("write a date as 2027-02-06, several as 2027-02-06..2027-02-13") from error
    if not timedelta() <= end - start < timedelta(days=LONGEST_RANGE_DAYS):
        raise ValueError(f"it ends before it begins, or after over {LONGEST_RANGE_DAYS} days")
    return start, end


def _date(text: str) -> date:
    return datetime.strptime(text.strip(), "%Y-%m-%d").date()


def _days(key: str) -> Iterator[date]:
    start, end = _date_range(key)
    for number in range((end - start).days + 1):
        yield start + timedelta(days=number)


def _hours(plan: str | tuple[str, ...], day: date, weekly: Weekly, make_up_day: int) -> Hours:
    if plan == "work":
        return work_hours(weekly, day, make_up_day)
    return () if isinstance(plan, str) else hours_of(plan)


def _moment(text: str) -> datetime:
    """Read a local date and time; raises ValueError."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")
    except ValueError as error:
        raise ValueError('write date and time of a hand-over, e.g. "2026-01-05 09:00"') from error
