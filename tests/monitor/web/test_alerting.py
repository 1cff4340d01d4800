"""Cases over the API: how they stand, what happened to them, and what people do about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from alerts.case import CaseState
from alerts.flow import Reason, Told
from alerts.ladder import arm
from alerts.rungs import LadderCase, Staff
from alerts.severity import Severity
from monitor.auth import Role
from monitor.storage import escalations, tellings, timeline
from monitor.storage.case_tables import case_author
from monitor.storage.database import Database
from monitor.storage.people import AuditLog
from monitor.storage.timeline import CaseEvent, EventKind
from monitor.web.parts import WebParts
from tests.factories import BRAND, T0, Rows, message
from tests.monitor.web.conftest import Service, csrf

TokenOf = Callable[[Role], dict[str, str]]
CAUSES = [
    {"code": "amount", "severity": 2, "params": {"yuan": "1,200", "limit": 1000, "fen": 120000}},
    {"code": "vip", "severity": 2, "params": {"name": "王小明"}},
]


@pytest.fixture
def agent(stranger: TestClient, token_of: TokenOf) -> TestClient:
    """A program that handles complaints."""
    stranger.headers.update(token_of(Role.AGENT))
    return stranger


def get(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def do(client: TestClient, path: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def climb(database: Database, case_id: int, service: Service) -> None:
    """Start the ladder of an important case: it calls the manager."""
    ladder = service.live.current().config.escalation.ladder()
    case = LadderCase(case_id, Severity.IMPORTANT, CaseState.FIRING, T0)
    rung = arm(case, ladder.policy(Severity.IMPORTANT), Staff(), T0, again=False)
    with database.write() as connection:
        escalations.arm(connection, [rung])


def kinds(client: TestClient, case_id: int) -> list[str]:
    return [event["kind"] for event in get(client, f"cases/{case_id}/timeline")["items"]]


def test_a_case_tells_how_it_stands(
    analyst: TestClient, rows: Rows, database: Database, service: Service
) -> None:
    _, case_id, _ = rows.complaint(case={"causes": CAUSES, "reach": 1280, "assigned_to": "林"})
    climb(database, case_id, service)

    [found] = get(analyst, "cases")["items"]

    assert (found["state"], found["severity"], found["assigned_to"]) == (
        "firing",
        "important",
        "林",
    )
    assert (found["spread_count"], found["post_count"], found["reach"]) == (1, 1, 1280)
    assert found["causes"][0] == {
        "code": "amount",
        "severity": "important",
        "sentence": "涉及金额 1,200 元，超过 1,000 元",
    }
    assert found["deadline"] == {
        "at": "2026-11-22T03:50:00Z",
        "level": "经理",
        "person": "",
        "called": False,
        "sentence": "到时没有人工答复，将升级到经理",
    }
    english = get(analyst, f"cases/{case_id}", locale="en")
    assert english["deadline"]["sentence"] == "Without an answer by then it goes to the manager"
    assert english["causes"][0]["sentence"] == "About 1,200 yuan, more than 1,000"


def test_a_customers_name_is_for_those_who_handle_complaints(
    stranger: TestClient, rows: Rows, token_of: TokenOf
) -> None:
    _, case_id, _ = rows.complaint(case={"causes": CAUSES})
    said = {
        role: stranger.get(f"/api/v1/cases/{case_id}", headers=token_of(role)).text
        for role in (Role.ANALYST, Role.ADMIN, Role.AGENT)
    }

    assert ["王小明" in said[role] for role in said] == [False, False, True]
    assert "大客户“王**”在说" in said[Role.ANALYST]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", [1, 3]),
        ("state=resolved", [2]),
        ("topic=safety", [3]),
        ("severity=urgent", [3]),
        ("platform=twitter", [2]),
        ("assigned_to=林", [1]),
        ("author_key=weibo:8", [3]),
        (f"brand={BRAND}&state=open", [1]),
        ("assigned_to=&state=open", [1, 3]),
    ],
)
def test_cases_are_filtered(analyst: TestClient, rows: Rows, query: str, found: list[int]) -> None:
    rows.case(assigned_to="林")
    rows.case(state="resolved", closed_at=T0, platform="twitter")
    rows.case(brand="流光耳机", topic="safety", severity=3, author_key="weibo:8")

    items = get(analyst, f"cases?{query}")["items"]

    assert sorted(item["id"] for item in items) == found


def test_a_case_is_taken_on_given_away_answered_and_resolved(
    agent: TestClient, rows: Rows, parts: WebParts
) -> None:
    _, case_id, _ = rows.complaint()
    base = f"cases/{case_id}"

    acked = do(agent, f"{base}/ack")
    assert (acked["state"], acked["acked_by"]) == ("acked", "token:agent")
    assert acked["ack_expires_at"] == "2026-11-22T05:00:00Z"
    assert do(agent, f"{base}/assign", to="林")["assigned_to"] == "林"
    answered = do(agent, f"{base}/answer", url="https://weibo.com/1/a")
    assert (answered["answered_by"], answered["answer_url"]) == (
        "token:agent",
        "https://weibo.com/1/a",
    )
    resolved = do(agent, f"{base}/resolve", note="已退款，电话 13812345678")
    assert (resolved["state"], resolved["close_reason"]) == (
        "resolved",
        "已退款，电话 138****5678",
    )

    assert kinds(agent, case_id) == ["acked", "assigned", "answered", "resolved"]
    done = [event.action for event in AuditLog(parts.database, parts.now).page(50).items]
    assert done[:4] == ["case_resolved", "case_answered", "case_assigned", "case_acked"]


def test_a_false_alarm_ends_the_case_and_corrects_the_verdict(
    agent: TestClient, rows: Rows, parts: WebParts
) -> None:
    _, case_id, _ = rows.complaint(case={"hit_id": 1})

    ended = do(agent, f"cases/{case_id}/false-alarm", reason="joke", note="玩梗")

    assert (ended["state"], ended["close_reason"]) == ("false_alarm", "joke")
    [said] = get(agent, "corrections")["items"]
    assert (said["complaint"], said["who"]) == (False, "token:agent")
    [event] = get(agent, f"cases/{case_id}/timeline")["items"]
    assert event["sentence"] == "token:agent 标为误报：玩笑（玩梗）"


def test_two_cases_become_one_and_one_becomes_two(agent: TestClient, rows: Rows) -> None:
    _, one, _ = rows.complaint()
    _, other, _ = rows.complaint(told=message(text="星云手表客服不理人，要求退款"))

    merged = do(agent, f"cases/{one}/merge", into=other)
    assert (merged["state"], merged["merged_into"]) == ("merged", other)
    detail = get(agent, f"cases/{other}")
    assert detail["post_count"] == 2
    hit = detail["posts"][0]["hits"][0]["id"]

    split = do(agent, f"cases/{other}/split", 201, hit_ids=[hit])
    assert (split["case"]["post_count"], split["new_case"]["post_count"]) == (1, 1)
    assert split["new_case"]["previous_case_id"] == other
    sentences = [event["sentence"] for event in get(agent, f"cases/{other}/timeline")["items"]]
    new = split["new_case"]["id"]
    assert sentences == [
        f"token:agent 把事件 #{one} 并进来",
        f"token:agent 拆出事件 #{new}",
    ]
    [opened] = get(agent, f"cases/{new}/timeline", locale="en")["items"]
    assert opened["sentence"].startswith(f"Split off case #{other} as ")


def test_cases_are_linked_and_unlinked(agent: TestClient, rows: Rows) -> None:
    one, other = rows.case(), rows.case(brand="流光耳机")
    assert do(agent, f"cases/{one}/link", other=other) == {"linked": [other]}
    assert get(agent, f"cases/{other}")["linked"] == [one]

    answer = agent.delete(f"/api/v1/cases/{one}/links/{other}")

    assert answer.json() == {"linked": []}
    assert kinds(agent, one) == ["linked", "unlinked"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("cases/99/ack", {}, 404),
        ("cases/2/ack", {}, 409),
        ("cases/1/assign", {"to": "nobody we know"}, 422),
        ("cases/1/assign", {}, 422),
        ("cases/1/answer", {"url": "javascript:alert(1)"}, 422),
        ("cases/1/false-alarm", {"reason": "boring"}, 422),
        ("cases/1/resolve", {"note": "x" * 2001}, 422),
        ("cases/1/merge", {"into": 1}, 422),
        ("cases/1/merge", {"into": 3}, 409),
        ("cases/1/split", {"hit_ids": []}, 422),
        ("cases/1/split", {"hit_ids": [7]}, 422),
        ("cases/1/link", {"other": 99}, 404),
        ("cases/1/ack?locale=tlh", {}, 422),
        ("cases/1/assign", {"to": "林", "at": "noon"}, 422),
    ],
)
def test_what_cannot_be_done_is_a_problem_document(
    agent: TestClient, rows: Rows, path: str, body: dict[str, Any], status: int
) -> None:
    rows.case()
    rows.case(state="resolved", closed_at=T0)
    rows.case(brand="流光耳机")

    problem = do(agent, path, status, **body)

    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["detail"]
    assert get(agent, "cases/1/timeline")["items"] == []


@pytest.mark.parametrize("path", ["timeline", "authors", "receivers"])
def test_what_hangs_on_no_case_is_not_found(analyst: TestClient, path: str) -> None:
    assert analyst.get(f"/api/v1/cases/9/{path}").status_code == 404


def test_a_session_proves_that_it_comes_from_our_pages(pr: TestClient, rows: Rows) -> None:
    case_id = rows.case()
    assert pr.post(f"/api/v1/cases/{case_id}/ack").status_code == 403
    assert pr.post(f"/api/v1/cases/{case_id}/ack", headers=csrf(pr)).status_code == 200
    assert get(pr, f"cases/{case_id}")["acked_by"] == "pr"


def test_the_history_is_told_in_the_language_asked_for(
    analyst: TestClient, rows: Rows, database: Database, service: Service
) -> None:
    case_id = rows.case()
    climb(database, case_id, service)
    with database.write() as connection:
        call = escalations.of_cases(connection, [case_id])[case_id][0].id
        timeline.add(connection, [CaseEvent(case_id, T0, *event) for event in _events(call)])

    for locale, expected in _SENTENCES.items():
        items = get(analyst, f"cases/{case_id}/timeline", locale=locale)["items"]
        assert [item["sentence"] for item in items] == expected
    last = get(analyst, f"cases/{case_id}/timeline", limit=1)["items"]
    assert [item["kind"] for item in last] == ["closed"]


def _events(call: int) -> list[tuple[EventKind, str, dict[str, Any]]]:
    until = (T0 + timedelta(hours=1)).isoformat()
    words = {"zh-CN": "重新研判：是广告", "en": "Judged anew: it is an advert"}
    return [
        (EventKind.OPENED, "", {"severity": "normal", "previous": 7, "causes": CAUSES[:1]}),
        (EventKind.SEVERITY, "", {"before": "normal", "after": "urgent", "words": words}),
        (EventKind.TOLD, "", {"receiver": "pr-room", "reason": "severity_up"}),
        (
            EventKind.HELD,
            "",
            {"receiver": "night", "because": "suppressed_by_silence", "until": until, "by": "3"},
        ),
        (EventKind.ACKED, "林", {"until": until}),
        (EventKind.ACK_EXPIRED, "", {"acked_by": "林", "call": call}),
        (EventKind.ASSIGNED, "王", {"before": "", "after": "林"}),
        (EventKind.ASSIGNED, "林", {"before": "", "after": "林"}),
        (EventKind.ASSIGNED, "王", {"before": "林", "after": ""}),
        (
            EventKind.ESCALATED,
            "",
            {"why": "triggered", "person": "王", "act_by": until, "call": call},
        ),
        (EventKind.MISSED, "", {"outcome": "missed", "person": "王", "call": call}),
        (EventKind.ACTED, "林", {"outcome": "answered_late", "call": call}),
        (EventKind.ACTED, "林", {"outcome": "acked", "call": call}),
        (EventKind.SUPERSEDED, "", {"call": call}),
        (EventKind.CANCELLED, "", {"outcome": "answered", "call": 999}),
        (EventKind.RESCORED, "", {"words": words}),
        (EventKind.WITHDRAWN, "", {"words": words}),
        (EventKind.WITHDRAWN, "", {}),
        (EventKind.CLOSED, "", {}),
    ]


_SENTENCES = {
    "zh-CN": [
        "新事件，级别“一般”；同一话题此前是事件 #7：涉及金额 1,200 元，超过 1,000 元",
        "级别由“一般”改为“紧急”：重新研判：是广告",
        "已通知 pr-room：级别上升",
        "未通知 night：被静默 #3 拦下；11-22 12:50:00 再看",
        "林 接手，11-22 12:50:00 前有效",
        "林 接手到时，仍没有答复",
        "王 把事件交给 林",
        "林 把事件归到自己名下",
        "王 取消了 林 的负责",
        "呼叫经理（王），11-22 12:50:00 前处理（按级别）",
        "经理（王）没有处理（时限已过）",
        "林 回复了客户，但经理的时限已过",
        "经理的时限内，林 接手",
        "经理由更高一级接管",
        "不再呼叫值班人员：已有人答复",
        "重新研判：是广告",
        "已撤回：重新研判：是广告",
        "已撤回：重新研判后不再算投诉",
        "长时间没有新帖，自动关闭",
    ],
    "en": [
        "Opened as Normal; the story was case #7 before: About 1,200 yuan, more than 1,000",
        "Severity changed from Normal to Urgent: Judged anew: it is an advert",
        "pr-room was told: Severity up",
        "night was not told: Held back by silence #3; looked at again at 11-22 12:50:00",
        "林 took it on until 11-22 12:50:00",
        "林 took it on, but the time ran out without an answer",
        "王 assigned it to 林",
        "林 took the case over",
        "王 took it from 林",
        "The manager (王) was called, to act by 11-22 12:50:00 (by its severity)",
        "The manager (王) did not act (the time ran out)",
        "林 answered the customer, but too late for the manager",
        "林 took it on in time for the manager",
        "A higher level took over from the manager",
        "The person on duty is not called any more: it was answered",
        "Judged anew: it is an advert",
        "Withdrawn: Judged anew: it is an advert",
        "Withdrawn: judged anew, it is no complaint",
        "Closed by itself: no new posts for long",
    ],
}


def test_every_kind_of_event_has_a_sentence(
    analyst: TestClient, rows: Rows, database: Database
) -> None:
    case_id = rows.case()
    bare = {
        EventKind.TOLD: {"receiver": "a", "reason": "first"},
        EventKind.HELD: {"receiver": "a", "because": "no_news"},
        EventKind.ACKED: {"until": T0.isoformat()},
        EventKind.MERGED: {"into": 2},
        EventKind.SPLIT: {"into": 3},
        EventKind.LINKED: {"other": 4},
        EventKind.UNLINKED: {"other": 4},
    }
    with database.write() as connection:
        timeline.add(
            connection, [CaseEvent(case_id, T0, kind, "", bare.get(kind, {})) for kind in EventKind]
        )

    items = get(analyst, f"cases/{case_id}/timeline")["items"]

    assert [item["kind"] for item in items] == list(EventKind)
    assert [i["kind"] for i in items if not i["sentence"] or "None" in i["sentence"]] == []


def test_the_first_and_the_loudest_who_tell_it(analyst: TestClient, rows: Rows) -> None:
    case_id = rows.case()
    for n, followers in enumerate([10, None, 5_000_000, 30, 40, 50, 60]):
        rows.insert(
            case_author,
            case_id=case_id,
            author_key=f"weibo:{n}",
            name=f"用户{n} 13812345678",
            followers=followers,
            posts=1,
            first_at=T0 + timedelta(minutes=n),
        )

    found = get(analyst, f"cases/{case_id}/authors")

    assert found["total"] == 7
    assert [each["author_key"] for each in found["first"]] == [f"weibo:{n}" for n in range(5)]
    assert [each["followers"] for each in found["loudest"]] == [5_000_000, 60, 50, 40, 30]
    assert found["first"][0]["name"] == "用户0 138****5678"
    assert found["first"][0]["customer_name"] is None


def test_who_was_told_and_why_others_were_not(
    analyst: TestClient, rows: Rows, database: Database
) -> None:
    case_id = rows.case()
    told = Told(Reason.SPREAD_10, Severity.IMPORTANT, 12, 3, False, T0, times=2)
    held = {"receiver": "night", "because": "suppressed_by_quiet_hours", "by": "office"}
    until = T0 + timedelta(hours=5)
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "pr-room", told)])
        tellings.save_held(connection, [(case_id, "night", held["because"])], T0)
        data = {**held, "until": until.isoformat()}
        timeline.add(connection, [CaseEvent(case_id, T0, EventKind.HELD, data=data)])

    night, room = get(analyst, f"cases/{case_id}/receivers")["items"]

    assert (night["receiver"], night["told"]) == ("night", None)
    assert night["held"] == {
        "because": "suppressed_by_quiet_hours",
        "sentence": "不在“office”的时段内；11-22 16:50:00 再看",
        "at": "2026-11-22T03:50:00Z",
        "until": "2026-11-22T08:50:00Z",
    }
    assert (room["held"], room["told"]["times"], room["told"]["sentence"]) == (
        None,
        2,
        "传播过 10",
    )
