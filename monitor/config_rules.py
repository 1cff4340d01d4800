"""Section `rules` of the configuration: words on trial, limits, and what they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal, TypeAlias

from pydantic import Field, field_validator

from alerts.rules import NAME_LIMIT, Mode, Rule, is_common
from alerts.terms import review_terms, validate_terms
from alerts.watch import Brand
from monitor.config_section import Section
from monitor.yaml_file import Location
from scrapers.post import Platform
from sentiment.verdict import Risk, Topic

Language: TypeAlias = Literal["zh", "en", "other"]
MOST_WORDS: Final = 200


class RuleSettings(Section):
    """One entry of `rules`; an empty list asks for nothing (`alerts.rules` says what each does)."""

    name: str = Field(min_length=1, max_length=NAME_LIMIT)
    brands: tuple[str, ...] = ()
    words: tuple[str, ...] = Field((), max_length=MOST_WORDS)
    platforms: tuple[Platform, ...] = ()
    languages: tuple[Language, ...] = ()
    topics: tuple[Topic, ...] = ()
    risks: tuple[Risk, ...] = ()
    followers_at_least: int = Field(0, ge=0)
    mode: Mode = Mode.LIVE
    min_hits: int = Field(1, ge=1, le=1000)
    window_s: float = Field(3600, ge=60, le=30 * 86_400)

    @field_validator("name")
    @classmethod
    def _is_free(cls, value: str) -> str:
        if is_common(value):
            raise ValueError("names that begin with brand: are those of the brands' common rules")
        if value != value.strip() or not value.isprintable():
            raise ValueError("write a name on one line, without spaces around it")
        return value

    def rule(self) -> Rule:
        """Return the rule as the deciding core takes it."""
        return Rule(
            name=self.name,
            brands=frozenset(self.brands),
            words=self.words,
            platforms=frozenset(platform.value for platform in self.platforms),
            languages=frozenset(self.languages),
            topics=frozenset(topic.value for topic in self.topics),
            risks=frozenset(risk.value for risk in self.risks),
            followers_at_least=self.followers_at_least,
            mode=self.mode,
            min_hits=self.min_hits,
            window_s=self.window_s,
        )


def rule_conflicts(
    rules: Sequence[RuleSettings], brands: Collection[str]
) -> Iterator[tuple[Location, str]]:
    """Yield the place and the sentence of each name used twice, unknown brand, unusable word."""
    names = [rule.name for rule in rules]
    for index, rule in enumerate(rules):
        place: Location = ("rules", index)
        if rule.name in names[:index]:
            yield (*place, "name"), f"{rule.name!r} names two rules; give each its own"
        for where, flaw in draft_flaws(rule, brands):
            yield (*place, *where), flaw


def rule_remarks(rules: Sequence[RuleSettings], complaint_words: Sequence[str]) -> Iterator[str]:
    """Yield one sentence for each word that is looked for without the rule, or twice by it."""
    for index, rule in enumerate(rules):
        known = (Brand("any brand", complaint_words=rule.words),)
        for sentence in review_terms(known, complaint_words):
            place, _, flaw = sentence.partition(": ")
            if place.startswith("brands[0]."):
                word = place.rpartition("[")[2]
                said = flaw.replace("brands[0].complaint_words", f"rules[{index}].words")
                yield f"rules[{index}].words[{word}: {said}"


def draft_flaws(rule: RuleSettings, brands: Collection[str]) -> Iterator[tuple[Location, str]]:
    """Yield the place within a rule and the sentence of each unknown brand and unusable word."""
    for index, brand in enumerate(rule.brands):
        if brand not in brands:
            known = f"write one of {', '.join(brands)}" if brands else "add it under brands"
            yield ("brands", index), f"there is no brand {brand!r}; {known}"
    for sentence in validate_terms((), rule.words):
        path, _, flaw = sentence.partition(": ")
        index = int(path.rpartition("[")[2].rstrip("]"))
        yield ("words", index), flaw
