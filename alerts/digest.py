"""Several alerts as one message, for channels that take few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from alerts.delivery import digest_key
from alerts.message import Message
from alerts.wording import digest_title

DIGEST: Final = "digest"
"""The kind of such a message."""


def digest(parts: Sequence[Message], console_url: str) -> Message:
    """Put messages of one channel (at least one, the most urgent first) into one.

    It is as grave as the gravest of them, calls everybody whom one of them calls, and is due
    with the first of them; its language is that of the first.
    """
    brands = {part.brand for part in parts}
    mentions = {person.name: person for part in parts for person in part.mentions}
    locale = parts[0].locale
    return Message(
        dedupe_key=digest_key([part.dedupe_key for part in parts]),
        kind=DIGEST,
        severity=max(part.severity for part in parts),
        title=digest_title(locale, len(parts)),
        brand=brands.pop() if len(brands) == 1 else "",
        reasons=(),
        verdict="",
        created_at=min(part.created_at for part in parts),
        due_at=min((part.due_at for part in parts if part.due_at), default=None),
        late=any(part.late for part in parts),
        post=None,
        reply=None,
        console_url=console_url,
        locale=locale,
        mentions=tuple(mentions.values()),
        act_by=min((part.act_by for part in parts if part.act_by), default=None),
        parts=tuple(parts),
    )
