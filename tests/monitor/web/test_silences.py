"""Silences: made, changed and ended over the API and on their page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from monitor.auth import Role
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.people import AuditLog
from monitor.web.parts import WebParts
from tests.conftest import Clock
from tests.factories import BRAND, T0, Rows
from tests.monitor.web.conftest import csrf, log_in
from tests.monitor.web.test_case_page import page_of, plain, press, said

END = "2026-11-22T08:00:00Z"
ASKED: dict[str, Any] = {"topics": ["delivery"], "ends_at": END, "reason": "双十一物流高峰"}
FORM = {"topics": "delivery", "hours": "4", "reason": "双十一物流高峰"}


@pytest.fixture
def lead(stranger: TestClient, token_of: Callable[[Role], dict[str, str]]) -> TestClient:
    stranger.headers.update(token_of(Role.LEAD))
    return stranger


def do(client: TestClient, method: str, path: str, status: int, **body: Any) -> Any:
    answer = client.request(method, f"/api/v1/{path}", json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json()


def looked_at(database: Database) -> dict[int, bool]:
    """Return which cases the service is to look at again."""
    case = t.alert_case.c
    with database.read() as connection:
        rows = connection.execute(select(case.id, case.tell_at)).all()
    return {row.id: row.tell_at is not None for row in rows}


def test_a_silence_is_made_seen_and_ended(
    lead: TestClient, rows: Rows, database: Database, parts: WebParts
) -> None:
    delivery, refund = rows.case(topic="delivery"), rows.case()

    made = do(lead, "POST", "silences", 201, **ASKED)
    assert (made["state"], made["author"], made["topics"]) == (
        "in_force",
        "token:lead",
        ["delivery"],
    )
    assert (made["starts_at"], made["until"]) == ("2026-11-22T04:00:00Z", END)
    assert do(lead, "GET", f"silences/{made['id']}", 200) == made
    assert do(lead, "GET", "silences?state=current", 200)["items"] == [made]
    assert looked_at(database) == {delivery: False, refund: False}

    ended = do(lead, "DELETE", f"silences/{made['id']}", 200)
    assert (ended["state"], ended["ended_by"]) == ("over", "token:lead")
    assert looked_at(database) == {delivery: True, refund: False}
    assert do(lead, "GET", "silences?state=current", 200)["items"] == []
    assert do(lead, "GET", "silences", 200)["items"] == [ended]
    actions = [event.action for event in AuditLog(parts.database, parts.now).page(9).items]
    assert actions[:2] == ["silence_ended", "silence_added"]


def test_an_edit_makes_another_silence_and_lets_go_of_what_the_old_one_held(
    lead: TestClient, rows: Rows, database: Database
) -> None:
    rows.case(topic="delivery")
    old = do(lead, "POST", "silences", 201, **ASKED)["id"]

    new = do(lead, "PUT", f"silences/{old}", 200, **ASKED | {"topics": ["price"]})

    assert (new["replaces"], new["topics"]) == (old, ["price"])
    assert looked_at(database) == {1: True}
    newest, oldest = do(lead, "GET", "silences", 200)["items"]
    assert (newest["id"], oldest["state"]) == (new["id"], "over")
    refused = do(lead, "PUT", f"silences/{old}", 409, **ASKED)
    assert refused["detail"] == "这条静默已经结束，不能再改；请新建一条"


def test_the_history_comes_by_page(lead: TestClient, clock: Clock) -> None:
    for _ in range(3):
        do(lead, "POST", "silences", 201, **ASKED)
        clock.advance(1)
    first = do(lead, "GET", "silences?limit=2", 200)
    last = do(lead, "GET", f"silences?limit=2&cursor={first['next_cursor']}", 200)
    assert [each["id"] for each in first["items"] + last["items"]] == [3, 2, 1]


def test_a_preview_counts_what_would_be_held_and_makes_nothing(
    lead: TestClient, rows: Rows
) -> None:
    mild = rows.case(topic="delivery", severity=1)
    rows.case(topic="delivery", severity=3)
    rows.case(topic="delivery", risk="safety")
    rows.case(topic="delivery", closed_at=T0, state="closed")
    rows.case(topic="delivery", brand="流光耳机")

    asked = ASKED | {"brands": [BRAND]}
    assert do(lead, "POST", "silences/preview", 200, **asked) == {"cases": 1, "case_ids": [mild]}
    assert do(lead, "GET", "silences", 200)["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"severity_at_most": "urgent"}, 422, "紧急事件不能静默"),
        ({"topics": [], "risks": ["safety"]}, 422, "这些风险都是紧急事件"),
        ({"reason": " "}, 422, "请写明静默的原因"),
        ({"ends_at": "2026-12-24T00:00:00Z"}, 422, "最长 30 天"),
        ({"ends_at": "2026-11-22T03:00:00Z"}, 422, "结束时间"),
        ({"topics": []}, 422, "这会静默所有事件"),
        ({"topics": ["weather"]}, 422, "parameters do not fit"),
        ({"ends_at": "2026-11-22T08:00:00"}, 422, "parameters do not fit"),
    ],
)
def test_what_may_not_be_silenced_is_refused_with_the_reason(
    lead: TestClient, changes: dict[str, Any], status: int, word: str
) -> None:
    problem = do(lead, "POST", "silences", status, **ASKED | changes)
    assert word in problem["detail"]
    english = lead.post("/api/v1/silences", json=ASKED | changes, headers={"Accept-Language": "en"})
    assert not re.search("[一-鿿]", english.json()["detail"])


def test_a_silence_that_is_not_there_is_not_found(lead: TestClient) -> None:
    for method in ("GET", "DELETE"):
        assert do(lead, method, "silences/9", 404)["detail"] == "没有这条静默"
    do(lead, "PUT", "silences/9", 404, **ASKED)


def test_a_silence_is_made_on_its_page(pr: TestClient, rows: Rows, clock: Clock) -> None:
    case_id = rows.case(topic="delivery")
    page = page_of(pr, "/silences")
    assert "现在没有静默，所有事件都会提醒。" in plain(page)
    assert 'value="safety"' not in page[page.index('name="risks"') :]
    assert f"#{case_id}" in press(pr, "/silences/preview", **FORM).text

    made = press(pr, "/silences", **FORM)

    assert said(made) == "已静默，到 11-22 16:00:00"
    words = plain(made.text)
    for expected in ("生效中", "主题: 物流", "至多“重要”", "双十一物流高峰", "拦下 1 个未结事件"):
        assert expected in words
    clock.advance(60)
    assert said(press(pr, "/silences/1/end")) == "静默已结束"
    assert "pr 提前结束" in plain(page_of(pr, "/silences"))


def test_a_silence_is_changed_on_its_page(pr: TestClient) -> None:
    authors = FORM | {"authors": "weibo:7，twitter:9 weibo:8", "until": "2026-11-23T09:30"}
    press(pr, "/silences", **authors)

    form = pr.get("/silences/1/form").text
    assert 'name="topics" value="delivery" checked' in form
    assert 'value="twitter:9 weibo:7 weibo:8"' in form
    assert 'value="2026-11-23T09:30"' in form
    changed = press(pr, "/silences/1/change", **FORM | {"topics": ["delivery", "price"]})

    assert said(changed) == "已修改，到 11-22 16:00:00"
    assert "取代 #1" in plain(changed.text)
    assert "主题: 物流 / 价格" in plain(changed.text)


def test_a_silence_to_come_keeps_its_beginning(pr: TestClient, lead: TestClient) -> None:
    later = ASKED | {"starts_at": "2026-11-22T06:00:00Z"}
    do(lead, "POST", "silences", 201, **later)
    assert "未开始" in plain(page_of(lead, "/silences"))
    form = lead.get("/silences/1/form").text
    assert 'name="starts_at" value="2026-11-22T06:00:00+00:00"' in form


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"reason": ""}, "请写明静默的原因"),
        ({"topics": []}, "这会静默所有事件"),
        ({"until": "tomorrow"}, "时间看不懂"),
        ({"starts_at": "2026-11-22T05:00"}, "时间看不懂"),
        ({"hours": "0"}, "结束时间"),
    ],
)
def test_a_form_that_does_not_fit_says_why(pr: TestClient, form: dict[str, Any], word: str) -> None:
    answer = press(pr, "/silences", **FORM | form)
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


def test_who_may_not_silence_sees_the_silences_and_no_form(
    stranger: TestClient, lead: TestClient
) -> None:
    do(lead, "POST", "silences", 201, **ASKED)
    lead.headers.pop("Authorization")
    log_in(stranger, "agent")
    page = page_of(stranger, "/silences")
    assert "双十一物流高峰" in page
    assert "silence-form" not in page
    assert "/silences/1/end" not in page
    assert press(stranger, "/silences/1/end").status_code == 403


def test_older_silences_come_by_page(pr: TestClient, clock: Clock) -> None:
    for _ in range(31):
        press(pr, "/silences", **FORM)
        clock.advance(1)
    found = re.search(r'href="(/silences\?cursor=[^"]+)"', page_of(pr, "/silences"))
    assert found
    numbers = re.findall(r'<td class="number">(\d+)</td>', page_of(pr, found[1]))
    assert numbers == ["1"]
    assert pr.get("/silences?cursor=junk").status_code == 400


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    form=st.dictionaries(
        st.sampled_from(["until", "starts_at", "hours", "authors", "topics", "reason"]),
        st.one_of(
            st.text(max_size=30),
            st.datetimes().map(lambda at: at.isoformat()),
            st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
        ),
    )
)
def test_no_form_breaks_the_page(pr: TestClient, form: dict[str, str]) -> None:
    token = csrf(pr)
    answer = pr.post("/silences/preview", data=FORM | form, headers=token)
    assert answer.status_code in (200, 422)
    assert pr.post("/silences", data=FORM | form, headers=token).status_code in (200, 422)
