"""What to change when a plan does not keep the promise: tried out, not guessed."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from scrapers.plan.model import Plan, Remark, WatchedBrand
from scrapers.plan.timing import Rotation

Trial = Callable[[int], Rotation]
SCANNED: Final = 100
"""Up to so many values are tried one by one; of more, the first that holds is bisected."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One knob: its values from the smallest change to the largest, and the rotation each makes."""

    code: str
    values: Sequence[int]
    trial: Trial

    @classmethod
    def raised(cls, name: str, now: float, most: int, setting: Callable[[str], Trial]) -> Self:
        """Turn setting `name` up from `now` to at most `most`."""
        return cls(f"raise_{name}", range(math.floor(now) + 1, most + 1), setting(name))

    @classmethod
    def lowered(cls, name: str, now: float, setting: Callable[[str], Trial]) -> Self:
        """Turn setting `name` down from `now` to no less than 1."""
        return cls(f"lower_{name}", range(math.ceil(now) - 1, 0, -1), setting(name))

    @classmethod
    def fewer_words(
        cls,
        brands: Sequence[WatchedBrand],
        attempt: Callable[[Sequence[WatchedBrand]], Rotation],
    ) -> Self:
        """Keep only the first few words of every brand."""

        def trial(count: int) -> Rotation:
            return attempt([replace(brand, words=brand.words[:count]) for brand in brands])

        most = max((len(brand.words) for brand in brands), default=0)
        return cls("fewer_words", range(most - 1, 0, -1), trial)

    def smallest(self) -> int | None:
        """Return the smallest change that lets the plan hold, None if none was found."""
        if len(self.values) <= SCANNED:
            return next((value for value in self.values if self.trial(value).holds), None)
        if not self.trial(self.values[-1]).holds:
            return None
        index = bisect_left(self.values, x=True, key=lambda value: self.trial(value).holds)
        return self.values[index]


_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "raise_requests_per_minute": (
        "把 requests_per_minute 提高到 {value}（平台可能因此限制访问）",
        "raise requests_per_minute to {value} (the platform may punish that)",
    ),
    "raise_requests_per_15_minutes": (
        "把 requests_per_15_minutes 提高到 {value}（须在账号的额度之内）",
        "raise requests_per_15_minutes to {value} (within what your access allows)",
    ),
    "lower_poll_interval_s": (
        "把 poll_interval_s 降到 {value}",
        "lower poll_interval_s to {value}",
    ),
    "raise_max_pages": ("把 max_pages 提高到 {value}", "raise max_pages to {value}"),
    "lower_max_pages": ("把 max_pages 降到 {value}", "lower max_pages to {value}"),
    "fewer_words": (
        "把每个品牌的投诉词减到 {value} 个以内",
        "keep at most {value} complaint words a brand",
    ),
    "official": (
        "把 transport 改为 official（每页 {value} 帖）",
        "set transport to official ({value} posts a page)",
    ),
    "raise_query_max_length": (
        "把 query_max_length 提高到 {value}（需要 X 企业版）",
        "raise query_max_length to {value} (needs X Enterprise)",
    ),
    "out_of_reach": (
        "改动任何一项都不够：最坏 {value} 秒。请减少品牌或别名，或放宽承诺 alert_within_s",
        "no single change is enough ({value} s at worst): watch fewer names, or promise less",
    ),
    "no_words": (
        "品牌“{value}”没有投诉词，不会搜索它",
        "brand {value} has no complaint words and is not searched",
    ),
}


def remark(code: str, value: float | str) -> Remark:
    """Return the advice `code` with its figure, in both languages."""
    zh, en = _SENTENCES[code]
    return Remark(code, {"value": value}, zh.format(value=value), en.format(value=value))


def advise(plan: Plan, remedies: Sequence[Remedy]) -> tuple[Remark, ...]:
    """Return every single change that would let the plan hold; nothing when it holds."""
    if plan.holds:
        return ()
    found = tuple(
        remark(remedy.code, value)
        for remedy in remedies
        if (value := remedy.smallest()) is not None
    )
    return found or (remark("out_of_reach", math.ceil(plan.worst_delay_s)),)


def no_words(brands: Sequence[WatchedBrand]) -> tuple[Remark, ...]:
    """Return one remark for each brand that nothing could match."""
    return tuple(
        remark("no_words", brand.name)
        for brand in brands
        if not any(word.strip() for word in brand.words)
    )
