"""The REST API of quality: how right the alerts were, by rule and severity, and rules on trial."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from monitor.config_rules import RuleSettings
from monitor.dry_run import DryRun, Sample
from monitor.quality import Figures, RuleFigures, Share, quality
from monitor.web.access import READS_QUALITY
from monitor.web.api import PROBLEMS, REFUSED
from monitor.web.case_schemas import Given
from monitor.web.formats import web_link
from monitor.web.parts import InParts
from monitor.web.schemas import BrandName, ListOut, SeverityName
from monitor.web.trials import InTrials
from monitor.web.views import severity_name

WITHIN: Final = timedelta(days=30)
LISTED: Final = timedelta(days=7)
DAYS_MAX: Final = 30
RuleState = Literal["live", "shadow", "common", "gone"]

router = APIRouter(prefix="/api/v1", tags=["quality"], responses=PROBLEMS)


class QualityWanted(BaseModel):
    """Parameters of the figures: hits matched and cases opened from `since` until before `until`.

    Without them the last 30 days; `by` leaves out the other table.
    """

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    brand: BrandName | None = None
    by: Literal["rule", "severity"] | None = None


class ShareOut(BaseModel):
    """`part` of `n`: `value` in 0..1, with 95 % certainty within `low`..`high`; null for none."""

    part: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        """Make the answer of a share."""
        low, high = share.interval or (None, None)
        return cls(part=share.part, n=share.n, value=share.value, low=low, high=high)


class FiguresOut(BaseModel):
    """How alerts did, by people's word: precision of those that went out, recall of complaints."""

    cases: int
    alerts: int
    precision: ShareOut
    recall: ShareOut

    @classmethod
    def of(cls, figures: Figures) -> Self:
        """Make the answer of figures."""
        return cls(
            cases=figures.cases,
            alerts=figures.alerts,
            precision=ShareOut.of(figures.precision),
            recall=ShareOut.of(figures.recall),
        )


class SeverityFiguresOut(BaseModel):
    """How the alerts of one severity did."""

    severity: SeverityName
    figures: FiguresOut


class RuleFiguresOut(BaseModel):
    """How a rule did; of its `hits` so many were `on_trial` or `waiting` for others."""

    name: str
    state: RuleState
    hits: int
    on_trial: int
    waiting: int
    figures: FiguresOut

    @classmethod
    def of(cls, rule: RuleFigures) -> Self:
        """Make the answer of a rule's figures."""
        return cls(
            name=rule.name,
            state=state_of(rule),
            hits=rule.hits,
            on_trial=rule.on_trial,
            waiting=rule.waiting,
            figures=FiguresOut.of(rule.figures),
        )


class QualityOut(BaseModel):
    """How right the alerts were; the tables that were not asked for are null."""

    since: datetime
    until: datetime
    overall: FiguresOut
    by_severity: list[SeverityFiguresOut] | None
    by_rule: list[RuleFiguresOut] | None


class RuleOut(BaseModel):
    """A rule in force: what it is about, and what it did in the last 7 days.

    `common` is the rule of a brand's own and common words, `gone` one that is no longer
    configured but has hits.
    """

    name: str
    state: RuleState
    brands: list[str]
    words: list[str]
    platforms: list[str]
    languages: list[str]
    topics: list[str]
    risks: list[str]
    followers_at_least: int
    min_hits: int
    window_s: float
    hits: int
    on_trial: int
    waiting: int
    cases: int

    @classmethod
    def of(cls, found: RuleFigures) -> Self:
        """Make the answer of a rule and its figures."""
        counts = {name: getattr(found, name) for name in ("name", "hits", "on_trial", "waiting")}
        return cls.model_validate(
            {**_traits(found), **counts, "state": state_of(found), "cases": found.figures.cases}
        )


class DryRunIn(Given):
    """A configured rule by its `name`, or a `rule` that is not configured yet; and how far back."""

    name: Annotated[str, Field(max_length=64)] | None = None
    rule: RuleSettings | None = None
    days: Annotated[float, Field(gt=0, le=DAYS_MAX)] = 7

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.name is None) == (self.rule is None):
            raise ValueError("give name or rule")
        return self


class SampleOut(BaseModel):
    """A post that the rule is about, masked; `new` says that today's rules do not find it."""

    post_id: int
    platform: str
    brand: str
    published_at: datetime
    url: str
    text: str
    words: list[str]
    new: bool
    reason: str
    severity: SeverityName

    @classmethod
    def of(cls, sample: Sample) -> Self:
        """Make the answer of a sample."""
        said = {"severity": severity_name(sample.severity), "url": web_link(sample.url)}
        return cls.model_validate(asdict(sample) | said)


class DryRunOut(BaseModel):
    """What a rule would have done, were it live, with the posts from `since` to `until`.

    Posts older than `whole_since` are stored only if they were hits; nothing is older than
    `stored_since`.
    """

    name: str
    since: datetime
    until: datetime
    stored_since: datetime | None
    whole_since: datetime
    posts: int
    hits: int
    new_hits: int
    cases: dict[SeverityName, int]
    new_cases: dict[SeverityName, int]
    alerts: int
    waiting: int
    reasons: dict[str, int]
    samples: list[SampleOut]
    took_s: float

    @classmethod
    def of(cls, tried: DryRun) -> Self:
        """Make the answer of a trial."""
        plain = ("since", "until", "stored_since", "whole_since", "posts", "hits", "new_hits")
        more = ("alerts", "waiting", "took_s")
        values: dict[str, Any] = {name: getattr(tried, name) for name in plain + more}
        for name in ("cases", "new_cases"):
            counts = getattr(tried, name)
            values[name] = {severity_name(each): count for each, count in counts.items()}
        values["reasons"] = {reason.value: count for reason, count in tried.reasons.items()}
        values["samples"] = [SampleOut.of(sample) for sample in tried.samples]
        return cls.model_validate(values | {"name": tried.rule.name})


@router.get("/quality", dependencies=[READS_QUALITY])
def show_quality(parts: InParts, wanted: Annotated[QualityWanted, Query()]) -> QualityOut:
    """Show precision and recall by people's word, per severity and per rule."""
    until = wanted.until or parts.now()
    since = wanted.since or until - WITHIN
    if since >= until:
        raise HTTPException(422, "since must be before until")
    found = quality(parts.database, parts.rules(), since, until, wanted.brand)
    by_severity = [
        SeverityFiguresOut.model_validate(
            {"severity": severity_name(each.severity), "figures": FiguresOut.of(each.figures)}
        )
        for each in found.by_severity
    ]
    return QualityOut(
        since=found.since,
        until=found.until,
        overall=FiguresOut.of(found.overall),
        by_severity=None if wanted.by == "rule" else by_severity,
        by_rule=None
        if wanted.by == "severity"
        else [RuleFiguresOut.of(each) for each in found.by_rule],
    )


@router.get("/rules", dependencies=[READS_QUALITY])
def list_rules(parts: InParts) -> ListOut[RuleOut]:
    """List the rules in force, and what each did in the last 7 days."""
    until = parts.now()
    found = quality(parts.database, parts.rules(), until - LISTED, until)
    return ListOut(items=[RuleOut.of(each) for each in found.by_rule], next_cursor=None)


@router.post("/rules/dry-run", dependencies=[READS_QUALITY], responses=REFUSED)
def dry_run(trials: InTrials, given: DryRunIn) -> DryRunOut:
    """Try a rule on the stored posts of the last days; nothing is written, nobody is told.

    It takes a while, two minutes at most; 409 while another rule is being tried.
    """
    rules = trials.rules
    rule = rules.draft(given.rule) if given.rule else rules.configured(given.name or "")
    return DryRunOut.of(trials.run(rule, given.days))


def state_of(rule: RuleFigures) -> RuleState:
    """Return whether a rule acts, only counts, is a brand's own, or is configured no longer."""
    if rule.rule is not None:
        return rule.rule.mode.value
    return "common" if rule.common else "gone"


def _traits(found: RuleFigures) -> dict[str, Any]:
    rule = found.rule
    groups = ("brands", "platforms", "languages", "topics", "risks")
    if rule is None:
        plain = {"words": [], "followers_at_least": 0, "min_hits": 1, "window_s": 0}
        return {**{name: [] for name in groups}, **plain}
    return {
        **{name: sorted(getattr(rule, name)) for name in groups},
        "words": list(rule.words),
        "followers_at_least": rule.followers_at_least,
        "min_hits": rule.min_hits,
        "window_s": rule.window_s,
    }
