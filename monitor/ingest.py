"""Posts from a file through the same pipeline: JSON Lines in, counts out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, Protocol, TextIO

from monitor.live_config import LiveConfig
from monitor.pipeline.collect import find
from monitor.storage import posts
from monitor.storage.database import Database
from scrapers.post import Author, Platform, Post

BATCH: Final = 1_000
SOURCE: Final = "ingest"
LONGEST_ID: Final = 64
WAITING_LIMIT: Final = 5_000
"""Hits that may wait for their verdict before reading pauses: keeps memory and delay bounded."""


class LineError(Exception):
    """A line is not a post; the text says what is wrong and how to mend it."""


class Judges(Protocol):
    """Judges hits that wait; returns how many it judged."""

    def step(self) -> int:
        """Judge one batch."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did; `asdict` of it is the last line that the command prints."""

    read: int
    new: int
    duplicates: int
    hits: int
    cases: int
    rejected: int
    seconds: float
    posts_per_s: float

    def to_json(self) -> str:
        """Return the summary as one line of JSON."""
        return json.dumps(asdict(self))


@dataclass(slots=True)
class _Counts:
    read: int = 0
    new: int = 0
    duplicates: int = 0
    hits: int = 0
    rejected: int = 0


class Ingest:
    """Feeds lines to the pipeline in batches; bad lines go to `rejects` and the rest goes on."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        judging: Judges,
        count_cases: Callable[[], int],
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._database = database
        self._live = live
        self._judging = judging
        self._count_cases = count_cases
        self._now = now
        self._clock = clock

    def run(
        self, lines: Iterable[str], rejects: TextIO, progress: Callable[[int], None]
    ) -> Summary:
        """Read every line; `progress` is called with the number of lines of each batch."""
        counts = _Counts()
        cases_before = self._count_cases()
        began = self._clock()
        numbered = enumerate(lines, start=1)
        while batch := list(islice(numbered, BATCH)):
            self._store(batch, rejects, counts)
            progress(len(batch))
        while self._judging.step():
            pass
        seconds = self._clock() - began
        return Summary(
            read=counts.read,
            new=counts.new,
            duplicates=counts.duplicates,
            hits=counts.hits,
            cases=self._count_cases() - cases_before,
            rejected=counts.rejected,
            seconds=round(seconds, 3),
            posts_per_s=round(counts.read / seconds, 1) if seconds else 0.0,
        )

    def _store(self, batch: list[tuple[int, str]], rejects: TextIO, counts: _Counts) -> None:
        now = self._now()
        good = list(self._posts(batch, rejects, counts, now))
        found = find(self._live.current(), good)
        with self._database.write() as connection:
            added = posts.add(connection, found, source=SOURCE, query_key="", seen_at=now)
        counts.new += added.new
        counts.duplicates += added.duplicates
        counts.hits += added.hits
        if added.hits:
            self._judging.step()

    def _posts(
        self, batch: list[tuple[int, str]], rejects: TextIO, counts: _Counts, now: datetime
    ) -> Iterator[Post]:
        for number, line in batch:
            if not line.strip():
                continue
            counts.read += 1
            try:
                yield parse_line(line, now)
            except LineError as error:
                counts.rejected += 1
                reject = {"line": number, "error": str(error), "raw": line.rstrip("\n")}
                rejects.write(json.dumps(reject, ensure_ascii=True) + "\n")


def parse_line(line: str, now: datetime) -> Post:
    """Read one input line of `ingest` (contract.md); raises LineError.

    `platform`, `id` and `text` are needed. A line without `created_at` counts as published
    now; one without `author` or `url` is kept without them.
    """
    try:
        data = json.loads(line)
    except ValueError as error:
        raise LineError(f"not JSON ({error}); write one object per line") from error
    if not isinstance(data, dict):
        raise LineError("not an object; write {...} with platform, id and text")
    author = data.get("author") or {}
    if not isinstance(author, dict):
        raise LineError("author must be an object with id, name, followers")
    return Post(
        platform=_platform(data),
        id=_text(data, "id"),
        author=Author(
            id=_optional(author, "id"),
            name=_optional(author, "name"),
            followers=_followers(author),
            handle=_optional(author, "handle"),
        ),
        text=_text(data, "text"),
        published_at=_time(data.get("created_at"), now),
        url=_optional(data, "url"),
    )


def _platform(data: dict[str, Any]) -> Platform:
    value = data.get("platform")
    if value == Platform.WEIBO.value:
        return Platform.WEIBO
    if value == Platform.TWITTER.value:
        return Platform.TWITTER
    raise LineError(f"platform is {value!r}; write weibo or twitter")


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, str) and value and (key != "id" or len(value) <= LONGEST_ID):
        return value
    if key == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise LineError(f"{key} is {str(value)[:40]!r}; write a text (an id of at most 64 characters)")


def _optional(data: dict[str, Any], key: str) -> str:
    value = data.get(key, "")
    if value is None:
        return ""
    if isinstance(value, str | int) and (key != "id" or len(str(value)) <= LONGEST_ID):
        return str(value)
    raise LineError(f"{key} is {str(value)[:40]!r}; write a text (an id of at most 64 characters)")


def _followers(author: dict[str, Any]) -> int | None:
    value = author.get("followers")
    if value is None or (isinstance(value, int) and 0 <= value < 2**62):
        return value
    raise LineError(f"author.followers is {str(value)[:40]!r}; write a whole number")


def _time(value: object, now: datetime) -> datetime:
    if value is None:
        return now
    if not isinstance(value, str):
        raise LineError(f"created_at is {str(value)[:40]!r}; write ISO 8601 text")
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise LineError(
            f"created_at is {value[:40]!r}; write ISO 8601, e.g. 2026-11-22T12:00:00+08:00"
        ) from error
    if at.tzinfo is None:
        raise LineError(f"created_at is {value[:40]!r} without a zone; add +08:00 or Z")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise LineError(f"created_at is {value[:40]!r}, which is no possible time") from error
