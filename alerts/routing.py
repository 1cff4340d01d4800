"""Who is told of a case: the receivers that the routes name, never nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from alerts.case import CaseView
from alerts.matching import Traits
from alerts.severity import Severity

DEFAULT: Final = "default"
"""The receiver of what no route takes."""


class OpenHours(Protocol):
    """A calendar of hours (`alerts.calendar`); times are aware."""

    def is_open(self, at: datetime, /) -> bool:
        """Whether `at` lies in open hours."""

    def next_open(self, at: datetime, /) -> datetime:
        """Return when it opens next, `at` itself if it is open."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A party that is told over some channels, in one language.

    `standby` channels carry a message when one of `channels` fails. The people whom `rota`
    has on call are mentioned. With a calendar in `hours` all other times are quiet: then the
    receiver is told only what may not wait.
    """

    name: str
    channels: tuple[str, ...]
    standby: tuple[str, ...] = ()
    rota: str = ""
    hours: str = ""
    locale: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class Route:
    """Cases of some traits go to some receivers.

    `hours` names a calendar: the route takes cases while it is open. The routes after it are
    asked as well if `continue_` is set.
    """

    receivers: tuple[str, ...]
    traits: Traits = field(default_factory=Traits)
    severity_at_least: Severity = Severity.NORMAL
    hours: str = ""
    continue_: bool = False


@dataclass(frozen=True, slots=True)
class Routing:
    """All receivers by name, `default` among them; routes in order; calendars by name."""

    receivers: Mapping[str, Receiver]
    routes: tuple[Route, ...] = ()
    calendars: Mapping[str, OpenHours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if DEFAULT not in self.receivers:
            raise ValueError(f"no receiver is called {DEFAULT}")


def receivers_for(case: CaseView, routing: Routing, now: datetime) -> tuple[Receiver, ...]:
    """Return whom a case goes to now, each once, in the order of the routes; never nobody.

    The first route that takes the case decides, unless it asks to go on; a case that no route
    takes goes to the receiver `default`.
    """
    names: dict[str, None] = {}
    for route in routing.routes:
        if _takes(route, case, routing.calendars, now):
            names.update(dict.fromkeys(route.receivers))
            if not route.continue_:
                break
    return tuple(routing.receivers[name] for name in names or (DEFAULT,))


def audience(
    case: CaseView, routing: Routing, told: Collection[str], now: datetime
) -> tuple[Receiver, ...]:
    """Return whom to ask the flow about: an end goes to those who were told, wherever routed.

    `told` holds the names of the receivers that heard of the case; for an end it may leave
    nobody.
    """
    if case.is_open:
        return receivers_for(case, routing, now)
    return tuple(each for name, each in routing.receivers.items() if name in told)


def hidden_routes(routes: Sequence[Route]) -> tuple[tuple[int, int], ...]:
    """Return each route that can never take a case, with the earlier one that takes them all."""
    found = []
    for later, route in enumerate(routes):
        hiding = [index for index in range(later) if _hides(routes[index], route)]
        found += [(later, index) for index in hiding[:1]]
    return tuple(found)


def _takes(route: Route, case: CaseView, calendars: Mapping[str, OpenHours], now: datetime) -> bool:
    grave = case.severity >= route.severity_at_least
    if not grave or not route.traits.fit(case):
        return False
    return not route.hours or calendars[route.hours].is_open(now)


def _hides(earlier: Route, later: Route) -> bool:
    return (
        not earlier.continue_
        and earlier.hours in ("", later.hours)
        and earlier.severity_at_least <= later.severity_at_least
        and earlier.traits.cover(later.traits)
    )
