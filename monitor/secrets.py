"""Secrets from the environment or from files that it names; never from the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self


class SecretError(Exception):
    """A secret cannot be read; the text names the variable, never the value."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret that the service may be given; absent ones are empty, and none is printed.

    `weibo_cookie` comes from SHIFEN_WEIBO_COOKIE or from the file that
    SHIFEN_WEIBO_COOKIE_FILE names; the others alike.
    """

    weibo_cookie: str = field(default="", repr=False)
    weibo_access_token: str = field(default="", repr=False)
    weibo_app_secret: str = field(default="", repr=False)
    twitter_bearer_token: str = field(default="", repr=False)
    twitter_consumer_key: str = field(default="", repr=False)
    twitter_consumer_secret: str = field(default="", repr=False)
    twitter_access_token: str = field(default="", repr=False)
    twitter_access_token_secret: str = field(default="", repr=False)
    slack_bot_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    scorer_api_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every secret; raises SecretError for a file that cannot be read."""
        return cls(**{f.name: _secret(environment, variable(f.name)) for f in fields(cls)})


def variable(name: str) -> str:
    """Return the environment variable of a secret, e.g. SHIFEN_WEIBO_COOKIE."""
    return f"SHIFEN_{name.upper()}"


def _secret(environment: Mapping[str, str], name: str) -> str:
    file = environment.get(f"{name}_FILE", "")
    if not file:
        return environment.get(name, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"{name}_FILE names {file}, which cannot be read: {error}") from error
