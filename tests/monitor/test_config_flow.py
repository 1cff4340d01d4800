"""The sections that say who is told, when and how often: what they build, and each mistake."""

from __future__ import annotations

import pytest

from alerts.flow import Timers
from alerts.inhibition import Inhibition
from alerts.matching import Traits
from alerts.routing import DEFAULT, Receiver, Route, Routing
from alerts.severity import Severity
from alerts.storm import Budget
from monitor.config import Config, ConfigError, parse

ROOM = "channels: [{kind: console, name: room}, {kind: console, name: spare, standby: true}]\n"
PEOPLE = """
people: [{name: lin}]
calendars: [{name: office, week: {mon-fri: ["09:00-18:00"]}}]
rotas: [{name: nights, people: [lin], start: "2026-11-23 09:00"}]
"""


def routing(source: str) -> Routing:
    return parse(source, "my.yaml", {}).routing()


def problems(source: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(source, "my.yaml", {})
    return caught.value.problems


def problem(source: str) -> str:
    (sentence,) = problems(source)
    return sentence


# What is right


def test_by_default_all_channels_belong_to_one_receiver() -> None:
    assert dict(routing(ROOM).receivers) == {DEFAULT: Receiver(DEFAULT, ("room",), ("spare",))}
    assert routing(ROOM).routes == ()


def test_channels_that_all_stand_by_are_used_all_the_same() -> None:
    spare = "channels: [{kind: console, name: spare, standby: true}]"
    assert routing(spare).receivers[DEFAULT] == Receiver(DEFAULT, ("spare",))
    assert routing("channels: []").receivers[DEFAULT] == Receiver(DEFAULT, ())


def test_a_receiver_has_all_that_stands_by_unless_it_says_otherwise() -> None:
    found = routing(
        ROOM
        + PEOPLE
        + """
locale: en
receivers:
  - {name: default, channels: [room]}
  - {name: night, channels: [spare], rota: nights, hours: office, locale: zh-CN}
  - {name: alone, channels: [room], standby: []}
"""
    )
    assert list(found.receivers.values()) == [
        Receiver(DEFAULT, ("room",), ("spare",), locale="en"),
        Receiver("night", ("spare",), (), "nights", "office", "zh-CN"),
        Receiver("alone", ("room",), (), locale="en"),
    ]
    assert set(found.calendars) == {"office"}


def test_a_route_says_everything_that_it_asks_for() -> None:
    found = routing(
        ROOM
        + PEOPLE
        + """
brands: [{name: 星云手表}]
receivers: [{name: default, channels: [room]}, {name: legal, channels: [room]}]
routes:
  - brands: [星云手表]
    platforms: [weibo, twitter]
    languages: [zh, other]
    topics: [safety]
    risks: [legal, none]
    severity_at_least: important
    hours: office
    receivers: [legal, default]
    continue: true
  - {receivers: [default]}
"""
    )
    wanted = Traits(
        brands=frozenset({"星云手表"}),
        platforms=frozenset({"weibo", "twitter"}),
        languages=frozenset({"zh", "other"}),
        topics=frozenset({"safety"}),
        risks=frozenset({"legal", "none"}),
    )
    assert found.routes == (
        Route(("legal", "default"), wanted, Severity.IMPORTANT, "office", continue_=True),
        Route(("default",)),
    )


def test_the_figures_by_default_are_those_of_the_rules() -> None:
    config = Config()
    assert config.flow.timers() == Timers()
    assert config.inhibition.rule() == Inhibition()
    assert config.storm.budget() == Budget()


def test_every_figure_is_taken() -> None:
    config = parse(
        """
flow: {group_wait_s: 0, group_interval_s: 60, repeat_s: 600, old_after_s: 90}
inhibition: {enabled: false, spread: 30, equal: [brand, topic]}
storm: {single: 5, urgent_single: 6, window_s: 300, rollup_every_s: 60}
""",
        "my.yaml",
        {},
    )
    assert config.flow.timers() == Timers(0, 60, 600, 90)
    assert config.inhibition.rule() == Inhibition(
        enabled=False, spread=30, equal=("brand", "topic")
    )
    assert config.storm.budget() == Budget(5, 6, 300, 60)


# What is wrong


RECEIVERS = ROOM + "receivers: [{name: default, channels: [room]}]\n"


@pytest.mark.parametrize(
    ("source", "place", "flaw"),
    [
        (
            ROOM + "receivers: [{name: default, channels: [rom]}]",
            "my.yaml:2: receivers[0].channels[0]",
            "there is no channel 'rom'; did you mean room? Known: room, spare",
        ),
        (
            "receivers: [{name: default, channels: [room]}]",
            "my.yaml:1: receivers[0].channels[0]",
            "there is no channel 'room'; add it, or remove the name here",
        ),
        (
            ROOM + "receivers: [{name: default, channels: [room], standby: [room, x]}]",
            "my.yaml:2: receivers[0].standby[1]",
            "there is no channel 'x'; add it, or write a known one. Known: room, spare",
        ),
        (
            ROOM + "receivers: [{name: default, channels: [room], rota: nights}]",
            "my.yaml:2: receivers[0].rota",
            "there is no rota 'nights'; add it, or remove the name here",
        ),
        (
            ROOM + "receivers: [{name: default, channels: [room], hours: office}]",
            "my.yaml:2: receivers[0].hours",
            "there is no calendar 'office'; add it, or remove the name here",
        ),
        (
            ROOM + "receivers: [{name: pr, channels: [room]}]",
            "my.yaml:2: receivers",
            "none is called default, so cases that no route takes would reach nobody; add it",
        ),
        (
            RECEIVERS + "routes: [{receivers: [legal]}]",
            "my.yaml:3: routes[0].receivers[0]",
            "there is no receiver 'legal'; add it, or write a known one. Known: default",
        ),
        (
            ROOM + "routes: [{receivers: [legal]}]",
            "my.yaml:2: routes[0].receivers[0]",
            "there is no receiver 'legal'; add it, or write a known one. Known: default",
        ),
        (
            RECEIVERS + "routes: [{receivers: [default], brands: [远山]}]",
            "my.yaml:3: routes[0].brands[0]",
            "there is no brand '远山'; add it, or remove the name here",
        ),
        (
            RECEIVERS + "routes: [{receivers: [default], hours: office}]",
            "my.yaml:3: routes[0].hours",
            "there is no calendar 'office'; add it, or remove the name here",
        ),
    ],
)
def test_a_name_must_be_that_of_something(source: str, place: str, flaw: str) -> None:
    assert problem(source) == f"{place}: {flaw}"


def test_a_route_in_vain_is_told_with_the_one_before_it() -> None:
    routes = """routes:
  - {receivers: [default]}
  - {receivers: [default], topics: [price]}
"""
    assert problem(RECEIVERS + routes) == (
        "my.yaml:5: routes[1]: never takes a case, because routes[0] takes them all; "
        "put it before that one, or write continue: true there"
    )


def test_a_name_is_given_once() -> None:
    double = "receivers: [{name: default, channels: [room]}, {name: default, channels: [room]}]"
    assert problem(ROOM + double) == (
        "my.yaml:2: receivers[1].name: 'default' names two receivers; give each its own"
    )


@pytest.mark.parametrize(
    ("route", "place"),
    [
        ("topics: [refnd]", "routes[0].topics[0]"),
        ("risks: [fire]", "routes[0].risks[0]"),
        ("platforms: [facebook]", "routes[0].platforms[0]"),
        ("languages: [de]", "routes[0].languages[0]"),
        ("severity_at_least: grave", "routes[0].severity_at_least"),
    ],
)
def test_values_that_do_not_exist_are_told_with_those_that_do(route: str, place: str) -> None:
    sentence = problem(RECEIVERS + f"routes: [{{receivers: [default], {route}}}]")
    assert sentence.startswith(f"my.yaml:3: {place}: ")
    assert "is not possible: input should be " in sentence


def test_an_unknown_key_of_a_route_is_told_by_the_names_of_the_file() -> None:
    sentence = problem(RECEIVERS + "routes: [{receivers: [default], contine: true}]")
    assert sentence.startswith(
        "my.yaml:3: routes[0].contine: unknown key; did you mean continue? Known keys: brands, "
    )
    assert "continue_" not in sentence


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("receivers: [{name: default, channels: []}]", "receivers[0].channels: "),
        ("routes: [{receivers: []}]", "routes[0].receivers: "),
        (
            "flow: {group_interval_s: 900, repeat_s: 600}",
            "flow: repeat_s (600) must be at least group_interval_s (900)",
        ),
        ("inhibition: {equal: [topic]}", "inhibition: equal must hold brand: "),
        ("inhibition: {equal: [brand, mood]}", "inhibition.equal[1]: "),
        ("storm: {single: 0}", "storm.single: 0 is not possible: "),
        ("flow: {group_wait_s: 301}", "flow.group_wait_s: 301 is not possible: "),
    ],
)
def test_figures_that_cannot_work(source: str, sentence: str) -> None:
    assert problem(source).startswith(f"my.yaml:1: {sentence}")
