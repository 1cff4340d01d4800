"""What people do about cases: each deed is checked, done, and kept on the record, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from alerts import causes
from alerts.case import CaseState, CaseView
from alerts.fold import fold_key, story_letters
from alerts.severity import Rating, Severity, rate
from alerts.similar import bands
from monitor.auth import Role
from monitor.live_config import LiveConfig
from monitor.storage import cases, casework, corrections, escalations, sketches, timeline
from monitor.storage.cases import NewCase
from monitor.storage.casework import End, Held
from monitor.storage.corrections import Right, Speaker
from monitor.storage.database import Connection, Database
from monitor.storage.people import record
from monitor.storage.posts import StoredHit
from monitor.storage.sketches import Sketch
from monitor.storage.timeline import CaseEvent, EventKind
from sentiment.verdict import Verdict

NOTE_LIMIT: Final = 2000


class DeskError(Exception):
    """A deed cannot be done; `status` is what HTTP calls that (404, 409 or 422)."""

    def __init__(self, problem: str, status: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.status = status


class FalseAlarm(StrEnum):
    """Why an alert should not have been."""

    NOT_ABOUT_US = "not_about_us"
    NOT_A_COMPLAINT = "not_a_complaint"
    JOKE = "joke"
    ADVERT = "advert"
    RESOLVED = "resolved"
    DUPLICATE = "duplicate"
    OTHER = "other"


TEACHES: Final = frozenset(
    {FalseAlarm.NOT_ABOUT_US, FalseAlarm.NOT_A_COMPLAINT, FalseAlarm.JOKE, FalseAlarm.ADVERT}
)
"""False alarms that say that the judge was wrong; the others were complaints all the same."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who does it, and as what."""

    name: str
    role: Role


class Desk:
    """The deeds. Each takes the case's lock, writes its event and the audit record, and commits.

    `ack_life` says how long an acknowledgement of a case of that severity lasts.
    """

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        ack_life: Callable[[Severity], timedelta],
        *,
        now: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._live = live
        self._ack_life = ack_life
        self._now = now
        self._wake = wake

    def ack(self, case_id: int, who: Person) -> CaseView:
        """Take a case into one's hands for a while; again prolongs it."""
        with self._open(case_id) as (connection, case, now):
            expires_at = now + self._ack_life(case.view.severity)
            casework.ack(connection, case_id, who.name, now, expires_at)
            until = {"until": expires_at.isoformat()}
            self._write(connection, case_id, EventKind.ACKED, who, until)
        return self._done(
            replace(case.view, state=CaseState.ACKED, acked_by=who.name, ack_expires_at=expires_at)
        )

    def assign(self, case_id: int, who: Person, to: str) -> CaseView:
        """Say who handles a case: a name, or empty for nobody."""
        name = _one_line(to, "to")
        with self._open(case_id) as (connection, case, _):
            casework.assign(connection, case_id, name)
            data = {"before": case.assigned_to, "after": name}
            self._write(connection, case_id, EventKind.ASSIGNED, who, data)
        return self._done(case.view)

    def answer(self, case_id: int, who: Person, url: str = "") -> CaseView:
        """Say that a person has answered the customer: this stops the ladder."""
        if url and not url.startswith(("https://", "http://")):
            raise DeskError("url must be the address of the answer: http://… or https://…", 422)
        with self._open(case_id) as (connection, case, now):
            casework.answer(connection, case_id, who.name, url, now)
            self._write(connection, case_id, EventKind.ANSWERED, who, {"url": url})
        return self._done(replace(case.view, answered_at=case.view.answered_at or now))

    def resolve(self, case_id: int, who: Person, note: str = "") -> CaseView:
        """End a case because it is solved."""
        return self._end(
            case_id, who, CaseState.RESOLVED, EventKind.RESOLVED, {"note": _note(note)}
        )

    def false_alarm(
        self, case_id: int, who: Person, reason: FalseAlarm, note: str = ""
    ) -> CaseView:
        """End a case that should not have been; the judge learns from it where it was wrong."""
        with self._open(case_id) as (connection, case, now):
            if reason in TEACHES and case.hit_id is not None:
                target = corrections.newest_verdict(connection, case.hit_id)
                right = Right(complaint=False)
                speaker = Speaker(who.name, who.role, now)
                corrections.correct(connection, target, speaker, right, reason.value)
            end = End(CaseState.FALSE_ALARM, who.name, reason.value)
            casework.close(connection, case_id, end, now)
            data = {"reason": reason.value, "note": _note(note)}
            self._write(connection, case_id, EventKind.FALSE_ALARM, who, data)
        return self._done(replace(case.view, state=CaseState.FALSE_ALARM))

    def merge(self, case_id: int, who: Person, into: int) -> CaseView:
        """Fold a case into another one about the same brand; the other goes on."""
        if case_id == into:
            raise DeskError("a case cannot be merged into itself", 422)
        with self._database.write() as connection:
            now = self._now()
            source, target = _take_open(connection, case_id, into)
            if source.view.brand != target.view.brand:
                raise DeskError("the cases are about different brands; link them instead", 409)
            casework.merge(connection, source, target, who.name, now)
            self._inherit(connection, source, target, now)
            self._write(connection, case_id, EventKind.MERGED, who, {"into": into})
            self._write(connection, into, EventKind.MERGED, who, {"from": case_id})
        return self._done(target.view)

    def _inherit(self, connection: Connection, source: Held, target: Held, now: datetime) -> None:
        """Let the case that goes on have the graver severity of the two, and all causes."""
        before = causes.from_json(target.causes)
        rating = Rating(source.view.severity, causes.from_json(source.causes))
        merged = causes.merged(before, rating)
        severity = max(source.view.severity, target.view.severity)
        written = list(causes.to_json(merged.reasons))
        casework.raise_to(connection, target.view.id, severity, written, now)
        if severity > target.view.severity:
            data = {
                "before": target.view.severity.name.lower(),
                "after": severity.name.lower(),
                "causes": written,
            }
            event = CaseEvent(target.view.id, now, EventKind.SEVERITY, data=data)
            timeline.add(connection, [event])

    def split(self, case_id: int, who: Person, hit_ids: Sequence[int]) -> int:
        """Make some posts of a case a case of their own; return its id."""
        wanted = set(hit_ids)
        with self._open(case_id) as (connection, case, now):
            found = casework.hits_of(connection, case_id, wanted)
            if not wanted or len(found) != len(wanted):
                raise DeskError("hit_ids must name judged posts of this case", 422)
            if case.view.posts <= len(found):
                raise DeskError("a case must keep at least one of its posts", 422)
            new = self._split_off(case, found, now)
            if casework.tells(connection, new.brand, new.fold_key):
                new = replace(new, fold_key=f"{new.fold_key[:64]}:{new.hit_id}")
            (into,) = cases.open_cases(connection, [new])
            sketches.add(connection, [Sketch(into, new.brand, now, bands(new.text))])
            casework.split(connection, case, wanted, into, now)
            self._write(connection, case_id, EventKind.SPLIT, who, {"into": into})
            opened = {"from": case_id, "severity": new.severity.name.lower()}
            self._write(connection, into, EventKind.OPENED, who, opened)
        self._wake()
        return into

    def _split_off(
        self, case: Held, found: Sequence[tuple[StoredHit, Verdict]], now: datetime
    ) -> NewCase:
        """Return the case that the posts make, graded by its first post."""
        rules = self._live.current()
        stored, verdict = found[0]
        post = stored.post
        rating = rate(
            post,
            stored.hit,
            verdict,
            earlier_complaints=0,
            spread=len(found),
            thresholds=rules.thresholds,
        )
        published_at = min(hit.post.published_at for hit, _ in found)
        promise = timedelta(seconds=rules.config.promise.alert_within_s)
        return NewCase(
            brand=case.view.brand,
            fold_key=fold_key(post, stored.hit),
            severity=rating.severity,
            topic=verdict.topic.value,
            risk=verdict.risk.value,
            author_key=cases.author_key(post.platform.value, post.author.id, post.id),
            spread_count=len(found),
            published_at=published_at,
            opened_at=now,
            due_at=published_at + promise,
            platform=post.platform.value,
            language=verdict.language,
            hit_id=stored.id,
            text=story_letters(post, stored.hit),
            causes=tuple(causes.to_json(rating.reasons)),
            posts=len(found),
            first_seen_at=min(hit.first_seen_at for hit, _ in found),
            last_post_at=max(hit.post.published_at for hit, _ in found),
            previous_case_id=case.view.id,
            tell_at=now,
        )

    def link(self, case_id: int, who: Person, other: int) -> None:
        """Say that two cases, open or not, belong together; again changes nothing."""
        self._relate(case_id, who, other, linked=True)

    def unlink(self, case_id: int, who: Person, other: int) -> None:
        """Take that back."""
        self._relate(case_id, who, other, linked=False)

    def _relate(self, case_id: int, who: Person, other: int, *, linked: bool) -> None:
        if case_id == other:
            raise DeskError("a case cannot be linked to itself", 422)
        with self._database.write() as connection:
            _take(connection, case_id, other)
            if linked:
                changed = casework.link(connection, case_id, other, who.name, self._now())
            else:
                changed = casework.unlink(connection, case_id, other)
            if changed:
                kind = EventKind.LINKED if linked else EventKind.UNLINKED
                self._write(connection, case_id, kind, who, {"other": other})
                self._write(connection, other, kind, who, {"other": case_id})

    def _end(
        self, case_id: int, who: Person, state: CaseState, kind: EventKind, data: Mapping[str, Any]
    ) -> CaseView:
        with self._open(case_id) as (connection, case, now):
            end = End(state, who.name, str(data.get("note", "")))
            casework.close(connection, case_id, end, now)
            self._write(connection, case_id, kind, who, data)
        return self._done(replace(case.view, state=state))

    @contextmanager
    def _open(self, case_id: int) -> Iterator[tuple[Connection, Held, datetime]]:
        """Give an open case under its lock, inside the transaction of the deed."""
        with self._database.write() as connection:
            (case,) = _take_open(connection, case_id)
            yield connection, case, self._now()

    def _write(
        self,
        connection: Connection,
        case_id: int,
        kind: EventKind,
        who: Person,
        data: Mapping[str, Any],
    ) -> None:
        now = self._now()
        timeline.add(connection, [CaseEvent(case_id, now, kind, who.name, data)])
        record(connection, now, who.name, f"case_{kind.value}", f"case {case_id}")
        # The ladder shows at once what a deed means to it.
        escalations.look_again(connection, [case_id], now)

    def _done(self, view: CaseView) -> CaseView:
        self._wake()
        return view


def _take(connection: Connection, *case_ids: int) -> list[Held]:
    held = casework.take(connection, *case_ids)
    for case_id in case_ids:
        if case_id not in held:
            raise DeskError(f"there is no case {case_id}", 404)
    return [held[case_id] for case_id in case_ids]


def _take_open(connection: Connection, *case_ids: int) -> list[Held]:
    taken = _take(connection, *case_ids)
    for case in taken:
        if not case.view.is_open:
            raise DeskError(f"case {case.view.id} is over ({case.view.state.value})", 409)
    return taken


def _one_line(text: str, name: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > 80:
        raise DeskError(f"{name} may have 80 characters", 422)
    return clean


def _note(text: str) -> str:
    if len(text) > NOTE_LIMIT:
        raise DeskError(f"a note may have {NOTE_LIMIT} characters", 422)
    return text.strip()
