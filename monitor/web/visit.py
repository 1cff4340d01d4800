"""A request to the console: the parts that its page is made from, and how it is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from monitor.web.access import Principal
from monitor.web.formats import Formats
from monitor.web.pages import formats_of, render
from monitor.web.parts import InParts, InStores, Stores, WebParts
from monitor.web.reader import Reader, reader_of


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looks at a page or does something on it; `f` writes in their language."""

    request: Request
    parts: WebParts
    stores: Stores
    f: Formats

    def reader(self, who: Principal) -> Reader:
        """Return who reads the answer."""
        return reader_of(self.parts, who, self.f.language)

    def show(self, name: str, who: Principal, *, said: str = "", **context: Any) -> Response:
        """Answer with a page or a piece of one, and let the page say that something was done."""
        response = render(self.request, name, who=who, **context)
        if said:
            response.headers["HX-Trigger"] = json.dumps({"said": said})
        return response

    def go(self, path: str) -> Response:
        """Lead the browser to another page."""
        return Response(status_code=204, headers={"HX-Redirect": path})


def visit_of(request: Request, parts: InParts, stores: InStores) -> Visit:
    """Return what a request brings along."""
    return Visit(request, parts, stores, formats_of(request))


InVisit = Annotated[Visit, Depends(visit_of)]
