"""Cases as those see them who decide whom to tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.case import CaseState, CaseView
from alerts.severity import Severity

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
