"""What the judge said of each hit; append-only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from monitor.storage import tables as t
from sentiment.verdict import Doubt, Genre, Kind, Label, Risk, Sign, Topic, Verdict


def add_verdicts(
    connection: Connection, verdicts: Sequence[tuple[int, Verdict]], scored_at: datetime
) -> None:
    """Append verdicts, each paired with its hit's id."""
    rows = [_verdict_row(hit_id, verdict, scored_at) for hit_id, verdict in verdicts]
    if rows:
        connection.execute(insert(t.verdict), rows)


def _verdict_row(hit_id: int, verdict: Verdict, scored_at: datetime) -> dict[str, Any]:
    return {
        "hit_id": hit_id,
        "label": int(verdict.label),
        "confidence": verdict.confidence,
        "negative": verdict.negative,
        "positive": verdict.positive,
        "complaint": verdict.complaint,
        "kind": verdict.kind.value,
        "topic": verdict.topic.value,
        "risk": verdict.risk.value,
        "genre": verdict.genre.value,
        "language": verdict.language,
        "doubts": [doubt.value for doubt in verdict.doubts],
        "signs": [[sign.code, sign.text, sign.weight] for sign in verdict.signs],
        "model_version": verdict.model_version,
        "scored_at": scored_at,
    }


def verdict_of(row: Any) -> Verdict:
    """Build a verdict from a row that holds the columns of table verdict."""
    return Verdict(
        label=Label(row.label),
        confidence=row.confidence,
        negative=row.negative,
        positive=row.positive,
        complaint=row.complaint,
        kind=Kind(row.kind),
        topic=Topic(row.topic),
        risk=Risk(row.risk),
        genre=Genre(row.genre),
        language=row.language,
        doubts=tuple(Doubt(code) for code in row.doubts),
        # Rows written before the judge weighed its signs hold pairs.
        signs=tuple(Sign(*sign) for sign in row.signs),
        model_version=row.model_version,
    )
