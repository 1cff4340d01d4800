"""What a plan is made from and what it says."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scrapers.post import Platform
from scrapers.source import Query


class PlanError(Exception):
    """No plan can be made; the message names the brand and the term at fault."""


@dataclass(frozen=True, slots=True)
class WatchedBrand:
    """What is searched for: any of `names` together with any of `words`.

    `words` are the common complaint words and the brand's own. `posts_per_hour` is how many
    posts naming the brand its searches brought lately, by platform; absent or None means not
    yet measured. `accounts` are the brand's own account ids or handles.
    """

    name: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    posts_per_hour: Mapping[Platform, float | None] = field(default_factory=dict)
    accounts: Mapping[Platform, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What our own steps may take after a post was fetched, in seconds.

    Judging takes milliseconds a post, 2 s cover a page of a storm. A delivery has one lost
    try and its wait in it: 10 s timeout, 5 s wait, 10 s for the second, and a queue of alerts
    before it, within 60 s.
    """

    judge_s: float = 2
    notify_s: float = 60


class Search(StrEnum):
    """How a brand is searched on Weibo."""

    BY_NAME = "by_name"
    BY_WORD = "by_word"


@dataclass(frozen=True, slots=True)
class Habit:
    """How a brand has been searched, and since when."""

    search: Search
    since: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say, as a code with its figures and as a sentence in both languages."""

    code: str
    params: Mapping[str, float | str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """One search, every how many seconds it runs, and how late it finds a post at worst.

    `pages` is what one poll is expected to take. `drains` says whether the pages of one poll
    hold what is published between two polls; if not, posts wait in gaps.
    """

    query: Query
    interval_s: float
    pages: int
    worst_delay_s: float
    with_one_failure_s: float
    drains: bool
    why: Remark
    canary: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What one source will do, and whether that keeps the promise.

    `cost_usd_per_day` is None where posts are not paid for one by one, or not yet counted.
    `habits` is to be handed to the next planning.
    """

    source: str
    platform: Platform
    queries: tuple[PlannedQuery, ...]
    promise_s: float
    worst_delay_s: float
    with_one_failure_s: float
    holds: bool
    requests_per_minute: float
    budget_per_minute: float
    cost_usd_per_day: float | None = None
    advice: tuple[Remark, ...] = ()
    habits: Mapping[str, Habit] = field(default_factory=dict)

    @property
    def canary(self) -> PlannedQuery | None:
        """The search that always has results, if one is set."""
        return next((planned for planned in self.queries if planned.canary), None)


def query_key(platform: Platform, text: str) -> str:
    """Return the key of a search: its platform and a hash of what it means (16 hex digits).

    Neither platform's search minds upper and lower case.
    """
    meaning = unicodedata.normalize("NFC", text).casefold()
    digest = hashlib.blake2s(meaning.encode(), digest_size=8, person=b"query")
    return f"{platform.value}-{digest.hexdigest()}"


def distinct(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms without blanks and doubles (case does not count), in a fixed order.

    The fixed order makes a query's text, and with it its key, independent of the order in
    the configuration.
    """
    found: dict[str, str] = {}
    tidy = (" ".join(term.split()) for term in terms)
    for term in sorted(tidy, key=lambda term: (term.casefold(), term)):
        if term:
            found.setdefault(term.casefold(), term)
    return tuple(found.values())
