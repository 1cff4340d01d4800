"""Posts from a file through the same pipeline: JSON Lines in, counts out."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol

from monitor.live_config import LiveConfig
from monitor.pipeline.collect import find
from monitor.pipeline.judge import Judging
from monitor.storage import posts
from monitor.storage.database import Database
from scrapers.post import Author, Platform, Post

BATCH: Final = 1_000
SOURCE: Final = "ingest"
EARLIEST: Final = datetime(2006, 1, 1, tzinfo=UTC)
"""X began in March 2006, Weibo in 2009."""
CLOCKS_DIFFER: Final = timedelta(hours=1)
"""A post from further in the future has a wrong time, not a fast clock."""
ID: Final = re.compile(r"[!-~]{1,64}")
ADDRESS: Final = re.compile(r"https?://\S+")
SHOWN: Final = 40
"""Characters of a wrong value that are shown."""


class LineError(Exception):
    """A line is not a post; the text says what is wrong and how to mend it."""


class Rejects(Protocol):
    """Takes lines that are no posts, e.g. a file opened for writing."""

    def write(self, text: str, /) -> object:
        """Keep one line of JSON: `line` (its number), `error`, and `raw`."""


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
        judging: Judging,
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
        self, lines: Iterable[str], rejects: Rejects, progress: Callable[[int], None]
    ) -> Summary:
        """Read every line; `progress` is called with the number of lines of each batch.

        Hits are judged batch by batch, those that waited before as well.
        """
        counts = _Counts()
        cases_before = self._count_cases()
        began = self._clock()
        numbered = enumerate(lines, start=1)
        while batch := list(islice(numbered, BATCH)):
            self._store(batch, rejects, counts)
            self._judge()
            progress(len(batch))
        self._judge()
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

    def _judge(self) -> None:
        while self._judging.step():
            pass

    def _store(self, batch: list[tuple[int, str]], rejects: Rejects, counts: _Counts) -> None:
        now = self._now()
        good = list(self._posts(batch, rejects, counts, now))
        found = find(self._live.current(), good)
        with self._database.write() as connection:
            added = posts.add(connection, found, source=SOURCE, query_key="", seen_at=now)
        counts.new += added.new
        counts.duplicates += added.duplicates
        counts.hits += added.hits

    def _posts(
        self, batch: list[tuple[int, str]], rejects: Rejects, counts: _Counts, now: datetime
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
    now; one without `author` or `url` is kept without them. Bytes that are not UTF-8 are
    expected as lone surrogates (errors="surrogateescape").
    """
    data = _object(line)
    author = data.get("author")
    if author is None:
        author = {}
    if not isinstance(author, dict):
        raise _wrong("author", author, "an object with id, name, followers")
    return Post(
        platform=_platform(data),
        id=_id(data, "id"),
        author=Author(
            id=_id(author, "id") if author.get("id") not in (None, "") else "",
            name=_optional(author, "name"),
            followers=_followers(author),
            handle=_optional(author, "handle"),
        ),
        text=_text(data),
        published_at=_time(data.get("created_at"), now),
        url=_url(data),
    )


def _object(line: str) -> dict[str, Any]:
    try:
        line.encode()
    except UnicodeEncodeError as error:
        raise LineError("not UTF-8; save the file as UTF-8") from error
    try:
        data = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON ({error}); write one object per line") from error
    if not isinstance(data, dict):
        raise LineError("not an object; write {...} with platform, id and text")
    return data


def _wrong(key: str, value: object, mend: str) -> LineError:
    return LineError(f"{key} is {str(value)[:SHOWN]!r}; write {mend}")


def _platform(data: dict[str, Any]) -> Platform:
    value = data.get("platform")
    if value == Platform.WEIBO.value:
        return Platform.WEIBO
    if value == Platform.TWITTER.value:
        return Platform.TWITTER
    raise _wrong("platform", value, "weibo or twitter")


def _id(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not ID.fullmatch(text):
        raise _wrong(key, value, "1 to 64 letters and digits, without spaces")
    return text


def _text(data: dict[str, Any]) -> str:
    value = data.get("text")
    if not isinstance(value, str) or not value:
        raise _wrong("text", value, "the post's text")
    return value


def _optional(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong(key, value, "text")
    return value


def _url(data: dict[str, Any]) -> str:
    value = _optional(data, "url")
    if value and not ADDRESS.fullmatch(value):
        raise _wrong("url", value, "http://… or https://…")
    return value


def _followers(author: dict[str, Any]) -> int | None:
    value = author.get("followers")
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < posts.LARGEST_COUNT:
        return value
    raise _wrong("author.followers", value, "a whole number")


def _time(value: object, now: datetime) -> datetime:
    if value is None:
        return now
    if not isinstance(value, str):
        raise _wrong("created_at", value, "ISO 8601 text")
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise _wrong("created_at", value, "ISO 8601, e.g. 2026-11-22T12:00:00+08:00") from error
    if at.tzinfo is None:
        raise _wrong("created_at", value, "the zone as well: add +08:00 or Z")
    if not EARLIEST <= at <= now + CLOCKS_DIFFER:
        raise _wrong("created_at", value, "when it was published, from 2006 until now")
    return at.astimezone(UTC)
