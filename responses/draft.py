"""The public reply that goes out with an alert, ready to post."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote, urlencode

from responses.length import limit, weighted_length
from responses.privacy import find
from responses.templates import Template, variants
from responses.wording import blocked
from scrapers.post import Platform

_LONGEST_BRAND = 20
_LONGEST_NAME = 30
# X makes links of bare domain names, mentions and tags; a name must do nothing of the kind,
# nor hide or turn around the text that follows it.
_ACTIVE = re.compile(
    r"[@#{}<>]|https?:|\w\.\w"
    r"|[\x00-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class How(StrEnum):
    """The way to post a reply; see `alerts.message.ReplyView`."""

    API = "api"
    INTENT = "intent"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply within the platform's limit, without a blocking remark of `responses.wording`.

    `template` is the id of the template; `length` and `limit` are in the platform's measure;
    `link` opens the platform's composer (X) or the post (Weibo).
    """

    text: str
    template: str
    how: How
    link: str
    length: int
    limit: int


def draft(
    platform: Platform,
    *,
    language: str,
    topic: str,
    urgent: bool,
    brand: str,
    author_name: str,
    post_id: str,
    author_id: str,
    post_url: str,
    eligible: bool,
    api_ready: bool,
    seed: str,
) -> Draft:
    """Draft the first public reply to a post.

    The post's `language` decides ours (`zh` → Chinese, else English; a post on Weibo without
    words gets Chinese). The variant depends on `seed` alone, so that a second draft for the
    same post says the same. `eligible` is whether X lets us answer over its API
    (`scrapers.post.reply_eligible`), `api_ready` whether we have the credentials.
    """
    spoken = _reply_language(platform, language)
    ordered = _turned(variants(spoken, topic, urgent=urgent), seed)
    longest = limit(platform)
    text, template, length = next(
        (text, template, length)
        for text, template in _texts(ordered, brand, author_name)
        if (length := weighted_length(text, platform)) <= longest and not blocked(text)
    )
    if platform is Platform.WEIBO:
        how = How.API if api_ready else How.MANUAL
        link = post_url or f"https://weibo.com/{quote(author_id)}/{quote(post_id)}"
    else:
        how = How.API if api_ready and eligible else How.INTENT
        query = urlencode({"in_reply_to": post_id, "text": text}, quote_via=quote)
        link = f"https://x.com/intent/tweet?{query}"
    return Draft(
        text=text,
        template=template.id,
        how=how,
        link=link,
        length=length,
        limit=longest,
    )


def _reply_language(platform: Platform, language: str) -> str:
    if language == "other" and platform is Platform.WEIBO:
        return "zh"
    return "zh" if language.startswith("zh") else "en"


def _turned(ring: tuple[Template, ...], seed: str) -> tuple[Template, ...]:
    first = int.from_bytes(sha256(seed.encode()).digest()[:8]) % len(ring)
    return ring[first:] + ring[:first]


def _texts(
    templates: tuple[Template, ...], brand: str, name: str
) -> Iterator[tuple[str, Template]]:
    """Yield filled texts, the preferred first; names are given up last of all texts."""
    shown_brand, shown_name = _presentable(brand, _LONGEST_BRAND), _presentable(name, _LONGEST_NAME)
    for brand_or_none, name_or_none in ((shown_brand, shown_name), (shown_brand, ""), ("", "")):
        for template in templates:
            yield template.fill(brand_or_none, name_or_none), template


def _presentable(name: str, longest: int) -> str:
    """Return the name if it can stand in a public text, else nothing."""
    name = name.strip()
    if len(name) > longest or _ACTIVE.search(name) or find(name):
        return ""
    return name
