"""Which posts concern us: a brand and a complaint word in one post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scrapers.post import Platform


class Part(StrEnum):
    """Where in a post a term stands."""

    TEXT = "text"
    QUOTED = "quoted"
    ORIGINAL = "original"


class TermKind(StrEnum):
    """What a matched term stands for."""

    BRAND = "brand"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Brand:
    """One watched brand: its names, homonyms that are not it, its own accounts."""

    name: str
    aliases: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    accounts: Mapping[Platform, str] = field(default_factory=dict)
    complaint_words: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every alias."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Term:
    """A configured term found at `start`..`end` (code points) of one part of the post."""

    text: str
    kind: TermKind
    part: Part
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that names `brand` with a complaint word, and by which rules it was found."""

    brand: str
    terms: tuple[Term, ...]
    rules_version: str
