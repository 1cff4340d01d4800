"""Folds reposts and copies of one post into one story."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from alerts.similar import MAX_LETTERS, is_distinctive, letters
from alerts.watch import Hit, Part, Term, TermKind
from scrapers.post import Post

MIN_OWN_STORY_LETTERS = 20
"""So many letters of their own make the repost of a complaint a complaint of its own."""

_COMPARED_LETTERS = 80  # platforms cut the text that a repost carries at about 140 characters

_NUMBER = re.compile(r"\d+")
_SPEAKER = re.compile(r"//\s?@([^:：@/]{1,40})[:：]")


def passes_on(post: Post, hit: Hit) -> bool:
    """Whether the post spreads another's story rather than telling one of its own.

    What others say stands in the original (a repost's or quote's) or in the `//@` chain. Who
    passes it on tells a story of their own when only they complain (of a brand's announcement,
    say), or when they name the brand anew, complain, and do so in at least
    `MIN_OWN_STORY_LETTERS` letters: one more customer, who is owed an answer. An answer on X
    carries no words of others, so its author's story is their own.
    """
    if post.original is None and not post.quoted:
        return False
    if not hit.own_complaint:
        return True
    if all(term.part is Part.TEXT for term in _complaints(hit)):
        return False
    return not hit.own_brand or len(letters(post.text)) < MIN_OWN_STORY_LETTERS


def story_text(post: Post, hit: Hit) -> str:
    """Return the words that tell the story: the text to judge and to read amounts from.

    Own words come first; those passed on follow where the post only passes them on.
    """
    if not passes_on(post, hit):
        return post.text
    told = _told_in_chain(post, hit) or (post.original.text if post.original else "")
    return "\n".join(part for part in (post.text, told) if part.strip())


def story_letters(post: Post, hit: Hit) -> str:
    """Return the letters of the story's root, by which `alerts.similar` finds its copies.

    They are a case's representative; `""` where the root is gone.
    """
    _, text = _root(post, hit)
    return letters(text)[:MAX_LETTERS]


def fold_key(post: Post, hit: Hit) -> str:
    """Return the key that all posts of one story share, at most 80 characters.

    The key of a story is a hash of its root's text, so the root alone gives the same key as
    any repost that carries the root's text, and as any copy. Compared are the first letters
    and digits, so platforms may cut, shorten links, or restyle; digits count, wherever they
    stand, because two people with two order numbers have two complaints. A root whose text is
    too short to tell it from others, or gone (deleted), is known by its id, which reposts
    carry too.
    """
    root_id, text = _root(post, hit)
    told = letters(text)
    if is_distinctive(told):
        numbers = _NUMBER.findall(told[_COMPARED_LETTERS:])
        return f"{post.platform}:t:{_digest(' '.join([told[:_COMPARED_LETTERS], *numbers]))}"
    return f"{post.platform}:p:{root_id if len(root_id) <= 64 else _digest(root_id)}"


def _root(post: Post, hit: Hit) -> tuple[str, str]:
    """Return id and text of the post that tells the story; a link of a chain has no id."""
    if not passes_on(post, hit):
        return post.id, post.text
    told = _told_in_chain(post, hit)
    if is_distinctive(letters(told)) or post.original is None:
        return post.id, told
    return post.original.id, post.original.text if post.original.author else ""


def _told_in_chain(post: Post, hit: Hit) -> str:
    """Return what the first complainer of a `//@` chain said, "" if the original complains.

    A chain lists the newest speaker first. It may hang on a post that is no complaint, such as
    the brand's own announcement, or come without its original.
    """
    parts = {term.part for term in _complaints(hit)}
    if Part.ORIGINAL in parts or (Part.QUOTED not in parts and post.original is not None):
        return ""
    speakers = [match.span() for match in _SPEAKER.finditer(post.quoted)]
    complaints = [
        term.start
        for term in _complaints(hit)
        if term.part is Part.QUOTED
        and not any(start <= term.start < end for start, end in speakers)
    ]
    at = max(complaints, default=len(post.quoted))
    start = max((end for start, end in speakers if start <= at), default=0)
    end = min((start for start, _ in speakers if start > at), default=len(post.quoted))
    return post.quoted[start:end].strip()


def _complaints(hit: Hit) -> Sequence[Term]:
    return [term for term in hit.terms if term.kind is TermKind.COMPLAINT]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
