"""Builds the web application."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from monitor.web import (
    alerting,
    api,
    assets,
    case_page,
    console,
    customer_page,
    customers,
    duty,
    duty_page,
    errors,
    hooks,
    learning,
    login,
    probes,
    quality,
    quality_page,
    silence_page,
    silences,
    stream,
)
from monitor.web.headers import SecureHeaders
from monitor.web.pages import environment
from monitor.web.parts import Stores, WebParts
from monitor.web.trials import Trials

BODY_LIMIT_BYTES: Final = 256 * 1024
# Who is not signed in may reach these only; a test walks every route. Hooks check signatures.
PUBLIC: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",
        "/login",
        "/language/{language}",
        "/hooks/slack",
        "/api/v1/openapi.json",
        "/static/shifen",
        "/static/htmx",
        "/static/tabler",
    }
)
PARTS: Final = (
    *(probes, login, hooks, stream),
    *(console, case_page, silence_page, duty_page, customer_page, quality_page),
    *(api, alerting, silences, duty, customers, quality, learning),
)


def create_app(parts: WebParts) -> FastAPI:
    """Return the console and the API over `parts`."""
    app = FastAPI(
        title="Shifen",
        version=parts.version,
        description="Posts, cases and alerts of the opinion watch. Lists answer newest first.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = parts
    app.state.stores = Stores.of(parts)
    app.state.trials = (
        Trials(parts.dry_runs, parts.database, now=parts.now) if parts.dry_runs else None
    )
    app.state.templates = environment()
    for part in PARTS:
        app.include_router(part.router)
    assets.mount(app)
    errors.install(app)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT_BYTES)
    app.add_middleware(SecureHeaders)
    return app
