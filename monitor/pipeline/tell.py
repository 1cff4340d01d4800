"""Step 6b: decide which receivers are told of which cases now, and write their alerts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from alerts import flow_wording, storm
from alerts.case import CaseView
from alerts.flow import Because, Held, Notice, Reason, Told, decide, told_after
from alerts.inhibition import held_by
from alerts.message import Mention, Message, to_json
from alerts.routing import Receiver, audience
from alerts.storm import Pending, Rollup
from alerts.suppression import Situation, suppress
from monitor.live_config import Flow, LiveConfig, Rules
from monitor.metrics import Metrics
from monitor.pipeline.compose import LOCALES, Wording, word
from monitor.pipeline.occasion import Telling, case_alerts
from monitor.storage import outbox, reconsidering, silences, tellings, timeline
from monitor.storage.database import Connection, Database
from monitor.storage.outbox import NewAlert
from monitor.storage.timeline import CaseEvent, EventKind

log = structlog.get_logger(__name__)

LIMIT: Final = 10_000
"""Cases looked at in one step: a storm must be seen as a whole to be rolled up as one."""

TRIES: Final = 3
PUT_OFF: Final = timedelta(minutes=10)

ON_RECORD: Final = frozenset(
    {
        Because.SUPPRESSED_BY_SILENCE,
        Because.SUPPRESSED_BY_QUIET_HOURS,
        Because.SUPPRESSED_BY_INHIBITION,
        Because.SUPPRESSED_BY_STORM,
    }
)
"""What somebody decided or set up; that nothing is new needs no entry in a case's history."""


ROLL_UP: Final = "rollup"


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must act on a case, by when, and that in a sentence of Chinese and of English."""

    mentions: tuple[Mention, ...] = ()
    act_by: datetime | None = None
    sentence: tuple[str, str] | None = None


class Duties(Protocol):
    """Knows who must act: the ladder, and who is on call for a receiver."""

    def of(
        self, connection: Connection, case_ids: Collection[int], now: datetime
    ) -> Mapping[int, Duty]:
        """Return the duty of each case whose ladder runs."""

    def on_call(self, receiver: Receiver, now: datetime) -> tuple[Mention, ...]:
        """Return whom a receiver has on call."""


class Teller:
    """Takes cases that want to be looked at and writes what is to be told of them."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        duties: Duties,
        metrics: Metrics,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._live = live
        self._duties = duties
        self._metrics = metrics
        self._now = now
        self._flow: Flow | None = None
        self._limit = LIMIT
        self._trying: tuple[int, ...] = ()
        self._alone = 0

    def step(self) -> int:
        """Look at the cases that are due; return how many there were, 0 if another one looks.

        A case that breaks the step must not keep the others waiting for ever: after a step that
        broke, the next takes half as many, down to one; one that breaks alone TRIES times is put
        off.
        """
        rules, now = self._live.current(), self._now()
        self._take_up(rules.flow, now)
        with self._database.read() as connection:
            if not tellings.any_due(connection, now):
                return 0
        if self._trying:
            self._limit = max(1, len(self._trying) // 2)
            self._alone += len(self._trying) == 1
        with self._database.write() as connection:
            if not tellings.take_turn(connection):
                return 0
            cases = tellings.due(connection, now, self._limit)
            if self._alone >= TRIES and self._trying == tuple(case.id for case in cases):
                return self._put_off(connection, cases[0], now)
            self._trying = tuple(case.id for case in cases)
            alerts = _Round(connection, rules, self._duties, cases, now).run() if cases else []
        self._trying, self._alone = (), 0
        self._limit = min(LIMIT, self._limit * 2)
        self._count(alerts)
        return len(cases)

    def _take_up(self, flow: Flow, now: datetime) -> None:
        """Look at every open case when routes, hours or times are other ones than before."""
        if self._flow is flow:
            return
        with self._database.write() as connection:
            tellings.look_at_all(connection, now)
        self._flow = flow

    def _put_off(self, connection: Connection, case: CaseView, now: datetime) -> int:
        """Leave a case that cannot be told for later; the log and the error count say so."""
        self._trying, self._alone = (), 0
        tellings.next_looks(connection, {case.id: now + PUT_OFF})
        log.error("case_put_off", case=case.id, until=(now + PUT_OFF).isoformat())
        return 1

    def _count(self, alerts: Sequence[NewAlert]) -> None:
        for alert in alerts:
            name = alert.severity.name.lower()
            self._metrics.alerts.labels(alert.brand, name, alert.reason).inc()


class _Round:
    """One look at the cases that are due, inside one transaction."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        duties: Duties,
        cases: Sequence[CaseView],
        now: datetime,
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._duties = duties
        self._cases = {case.id: case for case in cases}
        self._now = now
        self._stamp = f"{now.timestamp():.6f}"
        self._known = tellings.known(connection, self._cases)
        self._heard: dict[int, dict[str, Told | None]] = {}
        for (case_id, name), known in self._known.items():
            self._heard.setdefault(case_id, {})[name] = known.told
        self._situation = self._look_around()
        self._held: list[tuple[CaseView, str, Held]] = []
        self._told: list[tuple[int, str, Told]] = []

    def run(self) -> list[NewAlert]:
        """Decide, write, and return the alerts."""
        pending = [each for case in self._cases.values() for each in self._notices(case)]
        plan = self._within_budget(pending)
        alerts = self._single(plan.single)
        for rollup in plan.rollups:
            alerts.append(self._rolled_up(rollup))
        self._held += [(each.case, each.receiver, held) for each, held in plan.held]
        self._remember()
        return alerts

    def _look_around(self) -> Situation:
        flow = self._rules.flow
        brands = {case.brand for case in self._cases.values()}
        return Situation(
            silences=silences.in_force(self._connection, self._now),
            crises=tellings.crises(self._connection, brands, flow.inhibition.spread),
            inhibition=flow.inhibition,
            calendars=flow.routing.calendars,
        )

    def _notices(self, case: CaseView) -> Iterator[Pending]:
        """Yield what each receiver is to be told of a case; note down why others are not."""
        mine = self._heard.get(case.id, {})
        heard = [name for name, told in mine.items() if told]
        for receiver in audience(case, self._rules.flow.routing, heard, self._now):
            told = mine.get(receiver.name)
            outcome: Notice | Held | None = decide(case, told, self._rules.flow.timers, self._now)
            if isinstance(outcome, Notice):
                held = suppress(case, outcome, receiver, self._situation, self._now)
                if held is None:
                    yield Pending(case, receiver.name, outcome)
                    continue
                outcome = held
            if outcome:
                self._held.append((case, receiver.name, outcome))

    def _within_budget(self, pending: Sequence[Pending]) -> storm.Plan:
        budget = self._rules.flow.budget
        since = self._now - timedelta(seconds=budget.window_s)
        # The pause between two roll-ups may be longer than the window.
        paused = self._now - timedelta(seconds=budget.rollup_every_s)
        lately = tellings.lately(self._connection, since, paused)
        return storm.plan(pending, lately.spent, lately.rolled_up_at, budget, self._now)

    def _single(self, pending: Sequence[Pending]) -> list[NewAlert]:
        """Write one alert for each case, reason and language, with all its channels."""
        duties = self._duties.of(self._connection, {each.case.id for each in pending}, self._now)
        groups: dict[tuple[int, Reason, str], list[Pending]] = {}
        for each in pending:
            locale = self._receiver(each).locale
            groups.setdefault((each.case.id, each.notice.reason, locale), []).append(each)
        wanted = [
            (case_id, self._telling(key, group, duties.get(case_id, Duty())))
            for (case_id, *_), group in groups.items()
            for key in [f"case:{case_id}:{group[0].notice.reason}:{self._stamp}"]
        ]
        alerts = case_alerts(self._connection, self._rules, wanted, self._now)
        for alert, group in zip(alerts, groups.values(), strict=True):
            receivers = [self._receiver(each) for each in group]
            channels = dict.fromkeys(name for each in receivers for name in each.channels)
            outbox.add_alerts(self._connection, [alert], tuple(channels))
            self._told += [self._after(each, each.notice) for each in group]
        return alerts

    def _telling(self, key: str, group: Sequence[Pending], duty: Duty) -> Telling:
        first, case = group[0], group[0].case
        receivers = [self._receiver(each) for each in group]
        on_call = [m for each in receivers for m in self._duties.on_call(each, self._now)]
        mentions = {mention.name: mention for mention in (*duty.mentions, *on_call)}
        ended = not case.is_open
        news = self._news(first)
        if duty.sentence and not ended:
            news = (*news, duty.sentence)
        return Telling(
            key=f"{key}:{receivers[0].locale}",
            reason=first.notice.reason.value,
            news=news,
            mentions=() if ended else tuple(mentions.values()),
            act_by=None if ended else duty.act_by,
            ended=ended,
            locale=receivers[0].locale,
        )

    def _news(self, pending: Pending) -> tuple[tuple[str, str], ...]:
        case = pending.case
        told = self._told_before(pending)
        chinese, english = (
            flow_wording.news(case, pending.notice, told, locale) for locale in LOCALES
        )
        sentences = list(zip(chinese, english, strict=True))
        if pending.notice.reason is Reason.FIRST:
            sentences = []
        if pending.notice.reason is Reason.WITHDRAWN:
            sentences += reconsidering.why_withdrawn(self._connection, case.id)
        if any(case.id == crisis.id for crisis in self._situation.crises):
            mates = tellings.open_of_brand(self._connection, case.brand, case.opened_at)
            count = held_by(case, mates, self._situation.inhibition)
            if count:
                chinese_, english_ = (
                    flow_wording.crisis_holds(count, locale) for locale in LOCALES
                )
                sentences.append((chinese_, english_))
        return tuple(sentences)

    def _rolled_up(self, rollup: Rollup) -> NewAlert:
        receiver = self._rules.flow.routing.receivers[rollup.receiver]
        wordings = {locale: _summary(rollup, locale) for locale in LOCALES}
        said = wordings[receiver.locale]
        brands = {each.case.brand for each in rollup.pending}
        brand = brands.pop() if len(brands) == 1 else ""
        alert = NewAlert(
            kind=ROLL_UP,
            key=f"rollup:{rollup.receiver}:{self._stamp}"[:120],
            reason=Reason.ROLLED_UP.value,
            severity=rollup.severity,
            brand=brand,
            title=said.title,
            message=to_json(_rollup_message(rollup, said, receiver.locale, brand, self._now)),
            wordings={locale: each.to_json() for locale, each in wordings.items()},
            created_at=self._now,
        )
        outbox.add_alerts(self._connection, [alert], receiver.channels)
        case_ids = [each.case.id for each in rollup.pending]
        tellings.add_rolled_up(self._connection, alert.key, case_ids)
        rolled = Notice(Reason.ROLLED_UP)
        self._told += [self._after(each, rolled) for each in rollup.pending]
        return alert

    def _after(self, pending: Pending, notice: Notice) -> tuple[int, str, Told]:
        told = told_after(pending.case, notice, self._told_before(pending), self._now)
        return pending.case.id, pending.receiver, told

    def _told_before(self, pending: Pending) -> Told | None:
        return self._heard.get(pending.case.id, {}).get(pending.receiver)

    def _receiver(self, pending: Pending) -> Receiver:
        return self._rules.flow.routing.receivers[pending.receiver]

    def _remember(self) -> None:
        """Write who knows what, why others do not, and when each case is looked at next."""
        connection, now = self._connection, self._now
        tellings.save_told(connection, self._told)
        fresh = [each for each in self._held if self._is_new(*each)]
        tellings.save_held(
            connection, [(case.id, name, held.because.value) for case, name, held in fresh], now
        )
        timeline.add(connection, [*self._told_events(), *(_held_event(*e, now) for e in fresh)])
        tellings.next_looks(connection, self._next_looks())

    def _is_new(self, case: CaseView, receiver: str, held: Held) -> bool:
        known = self._known.get((case.id, receiver))
        before = known.held if known else ""
        return held.because in ON_RECORD and held.because.value != before

    def _told_events(self) -> list[CaseEvent]:
        return [
            CaseEvent(
                case_id,
                self._now,
                EventKind.TOLD,
                data={"receiver": receiver, "reason": told.reason.value},
            )
            for case_id, receiver, told in self._told
        ]

    def _next_looks(self) -> dict[int, datetime | None]:
        """Look again when something held is due; at what was told as soon as the flow says."""
        looks: dict[int, datetime | None] = dict.fromkeys(self._cases)
        times = [(case.id, held.until) for case, _, held in self._held]
        for case_id, _, told in self._told:
            after = decide(self._cases[case_id], told, self._rules.flow.timers, self._now)
            times.append((case_id, self._now if isinstance(after, Notice) else after.until))
        for case_id, until in times:
            known = looks[case_id]
            if until is not None and (known is None or until < known):
                looks[case_id] = until
        return looks


def _held_event(case: CaseView, receiver: str, held: Held, now: datetime) -> CaseEvent:
    data = {
        "receiver": receiver,
        "because": held.because.value,
        "until": held.until.isoformat() if held.until else None,
        "by": held.by,
    }
    return CaseEvent(case.id, now, EventKind.HELD, data=data)


def _summary(rollup: Rollup, locale: str) -> Wording:
    chinese = locale.startswith("zh")

    def topic_name(topic: str) -> str:
        return word(topic, chinese=chinese)

    lines = flow_wording.rollup_lines(rollup, locale, topic_name)
    return Wording(flow_wording.rollup_title(rollup, locale), (), "", lines)


def _rollup_message(
    rollup: Rollup, said: Wording, locale: str, brand: str, now: datetime
) -> Message:
    return Message(
        dedupe_key="",
        kind=ROLL_UP,
        severity=rollup.severity,
        title=said.title,
        brand=brand,
        reasons=(),
        verdict="",
        created_at=now,
        due_at=None,
        late=False,
        post=None,
        reply=None,
        console_url="",
        locale=locale,
        reason=Reason.ROLLED_UP.value,
        news=said.news,
    )
