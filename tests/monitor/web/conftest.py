"""The web application over a fresh SQLite database, and people of every role to ask it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from monitor.auth import Passwords, Role
from monitor.config import Config
from monitor.desk import Desk
from monitor.dry_run import DryRuns
from monitor.live_config import LiveConfig, Rules
from monitor.metrics import Metrics
from monitor.storage.database import Database
from monitor.storage.people import TokenStore, UserStore
from monitor.storage.tables import metadata
from monitor.web.app import create_app
from monitor.web.feed import AlertFeed
from monitor.web.parts import WebParts
from sentiment.loading import load_scorer
from tests.conftest import Clock
from tests.factories import BRAND, T0, Rows

PASSWORD = "correct horse battery"
Readiness = tuple[bool, list[str]]


CONFIG: dict[str, Any] = {
    "brands": [{"name": BRAND, "aliases": ["NebulaWatch"]}, {"name": "流光耳机"}],
    "channels": [{"kind": "console", "name": "pr-room"}],
    "sentiment": {"scorer": "words"},
    "rules": [
        {"name": "漆", "words": ["掉漆"]},
        {"name": "试", "words": ["褪色"], "mode": "shadow"},
    ],
    "people": [{"name": name} for name in ("林", "王", "pr")],
    "calendars": [{"name": "office", "week": {"mon-fri": ["09:00-18:00"]}}],
    "rotas": [
        {"name": "leads", "people": ["林", "王"], "start": "2026-11-16 09:00"},
        {"name": "directors", "people": ["王"], "start": "2026-11-16 09:00", "calendar": "office"},
    ],
}


class Service:
    """What the web side sees of the rest of the service; tests change it."""

    def __init__(self) -> None:
        self.readiness: Readiness = (True, [])
        self.plan: list[dict[str, Any]] = [{"source": "weibo", "interval_s": 60}]
        self.live = LiveConfig(None, {}, Config.model_validate(CONFIG))

    def rules(self) -> Rules:
        return self.live.current()

    def desk(self, database: Database, now: Callable[[], datetime]) -> Desk:
        return Desk(database, self.live, lambda _: timedelta(minutes=60), now=now)


def hide_digits(text: str) -> str:
    """Mask phone numbers as the service does."""
    return re.sub(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)", r"\1****\2", text)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, passwords: Passwords) -> Path:
    """A database file with the schema and one user of each role, to be copied."""
    path = tmp_path_factory.mktemp("template") / "web.db"
    sqlite = Database(f"sqlite:///{path}")
    metadata.create_all(sqlite.engine)
    users = UserStore(sqlite, passwords, lambda: T0)
    for role in Role:
        users.add(role.value, PASSWORD, role, by="test")
    sqlite.close()
    return path


@pytest.fixture
def database(tmp_path: Path, template: Path) -> Iterator[Database]:
    sqlite = Database(f"sqlite:///{shutil.copy(template, tmp_path)}")
    yield sqlite
    sqlite.close()


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def parts(database: Database, service: Service, clock: Clock, passwords: Passwords) -> WebParts:
    return make_parts(database, service, clock, passwords)


def make_parts(
    database: Database, service: Service, now: Callable[[], datetime], passwords: Passwords
) -> WebParts:
    return WebParts(
        database=database,
        secret_key="only for tests",
        now=now,
        plan=lambda: service.plan,
        readiness=lambda: service.readiness,
        metrics=Metrics(),
        feed=AlertFeed(database, max_age_s=0.05),
        mask=hide_digits,
        desk=service.desk(database, now),
        rules=service.rules,
        locale="zh-CN",
        version="0.1.0",
        brands=(BRAND, "流光耳机"),
        passwords=passwords,
        dry_runs=DryRuns(database, service.rules, load_scorer("words"), now=now),
    )


@pytest.fixture
def app(parts: WebParts) -> FastAPI:
    return create_app(parts)


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def token_of(database: Database, clock: Clock) -> Callable[[Role], dict[str, str]]:
    """Return the Authorization header of a program with a role."""
    made: dict[Role, dict[str, str]] = {}

    def header(role: Role) -> dict[str, str]:
        if role not in made:
            _, text = TokenStore(database, clock).create(role.value, role, by="test")
            made[role] = {"Authorization": f"Bearer {text}"}
        return made[role]

    return header


@pytest.fixture
def analyst(stranger: TestClient, token_of: Callable[[Role], dict[str, str]]) -> TestClient:
    """A program that may read but not see personal data."""
    stranger.headers.update(token_of(Role.ANALYST))
    return stranger


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


def log_in(client: TestClient, name: str, password: str = PASSWORD, back: str = "/") -> Any:
    """Fill in the login form as a browser does."""
    page = client.get("/login", params={"next": back})
    form = {"name": name, "password": password, "csrf_token": field(page.text, "csrf_token")}
    return client.post("/login", data=form | {"next": field(page.text, "next")})


@pytest.fixture
def pr(stranger: TestClient) -> TestClient:
    """A signed-in member of the PR staff."""
    assert log_in(stranger, "pr").status_code == 303
    return stranger


def csrf(client: TestClient) -> dict[str, str]:
    """Return the header that the console's own scripts send."""
    found = re.search(r'"X-CSRF-Token": "([^"]+)"', client.get("/").text)
    assert found
    return {"X-CSRF-Token": found[1]}
