"""Silences: what they may be, when they are in force, whom they mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.matching import Traits
from alerts.severity import URGENT_RISKS
from alerts.silence import LONGEST, Fault, SilenceError, check, silenced_by
from tests.alerts.views import DRAFT, IMPORTANT, NORMAL, T0, URGENT, after, silence, traits, view


def fault(**changes: Any) -> Fault | None:
    try:
        check(replace(DRAFT, **changes), T0)
    except SilenceError as error:
        return error.fault
    return None


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, None),
        ({"reason": " \n"}, Fault.NO_REASON),
        ({"traits": Traits()}, Fault.NO_TRAITS),
        ({"traits": Traits(), "severity_at_most": NORMAL}, None),
        ({"severity_at_most": URGENT}, Fault.URGENT_TOO),
        ({"traits": traits(risks={"safety"})}, Fault.ONLY_URGENT),
        ({"traits": traits(brands={"星云手表"}, risks=set(URGENT_RISKS))}, Fault.ONLY_URGENT),
        ({"traits": traits(risks={"safety", "legal"})}, None),
        ({"traits": traits(topics={"safety"})}, None),
        ({"starts_at": after(3600)}, Fault.NO_TIME),
        ({"starts_at": after(-9), "ends_at": T0}, Fault.PAST),
        ({"ends_at": T0 + LONGEST}, None),
        ({"ends_at": T0 + LONGEST + timedelta(seconds=1)}, Fault.TOO_LONG),
        ({"starts_at": after(-3600), "ends_at": T0 + LONGEST}, None),
        ({"starts_at": after(86_400), "ends_at": after(86_400) + LONGEST}, None),
    ],
)
def test_what_a_silence_may_be(changes: dict[str, Any], found: Fault | None) -> None:
    assert fault(**changes) == found


@pytest.mark.parametrize("found", Fault)
def test_each_refusal_is_a_sentence_in_both_languages(found: Fault) -> None:
    error = SilenceError(found)
    assert str(error) == error.sentence("en")
    assert error.sentence("zh-CN") != error.sentence("en")


def test_a_silence_is_in_force_from_its_start_until_before_its_end() -> None:
    it = silence(starts_at=after(10), ends_at=after(20))
    assert [s for s in range(0, 30, 5) if it.in_force(after(s))] == [10, 15]


def test_a_silence_that_was_ended_early_was_in_force_until_then() -> None:
    it = silence(ended_by="mei", ended_at=after(60))
    assert it.until == after(60)
    assert it.in_force(after(59))
    assert not it.in_force(after(60))


def test_a_silence_holds_back_the_cases_it_means() -> None:
    it = silence(traits=traits(topics={"refund"}))
    assert silenced_by(view(), [it], T0) == it
    assert silenced_by(view(topic="price"), [it], T0) is None
    assert silenced_by(view(), [it], after(3600)) is None
    assert silenced_by(view(), [], T0) is None


def test_a_silence_has_a_ceiling() -> None:
    mild = silence(severity_at_most=NORMAL)
    assert silenced_by(view(severity=NORMAL), [mild], T0) == mild
    assert silenced_by(view(severity=IMPORTANT), [mild], T0) is None
    assert silenced_by(view(severity=IMPORTANT), [silence()], T0) == silence()


@pytest.mark.parametrize("urgent", [view(severity=URGENT), view(risk="safety")])
def test_no_silence_means_an_urgent_case(urgent: Any) -> None:
    forged = silence(traits=traits(risks={"safety", "none"}), severity_at_most=URGENT)
    assert silenced_by(urgent, [forged, silence()], T0) is None


def test_of_several_silences_the_one_that_lasts_longest_is_named() -> None:
    short, long = silence(id=1), silence(id=2, ends_at=after(7200))
    ended = silence(id=3, ends_at=after(9000), ended_at=after(3000))
    assert silenced_by(view(), [short, long, ended], T0) == long
