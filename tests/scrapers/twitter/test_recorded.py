"""Recorded answers of X, 2021 to 2026. They hold real people's posts and stay outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from scrapers.errors import Drifted
from scrapers.post import Post
from scrapers.source import Outcome, Page
from scrapers.twitter.parse import Answer, parse
from tests.scrapers.twitter.stand_in import NOW, QUERY, always, build

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "x"

pytestmark = pytest.mark.shared


def lines(name: str) -> list[Any]:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def recorded(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def posts(answer: Answer) -> list[Post]:
    return [found.post for found in answer.found]


def replay(name: str) -> Page:
    """What a source makes of a recorded answer with its own status and headers."""
    recording = recorded(name)
    body = recording["body"]
    content = {"text": body} if isinstance(body, str) else {"json": body}
    named = {k: v for k, v in recording["headers"].items() if k in ("date", "content-type")}
    response = httpx.Response(recording["status"], headers=named, **content)
    now = datetime(2021, 6, 3, tzinfo=UTC)
    return build(lambda _: response, now=lambda: now).fetch(QUERY, now - timedelta(days=6))


@pytest.mark.parametrize(
    ("name", "index", "found", "reposts"),
    [
        ("twarc-csv/brexit.jsonl", 0, 100, 67),
        ("twarc-csv/withheld.jsonl", 0, 1, 0),
        ("twarc-csv/withheld.jsonl", 3, 100, 34),
        ("twarc-csv/withheld.jsonl", 4, 112, 49),
        ("twarc-csv/mentions_tweet.jsonl", 0, 1, 1),
        ("twarc-csv/two_tweets.jsonl", 0, 1, 1),
    ],
)
def test_searches(name: str, index: int, found: int, reposts: int) -> None:
    recording = lines(name)[index]
    answer = parse(recording)
    assert (len(answer.found), answer.bad) == (found, ())
    assert sum(post.reposts_only for post in posts(answer)) == reposts
    assert len(answer.notes) == len(recording.get("errors", []))
    for post, item in zip(posts(answer), recording["data"], strict=True):
        created_at = datetime.fromisoformat(item["created_at"])
        assert abs(post.published_at - created_at) < timedelta(seconds=1)
        described = post.author.id in {user["id"] for user in recording["includes"]["users"]}
        assert bool(post.author.handle) is described
        assert (post.author.followers is not None) is described


def test_an_edited_post_has_one_id_in_both_versions() -> None:
    (before,) = posts(parse(lines("twarc-csv/edited_before.jsonl")[0]))
    (after,) = posts(parse(lines("twarc-csv/edited_after.jsonl")[0]))
    assert (before.id, before.published_at) == (after.id, after.published_at)
    assert before.text != after.text


@pytest.mark.parametrize(
    ("name", "outcome", "found", "notes"),
    [
        ("mentions_6_with_includes", Outcome.OK, 6, 0),
        ("mentions_empty_meta_only", Outcome.OK_EMPTY, 0, 0),
        ("search_all_empty_meta_only", Outcome.OK_EMPTY, 0, 0),
        ("ok200_errors_only_tweets", Outcome.OK_EMPTY, 0, 15),
        ("ok200_errors_only_user_not_found", Outcome.OK_EMPTY, 0, 1),
        ("error_400_start_after_end", Outcome.REJECTED, 0, 0),
        ("error_401_unauthorized", Outcome.AUTH, 0, 0),
        ("error_404_html_body", Outcome.DRIFT, 0, 0),
    ],
)
def test_answers_by_status(name: str, outcome: Outcome, found: int, notes: int) -> None:
    page = replay(f"academictwitteR/{name}.json")
    warnings = [note for note in page.notes if "our clock" in note]
    assert page.outcome is outcome
    assert len(page.notes) - len(warnings) == notes
    assert (len(page.posts), page.bad) == (found, ())


QUOTED = {
    "UsageCapExceeded": Outcome.CAPPED,
    "CreditsDepleted": Outcome.CAPPED,
    "oauth1 app permissions": Outcome.AUTH,
    "Timestamp out of bounds": Outcome.AUTH,
    "operational-disconnect": Outcome.NETWORK,
}
BY_STATUS = {400: Outcome.REJECTED, 403: Outcome.BLOCKED, 429: Outcome.THROTTLED}


def test_error_bodies_that_users_quoted() -> None:
    quoted = recorded("issues/quoted_error_bodies.json")
    assert len(quoted) == 16
    for error in quoted:
        status = 200 if error["status"] == "in-stream" else error["status"]
        detail = error.get("body_detail") or error.get("body_message")
        body = error.get("body") or {"title": "Forbidden", "type": "about:blank", "detail": detail}
        text = json.dumps(body)
        named = [outcome for words, outcome in QUOTED.items() if words in text]
        page = build(always(status, json=body)).fetch(QUERY, NOW - timedelta(hours=1))
        assert page.outcome is (named[0] if named else BY_STATUS[status]), text
        assert page.detail


def every_body() -> Iterator[Any]:
    for path in sorted(SAMPLES.rglob("*.json*")):
        text = path.read_text(encoding="utf-8")
        for part in text.splitlines() if path.suffix == ".jsonl" else [text]:
            try:
                document = json.loads(part)
            except ValueError:
                continue  # the recorded stream has a cut line
            for entry in document if isinstance(document, list) else [document]:
                yield entry.get("body", entry)


def test_no_recorded_answer_of_any_endpoint_crashes_the_parser() -> None:
    read = 0
    for body in every_body():
        try:
            answer = parse(body)
        except Drifted:
            continue
        assert len(answer.found) + len(answer.bad) == len(body.get("data") or [])
        read += len(answer.found)
    assert read == 351
