"""The demonstration's story: brands and posts that we invented, on one time line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import resources
from typing import Any, Final

from alerts.severity import Severity
from alerts.watch import Brand
from scrapers.post import Author, Platform, Standing
from sentiment.verdict import Topic

DEFAULT_DURATION_S: Final = 600.0
OPENING_S: Final = 60.0
"""How much of the time line keeps its pace when the rest of it is stretched."""

BRANDS: Final = (
    Brand(
        name="星云手表",
        aliases=("NebulaWatch", "星云智能手表"),
        exclude=("星云大师",),
        accounts={Platform.WEIBO: "6004281123", Platform.TWITTER: "900100"},
    ),
    Brand(
        name="橙子出行",
        aliases=("OrangeRide",),
        exclude=("带橙子出行", "买橙子出行"),
        accounts={Platform.WEIBO: "6004281124", Platform.TWITTER: "900200"},
    ),
    Brand(
        name="山茶茶饮",
        aliases=("Camellia Tea",),
        exclude=(),
        accounts={Platform.WEIBO: "6004281125", Platform.TWITTER: "900300"},
    ),
)
"""The watched brands of the demonstration; none of them exists."""

BRAND_HANDLES: Final = {"900100": "NebulaWatch", "900200": "OrangeRide", "900300": "CamelliaTea"}
"""The brands' names on X by account id."""


class Kind(StrEnum):
    """What a sample post shows."""

    COMPLAINT = "complaint"
    URGENT = "urgent"
    SARCASM = "sarcasm"
    OBFUSCATED = "obfuscated"
    REPEAT = "repeat"
    REPOST = "repost"
    PRAISE = "praise"
    QUESTION = "question"
    ADVERT = "advert"
    LOTTERY = "lottery"
    NEWS = "news"
    HOMONYM = "homonym"
    OWN_ACCOUNT = "own_account"
    BRAND_ONLY = "brand_only"
    WORD_ONLY = "word_only"
    EMOJI = "emoji"


class Expect(StrEnum):
    """What the service should do with a sample post."""

    ALERT = "alert"
    """An alert of its own."""
    CASE = "case"
    """Joins a case that an earlier post opened."""
    NO_ALERT = "no_alert"


class Placement(StrEnum):
    """Where a search page shows a post out of turn."""

    PINNED = "pinned"
    PROMOTED = "promoted"


@dataclass(frozen=True, slots=True)
class SampleOriginal:
    """What a sample post reposts or quotes.

    Either another sample (`key`), or a post of its own `age_s` before, or one that the
    platform deleted (no author).
    """

    key: str = ""
    author: Author | None = None
    text: str = ""
    age_s: float = 3600


@dataclass(frozen=True, slots=True)
class SamplePost:
    """One line of posts.jsonl: a post, when it appears, and what should come of it.

    A negative `offset_s` lies before the start: background that a search may still show.
    `hard` marks a trap that is reported but not demanded. `why` explains `expect`.
    """

    key: str
    offset_s: float
    platform: Platform
    author: Author
    text: str
    brand: str
    kind: Kind
    expect: Expect
    why: str
    quoted: str = ""
    original: SampleOriginal | None = None
    reposts: int = 0
    comments: int = 0
    likes: int = 0
    region: str = ""
    client: str = ""
    severity: Severity | None = None
    topic: Topic | None = None
    placement: Placement | None = None
    hard: bool = False

    @property
    def mentions_brand(self) -> bool:
        """Whether a brand's account on X is mentioned, which lets it answer over the API."""
        text = self.text.lower()
        return self.platform is Platform.TWITTER and any(
            f"@{handle.lower()}" in text for handle in BRAND_HANDLES.values()
        )


def load_posts() -> tuple[SamplePost, ...]:
    """Read the posts of the time line, in order of appearance."""
    return tuple(post for post in _all_posts() if post.offset_s >= 0)


def load_background() -> tuple[SamplePost, ...]:
    """Read the posts that were there before the start, oldest first."""
    return tuple(post for post in _all_posts() if post.offset_s < 0)


def timeline(posts: Iterable[SamplePost], duration_s: float) -> tuple[SamplePost, ...]:
    """Fit posts into `duration_s` seconds.

    A shorter time is a faster run of the whole story. A longer one keeps the first minute as
    it is, so that nobody waits for the first alert, and stretches the rest.
    """
    if duration_s <= 0:
        raise ValueError("a time line needs more than zero seconds")
    return tuple(
        replace(post, offset_s=round(_fit(post.offset_s, duration_s), 3))
        for post in sorted(posts, key=lambda post: post.offset_s)
    )


def _fit(offset_s: float, duration_s: float) -> float:
    if duration_s <= DEFAULT_DURATION_S:
        return offset_s * duration_s / DEFAULT_DURATION_S
    if offset_s <= OPENING_S:
        return offset_s
    stretch = (duration_s - OPENING_S) / (DEFAULT_DURATION_S - OPENING_S)
    return OPENING_S + (offset_s - OPENING_S) * stretch


def _all_posts() -> list[SamplePost]:
    lines = (resources.files(__package__) / "posts.jsonl").read_text(encoding="utf-8")
    posts = [_post(json.loads(line)) for line in lines.splitlines() if line.strip()]
    return sorted(posts, key=lambda post: post.offset_s)


def _post(line: Mapping[str, Any]) -> SamplePost:
    fields = dict(line)
    fields["platform"] = Platform(line["platform"])
    fields["author"] = _author(line["author"])
    fields["kind"] = Kind(line["kind"])
    fields["expect"] = Expect(line["expect"])
    if "original" in line:
        fields["original"] = _original(line["original"])
    if "severity" in line:
        fields["severity"] = Severity[line["severity"].upper()]
    if "topic" in line:
        fields["topic"] = Topic(line["topic"])
    if "placement" in line:
        fields["placement"] = Placement(line["placement"])
    return SamplePost(**fields)


def _author(line: Mapping[str, Any]) -> Author:
    return Author(**{**line, "standing": Standing(line.get("standing", Standing.ORDINARY))})


def _original(line: Mapping[str, Any]) -> SampleOriginal:
    fields = dict(line)
    if "author" in line:
        fields["author"] = _author(line["author"])
    return SampleOriginal(**fields)
