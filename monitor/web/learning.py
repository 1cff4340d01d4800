"""The REST API of learning: what people say of verdicts, and the models learnt from it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from monitor.auth import Permission
from monitor.learning.gate import objections
from monitor.storage import models, rescoring
from monitor.storage.corrections import NOTE_LIMIT, Correction, Right
from monitor.web.access import READS_ALERTS, READS_SERVICE, Corrector
from monitor.web.api import NOT_FOUND, PROBLEMS
from monitor.web.parts import InParts, InStores
from monitor.web.schemas import Listing, ListOut, Out
from sentiment.verdict import Genre, Label, Risk, Topic

LabelName = Literal["negative", "neutral", "positive"]
VALUES: Final = ("label", "complaint", "topic", "risk", "genre")
FALSE_ALARM: Final = Right(complaint=False)

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


class CorrectionIn(BaseModel):
    """What is right about one verdict; values that are left out are not spoken of.

    Either `verdict_id`, or `hit_id` for that hit's newest verdict.
    """

    model_config = ConfigDict(extra="forbid")

    verdict_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    hit_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    label: LabelName | None = None
    complaint: Annotated[bool, Field(strict=True)] | None = None
    topic: Topic | None = None
    risk: Risk | None = None
    genre: Genre | None = None
    note: Annotated[str, Field(max_length=NOTE_LIMIT)] = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.verdict_id is None) == (self.hit_id is None):
            raise ValueError("give verdict_id or hit_id")
        if all(getattr(self, name) is None for name in VALUES):
            raise ValueError(f"give at least one of {', '.join(VALUES)}")
        return self

    def right(self) -> Right:
        """Return the values for storage."""
        return Right(
            label=None if self.label is None else int(Label[self.label.upper()]),
            complaint=self.complaint,
            topic=self.topic,
            risk=self.risk,
            genre=self.genre,
        )


class CorrectionsWanted(Listing):
    """Parameters of the list of corrections; `since` is included."""

    hit_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    who: Annotated[str, Field(max_length=80)] | None = None
    since: AwareDatetime | None = None


class CorrectionOut(Out):
    """What one person said of one verdict."""

    id: int
    hit_id: int
    verdict_id: int
    who: str
    role: str
    at: datetime
    label: LabelName | None
    complaint: bool | None
    topic: str | None
    risk: str | None
    genre: str | None
    note: str

    @classmethod
    def of(cls, said: Correction) -> Self:
        """Make the answer of a row."""
        plain = ("id", "hit_id", "verdict_id", "who", "role", "at", "note")
        values: dict[str, Any] = {name: getattr(said, name) for name in plain}
        values |= {name: getattr(said.right, name) for name in VALUES}
        if said.right.label is not None:
            values["label"] = Label(said.right.label).name.lower()
        return cls(**values)


class ObjectionOut(Out):
    """Why a model may not be promoted: a code and its figures."""

    code: str
    figures: dict[str, Any]


class ModelOut(Out):
    """A model of the register; of `shadowed` hits it `agreed` on so many with what was decided."""

    version: str
    base_version: str
    state: models.ModelState
    corrections: int
    trained_by: str
    trained_at: datetime
    changed_at: datetime
    former: str | None
    shadowed: int
    agreed: int
    metrics: dict[str, Any]
    objections: list[ObjectionOut]


class RescoreOut(Out):
    """How far old hits have been judged anew: `done` of `total`, `changed` got a new verdict."""

    model_version: str
    since_at: datetime | None
    state: rescoring.RescoreState
    total: int
    done: int
    changed: int
    started_by: str
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class ModelsOut(ListOut[ModelOut]):
    """Every model, newest first, and the last run over old hits."""

    rescore: RescoreOut | None


@router.post("/corrections", tags=["learning"], status_code=201, responses=NOT_FOUND)
def add_correction(
    who: Corrector, parts: InParts, stores: InStores, given: CorrectionIn
) -> CorrectionOut:
    """Say what is right about a verdict; the last word of each person on a hit counts.

    Roles that may not correct verdicts may still report a false alarm: `complaint: false` and
    nothing else. The note is masked.
    """
    right = given.right()
    if right != FALSE_ALARM and not who.may(Permission.CORRECT_VERDICTS):
        raise HTTPException(
            403,
            f"the role {who.role} lacks {Permission.CORRECT_VERDICTS}: it may say false only"
            " to complaint",
        )
    said = stores.corrections.add(
        who.name,
        who.role,
        right,
        parts.mask(given.note),
        verdict_id=given.verdict_id,
        hit_id=given.hit_id,
    )
    if said is None:
        raise HTTPException(404)
    return CorrectionOut.of(said)


@router.get("/corrections", tags=["learning"], dependencies=[READS_ALERTS])
def list_corrections(
    stores: InStores, wanted: Annotated[CorrectionsWanted, Query()]
) -> ListOut[CorrectionOut]:
    """List what people said, newest first."""
    page = stores.corrections.page(
        wanted.limit, wanted.after(), hit_id=wanted.hit_id, who=wanted.who, since=wanted.since
    )
    items = [CorrectionOut.of(said) for said in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.get("/models", tags=["learning"], dependencies=[READS_SERVICE])
def list_models(parts: InParts) -> ModelsOut:
    """List every model with its figures, and how far old hits have been judged anew."""
    with parts.database.read() as connection:
        rows = models.listing(connection)
        run = rescoring.newest(connection)
    return ModelsOut(
        items=[_model_out(row) for row in rows],
        next_cursor=None,
        rescore=RescoreOut.model_validate(run) if run else None,
    )


def _model_out(row: models.ModelRow) -> ModelOut:
    names = set(ModelOut.model_fields) - {"metrics", "objections"}
    against = [ObjectionOut(code=o.code, figures=dict(o.figures)) for o in objections(row.metrics)]
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return ModelOut(**values, metrics=dict(row.metrics), objections=against)
