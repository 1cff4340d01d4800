"""How word lists are written: regular expressions, Chinese and English."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD_START, WORD_END = "(?<![a-z])", "(?![a-z])"
"""English entries stand between these."""


@dataclass(frozen=True, slots=True)
class Words:
    """Entries of one purpose in both languages. No entry matches an empty string."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def pattern(self) -> re.Pattern[str]:
        """One expression that finds any entry, leftmost first, in the order of the list."""
        parts = list(self.zh)
        if self.en:
            parts.append(f"{WORD_START}(?:{'|'.join(self.en)}){WORD_END}")
        return re.compile("|".join(parts) if parts else r"(?!)")


def words(zh: str = "", en: str = "") -> Words:
    """Read a list written as text: Chinese entries by white space, English ones by lines."""
    lines = (line.strip() for line in en.strip().splitlines())
    return Words(tuple(zh.split()), tuple(line for line in lines if line))
