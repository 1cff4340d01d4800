"""The console's pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.severity import Severity
from monitor.storage.paging import CursorError, Page, decode_cursor
from monitor.storage.reading import Filter
from monitor.storage.rows import AlertRow, AlertState
from monitor.web.access import AlertReader
from monitor.web.feed import SIZE, version_of_all
from monitor.web.pages import render
from monitor.web.parts import InParts, InStores, Stores, WebParts
from monitor.web.views import SEVERITIES, alert_view, source_view
from scrapers.post import Platform

# As many as the feed watches, so that what it brings back after a break is on the page already.
PAGE_SIZE: Final = SIZE
WINDOW: Final = timedelta(hours=24)

router = APIRouter(include_in_schema=False)


class Choice(BaseModel):
    """The filter of the alerts page; empty fields of the form mean everything."""

    model_config = ConfigDict(extra="ignore")

    severity: Annotated[str, Field(max_length=20)] = ""
    platform: Annotated[str, Field(max_length=20)] = ""
    state: Annotated[str, Field(max_length=20)] = ""
    brand: Annotated[str, Field(max_length=200)] = ""
    cursor: Annotated[str, Field(max_length=100)] = ""
    at: Annotated[str, Field(max_length=40)] = ""

    def filter(self) -> Filter:
        """Return the filter for storage; a value that does not exist counts as none."""
        known = self.severity in SEVERITIES
        return Filter(
            brand=self.brand or None,
            platform=self.platform if self.platform in list(Platform) else None,
            severity=int(Severity[self.severity.upper()]) if known else None,
            state=self.state if self.state in list(AlertState) else None,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered out."""
        return self.filter() != Filter()

    def shows(self, row: AlertRow) -> bool:
        """Whether the page with this filter shows the alert."""
        wanted = self.filter()
        return (
            wanted.brand in (None, row.brand)
            and wanted.platform in (None, row.platform)
            and wanted.severity in (None, row.severity)
            and wanted.state in (None, row.state)
        )

    def query(self, **more: str) -> str:
        """Return the filter as the query part of an address."""
        fields = {"severity", "platform", "state", "brand"}
        chosen = {name: value for name, value in self.model_dump(include=fields).items() if value}
        return urlencode(chosen | {name: value for name, value in more.items() if value})


InChoice = Annotated[Choice, Query()]


@router.get("/")
def show_alerts(
    request: Request, who: AlertReader, parts: InParts, stores: InStores, choice: InChoice
) -> Response:
    """Show the newest alerts; new ones arrive over the stream."""
    snapshot = version_of_all(parts.feed.latest())
    page = stores.reading.alerts(choice.filter(), PAGE_SIZE)
    return render(
        request,
        "alerts.html",
        who=who,
        choice=choice,
        stream=f"/alerts/stream?{choice.query(at=snapshot)}",
        **_page(parts, page, choice),
        **_status(parts, stores),
    )


@router.get("/alerts/older")
def show_older(
    request: Request, who: AlertReader, parts: InParts, stores: InStores, choice: InChoice
) -> Response:
    """Show the next page of alerts."""
    try:
        after = decode_cursor(choice.cursor)
    except CursorError as error:
        raise HTTPException(400, str(error)) from error
    page = stores.reading.alerts(choice.filter(), PAGE_SIZE, after)
    return render(request, "_older.html", who=who, choice=choice, **_page(parts, page, choice))


@router.get("/status")
def show_status(request: Request, who: AlertReader, parts: InParts, stores: InStores) -> Response:
    """Show the status strip anew."""
    return render(request, "_status.html", who=who, **_status(parts, stores))


def _page(parts: WebParts, page: Page[AlertRow], choice: Choice) -> dict[str, Any]:
    older = choice.query(cursor=page.next_cursor) if page.next_cursor else ""
    views = [alert_view(row, parts.public_reply) for row in page.items]
    return {"alerts": views, "older": older}


def _status(parts: WebParts, stores: Stores) -> dict[str, Any]:
    now = parts.now()
    return {
        "overview": stores.sight.overview(now - WINDOW),
        "latencies": stores.sight.latencies(now - WINDOW, parts.promise),
        "sources": [source_view(row) for row in stores.sight.sources()],
    }
