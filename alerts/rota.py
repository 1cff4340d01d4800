"""Who is on call: people in turns, with others who stand in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from alerts.calendar import Calendar
from alerts.message import Mention


@dataclass(frozen=True, slots=True)
class Person:
    """One of ours; `handles` goes from a kind of channel to the id there, as in `Mention`."""

    name: str
    role: str = ""
    handles: Mapping[str, str] = field(default_factory=dict)
    email: str = ""

    def mention(self) -> Mention:
        """Return the person as messages name them."""
        email = {"email": self.email} if self.email else {}
        return Mention(self.name, {**self.handles, **email})


@dataclass(frozen=True, slots=True)
class Rota:
    """People on call in turns of `turn_hours`, in their order, over and over.

    The first has the turn that begins on `starts_on` at `handover_minute` of the day, on the
    wall clocks of `zone`: hand-overs stay at their time of day when the clocks change. The turns
    before that day go on backwards. With a `calendar` (its name), nobody is on call while it is
    closed. Raises ValueError for an empty rota and for turns shorter than an hour.
    """

    name: str
    people: tuple[str, ...]
    zone: tzinfo
    starts_on: date
    handover_minute: int = 0
    turn_hours: int = 7 * 24
    calendar: str = ""

    def __post_init__(self) -> None:
        if not self.people:
            raise ValueError(f"nobody is in the rota {self.name}; name at least one person")
        if self.turn_hours < 1:
            raise ValueError(f"a turn lasts at least an hour, not {self.turn_hours}")

    def handover(self, turn: int) -> datetime:
        """Return when a turn begins (UTC); the turn that the rota starts with is 0.

        A time that the clocks skip is as much later; of one that they show twice, the first.
        """
        first = datetime.combine(self.starts_on, time()) + timedelta(minutes=self.handover_minute)
        wall = first + timedelta(hours=turn * self.turn_hours)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def turn(self, at: datetime) -> int:
        """Return the number of the turn that runs at this moment."""
        passed = at - self.handover(0)
        turn = passed // timedelta(hours=self.turn_hours)
        while self.handover(turn) > at:
            turn -= 1
        while self.handover(turn + 1) <= at:
            turn += 1
        return turn

    def order(self, at: datetime) -> tuple[str, ...]:
        """Return everybody, whose turn it is first, then those whose turns come next."""
        first = self.turn(at) % len(self.people)
        return self.people[first:] + self.people[:first]


@dataclass(frozen=True, slots=True)
class Override:
    """From `starts_at` up to `ends_at` somebody stands in for a person; `""` means nobody does."""

    person: str
    substitute: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, at: datetime) -> bool:
        """Return whether it is in force at this moment."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Roster:
    """The people, calendars and rotas of the configuration, each by name."""

    people: Mapping[str, Person] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    rotas: Mapping[str, Rota] = field(default_factory=dict)


def on_call(
    rota: Rota, overrides: Sequence[Override], at: datetime, calendars: Mapping[str, Calendar]
) -> str | None:
    """Return who is on call, None when nobody is.

    Who has the turn, or who stands in for them (and for that one in turn: of two overrides for
    one person the later in `overrides` counts). Where nobody stands in, the next in order has it.
    Two who stand in for each other have swapped.
    """
    if rota.calendar and not calendars[rota.calendar].is_open(at):
        return None
    away = {o.person: o.substitute for o in overrides if o.holds(at)}
    return next(filter(None, (_stand_in(name, away) for name in rota.order(at))), None)


def next_change_at(
    rota: Rota, overrides: Sequence[Override], at: datetime, calendars: Mapping[str, Calendar]
) -> datetime | None:
    """Return the first moment after `at` at which somebody else, or nobody, is on call.

    None when that stays as it is for ever.
    """
    now_on_call = on_call(rota, overrides, at, calendars)
    settled = max([at, *(o.ends_at for o in overrides)])
    calendar = calendars[rota.calendar] if rota.calendar else None
    if calendar:
        settled = calendar.next_open(settled)
    # From then on everybody is back and it is open: one round, or the close, shows all to come.
    last = rota.handover(rota.turn(settled) + len(rota.people))
    if calendar:
        last = max(last, calendar.next_close(settled) or last)
    while at < last:
        at = min(_edges(rota, overrides, at, calendars))
        if on_call(rota, overrides, at, calendars) != now_on_call:
            return at
    return None


def _stand_in(name: str, away: Mapping[str, str]) -> str:
    """Follow who stands in for whom; in a circle each does the turn of the one before."""
    passed = {name}
    while name in away:
        name = away[name]
        if name in passed:
            return away[name]
        passed.add(name)
    return name


def _edges(
    rota: Rota, overrides: Iterable[Override], at: datetime, calendars: Mapping[str, Calendar]
) -> Iterator[datetime]:
    """Yield the next moments at which who is on call may change."""
    yield rota.handover(rota.turn(at) + 1)
    for override in overrides:
        yield from (edge for edge in (override.starts_at, override.ends_at) if edge > at)
    if rota.calendar:
        calendar = calendars[rota.calendar]
        edge = calendar.next_close(at) if calendar.is_open(at) else calendar.next_open(at)
        if edge is not None:
            yield edge
