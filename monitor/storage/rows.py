"""What readers see of the tables: plain rows, joined as the console and the API show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class AlertState(StrEnum):
    """Whether people have been told."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An alert on its way over one channel."""

    alert_id: int
    channel: str
    state: str
    attempts: int
    doubtful: bool
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert with the state of its deliveries; `message` is alerts.message.Message as JSON.

    `case_state` to `answered_at` are those of its case now.
    """

    id: int
    kind: str
    case_id: int | None
    reason: str
    severity: int
    brand: str
    title: str
    message: Mapping[str, Any]
    wordings: Mapping[str, Mapping[str, Any]]
    late: bool
    platform: str | None
    published_at: datetime | None
    first_seen_at: datetime | None
    scored_at: datetime | None
    created_at: datetime
    first_delivered_at: datetime | None
    case_state: str | None = None
    acked_by: str | None = None
    assigned_to: str | None = None
    answered_at: datetime | None = None
    deliveries: tuple[DeliveryRow, ...] = ()

    @property
    def state(self) -> AlertState:
        """Delivered once on any channel; failed when no channel will try again."""
        if self.first_delivered_at is not None:
            return AlertState.DELIVERED
        if self.deliveries and all(d.state == "failed" for d in self.deliveries):
            return AlertState.FAILED
        return AlertState.PENDING

    @property
    def latency_s(self) -> float | None:
        """Seconds from publication to the first delivery, None until then."""
        if self.published_at is None or self.first_delivered_at is None:
            return None
        return (self.first_delivered_at - self.published_at).total_seconds()


@dataclass(frozen=True, slots=True)
class TermRow:
    """A configured term found at `start`..`end` (code points) of one part of a post."""

    text: str
    kind: str
    part: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SignRow:
    """One thing that carried a verdict; `weight` in log-odds, 0 for a plain rule."""

    code: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What the judge said."""

    id: int
    hit_id: int
    label: int
    confidence: float
    negative: float
    positive: float
    complaint: float
    kind: str
    topic: str
    risk: str
    genre: str
    language: str
    doubts: tuple[str, ...]
    signs: tuple[SignRow, ...]
    model_version: str
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class HitRow:
    """A post that names a brand with a complaint word, and what became of it."""

    id: int
    post_id: int
    brand: str
    terms: tuple[TermRow, ...]
    rules_version: str
    matched_at: datetime
    reason: str | None
    case_id: int | None
    verdict: VerdictRow | None = None


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post as stored, in clear."""

    id: int
    platform: str
    native_id: str
    author_name: str
    author_handle: str
    author_followers: int | None
    author_standing: str
    text: str
    quoted: str
    original: Mapping[str, Any] | None
    url: str
    region: str
    truncated: bool
    reposts: int | None
    comments: int | None
    likes: int | None
    source: str
    published_at: datetime
    first_seen_at: datetime
    hits: tuple[HitRow, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One complaint or one storm.

    `spread_count` counts the posts that tell it, `posts` those stored, `reach` the followers of
    their authors; `causes` are those of alerts.causes as JSON.
    """

    id: int
    brand: str
    platform: str
    language: str
    severity: int
    causes: Sequence[Any]
    uncertain: bool
    state: str
    topic: str
    risk: str
    author_key: str
    spread_count: int
    posts: int
    reach: int
    previous_case_id: int | None
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
    merged_into: int | None
    closed_at: datetime | None
    closed_by: str | None
    close_reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.closed_at is None

    def is_acked(self, now: datetime) -> bool:
        """Whether it is in somebody's hands whose time has not run out."""
        return self.is_open and self.ack_expires_at is not None and now < self.ack_expires_at


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with its newest posts (each with hits and verdicts) and alerts."""

    case: CaseRow
    posts: tuple[PostRow, ...]
    alerts: tuple[AlertRow, ...]


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """Somebody who tells the story of a case, and the customer that we know behind the account."""

    author_key: str
    name: str
    followers: int | None
    posts: int
    first_at: datetime
    customer_id: int | None
    customer_name: str | None
    key_customer: bool | None


@dataclass(frozen=True, slots=True)
class GapRow:
    """A stretch of time that a query has not read yet."""

    query_key: str
    since_at: datetime
    until_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class QueryRow:
    """How far one query of a source has read."""

    query_key: str
    text: str
    cursor_at: datetime | None
    last_run_at: datetime | None
    last_success_at: datetime | None
    runs: int
    misfires: int


@dataclass(frozen=True, slots=True)
class OutageRow:
    """A time in which a source cannot see."""

    subject: str
    cause: str
    detail: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source: what is known of its sight, its queries, and what it still owes."""

    name: str
    state: Mapping[str, Any]
    updated_at: datetime | None
    outage: OutageRow | None
    queries: tuple[QueryRow, ...]
    gaps: tuple[GapRow, ...]


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """How long delivery took on one platform within a window; nearest-rank percentiles."""

    platform: str
    count: int
    within_promise: int
    published_p50_s: float
    published_p95_s: float
    published_p99_s: float
    seen_p50_s: float | None
    seen_p95_s: float | None
    seen_p99_s: float | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The counts at the top of the console."""

    open_cases: int
    open_urgent: int
    undelivered_cases: int
    alerts: int
    posts: int
