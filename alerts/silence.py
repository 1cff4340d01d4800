"""Silences: a person's word that some cases are not told of for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.case import CaseView
from alerts.flow import is_urgent
from alerts.matching import Traits
from alerts.severity import URGENT_RISKS, Severity

LONGEST: Final = timedelta(days=30)


class Fault(StrEnum):
    """Why a silence cannot be made or changed."""

    NO_REASON = "no_reason"
    NO_TRAITS = "no_traits"
    ONLY_URGENT = "only_urgent"
    URGENT_TOO = "urgent_too"
    NO_TIME = "no_time"
    PAST = "past"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"
    OVER = "over"


_SENTENCES: Final = {
    Fault.NO_REASON: (
        "请写明静默的原因",
        "a silence needs a reason; write why",
    ),
    Fault.NO_TRAITS: (
        "这会静默所有事件；请指定品牌、平台、语言、主题、风险或作者，或把级别上限设为“一般”",
        "this would silence everything; name brands, topics or authors, or only normal cases",
    ),
    Fault.ONLY_URGENT: (
        "这些风险都是紧急事件，不能静默；请去掉它们",
        "cases of these risks are urgent and are never silenced; name other risks",
    ),
    Fault.URGENT_TOO: (
        "紧急事件不能静默；级别上限请选“一般”或“重要”",
        "urgent cases are never silenced; write at most normal or important",
    ),
    Fault.NO_TIME: (
        "结束时间必须晚于开始时间",
        "a silence must end after it starts; write a later end",
    ),
    Fault.PAST: (
        "结束时间已经过去；请写将来的时间",
        "the end has passed already; write one to come",
    ),
    Fault.TOO_LONG: (
        "静默最长 30 天；请写更早的结束时间",
        "a silence lasts at most 30 days; write an earlier end",
    ),
    Fault.UNKNOWN: (
        "没有这条静默",
        "there is no such silence",
    ),
    Fault.OVER: (
        "这条静默已经结束，不能再改；请新建一条",
        "this silence is over and stays as it was; make a new one",
    ),
}


class SilenceError(ValueError):
    """A silence cannot be made or changed; the text says why and what to do."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(self.sentence("en"))

    def sentence(self, locale: str) -> str:
        """Say it in Chinese for `zh…`, in English for any other locale."""
        chinese, english = _SENTENCES[self.fault]
        return chinese if locale.lower().startswith("zh") else english


@dataclass(frozen=True, slots=True)
class Draft:
    """A silence as a person asks for it, from `starts_at` until before `ends_at`."""

    traits: Traits
    starts_at: datetime
    ends_at: datetime
    reason: str
    severity_at_most: Severity = Severity.IMPORTANT


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that was made; nothing of it changes but that it may be ended early.

    An edit ends it and makes a new one that names it in `replaces`.
    """

    id: int
    draft: Draft
    author: str
    created_at: datetime
    replaces: int | None = None
    ended_by: str = ""
    ended_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """When it stops to hold back, or stopped."""
        return self.ended_at or self.draft.ends_at

    def in_force(self, at: datetime) -> bool:
        """Whether it holds back cases at that time."""
        return self.draft.starts_at <= at < self.until


def check(draft: Draft, now: datetime) -> None:
    """Raise SilenceError for what may not be: without a reason, over already, for urgent cases.

    A silence may name urgent risks beside others, but never applies to an urgent case.
    """
    if not draft.reason.strip():
        raise SilenceError(Fault.NO_REASON)
    if draft.severity_at_most >= Severity.URGENT:
        raise SilenceError(Fault.URGENT_TOO)
    if draft.traits.risks and draft.traits.risks <= URGENT_RISKS:
        raise SilenceError(Fault.ONLY_URGENT)
    if not draft.traits and draft.severity_at_most > Severity.NORMAL:
        raise SilenceError(Fault.NO_TRAITS)
    if draft.ends_at <= draft.starts_at:
        raise SilenceError(Fault.NO_TIME)
    if draft.ends_at <= now:
        raise SilenceError(Fault.PAST)
    if draft.ends_at - max(draft.starts_at, now) > LONGEST:
        raise SilenceError(Fault.TOO_LONG)


def silenced_by(case: CaseView, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """Return the silence that holds a case back, of several the one that lasts longest."""
    holding = [each for each in silences if each.in_force(now) and fits(each.draft, case)]
    return max(holding, key=lambda each: each.until, default=None)


def fits(draft: Draft, case: CaseView) -> bool:
    """Whether a silence of this kind means the case; it never means an urgent one."""
    mild = case.severity <= draft.severity_at_most and not is_urgent(case)
    return mild and draft.traits.fit(case)
