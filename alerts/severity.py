"""How grave a complaint is, and why."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """Urgency of a case (domain.md: 一般, 重要, 紧急); a larger number is graver."""

    NORMAL = 1
    IMPORTANT = 2
    URGENT = 3
