"""What the API takes and answers about cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from alerts.case import CaseState
from alerts.flow_wording import short_name
from monitor.desk import NOTE_LIMIT, FalseAlarm
from monitor.storage.case_reading import Heard
from monitor.storage.escalations import Claimed
from monitor.storage.reading import OPEN, Filter
from monitor.storage.rows import AuthorRow, CaseRow
from monitor.web.chronicle import Entry
from monitor.web.formats import web_link
from monitor.web.reader import Reader
from monitor.web.schemas import (
    AlertOut,
    Graded,
    Locale,
    Out,
    PostOut,
    SeverityName,
)
from monitor.web.views import severity_name
from sentiment.verdict import Topic

CaseId = Annotated[int, Field(ge=1, lt=2**63)]
Name = Annotated[str, Field(max_length=80)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)]
AuthorKey = Annotated[str, Field(min_length=1, max_length=96)]
HITS_MAX: Final = 500


class CasesWanted(Graded):
    """Parameters of the list of cases; the state `open` means all that are not over.

    `author_key` (`weibo:123`) names who wrote the first post; `locale` is the language of
    sentences, without it that of the service.
    """

    state: CaseState | Literal["open"] | None = None
    topic: Topic | None = None
    assigned_to: Name | None = None
    author_key: AuthorKey | None = None
    locale: Locale | None = None

    def cases(self) -> Filter:
        """Return the filter for storage."""
        state = None if self.state is None else str(self.state)
        return replace(
            self.graded(OPEN if self.state == "open" else state),
            topic=self.topic,
            assigned_to=self.assigned_to,
            author_key=self.author_key,
        )


class Given(BaseModel):
    """What is sent to do something."""

    model_config = ConfigDict(extra="forbid")


class AssignIn(Given):
    """Who shall handle a case: the name of a person; empty for nobody."""

    to: Name


class AnswerIn(Given):
    """Where the answer to the customer stands, if anywhere."""

    url: Annotated[str, Field(max_length=2000)] = ""


class ResolveIn(Given):
    """How the case was solved; the note is masked."""

    note: Note = ""


class FalseAlarmIn(Given):
    """Why it should not have been; the note is masked."""

    reason: FalseAlarm
    note: Note = ""


class MergeIn(Given):
    """The case that goes on."""

    into: CaseId


class SplitIn(Given):
    """The hits whose posts become a case of their own (`posts[].hits[].id` of the case)."""

    hit_ids: Annotated[list[CaseId], Field(min_length=1, max_length=HITS_MAX)]


class LinkIn(Given):
    """The case that this one belongs with."""

    other: CaseId


class CauseOut(BaseModel):
    """One reason for the severity; `severity` is what it alone would give."""

    code: str
    severity: SeverityName
    sentence: str


class DeadlineOut(Out):
    """By when a level must act, or (`called` is false) when it will be called."""

    at: datetime
    level: str
    person: str
    called: bool
    sentence: str


class CaseOut(Out):
    """One complaint or one storm.

    `spread_count` counts the posts that tell it, `post_count` those stored, `reach` the
    followers of their authors. `deadline` is the next one of the ladder.
    """

    id: int
    brand: str
    platform: str
    language: str
    severity: SeverityName
    causes: list[CauseOut]
    uncertain: bool
    state: CaseState
    topic: str
    risk: str
    author_key: str
    spread_count: int
    post_count: int
    reach: int
    previous_case_id: int | None
    merged_into: int | None
    published_at: datetime
    last_post_at: datetime | None
    opened_at: datetime
    due_at: datetime
    first_delivered_at: datetime | None
    acked_by: str | None
    acked_at: datetime | None
    ack_expires_at: datetime | None
    assigned_to: str | None
    answered_at: datetime | None
    answered_by: str | None
    answer_url: str | None
    closed_at: datetime | None
    closed_by: str | None
    close_reason: str | None
    deadline: DeadlineOut | None

    @classmethod
    def of(cls, row: CaseRow, ladder: Claimed | None, reader: Reader, now: datetime) -> Self:
        """Make the answer of a row and the ladder of an open case."""
        said = {
            "severity": severity_name(row.severity),
            "causes": [
                {**asdict(cause), "severity": severity_name(cause.severity)}
                for cause in reader.causes(row.causes)
            ],
            "post_count": row.posts,
            "answer_url": web_link(row.answer_url or "") or None,
            "deadline": reader.deadline(ladder, now),
        }
        names = set(CaseOut.model_fields) - set(said)
        return cls.model_validate({name: getattr(row, name) for name in names} | said)


class CaseDetailOut(CaseOut):
    """A case with its newest posts and alerts; `clear` says that nothing is masked."""

    clear: bool
    posts: list[PostOut]
    alerts: list[AlertOut]
    linked: list[int]


class SplitOut(BaseModel):
    """Both cases as they are after a split."""

    case: CaseOut
    new_case: CaseOut


class LinksOut(BaseModel):
    """The cases that people hold for related to this one."""

    linked: list[int]


class EventOut(BaseModel):
    """Something that happened to a case; `who` is empty where the service did it."""

    at: datetime
    who: str
    kind: str
    data: dict[str, Any]
    sentence: str

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Make the answer of a line of the history."""
        event = entry.event
        return cls(
            at=event.at,
            who=event.who,
            kind=event.kind.value,
            data=dict(event.data),
            sentence=entry.sentence,
        )


class AuthorOut(BaseModel):
    """Somebody who tells the story; the name is masked, a customer's for some roles only."""

    author_key: str
    name: str
    followers: int | None
    posts: int
    first_at: datetime
    customer_id: int | None
    customer_name: str | None
    key_customer: bool | None

    @classmethod
    def of(cls, row: AuthorRow, reader: Reader) -> Self:
        """Make the answer of a row."""
        known: Mapping[str, Any] = {
            "name": reader.mask(row.name),
            "customer_name": reader.name(row.customer_name) if row.customer_name else None,
        }
        plain = {name: getattr(row, name) for name in set(cls.model_fields) - set(known)}
        return cls(**plain, **known)


class AuthorsOut(BaseModel):
    """Those who began the story and those whom most people hear, of `total` accounts."""

    total: int
    first: list[AuthorOut]
    loudest: list[AuthorOut]


class ToldOut(BaseModel):
    """What a receiver was told last, and how often in all."""

    at: datetime
    reason: str
    sentence: str
    times: int
    severity: SeverityName
    spread_count: int
    ended: bool


class HeldOut(BaseModel):
    """Why a receiver is not told of the rest, since when, and when that is looked at again."""

    because: str
    sentence: str
    at: datetime | None
    until: datetime | None


class ReceiverOut(BaseModel):
    """What one receiver knows of a case; both may be null, or both there."""

    receiver: str
    told: ToldOut | None
    held: HeldOut | None

    @classmethod
    def of(cls, heard: Heard, reader: Reader) -> Self:
        """Make the answer of what a receiver knows."""
        return cls(receiver=heard.receiver, told=_told(heard, reader), held=_held(heard, reader))


def _told(heard: Heard, reader: Reader) -> ToldOut | None:
    told = heard.known.told
    if told is None:
        return None
    return ToldOut.model_validate(
        {
            "at": told.told_at,
            "reason": told.reason.value,
            "sentence": short_name(told.reason, reader.locale),
            "times": told.times,
            "severity": severity_name(told.severity),
            "spread_count": told.spread,
            "ended": told.ended,
        }
    )


def _held(heard: Heard, reader: Reader) -> HeldOut | None:
    because = heard.known.held
    if not because:
        return None
    entry = heard.held
    data = entry.data if entry else {"because": because}
    return HeldOut(
        because=because,
        sentence=reader.held(data),
        at=entry.at if entry else None,
        until=datetime.fromisoformat(data["until"]) if data.get("until") else None,
    )
