"""Every route, every role: who is let in where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount
from starlette.testclient import TestClient

from monitor.auth import PERMISSIONS, Permission, Role
from monitor.storage.people import AuditLog, TokenStore
from monitor.web.access import Allow
from monitor.web.app import PUBLIC
from monitor.web.parts import WebParts
from tests.conftest import Clock
from tests.factories import Rows
from tests.monitor.web.conftest import PASSWORD, csrf, field, log_in

ENDLESS = "/alerts/stream"


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    permission: Permission | None

    @property
    def address(self) -> str:
        return re.sub(r"\{\w+\}", "1", self.path)


def flat(routes: list) -> Iterator:  # type: ignore[type-arg]
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from flat(inner.routes) if inner else [route]


def doors(app: FastAPI) -> list[Door]:
    found: list[Door] = []
    for route in flat(app.routes):
        if not isinstance(route, APIRoute):
            methods = {"GET"} if isinstance(route, Mount) else route.methods - {"HEAD"}
            found += [Door(method, route.path, None) for method in methods]
            continue
        guards = [
            dep.call.permission
            for dep in route.dependant.dependencies
            if isinstance(dep.call, Allow)
        ]
        assert len(guards) <= 1, route.path
        found += [Door(method, route.path, next(iter(guards), None)) for method in route.methods]
    return found


def test_the_doors_without_a_lock_are_the_listed_ones(app: FastAPI) -> None:
    found = doors(app)

    assert len(found) > 20
    assert {door.path for door in found if door.permission is None} == PUBLIC


def test_a_stranger_is_turned_away_at_every_lock(app: FastAPI, stranger: TestClient) -> None:
    for door in doors(app):
        if door.permission is not None:
            answer = stranger.request(door.method, door.address)
            assert answer.status_code == 401, door
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_exactly_its_doors(
    app: FastAPI,
    stranger: TestClient,
    role: Role,
    token_of: Callable[[Role], dict[str, str]],
    rows: Rows,
) -> None:
    rows.complaint()
    for door in doors(app):
        if door.permission is None or door.path == ENDLESS:
            continue
        answer = stranger.request(door.method, door.address, headers=token_of(role))
        may = door.permission in PERMISSIONS[role]
        assert (answer.status_code == 403) is not may, door
        assert may or door.permission in answer.json()["detail"]
        assert answer.status_code < 500


@pytest.mark.parametrize(
    "header", ["Bearer shf_wrong", "Bearer", "Basic YTpi", "", "Bearer \tshf_wrong"]
)
def test_a_bad_token_opens_nothing_even_beside_a_session(pr: TestClient, header: str) -> None:
    assert pr.get("/api/v1/alerts").status_code == 200
    assert pr.get("/api/v1/alerts", headers={"Authorization": header}).status_code == 401


def test_a_revoked_token_opens_nothing(stranger: TestClient, parts: WebParts) -> None:
    tokens = TokenStore(parts.database, parts.now)
    _, text = tokens.create("bi", Role.ANALYST, by="test")
    header = {"Authorization": f"Bearer {text}"}
    assert stranger.get("/api/v1/alerts", headers=header).status_code == 200

    tokens.revoke("bi", by="test")

    assert stranger.get("/api/v1/alerts", headers=header).status_code == 401


def test_signing_in_opens_the_page_that_was_asked_for(stranger: TestClient) -> None:
    asked = stranger.get("/cases/7?x=1", headers={"Accept": "text/html"})
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/login?next=%2Fcases%2F7%3Fx%3D1"

    answer = log_in(stranger, "pr", back="/cases/7?x=1")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/cases/7?x=1")
    cookie = answer.headers["Set-Cookie"]
    assert "shifen_session=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert stranger.get("/login").headers["Location"] == "/"


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "x"]
)
def test_signing_in_never_leads_elsewhere(stranger: TestClient, back: str) -> None:
    assert log_in(stranger, "pr", back=back).headers["Location"] == "/"


def test_behind_tls_the_cookie_stays_there(app: FastAPI) -> None:
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        assert "Secure" in log_in(client, "pr").headers["Set-Cookie"]


def test_a_wrong_password_is_told_like_an_unknown_name_and_put_on_record(
    stranger: TestClient, parts: WebParts
) -> None:
    answers = [log_in(stranger, name, "wrong password") for name in ("pr", "nobody")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("用户名或密码不正确" in answer.text for answer in answers)
    events = AuditLog(parts.database, parts.now).page(2).items
    assert [(event.who, event.action) for event in events] == [
        ("nobody", "login_failed"),
        ("pr", "login_failed"),
    ]


def test_guessing_is_slowed_down_and_forgiven_later(stranger: TestClient, clock: Clock) -> None:
    for _ in range(5):
        assert log_in(stranger, "pr", "wrong password").status_code == 401

    refused = log_in(stranger, "pr")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 800
    assert "15 分钟" in refused.text
    assert log_in(stranger, "lead", "wrong password").status_code == 401

    clock.advance(901)
    assert log_in(stranger, "pr").status_code == 303


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({"csrf_token": ""}, {}),
        ({"csrf_token": "forged"}, {}),
        ({}, {"Origin": "https://evil.example"}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({}, {"Cookie": "shifen_form=other"}),
    ],
)
def test_a_login_form_of_another_site_is_refused(
    stranger: TestClient, form: dict[str, str], headers: dict[str, str]
) -> None:
    page = stranger.get("/login")
    token = field(page.text, "csrf_token")
    good = {"name": "pr", "password": PASSWORD, "csrf_token": token}

    answer = stranger.post("/login", data=good | form, headers=headers)

    assert answer.status_code == 403
    assert "shifen_session" not in answer.headers.get("Set-Cookie", "")
    stranger.headers.update({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"})
    assert log_in(stranger, "pr").status_code == 303


def test_signing_out_ends_the_session_for_good(pr: TestClient) -> None:
    cookie = {"Cookie": f"shifen_session={pr.cookies['shifen_session']}"}
    answer = pr.post("/logout", headers=csrf(pr))

    assert answer.headers["HX-Redirect"] == "/login"
    pr.cookies.clear()
    assert pr.get("/api/v1/alerts", headers=cookie).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "wrong"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_in_the_name_of_a_session_must_come_from_our_pages(
    pr: TestClient, rows: Rows, headers: dict[str, str]
) -> None:
    rows.complaint()
    token = csrf(pr)
    sent = headers if not headers or "X-CSRF-Token" in headers else token | headers

    assert pr.post("/cases/1/clear", headers=sent).status_code == 403
    assert pr.post("/cases/1/clear", headers=token).status_code == 200


def test_an_old_page_is_sent_to_sign_in(stranger: TestClient) -> None:
    answer = stranger.get("/status", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login")


def test_one_address_cannot_guess_its_way_through_many_names(stranger: TestClient) -> None:
    form = {"password": "wrong", "csrf_token": field(stranger.get("/login").text, "csrf_token")}
    codes = [
        stranger.post("/login", data=form | {"name": f"n{number}"}).status_code
        for number in range(31)
    ]

    assert codes == [401] * 30 + [429]
