"""Who may do what: roles, passwords, and the secrets that stand for a person or a program."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Self

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

TOKEN_PREFIX: Final = "shf_"  # noqa: S105 (a mark to find leaked tokens by)
PASSWORD_MIN_LENGTH: Final = 10
PASSWORD_MAX_LENGTH: Final = 200


class Role(StrEnum):
    """What a person or a program is to the service (domain.md, People)."""

    ADMIN = "admin"
    LEAD = "lead"
    PR = "pr"
    AGENT = "agent"
    ANALYST = "analyst"


class Permission(StrEnum):
    """One thing that a role may do."""

    READ_ALERTS = "alerts:read"
    READ_SERVICE = "service:read"
    READ_CLEAR = "personal:read"
    READ_AUDIT = "audit:read"
    MANAGE_PEOPLE = "people:manage"
    CORRECT_VERDICTS = "verdicts:correct"
    REPORT_FALSE_ALARMS = "alarms:report"
    HANDLE_CASES = "cases:handle"
    SILENCE = "silences:manage"
    MANAGE_DUTY = "duty:manage"
    HANDLE_CUSTOMERS = "customers:handle"
    READ_QUALITY = "quality:read"


# Personal data is seen in clear only by those who handle the complaint (domain.md, Privacy),
# so neither the admin nor the analyst sees it. Whoever handles it may say that it was none;
# what else the judge got wrong is for those who answer for the judge. What may keep a complaint
# from everybody (a silence) takes more than handling one.
PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMIN: frozenset(
        {
            Permission.READ_ALERTS,
            Permission.READ_SERVICE,
            Permission.READ_AUDIT,
            Permission.MANAGE_PEOPLE,
            Permission.CORRECT_VERDICTS,
            Permission.REPORT_FALSE_ALARMS,
            Permission.MANAGE_DUTY,
            Permission.READ_QUALITY,
        }
    ),
    Role.LEAD: frozenset(
        {
            Permission.READ_ALERTS,
            Permission.READ_SERVICE,
            Permission.READ_CLEAR,
            Permission.READ_AUDIT,
            Permission.CORRECT_VERDICTS,
            Permission.REPORT_FALSE_ALARMS,
            Permission.HANDLE_CASES,
            Permission.SILENCE,
            Permission.MANAGE_DUTY,
            Permission.HANDLE_CUSTOMERS,
            Permission.READ_QUALITY,
        }
    ),
    Role.PR: frozenset(
        {
            Permission.READ_ALERTS,
            Permission.READ_SERVICE,
            Permission.READ_CLEAR,
            Permission.REPORT_FALSE_ALARMS,
            Permission.HANDLE_CASES,
            Permission.SILENCE,
            Permission.HANDLE_CUSTOMERS,
        }
    ),
    Role.AGENT: frozenset(
        {
            Permission.READ_ALERTS,
            Permission.READ_CLEAR,
            Permission.REPORT_FALSE_ALARMS,
            Permission.HANDLE_CASES,
            Permission.HANDLE_CUSTOMERS,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Permission.READ_ALERTS,
            Permission.READ_SERVICE,
            Permission.CORRECT_VERDICTS,
            Permission.REPORT_FALSE_ALARMS,
            Permission.READ_QUALITY,
        }
    ),
}


def allows(role: Role, permission: Permission) -> bool:
    """Whether `role` may do `permission`."""
    return permission in PERMISSIONS[role]


class WeakPasswordError(ValueError):
    """The password is too easy to guess or too long to hash; the text says what to change."""


class Passwords:
    """Makes and checks password hashes (argon2id).

    Checking an unknown user costs as much as checking a known one, so that the time of an
    answer does not tell which names exist.
    """

    def __init__(self, hasher: Argon2Hasher) -> None:
        self._hash = PasswordHash((hasher,))
        self._nobody = self._hash.hash(secrets.token_urlsafe())

    @classmethod
    def recommended(cls) -> Self:
        """Return one with the library's recommended cost (64 MiB, 3 passes)."""
        return cls(Argon2Hasher())

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        return self._hash.hash(normal_password(password))

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether `password` fits; `password_hash` is None for a user that does not exist."""
        if len(password) > PASSWORD_MAX_LENGTH:
            return False
        fits = self._hash.verify(normal_password(password), password_hash or self._nobody)
        return fits and password_hash is not None


def normal_password(password: str) -> str:
    """Return the form that is hashed: the same for every way to type the same characters."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, user_name: str) -> None:
    """Raise WeakPasswordError unless `password` may become the password of `user_name`."""
    if len(password) < PASSWORD_MIN_LENGTH:
        raise WeakPasswordError(f"a password needs at least {PASSWORD_MIN_LENGTH} characters")
    if len(password) > PASSWORD_MAX_LENGTH:
        raise WeakPasswordError(f"a password has at most {PASSWORD_MAX_LENGTH} characters")
    if user_name and user_name.casefold() in password.casefold():
        raise WeakPasswordError("the password must not contain the user's name")
    if len(set(password)) < PASSWORD_MIN_LENGTH // 2:
        raise WeakPasswordError("a password needs more different characters")


def new_token() -> str:
    """Return a token for a program: shown once, stored only as its digest."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """Return a random secret for a session or a form."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored of a random secret (sha256; long random values need no salt)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return secrets.compare_digest(left.encode(), right.encode())
