"""Searches X: GET /2/tweets/search/recent with an app's bearer token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from scrapers.errors import Drifted, SourceError, Throttled
from scrapers.http import Reader, Response, Transport
from scrapers.pace import Pace
from scrapers.post import Platform, Post
from scrapers.source import BadItem, Outcome, Page, Query, Source
from scrapers.twitter.answers import (
    WINDOW_S,
    BrokenOff,
    FieldsRefused,
    check,
    rate_limit,
    skew_warning,
    wait_s,
)
from scrapers.twitter.parse import Answer, parse
from scrapers.twitter.settings import TwitterSettings
from scrapers.twitter.snowflake import MILLISECOND, first_id, time_of
from scrapers.twitter.vocabulary import FIELD_PARAMS, other

SEARCH_PATH: Final = "/2/tweets/search/recent"
PAGE_SIZE: Final = "100"
"""The most that one request may ask for (10 to 100)."""
REACH: Final = timedelta(days=6, hours=13)
"""The index holds 7 days, and X answers 400 to a `since_id` from before it. Callers keep to
6.5 days by a clock that they read a little earlier; the hour keeps both from cutting twice."""
MIN_ITEMS_TO_JUDGE: Final = 4
CREDENTIAL: Final = "SHIFEN_TWITTER_BEARER_TOKEN"


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time to read, `since` and `until` included."""

    since: datetime
    until: datetime | None

    @property
    def above_id(self) -> int:
        """The `since_id`: every id of the window is greater."""
        return max(0, first_id(self.since) - 1)

    @property
    def below_id(self) -> int | None:
        """The `until_id`: every id of the window is smaller; None when it is open."""
        return None if self.until is None else first_id(self.until + MILLISECOND)

    def holds(self, version_id: int) -> bool:
        """Whether a version of a post was published in the window."""
        return version_id > self.above_id and (self.below_id is None or version_id < self.below_id)


class Reading:
    """What the pages of one fetch have brought so far."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.posts: dict[str, Post] = {}
        self.bad: list[BadItem] = []
        self.notes: dict[str, None] = {}
        self.items = 0
        self.version_ids: list[int] = []
        self.drained = False

    def add(self, answer: Answer) -> None:
        """Take in one page, newest posts first; of an edited post the newest version stays."""
        for found in answer.found:
            if self.window.holds(found.version_id):
                self.posts.setdefault(found.post.id, found.post)
        self.bad.extend(answer.bad)
        self.items += len(answer.found) + len(answer.bad)
        self.notes.update(dict.fromkeys(answer.notes))
        inside = [known for known in answer.version_ids if self.window.holds(known)]
        self.version_ids += inside
        below = [known for known in answer.version_ids if known <= self.window.above_id]
        self.drained = not answer.next_token or bool(below and not inside)

    @property
    def drifted(self) -> bool:
        """Whether so many items were unreadable that their shape must have changed."""
        return self.items >= MIN_ITEMS_TO_JUDGE and len(self.bad) * 2 > self.items

    @property
    def drained_to(self) -> datetime | None:
        """Where reading stopped. Of the oldest post's own millisecond more may be unread."""
        if self.drifted:
            return None
        if self.drained:
            return self.window.since
        return time_of(min(self.version_ids)) + MILLISECOND if self.version_ids else None


class TwitterSource:
    """X as a source of posts.

    A post that was edited inside the window is handed out even when its first version is
    older: its new text may be the complaint. Its id and time stay those of the first version.
    """

    name = "twitter"
    platform = Platform.TWITTER

    def __init__(
        self,
        reader: Reader,
        settings: TwitterSettings,
        *,
        token: str,
        now: Callable[[], datetime],
    ) -> None:
        self._reader = reader
        self._max_pages = settings.max_pages
        self._vocabulary = settings.vocabulary
        self._token = token
        self._now = now
        self._closed_until: datetime | None = None
        self._turn = threading.Lock()

    def fetch(self, query: Query, since: datetime, until: datetime | None = None) -> Page:
        """Read every post of `query` published in `since`..`until`; see `Source`."""
        if not _is_token(self._token):
            state = "is malformed" if self._token else "is not set"
            return Page(Outcome.AUTH, detail=f"{CREDENTIAL} {state}: X was not asked", requests=0)
        reach = self._now() - REACH
        window = Window(max(since, reach), until if until and until < self._now() else None)
        if window.until and window.until < window.since:
            detail = f"X can only be searched back to {reach:%Y-%m-%d %H:%M} UTC"
            return Page(Outcome.REJECTED, detail=detail, requests=0)
        reading = Reading(window)
        if since < reach:
            reading.notes[f"posts before {reach:%Y-%m-%d %H:%M} UTC are out of X's reach"] = None
        with self._turn:  # the vocabulary and the count of requests are one fetch's at a time
            requests = self._reader.requests
            try:
                self._drain(query, reading)
            except SourceError as error:
                page = _failed(reading, error)
            else:
                page = _read(reading)
            return replace(page, requests=self._reader.requests - requests)

    def close(self) -> None:
        """Let go of connections."""
        self._reader.close()

    def _drain(self, query: Query, reading: Reading) -> None:
        params = {
            "query": query.text,
            "max_results": PAGE_SIZE,
            "sort_order": "recency",
            "since_id": str(reading.window.above_id),
        }
        if reading.window.below_id is not None:
            params["until_id"] = str(reading.window.below_id)
        for _ in range(self._max_pages):
            answer = self._ask(params, reading)
            reading.add(answer)
            if reading.drained:
                return
            params["next_token"] = answer.next_token
        reading.notes[f"stopped at the limit of {self._max_pages} pages"] = None

    def _ask(self, params: Mapping[str, str], reading: Reading) -> Answer:
        """Ask in the vocabulary that worked last, and once in the other if X refuses it."""
        try:
            body = self._body(params, reading)
        except FieldsRefused as refusal:
            spoken = self._vocabulary
            self._vocabulary = other(spoken)
            try:
                body = self._body(params, reading)
            except SourceError as error:
                self._vocabulary = spoken
                raise (refusal if isinstance(error, FieldsRefused) else error) from None
        answer = parse(body)
        if answer.bare:
            reading.notes[f"X passes over our {self._vocabulary} field names"] = None
            self._vocabulary = other(self._vocabulary)
        return answer

    def _body(self, params: Mapping[str, str], reading: Reading) -> Any:
        """Return one answer's body; a body that breaks off is asked for once more."""
        try:
            return check(self._get(params, reading), self._now())
        except BrokenOff:
            pass
        try:
            return check(self._get(params, reading), self._now())
        except BrokenOff as error:
            raise Drifted(f"{error.detail}, twice in a row") from error

    def _get(self, params: Mapping[str, str], reading: Reading) -> Response:
        """Send one request, unless X has said that none is left in the present window."""
        now = self._now()
        if self._closed_until and now < self._closed_until:
            raise Throttled(
                "X: no request is left in this window of 15 minutes",
                retry_after_s=wait_s(self._closed_until, now),
            )
        fields = FIELD_PARAMS[self._vocabulary]
        response = self._reader.get(SEARCH_PATH, {**params, **fields})
        limit = rate_limit(response)
        if limit.remaining == 0 and limit.resets_at:
            self._closed_until = min(limit.resets_at, now + timedelta(seconds=WINDOW_S))
        warning = skew_warning(response, now)
        if warning:
            reading.notes[warning] = None
        return response


def build_twitter_source(
    settings: TwitterSettings,
    *,
    bearer_token: str,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    transport: Transport | None = None,
) -> Source:
    """Build the X source; without a usable token it answers AUTH and asks nothing."""
    token = bearer_token.strip()
    headers = {"Accept": "application/json", "User-Agent": "Shifen"}
    if _is_token(token):
        headers["Authorization"] = f"Bearer {token}"
    reader = Reader(
        settings.base_url,
        timeout_s=settings.timeout_s,
        headers=headers,
        pace=Pace(WINDOW_S / settings.requests_per_15_minutes, sleep=sleep),
        transport=transport,
        sleep=sleep,
        secrets=(token,),
    )
    return TwitterSource(reader, settings, token=token, now=now)


def _is_token(token: str) -> bool:
    """Whether `token` can stand in a header at all."""
    return bool(token) and token.isascii() and token.isprintable() and " " not in token


def _page(reading: Reading, outcome: Outcome, detail: str) -> Page:
    return Page(
        outcome,
        posts=tuple(reading.posts.values()),
        bad=tuple(reading.bad),
        drained_to=reading.drained_to,
        detail=detail,
        notes=tuple(reading.notes),
    )


def _read(reading: Reading) -> Page:
    """Return the page of a fetch that nothing stopped but, perhaps, the page limit."""
    if reading.drifted:
        reason = reading.bad[0].reason
        detail = f"{len(reading.bad)} of {reading.items} posts are unreadable, the first: {reason}"
        return _page(reading, Outcome.DRIFT, detail)
    some = reading.posts or reading.bad
    return _page(reading, Outcome.OK if some else Outcome.OK_EMPTY, "")


def _failed(reading: Reading, error: SourceError) -> Page:
    page = _page(reading, error.outcome, error.detail)
    return replace(page, retry_after_s=error.retry_after_s)
