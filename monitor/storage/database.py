"""The database: SQLite in a file by default, PostgreSQL for teams."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

__all__ = ["Connection", "Database", "DatabaseError"]

MIGRATIONS: Final = Path(__file__).parent / "migrations"
SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    # FULL makes each commit durable: a hit that we said we stored survives a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
)


class DatabaseError(Exception):
    """The database cannot be used as configured; the text says what to do."""


class Database:
    """Connections to one database.

    `read()` and `write()` each give a connection inside one transaction that commits at the
    end of the block and rolls back on an exception. On SQLite writers take turns in this
    process and take the write lock at the start (BEGIN IMMEDIATE), so they never deadlock.
    """

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(_with_driver(url))
        except (SQLAlchemyError, ValueError) as error:
            # The text of the error would repeat a password.
            raise DatabaseError("database_url is no address of a database") from error
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._turn = threading.RLock() if self.is_sqlite else nullcontext()
        self.engine = self._connect()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that reads one consistent state, whatever is written meanwhile."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(  # noqa: PLW2901
                    isolation_level="REPEATABLE READ"
                )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are committed together at the end of the block."""
        with self._turn, self.engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(shifen_write=True)  # noqa: PLW2901
            with connection.begin():
                yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other services off an embedded database: SQLite is for one process at a time.

        Raises DatabaseError when another one runs on it; PostgreSQL takes many.
        """
        if not self.is_sqlite or not self._url.database:
            yield
            return
        with closing(sqlite3.connect(f"{self._url.database}.lock", timeout=0)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise DatabaseError(
                    f"{self.label}: another service runs on this database; stop it, or use "
                    "PostgreSQL for several"
                ) from error
            yield

    def upgrade(self) -> str:
        """Bring the schema to the newest version and return that version.

        Raises DatabaseError when the database does not answer or is newer than this program.
        """
        with self._told(), self.engine.connect() as connection:
            command.upgrade(_alembic(connection), "head")
            connection.commit()
        return self.newest_version()

    def version(self) -> str | None:
        """Return the schema's version, None for an empty database; raises DatabaseError."""
        with self._told(), self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def newest_version(self) -> str:
        """Return the version that this program needs."""
        head = ScriptDirectory.from_config(_alembic(None)).get_current_head()
        if head is None:
            raise DatabaseError(f"no migrations in {MIGRATIONS}: the installation is not whole")
        return head

    def check(self) -> None:
        """Raise DatabaseError unless the database answers and has the right schema."""
        version = self.version()
        if version != self.newest_version():
            raise DatabaseError(
                f"{self.label}: schema is {version or 'empty'}, needed is "
                f"{self.newest_version()}; run: shifen db upgrade"
            )

    @property
    def label(self) -> str:
        """The address without its password."""
        return self._url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Let go of connections."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what drivers and migrations say into one sentence."""
        try:
            yield
        except (SQLAlchemyError, CommandError) as error:
            reason = str(error).splitlines()[0]
            raise DatabaseError(f"{self.label}: {reason}") from error

    def _connect(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self._url, pool_size=10, max_overflow=20, pool_pre_ping=True)
        if self._url.database:
            folder = Path(self._url.database).parent
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DatabaseError(f"{folder}: cannot be made ({error.strerror})") from error
        engine = create_engine(self._url, pool_size=20, connect_args={"timeout": 30})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


def _with_driver(url: str) -> str:
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling would begin too late; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("shifen_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _alembic(connection: Connection | None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration
