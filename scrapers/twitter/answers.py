"""Tells apart the ways in which X says no, and hands on the body of a yes.

X answers errors as RFC 9457 problems `{"title", "detail", "type", "status"}`, in old corners as
`{"errors": [{"code", "message"}]}`, and now and then as a page of HTML. The host in `type`
varies (api.twitter.com, api.x.com), so only its last path segment counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from scrapers.errors import (
    Blocked,
    CapReached,
    Drifted,
    NotLoggedIn,
    Rejected,
    SourceError,
    Throttled,
    Unreachable,
)
from scrapers.http import Response, retry_after_s
from scrapers.twitter.fields import mapping, plain, sentence, sequence

MAX_SKEW_S: Final = 60
WINDOW_S: Final = 900
"""X counts requests in windows of 15 minutes; no wait for a new window is longer."""

_BLOCK_PAGE_WORDS: Final = (b"access denied", b"attention required", b"captcha", b"cf-chl")
_LOGIN_PROBLEMS: Final = ("unsupported-authentication", "client-forbidden", "permissions")
_PASSING_PROBLEMS: Final = ("internal-error", "operational-disconnect", "service-unavailable")
_V1_RATE_LIMIT_CODE: Final = 88
_FIELD_PARAMETERS: Final = ("fields", "expansions")


class FieldsRefused(Rejected):
    """X may have refused the names of the fields asked for; the other vocabulary may do."""


class BrokenOff(Unreachable):
    """The body is the beginning of JSON: cut on its way, most likely."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error body says. `kind` is the last segment of `type`; `code` that of API v1."""

    title: str
    detail: str
    kind: str
    code: int | None
    parameters: tuple[str, ...]

    def says(self, *words: str) -> bool:
        """Whether kind, title or detail holds one of `words` (given in lower case)."""
        whole = f"{self.kind} {self.title} {self.detail}".casefold()
        return any(word in whole for word in words)

    @property
    def sentence(self) -> str:
        """Title and detail in one line."""
        return (
            ": ".join(dict.fromkeys(filter(None, (self.title, self.detail)))) or "no reason given"
        )


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The request window by the answer's headers; None where they are missing."""

    remaining: int | None
    resets_at: datetime | None


def check(response: Response, now: datetime) -> Any:
    """Return the decoded body of a good answer, or raise why there is none.

    Raises BrokenOff for a body that was cut: asking once more may help.
    """
    if response.status_code != 200:
        raise _refusal(response, now)
    body = _decoded(response)
    if isinstance(body, dict) and "data" not in body and "meta" not in body:
        for error in map(mapping, sequence(body.get("errors"))):
            if "resource_id" not in error and "resource_type" not in error:
                raise _without_status(problem(error))
    return body


def rate_limit(response: Response) -> RateLimit:
    """Read the `x-rate-limit-*` headers."""
    remaining = _header_number(response, "x-rate-limit-remaining")
    resets_at = _header_number(response, "x-rate-limit-reset")
    return RateLimit(
        remaining, None if resets_at is None else datetime.fromtimestamp(resets_at, tz=UTC)
    )


def wait_s(resets_at: datetime, now: datetime) -> float:
    """Return how long to wait for the next window: to its reset and a second more.

    Never more than a whole window: a reset further off means that a clock is wrong.
    """
    return min(max((resets_at - now).total_seconds(), 0) + 1, WINDOW_S + 1)


def skew_s(response: Response, now: datetime) -> float | None:
    """Return by how many seconds our clock is ahead of X's, by the answer's Date header."""
    try:
        theirs = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    return (now - theirs).total_seconds()


def skew_warning(response: Response, now: datetime) -> str:
    """Return a sentence when our clock and X's differ by more than a minute, else nothing."""
    ahead_s = skew_s(response, now)
    if ahead_s is None or abs(ahead_s) <= MAX_SKEW_S:
        return ""
    return f"our clock is {abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'} X's"


def problem(body: Any) -> Problem:
    """Read an error body of either form; what is missing stays empty."""
    fields = mapping(body)
    errors = [mapping(error) for error in sequence(fields.get("errors"))]
    first = errors[0] if errors else {}
    message = sentence(first.get("message"))
    code = fields.get("code", first.get("code"))
    return Problem(
        title=sentence(fields.get("title") or first.get("title")),
        detail=message or sentence(fields.get("detail") or first.get("detail")),
        kind=plain(fields.get("type") or first.get("type")).rstrip("/").rpartition("/")[2],
        code=code if isinstance(code, int) else None,
        parameters=tuple(name for error in errors for name in mapping(error.get("parameters"))),
    )


def _refusal(response: Response, now: datetime) -> SourceError:
    status = response.status_code
    said = problem(_error_body(response))
    spent = _spent(said, status)
    if spent:
        return spent
    if status == 429 or said.code == _V1_RATE_LIMIT_CODE:
        return Throttled(f"X: {said.sentence}", retry_after_s=_hint_s(response, now))
    if status == 400:
        return _invalid(said)
    if status == 401:
        skew = skew_warning(response, now)
        advice = f"{skew}: set the clock" if skew else "check SHIFEN_TWITTER_BEARER_TOKEN"
        return NotLoggedIn(f"X does not accept the bearer token ({said.sentence}); {advice}")
    if status == 403:
        return _forbidden(said)
    return _astray(said, status)


def _spent(said: Problem, status: int) -> SourceError | None:
    if status == 402 or said.says("credits"):
        return CapReached(f"X: the credits are used up ({said.sentence})")
    if said.says("usage-capped", "usagecap", "usage cap"):
        return CapReached(f"X: the usage cap is reached ({said.sentence})")
    return None


def _forbidden(said: Problem) -> SourceError:
    if any(kind in said.kind for kind in _LOGIN_PROBLEMS) or said.says("permissions", "enrolled"):
        return NotLoggedIn(f"X does not let this app search ({said.sentence})")
    return Blocked(f"X refuses this app ({said.sentence})")


def _astray(said: Problem, status: int) -> SourceError:
    if status == 408:
        return Unreachable("X answered 408")
    if status < 400 or status in (404, 410):
        return Drifted(f"X does not search at this address ({status}): check base_url")
    return Rejected(f"X refuses the request with {status} ({said.sentence})")


def _invalid(said: Problem) -> Rejected:
    detail = f"X calls the request invalid ({said.sentence})"
    known = [name for name in said.parameters if not name.endswith(_FIELD_PARAMETERS)]
    named = len(known) < len(said.parameters) or "fields" in said.detail
    if said.parameters and not named:
        return Rejected(detail)
    return FieldsRefused(detail)


def _without_status(said: Problem) -> SourceError:
    """Return what an account-wide problem means that came under status 200, without data."""
    spent = _spent(said, 200)
    if spent:
        return spent
    if said.code == _V1_RATE_LIMIT_CODE:
        return Throttled(f"X: {said.sentence}")
    if said.says(*_PASSING_PROBLEMS):
        return Unreachable(f"X: {said.sentence}")
    if any(kind in said.kind for kind in _LOGIN_PROBLEMS):
        return NotLoggedIn(f"X does not let this app search ({said.sentence})")
    return Drifted(f"X sent an error in place of an answer ({said.sentence})")


def _hint_s(response: Response, now: datetime) -> float | None:
    resets_at = rate_limit(response).resets_at
    return retry_after_s(response, now) if resets_at is None else wait_s(resets_at, now)


def _error_body(response: Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _decoded(response: Response) -> Any:
    try:
        return json.loads(response.content)
    except RecursionError as error:
        raise Drifted("X sent JSON that is nested beyond reason") from error
    except ValueError as error:
        start = response.content.lstrip()[:1]
        if start == b"<":
            raise _page_of_html(response) from error
        if start in (b"{", b"["):
            raise BrokenOff("X sent JSON that breaks off") from error
        raise Drifted("X sent neither JSON nor HTML") from error


def _page_of_html(response: Response) -> SourceError:
    page = response.content.lower()
    if any(word in page for word in _BLOCK_PAGE_WORDS):
        return Blocked("X, or something before it, shows a block page")
    return Drifted("X sent a page of HTML where JSON was due")


def _header_number(response: Response, name: str) -> int | None:
    value = response.headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
