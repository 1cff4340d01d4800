"""Reads the rest of posts that search shows only the beginning of."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from scrapers.errors import Drifted, Rejected, SourceError
from scrapers.post import Post
from scrapers.weibo.markup import Plain, read_html
from scrapers.weibo.status import with_words

MAX_PER_FETCH: Final = 5
"""Each whole text takes a request, and so a place in the queue, from the next search."""
MAX_KEPT: Final = 512
"""Polls overlap: the same posts come again and need not be asked for again."""

ReadLongText = Callable[[str], str]


class LongTexts:
    """Completes truncated posts, the first listed first, a few in each fetch."""

    def __init__(self, read: ReadLongText) -> None:
        self._read = read
        self._kept: OrderedDict[str, str] = OrderedDict()

    def complete(self, posts: Sequence[Post]) -> tuple[tuple[Post, ...], tuple[str, ...]]:
        """Return all posts, whole where the rest could be read, and notes on the others."""
        notes: list[str] = []
        left = MAX_PER_FETCH
        for mid in (post.id for post in posts if post.truncated and post.id not in self._kept):
            if not left:
                notes.append("some texts stay cut: enough requests were made for whole ones")
                break
            left -= 1
            try:
                self._keep(mid, self._read(mid))
            except (Drifted, Rejected) as error:
                notes.append(f"post {mid}: its whole text was not read: {error.detail}")
            except SourceError as error:
                notes.append(f"post {mid}: its whole text was not read: {error.detail}")
                left = 0
        return tuple(self._lengthen(post) for post in posts), tuple(notes)

    def _keep(self, mid: str, text: str) -> None:
        self._kept[mid] = text
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    def _lengthen(self, post: Post) -> Post:
        text = self._kept.get(post.id)
        if text is None or not post.truncated:
            return post
        return with_words(post, Plain(read_html(text).text))
