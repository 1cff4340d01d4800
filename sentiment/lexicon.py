"""All word lists of the judge as one value with a version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256

from sentiment import cues, faults, grievances, harmless, harms, hints, moods, subjects
from sentiment.harmless import Context
from sentiment.text import fold
from sentiment.verdict import Genre, Kind, Risk, Topic
from sentiment.wordlist import Words


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists that a judge works with.

    See `sentiment.cues`, `moods`, `subjects`, `grievances`, `faults`, `harms`, `hints`.
    """

    complaint: Words = cues.COMPLAINT
    denied: Words = cues.DENIED
    resolved: Words = cues.RESOLVED
    adversative: Words = cues.ADVERSATIVE
    praise: Words = moods.PRAISE
    addressed: Words = cues.ADDRESSED
    first_person: Words = cues.FIRST_PERSON
    genres: Mapping[Genre, Words] = field(default_factory=lambda: subjects.GENRES)
    topics: Mapping[Topic, Words] = field(default_factory=lambda: grievances.TOPICS)
    telling: Mapping[Topic, Words] = field(default_factory=lambda: faults.TELLING)
    felt_bad: Words = faults.FELT_BAD
    kinds: Mapping[Kind, Words] = field(default_factory=lambda: subjects.KINDS)
    risks: Mapping[Risk, Words] = field(default_factory=lambda: harms.RISKS)
    weak_risks: Mapping[Risk, Words] = field(default_factory=lambda: hints.WEAK_RISKS)
    contexts: Mapping[Context, Words] = field(default_factory=lambda: harmless.CONTEXTS)

    @property
    def version(self) -> str:
        """Eight hex digits that change with any entry of any list."""
        return digest(self)

    def lists(self) -> Iterator[tuple[str, Words]]:
        """Name each list that every text is searched for, those of a mapping as `topics.refund`.

        Not `contexts`, which wait for a risk.
        """
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Words):
                yield each.name, value
            elif isinstance(value, Mapping) and each.name != "contexts":
                yield from ((f"{each.name}.{key}", table) for key, table in value.items())

    def with_complaints(self, plain: Sequence[str]) -> Lexicon:
        """Return these lists with further words of complaint, plain text in either language."""
        folded = sorted({fold(word).strip() for word in plain} - {""})
        more = Words(
            zh=tuple(re.escape(word) for word in folded if not word.isascii()),
            en=tuple(re.escape(word) for word in folded if word.isascii()),
        )
        known = self.complaint
        return replace(self, complaint=Words(known.zh + more.zh, known.en + more.en))


def digest(lists: object) -> str:
    """Return eight hex digits of the SHA-256 of everything written in `lists`."""
    return sha256(repr(lists).encode()).hexdigest()[:8]
