"""Cases as those see them who decide whom to tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.case import CaseState, CaseView
from alerts.flow import Reason, Told
from alerts.matching import Traits
from alerts.severity import Severity
from alerts.silence import Draft, Silence

T0 = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NORMAL, IMPORTANT, URGENT = Severity


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def view(**changes: Any) -> CaseView:
    """A normal case about a refund, opened at T0 by a post that was a minute old."""
    values: dict[str, Any] = {
        "id": 7,
        "brand": "星云手表",
        "platform": "weibo",
        "language": "zh",
        "topic": "refund",
        "risk": "none",
        "severity": NORMAL,
        "state": CaseState.FIRING,
        "spread": 1,
        "reach": 100,
        "posts": 1,
        "author_key": "weibo:7001",
        "published_at": after(-60),
        "opened_at": T0,
    }
    return CaseView(**{**values, **changes})


def told(**changes: Any) -> Told:
    """What a receiver knows who was told of the case when it opened."""
    values: dict[str, Any] = {
        "reason": Reason.FIRST,
        "severity": NORMAL,
        "spread": 1,
        "posts": 1,
        "ended": False,
        "told_at": T0,
    }
    return Told(**{**values, **changes})


def traits(**groups: set[str]) -> Traits:
    return Traits(**{name: frozenset(values) for name, values in groups.items()})


DRAFT = Draft(traits(brands={"星云手表"}), T0, after(3600), "换货公告已发")


def silence(**changes: Any) -> Silence:
    """A silence of the brand for an hour from T0 on."""
    own = {"id": 1, "author": "lin", "created_at": T0, "replaces": None}
    kept = {name: changes.pop(name, value) for name, value in own.items()}
    end = {name: changes.pop(name) for name in ("ended_by", "ended_at") if name in changes}
    return Silence(draft=replace(DRAFT, **changes), **kept, **end)


@dataclass(frozen=True)
class Hours:
    """Open from T0 + `opens_s` on, if at all."""

    opens_s: float | None

    def is_open(self, at: datetime) -> bool:
        return self.opens_s is not None and at >= after(self.opens_s)

    def next_open(self, at: datetime) -> datetime:
        assert self.opens_s is not None
        return max(at, after(self.opens_s))
