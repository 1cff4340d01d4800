"""Which substitutions people may enter, and how the others are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.rota import Override, Person, Roster, Rota
from alerts.substitution import Draft, Fault, Substitution, SubstitutionError, check

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = {name: Person(name) for name in ("Lin", "Zhou", "Chen")}
ROSTER = Roster(PEOPLE, {}, {"pr": Rota("pr", ("Lin", "Zhou"), UTC, date(2026, 1, 5))})
GOOD = Draft("pr", Override("Lin", "Zhou", NOW, NOW + DAY))


def changed(**fields: object) -> Draft:
    return replace(GOOD, override=replace(GOOD.override, **fields))


@pytest.mark.parametrize(
    "draft",
    [
        GOOD,
        replace(GOOD, rota="", reason="on leave"),
        changed(substitute=""),
        changed(person="Chen"),
        changed(starts_at=NOW - 400 * DAY, ends_at=NOW + 366 * DAY),
        changed(starts_at=NOW + 400 * DAY, ends_at=NOW + 401 * DAY),
    ],
    ids=["plain", "every rota", "nobody", "not on the rota", "long since", "far away"],
)
def test_what_may_be_passes(draft: Draft) -> None:
    check(draft, ROSTER, NOW)


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        (replace(GOOD, rota="lead"), Fault.NO_ROTA),
        (changed(person="Sun"), Fault.NO_PERSON),
        (changed(person=""), Fault.NO_PERSON),
        (changed(substitute="Sun"), Fault.NO_SUBSTITUTE),
        (changed(substitute="Lin"), Fault.ONESELF),
        (changed(starts_at=NOW + DAY), Fault.NO_TIME),
        (changed(starts_at=NOW - DAY, ends_at=NOW), Fault.PAST),
        (changed(ends_at=NOW + 367 * DAY), Fault.TOO_LONG),
    ],
)
def test_what_may_not_be_is_refused_in_both_languages(draft: Draft, fault: Fault) -> None:
    with pytest.raises(SubstitutionError) as caught:
        check(draft, ROSTER, NOW)
    assert caught.value.fault is fault
    assert str(caught.value) == caught.value.sentence("en")


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_has_a_sentence_in_each_language(fault: Fault) -> None:
    error = SubstitutionError(fault)
    assert error.sentence("en").isascii()
    assert not error.sentence("zh-CN").isascii()


def test_a_substitution_ends_when_it_is_cancelled() -> None:
    made = Substitution(1, GOOD, "Zhou", NOW)
    assert made.override is GOOD.override
    assert made.until == NOW + DAY
    assert replace(made, cancelled_at=NOW, cancelled_by="Lin").until == NOW
