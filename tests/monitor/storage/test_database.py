"""The database opens, migrates, and says clearly what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select

from monitor.storage import tables as t
from monitor.storage.database import Database, DatabaseError


@pytest.fixture
def empty(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'sub' / 'new.db'}")


def test_an_empty_database_is_told_how_to_be_mended(empty: Database) -> None:
    with pytest.raises(DatabaseError, match=r"empty.*shifen db upgrade"):
        empty.check()


def test_upgrade_makes_it_ready_and_twice_is_once(empty: Database) -> None:
    assert empty.upgrade() == empty.upgrade() == empty.version()
    empty.check()


def test_the_migrations_make_the_schema_that_the_tables_describe(empty: Database) -> None:
    empty.upgrade()
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, t.metadata) == []


@pytest.mark.postgres
def test_the_migrations_serve_postgresql_too(postgres_database: Database) -> None:
    postgres_database.check()
    with postgres_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, t.metadata) == []


def test_the_label_hides_the_password() -> None:
    database = Database("postgresql://someone:hush@127.0.0.1:1/none")
    assert "hush" not in database.label
    assert "someone" in database.label


def test_a_server_that_is_away_is_one_clear_sentence() -> None:
    with pytest.raises(DatabaseError, match=r"127\.0\.0\.1"):
        Database("postgresql://someone:hush@127.0.0.1:1/none").check()


def test_instants_come_back_as_utc_to_the_microsecond(database: Database) -> None:
    beijing = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 22, 12, 30, 1, 234567, tzinfo=beijing)
    with database.write() as connection:
        connection.execute(insert(t.beat).values(name="x", at=at))
    with database.read() as connection:
        stored = connection.execute(select(t.beat.c.at)).scalar_one()
    assert stored == at
    assert stored.tzinfo is UTC


def test_naive_times_are_refused(database: Database) -> None:
    naive = datetime(2026, 11, 22)
    with pytest.raises(Exception, match="naive"), database.write() as connection:
        connection.execute(insert(t.beat).values(name="x", at=naive))


def test_a_failed_block_leaves_nothing_behind(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as connection:
            connection.execute(insert(t.beat).values(name="x", at=datetime.now(UTC)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.read() as connection:
        assert connection.execute(select(t.beat)).all() == []


def test_a_file_that_is_no_database_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_bytes(b"nothing of the kind" * 100)
    for ask in (Database.upgrade, Database.version, Database.check):
        with pytest.raises(DatabaseError, match=r"junk\.db: .*not a database$"):
            ask(Database(f"sqlite:///{tmp_path / 'junk.db'}"))


def test_a_schema_newer_than_the_program_is_one_clear_sentence(empty: Database) -> None:
    empty.upgrade()
    with empty.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(DatabaseError, match="9999"):
        empty.upgrade()
    with pytest.raises(DatabaseError, match=r"schema is 9999, needed is"):
        empty.check()


@pytest.mark.parametrize("url", ["", "nonsense", "postgresql://u:hush@h:port/n", "sqlite//x"])
def test_what_is_no_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        Database(url)
    assert "database_url" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match=r"file.sub: cannot be made"):
        Database(f"sqlite:///{tmp_path / 'file' / 'sub' / 'x.db'}")


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    names = select(t.beat.c.name).order_by(t.beat.c.name)

    def write(name: str) -> None:
        with database.write() as connection:
            connection.execute(insert(t.beat).values(name=name, at=datetime.now(UTC)))

    write("a")
    with database.read() as connection:
        assert connection.execute(names).scalars().all() == ["a"]
        write("b")
        assert connection.execute(names).scalars().all() == ["a"]
    with database.read() as connection:
        assert connection.execute(names).scalars().all() == ["a", "b"]


def test_an_embedded_database_serves_one_service_at_a_time(empty: Database) -> None:
    other = Database(str(empty.engine.url))
    with (
        empty.alone(),
        pytest.raises(DatabaseError, match="another service runs"),
        other.alone(),
    ):
        pytest.fail("two services at a time")
    with other.alone(), other.write() as connection:
        connection.exec_driver_sql("CREATE TABLE x (id INTEGER)")


@pytest.mark.postgres
def test_a_server_serves_several(postgres_database: Database) -> None:
    with postgres_database.alone(), postgres_database.alone():
        postgres_database.check()
