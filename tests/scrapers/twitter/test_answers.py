from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

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
from scrapers.twitter.answers import BrokenOff, FieldsRefused, check, rate_limit, wait_s
from tests.scrapers.twitter.stand_in import NOW, refused_parameter

PROBLEMS = "https://api.x.com/2/problems"
RESET = str(int(NOW.timestamp()) + 300)


def failure(status: int, body: Any = None, *, text: str = "", **headers: str) -> SourceError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = {"json": body} if body is not None else {"text": text}
    with pytest.raises(SourceError) as caught:
        check(httpx.Response(status, headers=named, **content), NOW)
    return caught.value


def problem(title: str, detail: str = "", kind: str = "about:blank") -> dict[str, Any]:
    return {"title": title, "detail": detail or title, "type": kind}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, problem("Invalid Request", kind=f"{PROBLEMS}/invalid-request"), FieldsRefused),
        (401, problem("Unauthorized"), NotLoggedIn),
        (401, {"errors": [{"code": 32, "message": "Could not authenticate you."}]}, NotLoggedIn),
        (402, problem("CreditsDepleted", kind=f"{PROBLEMS}/credits"), CapReached),
        (402, None, CapReached),
        (403, problem("CreditsDepleted", kind=f"{PROBLEMS}/credits-depleted"), CapReached),
        (403, problem("Forbidden", "You are not permitted to perform this action."), Blocked),
        (403, problem("Forbidden", kind=f"{PROBLEMS}/unsupported-authentication"), NotLoggedIn),
        (403, problem("Client Forbidden", kind=f"{PROBLEMS}/client-forbidden"), NotLoggedIn),
        (403, problem("Forbidden", "lacks oauth1 app permissions"), NotLoggedIn),
        (403, None, Blocked),
        (404, None, Drifted),
        (404, problem("Not Found"), Drifted),
        (301, None, Drifted),
        (408, None, Unreachable),
        (413, None, Rejected),
        (422, problem("Unprocessable"), Rejected),
        (429, problem("Too Many Requests"), Throttled),
        (429, None, Throttled),
        (429, problem("UsageCapExceeded", "Usage cap exceeded: Monthly product cap"), CapReached),
        (
            429,
            problem("Capped", kind="https://api.twitter.com/2/problems/usage-capped"),
            CapReached,
        ),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, Throttled),
        (403, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, Throttled),
        (403, {"errors": [{"code": 349, "message": "You cannot send messages."}]}, Blocked),
    ],
)
def test_each_refusal_is_told_apart(status: int, body: Any, kind: type[SourceError]) -> None:
    error = failure(status, body)
    assert type(error) is kind
    assert error.detail


@pytest.mark.parametrize(
    ("parameters", "message", "kind"),
    [
        ({"tweet.fields": ["x"]}, "not one of", FieldsRefused),
        ({"expansions": ["author_id"]}, "not one of", FieldsRefused),
        ({"query": ["("]}, "There were errors processing your request", Rejected),
        ({"since_id": ["1"]}, "'since_id' must be a newer id", Rejected),
        ({}, "something", FieldsRefused),
        ({"query": ["x"], "post.fields": ["y"]}, "several", FieldsRefused),
    ],
)
def test_only_refused_fields_call_for_the_other_vocabulary(
    parameters: dict[str, Any], message: str, kind: type[SourceError]
) -> None:
    body = {"title": "Invalid Request", "errors": [{"parameters": parameters, "message": message}]}
    error = failure(400, body)
    assert type(error) is kind
    assert message in error.detail


def test_a_refused_parameter_is_quoted_to_the_operator() -> None:
    with pytest.raises(FieldsRefused, match=r"tweet\.fields"):
        check(refused_parameter("tweet.fields"), NOW)


@pytest.mark.parametrize(
    ("headers", "retry_after_s"),
    [
        ({"x_rate_limit_reset": RESET}, 301),
        ({"x_rate_limit_reset": RESET, "retry_after": "7"}, 301),
        ({"retry_after": "7"}, 7),
        ({}, None),
        ({"x_rate_limit_reset": "soon"}, None),
        ({"x_rate_limit_reset": "0"}, 1),
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) * 1000)}, None),
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) + 86_400)}, 901),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], retry_after_s: float | None) -> None:
    assert failure(429, problem("Too Many Requests"), **headers).retry_after_s == retry_after_s


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("Sun, 22 Nov 2026 04:00:00 GMT", "check SHIFEN_TWITTER_BEARER_TOKEN"),
        ("Sun, 22 Nov 2026 03:58:59 GMT", "our clock is 61 s ahead of X's: set the clock"),
        ("Sun, 22 Nov 2026 05:00:00 UTC", "our clock is 3600 s behind X's: set the clock"),
        ("Sun, 22 Nov 2026 03:50:00 -0000", "our clock is 600 s ahead of X's: set the clock"),
        ("yesterday", "check SHIFEN_TWITTER_BEARER_TOKEN"),
        ("", "check SHIFEN_TWITTER_BEARER_TOKEN"),
    ],
)
def test_a_refused_token_may_be_a_wrong_clock(date: str, words: str) -> None:
    assert words in failure(401, problem("Unauthorized"), date=date).detail


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!DOCTYPE html><title>X / ?</title>", Drifted),
        ("  <html>Attention Required! | Cloudflare</html>", Blocked),
        ("<html>please solve the CAPTCHA</html>", Blocked),
        ("", Drifted),
        ("upstream connect error", Drifted),
        ('{"data": [{"id": "1", "te', BrokenOff),
        ('{"data": [\ud83d'.encode("utf-8", "surrogatepass").decode("latin-1"), BrokenOff),
        ("[" * 100_000, Drifted),
    ],
)
def test_an_answer_that_is_no_json(text: str, kind: type[SourceError]) -> None:
    assert type(failure(200, text=text)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (problem("CreditsDepleted", kind=f"{PROBLEMS}/credits"), CapReached),
        (problem("UsageCapExceeded"), CapReached),
        ({"code": 88, "message": "Rate limit exceeded"}, Throttled),
        (problem("operational-disconnect", kind=f"{PROBLEMS}/operational-disconnect"), Unreachable),
        (problem("Forbidden", kind=f"{PROBLEMS}/client-forbidden"), NotLoggedIn),
        (problem("Surprise"), Drifted),
    ],
)
def test_a_problem_of_the_account_under_status_200(
    error: dict[str, Any], kind: type[SourceError]
) -> None:
    assert type(failure(200, {"errors": [error]})) is kind


@pytest.mark.parametrize(
    "body",
    [
        {"meta": {"result_count": 0}},
        {"errors": [{**problem("Not Found Error"), "resource_id": "1"}]},
        {"errors": [problem("Surprise")], "data": []},
        [],
    ],
)
def test_other_answers_are_handed_on(body: Any) -> None:
    assert check(httpx.Response(200, json=body), NOW) == body


def test_the_window_is_read_from_the_headers() -> None:
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": RESET}
    limit = rate_limit(httpx.Response(200, headers=headers))
    assert limit.remaining == 0
    assert limit.resets_at == NOW + timedelta(seconds=300)
    assert rate_limit(httpx.Response(200)).resets_at is None


@pytest.mark.parametrize(("ahead_s", "wait"), [(300, 301), (-5, 1), (0, 1), (10**6, 901)])
def test_no_wait_is_longer_than_a_window(ahead_s: int, wait: float) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert wait_s(now + timedelta(seconds=ahead_s), now) == wait
