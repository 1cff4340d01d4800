"""What the API takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerts.case import CaseState
from alerts.severity import Severity
from monitor.storage.paging import LIMIT_DEFAULT, LIMIT_MAX, Cursor, decode_cursor
from monitor.storage.reading import Filter
from monitor.storage.rows import AlertRow, AlertState, PostRow
from monitor.web.formats import web_link
from monitor.web.views import PostPage, read_message, severity_name
from scrapers.post import Platform

T = TypeVar("T")
SeverityName = Literal["normal", "important", "urgent"]
Locale = Literal["zh-CN", "en"]
BrandName = Annotated[str, Field(max_length=200)]


class Listing(BaseModel):
    """Parameters that every list takes. Times are ISO 8601 with an offset."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT
    cursor: Annotated[str, Field(max_length=100)] | None = None

    def after(self) -> Cursor | None:
        """Return where the page starts; raises CursorError."""
        return decode_cursor(self.cursor) if self.cursor else None


class Timed(Listing):
    """Parameters of lists about posts: `since` is included, `until` is not."""

    brand: BrandName | None = None
    platform: Platform | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def filter(self) -> Filter:
        """Return the filter for storage."""
        return Filter(brand=self.brand, platform=self.platform, since=self.since, until=self.until)


class PostsWanted(Timed):
    """`q` looks for words; without `since` only in the last 30 days."""

    q: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    def filter(self) -> Filter:
        """Return the filter for storage."""
        return Filter(
            brand=self.brand,
            platform=self.platform,
            since=self.since,
            until=self.until,
            text=self.q,
        )


class Graded(Timed):
    """Parameters of lists that have a severity."""

    severity: SeverityName | None = None

    def graded(self, state: str | None) -> Filter:
        """Return the filter for storage."""
        severity = None if self.severity is None else int(Severity[self.severity.upper()])
        return Filter(
            brand=self.brand,
            platform=self.platform,
            severity=severity,
            state=state,
            since=self.since,
            until=self.until,
        )


class AlertsWanted(Graded):
    """Parameters of the list of alerts."""

    state: AlertState | None = None


class Out(BaseModel):
    """An answer, made from a row of storage."""

    model_config = ConfigDict(from_attributes=True)


class ListOut(BaseModel, Generic[T]):
    """A page of a list; `next_cursor` is null at its end."""

    items: list[T]
    next_cursor: str | None


class ProblemOut(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None


class DeliveryOut(Out):
    """An alert on its way over one channel."""

    channel: str
    state: str
    attempts: int
    doubtful: bool
    sent_at: datetime | None
    error: str | None


class AlertPostOut(Out):
    """The post as the alert shows it: masked."""

    platform: str
    author: str
    followers: int | None
    text: str
    url: str
    published_at: datetime


class ReplyOut(Out):
    """The drafted public reply; `how` is api, intent or manual."""

    text: str
    how: str
    link: str
    template: str


class AlertOut(Out):
    """One alert; `state` says whether people have been told, `case_state` how its case is now."""

    id: int
    kind: str
    case_id: int | None
    reason: str
    severity: SeverityName
    brand: str
    title: str
    late: bool
    state: AlertState
    platform: str | None
    published_at: datetime | None
    first_seen_at: datetime | None
    scored_at: datetime | None
    created_at: datetime
    first_delivered_at: datetime | None
    latency_s: float | None
    case_state: CaseState | None
    acked_by: str | None
    assigned_to: str | None
    answered_at: datetime | None
    due_at: datetime | None
    reasons: list[str]
    verdict: str
    post: AlertPostOut | None
    reply: ReplyOut | None
    deliveries: list[DeliveryOut]

    @classmethod
    def of(cls, row: AlertRow) -> Self:
        """Make the answer of a row and the message that it holds."""
        message = read_message(row)
        names = set(cls.model_fields) & {*AlertRow.__dataclass_fields__, "state", "latency_s"}
        said = {
            "severity": severity_name(row.severity),
            "due_at": message.due_at if message else None,
            "reasons": list(message.reasons) if message else [],
            "verdict": message.verdict if message else "",
            "post": message.post if message else None,
            "reply": message.reply if message else None,
        }
        return cls.model_validate({name: getattr(row, name) for name in names} | said)


class TermOut(Out):
    """A configured term found in a post; offsets are those of the clear text."""

    text: str
    kind: str
    part: str
    start: int
    end: int


class SignOut(Out):
    """One thing that carried a verdict; `weight` in log-odds, 0 for a plain rule."""

    code: str
    text: str
    weight: float


class VerdictOut(BaseModel):
    """What the judge said; probabilities in 0..1."""

    id: int
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
    doubts: list[str]
    signs: list[SignOut]
    model_version: str
    scored_at: datetime


class HitOut(BaseModel):
    """That a post concerns a brand."""

    id: int
    brand: str
    terms: list[TermOut]
    rules_version: str
    reason: str | None
    case_id: int | None
    verdict: VerdictOut | None


class PostOut(BaseModel):
    """One post; personal data is masked unless the answer says `clear`."""

    id: int
    platform: str
    native_id: str
    author_name: str
    author_handle: str
    author_followers: int | None
    author_standing: str
    text: str
    quoted: str
    url: str
    region: str
    truncated: bool
    reposts: int | None
    comments: int | None
    likes: int | None
    source: str
    published_at: datetime
    first_seen_at: datetime
    hits: list[HitOut]

    @classmethod
    def of(cls, page: PostPage) -> Self:
        """Make the answer of a post that was masked for its reader."""
        row = page.row
        shown = {
            "author_name": page.author,
            "text": "".join(part for part, _ in page.text),
            "quoted": page.quoted,
            "url": web_link(row.url),
            "hits": _hits_out(row),
        }
        plain = set(cls.model_fields) - set(shown)
        return cls.model_validate({name: getattr(row, name) for name in plain} | shown)


class QueryOut(Out):
    """How far one query has read."""

    query_key: str
    text: str
    cursor_at: datetime | None
    last_run_at: datetime | None
    last_success_at: datetime | None
    runs: int
    misfires: int


class GapOut(Out):
    """A stretch of time not read yet."""

    query_key: str
    since_at: datetime
    until_at: datetime
    tries: int


class OutageOut(Out):
    """A time in which a source cannot see."""

    cause: str
    detail: str
    started_at: datetime


class SourceOut(Out):
    """One source; `state` is what its health keeps."""

    name: str
    state: dict[str, Any]
    updated_at: datetime | None
    outage: OutageOut | None
    queries: list[QueryOut]
    gaps: list[GapOut]


class LatencyOut(Out):
    """Latencies of one platform within the last 24 hours; nearest-rank percentiles."""

    platform: str
    count: int
    within_promise: int
    published_p50_s: float
    published_p95_s: float
    published_p99_s: float
    seen_p50_s: float | None
    seen_p95_s: float | None
    seen_p99_s: float | None


class StatusOut(BaseModel):
    """The counts and latencies of the console's status strip, over 24 hours."""

    open_cases: int
    open_urgent: int
    undelivered_cases: int
    alerts: int
    posts: int
    latencies: list[LatencyOut]


class AuditOut(Out):
    """Who did what."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str


class HealthOut(BaseModel):
    """That the process answers."""

    status: Literal["ok", "ready"]
    version: str


def _hits_out(row: PostRow) -> list[dict[str, Any]]:
    hits: list[dict[str, Any]] = []
    for hit in row.hits:
        verdict = None
        if hit.verdict is not None:
            names = set(VerdictOut.model_fields) - {"signs"}
            signs = [SignOut.model_validate(sign) for sign in hit.verdict.signs]
            verdict = {name: getattr(hit.verdict, name) for name in names} | {"signs": signs}
        names = set(HitOut.model_fields) - {"verdict", "terms"}
        terms = [TermOut.model_validate(term) for term in hit.terms]
        plain = {name: getattr(hit, name) for name in names}
        hits.append(plain | {"terms": terms, "verdict": verdict})
    return hits
