"""Secrets from the environment or from files that it names; never from the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final, Self

from alerts.channels.secrets import PREFIX, ChannelSecrets, channel_variable

_PARTS: Final = tuple(part.name for part in fields(ChannelSecrets))
_CHANNEL: Final = re.compile(
    rf"{PREFIX}([A-Z][A-Z0-9_]*?)_(?:{'|'.join(_PARTS).upper()})(?:_FILE)?"
)


class SecretError(Exception):
    """A secret cannot be read; the text names the variable, never the value."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret that the service may be given; absent ones are empty, and none is printed.

    `weibo_cookie` comes from SHIFEN_WEIBO_COOKIE or from the file that
    SHIFEN_WEIBO_COOKIE_FILE names; the others alike. `channels` holds those of the entries
    of `channels` that have a `secret: NAME`, by that name: its variables are
    SHIFEN_CHANNEL_<NAME>_KEY, …_SECRET, …_PASSWORD and …_URL, each with _FILE alike.
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
    channels: Mapping[str, ChannelSecrets] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every secret; raises SecretError for a file that cannot be read."""
        single = {name: _secret(environment, variable(name)) for name in single_secrets()}
        return cls(**single, channels=_of_channels(environment))

    def values(self) -> Iterator[tuple[str, str]]:
        """Yield every secret that is set, with the name of its variable."""
        named = [(variable(name), str(getattr(self, name))) for name in single_secrets()]
        named += [
            (channel_variable(name, part), str(getattr(secrets, part)))
            for name, secrets in self.channels.items()
            for part in _PARTS
        ]
        yield from ((name, value) for name, value in named if value)


def single_secrets() -> tuple[str, ...]:
    """Name the secrets that there is one of: all but those of channels."""
    return tuple(each.name for each in fields(Secrets) if each.name != "channels")


def variable(name: str) -> str:
    """Return the environment variable of a secret, e.g. SHIFEN_WEIBO_COOKIE."""
    return f"SHIFEN_{name.upper()}"


def _of_channels(environment: Mapping[str, str]) -> dict[str, ChannelSecrets]:
    found = (_CHANNEL.fullmatch(variable) for variable in environment)
    names = sorted({match[1] for match in found if match})
    return {
        name: ChannelSecrets(
            **{part: _secret(environment, channel_variable(name, part)) for part in _PARTS}
        )
        for name in names
    }


def _secret(environment: Mapping[str, str], name: str) -> str:
    file = environment.get(f"{name}_FILE", "")
    if not file:
        return environment.get(name, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"{name}_FILE names {file}, which cannot be read: {error}") from error
