"""Turns one search answer of X into posts. Pure: no clock, no network.

Field names and shapes: X's API descriptions 2.166 (tweet) and 2.167 (post).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from scrapers.errors import Drifted
from scrapers.post import Author, Original, Platform, Post, Standing
from scrapers.source import BadItem
from scrapers.twitter.fields import (
    count,
    handle,
    mapping,
    numeric_id,
    plain,
    raw,
    sentence,
    sequence,
    unescaped,
)
from scrapers.twitter.snowflake import time_of
from scrapers.twitter.vocabulary import normalise

_REPOST_TYPES: Final = frozenset({"retweeted", "reposted"})
_REPOST_PREFIX: Final = re.compile(r"RT @(?P<handle>\w{1,50}): ?", re.ASCII)
_POST_LINK: Final = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?P<handle>\w{1,50})/status/(?P<id>[0-9]{1,19})"
    r"(?:[?#].*)?",
    re.ASCII,
)
_STANDINGS: Final[Mapping[str, Standing]] = MappingProxyType(
    {
        "blue": Standing.PERSONAL,
        "business": Standing.ENTERPRISE,
        "government": Standing.GOVERNMENT,
    }
)
_CUT_MARK: Final = "…"


class Unreadable(ValueError):
    """One item of an answer lacks what a post cannot do without."""


@dataclass(frozen=True, slots=True)
class Found:
    """A post and the id of the version that was found; an edited post has several."""

    version_id: int
    post: Post


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of a search. `version_ids` are the ids of all items, unreadable ones included."""

    found: tuple[Found, ...]
    bad: tuple[BadItem, ...]
    notes: tuple[str, ...]
    next_token: str
    version_ids: tuple[int, ...]
    bare: bool
    """Whether X left out of every item the fields that were asked for by name."""


@dataclass(frozen=True, slots=True)
class _Includes:
    """The objects beside the found posts: users by id and by handle, posts by id."""

    users: Mapping[int, Author]
    handles: Mapping[str, Author]
    posts: Mapping[int, dict[str, Any]]


def parse(answer: Any) -> Answer:
    """Read one decoded search answer, in either vocabulary.

    Raises Drifted when the answer as a whole is of no known shape; an item that cannot be
    read becomes a BadItem.
    """
    body = mapping(normalise(answer))
    items = _items(body)
    includes = _includes(mapping(body.get("includes")))
    found: list[Found] = []
    bad: list[BadItem] = []
    for original, item in zip(sequence(mapping(answer).get("data")), items, strict=True):
        try:
            found.append(_found(item, includes))
        except Unreadable as reason:
            bad.append(BadItem(raw(original), str(reason)))
    meta = mapping(body.get("meta"))
    ids = [numeric_id(mapping(item).get("id")) for item in items]
    return Answer(
        found=tuple(found),
        bad=tuple(bad),
        notes=_notes(body.get("errors")),
        next_token=plain(meta.get("next_token")),
        version_ids=tuple(filter(None, ids)),
        bare=bool(items) and not any("public_metrics" in mapping(item) for item in items),
    )


def _items(body: dict[str, Any]) -> list[Any]:
    """Return the items of an answer; that there are none must be said, not merely look so."""
    items = body.get("data")
    if items is None:
        total = mapping(body.get("meta")).get("result_count")
        if total != 0 and not sequence(body.get("errors")):
            raise Drifted("the answer of X holds no data and does not say that there is none")
        return []
    if not isinstance(items, list):
        raise Drifted(f"the answer of X has data of type {type(items).__name__}, not a list")
    return items


def _found(item: Any, includes: _Includes) -> Found:
    if not isinstance(item, dict):
        raise Unreadable(f"not an object but {type(item).__name__}")
    version_id = numeric_id(item.get("id"))
    if not version_id:
        raise Unreadable("no numeric id")
    author_id = numeric_id(item.get("author_id"))
    if not author_id:
        raise Unreadable("no numeric author_id")
    return Found(version_id, _post(item, version_id, _author(author_id, includes), includes))


def _post(item: dict[str, Any], version_id: int, author: Author, includes: _Includes) -> Post:
    post_id = min([version_id, *_versions(item)])
    text, truncated = _text(item)
    mentions = _mentions(item)
    original = _reposted(item, text, mentions, includes)
    if original:
        truncated = original.text.endswith(_CUT_MARK)
        text, mentions = "", {}  # all of it, mentions too, is the reposted author's
    else:
        original = _quoted(item, post_id, mentions, includes)
    metrics = mapping(item.get("public_metrics"))
    return Post(
        platform=Platform.TWITTER,
        id=str(post_id),
        author=author,
        text=text,
        published_at=time_of(post_id),
        url=f"https://x.com/{author.handle or 'i'}/status/{post_id}",
        original=original,
        mentions=tuple(mentions),
        reposts=count(metrics.get("repost_count")),
        comments=count(metrics.get("reply_count")),
        likes=count(metrics.get("like_count")),
        language_hint=plain(item.get("lang")),
        truncated=truncated,
    )


def _versions(item: dict[str, Any]) -> list[int]:
    ids = map(numeric_id, sequence(item.get("edit_history_post_ids")))
    return [version for version in ids if version]


def _text(item: dict[str, Any]) -> tuple[str, bool]:
    """Return the whole text and whether the platform kept a part of it back.

    `text` is cut at 280 characters; a longer post has a note with all of it.
    """
    note = item.get("note_post")
    whole = mapping(note).get("text")
    text = whole if isinstance(whole, str) else item.get("text")
    if not isinstance(text, str):
        raise Unreadable("no text")
    return unescaped(text), bool(note) and text is not whole


def _entities(item: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    places = (item, mapping(item.get("note_post")))
    return [
        mapping(entity)
        for place in places
        for entity in sequence(mapping(place.get("entities")).get(kind))
    ]


def _mentions(item: dict[str, Any]) -> dict[str, str]:
    """Return handles by the account id mentioned; `@handle` stands in for an id not given.

    The @ keeps an account that calls itself 900100 from passing for the account of that id.
    """
    mentions: dict[str, str] = {}
    for entity in _entities(item, "mentions"):
        name = handle(entity.get("username"))
        user_id = numeric_id(entity.get("id"))
        if user_id or name:
            mentions.setdefault(str(user_id) if user_id else f"@{name}", name)
    return mentions


def _reposted(
    item: dict[str, Any], text: str, mentions: Mapping[str, str], includes: _Includes
) -> Original | None:
    """Return what a pure repost passes on; X then repeats it as `RT @handle: text`, cut."""
    post_id = _reference(item, _REPOST_TYPES)
    if not post_id:
        return None
    if post_id in includes.posts:
        return _included(post_id, includes)
    prefix = _REPOST_PREFIX.match(text)
    author = _by_handle(prefix["handle"], mentions, includes) if prefix else None
    return Original(str(post_id), text[prefix.end() :] if prefix else text, author)


def _quoted(
    item: dict[str, Any], post_id: int, mentions: Mapping[str, str], includes: _Includes
) -> Original | None:
    """Return the quoted post, as far as the answer tells.

    X shows the post behind the last post link of a text as quoted, and that link names the
    quoted author's handle: all that is known of the author while the quoted post is not
    among the includes, which it never is by our own requests.
    """
    own_ids = {post_id, numeric_id(item.get("id")), *_versions(item)}
    links = {
        linked_id: link["handle"]
        for entity in _entities(item, "urls")
        if (link := _POST_LINK.fullmatch(plain(entity.get("expanded_url"))))
        and (linked_id := numeric_id(link["id"]))
        and linked_id not in own_ids
    }
    quoted_id = _reference(item, {"quoted"})
    if not quoted_id and "referenced_posts" not in item:
        quoted_id = next(reversed(links), 0)
    if not quoted_id:
        return None
    if quoted_id in includes.posts:
        return _included(quoted_id, includes)
    author = _by_handle(links.get(quoted_id, "i"), mentions, includes)
    return Original(str(quoted_id), "", author)


def _reference(item: dict[str, Any], types: frozenset[str] | set[str]) -> int:
    for reference in map(mapping, sequence(item.get("referenced_posts"))):
        kind = reference.get("type")
        if isinstance(kind, str) and kind in types:
            return numeric_id(reference.get("id"))
    return 0


def _included(post_id: int, includes: _Includes) -> Original:
    item = includes.posts[post_id]
    author_id = numeric_id(item.get("author_id"))
    try:
        text, _ = _text(item)
    except Unreadable:
        text = ""
    return Original(str(post_id), text, _author(author_id, includes) if author_id else None)


def _includes(includes: dict[str, Any]) -> _Includes:
    users = {
        user_id: _user(user_id, user)
        for user in map(mapping, sequence(includes.get("users")))
        if (user_id := numeric_id(user.get("id")))
    }
    posts = {
        post_id: item
        for item in map(mapping, sequence(includes.get("posts")))
        if (post_id := numeric_id(item.get("id")))
    }
    handles = {user.handle.casefold(): user for user in users.values() if user.handle}
    return _Includes(users, handles, posts)


def _user(user_id: int, user: dict[str, Any]) -> Author:
    name = handle(user.get("username"))
    kind = user.get("verified_type")
    verified = Standing.PERSONAL if user.get("verified") is True else Standing.ORDINARY
    return Author(
        id=str(user_id),
        name=unescaped(user.get("name")) or name or str(user_id),
        followers=count(mapping(user.get("public_metrics")).get("followers_count")),
        standing=_STANDINGS.get(kind, verified) if isinstance(kind, str) else verified,
        handle=name,
    )


def _author(author_id: int, includes: _Includes) -> Author:
    return includes.users.get(author_id) or Author(str(author_id), str(author_id))


def _by_handle(name: str, mentions: Mapping[str, str], includes: _Includes) -> Author | None:
    """Return what is known of the user called `name`; an unknown id stays empty."""
    if name == "i":  # x.com/i/status/… is X's address for a post of whomever
        return None
    known = includes.handles.get(name.casefold())
    if known:
        return known
    for user_id, mentioned in mentions.items():
        if mentioned.casefold() == name.casefold() and not user_id.startswith("@"):
            return Author(user_id, mentioned, handle=mentioned)
    return Author("", name, handle=name)


def _notes(errors: Any) -> tuple[str, ...]:
    """Return the partial errors that X sends beside or instead of data, each one once."""
    lines = (
        f"{sentence(error.get('title')) or 'error'}: {sentence(error.get('detail'))}"
        for error in map(mapping, sequence(errors))
    )
    return tuple(dict.fromkeys(lines))
