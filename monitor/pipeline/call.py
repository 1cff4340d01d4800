"""Turns the ladder's pages into alerts: one for each case, or one for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from alerts.case import CaseView
from alerts.flow import Reason
from alerts.ladder import Page, Why
from alerts.ladder_wording import NAMED, and_more, many, page_news
from alerts.message import Mention, Message, to_json
from alerts.routing import Receiver, receivers_for
from alerts.rungs import Staff
from alerts.wording import severity_name, wording
from monitor.live_config import Rules
from monitor.pipeline.compose import LOCALES, Wording, word
from monitor.pipeline.occasion import Telling, case_alerts
from monitor.pipeline.on_duty import mention_of
from monitor.pipeline.tell import ROLL_UP
from monitor.storage import outbox, tellings
from monitor.storage.database import Connection
from monitor.storage.outbox import NewAlert

REASONS: Final = {
    Why.TRIGGERED: Reason.ESCALATED,
    Why.UNANSWERED: Reason.ESCALATED,
    Why.NOBODY_ON_CALL: Reason.ESCALATED,
    Why.MISSED: Reason.MISSED,
    Why.ALL_MISSED: Reason.MISSED,
    Why.ACK_EXPIRED: Reason.ACK_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Call:
    """A page about a case; `rung_id` is the row it belongs to, 0 where there is none."""

    case: CaseView
    page: Page
    rung_id: int

    @property
    def key(self) -> str:
        """What makes the page go out once."""
        about = self.rung_id or f"ack:{self.case.id}"
        return f"ladder:{about}:{self.page.number}"

    @property
    def level_name(self) -> str:
        """The level that is called, empty for the case's own receivers."""
        return self.page.level.name if self.page.level else ""


@dataclass(frozen=True, slots=True)
class Callers:
    """What calls are made with: the rules in force and who is on duty now.

    A level that is called about more than `most_single` cases at once gets one message.
    """

    rules: Rules
    staff: Staff
    most_single: int
    now: datetime

    def write(self, connection: Connection, calls: Iterable[Call]) -> list[NewAlert]:
        """Write the alerts with their deliveries into the caller's transaction."""
        groups: dict[tuple[str, tuple[str, ...]], list[Call]] = {}
        for call in calls:
            names = tuple(receiver.name for receiver in self._receivers(call))
            groups.setdefault((call.level_name, names), []).append(call)
        alerts: list[NewAlert] = []
        single: list[Call] = []
        for group in groups.values():
            if len(group) > self.most_single:
                alerts += self._rolled_up(connection, group)
            else:
                single += group
        return alerts + self._single(connection, single)

    def _receivers(self, call: Call) -> tuple[Receiver, ...]:
        """Return the level's own receiver, or those to whom the case goes."""
        routing = self.rules.flow.routing
        name = call.page.level.receiver if call.page.level else ""
        own = routing.receivers.get(name)
        return (own,) if own else receivers_for(call.case, routing, self.now)

    def _single(self, connection: Connection, calls: Sequence[Call]) -> list[NewAlert]:
        wanted: list[tuple[int, Telling]] = []
        channels: dict[str, tuple[str, ...]] = {}
        for call in calls:
            for locale, receivers in _by_locale(self._receivers(call)):
                key = f"{call.key}:{locale}"
                channels[key] = _channels(receivers)
                telling = Telling(
                    key=key,
                    reason=REASONS[call.page.why].value,
                    news=(page_news(call.page),),
                    mentions=self._mentions([call], receivers),
                    act_by=call.page.act_by,
                    locale=locale,
                )
                wanted.append((call.case.id, telling))
        alerts = case_alerts(connection, self.rules, wanted, self.now)
        together: dict[tuple[str, ...], list[NewAlert]] = {}
        for alert in alerts:
            together.setdefault(channels[alert.key], []).append(alert)
        for names, group in together.items():
            outbox.add_alerts(connection, group, names)
        return alerts

    def _mentions(
        self, calls: Iterable[Call], receivers: Iterable[Receiver]
    ) -> tuple[Mention, ...]:
        """Name who was called; where a level has no names, who is on call for the receivers."""
        people = dict.fromkeys(name for call in calls for name in call.page.people)
        if not people:
            on_call = (self.staff.on_call.get(receiver.rota) for receiver in receivers)
            people = dict.fromkeys(name for name in on_call if name)
        return tuple(mention_of(self.rules.roster, name) for name in people)

    def _rolled_up(self, connection: Connection, calls: Sequence[Call]) -> list[NewAlert]:
        """Write one message that lists the cases, for each language of the receivers."""
        brands = {call.case.brand for call in calls}
        brand = brands.pop() if len(brands) == 1 else ""
        wordings = {locale: _summary(calls, locale) for locale in LOCALES}
        alerts = []
        for locale, receivers in _by_locale(self._receivers(calls[0])):
            message = replace(
                _message(calls, wordings[locale], locale, self.now),
                brand=brand,
                mentions=self._mentions(calls, receivers),
            )
            alert = NewAlert(
                kind=ROLL_UP,
                key=f"{calls[0].key}:many:{locale}",
                reason=message.reason,
                severity=message.severity,
                brand=brand,
                title=message.title,
                message=to_json(message),
                wordings={each: said.to_json() for each, said in wordings.items()},
                created_at=self.now,
            )
            outbox.add_alerts(connection, [alert], _channels(receivers))
            tellings.add_rolled_up(connection, alert.key, [call.case.id for call in calls])
            alerts.append(alert)
        return alerts


def _by_locale(receivers: Iterable[Receiver]) -> Iterator[tuple[str, list[Receiver]]]:
    groups: dict[str, list[Receiver]] = {}
    for receiver in receivers:
        groups.setdefault(receiver.locale, []).append(receiver)
    yield from groups.items()


def _channels(receivers: Iterable[Receiver]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in receivers for name in each.channels))


def _summary(calls: Sequence[Call], locale: str) -> Wording:
    language = LOCALES.index(locale)
    ranked = sorted(calls, key=lambda call: (-call.case.severity, call.case.published_at))
    lines = [_line(call.case, locale) for call in ranked[:NAMED]]
    if len(ranked) > NAMED:
        lines.append(and_more(len(ranked) - NAMED)[language])
    title = many(calls[0].page.level, len(calls))[language]
    return Wording(title, (), "", tuple(lines))


def _line(case: CaseView, locale: str) -> str:
    topic = word(case.topic, chinese=locale.startswith("zh"))
    parts = (f"#{case.id} {case.brand}", topic, severity_name(wording(locale), case.severity))
    return " · ".join(parts)


def _message(calls: Sequence[Call], said: Wording, locale: str, now: datetime) -> Message:
    deadlines = [call.page.act_by for call in calls if call.page.act_by]
    return Message(
        dedupe_key="",
        kind=ROLL_UP,
        severity=max(call.case.severity for call in calls),
        title=said.title,
        brand="",
        reasons=(),
        verdict="",
        created_at=now,
        due_at=None,
        late=False,
        post=None,
        reply=None,
        console_url="",
        locale=locale,
        reason=REASONS[calls[0].page.why].value,
        news=said.news,
        act_by=min(deadlines, default=None),
    )
