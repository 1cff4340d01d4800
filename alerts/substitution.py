"""Who stands in for whom on a rota, as a person enters it: what may be, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.rota import Override, Roster

LONGEST: Final = timedelta(days=366)


class Fault(StrEnum):
    """Why a substitution cannot be made or cancelled."""

    NO_TIME = "no_time"
    PAST = "past"
    TOO_LONG = "too_long"
    ONESELF = "oneself"
    NO_ROTA = "no_rota"
    NO_PERSON = "no_person"
    NO_SUBSTITUTE = "no_substitute"
    UNKNOWN = "unknown"
    OVER = "over"


_SENTENCES: Final = {
    Fault.NO_TIME: (
        "结束时间必须晚于开始时间",
        "a substitution must end after it starts; write a later end",
    ),
    Fault.PAST: (
        "结束时间已经过去；请写将来的时间",
        "the end has passed already; write one to come",
    ),
    Fault.TOO_LONG: (
        "替班最长 366 天；请写更早的结束时间，或修改配置里的值班表",
        "a substitution lasts at most 366 days; write an earlier end, or change the rota itself",
    ),
    Fault.ONESELF: (
        "不能替自己值班；请选另一个人，或留空表示无人接替",
        "nobody stands in for themselves; name somebody else, or leave it empty for nobody",
    ),
    Fault.NO_ROTA: (
        "没有这个值班表；请选配置里 rotas 的名字",
        "there is no such rota; name one of rotas in the configuration",
    ),
    Fault.NO_PERSON: (
        "没有这个人；请选配置里 people 的名字",
        "there is no such person; name one of people in the configuration",
    ),
    Fault.NO_SUBSTITUTE: (
        "没有这个替班的人；请选配置里 people 的名字，或留空表示无人接替",
        "there is no such substitute; name one of people, or leave it empty for nobody",
    ),
    Fault.UNKNOWN: (
        "没有这条替班",
        "there is no such substitution",
    ),
    Fault.OVER: (
        "这条替班已经结束，不能再取消",
        "this substitution is over and cannot be cancelled",
    ),
}


class SubstitutionError(ValueError):
    """A substitution cannot be made or cancelled; the text says why and what to do."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(self.sentence("en"))

    def sentence(self, locale: str) -> str:
        """Say it in Chinese for `zh…`, in English for any other locale."""
        chinese, english = _SENTENCES[self.fault]
        return chinese if locale.lower().startswith("zh") else english


@dataclass(frozen=True, slots=True)
class Draft:
    """A substitution as a person asks for it; a `rota` of `""` means every rota."""

    rota: str
    override: Override
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """A substitution that was made; nothing of it changes but that it may be cancelled."""

    id: int
    draft: Draft
    author: str
    created_at: datetime
    cancelled_at: datetime | None = None
    cancelled_by: str = ""

    @property
    def override(self) -> Override:
        """Who stands in for whom, and when."""
        return self.draft.override

    @property
    def until(self) -> datetime:
        """When it ends, or was cancelled."""
        return self.cancelled_at or self.override.ends_at


def check(draft: Draft, roster: Roster, now: datetime) -> None:
    """Raise SubstitutionError for what may not be.

    Neither of the two need be on the rota: who stands in may fall ill as well.
    """
    override = draft.override
    faults = {
        Fault.NO_ROTA: draft.rota and draft.rota not in roster.rotas,
        Fault.NO_PERSON: override.person not in roster.people,
        Fault.NO_SUBSTITUTE: override.substitute and override.substitute not in roster.people,
        Fault.ONESELF: override.substitute == override.person,
        Fault.NO_TIME: override.ends_at <= override.starts_at,
        Fault.PAST: override.ends_at <= now,
        Fault.TOO_LONG: override.ends_at - max(override.starts_at, now) > LONGEST,
    }
    for fault, found in faults.items():
        if found:
            raise SubstitutionError(fault)
