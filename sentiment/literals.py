"""Which plain strings a regular expression needs, read off its parse tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 256
"""An entry that stands for more strings than this is not written out."""
_ZERO_WIDTH = frozenset({op.AT, op.ASSERT, op.ASSERT_NOT})
_Node = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Literals:
    """What is known of the strings that an expression matches; empty where nothing is.

    `whole`: these and no others, in the order in which `re` would try them at one place.
    `starts`: each match begins with one of these. `needed`: each match holds one of these.
    """

    whole: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


def literals(expression: str) -> Literals:
    """Return what strings `expression` is bound to. Raises re.error when it is not valid."""
    parsed = _parser.parse(expression)
    if parsed.state.flags & ~re.UNICODE:
        return Literals()
    nodes: list[_Node] = list(parsed)
    whole = _whole(nodes)
    if whole and "" not in whole:
        return Literals(whole=whole)
    starts, _ = _starts(nodes)
    if "" not in starts:
        return Literals(starts=starts)
    return Literals(needed=_needed(nodes))


def _whole(nodes: Iterable[_Node]) -> tuple[str, ...] | None:
    """All strings of a sequence in the order of trial; None where they are not few."""
    strings: tuple[str, ...] = ("",)
    for node in nodes:
        more = _strings(node)
        joined = None if more is None else _joined(strings, more)
        if joined is None:
            return None
        strings = joined
    return strings


def _strings(node: _Node) -> tuple[str, ...] | None:
    kind, value = node
    if kind is op.LITERAL:
        return (chr(value),)
    if kind is op.IN:
        return _characters(value)
    if kind is op.BRANCH:
        parts = [_whole(part) for part in value[1]]
        return _few(one for part in parts if part for one in part) if all(parts) else None
    if kind is op.SUBPATTERN:
        _, added, removed, part = value
        return None if added or removed else _whole(part)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, part = value
        return _repeated(_whole(part), least, most, greedy=kind is op.MAX_REPEAT)
    return None


def _characters(members: Sequence[_Node]) -> tuple[str, ...] | None:
    codes: list[int] = []
    for kind, value in members:
        if kind is op.LITERAL:
            codes.append(value)
        elif kind is op.RANGE and value[1] - value[0] < _MOST:
            codes.extend(range(value[0], value[1] + 1))
        else:
            return None
    return _few(map(chr, codes))


def _repeated(
    once: tuple[str, ...] | None, least: int, most: int, *, greedy: bool
) -> tuple[str, ...] | None:
    if once is None or "" in once or most > _MOST:
        return None
    strings: tuple[str, ...] | None = ("",)
    for count in range(most - 1, -1, -1):
        strings = _joined(once, strings) if strings else None
        if strings and count >= least:
            strings = (*strings, "") if greedy else ("", *strings)
    return strings


def _joined(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...] | None:
    if len(left) * len(right) > _MOST:
        return None
    return _few(a + b for a in left for b in right)


def _few(strings: Iterable[str]) -> tuple[str, ...] | None:
    once = tuple(dict.fromkeys(strings))
    return once if len(once) <= _MOST else None


def _starts(nodes: Iterable[_Node]) -> tuple[tuple[str, ...], bool]:
    """Return with what a match begins, and whether more could be said of what follows."""
    strings: tuple[str, ...] = ("",)
    for node in nodes:
        if node[0] in _ZERO_WIDTH:
            continue
        more, goes_on = _starts_of(node)
        joined = _joined(strings, more)
        if joined is None:
            return strings, False
        strings = joined
        if not goes_on:
            return strings, False
    return strings, True


def _starts_of(node: _Node) -> tuple[tuple[str, ...], bool]:
    kind, value = node
    strings = _strings(node)
    if strings is not None:
        return strings, True
    if kind is op.BRANCH:
        parts = [_starts(part)[0] for part in value[1]]
        return _few(one for part in parts for one in part) or ("",), False
    if kind is op.SUBPATTERN and not (value[1] or value[2]):
        return _starts(value[3])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
        return _starts(value[2])[0], False
    return ("",), False


def _needed(nodes: Iterable[_Node]) -> tuple[str, ...]:
    """Return the strings, long and few, of which a match must hold one; () for none."""
    offers: list[tuple[str, ...]] = []
    run: tuple[str, ...] = ("",)
    for node in nodes:
        if node[0] in _ZERO_WIDTH:
            continue
        strings = _strings(node)
        joined = _joined(run, strings) if strings is not None else None
        if joined is not None:
            run = joined
            continue
        offers += [run, _needed_of(node) if strings is None else ()]
        run = strings or ("",)
    usable = [offer for offer in (*offers, run) if offer and "" not in offer]
    return max(usable, key=lambda offer: (min(map(len, offer)), -len(offer)), default=())


def _needed_of(node: _Node) -> tuple[str, ...]:
    kind, value = node
    if kind is op.BRANCH:
        parts = [_needed(part) for part in value[1]]
        return (_few(one for part in parts for one in part) or ()) if all(parts) else ()
    if kind is op.SUBPATTERN and not (value[1] or value[2]):
        return _needed(value[3])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
        return _needed(value[2])
    return ()
