"""Who is on call: turns, hand-overs when the clocks change, who stands in, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Calendar, always, weekly_of
from alerts.message import Mention
from alerts.rota import Override, Person, Rota, next_change_at, on_call

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
"""Nine in the morning in Shanghai: the first hand-over."""
PR = Rota("pr", ("Lin", "Zhou", "Wu"), SHANGHAI, date(2026, 1, 5), 9 * 60)
OFFICE = Calendar("office", SHANGHAI, weekly_of(dict.fromkeys(range(5), ("09:00-18:00",))))


def override(person: str, substitute: str, days: tuple[float, float] = (0, 7)) -> Override:
    return Override(person, substitute, MONDAY + days[0] * DAY, MONDAY + days[1] * DAY)


def who(at: datetime, *overrides: Override, rota: Rota = PR) -> str | None:
    return on_call(rota, overrides, at, {"office": OFFICE, "always": always("always")})


# Turns


def test_people_take_turns_in_their_order_over_and_over() -> None:
    weeks = [who(MONDAY + n * 7 * DAY) for n in range(7)]
    assert weeks == ["Lin", "Zhou", "Wu", "Lin", "Zhou", "Wu", "Lin"]


def test_a_turn_holds_its_start_but_not_its_end() -> None:
    second = timedelta(seconds=1)
    assert who(MONDAY + 7 * DAY - second) == "Lin"
    assert who(MONDAY + 7 * DAY) == "Zhou"


def test_turns_go_on_backwards_before_the_start() -> None:
    assert who(MONDAY - HOUR) == "Wu"
    assert who(MONDAY - 8 * DAY) == "Zhou"


def test_turns_may_be_hours() -> None:
    rota = Rota("nights", ("Lin", "Zhou"), SHANGHAI, date(2026, 1, 5), 9 * 60, turn_hours=12)
    assert [who(MONDAY + n * 12 * HOUR, rota=rota) for n in range(3)] == ["Lin", "Zhou", "Lin"]


def test_a_person_may_have_several_turns_in_a_round() -> None:
    rota = Rota("pr", ("Lin", "Zhou", "Lin", "Wu"), SHANGHAI, date(2026, 1, 5), turn_hours=24)
    days = [who(MONDAY + n * DAY, rota=rota) for n in range(5)]
    assert days == ["Lin", "Zhou", "Lin", "Wu", "Lin"]


@pytest.mark.parametrize("changed", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("starts_on", [date(2026, 1, 5), date(2026, 7, 6)])
def test_hand_overs_stay_at_their_time_of_day(starts_on: date, changed: date) -> None:
    rota = Rota("pr", ("Lin", "Zhou"), BERLIN, starts_on, 9 * 60, turn_hours=24)
    for day in (changed - DAY, changed, changed + DAY):
        nine = datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN).astimezone(UTC)
        before, after = who(nine - timedelta(seconds=1), rota=rota), who(nine, rota=rota)
        assert before != after


def test_a_hand_over_in_the_skipped_hour_is_after_it() -> None:
    rota = Rota("pr", ("Lin", "Zhou"), BERLIN, date(2026, 3, 28), 150, turn_hours=24)
    assert rota.handover(1) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert rota.handover(2) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_hand_over_in_the_doubled_hour_happens_once() -> None:
    rota = Rota("pr", ("Lin", "Zhou"), BERLIN, date(2026, 10, 24), 150, turn_hours=24)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert who(first - HOUR, rota=rota) == "Lin"
    assert [who(first + n * HOUR / 2, rota=rota) for n in range(6)] == ["Zhou"] * 6


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Havana"])


@given(
    ZONES.map(ZoneInfo),
    st.integers(1, 5),
    st.integers(0, 1439),
    st.sampled_from([1, 6, 12, 24, 60, 168]),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),
)
def test_the_turn_is_the_number_of_hand_overs_that_have_been(
    zone: tzinfo, people: int, minute: int, turn_hours: int, at: datetime
) -> None:
    names = tuple("abcde"[:people])
    rota = Rota("drawn", names, zone, at.date() - 9 * DAY, minute, turn_hours)
    count = 12 * 24 // turn_hours + 2
    passed = [n for n in range(1, count) if rota.handover(n) <= at]

    assert rota.turn(at) == max(passed, default=0)
    assert who(at, rota=rota) == names[len(passed) % people]
    assert sorted(map(rota.handover, range(count))) == [rota.handover(n) for n in range(count)]
    walls = [rota.handover(n).astimezone(zone) for n in range(count)]
    assert {wall.minute for wall in walls} == {minute % 60}


def test_a_rota_cannot_be_empty_nor_a_turn_without_length() -> None:
    with pytest.raises(ValueError, match="name at least one person"):
        Rota("pr", (), SHANGHAI, date(2026, 1, 5))
    with pytest.raises(ValueError, match="at least an hour"):
        Rota("pr", ("Lin",), SHANGHAI, date(2026, 1, 5), turn_hours=0)


# With a calendar


def test_nobody_is_on_call_while_the_calendar_is_closed() -> None:
    rota = Rota("pr", ("Lin", "Zhou"), SHANGHAI, date(2026, 1, 5), 9 * 60, calendar="office")
    assert who(MONDAY, rota=rota) == "Lin"
    assert who(MONDAY + 9 * HOUR, rota=rota) is None
    assert who(MONDAY + 5 * DAY, rota=rota) is None
    assert who(MONDAY + 7 * DAY, rota=rota) == "Zhou"


# Who stands in


def test_a_substitute_stands_in_whatever_the_turn() -> None:
    away = override("Zhou", "Chen", (0, 21))
    assert [who(MONDAY + n * 7 * DAY, away) for n in range(3)] == ["Lin", "Chen", "Wu"]
    assert who(MONDAY + 4 * 7 * DAY, away) == "Zhou"


def test_a_substitution_holds_its_start_but_not_its_end() -> None:
    away = override("Lin", "Chen", (1, 2))
    second = timedelta(seconds=1)
    assert [
        who(MONDAY + DAY - second, away),
        who(MONDAY + DAY, away),
        who(MONDAY + 2 * DAY - second, away),
        who(MONDAY + 2 * DAY, away),
    ] == ["Lin", "Chen", "Chen", "Lin"]


def test_who_stands_in_may_be_stood_in_for() -> None:
    chain = (override("Lin", "Chen"), override("Chen", "Sun"), override("Sun", "He"))
    assert who(MONDAY, *chain) == "He"


@pytest.mark.parametrize(
    "gone",
    [
        [("Lin", "")],
        [("Lin", "Chen"), ("Chen", "")],
        [("Lin", "Zhou"), ("Zhou", "Zhou"), ("Lin", "")],
    ],
)
def test_where_nobody_stands_in_the_next_in_order_has_it(gone: list[tuple[str, str]]) -> None:
    assert who(MONDAY, *(override(*each) for each in gone)) == "Zhou"


def test_the_next_in_order_may_have_a_substitute_too() -> None:
    assert who(MONDAY, override("Lin", ""), override("Zhou", "Chen")) == "Chen"
    assert who(MONDAY, override("Lin", ""), override("Zhou", "")) == "Wu"


def test_when_everybody_is_gone_nobody_is_on_call() -> None:
    assert who(MONDAY, *(override(name, "") for name in PR.people)) is None


def test_two_who_stand_in_for_each_other_have_swapped() -> None:
    swap = (override("Lin", "Zhou", (0, 14)), override("Zhou", "Lin", (0, 14)))
    assert [who(MONDAY, *swap), who(MONDAY + 7 * DAY, *swap)] == ["Zhou", "Lin"]


def test_three_in_a_circle_each_do_the_turn_of_the_one_before() -> None:
    circle = [
        override(*pair, days=(0, 21)) for pair in (("Lin", "Zhou"), ("Zhou", "Wu"), ("Wu", "Lin"))
    ]
    assert [who(MONDAY + n * 7 * DAY, *circle) for n in range(3)] == ["Zhou", "Wu", "Lin"]


def test_a_chain_into_a_circle_ends() -> None:
    chain = (override("Lin", "Chen"), override("Chen", "Sun"), override("Sun", "Chen"))
    assert who(MONDAY, *chain) == "Sun"
    assert who(MONDAY, override("Lin", "Lin")) == "Lin"


def test_of_two_substitutions_the_later_counts() -> None:
    assert who(MONDAY, override("Lin", "Chen"), override("Lin", "Sun")) == "Sun"
    assert who(MONDAY, override("Lin", "Sun"), override("Lin", "")) == "Zhou"


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])


@st.composite
def substitutions(draw: st.DrawFn) -> Override:
    start = draw(st.integers(-48, 48))
    length = draw(st.integers(1, 72))
    person, substitute = draw(NAMES), draw(st.one_of(NAMES, st.just("")))
    return Override(person, substitute, MONDAY + start * HOUR, MONDAY + (start + length) * HOUR)


ROTAS = st.builds(
    Rota,
    st.just("drawn"),
    st.lists(NAMES, min_size=1, max_size=4).map(tuple),
    st.just(SHANGHAI),
    st.just(date(2026, 1, 4)),
    st.just(0),
    st.sampled_from([1, 5, 24, 50]),
    st.sampled_from(["", "office", "always"]),
)


@given(ROTAS, st.lists(substitutions(), max_size=6), st.integers(-60, 60))
def test_whatever_people_enter_there_is_an_answer(
    rota: Rota, overrides: Sequence[Override], hour: int
) -> None:
    at = MONDAY + hour * HOUR
    found = who(at, *overrides, rota=rota)
    in_force = [o for o in overrides if o.holds(at)]
    known = {*rota.people, *(o.substitute for o in in_force)} - {""}
    assert found is None or found in known
    gone = {o.person for o in in_force if not o.substitute}
    if found is None:
        assert (rota.calendar == "office" and not OFFICE.is_open(at)) or gone
    elif len({o.person for o in in_force}) == len(in_force):
        assert found not in gone


# What comes next


@given(ROTAS, st.lists(substitutions(), max_size=4), st.integers(-60, 60))
def test_the_next_change_is_the_first_hour_with_another_answer(
    rota: Rota, overrides: Sequence[Override], hour: int
) -> None:
    at = MONDAY + hour * HOUR + timedelta(minutes=20)
    now_on_call = who(at, *overrides, rota=rota)
    # Everything that is drawn begins and ends on the hour.
    hours = [MONDAY + n * HOUR for n in range(hour + 1, hour + 24 * 21)]
    expected = next((h for h in hours if who(h, *overrides, rota=rota) != now_on_call), None)
    calendars: Mapping[str, Calendar] = {"office": OFFICE, "always": always("always")}
    assert next_change_at(rota, overrides, at, calendars) == expected


def test_one_person_for_ever_never_changes() -> None:
    alone = Rota("pr", ("Lin",), SHANGHAI, date(2026, 1, 5))
    assert next_change_at(alone, (), MONDAY, {}) is None
    away = override("Lin", "Chen", (30, 31))
    assert next_change_at(alone, [away], MONDAY, {}) == MONDAY + 30 * DAY
    assert next_change_at(alone, [away], MONDAY + 30 * DAY, {}) == MONDAY + 31 * DAY


def test_a_change_may_be_as_far_away_as_a_turn_is_long() -> None:
    slow = Rota("pr", ("Lin", "Lin", "Zhou"), SHANGHAI, date(2026, 1, 5), 9 * 60, 366 * 24)
    assert next_change_at(slow, (), MONDAY, {}) == MONDAY + 2 * 366 * DAY


# People


def test_a_person_is_mentioned_with_every_handle_and_the_address() -> None:
    lin = Person("Lin", "PR", {"slack": "U1", "wecom": "lin"}, "lin@example.com")
    expected = {"slack": "U1", "wecom": "lin", "email": "lin@example.com"}
    assert lin.mention() == Mention("Lin", expected)
    assert Person("Zhou").mention() == Mention("Zhou", {})
