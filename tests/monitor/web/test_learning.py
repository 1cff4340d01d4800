"""The API of learning: who may say what of a verdict, and what is shown of models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.auth import Role
from monitor.storage import models, rescoring, timeline
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.models import NewModel
from monitor.storage.people import AuditLog
from monitor.storage.timeline import EventKind
from monitor.web.parts import WebParts
from tests.conftest import Clock
from tests.factories import T0, Rows
from tests.monitor.web.conftest import csrf

PATH = "/api/v1/corrections"
FALSE_ALARM = {"complaint": False}
WHOLE = {
    "label": "neutral",
    "complaint": False,
    "topic": "quality",
    "risk": "none",
    "genre": "news",
}
MAY_CORRECT = {Role.ADMIN, Role.LEAD, Role.ANALYST}


@pytest.fixture
def verdict(rows: Rows) -> int:
    return rows.verdict(rows.hit(rows.post()))


def test_a_correction_is_kept_with_who_said_it_and_when(
    analyst: TestClient, verdict: int, clock: Clock, parts: WebParts
) -> None:
    note = "他的电话 13812345678，是新闻"
    answer = analyst.post(PATH, json={"verdict_id": verdict, "note": note, **WHOLE})

    assert answer.status_code == 201
    said = answer.json()
    assert said.items() >= WHOLE.items()
    assert (said["who"], said["role"], said["verdict_id"]) == ("token:analyst", "analyst", verdict)
    assert said["at"] == clock.now.isoformat().replace("+00:00", "Z")
    assert said["note"] == "他的电话 138****5678，是新闻"
    assert analyst.get(PATH).json() == {"items": [said], "next_cursor": None}
    event = AuditLog(parts.database, parts.now).page(1).items[0]
    assert (event.who, event.action) == ("token:analyst", "verdict_corrected")
    assert event.subject == f"verdict {verdict}"


def test_a_correction_that_ends_a_case_says_so_in_its_history(
    analyst: TestClient, rows: Rows, parts: WebParts
) -> None:
    case = rows.case(severity=1)
    hit = rows.hit(rows.post(), case_id=case, judged_at=T0)
    rows.verdict(hit)
    with parts.database.write() as connection:
        connection.execute(t.alert_case.update().values(hit_id=hit))
    assert analyst.post(PATH, json={"hit_id": hit, "topic": "price"}).status_code == 201
    with parts.database.read() as connection:
        assert timeline.of_case(connection, case) == ()
    assert analyst.post(PATH, json={"hit_id": hit, **FALSE_ALARM}).status_code == 201
    with parts.database.read() as connection:
        (event,) = timeline.of_case(connection, case)
    assert (event.kind, event.data["by"]) == (EventKind.WITHDRAWN, "token:analyst")


@pytest.mark.parametrize("role", list(Role))
def test_who_may_say_what(
    stranger: TestClient,
    verdict: int,
    role: Role,
    token_of: Callable[[Role], dict[str, str]],
) -> None:
    def status(**right: Any) -> int:
        body = {"verdict_id": verdict, **right}
        return stranger.post(PATH, json=body, headers=token_of(role)).status_code

    assert status(**FALSE_ALARM) == 201
    allowed = 201 if role in MAY_CORRECT else 403
    for right in (WHOLE, {"complaint": True}, {"label": "positive"}, {"risk": "none"}):
        assert status(**right) == allowed
    assert status(**FALSE_ALARM, topic="other") == allowed


def test_a_refusal_says_what_the_role_lacks(
    stranger: TestClient, verdict: int, token_of: Callable[[Role], dict[str, str]]
) -> None:
    body = {"verdict_id": verdict, "complaint": True}
    answer = stranger.post(PATH, json=body, headers=token_of(Role.AGENT))

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "verdicts:correct" in answer.json()["detail"]
    assert stranger.get(PATH, headers=token_of(Role.AGENT)).json()["items"] == []


def test_strangers_and_pages_of_others_are_turned_away(
    stranger: TestClient, pr: TestClient, verdict: int
) -> None:
    body = {"verdict_id": verdict, **FALSE_ALARM}
    assert pr.post(PATH, json=body).status_code == 403
    evil = {**csrf(pr), "Origin": "https://evil.example"}
    assert pr.post(PATH, json=body, headers=evil).status_code == 403
    answer = pr.post(PATH, json=body, headers=csrf(pr))
    assert (answer.status_code, answer.json()["who"]) == (201, "pr")
    pr.cookies.clear()
    assert stranger.post(PATH, json=body).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict_id": 1}, 422),
        ({"complaint": True}, 422),
        ({"verdict_id": 1, "hit_id": 1, "complaint": True}, 422),
        ({"verdict_id": 1, "label": "angry"}, 422),
        ({"verdict_id": 1, "topic": "weather"}, 422),
        ({"verdict_id": 1, "risk": ""}, 422),
        ({"verdict_id": 1, "genre": 5}, 422),
        ({"verdict_id": 1, "complaint": "no"}, 422),
        ({"verdict_id": 1, "complaint": None}, 422),
        ({"verdict_id": 1, "complaint": True, "text": "x"}, 422),
        ({"verdict_id": 1, "complaint": True, "note": "n" * 501}, 422),
        ({"verdict_id": 0, "complaint": True}, 422),
        ({"verdict_id": 2**63, "complaint": True}, 422),
        ({"verdict_id": 99, "complaint": True}, 404),
        ({"hit_id": 99, "complaint": True}, 404),
        ([], 422),
    ],
)
def test_what_does_not_fit_is_a_problem_document(
    analyst: TestClient, verdict: int, body: Any, status: int
) -> None:
    answer = analyst.post(PATH, json=body)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert analyst.get(PATH).json()["items"] == []


def test_a_verdict_is_found_in_the_lists_and_corrected_by_its_hit(
    analyst: TestClient, rows: Rows
) -> None:
    _, case, _ = rows.complaint()
    [shown] = analyst.get(f"/api/v1/cases/{case}").json()["posts"][0]["hits"]
    [listed] = analyst.get("/api/v1/posts").json()["items"][0]["hits"]
    assert shown["id"] == listed["id"]

    said = analyst.post(PATH, json={"hit_id": listed["id"], **FALSE_ALARM}).json()

    assert said["verdict_id"] == shown["verdict"]["id"]


def test_corrections_are_paged_and_filtered(
    analyst: TestClient, rows: Rows, clock: Clock, token_of: Callable[[Role], dict[str, str]]
) -> None:
    hits = [rows.hit(rows.post()) for _ in range(3)]
    for hit in hits:
        rows.verdict(hit)
        analyst.post(PATH, json={"hit_id": hit, **FALSE_ALARM})
        clock.advance(60)
    analyst.post(PATH, json={"hit_id": hits[0], **FALSE_ALARM}, headers=token_of(Role.PR))

    first = analyst.get(PATH, params={"limit": 3}).json()
    rest = analyst.get(PATH, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [said["hit_id"] for said in first["items"] + rest["items"]] == [
        *(hits[0], hits[2], hits[1], hits[0]),
    ]
    assert rest["next_cursor"] is None
    for wanted, count in (({"who": "token:pr"}, 1), ({"hit_id": hits[0]}, 2), ({"who": "x"}, 0)):
        assert len(analyst.get(PATH, params=wanted).json()["items"]) == count
    since = clock.now.isoformat()
    assert len(analyst.get(PATH, params={"since": since}).json()["items"]) == 1


def test_models_are_shown_with_figures_objections_and_progress(
    analyst: TestClient, database: Database, clock: Clock
) -> None:
    assert analyst.get("/api/v1/models").json() == {
        "items": [],
        "next_cursor": None,
        "rescore": None,
    }
    metrics = {"corrections": {"n": 3}, "sets": []}
    with database.write() as connection:
        model = NewModel("people-1", "words-1", b"x", metrics, 3, "lin")
        models.put_in_shadow(connection, model, T0)
        rescoring.start(connection, "words-1", T0, "lin", clock.now)

    found = analyst.get("/api/v1/models").json()

    [item] = found["items"]
    assert (item["version"], item["state"], item["corrections"]) == ("people-1", "shadow", 3)
    assert item["metrics"] == metrics
    assert item["objections"] == [{"code": "too_few", "figures": {"n": 3, "needed": 20}}]
    assert "body" not in item
    run = found["rescore"]
    assert (run["state"], run["total"], run["done"]) == ("running", 0, 0)
