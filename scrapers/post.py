"""What a platform published: one post, its author, and what it quotes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """A platform that the service reads."""

    WEIBO = "weibo"
    TWITTER = "twitter"


class Standing(StrEnum):
    """What the platform has verified about an author."""

    ORDINARY = "ordinary"
    PERSONAL = "personal"
    ENTERPRISE = "enterprise"
    MEDIA = "media"
    GOVERNMENT = "government"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a post. `followers` is None where the platform did not say."""

    id: str
    name: str
    followers: int | None = None
    standing: Standing = Standing.ORDINARY
    handle: str = ""
    """The name in links and @mentions, without the @ (X only; Weibo mentions by `name`)."""


@dataclass(frozen=True, slots=True)
class Original:
    """The post that a post reposts or quotes; `author` is None when the platform deleted it."""

    id: str
    text: str
    author: Author | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One post, free of markup, with the author's own words apart from what they pass on.

    `text` is what the author wrote; `quoted` the `//@` chain of earlier reposters (Weibo);
    `original` the reposted or quoted post. `published_at` is aware UTC and comes from the id.
    `mentions` holds account ids on X and account names on Weibo. `truncated` says that the
    platform cut the text and the rest could not be read.
    """

    platform: Platform
    id: str
    author: Author
    text: str
    published_at: datetime
    url: str
    quoted: str = ""
    original: Original | None = None
    mentions: tuple[str, ...] = ()
    reposts: int | None = None
    comments: int | None = None
    likes: int | None = None
    region: str = ""
    client: str = ""
    language_hint: str = ""
    truncated: bool = False

    @property
    def reposts_only(self) -> bool:
        """Whether the author passes a post on without words of their own."""
        return self.original is not None and not self.text.strip()


def reply_eligible(post: Post, brand_account_id: str, brand_handle: str = "") -> bool:
    """Whether X lets the brand's account answer this post over its API.

    Since 2026-02-23 a self-serve app may reply only where the author summoned it: mentioned
    the account in the post itself or quoted one of its posts. Weibo knows no such rule.

    X often names a quoted author, and now and then a mentioned one, by handle alone: without
    `brand_handle` such a post counts as not eligible, and a person answers it by the link.
    """
    if post.platform is Platform.WEIBO:
        return True
    handle = brand_handle.removeprefix("@").casefold()
    quoted = post.original.author if post.original and not post.reposts_only else None
    by_id = brand_account_id and (
        brand_account_id in post.mentions or (quoted and quoted.id == brand_account_id)
    )
    by_handle = handle and (
        f"@{handle}" in map(str.casefold, post.mentions)
        or (quoted and quoted.handle.casefold() == handle)
    )
    return bool(by_id or by_handle)
