"""A channel that cannot be built here, and says so wherever it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from alerts.channels.channel import Receipt, Refused


@dataclass(frozen=True, slots=True)
class AbsentChannel:
    """Takes nothing, so that alerts go another way at once; `why` names the mend."""

    name: str
    why: str
    min_interval_s: float = 0.0
    most_at_once: int = 1
    threads: bool = False

    def send(self, message: object) -> NoReturn:
        """Refuse."""
        raise Refused(self.why)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Return None: nothing was ever sent."""
        return None

    def check(self) -> NoReturn:
        """Refuse."""
        raise Refused(self.why)

    def close(self) -> None:
        """Do nothing."""
