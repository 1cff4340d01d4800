"""The stream that brings alerts to open pages: the only asynchronous code of the service."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Final

import anyio
from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from monitor.storage.rows import AlertRow
from monitor.web.access import READS_ALERTS
from monitor.web.console import Choice, InChoice
from monitor.web.feed import version_of_all
from monitor.web.pages import fragment
from monitor.web.parts import InParts, parts_of
from monitor.web.views import alert_view

# A page connects again after this time, and is let in only while its session lives.
LIFE_S: Final = 600.0
# A comment this often shows dead connections, and keeps proxies from closing idle ones.
BEAT_S: Final = 15.0
RETRY_MS: Final = 2000

router = APIRouter(include_in_schema=False)


@router.get("/alerts/stream", dependencies=[READS_ALERTS])
async def stream(request: Request, parts: InParts, choice: InChoice) -> StreamingResponse:
    """Send every alert that is new or has changed as a piece of the page."""
    headers = {"X-Accel-Buffering": "no"}
    events = _events(Watcher(request, choice), parts.feed.max_age_s)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


class Watcher:
    """What one open page has been shown."""

    def __init__(self, request: Request, choice: Choice) -> None:
        self._request = request
        self._parts = parts_of(request)
        self._choice = choice
        self._shown: dict[int, AlertRow] | None = None

    @property
    def dismissed(self) -> bool:
        """Whether the page must let go."""
        return self._parts.feed.closed

    def news(self) -> list[str]:
        """Return what the page does not show yet, oldest first, as events.

        A page that was made from the very state that the feed has now needs nothing; one that
        comes back after a break gets the whole window, and keeps what it has already.
        """
        rows = self._parts.feed.latest()
        if self._shown is None:
            fresh = self._choice.at == version_of_all(rows)
            self._shown = {row.id: row for row in rows} if fresh else {}
        shown, self._shown = self._shown, {row.id: row for row in rows}
        changed = [row for row in reversed(rows) if shown.get(row.id) != row]
        return [self._event(row) for row in changed if self._concerns(row, shown.get(row.id))]

    def _concerns(self, row: AlertRow, before: AlertRow | None) -> bool:
        # What the filter let in stays on the page, so it must not grow stale there.
        return self._choice.shows(row) or (before is not None and self._choice.shows(before))

    def _event(self, row: AlertRow) -> str:
        view = alert_view(row, self._parts.public_reply)
        lines = fragment(self._request, "_alert.html", alert=view).splitlines()
        data = "".join(f"data: {line}\n" for line in lines)
        return f"event: alert\nid: {row.id}\n{data}\n"


async def _events(watcher: Watcher, pause_s: float) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    end = time.monotonic() + LIFE_S
    beat = time.monotonic() + BEAT_S
    while not watcher.dismissed and time.monotonic() < end:
        for event in await to_thread.run_sync(watcher.news):
            yield event
        if time.monotonic() >= beat:
            beat = time.monotonic() + BEAT_S
            yield ": beat\n\n"
        await anyio.sleep(pause_s)
