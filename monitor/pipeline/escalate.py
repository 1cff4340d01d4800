"""Step 6c: the ladder. Starts it for each case, and calls whom the time has come for.

What a step decides (`alerts.ladder`) and the messages that follow from it are written in one
transaction, under a lock on the case: however often processes die, each call is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from alerts import ladder
from alerts.ladder import Alarm, Step, Why
from alerts.ladder_wording import all_missed, nobody_on_call
from alerts.rungs import Rung
from alerts.severity import Severity
from monitor.live_config import LiveConfig, Rules
from monitor.metrics import Metrics
from monitor.pipeline.announce import Announcement, announce
from monitor.pipeline.call import Call, Callers
from monitor.pipeline.notify import Routes
from monitor.pipeline.on_duty import staff_of
from monitor.storage import escalations, outbox, timeline
from monitor.storage.database import Connection, Database
from monitor.storage.escalations import Claimed
from monitor.storage.outbox import NewAlert
from monitor.storage.timeline import CaseEvent, EventKind

BATCH: Final = 200
"""Cases that one transaction holds."""
MOST_SINGLE: Final = 10
"""A level that is called about more cases at once gets one message that lists them."""
NOBODY_TOLD_EVERY: Final = timedelta(hours=1)


class Escalator:
    """Brings every ladder to the present; several processes may do so at once."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        routes: Routes,
        metrics: Metrics,
        *,
        now: Callable[[], datetime],
        batch: int = BATCH,
        most_single: int = MOST_SINGLE,
    ) -> None:
        self._database = database
        self._live = live
        self._routes = routes
        self._metrics = metrics
        self._now = now
        self._batch = batch
        self._most_single = most_single

    def step(self) -> int:
        """Start the ladders that are wanted, make the calls that are due; return how many cases."""
        now = self._now()
        with self._database.read() as connection:
            if not escalations.any_work(connection, now):
                return 0
        with self._database.write() as connection:
            started = self.arm(connection, now)
        with self._database.write() as connection:
            claimed = escalations.claim(connection, now, self._batch)
            self._bring_up(connection, claimed, now)
        return started + len(claimed)

    def arm(
        self, connection: Connection, now: datetime, case_ids: Collection[int] | None = None
    ) -> int:
        """Start the ladders of cases that became graver, in the caller's transaction.

        What is due at once is called at once. Only those of `case_ids` where given; return how
        many there were.
        """
        limit = self._batch if case_ids is None else len(case_ids)
        unarmed = escalations.unarmed(connection, limit, case_ids)
        if not unarmed:
            return 0
        rules = self._live.current()
        steps = rules.config.escalation.ladder()
        staff = staff_of(connection, rules.roster, now)
        rungs = [
            ladder.arm(each.case, steps.policy(each.case.severity), staff, now, again=each.again)
            for each in unarmed
        ]
        escalations.arm(connection, rungs)
        due = [rung.case_id for rung in rungs if rung.due_at and rung.due_at <= now]
        self._bring_up(connection, escalations.held(connection, due), now)
        return len(unarmed)

    def _bring_up(self, connection: Connection, claimed: Sequence[Claimed], now: datetime) -> None:
        """Bring the ladders of cases that the caller has locked to the present."""
        if not claimed:
            return
        rules = self._live.current()
        staff = staff_of(connection, rules.roster, now)
        steps = [(each, ladder.step(each.case, each.rungs, staff, now)) for each in claimed]
        ids = _save(connection, steps, now)
        calls = [
            Call(each.view, page, ids[each.case.id, *page.rung] if page.rung else 0)
            for each, step in steps
            for page in step.pages
        ]
        callers = Callers(rules, staff, self._most_single, now)
        alerts = callers.write(connection, calls)
        self._raise(connection, rules, steps, ids, now)
        self._count(steps, alerts)

    def _raise(
        self,
        connection: Connection,
        rules: Rules,
        steps: Iterable[tuple[Claimed, Step]],
        ids: Mapping[tuple[int, str, str], int],
        now: datetime,
    ) -> None:
        """Tell the whole team of levels that have nobody, or that did not act."""
        grouped: dict[tuple[Why, str], list[tuple[int, Alarm]]] = {}
        for each, step in steps:
            for alarm in step.alarms:
                grouped.setdefault((alarm.why, alarm.level.name), []).append((each.case.id, alarm))
        for (why, _), found in grouped.items():
            case_ids = list(dict.fromkeys(case_id for case_id, _ in found))
            case_id, first = found[0]
            if why is Why.NOBODY_ON_CALL:
                announcement = _nobody(first, case_ids, now)
                if outbox.is_told(connection, announcement.reason, now - NOBODY_TOLD_EVERY):
                    continue
            else:
                announcement = _unheeded(first, case_ids, ids[case_id, *first.rung])
            announce(connection, announcement, self._routes.every, rules.config.locale, now)

    def _count(self, steps: Iterable[tuple[Claimed, Step]], alerts: Iterable[NewAlert]) -> None:
        for _, step in steps:
            for record in step.records:
                self._metrics.ladder.labels(record.deed.value).inc()
        for alert in alerts:
            name = alert.severity.name.lower()
            self._metrics.alerts.labels(alert.brand, name, alert.reason).inc()


def _save(
    connection: Connection, steps: Sequence[tuple[Claimed, Step]], now: datetime
) -> dict[tuple[int, str, str], int]:
    """Write what became of calls and cases; return the ids of all calls."""
    known = [rung for each, _ in steps for rung in each.rungs]
    added = [rung for _, step in steps for rung in step.added]
    escalations.save(connection, [rung for _, step in steps for rung in step.changed])
    ids = {_name(rung): rung.id for rung in known}
    ids |= zip(map(_name, added), escalations.add(connection, added), strict=True)
    acks = {each.case.id: step.state for each, step in steps if step.ack_over}
    escalations.end_acks(connection, acks)
    events = [
        CaseEvent(
            each.case.id,
            now,
            EventKind(record.deed.value),
            record.who,
            {**record.data, "call": ids[each.case.id, *record.rung] if record.rung else None},
        )
        for each, step in steps
        for record in step.records
    ]
    timeline.add(connection, events)
    return ids


def _name(rung: Rung) -> tuple[int, str, str]:
    return rung.case_id, *rung.key


def _nobody(alarm: Alarm, case_ids: Sequence[int], now: datetime) -> Announcement:
    title, text = nobody_on_call(alarm.level, case_ids)
    name = alarm.level.name
    return Announcement(
        key=f"ladder:nobody:{name}:{now:%Y%m%d%H}",
        reason=f"nobody:{name}"[:32],
        severity=Severity.URGENT,
        title=title,
        text=text,
    )


def _unheeded(alarm: Alarm, case_ids: Sequence[int], rung_id: int) -> Announcement:
    title, text = all_missed(alarm.level, case_ids)
    return Announcement(
        key=f"ladder:{Why.ALL_MISSED}:{rung_id}",
        reason=Why.ALL_MISSED.value,
        severity=Severity.URGENT,
        title=title,
        text=text,
    )
