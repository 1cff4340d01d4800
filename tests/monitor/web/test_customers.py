"""Customers over the API and on their pages, and accounts linked on the page of a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.auth import Role
from monitor.storage.case_tables import case_author
from monitor.storage.customer_store import CustomerStore
from monitor.storage.people import AuditLog
from monitor.web.parts import WebParts
from tests.factories import T0, Rows
from tests.monitor.web.conftest import log_in
from tests.monitor.web.test_case_page import page_of, plain, press, said
from tests.monitor.web.test_silences import do

WANG: dict[str, Any] = {
    "name": "王小明",
    "key_customer": True,
    "note": "电话 13812345678",
    "author_keys": ["weibo:7001", "twitter:9"],
}


@pytest.fixture
def agent(stranger: TestClient, token_of: Callable[[Role], dict[str, str]]) -> TestClient:
    stranger.headers.update(token_of(Role.AGENT))
    return stranger


@pytest.fixture
def store(parts: WebParts) -> CustomerStore:
    return CustomerStore(parts.database, parts.now)


def tell(rows: Rows, case_id: int, author_key: str, name: str = "小周") -> None:
    rows.insert(
        case_author,
        case_id=case_id,
        author_key=author_key,
        name=name,
        followers=10,
        posts=1,
        first_at=T0,
    )


def test_a_customer_is_made_changed_and_their_accounts_linked(
    agent: TestClient, parts: WebParts
) -> None:
    made = do(agent, "POST", "customers", 201, **WANG)
    assert (made["name"], made["key_customer"], made["note"]) == (
        "王小明",
        True,
        "电话 138****5678",
    )
    assert [each["author_key"] for each in made["identities"]] == ["twitter:9", "weibo:7001"]

    path = f"customers/{made['id']}"
    changed = do(agent, "PATCH", path, 200, key_customer=False, note="")
    assert (changed["name"], changed["key_customer"], changed["note"]) == ("王小明", False, "")
    linked = do(agent, "POST", f"{path}/identities", 201, author_key="weibo:8")
    assert len(linked["identities"]) == 3
    left = do(agent, "DELETE", f"{path}/identities/weibo:8", 200)
    assert len(left["identities"]) == 2
    actions = [event.action for event in AuditLog(parts.database, parts.now).page(9).items]
    assert actions[:3] == ["customer_unlinked", "customer_linked", "customer_changed"]


def test_a_customer_has_the_cases_of_the_last_thirty_days(agent: TestClient, rows: Rows) -> None:
    customer = do(agent, "POST", "customers", 201, **WANG)["id"]
    opened = rows.case(author_key="twitter:9", opened_at=T0)
    told = rows.case(author_key="weibo:1", opened_at=T0 + timedelta(seconds=1), closed_at=T0)
    tell(rows, told, "weibo:7001")
    old = rows.case(author_key="twitter:9", opened_at=T0 - timedelta(days=31))
    another = rows.case(author_key="weibo:99")

    found = do(agent, "GET", f"customers/{customer}", 200)

    assert [case["id"] for case in found["cases"]] == [told, opened]
    assert {old, another}.isdisjoint(case["id"] for case in found["cases"])


def test_names_are_for_those_who_handle_complaints(
    agent: TestClient, token_of: Callable[[Role], dict[str, str]]
) -> None:
    do(agent, "POST", "customers", 201, **WANG)
    agent.headers.update(token_of(Role.ANALYST))

    [found] = do(agent, "GET", "customers", 200)["items"]

    assert (found["name"], found["note"]) == ("王**", "")
    assert do(agent, "GET", "customers/1", 200)["name"] == "王**"
    assert "personal:read" in do(agent, "GET", "customers?q=小明", 403)["detail"]
    assert do(agent, "POST", "customers", 403, **WANG)


def test_customers_are_listed_by_page_kind_and_name(agent: TestClient) -> None:
    for name, key in (("王小明", True), ("李雷", False), ("王芳", False)):
        do(agent, "POST", "customers", 201, name=name, key_customer=key)

    def names(query: str) -> list[str]:
        return [each["name"] for each in do(agent, "GET", f"customers?{query}", 200)["items"]]

    assert names("") == ["王芳", "李雷", "王小明"]
    assert names("key_customer=true") == ["王小明"]
    assert names("q=王&key_customer=false") == ["王芳"]
    first = do(agent, "GET", "customers?limit=2", 200)
    assert names(f"limit=2&cursor={first['next_cursor']}") == ["王小明"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "customers/9", {}, 404),
        ("PATCH", "customers/9", {"name": "x"}, 404),
        ("POST", "customers/9/identities", {"author_key": "weibo:1"}, 404),
        ("DELETE", "customers/9/identities/weibo:1", {}, 404),
        ("POST", "customers", {"name": ""}, 422),
        ("POST", "customers", {"name": "李", "author_keys": ["mail:1"]}, 422),
        ("POST", "customers", {"name": "李", "author_keys": ["weibo:7001"]}, 422),
        ("POST", "customers/1/identities", {"author_key": "weibo:post:1"}, 422),
        ("DELETE", "customers/1/identities/weibo:1", {}, 422),
        ("PATCH", "customers/1", {"colour": "red"}, 422),
    ],
)
def test_what_cannot_be_is_a_problem_document(
    agent: TestClient, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    do(agent, "POST", "customers", 201, **WANG)
    assert do(agent, method, path, status, **body)["detail"]
    assert len(do(agent, "GET", "customers", 200)["items"]) == 1


def test_customers_are_made_and_found_on_their_page(pr: TestClient, store: CustomerStore) -> None:
    assert "还没有客户" in page_of(pr, "/customers")
    form = {"name": "王小明", "author_key": "weibo:7001", "key_customer": "yes", "note": "老客户"}
    assert press(pr, "/customers", **form).headers["HX-Redirect"] == "/customers/1"
    store.add("李雷", by="test")

    assert "王小明 大客户 weibo:7001" in plain(page_of(pr, "/customers"))
    assert "李雷" not in page_of(pr, "/customers?key=yes")
    assert "李雷" not in page_of(pr, "/customers?q=小明")
    words = plain(page_of(pr, "/customers/1"))
    for expected in ("王小明 大客户", "老客户", "weibo:7001", "这段时间没有投诉。"):
        assert expected in words


def test_a_customer_is_changed_on_the_page(
    pr: TestClient, rows: Rows, store: CustomerStore
) -> None:
    store.add("王小明", by="test", author_keys=["weibo:7001"])
    rows.case(topic="safety")

    saved = press(pr, "/customers/1", name="王明", note="", key_customer="yes")
    assert said(saved) == "已保存"
    assert "王明 大客户" in plain(saved.text)
    assert "#1 重要 星云手表 安全 待接手" in plain(saved.text)
    assert "大客户" not in plain(press(pr, "/customers/1", name="王明").text).replace(
        "备注（可不填） 大客户", ""
    )
    assert said(press(pr, "/customers/1/link", author_key="twitter:9")) == "已关联账号"
    gone = press(pr, "/customers/1/unlink", author_key="weibo:7001")
    assert said(gone) == "已取消关联"
    assert "weibo:7001" not in gone.text


def test_an_account_is_linked_on_the_page_of_a_case(
    pr: TestClient, rows: Rows, store: CustomerStore
) -> None:
    _, case_id, _ = rows.complaint()
    tell(rows, case_id, "weibo:7001", "阿林爱跑步")
    tell(rows, case_id, "weibo:post:5", "无名")
    store.add("林雷", by="test", key_customer=True)
    page = page_of(pr, f"/cases/{case_id}")
    assert '<option value="weibo:7001">' in page
    assert "weibo:post:5" not in page

    picks = pr.get(
        f"/cases/{case_id}/customer-picks", params={"author_key": "weibo:7001", "q": "林"}
    )
    assert "林雷" in picks.text
    assert "新建客户“林”并关联" in picks.text
    linked = press(pr, f"/cases/{case_id}/customer", author_key="weibo:7001", customer_id="1")
    assert said(linked) == "已关联到客户 林雷"
    assert 'href="/customers/1"' in linked.text
    assert '<option value="weibo:7001">' not in linked.text


def test_a_new_customer_is_made_on_the_page_of_a_case(pr: TestClient, rows: Rows) -> None:
    _, case_id, _ = rows.complaint()
    tell(rows, case_id, "weibo:7001")
    linked = press(pr, f"/cases/{case_id}/customer", author_key="weibo:7001", name="林雷")
    assert said(linked) == "已关联到客户 林雷"
    again = press(pr, f"/cases/{case_id}/customer", author_key="weibo:7001", name="另一个")
    assert again.status_code == 422
    assert "账号写成 weibo:编号" in again.json()["detail"]
    assert "没有找到。" in pr.get(f"/cases/{case_id}/customer-picks?q=谁").text


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/customers", {"name": " "}, 422),
        ("/customers", {"name": "李", "author_key": "mail:1"}, 422),
        ("/customers/9", {"name": "李"}, 404),
        ("/customers/9/link", {"author_key": "weibo:1"}, 404),
        ("/customers/1/unlink", {"author_key": "weibo:1"}, 422),
        ("/cases/1/customer", {"author_key": "weibo:1", "customer_id": "9"}, 404),
    ],
)
def test_a_form_that_does_not_fit_says_why(
    pr: TestClient, store: CustomerStore, path: str, form: dict[str, str], status: int
) -> None:
    store.add("王小明", by="test")
    answer = press(pr, path, **form)
    assert answer.status_code == status
    assert re.search("[一-鿿]", answer.json()["detail"])


def test_who_may_not_see_names_sees_their_beginning_and_no_form(
    stranger: TestClient, store: CustomerStore
) -> None:
    store.add("王小明", by="test", note="老客户")
    log_in(stranger, "analyst")
    for path in ("/customers", "/customers/1", "/customers?q=小明"):
        page = page_of(stranger, path)
        assert "王**" in page
        assert "王小明" not in page
        assert "老客户" not in page
        assert "hx-post" not in page.replace('hx-post="/logout"', "")
    assert press(stranger, "/customers", name="x").status_code == 403
    assert stranger.get("/customers?cursor=junk").status_code == 400
    assert stranger.get("/customers/9", headers={"Accept": "text/html"}).status_code == 404


def test_a_case_shows_customers_names_by_role(
    stranger: TestClient, rows: Rows, store: CustomerStore
) -> None:
    _, case_id, _ = rows.complaint()
    tell(rows, case_id, "weibo:7001")
    store.add("王小明", by="test", author_keys=["weibo:7001"])
    shown = {}
    for name in ("agent", "analyst"):
        log_in(stranger, name)
        shown[name] = page_of(stranger, f"/cases/{case_id}")
        stranger.cookies.clear()
    assert "王小明" in shown["agent"]
    assert "王小明" not in shown["analyst"]
    assert "王**" in shown["analyst"]
