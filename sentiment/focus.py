"""Which part of a text speaks about the watched brand.

A clause is about the brand that it names, or else about that of the clause before it, until
another name or a clear change of subject comes. A name after a preposition (在京东买的, on my
iphone) only says where; a name that another is measured by (比A好, better than A) is compared.

Honest limits: makers count as others when they stand in `Target.rivals`, in
`sentiment.makers`, or where the grammar of a comparison has a place for them (还是X香, switched
from X to us). Folded text has no capitals, so an unknown name elsewhere is no name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import groupby

from sentiment.comparing import OURS, PAD, THEIRS, Comparison, Cue, compare, cues
from sentiment.makers import FAMILIES
from sentiment.text import fold
from sentiment.verdict import Sign

_SHOWN = 3
_BOUNDARY = re.compile(
    r"[,!?;。…~\n]+|(?=//@)|\.+(?!\w)"
    # A space ends a clause between longer Chinese words: 小米又坏了 苹果就没事.
    r"|(?<=[\u4e00-\u9fff\ue000-\ue002]{2}[\u4e00-\u9fff])(?<![比和跟从换如像]) +"
    r"(?=[\u4e00-\u9fff\ue000-\ue002]{2})"
    r"|(?<=[\])]) +(?=[\u4e00-\u9fff\ue000-\ue002])"
    r"| (?=(?:but|while|whereas|although|though|however|meanwhile|and then) )"
    r"|(?<=[\u4e00-\u9fff])(?=但是?|可是|然而|不过|反而|反观|倒是|而[A-Za-z])"
)
_NEW_SUBJECT = re.compile(
    r"\s*(?:今天|今晚|明天)?(?:天气|晚安|早安|题外话|换个话题|说点别的|晚饭|午饭)"
    r"|\s*(?:in other news|off topic|unrelated|good night|good morning|on another note)"
)
_ASIDE = re.compile(
    r"(?:在|从|去|到|上|走|通过|跟|像|来自|寄|发|连)\s?$|(?<![a-z])(?:on|at|via|from|through|by|with|in|using"
    r"|like|for|to|of) (?:an? |the |my |your |our )?$"
)
_NAMES = re.compile(f"[{OURS}{THEIRS}]{PAD}*")
_SAYS = re.compile(
    r"[\u4e00-\u9fff]|(?<![a-z])(?!(?:and|but|yet|or|so|btw|the|a|an|my|is|are|of|for|to|vs|hey|hi|dear|via|cc)"
    r"(?![a-z]))[a-z]"
)


class About(StrEnum):
    """What a clause speaks about; `COMPARED` ones name the target as another's measure only."""

    TARGET = "target"
    OTHER = "other"
    COMPARED = "compared"
    NEITHER = "neither"


class Lean(IntEnum):
    """What comparisons say about the target."""

    WORSE = -1
    OPEN = 0
    BETTER = 1


@dataclass(frozen=True, slots=True)
class Target:
    """A watched brand: its names and aliases, and those of other brands and competitors."""

    names: tuple[str, ...]
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """The stretch `start`..`end` of a text (code points) and what it is about."""

    start: int
    end: int
    about: About


@dataclass(frozen=True, slots=True)
class Focus:
    """What of a text concerns the target.

    `text` is what a scorer should be asked: the target's clauses in order, the whole text where
    nothing else is spoken of. `clauses` together are the text. `lean` is the word of the
    comparisons, `signs` their spans and those of the clauses about another.
    """

    text: str
    clauses: tuple[Clause, ...]
    lean: Lean = Lean.OPEN
    signs: tuple[Sign, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether a part of the text was left out."""
        return any(clause.about is not About.TARGET for clause in self.clauses)

    def parts(self, text: str, about: About) -> tuple[str, ...]:
        """Return the clauses of that subject as they stand in `text`, the text focused on."""
        return tuple(text[c.start : c.end] for c in self.clauses if c.about is about)


def focus(text: str, target: Target) -> Focus:
    """Find what a folded text (`sentiment.text.fold`) says about the target.

    A text that does not name the target is taken whole: it was found by other means.
    """
    names = _names(target)
    found = names.find(text)
    if not any(ours for _, _, ours in found):
        return _whole(text)
    marked = _mark(text, found)
    compared = cues(marked)
    if not compared and all(ours for _, _, ours in found):
        return _whole(text)
    return _Reader(text, marked, found, compared).read()


def _whole(text: str) -> Focus:
    return Focus(text, (Clause(0, len(text), About.TARGET),))


class _Reader:
    """Reads one text clause by clause."""

    def __init__(
        self, text: str, marked: str, found: list[tuple[int, int, bool]], cues: tuple[Cue, ...]
    ) -> None:
        self._text = text
        self._marked = marked
        self._found = found
        self._cues = cues
        self._subject = ""
        self._kinds: list[tuple[int, int, str, bool]] = []
        """Start, end, subject, and whether the target is only compared with."""
        self._leading = ""
        self._comparisons: list[Comparison] = []

    def read(self) -> Focus:
        for start, end in _clauses(self._marked):
            self._clause(start, end)
        lean = _lean(self._comparisons)
        first = self._first(lean)
        clauses = _joined((s, e, _about(kind or first, only)) for s, e, kind, only in self._kinds)
        return Focus(
            text=self._wanted(clauses),
            clauses=clauses,
            lean=lean,
            signs=tuple(self._signs(clauses)),
        )

    def _clause(self, start: int, end: int) -> None:
        first = bisect_left(self._found, (start,))
        names = self._found[first : bisect_left(self._found, (end,))]
        compared = compare(self._marked, (start, end), self._subject, self._cues)
        grounds = compared.grounds if compared else ()
        plain = [
            (place, ours)
            for place, _, ours in names
            if place not in grounds
            and (ours or not _ASIDE.search(self._marked, max(0, place - 12), place))
        ]
        if compared:
            self._comparisons.append(compared)
            self._lead(compared.before)
            kind, afterwards = compared.subject, compared.afterwards
            only = kind != OURS and any(ours for _, _, ours in names)
        elif plain:
            kind = afterwards = OURS if any(ours for _, ours in plain) else THEIRS
            only = False
        else:
            new = not names and _NEW_SUBJECT.match(self._text, start)
            kind = afterwards = "-" if new else self._subject
            only = False
        self._subject = afterwards
        self._kinds.append((start, end, kind, only))

    def _lead(self, before: str) -> None:
        """Clauses before the first name are about the thing that a comparison leaves unnamed."""
        if before and not self._leading and not any(kind for _, _, kind, _ in self._kinds):
            self._leading = before

    def _first(self, lean: Lean) -> str:
        """Say what the clauses before any name are about; ours in doubt, lest a complaint go."""
        if self._leading:
            return self._leading
        named = next((kind for _, _, kind, _ in self._kinds if kind in (OURS, THEIRS)), OURS)
        return THEIRS if named == THEIRS and lean is Lean.BETTER else OURS

    def _wanted(self, clauses: tuple[Clause, ...]) -> str:
        """Return the target's part, or all where that says nothing but the name."""
        for about in (About.TARGET, About.COMPARED):
            parts = [c for c in clauses if c.about is about]
            if parts:
                said = "".join(self._marked[c.start : c.end] for c in parts)
                if _SAYS.search(_NAMES.sub(" ", said)):
                    return "".join(self._text[c.start : c.end] for c in parts)
        return self._text

    def _signs(self, clauses: tuple[Clause, ...]) -> Iterator[Sign]:
        codes = {OURS: "better_than_other", THEIRS: "worse_than_other"}
        for each in self._comparisons[:_SHOWN]:
            if each.better:
                yield Sign(codes[each.better], self._text[each.start : each.end].strip())
        others = [c for c in clauses if c.about is About.OTHER]
        for clause in others[:_SHOWN]:
            if span := self._text[clause.start : clause.end].strip(" ,.!?;。…~\n"):
                yield Sign("other_brand", span)


def _about(kind: str, only_compared: bool) -> About:
    if kind == OURS:
        return About.TARGET
    if only_compared:
        return About.COMPARED
    return About.OTHER if kind == THEIRS else About.NEITHER


def _lean(comparisons: list[Comparison]) -> Lean:
    """Add up the comparisons; those that contradict each other leave it open."""
    sides = {each.better for each in comparisons if each.better}
    if sides == {OURS}:
        return Lean.BETTER
    return Lean.WORSE if sides == {THEIRS} else Lean.OPEN


def _clauses(marked: str) -> Iterator[tuple[int, int]]:
    start = 0
    for boundary in _BOUNDARY.finditer(marked):
        end = boundary.end()
        if end > start and end < len(marked):
            yield start, end
            start = end
    yield start, len(marked)


def _joined(clauses: Iterable[tuple[int, int, About]]) -> tuple[Clause, ...]:
    """Make one clause of neighbours that are about the same."""
    joined = []
    for about, group in groupby(clauses, key=lambda clause: clause[2]):
        parts = list(group)
        joined.append(Clause(parts[0][0], parts[-1][1], about))
    return tuple(joined)


def _mark(text: str, found: list[tuple[int, int, bool]]) -> str:
    if any(own in text for own in (OURS, THEIRS, PAD)):
        text = text.translate({ord(own): " " for own in (OURS, THEIRS, PAD)})
    parts, last = [], 0
    for start, end, ours in found:
        parts += [text[last:start], OURS if ours else THEIRS, PAD * (end - start - 1)]
        last = end
    return "".join([*parts, text[last:]])


@dataclass(frozen=True, slots=True)
class _Names:
    """All names of one target and of others, ready to be searched."""

    chinese: re.Pattern[str]
    latin: re.Pattern[str]
    ours: frozenset[str]

    def find(self, text: str) -> list[tuple[int, int, bool]]:
        """Return start, end, and whether it is the target, of each name, in order."""
        found = [(m.start(), m.end(), m[1] in self.ours) for m in self.latin.finditer(text)]
        if not text.isascii():
            more = [(m.start(), m.end(), m[0] in self.ours) for m in self.chinese.finditer(text)]
            found = sorted(found + more) if found else more
        return found


@lru_cache(maxsize=256)
def _names(target: Target) -> _Names:
    ours = {name for name in map(_folded, target.names) if name}
    theirs = {name for name in map(_folded, target.rivals) if name} - ours
    for family in FAMILIES:
        if any(_same(member, name) for member in family for name in ours):
            # One who watches 小米手环 may write 小米, and no sibling is a rival.
            ours.update(name for name in family if name not in theirs)
        else:
            theirs.update(name for name in family if name not in ours)
    every = ours | theirs
    return _Names(
        chinese=_any_of(name for name in every if not name.isascii()),
        latin=_latin(name for name in every if name.isascii()),
        ours=frozenset(ours),
    )


def _folded(name: str) -> str:
    return fold(name).strip().translate({ord(mark): None for mark in (OURS, THEIRS, PAD)})


def _same(member: str, name: str) -> bool:
    return member == name or (not member.isascii() and (name.startswith(member)))


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _latin(names: Iterable[str]) -> re.Pattern[str]:
    """Whole words; grouped by first letter, which makes the search several times as quick."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        groups.setdefault(name[0], []).append(re.escape(name[1:]))
    letters = (f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(groups.items()))
    return re.compile(
        rf"(?<![a-z0-9])({'|'.join(letters)})(?:'s|s)?(?![a-z])" if groups else r"(?!)"
    )
