"""Who reads, in which language, and what of other people's names is theirs to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from alerts import causes, flow_wording, ladder
from alerts.causes import Cause, CauseCode
from alerts.flow import Because, Held
from alerts.ladder_wording import duty
from alerts.rungs import Rung, RungState
from monitor.auth import Permission
from monitor.storage.escalations import Claimed
from monitor.web.access import Principal
from monitor.web.formats import Formats
from monitor.web.parts import WebParts

CHINESE: Final = "zh-CN"


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when a level must act on a case, or (not `called` yet) will be called."""

    at: datetime
    level: str
    person: str
    called: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class CauseView:
    """One reason for a case's severity, as a sentence."""

    code: str
    severity: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Says things in the reader's language; `clear` shows customers' names in full."""

    f: Formats
    clear: bool
    mask: Callable[[str], str]

    @property
    def locale(self) -> str:
        """The language of sentences that others write: `zh-CN` or `en`."""
        return self.f.language

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the reader."""
        return ZoneInfo(self.f.timezone)

    def name(self, name: str) -> str:
        """Return a customer's name, to those who do not handle complaints only its beginning."""
        return name if self.clear else masked_name(name)

    def cause(self, cause: Cause) -> str:
        """Say why a case has its severity."""
        params = dict(cause.params)
        if "name" in params:
            name = str(params["name"])
            vip = cause.code is CauseCode.VIP
            params["name"] = self.name(name) if vip else self.mask(name)
        return causes.sentence(Cause(cause.code, params, cause.severity), self.locale)

    def causes(self, stored: Iterable[Mapping[str, Any]]) -> tuple[CauseView, ...]:
        """Say everything that speaks for a severity, the gravest first."""
        return tuple(
            CauseView(cause.code.value, int(cause.severity), self.cause(cause))
            for cause in causes.from_json(stored)
        )

    def level(self, rung: Rung) -> str:
        """Name the level of people that a call is for."""
        level = rung.policy.level(rung.level)
        return level.zh if self.locale == CHINESE else level.en

    def duty(self, rung: Rung) -> str:
        """Say who must act on a case, or who will be called if nobody does."""
        chinese, english = duty(rung)
        return chinese if self.locale == CHINESE else english

    def deadline(self, on: Claimed | None, now: datetime) -> Deadline | None:
        """Return the next deadline of a case's ladder; None while it is in somebody's hands."""
        rung = ladder.pending(on.case, on.rungs, now) if on else None
        if rung is None or rung.deadline_at is None:
            return None
        called = rung.state is RungState.FIRED
        person = rung.person if called else ""
        return Deadline(rung.deadline_at, self.level(rung), person, called, self.duty(rung))

    def held(self, data: Mapping[str, Any]) -> str:
        """Say why a receiver is not told, from what the history of a case keeps."""
        until = data.get("until")
        held = Held(
            Because(data["because"]),
            datetime.fromisoformat(until) if until else None,
            str(data.get("by") or ""),
        )
        return flow_wording.why_held(held, self.locale, self.zone)


def reader_of(parts: WebParts, who: Principal, language: str) -> Reader:
    """Return the reader who asks, in the language wanted."""
    formats = Formats(language, parts.timezone)
    return Reader(formats, who.may(Permission.READ_CLEAR), parts.mask)


def masked_name(name: str) -> str:
    """Return the first character of a name, and stars for the rest."""
    return name[:1] + "**" if name else ""
