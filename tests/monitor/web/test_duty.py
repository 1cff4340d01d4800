"""Duty over the API and on its page: on call, stand-ins, calls of the ladder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from alerts.case import CaseState
from alerts.ladder import arm
from alerts.rungs import LadderCase, Rung, RungState, Staff
from alerts.severity import Severity
from monitor.auth import Role
from monitor.live_config import LiveConfig
from monitor.storage import escalations
from monitor.storage.database import Database
from monitor.storage.people import AuditLog
from monitor.web.parts import WebParts
from tests.conftest import Clock
from tests.factories import T0, Rows
from tests.monitor.web.conftest import Service, csrf, log_in
from tests.monitor.web.test_case_page import page_of, plain, press, said
from tests.monitor.web.test_silences import do

ASKED: dict[str, Any] = {
    "person": "林",
    "substitute": "王",
    "ends_at": "2026-11-22T08:00:00Z",
    "reason": "请假",
}
FORM = {"rota": "leads", "person": "林", "substitute": "王", "ends_at": "2026-11-22T16:00"}


@pytest.fixture
def lead(stranger: TestClient, token_of: Callable[[Role], dict[str, str]]) -> TestClient:
    stranger.headers.update(token_of(Role.LEAD))
    return stranger


def call(
    database: Database, service: Service, case_id: int, severity: Severity, **changes: Any
) -> Rung:
    """Start a ladder and bring its first call to where a test wants it."""
    policy = service.live.current().config.escalation.ladder().policy(severity)
    case = LadderCase(case_id, severity, CaseState.FIRING, T0)
    with database.write() as connection:
        escalations.arm(connection, [arm(case, policy, Staff(), T0, again=False)])
        rung = replace(escalations.of_cases(connection, [case_id])[case_id][-1], **changes)
        escalations.save(connection, [rung])
    return rung


def test_who_is_on_call_until_when_and_who_follows(lead: TestClient) -> None:
    leads, directors = do(lead, "GET", "duty", 200)["rotas"]

    # It is Sunday noon; the first turn began on Monday at nine and lasts a week.
    assert (leads["name"], leads["on_call"], leads["following"]) == ("leads", "林", "王")
    assert leads["until"] == "2026-11-23T01:00:00Z"
    assert leads["people"] == ["林", "王"]
    assert (directors["on_call"], directors["following"]) == (None, "王")
    assert directors["until"] == "2026-11-23T01:00:00Z"
    assert directors["calendar"] == "office"


def test_somebody_stands_in_and_it_is_taken_back(
    lead: TestClient, clock: Clock, parts: WebParts
) -> None:
    made = do(lead, "POST", "rotas/leads/overrides", 201, **ASKED)
    assert (made["state"], made["starts_at"]) == ("in_force", "2026-11-22T04:00:00Z")
    leads = do(lead, "GET", "duty", 200)["rotas"][0]
    assert (leads["on_call"], leads["until"]) == ("王", "2026-11-22T08:00:00Z")
    assert leads["following"] == "林"
    assert leads["overrides"] == [made]

    clock.advance(60)
    ended = do(lead, "DELETE", f"rotas/leads/overrides/{made['id']}", 200)
    assert (ended["state"], ended["cancelled_by"]) == ("over", "token:lead")
    assert do(lead, "GET", "duty", 200)["rotas"][0]["on_call"] == "林"
    assert do(lead, "GET", "duty/overrides", 200)["items"] == [ended]
    actions = [event.action for event in AuditLog(parts.database, parts.now).page(9).items]
    assert actions[:2] == ["substitution_cancelled", "substitution_added"]


def test_somebody_stands_in_on_every_rota(lead: TestClient) -> None:
    made = do(lead, "POST", "rotas/*/overrides", 201, **ASKED | {"substitute": ""})
    assert made["rota"] == ""
    assert do(lead, "DELETE", f"rotas/leads/overrides/{made['id']}", 404)
    assert do(lead, "GET", "duty", 200)["rotas"][0]["overrides"] == [made]
    assert do(lead, "DELETE", f"rotas/*/overrides/{made['id']}", 200)["state"] == "over"
    assert do(lead, "DELETE", f"rotas/*/overrides/{made['id']}", 409)


@pytest.mark.parametrize(
    ("path", "changes", "status", "word"),
    [
        ("rotas/night/overrides", {}, 404, "没有这个值班表"),
        ("rotas/leads/overrides", {"person": "张"}, 422, "没有这个人"),
        ("rotas/leads/overrides", {"substitute": "张"}, 422, "没有这个替班的人"),
        ("rotas/leads/overrides", {"substitute": "林"}, 422, "不能替自己"),
        ("rotas/leads/overrides", {"ends_at": "2026-11-22T03:00:00Z"}, 422, "结束时间"),
        ("rotas/leads/overrides", {"ends_at": "2028-11-22T03:00:00Z"}, 422, "366 天"),
        ("rotas/leads/overrides", {"ends_at": "later"}, 422, "parameters do not fit"),
    ],
)
def test_a_stand_in_that_cannot_be_is_refused_with_the_reason(
    lead: TestClient, path: str, changes: dict[str, Any], status: int, word: str
) -> None:
    assert word in do(lead, "POST", path, status, **ASKED | changes)["detail"]
    english = lead.post(f"/api/v1/{path}", json=ASKED | changes, headers={"Accept-Language": "en"})
    assert not re.search("[一-鿿]", english.json()["detail"])
    assert do(lead, "GET", "duty/overrides", 200)["items"] == []


def test_calls_are_listed_with_their_deadlines(
    lead: TestClient, rows: Rows, database: Database, service: Service
) -> None:
    normal, urgent = rows.case(severity=1), rows.case(severity=3)
    call(database, service, normal, Severity.NORMAL)
    deadline = T0 + timedelta(minutes=20)
    fired = {"state": RungState.FIRED, "person": "王", "deadline_at": deadline}
    call(database, service, urgent, Severity.URGENT, **fired)

    first, last = do(lead, "GET", "duty", 200)["calls"]

    assert (first["case_id"], first["level"], first["person"]) == (urgent, "director", "王")
    assert (first["state"], first["deadline_at"]) == ("fired", "2026-11-22T04:10:00Z")
    assert first["sentence"] == "由总监（王）负责"
    assert (last["level_name"], last["state"]) == ("组长", "armed")
    english = do(lead, "GET", "escalations?state=open&locale=en", 200)["items"]
    assert [each["sentence"] for each in english] == [
        "In the hands of the director (王)",
        "Without an answer by then it goes to the team lead",
    ]
    assert do(lead, "GET", f"escalations?case_id={normal}", 200)["items"][0]["rule"] == "R1"
    first_page = do(lead, "GET", "escalations?limit=1", 200)
    second = do(lead, "GET", f"escalations?limit=1&cursor={first_page['next_cursor']}", 200)
    assert [p["items"][0]["case_id"] for p in (first_page, second)] == [urgent, normal]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"state": RungState.MISSED, "outcome": "missed"}, "组长（王）没有处理（时限已过）"),
        (
            {"state": RungState.ACTED, "outcome": "answered", "acted_by": "林"},
            "组长（王）的时限内，林 回复了客户",
        ),
        (
            {"state": RungState.ACTED, "outcome": "resolved_late", "acted_by": "林"},
            "林 标为已解决，但组长（王）的时限已过",
        ),
        ({"state": RungState.SUPERSEDED}, "组长（王）由更高一级接管"),
        ({"state": RungState.CANCELLED, "outcome": "closed"}, "不再呼叫组长（王）：已关闭"),
    ],
)
def test_what_became_of_a_call_is_said(
    lead: TestClient,
    rows: Rows,
    database: Database,
    service: Service,
    changes: dict[str, Any],
    sentence: str,
) -> None:
    over = {"person": "王", "due_at": None}
    call(database, service, rows.case(severity=1), Severity.NORMAL, **over | changes)

    [found] = do(lead, "GET", f"escalations?state={changes['state'].value}", 200)["items"]

    assert found["sentence"] == sentence
    assert do(lead, "GET", "escalations?state=open", 200)["items"] == []


def test_the_page_shows_who_is_on_call_and_what_climbs(
    pr: TestClient, rows: Rows, database: Database, service: Service
) -> None:
    call(database, service, rows.case(severity=1), Severity.NORMAL)
    missed = {"state": RungState.MISSED, "outcome": "missed", "due_at": None, "person": "王"}
    call(database, service, rows.case(severity=3), Severity.URGENT, **missed)

    page = page_of(pr, "/duty")

    words = plain(page)
    for expected in (
        "leads 林 到 11-23 09:00:00，之后 王",
        "directors · 按日历 office 无人",
        "组长 – 到时呼叫 星云手表",
        "#2 总监（王）没有处理（时限已过）",
        "没有替班，按值班表轮换。",
    ):
        assert expected in words
    assert "安排替班" not in words
    assert "#1" in plain(pr.get("/duty/calls").text)


def test_a_stand_in_is_arranged_and_cancelled_on_the_page(stranger: TestClient) -> None:
    log_in(stranger, "lead")
    made = press(stranger, "/duty/overrides", **FORM)
    assert said(made) == "已安排 王 替 林"
    assert "leads 王 到 11-22 16:00:00，之后 林" in plain(made.text)

    cancelled = press(stranger, "/duty/overrides/1/cancel", rota="leads")
    assert said(cancelled) == "替班已取消"
    assert "王 替 林 · leads" in plain(cancelled.text)
    away = press(stranger, "/duty/overrides", **FORM | {"substitute": "", "rota": ""})
    assert said(away) == "已安排下一位顶替 林"
    assert "林 不在，由下一位顶上 所有值班表" in plain(away.text)


@pytest.mark.parametrize(
    ("form", "status", "word"),
    [
        ({"ends_at": "soon"}, 422, "时间看不懂"),
        ({"ends_at": ""}, 422, "结束时间"),
        ({"person": ""}, 422, "没有这个人"),
        ({"rota": "night"}, 404, "没有这个值班表"),
    ],
)
def test_a_form_that_does_not_fit_says_why(
    stranger: TestClient, form: dict[str, str], status: int, word: str
) -> None:
    log_in(stranger, "lead")
    answer = press(stranger, "/duty/overrides", **FORM | form)
    assert answer.status_code == status
    assert word in answer.json()["detail"]


def test_who_may_not_manage_duty_is_refused(pr: TestClient) -> None:
    assert press(pr, "/duty/overrides", **FORM).status_code == 403
    assert pr.post("/api/v1/rotas/leads/overrides", json=ASKED, headers=csrf(pr)).status_code == 403


def test_without_rotas_the_page_says_how_it_goes_on(pr: TestClient, service: Service) -> None:
    config = service.live.current().config.model_copy(update={"rotas": ()})
    service.live = LiveConfig(None, {}, config)
    assert "配置里还没有值班表" in page_of(pr, "/duty")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    form=st.dictionaries(
        st.sampled_from(["starts_at", "ends_at", "person", "rota", "reason"]),
        st.one_of(st.text(max_size=30), st.datetimes().map(lambda at: at.isoformat())),
    )
)
def test_no_form_breaks_the_page(lead: TestClient, form: dict[str, str]) -> None:
    answer = lead.post("/duty/overrides", data=FORM | form)
    assert answer.status_code in (200, 404, 422)
