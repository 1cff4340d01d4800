"""What every test may ask for: a clock to turn by hand and a database of each kind."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from monitor.storage.database import Database
from monitor.storage.tables import metadata

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
POSTGRES_URL = os.environ.get("SHIFEN_TEST_POSTGRES_URL", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared" in item.keywords and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="the recorded samples ../shared are absent"))


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 22, 4, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of this test process's own on the configured PostgreSQL server."""
    if not POSTGRES_URL:
        pytest.skip("PostgreSQL: set SHIFEN_TEST_POSTGRES_URL to a server we may use")
    name = f"shifen_test_{uuid.uuid4().hex[:12]}"
    server = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database with today's schema."""
    sqlite = Database(f"sqlite:///{tmp_path / 'shifen.db'}")
    metadata.create_all(sqlite.engine)
    yield sqlite
    sqlite.close()


@pytest.fixture(
    params=[
        pytest.param("sqlite", id="sqlite"),
        pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with today's schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        sqlite: Database = request.getfixturevalue("sqlite_database")
        return sqlite
    postgres: Database = request.getfixturevalue("postgres_database")
    with postgres.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    return postgres


@pytest.fixture
def now(clock: Clock) -> Callable[[], datetime]:
    return clock
