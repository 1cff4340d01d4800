"""Sections `receivers`, `routes`, `flow`, `inhibition`, `storm`: who is told, when, how often."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from pydantic import Field, model_validator

from alerts.channels.settings import ChannelSettings
from alerts.flow import Timers
from alerts.inhibition import Inhibition, Trait
from alerts.matching import Traits
from alerts.routing import DEFAULT, OpenHours, Receiver, Route, Routing, hidden_routes
from alerts.severity import Severity
from alerts.storm import Budget
from monitor.config_section import Section
from monitor.yaml_file import Location
from scrapers.post import Platform
from sentiment.verdict import Risk, Topic

Language: TypeAlias = Literal["zh", "en", "other"]
SeverityName: TypeAlias = Literal["normal", "important", "urgent"]


class ReceiverSettings(Section):
    """One entry of `receivers`."""

    name: str = Field(min_length=1, max_length=64)
    channels: tuple[str, ...] = Field(min_length=1)
    standby: tuple[str, ...] | None = None
    """Left out: all channels that are on standby."""
    rota: str = ""
    hours: str = ""
    locale: Literal["zh-CN", "en"] | None = None
    """Left out: the language of the whole configuration."""


class RouteSettings(Section):
    """One entry of `routes`; an empty list asks for nothing."""

    brands: tuple[str, ...] = ()
    platforms: tuple[Platform, ...] = ()
    languages: tuple[Language, ...] = ()
    topics: tuple[Topic, ...] = ()
    risks: tuple[Risk, ...] = ()
    severity_at_least: SeverityName = "normal"
    hours: str = ""
    receivers: tuple[str, ...] = Field(min_length=1)
    continue_: bool = Field(default=False, alias="continue")

    def route(self) -> Route:
        """Return the route as the routing takes it."""
        traits = Traits(
            brands=frozenset(self.brands),
            platforms=frozenset(self.platforms),
            languages=frozenset(self.languages),
            topics=frozenset(self.topics),
            risks=frozenset(self.risks),
        )
        severity = Severity[self.severity_at_least.upper()]
        return Route(self.receivers, traits, severity, self.hours, self.continue_)


class FlowSettings(Section):
    """Section `flow`: how messages about one case are gathered."""

    group_wait_s: float = Field(10, ge=0, le=300)
    group_interval_s: float = Field(300, ge=10, le=86_400)
    repeat_s: float = Field(4 * 3600, ge=60, le=7 * 86_400)
    old_after_s: float = Field(480, ge=0, le=86_400)

    @model_validator(mode="after")
    def _repeats_seldom(self) -> Self:
        if self.repeat_s < self.group_interval_s:
            raise ValueError(
                f"repeat_s ({self.repeat_s:g}) must be at least "
                f"group_interval_s ({self.group_interval_s:g})"
            )
        return self

    def timers(self) -> Timers:
        """Return the times as the flow takes them."""
        return Timers(**self.model_dump())


class InhibitionSettings(Section):
    """Section `inhibition`: which crisis holds small cases back."""

    enabled: bool = True
    spread: int = Field(100, ge=2)
    equal: tuple[Trait, ...] = ("brand", "topic")

    @model_validator(mode="after")
    def _stays_with_the_brand(self) -> Self:
        if "brand" not in self.equal:
            raise ValueError(
                "equal must hold brand: one brand's crisis says nothing about another's cases"
            )
        return self

    def rule(self) -> Inhibition:
        """Return the rule as the inhibition takes it."""
        return Inhibition(**self.model_dump())


class StormSettings(Section):
    """Section `storm`: how many messages a receiver gets before they are rolled up."""

    single: int = Field(20, ge=1, le=10_000)
    urgent_single: int = Field(30, ge=1, le=10_000)
    window_s: float = Field(600, ge=60, le=86_400)
    rollup_every_s: float = Field(120, ge=10, le=3600)

    def budget(self) -> Budget:
        """Return the limits as the storm guard takes them."""
        return Budget(**self.model_dump())


@dataclass(frozen=True, slots=True)
class Known:
    """Names that other sections define, for receivers and routes to use."""

    channels: Collection[str]
    brands: Collection[str]
    rotas: Collection[str]
    calendars: Collection[str]


def routing_of(
    receivers: Sequence[ReceiverSettings],
    routes: Sequence[RouteSettings],
    channels: Sequence[ChannelSettings],
    calendars: Mapping[str, OpenHours],
    locale: str,
) -> Routing:
    """Build the routing; without receivers all channels belong to one called `default`."""
    first = tuple(channel.name for channel in channels if not channel.standby)
    standby = tuple(channel.name for channel in channels if channel.standby)
    found = [_receiver(each, standby, locale) for each in receivers]
    if not found:
        everything = (first, standby) if first else (standby, ())
        found = [Receiver(DEFAULT, *everything, locale=locale)]
    by_name = {each.name: each for each in found}
    return Routing(by_name, tuple(each.route() for each in routes), calendars)


def routing_conflicts(
    receivers: Sequence[ReceiverSettings], routes: Sequence[RouteSettings], known: Known
) -> Iterator[tuple[Location, str]]:
    """Yield the place and the sentence of each unknown name and of each route in vain."""
    names = [each.name for each in receivers]
    for index, each in enumerate(receivers):
        place: Location = ("receivers", index)
        if each.name in names[:index]:
            yield (*place, "name"), f"{each.name!r} names two receivers; give each its own"
        yield from _unknown((*place, "channels"), each.channels, "channel", known.channels)
        yield from _unknown((*place, "standby"), each.standby or (), "channel", known.channels)
        yield from _unknown((*place, "rota"), each.rota, "rota", known.rotas)
        yield from _unknown((*place, "hours"), each.hours, "calendar", known.calendars)
    if names and DEFAULT not in names:
        told = f"none is called {DEFAULT}, so cases that no route takes would reach nobody"
        yield ("receivers",), f"{told}; add it"
    for index, route in enumerate(routes):
        place = ("routes", index)
        yield from _unknown((*place, "receivers"), route.receivers, "receiver", names or [DEFAULT])
        yield from _unknown((*place, "brands"), route.brands, "brand", known.brands)
        yield from _unknown((*place, "hours"), route.hours, "calendar", known.calendars)
    for later, earlier in hidden_routes([each.route() for each in routes]):
        told = f"never takes a case, because routes[{earlier}] takes them all"
        yield ("routes", later), f"{told}; put it before that one, or write continue: true there"


def _receiver(settings: ReceiverSettings, standby: tuple[str, ...], locale: str) -> Receiver:
    others = tuple(name for name in standby if name not in settings.channels)
    return Receiver(
        name=settings.name,
        channels=settings.channels,
        standby=others if settings.standby is None else settings.standby,
        rota=settings.rota,
        hours=settings.hours,
        locale=settings.locale or locale,
    )


def _unknown(
    place: Location, names: str | Sequence[str], what: str, known: Collection[str]
) -> Iterator[tuple[Location, str]]:
    """Yield what is wrong with one name (`""` for none) or with a list of them."""
    if isinstance(names, str):
        flaws = [(place, names)] if names else []
    else:
        flaws = [((*place, index), name) for index, name in enumerate(names)]
    for where, name in flaws:
        if name not in known:
            yield where, f"there is no {what} {name!r}; {_mend(name, known)}"


def _mend(name: str, known: Collection[str]) -> str:
    if not known:
        return "add it, or remove the name here"
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"did you mean {close[0]}?" if close else "add it, or write a known one."
    return f"{guess} Known: {', '.join(known)}"
