"""What machines ask: is it alive, can it keep its promise, what does it measure."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from monitor.metrics import CONTENT_TYPE
from monitor.web.errors import PROBLEM, problem
from monitor.web.parts import InParts
from monitor.web.schemas import HealthOut, ProblemOut

router = APIRouter(tags=["probes"])


@router.get("/healthz", response_model=HealthOut)
def healthz(parts: InParts) -> HealthOut:
    """Say that the process answers."""
    return HealthOut(status="ok", version=parts.version)


@router.get(
    "/readyz",
    response_model=HealthOut,
    responses={503: {"model": ProblemOut, "description": "Not ready", "content": {PROBLEM: {}}}},
)
def readyz(parts: InParts) -> Response:
    """Say whether the promise can be kept now, with the reasons if not."""
    ready, reasons = parts.readiness()
    if not ready:
        return problem(503, "the ten minutes cannot be promised now", reasons=reasons)
    return JSONResponse({"status": "ready", "version": parts.version})


@router.get("/metrics", include_in_schema=False)
def metrics(parts: InParts) -> Response:
    """Give everything measured in the Prometheus text format; it holds no personal data."""
    return Response(parts.metrics.render(), headers={"Content-Type": CONTENT_TYPE})
