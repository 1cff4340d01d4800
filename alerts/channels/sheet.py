"""One body of plain lines, filled by what matters most until its bytes are used up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Final

from alerts.message import Mention, cut, units

LEAST: Final = 20
"""A text that would be cut to fewer characters is left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: words, or an address with `text` as its label, or a call to `people`."""

    text: str
    address: str = ""
    people: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One body: its headline and what stands below."""

    title: str
    lines: tuple[Line, ...]

    @property
    def people(self) -> tuple[Mention, ...]:
        """Everybody who is called."""
        return tuple(person for line in self.lines for person in line.people)


@dataclass(frozen=True, slots=True)
class Paper:
    """How much one body takes: `limit` bytes; a line takes `weigh(line)` of them."""

    limit: int
    weigh: Callable[[Line], int]


class Place(IntEnum):
    """The sections of a page, from top to bottom."""

    HEAD = 0
    NEWS = 1
    PARTS = 2
    POST = 3
    WHY = 4
    REPLY = 5
    OPEN = 6
    CONSOLE = 7


class Sheet:
    """A page that fills up: what is added stands at its place, whatever the order."""

    def __init__(self, paper: Paper, title: str, note: str) -> None:
        self._paper = paper
        self._title = title
        self._note = Line(note)
        self._rows: list[tuple[Place, Line]] = []
        self._shortened = False
        blanks = [Line("")] * len(Place)
        self.left = paper.limit - self.cost([Line(title), self._note, *blanks])

    def cost(self, lines: Iterable[Line]) -> int:
        """Return the bytes that lines take."""
        return sum(self._paper.weigh(line) for line in lines)

    def add(self, place: Place, lines: Sequence[Line]) -> bool:
        """Add all lines or none; tell whether they fitted."""
        cost = self.cost(lines)
        if cost > self.left:
            return False
        self.left -= cost
        self._rows += [(place, line) for line in lines]
        return True

    def fitting(self, lines: Iterable[Line], room: int) -> list[Line]:
        """Return the first lines that fit into `room` bytes."""
        kept: list[Line] = []
        for line in lines:
            room -= self._paper.weigh(line)
            if room < 0:
                break
            kept.append(line)
        return kept

    def add_some(self, place: Place, lines: Sequence[Line], room: int) -> None:
        """Add the first lines that fit into `room` bytes."""
        kept = self.fitting(lines, min(room, self.left))
        self._shortened = self._shortened or len(kept) < len(lines)
        self.add(place, kept)

    def add_text(
        self, place: Place, text: str, dress: Callable[[str], list[Line]], most: int, room: int
    ) -> None:
        """Add the lines that `dress` makes of a text: at most `most` characters, `room` bytes."""
        short, room = cut(text, most), min(room, self.left)
        if self.cost(dress(short)) > room:
            sizes = range(units(short))
            size = bisect_right(sizes, room, key=lambda n: self.cost(dress(cut(short, n)))) - 1
            short = cut(short, size) if size >= LEAST else ""
        self._shortened = self._shortened or short != text
        if short:
            self.add(place, dress(short))

    def page(self) -> Page:
        """Return the page, a blank line before each of its sections."""
        lines: list[Line] = []
        rows = sorted(self._rows, key=lambda row: row[0])
        for _, section in groupby(rows, lambda row: min(row[0], Place.OPEN)):
            lines += [Line("")] if lines and lines[-1] != Line("") else []
            lines += [line for _, line in section]
        lines = lines[:-1] if lines[-1:] == [Line("")] else lines
        lines += [Line(""), self._note] if self._shortened else []
        return Page(self._title, tuple(lines))


def written(line: Line, names: Sequence[str]) -> str:
    """Return a line as plain text: whom it calls, what it says, where it leads."""
    return " ".join(part for part in (*names, line.text, line.address) if part)
