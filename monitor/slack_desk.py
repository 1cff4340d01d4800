"""What people do in Slack: who pressed a button, whether they may, the deed, and the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Protocol

import structlog

from alerts.case import CaseView
from alerts.channels.channel import ChannelError
from alerts.channels.deeds import Click, Deed, is_link, labels, read_click
from alerts.channels.slack_signature import signed_by_slack
from alerts.rota import Roster
from monitor.auth import Permission, Role, allows
from monitor.desk import Desk, DeskError, FalseAlarm, Person
from monitor.slack_words import SlackWords, slack_words
from monitor.storage.people import AuditLog, UserStore

log = structlog.get_logger(__name__)

REMEMBERED: Final = timedelta(minutes=15)
"""A press is done once in this time: longer than the age at which a request is refused."""
GUEST: Final = Role.PR
"""The rights of one of our `people` who has no account of the console."""
NEEDED: Final = Permission.HANDLE_CASES
_ID: Final = re.compile(r"[A-Z0-9]{2,40}", re.ASCII)
_TS: Final = re.compile(r"[0-9]{1,20}\.[0-9]{1,10}", re.ASCII)


class PressError(ValueError):
    """A payload is none that we understand; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody used a button or a menu of a message; `click` is None for one that is not ours."""

    user: str
    room: str
    thread: str
    at: str
    click: Click | None
    link: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said about a press: to the one who pressed, or (`aloud`) in the thread."""

    press: Press
    text: str
    aloud: bool = False


class Voice(Protocol):
    """Speaks in Slack; raises a ChannelError where it cannot."""

    def whisper(self, room: str, user: str, text: str, thread: str = "") -> None:
        """Say something to one person in a room."""

    def say(self, room: str, text: str, thread: str) -> None:
        """Say something to all who follow a thread."""


def read_press(payload: object) -> Press:
    """Read the payload of an interaction; raises PressError for any but `block_actions`."""
    data = _mapping(payload, "payload")
    if data.get("type") != "block_actions":
        raise PressError("payload.type must be block_actions")
    actions = data.get("actions")
    if not isinstance(actions, list) or not actions:
        raise PressError("payload.actions must hold an action")
    action = _mapping(actions[0], "payload.actions[0]")
    container = _mapping(data.get("container"), "payload.container")
    message = data.get("message")
    root = message.get("thread_ts") if isinstance(message, dict) else None
    return Press(
        user=_matching(_ID, _mapping(data.get("user"), "payload.user").get("id"), "user.id"),
        room=_matching(_ID, container.get("channel_id"), "container.channel_id"),
        thread=_matching(_TS, root or container.get("message_ts"), "container.message_ts"),
        at=_matching(_TS, action.get("action_ts"), "actions[0].action_ts"),
        click=read_click(action),
        link=is_link(action),
    )


def _mapping(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PressError(f"{place} must be an object")
    return value


def _matching(pattern: re.Pattern[str], value: object, place: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise PressError(f"payload.{place} is missing or malformed")
    return value


@dataclass(frozen=True, slots=True)
class SlackDesk:
    """Does what people ask for by buttons in Slack.

    Two things let somebody in: Slack's signature on the request, and an entry of `people` whose
    `handles.slack` is the one who pressed. Who has an account of the same name in the console
    has its role, and a disabled account keeps them out; who has none has the rights of `GUEST`.
    """

    signing_secret: str = field(repr=False)
    desk: Desk
    roster: Callable[[], Roster]
    users: UserStore
    audit: AuditLog
    voice: Voice
    locale: str
    zone: tzinfo
    now: Callable[[], datetime]

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a request comes from Slack, and just now."""
        return signed_by_slack(self.signing_secret, headers, body, self.now())

    def take(self, press: Press) -> Answer | None:
        """Do what a press asks for; return what to say. The same press does nothing again."""
        if press.link:
            return None
        words = slack_words(self.locale)
        if press.click is None:
            return Answer(press, words.stale)
        who = self._admitted(press.user, words)
        if not isinstance(who, Person):
            return Answer(press, who)
        subject = f"{press.click.deed.value} case {press.click.case_id} at {press.at}"
        if not self.audit.write_once(who.name, "slack_press", subject, REMEMBERED):
            return None
        try:
            return Answer(press, self._do(press.click, who, words), aloud=True)
        except DeskError as error:
            return Answer(press, _problem(words, error, press.click.case_id))

    def answer(self, answer: Answer) -> None:
        """Bring an answer out; what cannot be said is logged, for the deed is done."""
        press = answer.press
        try:
            if answer.aloud:
                self.voice.say(press.room, answer.text, press.thread)
            else:
                self.voice.whisper(press.room, press.user, answer.text)
        except ChannelError as error:
            log.warning("slack_answer_failed", error=error.detail)

    def _admitted(self, user: str, words: SlackWords) -> Person | str:
        """Return who pressed, or why they are sent away."""
        name = self._name(user)
        if name is None:
            return words.unknown.format(user=user)
        account = self.users.find(name)
        if account is not None and account.disabled_at is not None:
            return words.disabled.format(who=name)
        role = account.role if account else GUEST
        if not allows(role, NEEDED):
            return words.forbidden.format(who=name, role=role.value)
        return Person(name, role)

    def _name(self, user: str) -> str | None:
        """Return who of ours a Slack account is; None where nobody is, or more than one."""
        people = self.roster().people.values()
        names = [person.name for person in people if person.handles.get("slack") == user]
        return names[0] if len(names) == 1 else None

    def _do(self, click: Click, who: Person, words: SlackWords) -> str:
        """Do the deed and return what to tell the others; raises DeskError."""
        if click.deed is Deed.ACK:
            until = self._until(self.desk.ack(click.case_id, who))
            return words.acked.format(who=who.name, case=click.case_id, until=until)
        if click.deed is Deed.ASSIGN:
            self.desk.assign(click.case_id, who, who.name)
            return words.assigned.format(who=who.name, case=click.case_id)
        return self._false_alarm(click, who, words)

    def _until(self, view: CaseView) -> str:
        expires_at = view.ack_expires_at or self.now()
        return f"{expires_at.astimezone(self.zone):%H:%M}"

    def _false_alarm(self, click: Click, who: Person, words: SlackWords) -> str:
        try:
            reason = FalseAlarm(click.reason)
        except ValueError as error:
            raise DeskError(f"there is no reason {click.reason}", 422) from error
        self.desk.false_alarm(click.case_id, who, reason)
        said = labels(self.locale).reasons[reason.value]
        return words.false_alarm.format(who=who.name, case=click.case_id, reason=said)


def _problem(words: SlackWords, error: DeskError, case_id: int) -> str:
    phrases = {404: words.missing, 409: words.over}
    phrase = phrases.get(error.status, words.refused)
    return phrase.format(case=case_id, problem=error.problem)
