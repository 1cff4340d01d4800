"""The plan for X: names and words packed into as few queries as the length limit allows.

X searches `(name OR …) (word OR …)`, so one request asks for many pairs, and requests are
cheap (450 per 15 min against a handful of queries). Posts are not: each costs money, read
once a day. That is why a quiet brand is not searched by name alone, as on Weibo: it would
save a few requests that are free and pay for every post that is no complaint.
For the same reason the brand's own posts and reposts are left out by the query itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scrapers.plan.advice import Remedy, advise, no_words
from scrapers.plan.model import (
    Allowance,
    Plan,
    PlanError,
    Remark,
    WatchedBrand,
    distinct,
)
from scrapers.plan.timing import Draft, Limits, Rotation, planned, rotate
from scrapers.post import Platform
from scrapers.twitter.settings import TwitterSettings

PAGE_SIZE: Final = 100
"""The most that recent search returns at once."""
ENTERPRISE_LENGTH: Final = 4096
OR: Final = " OR "
NO_REPOSTS: Final = " -is:retweet"

_PLAIN: Final = re.compile(r"[#@]?[A-Za-z0-9_]*[A-Za-z0-9][A-Za-z0-9_]*")
_OPERATORS: Final = frozenset({"or", "and", "not"})


@dataclass(frozen=True, slots=True)
class Packed:
    """One query and the pairs it covers: every one of `names` with every one of `words`."""

    text: str
    names: tuple[str, ...]
    words: tuple[str, ...]


def plan_twitter(
    brands: Sequence[WatchedBrand],
    settings: TwitterSettings,
    *,
    promise_s: float,
    allowance: Allowance | None = None,
    with_advice: bool = True,
) -> Plan:
    """Plan the searches on X.

    Raises PlanError when a name and a word do not fit into one query. A brand without words
    is not searched: nothing of it could match. Advice tries hundreds of plans; who plans every
    few seconds does without.
    """
    steps = allowance or Allowance()
    canary = bool(settings.canary_query)

    def attempt(drafts: Sequence[Draft], settings: TwitterSettings) -> Rotation:
        return rotate(drafts, _limits(settings, promise_s, steps), canary=canary)

    rotation = attempt(_drafts(brands, settings.query_max_length), settings)
    plan = replace(
        planned(rotation, Platform.TWITTER, settings.canary_query),
        cost_usd_per_day=_cost_usd_per_day(brands, settings.usd_per_post),
    )
    if not with_advice:
        return plan
    remedies = [] if plan.holds else _remedies(brands, settings, attempt)
    return replace(plan, advice=(*no_words(brands), *advise(plan, remedies)))


def _limits(settings: TwitterSettings, promise_s: float, allowance: Allowance) -> Limits:
    return Limits(
        budget_per_minute=settings.requests_per_15_minutes / 15,
        poll_interval_s=settings.poll_interval_s,
        timeout_s=settings.timeout_s,
        max_pages=settings.max_pages,
        page_size=PAGE_SIZE,
        overlap_s=settings.overlap_s,
        index_lag_s=settings.index_lag_s,
        promise_s=promise_s,
        allowance=allowance,
    )


def _drafts(brands: Sequence[WatchedBrand], max_length: int) -> list[Draft]:
    """Return the queries of all brands; brands share one where words and accounts are the same.

    Only then does the shared query mean what each brand's own would mean.
    """
    groups: dict[tuple[tuple[str, ...], str], list[WatchedBrand]] = {}
    for brand in sorted(brands, key=lambda brand: brand.name):
        words = distinct(brand.words)
        if words:
            account = brand.accounts.get(Platform.TWITTER, "").removeprefix("@")
            groups.setdefault((words, account), []).append(brand)
    return [
        draft
        for (words, account), members in groups.items()
        for draft in _packed_drafts(words, account, members, max_length)
    ]


def _packed_drafts(
    words: tuple[str, ...], account: str, members: Sequence[WatchedBrand], max_length: int
) -> list[Draft]:
    suffix = NO_REPOSTS + (f" -from:{account}" if account else "")
    names = distinct(tuple(name for brand in members for name in brand.names))
    queries = pack(names, words, suffix, max_length)
    volume = sum(brand.posts_per_hour.get(Platform.TWITTER) or 0 for brand in members)
    share = volume / max(1, len(queries))
    return [
        Draft(Platform.TWITTER, (one.text,), _served(one, members), share, volume, _why(one))
        for one in queries
    ]


def _served(query: Packed, members: Sequence[WatchedBrand]) -> tuple[str, ...]:
    asked = {name.casefold() for name in query.names}
    return tuple(
        brand.name
        for brand in members
        if asked & {name.casefold() for name in distinct(brand.names)}
    )


def _why(query: Packed) -> Remark:
    names, words = len(query.names), len(query.words)
    return Remark(
        "packed",
        {"names": names, "words": words},
        zh=f"{names} 个名称 × {words} 个投诉词合为一次查询",
        en=f"{names} names and {words} words in one query",
    )


def pack(
    names: tuple[str, ...], words: tuple[str, ...], suffix: str, max_length: int
) -> list[Packed]:
    """Cover every pair of name and word with as few queries of `max_length` as found.

    Names are cut into groups of a certain length, words into what room is left; every length
    that a row of first names can have is tried. Raises PlanError if a pair fits nowhere.
    """
    room = max_length - len("() ()") - len(suffix)
    if not names:
        return []
    longest = max(len(term(name)) for name in names)
    widest = max(len(term(word)) for word in words)
    if longest + widest > room:
        culprit = max((*names, *words), key=lambda text: len(term(text)))
        raise PlanError(
            f"{culprit!r} is too long: with its partner it does not fit into a query "
            f"of {max_length} characters; shorten it"
        )
    budgets = {longest} | {
        length
        for count in range(1, len(names) + 1)
        if longest <= (length := _length(names[:count])) <= room - widest
    }
    attempts = [_split(names, words, budget, room) for budget in sorted(budgets)]
    name_groups, word_groups = min(attempts, key=lambda split: len(split[0]) * len(split[1]))
    return [
        Packed(f"({_any(group)}) ({_any(part)}){suffix}", group, part)
        for group in name_groups
        for part in word_groups
    ]


Groups = list[tuple[str, ...]]


def _split(
    names: tuple[str, ...], words: tuple[str, ...], budget: int, room: int
) -> tuple[Groups, Groups]:
    name_groups = _cut(names, budget)
    return name_groups, _cut(words, room - max(map(_length, name_groups)))


def _cut(terms: tuple[str, ...], budget: int) -> Groups:
    groups: list[list[str]] = []
    left = 0
    for one in terms:
        length = len(term(one))
        if groups and length + len(OR) <= left:
            groups[-1].append(one)
            left -= length + len(OR)
        else:
            groups.append([one])
            left = budget - length
    return [tuple(group) for group in groups]


def _length(terms: Sequence[str]) -> int:
    return sum(len(term(one)) for one in terms) + len(OR) * (len(terms) - 1)


def _any(terms: Sequence[str]) -> str:
    return OR.join(term(one) for one in terms)


def term(text: str) -> str:
    """Return a name or word as X's query language takes it.

    Everything but plain letters and digits is quoted (several words, Chinese, punctuation),
    and so are words that are operators; quotes and backslashes inside are escaped.
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _OPERATORS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _cost_usd_per_day(brands: Sequence[WatchedBrand], usd_per_post: float) -> float | None:
    volumes = [brand.posts_per_hour.get(Platform.TWITTER) for brand in brands if brand.words]
    known = [volume for volume in volumes if volume is not None]
    return 24 * usd_per_post * sum(known) if len(known) == len(volumes) else None


def _remedies(
    brands: Sequence[WatchedBrand],
    settings: TwitterSettings,
    attempt: Callable[[Sequence[Draft], TwitterSettings], Rotation],
) -> list[Remedy]:
    drafts = _drafts(brands, settings.query_max_length)

    def with_setting(name: str) -> Callable[[int], Rotation]:
        return lambda value: attempt(drafts, settings.model_copy(update={name: value}))

    def with_brands(fewer: Sequence[WatchedBrand]) -> Rotation:
        return attempt(_drafts(fewer, settings.query_max_length), settings)

    budget = settings.requests_per_15_minutes
    remedies = [
        Remedy.raised("requests_per_15_minutes", budget, 100_000, with_setting),
        Remedy.lowered("poll_interval_s", settings.poll_interval_s, with_setting),
        Remedy.raised("max_pages", settings.max_pages, 100, with_setting),
        Remedy.lowered("max_pages", settings.max_pages, with_setting),
        Remedy.fewer_words(brands, with_brands),
    ]
    if settings.query_max_length < ENTERPRISE_LENGTH:
        remedies.append(
            Remedy(
                "raise_query_max_length",
                (ENTERPRISE_LENGTH,),
                lambda length: attempt(_drafts(brands, length), settings),
            )
        )
    return remedies
