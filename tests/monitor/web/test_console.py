"""The console's pages as the browser gets them (what scripts do is in test_browser)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from alerts.flow import Reason, Told
from alerts.severity import Severity
from monitor.storage import tables as t
from monitor.storage import tellings
from monitor.storage.database import Database
from monitor.storage.people import AuditLog
from monitor.web.parts import WebParts
from tests.factories import BRAND, MASKED, REPLY, T0, TEXT, Rows, message
from tests.monitor.web.conftest import Service, csrf


def page_of(client: TestClient, path: str = "/") -> str:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def plain(html: str) -> str:
    """Return the words of a page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_an_alert_shows_all_that_is_needed_to_answer(pr: TestClient, rows: Rows) -> None:
    _, case, alert = rows.complaint()

    page = page_of(pr)

    article = page[page.index(f'id="alert-{alert}"') : page.index("</article>")]
    words = plain(article)
    for expected in ("重要", "微博", BRAND, "阿林爱跑步", "1280", REPLY, "发布后 1 分 35 秒 送达"):
        assert expected in words.replace(",", "")
    assert "pr-room 已发送" in words
    assert "<mark>星云手表</mark>" in article
    assert "138****5678" in article
    assert f'href="/cases/{case}"' in article
    assert 'href="https://m.weibo.cn/status/5"' in article
    assert 'data-countdown="2026-11-22T04:50:00.000Z"' in article


def test_on_x_the_reply_opens_in_its_own_composer(pr: TestClient, rows: Rows) -> None:
    rows.complaint(told=message(platform="twitter"))

    assert "https://x.com/intent/post?in_reply_to=5&amp;text=Hello" in page_of(pr)


def test_an_undelivered_alert_counts_down_to_the_promise(
    pr: TestClient, rows: Rows, database: Database
) -> None:
    _, case, _ = rows.complaint(delivered_at=None)
    told = Told(Reason.FIRST, Severity.IMPORTANT, 1, 1, ended=False, told_at=T0)
    with database.write() as connection:
        tellings.save_told(connection, [(case, "pr-room", told)])

    page = page_of(pr)

    assert 'data-countdown="2026-11-22T04:00:00.000Z" data-promise' in page
    assert "尚无人收到通知" in page


def test_what_people_write_is_never_markup(pr: TestClient, rows: Rows) -> None:
    evil = '<script>alert(1)</script> " onload=x 星云手表'
    told = message(text=evil, author="<b>x</b>", reply_text="</p><i>")
    rows.complaint(told=told, post={"text": evil, "url": "javascript:alert(1)"}, title="<u>")

    for path in ("/", "/cases/1"):
        page = page_of(pr, path)
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "<u>" not in page
        assert "javascript:" not in page


def test_a_link_that_is_no_web_address_is_left_out(pr: TestClient, rows: Rows) -> None:
    told = message()
    assert told.post is not None
    broken = message().__class__(
        **{name: getattr(told, name) for name in told.__dataclass_fields__ if name != "post"},
        post=told.post.__class__(
            **{n: getattr(told.post, n) for n in told.post.__dataclass_fields__ if n != "url"},
            url="javascript:alert(1)",
        ),
    )
    rows.complaint(told=broken)

    assert "javascript:" not in page_of(pr)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 3),
        ("severity=urgent", 1),
        ("platform=twitter", 1),
        (f"brand={BRAND}", 2),
        ("state=pending", 1),
        ("severity=nonsense&platform=&state=&brand=", 3),
    ],
)
def test_the_list_is_filtered(pr: TestClient, rows: Rows, query: str, shown: int) -> None:
    rows.complaint()
    rows.complaint(told=message(platform="twitter", severity=Severity.URGENT))
    rows.complaint(told=message(brand="流光耳机"), delivered_at=None)

    page = page_of(pr, f"/?{query}")

    assert page.count("<article") == shown
    assert ("清除筛选" in page) is (0 < shown < 3)


def test_older_alerts_come_by_page(pr: TestClient, rows: Rows) -> None:
    for second in range(65):
        rows.alert(message(published_at=T0 + timedelta(seconds=second)))
    seen: list[str] = []
    path = "/"
    while True:
        page = page_of(pr, path)
        seen += re.findall(r'<article[^>]* id="alert-(\d+)"', page)
        found = re.search(r'hx-get="(/alerts/older[^"]+)"', page)
        if not found:
            break
        path = unescape(found[1])

    assert seen == [str(number) for number in range(65, 0, -1)]
    assert "没有更早的预警了" in page


def test_a_forged_cursor_is_a_bad_request(pr: TestClient) -> None:
    assert pr.get("/alerts/older?cursor=junk").status_code == 400


def test_the_status_strip_tells_sight_and_speed(pr: TestClient, rows: Rows) -> None:
    rows.complaint()
    rows.query()
    rows.query(source="twitter")
    rows.insert(t.outage, subject="twitter", cause="auth", detail="", started_at=T0)

    words = plain(page_of(pr, "/status"))

    assert "正常 微博 已读至" in words
    assert "失明 X 自 11-22 11:50:00 · auth" in words
    assert "微博：发布到送达 1:35 P50" in words
    assert "100% 在 10 分钟内" in words
    assert "全部已送达" in words


def test_an_empty_service_says_so(pr: TestClient) -> None:
    words = plain(page_of(pr))

    assert "暂无预警" in words
    assert "24 小时内没有送达记录" in words


def test_a_case_shows_what_is_behind_it(pr: TestClient, rows: Rows) -> None:
    _, case, _ = rows.complaint()

    page = page_of(pr, f"/cases/{case}")

    words = plain(page)
    for expected in (f"事件 #{case}", "退款", "投诉词: 退款", "负面语气: 打不通", "93%", "pr-room"):
        assert expected in words
    assert MASKED in words
    assert TEXT not in words


def test_a_verdict_that_the_judge_doubts_is_marked(pr: TestClient, rows: Rows) -> None:
    _, sure, _ = rows.complaint()
    doubts = {"doubts": ["irony", "close_call"]}
    _, unsure, _ = rows.complaint(told=message(uncertain=True), verdict_of=doubts)

    assert "拿不准" not in plain(page_of(pr, f"/cases/{sure}"))
    assert plain(page_of(pr)).count("拿不准，请人看") == 1
    assert "拿不准，请人看 疑似反讽 难分彼此" in plain(page_of(pr, f"/cases/{unsure}"))
    pr.cookies.set("shifen_language", "en")
    english = plain(page_of(pr, f"/cases/{unsure}"))
    assert "Not sure, please look Possible irony A close call" in english


def test_a_look_in_clear_is_put_on_record(pr: TestClient, rows: Rows, parts: WebParts) -> None:
    _, case, _ = rows.complaint()

    shown = pr.post(f"/cases/{case}/clear", headers=csrf(pr))

    assert TEXT in plain(shown.text)
    assert "本次查看已记录" in shown.text
    event = AuditLog(parts.database, parts.now).page(1).items[0]
    assert (event.who, event.action, event.subject) == ("pr", "clear_look", f"case {case}")


def test_what_is_not_there_is_a_page_of_its_own(pr: TestClient) -> None:
    for path in ("/cases/404", "/nowhere"):
        answer = pr.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert "没有找到这个页面" in answer.text
    assert pr.post("/cases/404/clear", headers=csrf(pr)).status_code == 404


@pytest.mark.parametrize(
    ("cookie", "accepted", "title"),
    [
        (None, "", "实时预警"),
        (None, "en-GB,en;q=0.9", "Live alerts"),
        (None, "fr,zh-TW;q=0.8,en;q=0.5", "实时预警"),
        (None, "de;q=nonsense, en;q=0", "实时预警"),
        ("en", "zh-CN", "Live alerts"),
        ("xx", "en", "Live alerts"),
    ],
)
def test_the_language_is_the_users_choice_then_the_browsers(
    pr: TestClient, cookie: str | None, accepted: str, title: str
) -> None:
    if cookie:
        pr.cookies.set("shifen_language", cookie)

    assert f"<h1>{title}</h1>" in pr.get("/", headers={"Accept-Language": accepted}).text


def test_an_alert_speaks_the_readers_language(pr: TestClient, rows: Rows) -> None:
    wordings = {
        "zh-CN": {"title": "退款 · 命中", "reasons": ["提到星云手表"], "verdict": "负面 90%"},
        "en": {"title": "refund · matched", "reasons": ["Names it"], "verdict": "negative 90%"},
    }
    rows.alert(wordings=wordings)
    pr.cookies.set("shifen_language", "en")
    english = plain(page_of(pr))
    assert "refund · matched" in english
    assert "negative 90%" in english
    assert "负面 90%" not in english


def test_the_language_link_leads_back(pr: TestClient) -> None:
    link = re.search(r'href="(/language/en[^"]+)"', page_of(pr, "/?severity=urgent"))
    assert link
    answer = pr.get(unescape(link[1]))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/?severity=urgent")
    assert "<h1>Live alerts</h1>" in page_of(pr)
    assert pr.get("/language/tlh").status_code == 404
    assert pr.get("/language/en?next=//evil.example").headers["Location"] == "/"


def test_every_answer_carries_the_security_headers(stranger: TestClient, pr: TestClient) -> None:
    for path in ("/", "/login", "/healthz", "/api/v1/alerts", "/nowhere", "/static/shifen/app.js"):
        headers = pr.get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")


def test_pages_hold_no_inline_script_and_load_from_here_only(pr: TestClient, rows: Rows) -> None:
    rows.complaint()
    for path in ("/", "/cases/1", "/login"):
        page = pr.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page)
        loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]+)"', page)
        for address in loaded:
            assert not urlsplit(address).netloc
            assert pr.get(address).status_code == 200, address


def test_a_large_body_is_refused(stranger: TestClient) -> None:
    assert stranger.post("/login", data={"password": "x" * 300_000}).status_code == 413


def test_a_crash_tells_the_client_nothing_and_is_counted(
    stranger: TestClient, pr: TestClient, parts: WebParts, app: FastAPI
) -> None:
    with parts.database.write() as connection:
        t.alert.drop(connection)

    with capture_logs() as logged:
        page = pr.get("/", headers={"Accept": "text/html"})
        problem = pr.get("/api/v1/alerts")

    assert [(entry["event"], entry["path"]) for entry in logged] == [
        ("request_crashed", "/"),
        ("request_crashed", "/api/v1/alerts"),
    ]
    assert "no such table" in str(logged[0]["exc_info"])

    assert (page.status_code, problem.status_code) == (500, 500)
    assert problem.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
    }
    for answer in (page, problem):
        assert "Traceback" not in answer.text
        assert "alert.id" not in answer.text
    assert 'shifen_job_errors_total{job="web"} 2.0' in stranger.get("/metrics").text


def test_probes_tell_health_readiness_and_measures(stranger: TestClient, service: Service) -> None:
    assert stranger.get("/healthz").json() == {"status": "ok", "version": "0.1.0"}
    assert stranger.get("/readyz").json()["status"] == "ready"
    metrics = stranger.get("/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "shifen_undelivered_cases 0.0" in metrics.text

    service.readiness = (False, ["weibo: the cookie has expired"])

    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["reasons"] == ["weibo: the cookie has expired"]
