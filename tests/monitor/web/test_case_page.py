"""The page of a case as the browser gets it, and what its buttons do."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
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
from monitor.storage.database import Database
from monitor.storage.timeline import CaseEvent, EventKind
from monitor.web.views import pieces
from tests.conftest import Clock
from tests.factories import REPLY, T0, Rows, message
from tests.monitor.web.conftest import Service, csrf, log_in

ALARM = [{"code": "risk", "severity": 3, "params": {"risk": "safety"}}]


def page_of(client: TestClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def press(client: TestClient, path: str, **form: Any) -> Any:
    """Do what a button of the page does."""
    return client.post(path, data=form, headers=csrf(client) | {"HX-Request": "true"})


def said(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    text: str = json.loads(answer.headers["HX-Trigger"])["said"]
    return text


def test_a_case_shows_how_it_stands_and_what_is_to_be_done(
    pr: TestClient, rows: Rows, database: Database, service: Service
) -> None:
    _, case_id, _ = rows.complaint(
        told=message(severity=Severity.URGENT),
        case={"causes": ALARM, "reach": 128_000, "spread_count": 27, "uncertain": True},
    )
    policy = service.live.current().config.escalation.ladder().policy(Severity.URGENT)
    case = LadderCase(case_id, Severity.URGENT, CaseState.FIRING, T0)
    with database.write() as connection:
        escalations.arm(connection, [arm(case, policy, Staff(), T0, again=False)])

    page = page_of(pr, f"/cases/{case_id}")

    words = plain(page)
    for expected in (
        f"事件 #{case_id} 紧急 星云手表 微博 待接手",
        "拿不准，请人看",
        "还没有人接手",
        "涉及人身安全风险",
        "传播 27 条帖子",
        "触达 12.8万 粉丝",
        "速度 10 分钟内 0 条",
        "到时没有人工答复，将升级到总监",
        "还没有通知任何人。",
        REPLY,
    ):
        assert expected in words
    for name in ("接手", "归我", "已回复", "已解决", "误报", "更多"):
        assert name in words
    assert 'data-countdown="2026-11-22T03:50:00.000Z"' in page
    assert "hx-confirm" in page


def test_who_may_not_handle_a_case_sees_no_button(stranger: TestClient, rows: Rows) -> None:
    _, case_id, _ = rows.complaint()
    for name in ("admin", "analyst"):
        log_in(stranger, name)
        page = page_of(stranger, f"/cases/{case_id}")
        assert "hx-post" not in page.replace('hx-post="/logout"', "")
        assert press(stranger, f"/cases/{case_id}/ack").status_code == 403
        stranger.cookies.clear()


def test_a_case_passes_through_many_hands(pr: TestClient, rows: Rows, clock: Clock) -> None:
    _, case_id, _ = rows.complaint()
    base = f"/cases/{case_id}"

    acked = press(pr, f"{base}/ack")
    assert said(acked) == "已接手，11-22 13:00:00 前有效"
    assert "pr 已接手" in plain(acked.text)
    assert "继续接手" in acked.text
    assert 'id="case-side"' in acked.text
    assert said(press(pr, f"{base}/assign", to="林")) == "已交给 林"
    assert "由 林 负责" in plain(page_of(pr, base))
    assert said(press(pr, f"{base}/assign", to="")) == "不再指定负责人"
    answered = press(pr, f"{base}/answer", url=" https://weibo.com/1/a ")
    assert said(answered) == "已标为已回复"
    assert 'href="https://weibo.com/1/a"' in answered.text
    assert 'id="deed-answer"' not in answered.text
    solved = press(pr, f"{base}/resolve", note="电话 13812345678 已退款")
    assert said(solved) == "已标为已解决"
    assert "138****5678" in solved.text
    assert 'id="deed-ack"' not in solved.text

    words = plain(page_of(pr, "/"))
    assert "已解决" in words
    assert "已回复" in words
    clock.advance(5)
    late = press(pr, f"{base}/ack")
    assert (late.status_code, late.json()["detail"]) == (
        409,
        "没有做成：这个事件已经结束，请刷新页面。",
    )


def test_a_false_alarm_is_two_clicks(pr: TestClient, rows: Rows) -> None:
    _, case_id, _ = rows.complaint()
    page = page_of(pr, f"/cases/{case_id}")
    found = re.findall(r'name="reason" value="(\w+)">([^<]+)<', page)
    assert ("joke", "玩笑") in found
    assert len(found) == 7
    assert "hx-confirm" not in page

    assert said(press(pr, f"/cases/{case_id}/false-alarm", reason="joke")) == "已标为误报"


def test_the_list_tells_who_has_a_case(pr: TestClient, rows: Rows) -> None:
    _, one, _ = rows.complaint()
    rows.complaint(case={"assigned_to": "林", "state": "acked", "acked_by": "王"})
    press(pr, f"/cases/{one}/ack")

    words = plain(page_of(pr, "/"))

    assert "pr 已接手" in words
    assert "由 林 负责" in words


def test_cases_are_merged_split_and_linked(pr: TestClient, rows: Rows) -> None:
    _, one, _ = rows.complaint()
    _, other, _ = rows.complaint(told=message(author="小周"))
    assert press(pr, f"/cases/{one}/merge", other=f" #{other}").headers["HX-Redirect"] == (
        f"/cases/{other}"
    )
    merged = plain(page_of(pr, f"/cases/{one}"))
    assert f"已并入 #{other}" in merged

    page = page_of(pr, f"/cases/{other}")
    assert f"并进来的 #{one}" in plain(page)
    hits = re.findall(r'name="hit_ids" value="(\d+)"', page)
    assert len(hits) == 2
    split = press(pr, f"/cases/{other}/split", hit_ids=hits[:1])
    new = int(split.headers["HX-Redirect"].rpartition("/")[2])
    assert f'<a href="/cases/{other}">#{other}</a>' in page_of(pr, f"/cases/{new}")

    assert said(press(pr, f"/cases/{one}/link", other=new)) == f"已关联事件 #{new}"
    assert f"取消与事件 #{new} 的关联" in page_of(pr, f"/cases/{one}")
    assert said(press(pr, f"/cases/{one}/unlink", other=new)) == "已取消关联"


@pytest.mark.parametrize(
    ("deed", "form", "status", "word"),
    [
        ("merge", {"other": "1"}, 422, "没有并入"),
        ("merge", {"other": "2"}, 409, "没有并入"),
        ("merge", {"other": "x"}, 404, "没有这个事件"),
        ("merge", {"other": "²"}, 404, "没有这个事件"),
        ("split", {}, 422, "没有拆分"),
        ("link", {"other": "1"}, 422, "没有关联"),
        ("link", {"other": "99"}, 404, "没有这个事件"),
        ("answer", {"url": "weibo"}, 422, "链接须以"),
        ("assign", {"to": "谁"}, 422, "没有这个人"),
    ],
)
def test_a_refusal_says_why_in_the_readers_language(
    pr: TestClient, rows: Rows, deed: str, form: dict[str, str], status: int, word: str
) -> None:
    rows.case()
    rows.case(brand="流光耳机")

    answer = press(pr, f"/cases/1/{deed}", **form)

    assert answer.status_code == status
    assert word in answer.json()["detail"]
    pr.cookies.set("shifen_language", "en")
    assert not re.search("[一-鿿]", press(pr, f"/cases/1/{deed}", **form).json()["detail"])


def test_a_page_is_renewed_only_when_something_changed(pr: TestClient, rows: Rows) -> None:
    _, case_id, _ = rows.complaint()
    page = page_of(pr, f"/cases/{case_id}")
    found = re.search(rf'hx-get="(/cases/{case_id}/state[^"]+)"', page)
    assert found
    address = unescape(found[1])
    assert pr.get(address).status_code == 204

    press(pr, f"/cases/{case_id}/assign", to="林")
    renewed = pr.get(address)
    assert "由 林 负责" in plain(renewed.text)
    assert 'id="case-deeds"' not in renewed.text

    press(pr, f"/cases/{case_id}/ack")
    assert 'id="case-deeds"' in pr.get(address).text
    assert pr.get("/cases/99/state").status_code == 404


def test_the_history_and_the_receivers_are_told(
    pr: TestClient, rows: Rows, database: Database
) -> None:
    _, case_id, _ = rows.complaint()
    told = Told(Reason.FIRST, Severity.IMPORTANT, 1, 1, ended=False, told_at=T0, times=3)
    held = {"receiver": "night", "because": "suppressed_by_silence", "by": "3", "until": None}
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "pr-room", told)])
        tellings.save_held(connection, [(case_id, "night", held["because"] or "")], T0)
        events = [CaseEvent(case_id, T0, EventKind.HELD, data=held)]
        events += [
            CaseEvent(case_id, T0 + timedelta(seconds=n), EventKind.LINKED, "林", {"other": n})
            for n in range(1, 15)
        ]
        timeline.add(connection, events)

    page = page_of(pr, f"/cases/{case_id}")

    words = plain(page)
    assert "pr-room 已通知 3 次 新事件" in words
    assert "night 未通知 被静默 #3 拦下" in words
    assert "更早的 3 条" in words
    assert '关联了事件 <a href="/cases/14">#14</a>' in page


@pytest.mark.parametrize(
    ("sentence", "cases", "expected"),
    [
        ("into #1 and #12", (1, 12), [("into ", 0), ("#1", 1), (" and ", 0), ("#12", 12)]),
        ("silence #3, case #31", (31,), [("silence #3, case ", 0), ("#31", 31)]),
        ("#12", (1,), [("#12", 0)]),
        ("nothing", (), [("nothing", 0)]),
    ],
)
def test_only_the_cases_meant_become_links(
    sentence: str, cases: tuple[int, ...], expected: list[tuple[str, int]]
) -> None:
    assert pieces(sentence, cases) == expected


def test_every_role_that_handles_complaints_sees_the_buttons(
    stranger: TestClient, rows: Rows
) -> None:
    rows.complaint()
    for role in (Role.LEAD, Role.PR, Role.AGENT):
        log_in(stranger, role.value)
        assert 'id="deed-ack"' in page_of(stranger, "/cases/1")
        stranger.cookies.clear()
