"""Sections `escalation` and `heartbeat`: who is called when nobody acts, and who when we die."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from alerts.channels.heartbeat import heartbeat_address
from alerts.rungs import Ladder, Level, Trigger
from alerts.severity import Severity
from monitor.config_section import Section
from monitor.yaml_file import Location

DAY_S: Final = 86_400
MOST_LEVELS: Final = 10
SHORT_NAME: Final = re.compile("[a-z0-9_-]{1,32}")


def _short_name(value: str) -> str:
    if not SHORT_NAME.fullmatch(value):
        raise ValueError("write up to 32 of a-z, 0-9, - and _, e.g. lead")
    return value


class LevelSettings(Section):
    """One entry of `escalation.levels`."""

    name: Annotated[str, AfterValidator(_short_name)]
    zh: str = Field(min_length=1, max_length=40)
    en: str = Field(min_length=1, max_length=40)
    act_within_s: float = Field(ge=60, le=30 * DAY_S)
    rota: str = ""
    receiver: str = ""

    def level(self) -> Level:
        """Return the level as the ladder takes it."""
        return Level(**self.model_dump())


class TriggerSettings(Section):
    """When a case calls its first level, and which; `calendar` empty: day and night."""

    level: str
    after_s: float = Field(0, ge=0, le=30 * DAY_S)
    calendar: str = ""

    def trigger(self) -> Trigger:
        """Return the trigger as the ladder takes it."""
        return Trigger(**self.model_dump())


class UrgentTriggerSettings(Section):
    """The same for urgent cases, which run 7×24 (domain.md): there is no calendar to choose."""

    level: str
    after_s: float = Field(0, ge=0, le=3600)

    def trigger(self) -> Trigger:
        """Return the trigger as the ladder takes it."""
        return Trigger(**self.model_dump())


class AckSettings(Section):
    """Section `escalation.ack_s`: how long an acknowledgement lasts, in seconds."""

    normal: float = Field(3600, ge=60, le=7 * DAY_S)
    important: float = Field(3600, ge=60, le=7 * DAY_S)
    urgent: float = Field(900, ge=60, le=DAY_S)


class EscalationSettings(Section):
    """Section `escalation`: the ladder of domain.md unless configured otherwise."""

    normal: TriggerSettings = TriggerSettings(level="lead", after_s=1800)
    important: TriggerSettings = TriggerSettings(level="manager")
    urgent: UrgentTriggerSettings = UrgentTriggerSettings(level="director")
    levels: tuple[LevelSettings, ...] = (
        LevelSettings(name="lead", zh="组长", en="team lead", act_within_s=900),
        LevelSettings(name="manager", zh="经理", en="manager", act_within_s=1800),
        LevelSettings(name="director", zh="总监", en="director", act_within_s=600),
    )
    ack_s: AckSettings = AckSettings()

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        names = [level.name for level in self.levels]
        if not 1 <= len(names) <= MOST_LEVELS:
            raise ValueError(f"levels: write 1 to {MOST_LEVELS} levels, the lowest first")
        if len(set(names)) < len(names):
            raise ValueError("two levels have one name; give each its own")
        ranks = []
        for key in ("normal", "important", "urgent"):
            level = getattr(self, key).level
            if level not in names:
                raise ValueError(f"{key}: there is no level {level!r}; write {', '.join(names)}")
            ranks.append(names.index(level))
        if ranks != sorted(ranks):
            raise ValueError("a graver case must not begin at a lower level; list levels upwards")
        return self

    def ladder(self) -> Ladder:
        """Return the ladder as cases are given it."""
        return Ladder(
            levels=tuple(level.level() for level in self.levels),
            triggers={
                Severity.NORMAL: self.normal.trigger(),
                Severity.IMPORTANT: self.important.trigger(),
                Severity.URGENT: self.urgent.trigger(),
            },
            ack_s={
                Severity.NORMAL: self.ack_s.normal,
                Severity.IMPORTANT: self.ack_s.important,
                Severity.URGENT: self.ack_s.urgent,
            },
        )

    def ack_life_s(self, severity: Severity) -> float:
        """Return how long an acknowledgement of such a case lasts, in seconds."""
        return self.ladder().ack_life_s(severity)


class HeartbeatSettings(Section):
    """Section `heartbeat`: an address outside that hears of us while all is well.

    `sent_by` says which process calls it after an audit that found nothing: `run`, or the
    auditor of its own, `shifen audit`.
    """

    url: Annotated[str, AfterValidator(heartbeat_address)] = Field("", repr=False)
    """Empty for none. It may hold a key of the receiver, so it is never shown."""
    timeout_s: float = Field(10, gt=0, le=30)
    sent_by: Literal["run", "audit"] = "run"


def escalation_conflicts(
    settings: EscalationSettings,
    *,
    rotas: Collection[str],
    receivers: Collection[str],
    calendars: Collection[str],
) -> Iterator[tuple[Location, str]]:
    """Yield the place and the sentence of each name that no other section defines."""
    names: list[tuple[Location, str, str, Collection[str]]] = [
        (("escalation", "normal", "calendar"), settings.normal.calendar, "calendar", calendars),
        (
            ("escalation", "important", "calendar"),
            settings.important.calendar,
            "calendar",
            calendars,
        ),
    ]
    for index, level in enumerate(settings.levels):
        place: Location = ("escalation", "levels", index)
        names.append(((*place, "rota"), level.rota, "rota", rotas))
        names.append(((*place, "receiver"), level.receiver, "receiver", receivers))
    for where, name, what, known in names:
        if name and name not in known:
            mend = f"write one of {', '.join(known)}" if known else "add it, or leave this empty"
            yield where, f"there is no {what} {name!r}; {mend}"
