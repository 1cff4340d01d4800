from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher

from monitor.auth import (
    PERMISSIONS,
    TOKEN_PREFIX,
    Passwords,
    Permission,
    Role,
    WeakPasswordError,
    allows,
    check_password,
    digest,
    new_token,
    normal_password,
    same,
)

CHEAP = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


def test_every_role_has_its_line_and_every_permission_a_holder() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set().union(*PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize(
    ("role", "clear", "people", "service"),
    [
        (Role.ADMIN, False, True, True),
        (Role.LEAD, True, False, True),
        (Role.PR, True, False, True),
        (Role.AGENT, True, False, False),
        (Role.ANALYST, False, False, True),
    ],
)
def test_personal_data_is_for_those_who_handle_it(
    role: Role, clear: bool, people: bool, service: bool
) -> None:
    assert allows(role, Permission.READ_ALERTS)
    assert allows(role, Permission.READ_CLEAR) is clear
    assert allows(role, Permission.MANAGE_PEOPLE) is people
    assert allows(role, Permission.READ_SERVICE) is service


@settings(max_examples=25)
@given(st.text(max_size=60), st.text(max_size=60))
def test_a_password_fits_its_own_hash_only(password: str, other: str) -> None:
    hashed = CHEAP.hash(password)

    assert CHEAP.verify(password, hashed)
    if normal_password(other) != normal_password(password):
        assert not CHEAP.verify(other, hashed)


def test_the_same_characters_typed_another_way_fit() -> None:
    assert CHEAP.verify("ｐａｓｓｗｏｒｄ－１２３", CHEAP.hash("password-123"))


def test_nobodys_password_never_fits_and_endless_ones_are_not_hashed() -> None:
    assert not CHEAP.verify("anything", None)
    assert not CHEAP.verify("x" * 201, CHEAP.hash("x" * 201))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least"),
        ("x" * 201, "at most"),
        ("i-am-Lin-2026", "user's name"),
        ("aaaaaaaaaaaa", "different"),
    ],
)
def test_weak_passwords_are_refused_with_a_reason(password: str, reason: str) -> None:
    with pytest.raises(WeakPasswordError, match=reason):
        check_password(password, "lin")


def test_a_good_password_is_taken() -> None:
    check_password("correct horse battery", "lin")


def test_tokens_are_long_and_never_alike() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(token.startswith(TOKEN_PREFIX) and len(token) >= 40 for token in tokens)
    assert len({digest(token) for token in tokens}) == 100


def test_secrets_are_compared_whole() -> None:
    assert same("密abc", "密abc")
    assert not same("abc", "abcd")
