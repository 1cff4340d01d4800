"""The history of a case in sentences: what happened, who did it, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from alerts import flow_wording
from alerts.flow import Reason
from alerts.rungs import Rung
from alerts.severity import Severity
from monitor.storage.timeline import CaseEvent, EventKind
from monitor.web.reader import Reader

OTHER_CASES: Final = ("previous", "from", "into", "other")
"""What of an event's data names another case."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history; `cases` are the other cases that it names."""

    event: CaseEvent
    sentence: str
    cases: tuple[int, ...] = ()


class Chronicle:
    """Puts what happened to a case into words; `rungs` are the calls about it."""

    def __init__(self, reader: Reader, rungs: Iterable[Rung]) -> None:
        self._reader = reader
        self._rungs = {rung.id: rung for rung in rungs}
        self._say = reader.f.t
        self._told: Mapping[EventKind, Callable[[CaseEvent], str]] = {
            EventKind.OPENED: self._opened,
            EventKind.SEVERITY: self._severity,
            EventKind.TOLD: self._was_told,
            EventKind.HELD: self._held,
            EventKind.ACKED: self._acked,
            EventKind.ASSIGNED: self._assigned,
            EventKind.ANSWERED: self._answered,
            EventKind.RESOLVED: self._resolved,
            EventKind.FALSE_ALARM: self._false_alarm,
            EventKind.MERGED: self._merged,
            EventKind.SPLIT: self._split,
            EventKind.LINKED: self._linked,
            EventKind.UNLINKED: self._unlinked,
            EventKind.ACK_EXPIRED: self._ack_expired,
            EventKind.ESCALATED: self._escalated,
            EventKind.MISSED: self._missed,
            EventKind.ACTED: self._acted,
            EventKind.SUPERSEDED: self._superseded,
            EventKind.CANCELLED: self._cancelled,
            EventKind.RESCORED: self._rescored,
            EventKind.WITHDRAWN: self._withdrawn,
        }

    def tell(self, events: Iterable[CaseEvent]) -> tuple[Entry, ...]:
        """Return what happened, in the same order."""
        return tuple(self._entry(event) for event in events)

    def _entry(self, event: CaseEvent) -> Entry:
        say = self._told.get(event.kind)
        sentence = say(event) if say else self._reader.f.word("event", event.kind)
        cases = tuple(event.data[name] for name in OTHER_CASES if event.data.get(name))
        return Entry(event, sentence, cases)

    def _opened(self, event: CaseEvent) -> str:
        severity = self._severity_name(event.data.get("severity"))
        said = self._say("history.opened", severity=severity)
        if event.data.get("from"):
            said = self._say("history.opened_from", severity=severity, case=event.data["from"])
        elif event.data.get("previous"):
            case = event.data["previous"]
            said = self._say("history.opened_again", severity=severity, case=case)
        return self._because(said, event)

    def _severity(self, event: CaseEvent) -> str:
        before, after = (self._severity_name(event.data.get(key)) for key in ("before", "after"))
        return self._because(self._say("history.severity", before=before, after=after), event)

    def _because(self, said: str, event: CaseEvent) -> str:
        causes = self._reader.causes(event.data.get("causes", ()))
        reasons = [*filter(None, [self._words(event)]), *(view.sentence for view in causes)]
        if not reasons:
            return said
        joined = self._say("history.between").join(reasons)
        return self._say("history.because", said=said, reasons=joined)

    def _words(self, event: CaseEvent) -> str:
        """Return the sentence that an event brings along."""
        return str(event.data.get("words", {}).get(self._reader.locale, ""))

    def _rescored(self, event: CaseEvent) -> str:
        return self._words(event) or self._reader.f.word("event", event.kind)

    def _withdrawn(self, event: CaseEvent) -> str:
        words = self._words(event)
        if not words:
            return self._reader.f.word("event", event.kind)
        return self._say("history.withdrawn", words=words)

    def _was_told(self, event: CaseEvent) -> str:
        reason = Reason(event.data["reason"])
        named = flow_wording.short_name(reason, self._reader.locale)
        return self._say("history.told", receiver=event.data["receiver"], reason=named)

    def _held(self, event: CaseEvent) -> str:
        why = self._reader.held(event.data)
        return self._say("history.held", receiver=event.data["receiver"], why=why)

    def _acked(self, event: CaseEvent) -> str:
        until = self._reader.f.when(datetime.fromisoformat(event.data["until"]))
        return self._say("history.acked", who=event.who, until=until)

    def _assigned(self, event: CaseEvent) -> str:
        before, after = event.data.get("before", ""), event.data.get("after", "")
        if not after:
            return self._say("history.unassigned", who=event.who, before=before or "–")
        if after == event.who:
            return self._say("history.taken", who=event.who)
        return self._say("history.assigned", who=event.who, after=after)

    def _answered(self, event: CaseEvent) -> str:
        return self._noted(self._say("history.answered", who=event.who), event.data.get("url"))

    def _resolved(self, event: CaseEvent) -> str:
        return self._noted(self._say("history.resolved", who=event.who), event.data.get("note"))

    def _false_alarm(self, event: CaseEvent) -> str:
        reason = self._reader.f.word("false_alarm", event.data.get("reason", ""))
        said = self._say("history.false_alarm", who=event.who, reason=reason)
        return self._noted(said, event.data.get("note"))

    def _merged(self, event: CaseEvent) -> str:
        if event.data.get("into"):
            case = event.data["into"]
            return self._say("history.merged_into", who=event.who, case=case)
        return self._say("history.merged_from", who=event.who, case=event.data.get("from"))

    def _split(self, event: CaseEvent) -> str:
        return self._say("history.split", who=event.who, case=event.data.get("into"))

    def _linked(self, event: CaseEvent) -> str:
        return self._say("history.linked", who=event.who, case=event.data.get("other"))

    def _unlinked(self, event: CaseEvent) -> str:
        return self._say("history.unlinked", who=event.who, case=event.data.get("other"))

    def _ack_expired(self, event: CaseEvent) -> str:
        return self._say("history.ack_expired", who=event.data.get("acked_by") or "–")

    def _escalated(self, event: CaseEvent) -> str:
        why = self._reader.f.word("call", event.data.get("why", ""))
        act_by = event.data.get("act_by")
        until = self._reader.f.when(datetime.fromisoformat(act_by)) if act_by else "–"
        whom = self._whom(event)
        return self._say("history.escalated", whom=whom, why=why, until=until)

    def _missed(self, event: CaseEvent) -> str:
        why = self._reader.f.word("call", event.data.get("outcome", ""))
        return self._say("history.missed", whom=self._whom(event), why=why)

    def _acted(self, event: CaseEvent) -> str:
        outcome = str(event.data.get("outcome", ""))
        said = self._reader.f.word("outcome", outcome.removesuffix("_late"))
        whom = self._whom(event)
        if outcome.endswith("_late"):
            return self._say("history.acted_late", whom=whom, who=event.who or "–", outcome=said)
        return self._say("history.acted", whom=whom, who=event.who or "–", outcome=said)

    def _superseded(self, event: CaseEvent) -> str:
        return self._say("history.superseded", whom=self._whom(event))

    def _cancelled(self, event: CaseEvent) -> str:
        outcome = self._reader.f.word("ended", event.data.get("outcome", ""))
        return self._say("history.cancelled", whom=self._whom(event), outcome=outcome)

    def _whom(self, event: CaseEvent) -> str:
        """Name the level that was called, and the person."""
        rung = self._rungs.get(event.data.get("call") or 0)
        level = self._reader.level(rung) if rung else self._say("history.somebody")
        person = event.data.get("person") or ""
        return self._say("history.whom", level=level, person=person) if person else level

    def _noted(self, said: str, note: Any) -> str:
        return self._say("history.noted", said=said, note=note) if note else said

    def _severity_name(self, code: Any) -> str:
        known = str(code).upper() in Severity.__members__
        return self._reader.f.word("severity", code) if known else "–"
