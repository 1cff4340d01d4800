"""How far a query has been read, and which stretches of time are still owed.

The rule that nothing is lost silently: a query's cursor stands at the start of its last
poll; everything published before it has been read, or lies in a recorded gap, or was indexed
later than `overlap_s` after publication. Each poll reads from `overlap_s` behind the cursor,
so a post that was indexed late is found by the first poll after it appeared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from scrapers.post import Platform
from scrapers.source import Outcome, Page, Query

MAX_TRIES: Final = 5
"""A gap is given up after so many answers in a row that did not narrow it."""

EDGE: Final = timedelta(seconds=1)
"""Ids and search windows are exact to the second, and a page limit may cut one second's posts
in two: a gap reaches one second above what was read."""

SEARCH_WINDOW_S: Final[Mapping[Platform, float]] = {
    Platform.TWITTER: 6.5 * 86_400,
    Platform.WEIBO: 7 * 86_400,
}
"""How far back a search is worth asking. X's recent search covers 7 days and answers 400
beyond; half a day is kept clear of that edge. Weibo has no edge, but nobody pages a week."""

_SAYS_NOTHING_OF_THE_GAP: Final = frozenset(
    {
        Outcome.THROTTLED,
        Outcome.CAPPED,
        Outcome.AUTH,
        Outcome.CHALLENGE,
        Outcome.BLOCKED,
        Outcome.NETWORK,
    }
)


class LossReason(StrEnum):
    """Why a stretch of time will not be read any more."""

    TRIES = "tries"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The start of a query's last poll that read something."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """`since`..`until` was not read yet; `tries` answers in a row brought nothing of it."""

    since: datetime
    until: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """`since`..`until` is given up: to be told to a person, never dropped quietly."""

    since: datetime
    until: datetime
    reason: LossReason


@dataclass(frozen=True, slots=True)
class Progress:
    """What a poll did to its query's cursor."""

    cursor: Cursor | None
    gap: Gap | None = None
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class GapProgress:
    """What reading a gap did to it: `gap` is what is left of it, None when it is settled."""

    gap: Gap | None
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """All that is remembered of one query; `started_at` is its first start ever."""

    cursor: Cursor | None
    started_at: datetime
    gaps: tuple[Gap, ...] = ()


def since(
    cursor: Cursor | None,
    overlap_s: float,
    look_back_s: float,
    started_at: datetime,
    now: datetime,
    *,
    window_s: float | None = None,
) -> datetime:
    """Return from when the next poll reads.

    A first poll reads from `look_back_s` before `started_at`, and no later poll reads from
    before that: who switches the service on is not flooded with yesterday. Every later poll
    reads from `overlap_s` behind the cursor, however long ago that is, up to `window_s` (the
    stretch beyond is what `advance` reports as lost). A cursor in the future (the clock was
    set back) counts as now.
    """
    floor = min(started_at, now) - timedelta(seconds=look_back_s)
    start = floor
    if cursor:
        start = max(floor, min(cursor.at, now) - timedelta(seconds=overlap_s))
    if window_s is not None:
        start = max(start, now - timedelta(seconds=window_s))
    return start


def canary_since(now: datetime, promise_s: float) -> datetime:
    """Return from when a canary is read: it keeps no cursor, and owes no gaps.

    Always a whole promise back: read from a cursor, the first poll after a start would find
    nothing and count as blind.
    """
    return now - timedelta(seconds=promise_s)


def advance(
    cursor: Cursor | None,
    page: Page,
    asked_since: datetime,
    poll_started_at: datetime,
    *,
    owed_since: datetime | None = None,
) -> Progress:
    """Return where the cursor stands after a poll that asked from `asked_since`.

    `owed_since` is what `since` says without a search window: what the window cut off is
    reported as lost. Left out, it is the cursor, and the overlap behind it goes unreported.

    Fully drained: at the poll's start (not its end: what was published meanwhile may have
    been missed). Drained in part: there too, and the rest is a gap to be read later, so that
    new posts never wait behind old ones. Nothing read, or nothing certain: where it was.
    """
    drained_to = page.drained_to
    if drained_to is None or drained_to >= poll_started_at > asked_since:
        return Progress(cursor)
    if drained_to <= asked_since and not page.outcome.sees:
        return Progress(cursor)
    moved = Cursor(poll_started_at)
    owed = owed_since or (cursor.at if cursor else asked_since)
    loss = Loss(owed, asked_since, LossReason.TOO_OLD) if owed < asked_since else None
    if drained_to <= asked_since:
        return Progress(moved, loss=loss)
    return Progress(moved, Gap(asked_since, drained_to + EDGE), loss)


def gap_since(gap: Gap, now: datetime, window_s: float) -> datetime | None:
    """Return from when to ask for a gap; None when search no longer reaches any of it."""
    horizon = now - timedelta(seconds=window_s)
    return max(gap.since, horizon) if gap.until > horizon else None


def give_up(gap: Gap) -> Loss:
    """Return the loss of a gap that search no longer reaches (`gap_since` gave None)."""
    return Loss(gap.since, gap.until, LossReason.TOO_OLD)


def close_gap(gap: Gap, page: Page, asked_since: datetime) -> GapProgress:
    """Return what is left of a gap after it was read from `asked_since` to `gap.until`.

    A narrower gap starts counting its tries anew. An answer that says nothing of the gap
    (the source was blind or throttled) is no try. After MAX_TRIES it is given up.
    """
    drained_to = page.drained_to
    if drained_to is not None and drained_to <= asked_since and page.outcome.sees:
        beyond = asked_since > gap.since
        return GapProgress(
            None, Loss(gap.since, asked_since, LossReason.TOO_OLD) if beyond else None
        )
    if drained_to is not None and asked_since < drained_to < gap.until - EDGE:
        return GapProgress(Gap(gap.since, drained_to + EDGE))
    if page.outcome in _SAYS_NOTHING_OF_THE_GAP:
        return GapProgress(gap)
    if gap.tries + 1 >= MAX_TRIES:
        return GapProgress(None, Loss(gap.since, gap.until, LossReason.TRIES))
    return GapProgress(replace(gap, tries=gap.tries + 1))


def merge(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Join gaps that touch, oldest first; a joined gap has the most tries of its parts.

    The most, not the fewest: under lasting overload every poll adds a piece, and a gap that
    began anew with each of them would never be settled.
    """
    merged: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: gap.since):
        last = merged[-1] if merged else None
        if last and gap.since <= last.until:
            merged[-1] = Gap(last.since, max(last.until, gap.until), max(last.tries, gap.tries))
        else:
            merged.append(gap)
    return tuple(merged)


def inherit(predecessors: Sequence[Position]) -> Position | None:
    """Return where a new query starts that takes over from queries of an earlier plan.

    A changed word list, a new brand name, or the switch between searching by name and by
    word gives a query a new key. It goes on from the least advanced of its predecessors
    (those that served one of its brands) and owes their gaps; None: it is a first start.
    """
    if not predecessors:
        return None
    cursors = [position.cursor or Cursor(position.started_at) for position in predecessors]
    return Position(
        cursor=min(cursors, key=lambda cursor: cursor.at),
        started_at=min(position.started_at for position in predecessors),
        gaps=merge(gap for position in predecessors for gap in position.gaps),
    )


def adopt(
    planned: Iterable[Query],
    held: Mapping[str, tuple[tuple[str, ...], Position]],
    now: datetime,
) -> dict[str, Position]:
    """Return the position of every planned query when a plan takes effect at `now`.

    `held` is the brands and the position of each query of the plan before, by key. Known
    queries keep theirs, new ones inherit, the rest start now. What is held and not planned
    must be deleted together with the saving of these: a query that comes back in a week would
    otherwise go on from where it stood, or be inherited from twice.
    """
    positions = {}
    for query in planned:
        if query.key in held:
            positions[query.key] = held[query.key][1]
            continue
        serving = [
            position
            for brands, position in held.values()
            if not set(brands).isdisjoint(query.brands)
        ]
        positions[query.key] = inherit(serving) or Position(None, now)
    return positions
