from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from starlette.testclient import TestClient

from monitor.auth import Role
from monitor.storage import tables as t
from monitor.storage.people import AuditLog
from monitor.web.parts import WebParts
from tests.factories import BRAND, MASKED, T0, TEXT, Rows, message
from tests.monitor.web.conftest import Service

LISTS = ("posts", "cases", "alerts")


def get(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_alert_says_what_why_how_fast_and_what_to_answer(
    analyst: TestClient, rows: Rows
) -> None:
    _, case, alert = rows.complaint()

    found = get(analyst, f"alerts/{alert}")

    assert (found["id"], found["case_id"], found["severity"]) == (alert, case, "important")
    assert (found["state"], found["latency_s"]) == ("delivered", 95)
    assert found["post"]["text"] == MASKED
    assert found["reply"]["how"] == "manual"
    assert found["reasons"]
    assert found["published_at"] == "2026-11-22T03:50:00Z"
    [delivery] = found["deliveries"]
    assert (delivery["channel"], delivery["state"]) == ("pr-room", "sent")
    assert get(analyst, "alerts")["items"] == [found]


def test_an_operational_alert_has_no_post(analyst: TestClient, rows: Rows) -> None:
    told = message(kind="operational", brand="", title="weibo is blind")
    rows.alert(told.__class__(**{**vars_of(told), "post": None, "reply": None}))

    [found] = get(analyst, "alerts")["items"]

    assert (found["kind"], found["post"], found["reply"]) == ("operational", None, None)


def vars_of(told: Any) -> dict[str, Any]:
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


def test_an_unreadable_message_costs_no_other_alert(analyst: TestClient, rows: Rows) -> None:
    rows.complaint()
    broken = rows.alert(message=({"old": "form"}))

    items = get(analyst, "alerts")["items"]

    assert {item["id"]: item["post"] is None for item in items} == {broken: True, 1: False}


def test_a_case_shows_posts_masked_with_hits_and_verdicts(
    analyst: TestClient, rows: Rows, parts: WebParts
) -> None:
    _, case, _ = rows.complaint()

    found = get(analyst, f"cases/{case}")

    assert found["clear"] is False
    [post] = found["posts"]
    assert post["text"] == MASKED
    verdict = post["hits"][0]["verdict"]
    assert verdict["signs"][0] == {"code": "complaint_word", "text": "退款", "weight": 0.0}
    assert len(found["alerts"]) == 1
    assert "13812345678" not in str(found)
    assert AuditLog(parts.database, parts.now).page(1).items[0].action == "token_created"


def test_a_clear_look_needs_the_role_and_is_put_on_record(
    stranger: TestClient, rows: Rows, parts: WebParts, token_of: Callable[[Role], dict[str, str]]
) -> None:
    _, case, _ = rows.complaint()
    path = f"/api/v1/cases/{case}?clear=true"

    refused = stranger.get(path, headers=token_of(Role.ADMIN))
    shown = stranger.get(path, headers=token_of(Role.AGENT))

    assert refused.status_code == 403
    assert (shown.json()["clear"], shown.json()["posts"][0]["text"]) == (True, TEXT)
    looks = [
        (event.who, event.subject)
        for event in AuditLog(parts.database, parts.now).page(50).items
        if event.action == "clear_look"
    ]
    assert looks == [("token:agent", f"case {case}")]


@pytest.mark.parametrize("kind", LISTS)
def test_lists_are_paged_by_cursor(analyst: TestClient, rows: Rows, kind: str) -> None:
    for second in range(5):
        rows.complaint(told=message(published_at=T0 + timedelta(seconds=second)))

    first = get(analyst, kind, limit=2)
    second_page = get(analyst, kind, limit=2, cursor=first["next_cursor"])
    last = get(analyst, kind, limit=2, cursor=second_page["next_cursor"])

    ids = [item["id"] for page in (first, second_page, last) for item in page["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 5
    assert last["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("alerts?severity=urgent", 1),
        ("alerts?platform=twitter", 1),
        ("alerts?state=pending", 1),
        (f"alerts?brand={BRAND}", 2),
        ("alerts?since=2026-11-22T03:55:00%2B00:00", 1),
        ("alerts?until=2026-11-22T11:55:00%2B08:00", 1),
        ("cases?severity=urgent", 1),
        ("cases?state=closed", 0),
        ("cases?platform=weibo", 1),
        ("posts?platform=weibo", 1),
        ("posts?q=refund", 1),
        ("posts?brand=nobody", 0),
    ],
)
def test_lists_are_filtered(analyst: TestClient, rows: Rows, path: str, found: int) -> None:
    rows.complaint()
    later = message(published_at=T0 + timedelta(minutes=9), platform="twitter", severity=_URGENT)
    rows.complaint(told=later, delivered_at=None, post={"text": "NebulaWatch, refund please"})

    assert len(get(analyst, path)["items"]) == found


_URGENT = message().severity.__class__.URGENT


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("alerts?limit=0", 422),
        ("alerts?limit=201", 422),
        ("alerts?limit=many", 422),
        ("alerts?colour=red", 422),
        ("alerts?since=2026-11-22T03:55:00", 422),
        ("alerts?severity=huge", 422),
        ("cases?state=lost", 422),
        ("posts?q=", 422),
        ("posts?cursor=junk", 400),
        ("alerts?cursor=W10", 400),
        ("alerts/999", 404),
        ("alerts/0", 422),
        ("alerts/99999999999999999999999", 422),
        ("cases/999", 404),
        ("cases/x", 422),
        ("nothing", 404),
    ],
)
def test_errors_are_problem_documents(analyst: TestClient, path: str, status: int) -> None:
    answer = analyst.get(f"/api/v1/{path}")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    assert body["title"]
    assert status != 422 or body["errors"][0]["at"]


def test_a_problem_does_not_repeat_what_was_sent(analyst: TestClient) -> None:
    answer = analyst.get("/api/v1/alerts", params={"limit": "13812345678x"})

    assert "13812345678" not in answer.text


def test_sources_plan_and_status(
    stranger: TestClient, rows: Rows, service: Service, token_of: Callable[[Role], dict[str, str]]
) -> None:
    stranger.headers.update(token_of(Role.LEAD))
    rows.complaint()
    rows.query()
    rows.insert(
        t.outage, subject="weibo", cause="challenge", detail="asked to log in", started_at=T0
    )

    [source] = get(stranger, "sources")["items"]
    assert (source["name"], source["outage"]["cause"]) == ("weibo", "challenge")
    assert source["queries"][0]["cursor_at"] == "2026-11-22T03:50:00Z"
    assert get(stranger, "plan") == {"items": service.plan, "next_cursor": None}
    status = get(stranger, "status")
    assert (status["open_cases"], status["alerts"]) == (1, 1)
    [latency] = status["latencies"]
    assert (latency["platform"], latency["published_p95_s"]) == ("weibo", 95)
    assert get(stranger, "audit")["items"][0]["action"] == "token_created"


def test_what_the_api_says_is_what_it_answers(
    analyst: TestClient, app: FastAPI, rows: Rows
) -> None:
    rows.complaint()
    described = analyst.get("/api/v1/openapi.json").json()

    assert OpenAPI.from_dict(described).spec
    assert described["paths"]["/api/v1/alerts"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]["$ref"].endswith("ListOut_AlertOut_")
    assert {"401", "403", "422"} <= set(described["paths"]["/api/v1/posts"]["get"]["responses"])


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(
        [
            *(*LISTS, "audit", "cases/1", "alerts/1", "cases/1/timeline", "cases/1/receivers"),
            *("silences", "duty", "duty/overrides", "escalations", "customers", "quality"),
        ]
    ),
    name=st.sampled_from(
        [
            *("limit", "cursor", "brand", "platform", "since", "until", "q", "state"),
            *("author_key", "assigned_to", "topic", "locale", "case_id", "key_customer", "by"),
        ]
    ),
    value=st.text(max_size=30),
)
def test_no_parameter_breaks_the_api(analyst: TestClient, kind: str, name: str, value: str) -> None:
    answer = analyst.get(f"/api/v1/{kind}", params={name: value})

    assert answer.status_code < 500
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json")
