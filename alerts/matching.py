"""Which cases a route or a silence means, by what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from alerts.case import CaseView

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Traits:
    """Values that a case must have: one of each group that is not empty.

    Platforms, languages, topics and risks are the strings of their enums, authors are keys
    (`weibo:123`).
    """

    brands: frozenset[str] = _NOTHING
    platforms: frozenset[str] = _NOTHING
    languages: frozenset[str] = _NOTHING
    topics: frozenset[str] = _NOTHING
    risks: frozenset[str] = _NOTHING
    authors: frozenset[str] = _NOTHING

    def __bool__(self) -> bool:
        """Whether anything is asked of a case at all."""
        return any(wanted for wanted, _ in self._beside(self))

    def fit(self, case: CaseView) -> bool:
        """Whether the case has what is asked."""
        asked = (
            (self.brands, case.brand),
            (self.platforms, case.platform),
            (self.languages, case.language),
            (self.topics, case.topic),
            (self.risks, case.risk),
            (self.authors, case.author_key),
        )
        return all(value in wanted for wanted, value in asked if wanted)

    def cover(self, other: Traits) -> bool:
        """Whether every case that fits `other` fits these as well."""
        return all(not ours or (theirs and theirs <= ours) for ours, theirs in self._beside(other))

    def _beside(self, other: Traits) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        for group in fields(self):
            yield getattr(self, group.name), getattr(other, group.name)
