"""A case as those see it who decide whom to tell: one complaint or one storm about a brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.severity import Severity


class CaseState(StrEnum):
    """Where a case stands. The first two are open, the others are ends.

    `closed` is a case that went quiet, `withdrawn` one that a better verdict took back.
    """

    FIRING = "firing"
    ACKED = "acked"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    FALSE_ALARM = "false_alarm"
    MERGED = "merged"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self in (CaseState.FIRING, CaseState.ACKED)


@dataclass(frozen=True, slots=True)
class CaseView:
    """What routing, silences, inhibition and the notification flow know of a case.

    `topic`, `risk`, `platform` and `language` are those of the post that opened it, as the
    strings of their enums (`""` where unknown). `spread` counts the posts that tell the story,
    the first included; `reach` adds up the followers of its authors; `posts` are those stored.
    `author_key` names the first author (`weibo:123`).
    """

    id: int
    brand: str
    platform: str
    language: str
    topic: str
    risk: str
    severity: Severity
    state: CaseState
    spread: int
    reach: int
    posts: int
    author_key: str
    published_at: datetime
    opened_at: datetime
    answered_at: datetime | None = None
    acked_by: str = ""
    ack_expires_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state.is_open
