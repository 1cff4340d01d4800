"""Post ids of X carry their time: `(id >> 22) + 1288834974657` is Unix time in milliseconds.

Checked on recorded pages, where it equals `created_at` to the second. Ids from before
November 2010 were plain numbers; they come out as the first moments of the scheme.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

SCHEME_START: Final = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
IDS_PER_MS: Final = 1 << 22
MAX_ID: Final = (1 << 63) - 1
MILLISECOND: Final = timedelta(milliseconds=1)


def time_of(post_id: int) -> datetime:
    """Return when the post was published, in aware UTC, to the millisecond."""
    return SCHEME_START + (post_id // IDS_PER_MS) * MILLISECOND


def first_id(when: datetime) -> int:
    """Return the lowest id that a post published at `when` or later can have; at least 0.

    `when` is rounded up to the millisecond, so no id below the answer belongs to the window.
    """
    elapsed_ms = -((SCHEME_START - when) // MILLISECOND)
    return min(max(0, elapsed_ms * IDS_PER_MS), MAX_ID)
