"""What a channel must keep to itself: handed in from the environment, never configured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import Field

PREFIX: Final = "SHIFEN_CHANNEL_"

SecretName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
"""The key `secret` of an entry of `channels`, e.g. PR_ROOM; entries may share one."""


@dataclass(frozen=True, slots=True)
class ChannelSecrets:
    """The secrets behind one `secret: NAME`; absent ones are empty, and none is printed.

    Each comes from SHIFEN_CHANNEL_<NAME>_<PART>, or from the file that the same variable
    with _FILE behind it names: `key` is the part of a robot's address that lets one write
    (_KEY), `secret` is what it signs with (_SECRET), `password` is of a mail account
    (_PASSWORD), `url` an address that is a secret as a whole (_URL).
    """

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    url: str = field(default="", repr=False)


def channel_variable(name: str, part: str) -> str:
    """Return the variable of a part, e.g. SHIFEN_CHANNEL_PR_ROOM_KEY."""
    return f"{PREFIX}{name}_{part.upper()}"
