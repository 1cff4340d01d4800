"""Posts and users as X's API writes them, in the vocabulary and with the fields asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Any, Final

from monitor.demo.ids import id_time
from monitor.demo.twitter_query import Subject
from monitor.demo.world import Passed, Published
from scrapers.post import Author, Platform, Standing

SHORT_TEXT_WEIGHT: Final = 280
REPOST_CHARS: Final = 140
POST_WORDS: Final = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "tweets": "posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
}
"""The new names of fields, after the specification 2.167."""

VERIFIED_TYPE: Final = {
    Standing.ORDINARY: "none",
    Standing.PERSONAL: "blue",
    Standing.ENTERPRISE: "business",
    Standing.MEDIA: "business",
    Standing.GOVERNMENT: "government",
    Standing.ORGANISATION: "business",
}
_KIND_IN_QUERIES: Final = {"quoted": "quote", "retweeted": "retweet"}
_MENTION: Final = re.compile(r"(?<![\w@])@(\w{1,15})")
_HASHTAG: Final = re.compile(r"(?<!\w)#(\w+)")
_LINK: Final = re.compile(r"https?://\S+")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")

AccountId = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """The parts of a post that the client wants."""

    post_fields: frozenset[str]
    user_fields: frozenset[str]
    expansions: frozenset[str]

    @property
    def expands_posts(self) -> bool:
        """Whether referenced posts come along."""
        return any(name.startswith("referenced_") for name in self.expansions)

    @property
    def expands_original_authors(self) -> bool:
        """Whether the authors of referenced posts come along, too."""
        return any(
            name.endswith(".author_id") or name == "referenced_posts" for name in self.expansions
        )


def subject(post: Published) -> Subject:
    """Return what a query can ask about a post."""
    sample = post.sample
    text = _own_text(post).lower()
    found = {
        "mentions": frozenset(name.lower() for name in _MENTION.findall(text)),
        "hashtags": frozenset(_HASHTAG.findall(text)),
        "links": frozenset(_LINK.findall(text)),
    }
    kinds = {_KIND_IN_QUERIES.get(_reference_kind(post), "")}
    if sample.author.standing is not Standing.ORDINARY:
        kinds.add("verified")
    return Subject(
        text=text,
        author_id=sample.author.id,
        author_handle=sample.author.handle.lower(),
        kinds=frozenset(kinds),
        contents=frozenset(name for name, items in found.items() if items),
        mentions=found["mentions"],
        language=language(text),
    )


def language(text: str) -> str:
    """Return `zh` or `en`, the languages of the samples."""
    return "zh" if _CHINESE.search(text) else "en"


def page(
    posts: Sequence[Published], asked: Asked, account_id: AccountId, next_token: str | None
) -> dict[str, Any]:
    """Answer a search with posts, what they refer to, and the way on."""
    if not posts:
        return {"meta": {"result_count": 0}}
    answer: dict[str, Any] = {"data": [_post(post, asked, account_id) for post in posts]}
    includes = _includes(posts, asked, account_id)
    if includes:
        answer["includes"] = includes
    errors = _errors(posts, asked)
    if errors:
        answer["errors"] = errors
    ids = [int(post.id) for post in posts]
    answer["meta"] = {
        "newest_id": str(max(ids)),
        "oldest_id": str(min(ids)),
        "result_count": len(posts),
    }
    if next_token:
        answer["meta"]["next_token"] = next_token
    return answer


def in_post_words(value: Any) -> Any:
    """Rename every field from tweet to post."""
    if isinstance(value, Mapping):
        return {POST_WORDS.get(key, key): in_post_words(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_post_words(item) for item in value]
    return value


def _post(post: Published, asked: Asked, account_id: AccountId) -> dict[str, Any]:
    own = _own_text(post)
    text = escape(_shown(post), quote=False)
    sample = post.sample
    everything: dict[str, Any] = {
        "id": post.id,
        "text": text,
        "edit_history_tweet_ids": [post.id],
        "author_id": sample.author.id,
        "created_at": _timestamp(post.published_at),
        "conversation_id": post.id,
        "lang": language(own),
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": {
            "retweet_count": sample.reposts,
            "reply_count": sample.comments,
            "like_count": sample.likes,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": sample.likes * 40 + 12,
        },
    }
    entities = _entities(text, account_id)
    if entities:
        everything["entities"] = entities
    if post.original:
        kind = _reference_kind(post)
        everything["referenced_tweets"] = [{"type": kind, "id": post.original.id}]
    if weight(own) > SHORT_TEXT_WEIGHT:
        everything["note_tweet"] = {"text": escape(own, quote=False)}
    wanted = asked.post_fields | {"id", "text", "edit_history_tweet_ids"}
    if "author_id" in asked.expansions:
        wanted |= {"author_id"}
    if asked.expands_posts:
        wanted |= {"referenced_tweets"}
    return {name: value for name, value in everything.items() if name in wanted}


def _reference_kind(post: Published) -> str:
    if post.original is None:
        return ""
    return "quoted" if post.sample.text else "retweeted"


def _own_text(post: Published) -> str:
    if _reference_kind(post) != "retweeted" or post.original is None:
        return post.sample.text
    handle = post.original.author.handle if post.original.author else ""
    text = f"RT @{handle}: {post.original.text}"
    return text if len(text) <= REPOST_CHARS else text[: REPOST_CHARS - 1] + "…"


def _shown(post: Published) -> str:
    text = _own_text(post)
    if weight(text) > SHORT_TEXT_WEIGHT:
        kept = 0
        while weight(text[: kept + 1]) <= SHORT_TEXT_WEIGHT - 25:
            kept += 1
        text = f"{text[:kept]}… https://t.co/{post.id[-10:]}"
    if _reference_kind(post) == "quoted":
        text = f"{text} https://t.co/{post.id[:10]}"
    return text


def weight(text: str) -> int:
    """Return a text's length as X counts it: Chinese and emoji are two."""
    return sum(1 if char < "\u1100" else 2 for char in text)


def _entities(text: str, account_id: AccountId) -> dict[str, Any]:
    mentions = [
        {"start": match.start(), "end": match.end(), "username": match[1], "id": known}
        for match in _MENTION.finditer(text)
        if (known := account_id(match[1]))
    ]
    hashtags = [
        {"start": match.start(), "end": match.end(), "tag": match[1]}
        for match in _HASHTAG.finditer(text)
    ]
    urls = [
        {"start": match.start(), "end": match.end(), "url": match[0], "expanded_url": match[0]}
        for match in _LINK.finditer(text)
    ]
    found = {"mentions": mentions, "hashtags": hashtags, "urls": urls}
    return {name: items for name, items in found.items() if items}


def _includes(
    posts: Sequence[Published], asked: Asked, account_id: AccountId
) -> dict[str, list[dict[str, Any]]]:
    authors: list[Author] = []
    if "author_id" in asked.expansions:
        authors += [post.sample.author for post in posts]
    originals = [post.original for post in posts if post.original and asked.expands_posts]
    if asked.expands_original_authors:
        authors += [original.author for original in originals if original.author]
    includes = {
        "users": _unique(_user(author, asked) for author in authors),
        "tweets": _unique(
            _original(original, asked, account_id) for original in originals if original.author
        ),
    }
    return {name: items for name, items in includes.items() if items}


def _unique(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({item["id"]: item for item in items}.values())


def _original(original: Passed, asked: Asked, account_id: AccountId) -> dict[str, Any]:
    text = escape(original.text, quote=False)
    everything: dict[str, Any] = {
        "id": original.id,
        "text": text,
        "edit_history_tweet_ids": [original.id],
        "author_id": original.author.id if original.author else "",
        "created_at": _timestamp(id_time(Platform.TWITTER, original.id)),
        "lang": language(text),
    }
    entities = _entities(text, account_id)
    if entities:
        everything["entities"] = entities
    wanted = asked.post_fields | {"id", "text", "edit_history_tweet_ids"}
    if asked.expands_original_authors:
        wanted |= {"author_id"}
    return {name: value for name, value in everything.items() if name in wanted}


def _errors(posts: Sequence[Published], asked: Asked) -> list[dict[str, Any]]:
    gone = [p.original.id for p in posts if p.original and p.original.deleted]
    return [
        {
            "value": native_id,
            "detail": f"Could not find tweet with referenced_tweets.id: [{native_id}].",
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "referenced_tweets.id",
            "resource_id": native_id,
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }
        for native_id in gone
        if asked.expands_posts
    ]


def _user(author: Author, asked: Asked) -> dict[str, Any]:
    everything: dict[str, Any] = {
        "id": author.id,
        "name": author.name,
        "username": author.handle,
        "created_at": "2019-05-04T08:30:00.000Z",
        "description": "",
        "protected": False,
        "verified": author.standing is not Standing.ORDINARY,
        "verified_type": VERIFIED_TYPE[author.standing],
        "public_metrics": {
            "followers_count": author.followers or 0,
            "following_count": 180,
            "tweet_count": 2400,
            "listed_count": 3,
            "like_count": 900,
        },
    }
    wanted = asked.user_fields | {"id", "name", "username"}
    return {name: value for name, value in everything.items() if name in wanted}


def _timestamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def normalised(asked: Asked) -> Asked:
    """Return what is asked for in the old vocabulary's names."""
    old = {new: name for name, new in POST_WORDS.items()}
    return replace(asked, post_fields=frozenset(old.get(name, name) for name in asked.post_fields))
