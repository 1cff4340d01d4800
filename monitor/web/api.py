"""The REST API: lists and details as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Query

from monitor.web.access import READS_ALERTS, READS_AUDIT, READS_SERVICE
from monitor.web.errors import PROBLEM
from monitor.web.parts import InParts, InStores
from monitor.web.schemas import (
    AlertOut,
    AlertsWanted,
    AuditOut,
    LatencyOut,
    Listing,
    ListOut,
    PostOut,
    PostsWanted,
    ProblemOut,
    SourceOut,
    StatusOut,
)
from monitor.web.views import post_page

WINDOW: Final = timedelta(hours=24)
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemOut, "description": text, "content": {PROBLEM: {}}}
    for status, text in {
        400: "The cursor is not one of ours",
        401: "No valid token or session",
        403: "The role may not do this",
        422: "A parameter does not fit",
    }.items()
}
NOT_FOUND: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": ProblemOut, "description": "There is no such row", "content": {PROBLEM: {}}}
}
REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    **NOT_FOUND,
    409: {"model": ProblemOut, "description": "That cannot be done now", "content": {PROBLEM: {}}},
}
RowId = Annotated[int, Path(ge=1, lt=2**63)]

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


@router.get("/posts", tags=["posts"], dependencies=[READS_ALERTS])
def list_posts(
    parts: InParts, stores: InStores, wanted: Annotated[PostsWanted, Query()]
) -> ListOut[PostOut]:
    """List posts by time of publication, newest first; personal data is masked."""
    page = stores.reading.posts(wanted.filter(), wanted.limit, wanted.after(), parts.now())
    items = [PostOut.of(post_page(row, parts.mask)) for row in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)


@router.get("/alerts", tags=["alerts"], dependencies=[READS_ALERTS])
def list_alerts(stores: InStores, wanted: Annotated[AlertsWanted, Query()]) -> ListOut[AlertOut]:
    """List alerts by time of creation, newest first."""
    page = stores.reading.alerts(wanted.graded(wanted.state), wanted.limit, wanted.after())
    return ListOut(items=[AlertOut.of(row) for row in page.items], next_cursor=page.next_cursor)


@router.get("/alerts/{alert_id}", tags=["alerts"], responses=NOT_FOUND, dependencies=[READS_ALERTS])
def show_alert(stores: InStores, alert_id: RowId) -> AlertOut:
    """Show one alert with its deliveries."""
    row = stores.reading.alert(alert_id)
    if row is None:
        raise HTTPException(404)
    return AlertOut.of(row)


@router.get("/sources", tags=["service"], dependencies=[READS_SERVICE])
def list_sources(stores: InStores) -> ListOut[SourceOut]:
    """List the sources: their sight, how far they have read, and what they still owe."""
    rows = stores.sight.sources()
    return ListOut(items=[SourceOut.model_validate(row) for row in rows], next_cursor=None)


@router.get("/plan", tags=["service"], dependencies=[READS_SERVICE])
def show_plan(parts: InParts) -> ListOut[dict[str, Any]]:
    """List the planned queries as `shifen plan --json` does."""
    return ListOut(items=parts.plan(), next_cursor=None)


@router.get("/status", tags=["service"], dependencies=[READS_ALERTS])
def show_status(parts: InParts, stores: InStores) -> StatusOut:
    """Show counts and latencies of the last 24 hours."""
    since = parts.now() - WINDOW
    latencies = stores.sight.latencies(since, parts.promise)
    return StatusOut(
        **asdict(stores.sight.overview(since)),
        latencies=[LatencyOut.model_validate(row) for row in latencies],
    )


@router.get("/audit", tags=["service"], dependencies=[READS_AUDIT])
def list_audit(stores: InStores, wanted: Annotated[Listing, Query()]) -> ListOut[AuditOut]:
    """List who did what, newest first."""
    page = stores.audit.page(wanted.limit, wanted.after())
    items = [AuditOut.model_validate(event) for event in page.items]
    return ListOut(items=items, next_cursor=page.next_cursor)
