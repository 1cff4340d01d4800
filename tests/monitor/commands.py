"""What tests of the command line share: how it is called, and what it left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found


Shifen = Callable[..., Said]


def refused(said: Said, says: str) -> None:
    """One sentence per problem, exit status 2, no traceback."""
    assert said.status == 2
    assert says in said.err
    assert "Traceback" not in said.out + said.err
    assert len(said.err.strip().splitlines()) == 1


def lines(*rows: dict[str, Any] | str) -> bytes:
    texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    return "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogateescape")
