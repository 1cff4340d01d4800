"""`shifen audit`: beside a service on the same database, once or until it is told to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from monitor.storage import polling
from monitor.storage.database import Database
from tests.factories import Rows
from tests.monitor.commands import Shifen


@pytest.fixture
def database(shifen: Shifen, config: Path, tmp_path: Path) -> Iterator[Database]:
    """A database as `run` would have made it, held by a service."""
    database = Database(f"sqlite:///{tmp_path}/var/shifen.db")
    database.upgrade()
    with database.alone():
        yield database
    database.close()


@pytest.fixture
def signals() -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def last_audit(database: Database) -> datetime | None:
    with database.read() as connection:
        return polling.last_beat(connection, "auditor")


def test_once_says_that_all_is_well(shifen: Shifen, database: Database) -> None:
    said = shifen("audit", "--once")
    assert (said.status, said.out) == (0, "nothing was left undone\n")
    assert last_audit(database) is not None


def test_once_tells_what_it_found(shifen: Shifen, database: Database) -> None:
    Rows(database).case(opened_at=datetime.now(UTC) - timedelta(minutes=5))
    said = shifen("audit", "--once")
    assert (said.status, said.out) == (1, "cases without a ladder: 1\n")


def test_a_database_without_a_schema_is_told_so(shifen: Shifen, config: Path) -> None:
    said = shifen("audit", "--once")
    assert said.status == 2
    assert "shifen db upgrade" in said.err


def test_it_goes_on_until_it_is_told_to_stop(
    shifen: Shifen,
    database: Database,
    config: Path,
    signals: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []

    def hear(_: Any, method: str, url: str) -> Any:
        heard.append(f"{method} {url}")
        # Another pass would begin a minute later: the word to stop must end the wait.
        os.kill(os.getpid(), signal.SIGTERM)
        raise httpx.ConnectError("nobody there")

    monkeypatch.setattr(httpx.Client, "stream", hear)
    monkeypatch.setenv("SHIFEN__HEARTBEAT__URL", "http://127.0.0.1:9/beat")
    monkeypatch.setenv("SHIFEN__HEARTBEAT__SENT_BY", "audit")
    said = shifen("audit")
    assert (said.status, said.out) == (0, "")
    assert heard == ["GET http://127.0.0.1:9/beat"]
    assert "auditing every 60 s" in said.err


def test_it_leaves_the_heartbeat_to_the_service_unless_told_otherwise(
    shifen: Shifen, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__HEARTBEAT__URL", "http://127.0.0.1:9/beat")
    said = shifen("audit", "--once")
    assert (said.status, "heartbeat" in said.err) == (0, False)


def test_a_heartbeat_that_does_not_arrive_ends_nothing(
    shifen: Shifen, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__HEARTBEAT__URL", "http://127.0.0.1:9/beat/5b1c-key")
    monkeypatch.setenv("SHIFEN__HEARTBEAT__SENT_BY", "audit")
    said = shifen("audit", "--once")
    assert said.status == 0
    assert "127.0.0.1 could not be reached" in said.err
    assert "5b1c" not in said.err
