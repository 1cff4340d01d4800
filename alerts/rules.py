"""Rules: words and limits beside those of a brand, on trial or in force.

Every hit whose words the brand looks for anyway is under the brand's common rule
(`common_rule`), which opens a case at once. Rules of the configuration come on top:

* A rule with words adds them to what is looked for. It is about the posts that hold one of them
  and have the traits that it asks for. It never keeps back what common words find.
* A rule without words is about all posts with its traits, whatever their words are. Once it is
  live, such posts are its own: the common rule no longer lets them through.
* A live rule lets a post through when `min_hits` of the posts that it is about, and that are
  worth a case, were published within `window_s` of each other; those that waited for it follow.
  Of several live rules one is enough.
* A shadow rule counts and does nothing else. A post that only its words found opens no case.

None of this holds back an urgent post (`alerts.decide`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.decide import Reason
from alerts.watch import Brand, Hit, Reading, Watch
from scrapers.post import Post
from sentiment.verdict import Verdict

NAME_LIMIT: Final = 64
_COMMON: Final = "brand:"
_NOTHING: Final[frozenset[str]] = frozenset()


class Mode(StrEnum):
    """Whether a rule acts or only counts."""

    LIVE = "live"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; an empty set asks for nothing. Traits are the strings of their enums."""

    name: str
    brands: frozenset[str] = _NOTHING
    words: tuple[str, ...] = ()
    platforms: frozenset[str] = _NOTHING
    languages: frozenset[str] = _NOTHING
    topics: frozenset[str] = _NOTHING
    risks: frozenset[str] = _NOTHING
    followers_at_least: int = 0
    mode: Mode = Mode.LIVE
    min_hits: int = 1
    window_s: float = 3600

    @property
    def is_live(self) -> bool:
        """Whether the rule acts."""
        return self.mode is Mode.LIVE

    @property
    def window(self) -> timedelta:
        """How far apart the posts that make up `min_hits` may be published."""
        return timedelta(seconds=self.window_s)

    def about_brand(self, brand: str) -> bool:
        """Whether the rule concerns the brand."""
        return not self.brands or brand in self.brands

    def about_post(self, post: Post) -> bool:
        """Whether platform and author are those that the rule asks for."""
        if self.platforms and post.platform.value not in self.platforms:
            return False
        return (post.author.followers or 0) >= self.followers_at_least

    def about(self, post: Post, brand: str, verdict: Verdict) -> bool:
        """Whether the post has every trait that the rule asks for, its words left aside."""
        asked = (
            (self.languages, verdict.language),
            (self.topics, verdict.topic.value),
            (self.risks, verdict.risk.value),
        )
        return (
            self.about_brand(brand)
            and self.about_post(post)
            and all(value in wanted for wanted, value in asked if wanted)
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """The rules that a hit is under: the common one of its brand or not, and configured ones."""

    common: bool
    rules: tuple[Rule, ...]

    def withheld(self, enough: Collection[str]) -> Reason | None:
        """Return why the rules keep a hit back, None if they let it through.

        `enough` names the rules that have seen their `min_hits` with it.
        """
        live = [rule for rule in self.rules if rule.is_live]
        if not self.common and not any(rule.words for rule in live):
            return Reason.SHADOW if any(rule.words for rule in self.rules) else Reason.NO_RULE
        if self.common and all(rule.words for rule in live):
            return None
        if any(rule.min_hits <= 1 or rule.name in enough for rule in live):
            return None
        return Reason.TOO_FEW


ALONE: Final = Fit(common=True, rules=())
"""How every hit fits while no rule is configured."""


class RuleBook:
    """All rules over the brands that are watched. Safe for several threads.

    `watch` looks for what may open cases: common words and those of live rules. Words of shadow
    rules are looked for apart from it, so that they change nothing about what it finds.
    """

    def __init__(
        self, brands: Sequence[Brand], complaint_words: Sequence[str], rules: Sequence[Rule] = ()
    ) -> None:
        self.rules = tuple(rules)
        live = [rule for rule in rules if rule.is_live]
        shadows = [rule for rule in rules if rule.words and not rule.is_live]
        bare = [replace(brand, complaint_words=()) for brand in brands]
        self.watch = Watch(widened(brands, live), complaint_words)
        self._shadow = Watch(widened(bare, shadows), ()) if shadows else None
        self._own = {
            brand.name: frozenset((*complaint_words, *brand.complaint_words)) for brand in brands
        }
        self._worded = any(rule.words for rule in rules)

    @property
    def has_shadow_words(self) -> bool:
        """Whether posts are kept that only words on trial found."""
        return self._shadow is not None

    def read(self, post: Post) -> Reading:
        """Return what concerns us in a post, also what only words on trial find."""
        reading = self.watch.read(post)
        if self._shadow is None or not reading.named:
            return reading
        known = {hit.brand for hit in reading.hits}
        more = [hit for hit in self._shadow.read(post).hits if hit.brand not in known]
        return replace(reading, hits=(*reading.hits, *more)) if more else reading

    def fit(self, post: Post, hit: Hit, verdict: Verdict) -> Fit:
        """Return the rules that a hit is under.

        What none of today's words finds was found by those of yesterday and stays under the
        common rule.
        """
        if not self.rules:
            return ALONE
        words = self._words(post, hit.brand)
        common = not words or not words.isdisjoint(self._own.get(hit.brand, ()))
        fitting = (
            rule
            for rule in self.rules
            if rule.about(post, hit.brand, verdict)
            and (not rule.words or not words.isdisjoint(rule.words))
        )
        return Fit(common, tuple(fitting))

    def _words(self, post: Post, brand: str) -> frozenset[str]:
        if not self._worded:
            return _NOTHING
        tried = self._shadow.words(post, brand) if self._shadow else _NOTHING
        return self.watch.words(post, brand) | tried


def common_rule(brand: str) -> str:
    """Name the rule that every brand has: its own words and those of all brands."""
    return f"{_COMMON}{brand}"[:NAME_LIMIT]


def is_common(name: str) -> bool:
    """Whether a name is kept for the common rule of a brand."""
    return name.startswith(_COMMON)


def widened(brands: Iterable[Brand], rules: Iterable[Rule]) -> list[Brand]:
    """Return the brands with the words that these rules add to them."""
    every = list(rules)
    return [
        replace(brand, complaint_words=(*brand.complaint_words, *words_for(brand.name, every)))
        for brand in brands
    ]


def words_for(brand: str, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the words that these rules add to a brand, each once."""
    words = (word for rule in rules if rule.about_brand(brand) for word in rule.words)
    return tuple(dict.fromkeys(words))


def complete(times: Sequence[datetime], min_hits: int, window: timedelta) -> list[bool]:
    """Say of each time whether it is one of `min_hits` that lie within `window` of each other.

    `times` are in order. Two that are exactly `window` apart still lie within it.
    """
    found = [False] * len(times)
    for first in range(len(times) - min_hits + 1):
        after = first + min_hits
        if times[after - 1] - times[first] <= window:
            found[first:after] = [True] * min_hits
    return found
