"""Who may enter: users, tokens, sessions, and the record of what they did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import IntegrityError

from monitor.auth import Passwords, Role, check_password, digest, new_secret, new_token
from monitor.storage.database import Database
from monitor.storage.paging import Cursor, Page, cut, newest_first
from monitor.storage.tables import audit, session, token, user

SESSION_LIFE: Final = timedelta(hours=12)
TOKEN_USE_STEP: Final = timedelta(minutes=1)


class PeopleError(Exception):
    """A user or token cannot be made or changed as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in, unless `disabled_at` is set."""

    id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A program that may call the API, unless `revoked_at` is set."""

    id: int
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person; `csrf_token` must come with everything that changes something."""

    user: User
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to what, and when."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str


def record(connection: Connection, at: datetime, who: str, action: str, subject: str) -> None:
    """Write an audit event into the transaction of the deed itself."""
    connection.execute(insert(audit).values(at=at, who=who[:80], action=action, subject=subject))


class UserStore:
    """The people; each change is on the audit record under the name `by`."""

    def __init__(
        self, database: Database, passwords: Passwords, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._now = now

    def add(self, name: str, password: str, role: Role, *, by: str) -> User:
        """Make a user; raise PeopleError when the name is taken or empty.

        Raises WeakPasswordError for a password that will not do.
        """
        name = _clean_name(name)
        check_password(password, name)
        values = {
            "name": name,
            "role": role.value,
            "password_hash": self._passwords.hash(password),
            "created_at": self._now(),
        }
        try:
            with self._database.write() as connection:
                row = connection.execute(
                    insert(user).values(values).returning(*_USER_COLUMNS)
                ).one()
                record(connection, self._now(), by, "user_added", f"{name} {role}")
        except IntegrityError as error:
            raise PeopleError(f"there is a user {name} already") from error
        return _user(row)

    def verify(self, name: str, password: str) -> User | None:
        """Return the user whose password this is, None for everybody else."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_USER_COLUMNS, user.c.password_hash).where(user.c.name == name.strip())
            ).one_or_none()
        fits = self._passwords.verify(password, row.password_hash if row else None)
        return _user(row) if row and fits and row.disabled_at is None else None

    def find(self, name: str) -> User | None:
        """Return the user of that name, disabled or not."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_USER_COLUMNS).where(user.c.name == name)
            ).one_or_none()
        return _user(row) if row else None

    def list(self) -> tuple[User, ...]:
        """Return everybody by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_USER_COLUMNS).order_by(user.c.name)).all()
        return tuple(_user(row) for row in rows)

    def set_password(self, name: str, password: str, *, by: str) -> None:
        """Change a password and end the user's sessions."""
        check_password(password, name)
        changes = {"password_hash": self._passwords.hash(password)}
        self._change(name, changes, by, "password_changed")

    def set_role(self, name: str, role: Role, *, by: str) -> None:
        """Change a role and end the user's sessions."""
        self._change(name, {"role": role.value}, by, "role_changed")

    def disable(self, name: str, *, by: str) -> None:
        """Keep a user out from now on; their record stays."""
        self._change(name, {"disabled_at": self._now()}, by, "user_disabled")

    def _change(self, name: str, changes: dict[str, Any], by: str, action: str) -> None:
        with self._database.write() as connection:
            changed = connection.execute(
                update(user).where(user.c.name == name).values(changes).returning(user.c.id)
            ).scalar_one_or_none()
            if changed is None:
                raise PeopleError(f"there is no user {name}")
            connection.execute(delete_from(session).where(session.c.user_id == changed))
            record(connection, self._now(), by, action, name)


class TokenStore:
    """The programs; a token's text is shown once and never stored."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def create(self, name: str, role: Role, *, by: str) -> tuple[Token, str]:
        """Make a token and return it with its text; PeopleError when the name is taken."""
        name, text = _clean_name(name), new_token()
        values = {
            "name": name,
            "role": role.value,
            "digest": digest(text),
            "created_at": self._now(),
        }
        try:
            with self._database.write() as connection:
                row = connection.execute(
                    insert(token).values(values).returning(*_TOKEN_COLUMNS)
                ).one()
                record(connection, self._now(), by, "token_created", f"{name} {role}")
        except IntegrityError as error:
            raise PeopleError(f"there is a token {name} already") from error
        return _token(row), text

    def find(self, text: str) -> Token | None:
        """Return the token that `text` is, unless revoked; its use is noted once a minute."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_TOKEN_COLUMNS).where(
                    token.c.digest == digest(text), token.c.revoked_at.is_(None)
                )
            ).one_or_none()
        if row is None:
            return None
        if row.last_used_at is None or self._now() - row.last_used_at >= TOKEN_USE_STEP:
            with self._database.write() as connection:
                connection.execute(
                    update(token).where(token.c.id == row.id).values(last_used_at=self._now())
                )
        return _token(row)

    def revoke(self, name: str, *, by: str) -> None:
        """Make a token useless from now on; PeopleError when there is none of that name."""
        with self._database.write() as connection:
            changed = connection.execute(
                update(token)
                .where(token.c.name == name, token.c.revoked_at.is_(None))
                .values(revoked_at=self._now())
            )
            if not changed.rowcount:
                raise PeopleError(f"there is no valid token {name}")
            record(connection, self._now(), by, "token_revoked", name)

    def list(self) -> tuple[Token, ...]:
        """Return every token by name, without their texts."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_TOKEN_COLUMNS).order_by(token.c.name)).all()
        return tuple(_token(row) for row in rows)


class SessionStore:
    """Who is signed in; the browser holds a random secret, the database its digest."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def open(self, person: User) -> str:
        """Sign a user in and return the secret for the cookie."""
        text, at = new_secret(), self._now()
        with self._database.write() as connection:
            connection.execute(delete_from(session).where(session.c.expires_at <= at))
            connection.execute(
                insert(session).values(
                    digest=digest(text),
                    user_id=person.id,
                    csrf_token=new_secret(),
                    created_at=at,
                    expires_at=at + SESSION_LIFE,
                )
            )
            record(connection, at, person.name, "login", "console")
        return text

    def find(self, text: str) -> Session | None:
        """Return the session behind a cookie, unless it ended or its user was disabled."""
        with self._database.read() as connection:
            row = connection.execute(
                select(*_USER_COLUMNS, session.c.csrf_token, session.c.expires_at)
                .join_from(session, user)
                .where(
                    session.c.digest == digest(text),
                    session.c.expires_at > self._now(),
                    user.c.disabled_at.is_(None),
                )
            ).one_or_none()
        return Session(_user(row), row.csrf_token, row.expires_at) if row else None

    def close(self, text: str) -> None:
        """Sign out; a session that is not there is no error."""
        with self._database.write() as connection:
            connection.execute(delete_from(session).where(session.c.digest == digest(text)))


class AuditLog:
    """The record of who did what; append-only."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def write(self, who: str, action: str, subject: str) -> None:
        """Put one deed on record."""
        with self._database.write() as connection:
            record(connection, self._now(), who, action, subject)

    def write_once(self, who: str, action: str, subject: str, within: timedelta) -> bool:
        """Put a deed on record unless it stands there already, not longer ago than `within`.

        Returns whether it was new.
        """
        now = self._now()
        same = (audit.c.who == who[:80], audit.c.action == action, audit.c.subject == subject)
        with self._database.write() as connection:
            known = connection.execute(
                select(audit.c.id).where(audit.c.at >= now - within, *same).limit(1)
            ).first()
            if known is None:
                record(connection, now, who, action, subject)
        return known is None

    def page(self, limit: int, after: Cursor | None = None) -> Page[AuditEvent]:
        """Return the newest events, newest first."""
        query = newest_first(select(audit), audit.c.at, audit.c.id, limit, after)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        events = [AuditEvent(row.id, row.at, row.who, row.action, row.subject) for row in rows]
        return cut(events, limit, lambda event: Cursor(event.at, event.id))


_USER_COLUMNS: Final = (user.c.id, user.c.name, user.c.role, user.c.created_at, user.c.disabled_at)
_TOKEN_COLUMNS: Final = (
    token.c.id,
    token.c.name,
    token.c.role,
    token.c.created_at,
    token.c.last_used_at,
    token.c.revoked_at,
)


def _user(row: Row[*tuple[Any, ...]]) -> User:
    return User(row.id, row.name, Role(row.role), row.created_at, row.disabled_at)


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    return Token(row.id, row.name, Role(row.role), row.created_at, row.last_used_at, row.revoked_at)


def _clean_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 80:
        raise PeopleError("a name has 1 to 80 characters")
    return name
