"""Who is told of a case, and which routes are in vain."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.case import CaseState, CaseView
from alerts.matching import Traits
from alerts.routing import DEFAULT, Receiver, Route, Routing, audience, hidden_routes, receivers_for
from alerts.severity import Severity
from tests.alerts.views import IMPORTANT, NORMAL, T0, URGENT, Hours, after, traits, view

NAMES = (DEFAULT, "legal", "night", "x")
RECEIVERS = {name: Receiver(name, (f"{name}-room",)) for name in NAMES}


def routing(*routes: Route, **calendars: Hours) -> Routing:
    return Routing(RECEIVERS, routes, calendars)


def names(case: CaseView, table: Routing, seconds: float = 0) -> list[str]:
    return [each.name for each in receivers_for(case, table, after(seconds))]


def test_without_routes_the_default_receiver_is_told() -> None:
    assert names(view(), routing()) == [DEFAULT]


def test_a_routing_without_a_default_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="no receiver is called default"):
        Routing({"legal": RECEIVERS["legal"]})


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (traits(), True),
        (traits(brands={"星云手表", "远山"}), True),
        (traits(brands={"远山"}), False),
        (traits(platforms={"twitter"}), False),
        (traits(languages={"zh"}, platforms={"weibo"}), True),
        (traits(languages={"en"}, platforms={"weibo"}), False),
        (traits(topics={"refund", "price"}), True),
        (traits(topics={"safety"}), False),
        (traits(risks={"none"}), True),
        (traits(risks={"legal"}), False),
        (traits(authors={"weibo:7001"}), True),
        (traits(authors={"twitter:7001"}), False),
    ],
)
def test_a_route_takes_cases_with_all_its_traits(wanted: Traits, fits: bool) -> None:
    table = routing(Route(("legal",), wanted))
    assert names(view(), table) == (["legal"] if fits else [DEFAULT])


@pytest.mark.parametrize(
    ("severity", "told"), [(NORMAL, DEFAULT), (IMPORTANT, "legal"), (URGENT, "legal")]
)
def test_a_route_may_ask_for_a_severity(severity: Severity, told: str) -> None:
    table = routing(Route(("legal",), severity_at_least=IMPORTANT))
    assert names(view(severity=severity), table) == [told]


def test_a_route_with_hours_takes_cases_while_they_are_open() -> None:
    table = routing(Route(("night",), hours="night"), night=Hours(600))
    assert names(view(), table, 599) == [DEFAULT]
    assert names(view(), table, 600) == ["night"]


def test_the_first_route_that_fits_decides() -> None:
    table = routing(
        Route(("x",), traits(brands={"远山"})), Route(("legal", "night")), Route(("x",))
    )
    assert names(view(), table) == ["legal", "night"]


def test_a_route_may_ask_to_go_on_and_nobody_is_told_twice() -> None:
    table = routing(
        Route(("legal",), continue_=True),
        Route(("night",), traits(brands={"远山"})),
        Route(("legal", "x"), continue_=True),
    )
    assert names(view(), table) == ["legal", "x"]


def test_an_end_goes_to_those_who_were_told_wherever_the_case_is_routed_now() -> None:
    table = routing(Route(("x",)))
    over = view(state=CaseState.RESOLVED)
    told = ["night", "legal", "gone-from-the-configuration"]
    assert [r.name for r in audience(over, table, told, T0)] == ["legal", "night"]
    assert audience(over, table, (), T0) == ()
    assert [r.name for r in audience(view(), table, told, T0)] == ["x"]


def test_a_route_behind_one_that_takes_all_its_cases_is_hidden() -> None:
    routes = [
        Route(("x",), traits(brands={"a", "b"}, topics={"refund"}), IMPORTANT),
        Route(("x",), traits(brands={"a"}, topics={"refund"}), URGENT, "night"),
        Route(("x",), traits(brands={"a"}), URGENT),
        Route(("x",), traits(brands={"a"}, topics={"refund"})),
        Route(("x",)),
        Route(("x",), traits(authors={"weibo:1"})),
    ]
    assert hidden_routes(routes) == ((1, 0), (5, 4))


def test_a_route_that_goes_on_or_keeps_hours_hides_nothing() -> None:
    every = Route(("x",))
    assert hidden_routes([Route(("x",), continue_=True), every]) == ()
    assert hidden_routes([Route(("x",), hours="night"), every]) == ()
    assert hidden_routes([Route(("x",), hours="night"), Route(("x",), hours="day")]) == ()
    night = Route(("x",), hours="night")
    assert hidden_routes([night, night]) == ((1, 0),)


_SOME = st.frozensets(st.sampled_from(["a", "b"]))
_ROUTES = st.lists(
    st.builds(
        Route,
        receivers=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map(tuple),
        traits=st.builds(Traits, brands=_SOME, topics=_SOME),
        severity_at_least=st.sampled_from(Severity),
        hours=st.sampled_from(["", "day", "night"]),
        continue_=st.booleans(),
    ),
    max_size=5,
)
_EVERY_CASE = [
    view(brand=brand, topic=topic, severity=severity)
    for brand, topic, severity in product("abc", "abc", Severity)
]
_ALWAYS, _NEVER = Hours(0), Hours(None)


@given(_ROUTES)
def test_routes_against_every_case_there_can_be(routes: list[Route]) -> None:
    hidden = dict(hidden_routes(routes))
    for case, day, night in product(_EVERY_CASE, (_ALWAYS, _NEVER), (_ALWAYS, _NEVER)):
        table = routing(*routes, day=day, night=night)
        told = names(case, table)
        assert told
        assert len(told) == len(set(told))
        # A hidden route never adds anybody: without it all is the same.
        seen = [route for place, route in enumerate(routes) if place not in hidden]
        assert names(case, routing(*seen, day=day, night=night)) == told


@given(st.builds(Traits, brands=_SOME, topics=_SOME), st.builds(Traits, brands=_SOME, topics=_SOME))
def test_one_covers_another_when_it_fits_all_that_the_other_fits(a: Traits, b: Traits) -> None:
    every: list[Any] = _EVERY_CASE
    assert a.cover(b) == all(a.fit(case) for case in every if b.fit(case))
