"""What keeps a due notice from a receiver: a silence, a crisis, their quiet hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alerts.case import CaseView
from alerts.flow import END_REASONS, LADDER_REASONS, Because, Held, Notice, Reason, is_urgent
from alerts.inhibition import Inhibition, inhibited_by
from alerts.routing import OpenHours, Receiver
from alerts.silence import Silence, silenced_by

NEVER_SUPPRESSED: Final = END_REASONS | LADDER_REASONS
"""An end ends what was told; the ladder looks at its own calendar."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What may hold notices back now.

    `silences` are those in force, `crises` the open cases that may inhibit others (all open
    urgent cases will do).
    """

    silences: Sequence[Silence] = ()
    crises: Sequence[CaseView] = ()
    inhibition: Inhibition = field(default_factory=Inhibition)
    calendars: Mapping[str, OpenHours] = field(default_factory=dict)


def suppress(
    case: CaseView, notice: Notice, receiver: Receiver, situation: Situation, now: datetime
) -> Held | None:
    """Say what holds a notice back, None where nothing does.

    Urgent cases pass everything, a rise of the severity passes quiet hours, ends and steps of
    the ladder pass all. What is held was not told: the flow decides again at `until`.
    """
    if is_urgent(case) or notice.reason in NEVER_SUPPRESSED:
        return None
    silence = silenced_by(case, situation.silences, now)
    if silence is not None:
        return Held(Because.SUPPRESSED_BY_SILENCE, silence.until, str(silence.id))
    crisis = inhibited_by(case, situation.crises, situation.inhibition)
    if crisis is not None:
        until = now + timedelta(seconds=situation.inhibition.look_again_s)
        return Held(Because.SUPPRESSED_BY_INHIBITION, until, str(crisis.id))
    if notice.reason is Reason.SEVERITY_UP:
        return None
    return _quiet(receiver, situation.calendars, now)


def _quiet(receiver: Receiver, calendars: Mapping[str, OpenHours], now: datetime) -> Held | None:
    if not receiver.hours or calendars[receiver.hours].is_open(now):
        return None
    until = calendars[receiver.hours].next_open(now)
    return Held(Because.SUPPRESSED_BY_QUIET_HOURS, until, receiver.hours)
