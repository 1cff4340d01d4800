"""Reads the numbers as Weibo writes them: 12, 1.2万, 1.4亿, 100万+, and a bare label for none."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_LABELS: Final = ("转发", "评论", "赞", "收藏")
_UNITS: Final = {"": 1, "万": 10_000, "亿": 100_000_000}
MAX_COUNT: Final = 10**15
"""More than this is no count of people or clicks."""
_NUMBER: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,8})?)\s*([万亿]?)\+?")


def read_count(value: object) -> int | None:
    """Return the count that a JSON value or a text shows, None where it shows none.

    "100万+" counts as its lower bound; a button's label without a number means 0.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value <= MAX_COUNT else None
    if not isinstance(value, str):
        return None
    text = value.strip().replace(",", "")
    for label in _LABELS:
        if text.startswith(label):
            text = text.removeprefix(label).strip() or "0"
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    count = int(Decimal(match[1]) * _UNITS[match[2]])
    return count if count <= MAX_COUNT else None
