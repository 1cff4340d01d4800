"""X says `tweet` in some answers and `post` in others; inside, only `post` is spoken.

The rename came with version 2.167 of X's API description (2026-08) without an announcement:
`tweet.fields` became `post.fields`, `note_tweet` `note_post`, `retweet_count` `repost_count`,
`includes.tweets` `includes.posts`, and so on at every depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from scrapers.twitter.settings import Vocabulary

MAX_DEPTH: Final = 32
"""Answers of X are less than a dozen levels deep; what lies deeper is left as it is."""

_USER_FIELDS: Final = "id,name,public_metrics,username,verified,verified_type"

FIELD_PARAMS: Final[Mapping[Vocabulary, Mapping[str, str]]] = MappingProxyType(
    {
        Vocabulary.TWEET: MappingProxyType(
            {
                "tweet.fields": "author_id,edit_history_tweet_ids,entities,lang,note_tweet,"
                "public_metrics,referenced_tweets",
                "user.fields": _USER_FIELDS,
                "expansions": "author_id",
            }
        ),
        Vocabulary.POST: MappingProxyType(
            {
                "post.fields": "entities,id,lang,note_post,public_metrics,text",
                "user.fields": _USER_FIELDS,
                "expansions": "author_id",
            }
        ),
    }
)
"""What a search asks for. `author_id` is the only expansion: X may bill every expanded post,
and by its own simulator it does not bill expanded users. In the new vocabulary the author, the
edits and the references are no fields any more: X sends them by itself or not at all."""


def other(vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary to fall back on."""
    return Vocabulary.POST if vocabulary is Vocabulary.TWEET else Vocabulary.TWEET


def normalise(value: Any, depth: int = 0) -> Any:
    """Return a copy of decoded JSON whose keys speak of posts and reposts, at every depth.

    Where an object holds a key in both vocabularies the new one wins, unless it is null.
    """
    if depth >= MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [normalise(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    renamed: dict[str, Any] = {}
    for key, inner in value.items():
        name = key.replace("retweet", "repost").replace("tweet", "post")
        if renamed.get(name) is None or (name == key and inner is not None):
            renamed[name] = normalise(inner, depth + 1)
    return renamed
