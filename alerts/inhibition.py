"""Inhibition: while a crisis lasts, the small cases beside it are counted, not told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from alerts.case import CaseView
from alerts.flow import is_urgent
from alerts.severity import Severity

Trait = Literal["brand", "topic"]


@dataclass(frozen=True, slots=True)
class Inhibition:
    """From which spread on an urgent case holds normal ones back, and in what these must equal it.

    By brand alone it would keep every customer's own trouble waiting while a brand has a crisis
    of another kind, so the topic must be the same as well.

    Cases that are held are looked at again every `look_again_s`, since a crisis ends without
    a word to them.
    """

    enabled: bool = True
    spread: int = 100
    equal: tuple[Trait, ...] = ("brand", "topic")
    look_again_s: float = 300


def is_crisis(case: CaseView, rule: Inhibition) -> bool:
    """Whether a case holds back the small ones of its brand."""
    grave = case.is_open and case.severity >= Severity.URGENT
    return rule.enabled and grave and case.spread >= rule.spread


def inhibited_by(case: CaseView, crises: Iterable[CaseView], rule: Inhibition) -> CaseView | None:
    """Return the crisis that holds a case back, of several the widest."""
    holding = [each for each in crises if _holds(each, case, rule)]
    return max(holding, key=lambda each: (each.spread, -each.id), default=None)


def held_by(crisis: CaseView, cases: Iterable[CaseView], rule: Inhibition) -> int:
    """Count the open cases that a crisis holds back: its next message reports them."""
    return sum(case.is_open and _holds(crisis, case, rule) for case in cases)


def _holds(crisis: CaseView, case: CaseView, rule: Inhibition) -> bool:
    """Whether it does: a normal case of the same kind that opened while the crisis was open."""
    grave = case.severity > Severity.NORMAL or is_urgent(case)
    if case.id == crisis.id or grave or not is_crisis(crisis, rule):
        return False
    alike = all(getattr(case, trait) == getattr(crisis, trait) for trait in rule.equal)
    return alike and case.spread < crisis.spread and case.opened_at >= crisis.opened_at
