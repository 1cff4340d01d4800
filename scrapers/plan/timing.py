"""How often each query runs within the source's budget, and how late it finds a post.

A source asks one request at a time, `pace_s` = 60 / requests_per_minute apart, and takes its
queries in turn. All share one interval:

    interval = max(poll_interval, Σ pages · pace / PLANNED_SHARE)          (canary set aside)

The worst delay from publication to delivery while everything works:

    worst = index_lag                  until search can find the post
          + interval                   it appeared just after a poll
          + Σ other queries' pages · pace      the poll waits behind a whole round
          + max_pages · max(pace, timeout)     a storm: every page, each as slow as is allowed
          + judge + notify                     our own steps (Allowance)

Interval and round both count although a steady rotation has only one of them: after a back-off
or a restart all queries are due at once. `with_one_failure` is for information: the first poll
that could find the post fails, so a timeout and one more interval pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scrapers.plan.model import Allowance, Plan, PlannedQuery, Remark, query_key
from scrapers.post import Platform
from scrapers.source import Query

PLANNED_SHARE: Final = 0.8
"""Share of the request budget that is planned. The rest is for second tries, long texts that
need a request of their own, storms, and the reading of gaps."""
CANARY_PER_PROMISE: Final = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of a source that decide its timing."""

    budget_per_minute: float
    poll_interval_s: float
    timeout_s: float
    max_pages: int
    page_size: int
    overlap_s: float
    index_lag_s: float
    promise_s: float
    allowance: Allowance

    @property
    def pace_s(self) -> float:
        """Seconds from one request to the next."""
        return 60 / self.budget_per_minute

    @property
    def canary_interval_s(self) -> float:
        """Half the promise: a withheld search is noticed while there is time to say so."""
        return self.promise_s / CANARY_PER_PROMISE

    def pages(self, posts_per_hour: float, interval_s: float) -> int:
        """Pages that one poll takes to read what came since the last, and the overlap again."""
        posts = posts_per_hour * (interval_s + self.overlap_s) / 3600
        return max(1, math.ceil((posts + 1) / self.page_size))

    def drains(self, posts_per_hour: float, interval_s: float) -> bool:
        """Whether the pages of one poll hold what is published between two polls."""
        return posts_per_hour * interval_s / 3600 < self.max_pages * self.page_size


@dataclass(frozen=True, slots=True)
class Draft:
    """Queries of the same kind before they have their timing.

    `posts_per_hour` is each one's share of the volume for the budget, `at_most_per_hour` the
    whole of it, should one of them find everything.
    """

    platform: Platform
    texts: tuple[str, ...]
    brands: tuple[str, ...]
    posts_per_hour: float
    at_most_per_hour: float
    why: Remark


@dataclass(frozen=True, slots=True)
class Rotation:
    """All queries of a source in turn: their common interval, and each draft's pages a query."""

    limits: Limits
    drafts: tuple[Draft, ...]
    pages: tuple[int, ...]
    interval_s: float
    canary: bool

    @property
    def round_pages(self) -> int:
        """Requests until every query had its turn."""
        counts = (len(draft.texts) for draft in self.drafts)
        searches = sum(n * pages for n, pages in zip(counts, self.pages, strict=True))
        return searches + (1 if self.canary else 0)

    @property
    def requests_per_minute(self) -> float:
        """What the queries are expected to ask for in a minute."""
        canary = 1 if self.canary else 0
        searches = (self.round_pages - canary) / self.interval_s
        return 60 * (searches + canary / self.limits.canary_interval_s)

    @property
    def worst_delay_s(self) -> float:
        """The delay of the search that finds a post last; 0 without searches."""
        return max((self.delay_s(pages) for pages in self.pages), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether no search is too slow, or outrun by its brand's volume.

        The budget needs no look: it is kept, or the canary eats it and the rest is too slow.
        """
        in_time = self.worst_delay_s <= self.limits.promise_s
        return in_time and all(self.drains(draft) for draft in self.drafts)

    def drains(self, draft: Draft) -> bool:
        """Whether a query of the draft keeps up, even if it finds all of the volume."""
        return self.limits.drains(draft.at_most_per_hour, self.interval_s)

    def delay_s(self, pages: int) -> float:
        """Return the worst delay of a query that takes `pages` of the round."""
        limits = self.limits
        return (
            limits.index_lag_s
            + self.interval_s
            + (self.round_pages - pages) * limits.pace_s
            + limits.max_pages * max(limits.pace_s, limits.timeout_s)
            + limits.allowance.judge_s
            + limits.allowance.notify_s
        )


def rotate(drafts: Sequence[Draft], limits: Limits, *, canary: bool) -> Rotation:
    """Find the shortest interval that the budget allows, and the pages at that interval.

    A longer interval means more posts a poll and so more pages, which asks for a longer
    interval; pages end at `max_pages`, so this comes to rest.
    """
    capacity_per_s = PLANNED_SHARE / limits.pace_s
    if canary:
        # A budget of hardly more than the canary is over-committed, which the plan then shows.
        capacity_per_s = max(capacity_per_s - 1 / limits.canary_interval_s, capacity_per_s / 2)
    interval_s = limits.poll_interval_s
    while True:
        pages = tuple(
            min(limits.max_pages, limits.pages(draft.posts_per_hour, interval_s))
            for draft in drafts
        )
        counts = (len(draft.texts) for draft in drafts)
        needed_s = sum(n * p for n, p in zip(counts, pages, strict=True)) / capacity_per_s
        if needed_s <= interval_s:
            return Rotation(limits, tuple(drafts), pages, interval_s, canary)
        interval_s = needed_s


def planned(rotation: Rotation, platform: Platform, canary_text: str) -> Plan:
    """Return the plan that a rotation makes, without cost and advice; the canary comes last."""
    queries: dict[str, PlannedQuery] = {}
    for draft, pages in zip(rotation.drafts, rotation.pages, strict=True):
        for text in draft.texts:
            query = _planned(rotation, draft, pages, text)
            twin = queries.get(query.query.key)
            queries[query.query.key] = _shared(twin, query) if twin else query
    searches = tuple(queries.values())
    failing_s = max((query.with_one_failure_s for query in searches), default=0.0)
    return Plan(
        source=platform.value,
        platform=platform,
        queries=(*searches, *_canary(rotation, platform, canary_text)),
        promise_s=rotation.limits.promise_s,
        worst_delay_s=rotation.worst_delay_s,
        with_one_failure_s=failing_s,
        holds=rotation.holds,
        requests_per_minute=rotation.requests_per_minute,
        budget_per_minute=rotation.limits.budget_per_minute,
    )


def _planned(rotation: Rotation, draft: Draft, pages: int, text: str) -> PlannedQuery:
    worst_s = rotation.delay_s(pages)
    return PlannedQuery(
        query=Query(query_key(draft.platform, text), draft.platform, text, draft.brands),
        interval_s=rotation.interval_s,
        pages=pages,
        worst_delay_s=worst_s,
        with_one_failure_s=worst_s + rotation.interval_s + rotation.limits.timeout_s,
        drains=rotation.drains(draft),
        why=draft.why,
    )


def _shared(one: PlannedQuery, other: PlannedQuery) -> PlannedQuery:
    """Make one query of two that search for the same on behalf of different brands."""
    busier = max(one, other, key=lambda query: query.pages)
    brands = tuple(dict.fromkeys((*one.query.brands, *other.query.brands)))
    drains = one.drains and other.drains
    return replace(busier, query=replace(busier.query, brands=brands), drains=drains)


def _canary(rotation: Rotation, platform: Platform, text: str) -> tuple[PlannedQuery, ...]:
    if not rotation.canary:
        return ()
    why = Remark(
        "canary",
        {},
        zh="探针：一定有结果的搜索，用来发现平台悄悄返回空结果",
        en="canary: always has results, shows when the platform withholds them",
    )
    interval_s = rotation.limits.canary_interval_s
    # Its key differs from that of a real search for the same words: it has its own cursor.
    query = Query(query_key(platform, f"canary\n{text}"), platform, text, ())
    worst_s = rotation.delay_s(1) - rotation.interval_s + interval_s
    failing_s = worst_s + interval_s + rotation.limits.timeout_s
    drains = True
    return (PlannedQuery(query, interval_s, 1, worst_s, failing_s, drains, why, canary=True),)
