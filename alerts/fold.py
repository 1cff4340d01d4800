"""Folds reposts and copies of one post into one story."""

from __future__ import annotations

import hashlib
import re

from alerts.spelling import SENTENCE_END, squeeze
from alerts.watch import Hit, Part, TermKind
from scrapers.post import Post

MIN_OWN_STORY_LETTERS = 20
"""So many letters of their own make the repost of a complaint a complaint of its own."""

MIN_STORY_LETTERS = 12
"""Shorter texts ("星云手表垃圾") are written by strangers in the same words by chance."""

_COMPARED_LETTERS = 80  # platforms cut the text that a repost carries at about 140 characters

_NOT_WORDS = re.compile(
    r"https?://\S+"  # links are shortened anew for each post
    r"|[@＠][\w\-·]{1,30}"  # whom a copier tells
    r"|\[[^\[\]\s]{1,8}\]"  # Weibo's codes of faces, [怒]
)


def passes_on(post: Post, hit: Hit) -> bool:
    """Whether the post spreads another's story rather than telling one of its own.

    A repost or quote tells its own story when only its author complains (of a brand's
    announcement, say), or when the author names the brand anew, complains, and does so in at
    least `MIN_OWN_STORY_LETTERS` letters: one more customer, who is owed an answer.
    """
    if post.original is None:
        return False
    if not hit.own_complaint:
        return True
    if all(term.part is Part.TEXT for term in hit.terms if term.kind is TermKind.COMPLAINT):
        return False
    return not hit.own_brand or len(_letters(post.text)) < MIN_OWN_STORY_LETTERS


def story_text(post: Post, hit: Hit) -> str:
    """Return the words that tell the story: the text to judge and to read amounts from.

    Own words come first; those of the original follow where the post only passes it on.
    """
    if post.original is None or not passes_on(post, hit):
        return post.text
    return "\n".join(part for part in (post.text, post.original.text) if part.strip())


def fold_key(post: Post, hit: Hit) -> str:
    """Return the key that all posts of one story share, at most 80 characters.

    The key of a story is a hash of its root's text, so the root alone gives the same key as
    any repost that carries the root's text, and as any copy. Compared are the first letters
    and digits, so platforms may cut, shorten links, or restyle; digits count because two
    people with two order numbers have two complaints. A root whose text is too short to tell
    it from others, or gone (deleted), is known by its id, which reposts carry too.
    """
    root_id, text = post.id, post.text
    if post.original is not None and passes_on(post, hit):
        root_id = post.original.id
        text = post.original.text if post.original.author else ""
    letters = _letters(text)
    if len(letters) >= MIN_STORY_LETTERS:
        return f"{post.platform}:t:{_digest(letters[:_COMPARED_LETTERS])}"
    return f"{post.platform}:p:{root_id if len(root_id) <= 64 else _digest(root_id)}"


def _letters(text: str) -> str:
    return squeeze(_NOT_WORDS.sub(" ", text)).replace(SENTENCE_END, "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
