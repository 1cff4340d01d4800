"""Names that X takes in its `fields` and `expansions` parameters (specifications 2.166, 2.167).

The renaming is under way and nobody outside knows which mixture the live service takes, so
the new vocabulary accepts every old name, renamed, beside the specified ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.demo.twitter_json import POST_WORDS
from scrapers.twitter.settings import Vocabulary


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_TWEET_FIELDS: Final = _names(
    """
    article attachments author_id card_uri community_id context_annotations conversation_id
    created_at display_text_range edit_controls edit_history_tweet_ids entities geo id
    in_reply_to_user_id lang media_metadata non_public_metrics note_tweet organic_metrics
    possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes
    source text withheld
    """
)
_TWEET_EXPANSIONS: Final = _names(
    """
    attachments.media_keys attachments.poll_ids author_id edit_history_tweet_ids
    entities.mentions.username geo.place_id in_reply_to_user_id referenced_tweets.id
    referenced_tweets.id.author_id
    """
)


def _renamed(name: str) -> str:
    first, dot, rest = name.partition(".")
    return POST_WORDS.get(first, first) + dot + rest


POST_FIELDS: Final[Mapping[Vocabulary, frozenset[str]]] = {
    Vocabulary.TWEET: _TWEET_FIELDS,
    Vocabulary.POST: frozenset(_renamed(name) for name in _TWEET_FIELDS),
}
EXPANSIONS: Final[Mapping[Vocabulary, frozenset[str]]] = {
    Vocabulary.TWEET: _TWEET_EXPANSIONS,
    Vocabulary.POST: frozenset(_renamed(name) for name in _TWEET_EXPANSIONS)
    | {"referenced_posts", "username"},
}
USER_FIELDS: Final = _names(
    """
    affiliation created_at description entities id is_identity_verified location name parody
    pinned_tweet_id profile_banner_url profile_image_url protected public_metrics url username
    verified verified_followers_count verified_type withheld
    """
)
