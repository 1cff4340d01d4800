"""What the page of a case shows, read and put into words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from monitor.storage import case_reading, cases, casework, escalations, timeline
from monitor.storage.case_reading import Voices
from monitor.storage.database import Connection
from monitor.storage.reading import case_row
from monitor.storage.rows import CaseRow
from monitor.storage.timeline import EventKind
from monitor.web.case_schemas import ReceiverOut
from monitor.web.chronicle import Chronicle, Entry
from monitor.web.formats import web_link
from monitor.web.parts import Stores, WebParts
from monitor.web.reader import CauseView, Deadline, Reader
from monitor.web.views import severity_name

EXCERPT: Final = 60


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as its page shows it now; `version` changes whenever that does.

    `acked` says that an acknowledgement still holds, `recent` counts the posts of the last
    `window_minutes`; the history has the newest first;
    `merged` are the cases that were merged into this one.
    """

    row: CaseRow
    severity: str
    causes: tuple[CauseView, ...]
    deadline: Deadline | None
    acked: bool
    answer_url: str
    recent: int
    window_minutes: int
    history: tuple[Entry, ...]
    receivers: tuple[ReceiverOut, ...]
    voices: Voices
    linked: tuple[int, ...]
    merged: tuple[int, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a post, and the hit that ties it to its case."""

    hit_id: int
    author: str
    text: str


def read_page(
    connection: Connection, parts: WebParts, reader: Reader, case_id: int
) -> CasePage | None:
    """Read a case with all that happened to it; None when there is none of that id."""
    row = case_row(connection, case_id)
    if row is None:
        return None
    now = parts.now()
    window = timedelta(seconds=parts.rules().thresholds.speed_window_s)
    ladder = next(iter(escalations.held(connection, [case_id])), None)
    events = timeline.of_case(connection, case_id)
    heard = case_reading.heard(connection, case_id)
    voices = case_reading.voices(connection, case_id)
    linked = tuple(casework.linked(connection, case_id))
    recent = cases.posts_since(connection, [case_id], now - window).get(case_id, 0)
    deadline = reader.deadline(ladder, now)
    acked = row.is_acked(now)
    seen = repr((row, deadline, acked, recent, events, heard, voices, linked))
    return CasePage(
        row=row,
        severity=severity_name(row.severity),
        causes=reader.causes(row.causes),
        deadline=deadline,
        acked=acked,
        answer_url=web_link(row.answer_url or ""),
        recent=recent,
        window_minutes=int(window.total_seconds() // 60),
        history=Chronicle(reader, ladder.rungs if ladder else ()).tell(events)[::-1],
        receivers=tuple(ReceiverOut.of(each, reader) for each in heard),
        voices=voices,
        linked=linked,
        merged=tuple(
            event.data["from"]
            for event in events
            if event.kind is EventKind.MERGED and event.data.get("from")
        ),
        version=hashlib.sha256(seen.encode()).hexdigest()[:12],
    )


def excerpts(stores: Stores, parts: WebParts, case: CaseRow) -> list[Excerpt]:
    """Return the posts of a case, briefly and masked, to choose some of; none of a single one."""
    detail = stores.reading.case(case.id) if case.posts > 1 else None
    return [
        Excerpt(hit.id, parts.mask(post.author_name), parts.mask(post.text)[:EXCERPT])
        for post in (detail.posts if detail else ())
        for hit in post.hits
    ]
