"""The plan for Weibo: search by name and match words here, or search every name with every word.

Weibo's search joins the words of a query by AND and knows no OR, so brand and words need a
query for each pair. A quiet brand is searched by its names alone: one request reads all that
was said of it, whatever the words. A busy brand's names bring more than the pages of a poll
hold; then name and word together, if that can be done in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from scrapers.plan.advice import Remedy, advise, no_words
from scrapers.plan.model import (
    Allowance,
    Habit,
    Plan,
    Remark,
    Search,
    WatchedBrand,
    distinct,
)
from scrapers.plan.timing import Draft, Limits, Rotation, planned, rotate
from scrapers.post import Platform
from scrapers.weibo.settings import Transport, WeiboSettings

PAGE_SIZES: Final[Mapping[Transport, int]] = {
    Transport.MOBILE: 10,
    Transport.WEB: 20,
    Transport.OFFICIAL: 50,
}
"""Posts on one page of search, as seen in recorded answers (official: the most it allows)."""

DWELL: Final = timedelta(hours=6)
"""A brand stays with its words so long before its names are tried alone again. Searched by
word, only posts with such a word are counted, so the true volume is unknown until tried; and
a volume measured over some hours stems from the search by name for that long."""
LEAVE_SHARE: Final = 0.25
"""Names are tried again when posts with a word fell below this share of the quiet limit."""
LATE_AT_MOST_S: Final = 3600.0
"""A public complaint is to be answered within the hour; a search slower than that is no help."""


def plan_weibo(
    brands: Sequence[WatchedBrand],
    settings: WeiboSettings,
    *,
    promise_s: float,
    now: datetime,
    allowance: Allowance | None = None,
    habits: Mapping[str, Habit] | None = None,
    with_advice: bool = True,
) -> Plan:
    """Plan the searches on Weibo; `habits` is what the last plan said, empty at first.

    `now` is aware UTC. A brand without words is not searched: nothing of it could match.
    Advice tries hundreds of plans; who plans every few seconds does without.
    """
    steps = allowance or Allowance()

    def attempt(brands: Sequence[WatchedBrand], settings: WeiboSettings) -> _Chosen:
        limits = _limits(settings, promise_s, steps)
        return _choose(brands, settings, limits, habits or {}, now)

    chosen = attempt(brands, settings)
    plan = replace(
        planned(chosen.rotation, Platform.WEIBO, settings.canary_query), habits=chosen.habits
    )
    if not with_advice:
        return plan
    remedies = [] if plan.holds else _remedies(brands, settings, attempt)
    return replace(plan, advice=(*no_words(brands), *advise(plan, remedies)))


@dataclass(frozen=True, slots=True)
class _Chosen:
    habits: Mapping[str, Habit]
    rotation: Rotation


def _limits(settings: WeiboSettings, promise_s: float, allowance: Allowance) -> Limits:
    return Limits(
        budget_per_minute=settings.requests_per_minute,
        poll_interval_s=settings.poll_interval_s,
        timeout_s=settings.timeout_s,
        max_pages=settings.max_pages,
        page_size=PAGE_SIZES[settings.transport],
        overlap_s=settings.overlap_s,
        index_lag_s=settings.index_lag_s,
        promise_s=promise_s,
        allowance=allowance,
    )


def _choose(
    brands: Sequence[WatchedBrand],
    settings: WeiboSettings,
    limits: Limits,
    before: Mapping[str, Habit],
    now: datetime,
) -> _Chosen:
    habits = {brand.name: before.get(brand.name, Habit(Search.BY_NAME, now)) for brand in brands}

    drafts = {
        (brand.name, search): _draft(brand, _turned(habits[brand.name], search, now), now)
        for brand in brands
        for search in Search
    }

    def rotation(habits: Mapping[str, Habit]) -> Rotation:
        chosen = [drafts[name, habit.search] for name, habit in habits.items()]
        searched = [draft for draft in chosen if draft.texts]
        return rotate(searched, limits, canary=bool(settings.canary_query))

    def trial(brand: WatchedBrand, search: Search) -> Rotation:
        return rotation({**habits, brand.name: _turned(habits[brand.name], search, now)})

    for brand in brands:
        search = _search(brand, habits[brand.name], settings.quiet_posts_per_hour, trial, now=now)
        habits[brand.name] = _turned(habits[brand.name], search, now)
    return _Chosen(habits, rotation(habits))


def _turned(habit: Habit, search: Search, now: datetime) -> Habit:
    return habit if habit.search is search else Habit(search, now)


def _search(
    brand: WatchedBrand,
    habit: Habit,
    quiet_posts_per_hour: float,
    trial: Callable[[WatchedBrand, Search], Rotation],
    *,
    now: datetime,
) -> Search:
    """Choose how to search a brand; slow to go back to names, so that it does not flap.

    A busy brand is still searched by name where that takes no more requests and reads all. If
    the words cannot be asked in time, names are read as long as the newest posts fit: that
    keeps the promise for them, and what was indexed late waits in gaps. If not even those fit,
    all words a little late are better than a few posts in time, but not when it is very late.
    """
    volume = brand.posts_per_hour.get(Platform.WEIBO)
    if volume is None:
        return habit.search
    if habit.search is Search.BY_WORD:
        calm = volume < quiet_posts_per_hour * LEAVE_SHARE
        leaves = now - habit.since >= DWELL and (calm or not trial(brand, Search.BY_WORD).holds)
        return Search.BY_NAME if leaves else Search.BY_WORD
    if volume < quiet_posts_per_hour:
        return Search.BY_NAME
    by_name, by_word = trial(brand, Search.BY_NAME), trial(brand, Search.BY_WORD)
    limits = by_name.limits
    reads_all = limits.pages(volume, by_name.interval_s) <= limits.max_pages
    if reads_all and by_name.requests_per_minute <= by_word.requests_per_minute:
        return Search.BY_NAME
    keeps_up = limits.drains(volume, by_name.interval_s)
    rather_late = not keeps_up and by_word.worst_delay_s <= LATE_AT_MOST_S
    return Search.BY_WORD if by_word.holds or rather_late else Search.BY_NAME


def _draft(brand: WatchedBrand, habit: Habit, now: datetime) -> Draft:
    names, words = distinct(brand.names), distinct(brand.words)
    volume = brand.posts_per_hour.get(Platform.WEIBO)
    why = _why(habit, volume)
    if habit.search is Search.BY_WORD:
        texts = tuple(f"{name} {word}" for name in names for word in words)
        measured = volume if now - habit.since >= DWELL else None
    else:
        texts, measured = (names if words else ()), volume
    share = (measured or 0) / max(1, len(texts))
    return Draft(Platform.WEIBO, texts, (brand.name,), share, measured or 0, why)


def _why(habit: Habit, volume: float | None) -> Remark:
    if habit.search is Search.BY_WORD:
        return Remark(
            "by_word",
            {},
            zh="声量大，按“品牌名 + 投诉词”逐对搜索",
            en="busy: every name is searched with every word",
        )
    if volume is None:
        return Remark(
            "by_name_unmeasured",
            {},
            zh="声量尚未测得，先按品牌名搜索，投诉词在本机匹配",
            en="not measured yet: searched by name, words are matched here",
        )
    return Remark(
        "by_name",
        {"posts_per_hour": volume},
        zh=f"每小时约 {volume:g} 帖，按品牌名搜索即可读全，投诉词在本机匹配",
        en=f"about {volume:g} posts an hour: searched by name, words are matched here",
    )


def _remedies(
    brands: Sequence[WatchedBrand],
    settings: WeiboSettings,
    attempt: Callable[[Sequence[WatchedBrand], WeiboSettings], _Chosen],
) -> list[Remedy]:
    def with_setting(name: str) -> Callable[[int], Rotation]:
        return lambda value: attempt(brands, settings.model_copy(update={name: value})).rotation

    remedies = [
        Remedy.raised("requests_per_minute", settings.requests_per_minute, 600, with_setting),
        Remedy.lowered("poll_interval_s", settings.poll_interval_s, with_setting),
        Remedy.raised("max_pages", settings.max_pages, 50, with_setting),
        Remedy.lowered("max_pages", settings.max_pages, with_setting),
        Remedy.fewer_words(brands, lambda fewer: attempt(fewer, settings).rotation),
    ]
    if settings.transport is not Transport.OFFICIAL:
        official = settings.model_copy(update={"transport": Transport.OFFICIAL})
        remedies.append(Remedy("official", (50,), lambda _: attempt(brands, official).rotation))
    return remedies
