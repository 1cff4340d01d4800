"""How errors leave the service: problem documents (RFC 9457) for programs, pages for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from alerts import silence, substitution
from alerts.silence import SilenceError
from alerts.substitution import SubstitutionError
from monitor.desk import DeskError
from monitor.dry_run import RuleError
from monitor.storage.customer_store import CustomerError, NoCustomerError
from monitor.storage.paging import CursorError
from monitor.web.pages import language_of, render
from monitor.web.parts import parts_of
from monitor.web.trials import TrialError

PROBLEM: Final = "application/problem+json"


def install(app: FastAPI) -> None:
    """Make the application answer every error in our way."""
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(CursorError, on_cursor_error)
    app.add_exception_handler(DeskError, on_desk_error)
    app.add_exception_handler(SilenceError, on_silence_error)
    app.add_exception_handler(SubstitutionError, on_substitution_error)
    app.add_exception_handler(CustomerError, on_customer_error)
    app.add_exception_handler(RuleError, on_rule_error)
    app.add_exception_handler(TrialError, on_trial_error)
    app.add_exception_handler(Exception, on_crash)


def problem(status: int, detail: str = "", **more: Any) -> JSONResponse:
    """Return a problem document; `more` are its extra members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail and detail != body["title"]:
        body["detail"] = detail
    return JSONResponse(body | more, status, media_type=PROBLEM)


def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what a route refused."""
    error = cast(HTTPException, error)
    if error.status_code == 401 and not _is_api(request):
        answer = _to_login(request)
        if answer is not None:
            return answer
    response = _answer(request, error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


def on_invalid(request: Request, error: Exception) -> Response:
    """Answer parameters that do not fit; what was sent is not repeated."""
    error = cast(RequestValidationError, error)
    wrong = [
        {"at": ".".join(str(step) for step in found["loc"]), "message": found["msg"]}
        for found in error.errors()
    ]
    return _answer(request, 422, "parameters do not fit", errors=wrong)


def on_cursor_error(request: Request, error: Exception) -> Response:
    """Answer a cursor that we did not give out."""
    return _answer(request, 400, f"cursor: {error}")


def on_desk_error(request: Request, error: Exception) -> Response:
    """Answer a deed that cannot be done."""
    error = cast(DeskError, error)
    return _answer(request, error.status, error.problem)


def on_silence_error(request: Request, error: Exception) -> Response:
    """Answer a silence that cannot be made or changed, in the reader's language."""
    error = cast(SilenceError, error)
    status = {silence.Fault.UNKNOWN: 404, silence.Fault.OVER: 409}.get(error.fault, 422)
    return _answer(request, status, error.sentence(language_of(request)))


def on_substitution_error(request: Request, error: Exception) -> Response:
    """Answer a substitution that cannot be made or cancelled, in the reader's language."""
    error = cast(SubstitutionError, error)
    faults = substitution.Fault
    missing = {faults.UNKNOWN: 404, faults.NO_ROTA: 404, faults.OVER: 409}
    status = missing.get(error.fault, 422)
    return _answer(request, status, error.sentence(language_of(request)))


def on_customer_error(request: Request, error: Exception) -> Response:
    """Answer a customer that cannot be made, changed or found."""
    return _answer(request, 404 if isinstance(error, NoCustomerError) else 422, str(error))


def on_rule_error(request: Request, error: Exception) -> Response:
    """Answer a rule that cannot be tried as it is."""
    return _answer(request, 422, "; ".join(cast(RuleError, error).problems))


def on_trial_error(request: Request, error: Exception) -> Response:
    """Answer a rule that cannot be tried now, or not on so many posts."""
    return _answer(request, 409 if cast(TrialError, error).busy else 422, str(error))


def on_crash(request: Request, error: Exception) -> Response:
    """Answer a defect of ours: log it, count it, tell the client nothing about it."""
    structlog.get_logger().error(
        "request_crashed", method=request.method, path=request.url.path, exc_info=error
    )
    parts_of(request).metrics.job_errors.labels(job="web").inc()
    return _answer(request, 500, "")


def _answer(request: Request, status: int, detail: str, **more: Any) -> Response:
    if _is_api(request) or "text/html" not in request.headers.get("Accept", ""):
        return problem(status, detail, **more)
    return render(request, "error.html", status_code=status, status=status)


def _to_login(request: Request) -> Response | None:
    if request.headers.get("HX-Request"):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(back, safe='')}", 303)
    return None


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")
