"""A stand-in for X: `GET /2/tweets/search/recent`."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

from monitor.demo import twitter_json
from monitor.demo.exchange import Answer, Fault, Request, html_answer, json_answer, text_answer
from monitor.demo.ids import id_time
from monitor.demo.stand import Stand
from monitor.demo.twitter_fields import EXPANSIONS, POST_FIELDS, USER_FIELDS
from monitor.demo.twitter_query import QueryError, parse
from monitor.demo.world import Published, World
from scrapers.post import Platform
from scrapers.twitter.settings import Vocabulary

SEARCH: Final = "/2/tweets/search/recent"
PROBLEM: Final = "https://api.twitter.com/2/problems/"
WINDOW_S: Final = 900
INDEX_DAYS: Final = 7
LATEST_START_S: Final = 10
RESULTS: Final = range(10, 101)
TOKEN_PREFIX: Final = "b26v89c19zqg8o3f"  # noqa: S105 - leads to the next page
_ID: Final = re.compile(r"[0-9]{1,19}")
_PARAMETERS: Final = frozenset(
    {"query", "max_results", "since_id", "until_id", "start_time", "end_time", "next_token",
     "pagination_token", "sort_order", "expansions", "user.fields", "media.fields",
     "place.fields", "poll.fields"}
)  # fmt: skip
_FIELDS_PARAMETER: Final = {Vocabulary.TWEET: "tweet.fields", Vocabulary.POST: "post.fields"}


class _Refused(Exception):
    def __init__(self, message: str, **parameters: str) -> None:
        super().__init__(message)
        self.parameters = {name: [value] for name, value in parameters.items()}


class StandTwitter(Stand):
    """X on loopback; `bearer_token` opens it.

    It answers in the vocabulary that it is asked in, and with 400 where that is not among
    `vocabularies`. `rate_limit` requests are free in each window of 15 minutes.
    """

    faults: ClassVar = frozenset(Fault) - {Fault.CAPTCHA, Fault.VISITOR_GATE, Fault.LOST_ANSWER}
    bearer_token: Final = "AAAAstand"  # noqa: S105 - opens nothing but this

    def __init__(
        self,
        world: World,
        *,
        index_lag_s: float = 0.0,
        vocabularies: frozenset[Vocabulary] = frozenset(Vocabulary),
        query_max_length: int = 512,
        rate_limit: int = 450,
        slow_s: float = 15.0,
    ) -> None:
        super().__init__(world.now, slow_s=slow_s)
        self.index_lag_s = index_lag_s
        self.vocabularies = vocabularies
        self.query_max_length = query_max_length
        self.rate_limit = rate_limit
        self._world = world
        self._lock = threading.Lock()
        self._window_ends = datetime.fromtimestamp(0, UTC)
        self._used = 0
        self._recorded: Sequence[dict[str, Any]] = ()

    def serve_recorded(self, path: Path | None) -> None:
        """Answer searches with recorded payloads, one JSON document a line; None ends it.

        The first line answers a search without a token, every other line the token that the
        line before it names in its `meta`. A token that leads nowhere gets an empty page.
        """
        if path is None:
            self._recorded = ()
            return
        lines = path.read_text(encoding="utf-8").splitlines()
        self._recorded = [json.loads(line) for line in lines if line.strip()]

    def respond(self, request: Request) -> Answer:
        """Answer as the healthy platform does."""
        if request.path != SEARCH or request.method != "GET":
            return html_answer("<!DOCTYPE html><title>X / ?</title><p>No such page.</p>", 404)
        if request.bearer != self.bearer_token:
            return _problem(401, "Unauthorized", "Unauthorized")
        spent, headers = self._spend()
        if spent:
            return _problem(429, "Too Many Requests", "Too Many Requests", headers)
        if self._recorded:
            return json_answer(self._recorded_page(request), 200, headers)
        try:
            return json_answer(self._search(request.query), 200, headers)
        except _Refused as refused:
            return _invalid(refused, headers)

    def misbehave(self, request: Request, fault: Fault) -> Answer:
        """Answer in X's words for what is wrong."""
        if fault is Fault.THROTTLED:
            reset = self.now() + timedelta(seconds=WINDOW_S)
            headers = self._rate_headers(0, reset)
            return _problem(429, "Too Many Requests", "Too Many Requests", headers)
        return _FAULTS[fault]

    def _search(self, asked: dict[str, str]) -> dict[str, Any]:
        vocabulary = self._vocabulary(asked)
        wanted = _asked(asked, vocabulary)
        found = self._found(asked)
        size = _size(asked.get("max_results", "10"))
        token = asked.get("next_token") or asked.get("pagination_token")
        if token:
            before = _before(token)
            found = [post for post in found if int(post.id) < before]
        posts = found[:size]
        more = len(found) > size
        if asked.get("sort_order") == "relevancy":
            posts = sorted(posts, key=lambda post: post.sample.likes, reverse=True)
        page = twitter_json.page(
            posts,
            twitter_json.normalised(wanted),
            self._world.account_id,
            _token(min(int(post.id) for post in posts)) if more else None,
        )
        return twitter_json.in_post_words(page) if vocabulary is Vocabulary.POST else page

    def _vocabulary(self, asked: dict[str, str]) -> Vocabulary:
        for vocabulary, name in _FIELDS_PARAMETER.items():
            if name in asked and vocabulary in self.vocabularies:
                return vocabulary
        allowed = _PARAMETERS | {_FIELDS_PARAMETER[known] for known in self.vocabularies}
        for name in asked:
            if name not in allowed:
                choice = ", ".join(sorted(allowed))
                raise _Refused(f"The query parameter [{name}] is not one of [{choice}]")
        return Vocabulary.TWEET if Vocabulary.TWEET in self.vocabularies else Vocabulary.POST

    def _found(self, asked: dict[str, str]) -> list[Published]:
        query = asked.get("query", "")
        if not 1 <= len(query) <= self.query_max_length:
            raise _Refused(
                f"query length [{len(query)}] must be between 1 and {self.query_max_length}",
                query=query,
            )
        try:
            rule = parse(query)
        except QueryError as error:
            raise _Refused(f"There were errors processing your request: {error}") from error
        timely = self._timely(asked)
        return [
            post
            for post in self._world.posts(Platform.TWITTER, lag_s=self.index_lag_s)
            if timely(post) and rule(twitter_json.subject(post))
        ]

    def _timely(self, asked: dict[str, str]) -> Callable[[Published], bool]:
        now = self.now()
        oldest = now - timedelta(days=INDEX_DAYS)
        ids = {name: asked[name] for name in ("since_id", "until_id") if name in asked}
        times = {
            name: _moment(name, asked[name]) for name in ("start_time", "end_time") if name in asked
        }
        if ids and times:
            raise _Refused(
                "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or "
                "'end_time'."
            )
        for name, value in ids.items():
            if not _ID.fullmatch(value):
                raise _Refused(
                    f"The `{name}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$",
                    **{name: value},
                )
        since_id, until_id = int(ids.get("since_id", 0)), int(ids.get("until_id", 2**63))
        if since_id and id_time(Platform.TWITTER, str(since_id)) < oldest:
            raise _Refused("'since_id' must be an id of the last 7 days", since_id=str(since_id))
        start, end = times.get("start_time", oldest), times.get("end_time", now)
        if start < oldest or start > now - timedelta(seconds=LATEST_START_S) or start >= end:
            raise _Refused("Invalid 'start_time'", start_time=start.isoformat())
        return lambda post: since_id < int(post.id) < until_id and start <= post.published_at <= end

    def _recorded_page(self, request: Request) -> dict[str, Any]:
        token = request.query.get("next_token") or request.query.get("pagination_token")
        if not token:
            return self._recorded[0]
        tokens = [page.get("meta", {}).get("next_token") for page in self._recorded]
        following = tokens.index(token) + 1 if token in tokens else len(tokens)
        if following >= len(self._recorded):
            return {"meta": {"result_count": 0}}
        return self._recorded[following]

    def _spend(self) -> tuple[bool, tuple[tuple[str, str], ...]]:
        now = self.now()
        with self._lock:
            if now >= self._window_ends:
                self._window_ends = now + timedelta(seconds=WINDOW_S)
                self._used = 0
            spent = self._used >= self.rate_limit
            self._used += not spent
            return spent, self._rate_headers(self.rate_limit - self._used, self._window_ends)

    def _rate_headers(self, remaining: int, reset: datetime) -> tuple[tuple[str, str], ...]:
        return (
            ("x-rate-limit-limit", str(self.rate_limit)),
            ("x-rate-limit-remaining", str(remaining)),
            ("x-rate-limit-reset", str(int(reset.timestamp()))),
        )


def _asked(asked: dict[str, str], vocabulary: Vocabulary) -> twitter_json.Asked:
    fields = _FIELDS_PARAMETER[vocabulary]
    return twitter_json.Asked(
        _listed(fields, asked.get(fields, ""), POST_FIELDS[vocabulary]),
        _listed("user.fields", asked.get("user.fields", ""), USER_FIELDS),
        _listed("expansions", asked.get("expansions", ""), EXPANSIONS[vocabulary]),
    )


def _listed(parameter: str, value: str, known: frozenset[str]) -> frozenset[str]:
    names = frozenset(name for name in value.split(",") if name)
    for name in sorted(names - known):
        choice = ",".join(sorted(known))
        raise _Refused(f"The `{parameter}` query parameter value [{name}] is not one of [{choice}]")
    return names


def _size(value: str) -> int:
    if not value.isdigit() or int(value) not in RESULTS:
        raise _Refused(
            f"The `max_results` query parameter value [{value}] is not between 10 and 100",
            max_results=value,
        )
    return int(value)


def _moment(name: str, value: str) -> datetime:
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise _Refused(f"The `{name}` query parameter value [{value}] is no time") from None


def _token(last_id: int) -> str:
    return TOKEN_PREFIX + base64.b32hexencode(str(last_id).encode()).decode().lower().rstrip("=")


def _before(token: str) -> int:
    packed = token.removeprefix(TOKEN_PREFIX).upper()
    try:
        return int(base64.b32hexdecode(packed + "=" * (-len(packed) % 8)))
    except ValueError:
        raise _Refused("The `next_token` query parameter is invalid", next_token=token) from None


def _invalid(refused: _Refused, headers: tuple[tuple[str, str], ...]) -> Answer:
    return json_answer(
        {
            "errors": [{"parameters": refused.parameters, "message": str(refused)}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": PROBLEM + "invalid-request",
        },
        400,
        headers,
    )


def _problem(
    status: int, title: str, detail: str, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    problem = {"title": title, "type": "about:blank", "status": status, "detail": detail}
    return json_answer(problem, status, headers)


_FAULTS: Final = {
    Fault.EXPIRED_AUTH: _problem(401, "Unauthorized", "Unauthorized"),
    Fault.THROTTLED_SILENT: _problem(429, "Too Many Requests", "Too Many Requests"),
    Fault.USAGE_CAP: json_answer(
        {
            "title": "UsageCapExceeded",
            "detail": "Usage cap exceeded: Monthly product cap",
            "account_id": 900000000000000001,
            "period": "Monthly",
            "scope": "Product",
            "type": PROBLEM + "usage-capped",
        },
        429,
    ),
    Fault.NO_CREDITS: json_answer(
        {
            "account_id": 900000000000000001,
            "title": "CreditsDepleted",
            "detail": "Your enrolled account [900000000000000001] does not have any credits to "
            "fulfill this request.",
            "type": PROBLEM + "credits",
        },
        402,
    ),
    Fault.BLOCKED: _problem(403, "Forbidden", "Forbidden"),
    Fault.SERVER_ERROR: text_answer("upstream connect error", 503),
    Fault.HTML: html_answer("<!DOCTYPE html><title>Just a moment</title><p>Checking.</p>"),
    Fault.DRIFT: json_answer({"result": {"timeline": {"entries": [{"kind": "post"}]}}}),
    Fault.SILENT_EMPTY: json_answer({"meta": {"result_count": 0}}),
}
