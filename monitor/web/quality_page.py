"""The page of quality: figures that lead to what they count, and rules to be tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field, ValidationError

from alerts.rules import Mode, Rule
from alerts.severity import Severity
from monitor.config_rules import RuleSettings
from monitor.desk import TEACHES
from monitor.dry_run import DryRuns, RuleError
from monitor.quality import called_complaints, quality
from monitor.storage import quality_rows
from monitor.storage.database import Connection
from monitor.storage.quality import Window
from monitor.storage.quality_rows import MOST, Part, Truth
from monitor.web.access import Principal, QualityReader
from monitor.web.api import RowId
from monitor.web.quality import DAYS_MAX, state_of
from monitor.web.trials import InTrials, Trial, TrialError
from monitor.web.views import SEVERITIES, post_page
from monitor.web.visit import InVisit, Visit

DAYS: Final = (7, 30, 90, 180)
TRIED_DAYS: Final = (1, 3, 7, 14, DAYS_MAX)
DRAFT: Final = "draft"

router = APIRouter(include_in_schema=False)


class Span(BaseModel):
    """The days and the brand that figures are about."""

    days: Annotated[int, Field(ge=1, le=3650)] = 30
    brand: Annotated[str, Field(max_length=200)] = ""

    def window(self, visit: Visit) -> Window:
        """Return the window for storage; without a brand, all that are watched."""
        until = visit.parts.now()
        watched = tuple(each.name for each in visit.parts.rules().config.brands)
        brands = (self.brand,) if self.brand else watched
        return Window(until - timedelta(days=self.days), until, brands)


class Behind(Span):
    """Which of the cases or posts behind a figure are wanted."""

    severity: Annotated[str, Field(max_length=20)] = ""
    rule: Annotated[str, Field(max_length=64)] = ""
    truth: Truth | Literal[""] = ""
    part: Part = Part.HITS

    @property
    def grade(self) -> Severity | None:
        """The severity, None for every one."""
        known = self.severity in SEVERITIES
        return Severity[self.severity.upper()] if known else None


class TrialForm(BaseModel):
    """A configured rule by its name, or words to be tried."""

    name: Annotated[str, Field(max_length=64)] = ""
    words: Annotated[str, Field(max_length=2000)] = ""
    brand: Annotated[str, Field(max_length=200)] = ""
    min_hits: Annotated[int, Field(ge=1, le=1000)] = 1
    days: Annotated[float, Field(gt=0, le=DAYS_MAX)] = 7

    def rule(self, rules: DryRuns) -> Rule:
        """Return the rule; raises RuleError for what cannot be one."""
        if self.name:
            return rules.configured(self.name)
        words = tuple(dict.fromkeys(self.words.replace("，", " ").replace(",", " ").split()))
        if not words:
            raise RuleError(["words: write at least one"])
        try:
            settings = RuleSettings(
                name=DRAFT,
                words=words,
                brands=(self.brand,) if self.brand else (),
                min_hits=self.min_hits,
                mode=Mode.SHADOW,
            )
        except ValidationError as error:
            raise RuleError([str(each["msg"]) for each in error.errors()]) from error
        return rules.draft(settings)


@router.get("/quality")
def show_quality(who: QualityReader, visit: InVisit, span: Annotated[Span, Query()]) -> Response:
    """Show precision and recall, per severity and per rule, and the form to try a rule."""
    window = span.window(visit)
    parts = visit.parts
    found = quality(parts.database, parts.rules(), window.since, window.until, span.brand or None)
    chosen = {"days": span.days, "brand": span.brand}

    def behind(place: str, **more: str) -> str:
        fields = {name: value for name, value in {**chosen, **more}.items() if value}
        return f"/quality/{place}?{urlencode(fields)}"

    return visit.show(
        "quality.html",
        who,
        span=span,
        found=found,
        days=DAYS,
        tried_days=TRIED_DAYS,
        state_of=state_of,
        behind=behind,
        rules=[rule.name for rule in parts.rules().book.rules],
        can_try=parts.dry_runs is not None,
    )


@router.get("/quality/cases")
def show_cases(who: QualityReader, visit: InVisit, wanted: Annotated[Behind, Query()]) -> Response:
    """Show the cases behind a figure."""
    with visit.parts.database.read() as connection:
        found = quality_rows.cases_behind(
            connection,
            wanted.window(visit),
            TEACHES,
            severity=wanted.grade,
            rule=wanted.rule or None,
            truth=wanted.truth or None,
        )
    return visit.show("quality_cases.html", who, wanted=wanted, found=found, most=MOST)


@router.get("/quality/posts")
def show_posts(who: QualityReader, visit: InVisit, wanted: Annotated[Behind, Query()]) -> Response:
    """Show the posts behind a figure, masked."""
    with visit.parts.database.read() as connection:
        hit_ids = _hits(connection, visit, wanted)
        rows = quality_rows.posts_behind(connection, hit_ids)
    posts = [post_page(row, visit.parts.mask) for row in rows]
    return visit.show(
        "quality_posts.html", who, wanted=wanted, posts=posts, total=len(hit_ids), most=MOST
    )


@router.post("/quality/trials")
def start_trial(
    who: QualityReader, visit: InVisit, trials: InTrials, form: Annotated[TrialForm, Form()]
) -> Response:
    """Begin to try a rule."""
    try:
        trial = trials.start(form.rule(trials.rules), form.days)
    except RuleError as error:
        raise HTTPException(422, visit.f.t("quality.no_rule")) from error
    except TrialError as error:
        raise HTTPException(409, visit.f.t("quality.busy")) from error
    return _trial(visit, who, trial)


@router.get("/quality/trials/{trial_id}")
def show_trial(who: QualityReader, visit: InVisit, trials: InTrials, trial_id: RowId) -> Response:
    """Show how far a trial has come, or what came out."""
    trial = trials.find(trial_id)
    if trial is None:
        raise HTTPException(404)
    return _trial(visit, who, trial)


def _trial(visit: Visit, who: Principal, trial: Trial) -> Response:
    return visit.show("_trial.html", who, trial=trial, draft=DRAFT)


def _hits(connection: Connection, visit: Visit, wanted: Behind) -> list[int]:
    """Return the hits behind a figure; the severity of a complaint without a case is worked out."""
    window = wanted.window(visit)
    if wanted.grade is None:
        return quality_rows.hits_behind(connection, window, wanted.part, wanted.rule or None)
    shown = {Part.FOUND: (True,), Part.MISSED: (False,)}.get(wanted.part, (True, False))
    called = called_complaints(connection, visit.parts.rules(), window)
    return sorted(
        (each.hit_id for each in called if each.severity is wanted.grade and each.found in shown),
        reverse=True,
    )
