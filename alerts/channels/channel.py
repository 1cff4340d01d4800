"""What every channel promises.

One contract suite (`tests/contracts/test_channel.py`) runs on every implementation: which
answers are retried and which are not, server hints obeyed, no secret in any error, the
dedupe key carried, Chinese and emoji intact, texts of 20 KB taken.

ChannelError
    Refused    the receiver will never take this message (bad token, unknown room, 4xx)
    Busy       not now: rate limit, 5xx, connection refused; `retry_after_s` if it said
    Unanswered the request went out and no answer came: it may have been taken
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from alerts.message import Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver took the message; `provider_id` finds it again there."""

    provider_id: str


class ChannelError(Exception):
    """A message did not get through; `detail` is for the operator and free of secrets.

    `code` is the receiver's own word for why, where it has one.
    """

    permanent: ClassVar[bool] = False

    def __init__(self, detail: str, *, retry_after_s: float | None = None, code: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.code = code


class Refused(ChannelError):
    """Another try of the same message cannot succeed."""

    permanent = True


class Busy(ChannelError):
    """The receiver surely did not take the message; try again."""


class Unanswered(ChannelError):
    """The receiver may or may not have taken the message."""


class Channel(Protocol):
    """One way out, e.g. a Slack room."""

    @property
    def name(self) -> str:
        """The channel's name in the settings; unique."""

    @property
    def min_interval_s(self) -> float:
        """The least time between two messages that this channel allows."""

    @property
    def most_at_once(self) -> int:
        """How many alerts one message may carry (`Message.parts`); 1 where they go singly."""

    @property
    def threads(self) -> bool:
        """Whether a message can answer an earlier one (`Message.thread`)."""

    def send(self, message: Message) -> Receipt:
        """Bring the message out; raise a ChannelError if that fails."""

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Look for a message sent earlier whose answer was lost, in the thread it answered.

        None when it is not there, or when this kind of channel cannot look.
        """

    def check(self) -> str:
        """Say in one sentence whether this channel would take messages, without sending one.

        Raises a ChannelError where it would not.
        """

    def close(self) -> None:
        """Let go of connections."""
