"""Takes open cases back, or raises them, once their posts are judged otherwise.

Called in the transaction that writes the new verdicts or what people said. What people say
outweighs every model. A case is taken back only if none of its posts is worth one any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeGuard

import structlog

from alerts import causes
from alerts.case import CaseState
from alerts.decide import Background, Decision, Reason, decide, worth_a_case
from alerts.rejudged import Change, Outcome, words
from alerts.severity import URGENT_RISKS, CauseCode
from monitor.live_config import Rules
from monitor.storage import cases, casework, corrections, reconsidering, tellings, timeline
from monitor.storage.casework import End, Held
from monitor.storage.corrections import Heard, Right
from monitor.storage.database import Connection
from monitor.storage.posts import StoredHit
from monitor.storage.tellings import ShownCase
from monitor.storage.timeline import CaseEvent, EventKind
from sentiment.verdict import Genre, Label, Risk, Verdict

log = structlog.get_logger(__name__)

MOST_POSTS: Final = 500
"""So many posts of a case are looked at, the newest, before it is taken back."""
LOCALES: Final = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """What became of the cases, by id; those that are not named stayed as they were."""

    outcomes: Mapping[int, Outcome] = field(default_factory=dict)

    def of(self, outcome: Outcome) -> tuple[int, ...]:
        """Return the cases with that outcome."""
        return tuple(case_id for case_id, each in self.outcomes.items() if each is outcome)


NOTHING: Final = Reconsidered()


class Reconsidering:
    """What follows from new words about hits; `rules` gives those in force."""

    def __init__(self, rules: Callable[[], Rules], *, now: Callable[[], datetime]) -> None:
        self._rules = rules
        self._now = now

    def __call__(self, connection: Connection, hit_ids: Collection[int]) -> Reconsidered:
        """Reconsider the open cases of these hits."""
        return reconsider(connection, self._rules(), hit_ids, self._now())


def reconsider(
    connection: Connection, rules: Rules, hit_ids: Collection[int], now: datetime
) -> Reconsidered:
    """Decide anew about the open cases that these hits belong to; again changes nothing.

    The post that a case shows is decided on as if it were alone, with what is on record about
    the case. Worth a case still: the level goes up if the new verdict is graver, never down.
    Below the bar: the case is withdrawn with the reason, unless

    * another of its posts is worth a case: then nothing happens;
    * somebody may come to harm: it is marked uncertain, a machine never withdraws it;
    * a person acknowledged it, answered, or handles it: it stays, and the history says why.
    """
    found = reconsidering.open_cases_of(connection, hit_ids)
    if not found:
        return NOTHING
    # Judging takes the same locks, so that no post joins meanwhile.
    cases.lock_brands(connection, set(found.values()))
    look = _Look(connection, rules, now, tellings.shown(connection, found.keys()))
    outcomes = {case_id: outcome for case_id in sorted(found) if (outcome := look.at(case_id))}
    for case_id, outcome in outcomes.items():
        log.info("case_reconsidered", case=case_id, outcome=outcome.value)
    return Reconsidered(outcomes)


class _Look:
    """One look at some open cases, inside one transaction."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        now: datetime,
        shown: Mapping[int, ShownCase],
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._now = now
        self._shown = shown
        hits = [case.hit.id for case in shown.values() if case.hit]
        self._heard = corrections.heard_of(connection, hits)
        self._before = reconsidering.verdicts_before(connection, hits)

    def at(self, case_id: int) -> Outcome | None:
        """Decide about one case; None where nothing is to be done, or its post is gone."""
        case = self._shown.get(case_id)
        if case is None or case.hit is None or case.verdict is None:
            return None
        heard = self._heard.get(case.hit.id)
        verdict = as_people_say(case.verdict, heard.right) if heard else case.verdict
        decision = decide(
            case.hit.post,
            case.hit.hit,
            verdict,
            open_case=None,
            thresholds=self._rules.thresholds,
            now=self._now,
            background=Background(reach=case.view.reach),
        )
        change = self._change(case.hit, case.verdict, verdict, decision.reason, heard)
        if decision.opens_case:
            return self._raise(case, decision, change)
        return self._take_back(case, case.hit.id, change)

    def _change(
        self,
        hit: StoredHit,
        judged: Verdict,
        verdict: Verdict,
        reason: Reason,
        heard: Heard | None,
    ) -> Change:
        if heard and heard.who:
            return Change(judged, verdict, reason, heard.who)
        return Change(self._before.get(hit.id), verdict, reason)

    def _raise(self, case: ShownCase, decision: Decision, change: Change) -> Outcome | None:
        if decision.rating.severity <= case.view.severity:
            return None
        held = casework.take(self._connection, case.view.id).get(case.view.id)
        if not _still_open(held) or decision.rating.severity <= held.view.severity:
            return None
        merged = causes.merged(causes.from_json(held.causes), decision.rating)
        written = causes.to_json(merged.reasons)
        severity = decision.rating.severity
        casework.raise_to(self._connection, case.view.id, severity, written, self._now)
        levels = {
            "before": held.view.severity.name.lower(),
            "after": severity.name.lower(),
            "causes": written,
        }
        self._write(case, EventKind.SEVERITY, levels | _told(change, Outcome.RAISED))
        return Outcome.RAISED

    def _take_back(self, case: ShownCase, hit_id: int, change: Change) -> Outcome | None:
        case_id = case.view.id
        if self._another_holds(case_id, hit_id):
            return None
        held = casework.take(self._connection, case_id).get(case_id)
        if not _still_open(held):
            return None
        outcome = _outcome(held, case)
        data = _told(change, outcome)
        if outcome is Outcome.WITHDRAWN:
            end = End(CaseState.WITHDRAWN, why=change.reason.value)
            casework.close(self._connection, case_id, end, self._now)
            self._write(case, EventKind.WITHDRAWN, data)
            return outcome
        if reconsidering.last_event(self._connection, case_id, EventKind.RESCORED) == data:
            return None
        if outcome is Outcome.UNCERTAIN:
            reconsidering.mark_uncertain(self._connection, case_id)
        self._write(case, EventKind.RESCORED, data)
        return outcome

    def _another_holds(self, case_id: int, hit_id: int) -> bool:
        """Whether another post of the case is worth a case by itself."""
        found = reconsidering.verdicts_in(self._connection, case_id, MOST_POSTS)
        others = {each: verdict for each, verdict in found.items() if each != hit_id}
        heard = corrections.heard_of(self._connection, others)
        return any(
            worth_a_case(as_people_say(verdict, heard[each].right) if each in heard else verdict)
            for each, verdict in others.items()
        )

    def _write(self, case: ShownCase, kind: EventKind, data: Mapping[str, Any]) -> None:
        timeline.add(self._connection, [CaseEvent(case.view.id, self._now, kind, data=data)])


def as_people_say(verdict: Verdict, right: Right) -> Verdict:
    """Return the verdict as people in the end say that it is.

    Who says that a post is no complaint means its negative tone and its risks as well, but for
    those in which somebody may come to harm; who says that it is one does not mean an advert.
    """
    changed = replace(
        verdict,
        label=verdict.label if right.label is None else Label(right.label),
        confidence=verdict.confidence if right.label is None else 1.0,
        topic=verdict.topic if right.topic is None else type(verdict.topic)(right.topic),
        risk=verdict.risk if right.risk is None else Risk(right.risk),
        genre=verdict.genre if right.genre is None else Genre(right.genre),
    )
    if right.complaint is None:
        return changed
    if right.complaint:
        genre = Genre.PERSONAL if right.genre is None else changed.genre
        return replace(changed, complaint=1.0, doubts=(), genre=genre)
    calm = Label.NEUTRAL if changed.label is Label.NEGATIVE else changed.label
    risk = changed.risk if changed.risk in URGENT_RISKS else Risk.NONE
    return replace(changed, complaint=0.0, doubts=(), label=calm, risk=risk)


def _still_open(held: Held | None) -> TypeGuard[Held]:
    return held is not None and held.view.is_open


def _outcome(held: Held, case: ShownCase) -> Outcome:
    if _may_harm(case):
        return Outcome.UNCERTAIN
    view = held.view
    taken = view.state is CaseState.ACKED or held.assigned_to or view.answered_at is not None
    return Outcome.LEFT_TO_PERSON if taken else Outcome.WITHDRAWN


def _may_harm(case: ShownCase) -> bool:
    risks = {case.view.risk}
    for cause in causes.from_json(case.causes):
        if cause.code is CauseCode.RISK:
            risks.add(str(cause.params.get("risk", "")))
    return not risks.isdisjoint(URGENT_RISKS)


def _told(change: Change, outcome: Outcome) -> dict[str, Any]:
    """Return a change as an event keeps it: figures for programs, sentences for people."""
    return {
        "outcome": outcome.value,
        "was": _figures(change.was) if change.was else None,
        "now": _figures(change.now),
        "why": change.reason.value,
        "by": change.who,
        "model_version": change.now.model_version,
        "words": {locale: words(change, outcome, locale) for locale in LOCALES},
    }


def _figures(verdict: Verdict) -> dict[str, Any]:
    return {
        "complaint": verdict.complaint,
        "label": verdict.label.name.lower(),
        "risk": verdict.risk.value,
        "genre": verdict.genre.value,
    }
