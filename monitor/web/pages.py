"""Renders the console's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.auth import Permission
from monitor.web.access import Principal, identify
from monitor.web.formats import Formats, iso, web_link
from monitor.web.parts import parts_of, stores_of
from monitor.web.texts import LANGUAGES, choose_language
from monitor.web.views import SEVERITIES, pieces, severity_name, tone_of, within_share

LANGUAGE_COOKIE: Final = "shifen_language"
TEMPLATES: Final = Path(__file__).parent / "templates"

# Address, name among the words `nav.…`, and what a role needs to be led there.
NAV: Final = (
    ("/", "alerts", Permission.READ_ALERTS),
    ("/duty", "duty", Permission.READ_ALERTS),
    ("/silences", "silences", Permission.READ_ALERTS),
    ("/customers", "customers", Permission.READ_ALERTS),
    ("/quality", "quality", Permission.READ_QUALITY),
)


def environment() -> Environment:
    """Return the templates; an undefined name in one is an error."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["iso"] = iso
    templates.filters["pieces"] = pieces
    templates.filters["web"] = web_link
    templates.globals.update(
        languages=LANGUAGES,
        severities=SEVERITIES,
        severity_name=severity_name,
        tone_of=tone_of,
        within_share=within_share,
        permissions=Permission,
        nav=NAV,
    )
    return templates


def language_of(request: Request) -> str:
    """Return the language that this request is answered in."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    accepted = request.headers.get("Accept-Language", "")
    return choose_language(chosen, accepted, parts_of(request).locale)


def formats_of(request: Request) -> Formats:
    """Return how values are written in the answer to a request."""
    return Formats(language_of(request), parts_of(request).timezone)


def fragment(request: Request, name: str, **context: Any) -> str:
    """Render a template for a request."""
    parts = parts_of(request)
    formats = formats_of(request)
    template = cast(Environment, request.app.state.templates).get_template(name)
    return template.render(
        f=formats,
        t=formats.t,
        parts=parts,
        now=parts.now(),
        path=request.url.path,
        address=_address(request),
        **context,
    )


def render(
    request: Request,
    name: str,
    *,
    status_code: int = 200,
    who: Principal | None = None,
    **context: Any,
) -> HTMLResponse:
    """Answer with a page; error pages find out by themselves who is asking."""
    if who is None and request.method == "GET":
        who = identify(request, stores_of(request))
    return HTMLResponse(fragment(request, name, who=who, **context), status_code)


def _address(request: Request) -> str:
    query = urlencode(request.query_params.multi_items())
    return request.url.path + (f"?{query}" if query else "")
