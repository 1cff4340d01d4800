"""What keeps a notice back: silences, crises, quiet hours; and what nothing keeps back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.case import CaseState, CaseView
from alerts.flow import Because, Held, Notice, Reason, Timers, decide
from alerts.inhibition import Inhibition, held_by, inhibited_by, is_crisis
from alerts.routing import Receiver
from alerts.suppression import Situation, suppress
from tests.alerts.views import (
    IMPORTANT,
    NORMAL,
    T0,
    URGENT,
    Hours,
    after,
    silence,
    told,
    traits,
    view,
)

RULE = Inhibition()
CRISIS = view(id=3, severity=URGENT, spread=100, opened_at=after(-3600))
SMALL = view()
DAYTIME = Receiver("pr", ("room",), hours="office")
QUIET = {"office": Hours(4 * 3600)}
EVERYTHING = Situation(
    silences=(silence(ends_at=after(900)),), crises=(CRISIS,), inhibition=RULE, calendars=QUIET
)


def held(
    case: CaseView = SMALL, reason: Reason = Reason.FIRST, situation: Situation = EVERYTHING
) -> Held | None:
    return suppress(case, Notice(reason), DAYTIME, situation, T0)


# A crisis and the small cases beside it


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"spread": 99}, False),
        ({"severity": IMPORTANT}, False),
        ({"state": CaseState.ACKED}, True),
        ({"state": CaseState.RESOLVED}, False),
    ],
)
def test_a_crisis_is_urgent_wide_and_open(changes: dict[str, Any], counts: bool) -> None:
    assert is_crisis(replace(CRISIS, **changes), RULE) is counts
    assert not is_crisis(replace(CRISIS, **changes), Inhibition(enabled=False))


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"opened_at": after(-3600)}, True),
        ({"opened_at": after(-3601)}, False),
        ({"brand": "远山"}, False),
        ({"topic": "price"}, False),
        ({"severity": IMPORTANT}, False),
        ({"severity": URGENT}, False),
        ({"risk": "health"}, False),
        ({"spread": 100}, False),
        ({"id": 3}, False),
    ],
)
def test_a_crisis_holds_back_normal_cases_of_its_kind_that_opened_later(
    changes: dict[str, Any], counts: bool
) -> None:
    case = replace(SMALL, **changes)
    assert inhibited_by(case, [CRISIS], RULE) == (CRISIS if counts else None)
    assert held_by(CRISIS, [case], RULE) == int(counts)


def test_a_crisis_may_hold_back_all_topics_of_its_brand() -> None:
    rule = Inhibition(equal=("brand",))
    assert inhibited_by(replace(SMALL, topic="price"), [CRISIS], rule) == CRISIS
    assert inhibited_by(replace(SMALL, brand="远山"), [CRISIS], rule) is None


def test_the_widest_of_several_crises_is_named() -> None:
    wider = replace(CRISIS, id=4, spread=5000)
    assert inhibited_by(SMALL, [CRISIS, wider], RULE) == wider


def test_what_is_over_is_not_counted_with_a_crisis() -> None:
    cases = [SMALL, replace(SMALL, id=8), replace(SMALL, id=9, state=CaseState.RESOLVED), CRISIS]
    assert held_by(CRISIS, cases, RULE) == 2


# What holds a notice back


def test_each_says_what_it_is_and_until_when() -> None:
    assert held() == Held(Because.SUPPRESSED_BY_SILENCE, after(900), "1")
    awake = replace(EVERYTHING, silences=())
    assert held(situation=awake) == Held(Because.SUPPRESSED_BY_INHIBITION, after(300), "3")
    calm = replace(awake, crises=())
    assert held(situation=calm) == Held(Because.SUPPRESSED_BY_QUIET_HOURS, after(14_400), "office")
    assert held(situation=Situation(calendars={"office": Hours(0)})) is None


def test_a_receiver_without_hours_knows_no_quiet() -> None:
    everybody = Receiver("pr", ("room",))
    assert suppress(SMALL, Notice(Reason.FIRST), everybody, Situation(), T0) is None


def test_a_graver_severity_breaks_quiet_hours_but_no_silence_that_means_it() -> None:
    case = replace(SMALL, severity=IMPORTANT)
    calm = replace(EVERYTHING, silences=(), crises=())
    assert held(case, Reason.SEVERITY_UP, calm) is None
    by_silence = held(case, Reason.SEVERITY_UP)
    assert by_silence is not None
    assert by_silence.because is Because.SUPPRESSED_BY_SILENCE
    mild = replace(calm, silences=(silence(severity_at_most=NORMAL),))
    assert held(case, Reason.SEVERITY_UP, mild) is None


@given(st.sampled_from(Reason), st.sampled_from([{"severity": URGENT}, {"risk": "data_leak"}]))
def test_nothing_holds_an_urgent_case_back(reason: Reason, changes: dict[str, Any]) -> None:
    everyone = silence(traits=traits(), severity_at_most=URGENT)
    situation = replace(EVERYTHING, silences=(everyone, silence()))
    assert held(replace(SMALL, **changes), reason, situation) is None


@pytest.mark.parametrize(
    "reason",
    [Reason.RESOLVED, Reason.WITHDRAWN, Reason.ACK_EXPIRED, Reason.ESCALATED, Reason.MISSED],
)
def test_ends_and_steps_of_the_ladder_pass(reason: Reason) -> None:
    assert held(SMALL, reason) is None


# What was held is told later


def test_a_case_of_the_night_is_told_in_the_morning_as_a_new_one() -> None:
    calm = replace(EVERYTHING, silences=(), crises=())
    night = held(situation=calm)
    assert night is not None
    assert night.until is not None
    assert decide(SMALL, None, Timers(), night.until) == Notice(Reason.FIRST)
    assert suppress(SMALL, Notice(Reason.FIRST), DAYTIME, calm, night.until) is None
    answered = replace(SMALL, answered_at=after(60))
    assert decide(answered, None, Timers(), night.until) == Held(Because.ANSWERED)


def test_a_rise_under_a_silence_is_told_when_the_silence_ends() -> None:
    case = replace(SMALL, severity=IMPORTANT)
    assert decide(case, told(), Timers(), after(900)) == Notice(Reason.SEVERITY_UP)
