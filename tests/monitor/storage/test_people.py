from __future__ import annotations

from datetime import timedelta

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from monitor.auth import Passwords, Role, WeakPasswordError
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.paging import decode_cursor
from monitor.storage.people import (
    SESSION_LIFE,
    AuditLog,
    PeopleError,
    SessionStore,
    TokenStore,
    UserStore,
)
from tests.conftest import Clock

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def users(database: Database, passwords: Passwords, clock: Clock) -> UserStore:
    return UserStore(database, passwords, clock)


@pytest.fixture
def tokens(database: Database, clock: Clock) -> TokenStore:
    return TokenStore(database, clock)


@pytest.fixture
def sessions(database: Database, clock: Clock) -> SessionStore:
    return SessionStore(database, clock)


@pytest.fixture
def log(database: Database, clock: Clock) -> AuditLog:
    return AuditLog(database, clock)


def deeds(log: AuditLog) -> list[tuple[str, str, str]]:
    return [(event.who, event.action, event.subject) for event in log.page(50).items]


def test_only_the_right_password_of_a_known_user_fits(users: UserStore) -> None:
    users.add("lin", PASSWORD, Role.PR, by="root")

    found = users.verify(" lin ", PASSWORD)

    assert found is not None
    assert (found.name, found.role) == ("lin", Role.PR)
    assert users.verify("lin", PASSWORD + "!") is None
    assert users.verify("nobody", PASSWORD) is None


def test_passwords_are_stored_as_argon2_only(users: UserStore, database: Database) -> None:
    users.add("lin", PASSWORD, Role.PR, by="root")

    with database.read() as connection:
        stored = connection.execute(t.user.select()).one()
    assert stored.password_hash.startswith("$argon2id$")
    assert PASSWORD not in str(stored)


def test_a_name_is_given_once(users: UserStore, log: AuditLog) -> None:
    users.add("lin", PASSWORD, Role.PR, by="root")

    with pytest.raises(PeopleError, match="lin already"):
        users.add("lin", PASSWORD, Role.ADMIN, by="root")
    assert [user.role for user in users.list()] == [Role.PR]
    assert len(deeds(log)) == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_name_must_be_a_name(users: UserStore, tokens: TokenStore, name: str) -> None:
    with pytest.raises(PeopleError):
        users.add(name, PASSWORD, Role.PR, by="root")
    with pytest.raises(PeopleError):
        tokens.create(name, Role.PR, by="root")


def test_a_weak_password_makes_no_user(users: UserStore) -> None:
    with pytest.raises(WeakPasswordError):
        users.add("lin", "short", Role.PR, by="root")
    assert users.list() == ()


def test_a_disabled_user_is_out_at_once(users: UserStore, sessions: SessionStore) -> None:
    cookie = sessions.open(users.add("lin", PASSWORD, Role.PR, by="root"))
    assert sessions.find(cookie) is not None

    users.disable("lin", by="root")

    assert sessions.find(cookie) is None
    assert users.verify("lin", PASSWORD) is None


def test_a_new_password_or_role_ends_sessions(users: UserStore, sessions: SessionStore) -> None:
    lin = users.add("lin", PASSWORD, Role.PR, by="root")

    cookie = sessions.open(lin)
    users.set_password("lin", "another horse entirely", by="root")
    assert sessions.find(cookie) is None

    cookie = sessions.open(lin)
    users.set_role("lin", Role.ANALYST, by="root")
    assert sessions.find(cookie) is None
    changed = users.verify("lin", "another horse entirely")
    assert changed is not None
    assert changed.role is Role.ANALYST


def test_who_is_not_there_cannot_be_changed(users: UserStore, tokens: TokenStore) -> None:
    with pytest.raises(PeopleError, match="no user"):
        users.disable("nobody", by="root")
    with pytest.raises(PeopleError, match="no valid token"):
        tokens.revoke("nobody", by="root")


def test_a_session_ends_by_itself(users: UserStore, sessions: SessionStore, clock: Clock) -> None:
    cookie = sessions.open(users.add("lin", PASSWORD, Role.PR, by="root"))
    life_s = SESSION_LIFE.total_seconds()

    clock.advance(life_s - 1)
    assert sessions.find(cookie) is not None
    clock.advance(1)
    assert sessions.find(cookie) is None


def test_dead_sessions_are_swept(
    users: UserStore, sessions: SessionStore, clock: Clock, database: Database
) -> None:
    lin = users.add("lin", PASSWORD, Role.PR, by="root")
    sessions.open(lin)
    clock.advance(SESSION_LIFE.total_seconds())
    sessions.open(lin)

    with database.read() as connection:
        assert len(connection.execute(t.session.select()).all()) == 1


def test_signing_out_ends_one_session_only(users: UserStore, sessions: SessionStore) -> None:
    lin = users.add("lin", PASSWORD, Role.PR, by="root")
    here, there = sessions.open(lin), sessions.open(lin)

    sessions.close(here)
    sessions.close("never opened")

    assert sessions.find(here) is None
    other = sessions.find(there)
    assert other is not None
    assert len(other.csrf_token) >= 32


def test_neither_cookie_nor_token_is_stored(
    users: UserStore, sessions: SessionStore, tokens: TokenStore, database: Database
) -> None:
    cookie = sessions.open(users.add("lin", PASSWORD, Role.PR, by="root"))
    _, text = tokens.create("bi", Role.ANALYST, by="root")

    with database.read() as connection:
        stored = [
            str(connection.execute(table.select()).all()) for table in (t.session, t.token, t.audit)
        ]
    assert not any(secret in rows for secret in (cookie, text) for rows in stored)


def test_a_token_works_until_it_is_revoked(tokens: TokenStore) -> None:
    token, text = tokens.create("bi", Role.ANALYST, by="root")
    assert text.startswith("shf_")
    found = tokens.find(text)
    assert found is not None
    assert (found.name, found.role) == (token.name, Role.ANALYST)
    assert tokens.find(text + "x") is None

    tokens.revoke("bi", by="root")

    assert tokens.find(text) is None
    with pytest.raises(PeopleError, match="already"):
        tokens.create("bi", Role.ANALYST, by="root")


def test_a_tokens_use_is_noted_once_a_minute(tokens: TokenStore, clock: Clock) -> None:
    _, text = tokens.create("bi", Role.ANALYST, by="root")
    first = clock.now

    for wait_s in (0, 30, 31):
        clock.advance(wait_s)
        tokens.find(text)

    [token] = tokens.list()
    assert token.last_used_at == first + timedelta(seconds=61)


def test_every_deed_is_on_record_in_order(
    users: UserStore, tokens: TokenStore, sessions: SessionStore, log: AuditLog
) -> None:
    sessions.open(users.add("lin", PASSWORD, Role.PR, by="root"))
    tokens.create("bi", Role.ANALYST, by="root")
    tokens.revoke("bi", by="root")
    users.disable("lin", by="root")
    log.write("lin", "clear_look", "case 7")

    assert deeds(log) == [
        ("lin", "clear_look", "case 7"),
        ("root", "user_disabled", "lin"),
        ("root", "token_revoked", "bi"),
        ("root", "token_created", "bi analyst"),
        ("lin", "login", "console"),
        ("root", "user_added", "lin pr"),
    ]
    page = log.page(2)
    assert page.next_cursor is not None
    assert log.page(50, decode_cursor(page.next_cursor)).items == log.page(50).items[2:]


def test_a_user_is_found_by_name_also_when_disabled(users: UserStore) -> None:
    made = users.add("lin", PASSWORD, Role.PR, by="root")
    assert users.find("lin") == made
    assert users.find("Lin") is None
    users.disable("lin", by="root")
    found = users.find("lin")
    assert found is not None
    assert found.disabled_at is not None


def test_the_same_deed_is_put_on_record_once_in_a_while(log: AuditLog, clock: Clock) -> None:
    def write(who: str = "lin", action: str = "press", subject: str = "ack case 7") -> bool:
        return log.write_once(who, action, subject, timedelta(minutes=15))

    assert [write(), write()] == [True, False]
    assert [write(who="zhou"), write(action="push"), write(subject="ack case 8")] == [True] * 3
    clock.advance(15 * 60)
    assert not write()
    clock.advance(1)
    assert write()
    assert len(deeds(log)) == 5
