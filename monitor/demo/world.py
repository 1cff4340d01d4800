"""What has been published so far, for all stand-ins and their threads."""

from __future__ import annotations

import threading
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.demo.ids import bid, first_id, id_time
from monitor.demo.scenario import BRAND_HANDLES, SampleOriginal, SamplePost
from scrapers.post import Author, Platform


@dataclass(frozen=True, slots=True)
class Passed:
    """The post that a published one reposts or quotes; no author when it was deleted."""

    id: str
    author: Author | None
    text: str

    @property
    def deleted(self) -> bool:
        """Whether the platform shows only that there was something."""
        return self.author is None


@dataclass(frozen=True, slots=True)
class Published:
    """A sample post with the id that its platform gave it."""

    sample: SamplePost
    id: str
    original: Passed | None = None

    @property
    def published_at(self) -> datetime:
        """The time that the id tells: whole seconds on Weibo, milliseconds on X."""
        return id_time(self.sample.platform, self.id)

    @property
    def url(self) -> str:
        """The post's own page."""
        author = self.sample.author
        if self.sample.platform is Platform.WEIBO:
            return f"https://weibo.com/{author.id}/{bid(self.id)}"
        return f"https://x.com/{author.handle}/status/{self.id}"

    @property
    def whole_text(self) -> str:
        """What Weibo's search looks through: own words, chain, and the original."""
        parts = (self.sample.text, self.sample.quoted, self.original.text if self.original else "")
        return "\n".join(part for part in parts if part)


class World:
    """Everything published on both platforms; safe to use from several threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._posts: dict[Platform, list[Published]] = {platform: [] for platform in Platform}
        self._by_key: dict[str, Published] = {}
        self._taken: set[tuple[Platform, int]] = set()

    def publish(self, sample: SamplePost, at: datetime | None = None) -> Published:
        """Publish a sample, by default now; background goes as far back as its offset says.

        Raises KeyError for a repost of a sample that has not been published.
        """
        moment = at or self.now() + timedelta(seconds=min(sample.offset_s, 0.0))
        with self._lock:
            original = self._pass_on(sample, moment) if sample.original else None
            post = Published(sample, self._new_id(sample.platform, moment), original)
            insort(self._posts[sample.platform], post, key=lambda known: int(known.id))
            self._by_key[sample.key] = post
        return post

    def posts(self, platform: Platform, *, lag_s: float = 0.0) -> list[Published]:
        """Return what search knows, newest first: posts of the last `lag_s` are not in yet."""
        horizon = self.now() - timedelta(seconds=lag_s)
        with self._lock:
            known = list(self._posts[platform])
        return [post for post in reversed(known) if post.published_at <= horizon]

    def find(self, platform: Platform, native_id: str) -> Published | None:
        """Return the post with this id, indexed or not."""
        with self._lock:
            return next((p for p in self._posts[platform] if p.id == native_id), None)

    def published(self, key: str) -> Published | None:
        """Return the post that came of a sample, if it was published."""
        with self._lock:
            return self._by_key.get(key)

    def account_id(self, handle: str) -> str | None:
        """Return the id behind a name on X."""
        wanted = handle.lower()
        with self._lock:
            authors = [post.sample.author for post in self._posts[Platform.TWITTER]]
        ids = {author.handle.lower(): author.id for author in authors}
        ids |= {name.lower(): account for account, name in BRAND_HANDLES.items()}
        return ids.get(wanted)

    def _pass_on(self, sample: SamplePost, moment: datetime) -> Passed:
        source = sample.original or SampleOriginal()
        if source.key:
            post = self._by_key[source.key]
            return Passed(post.id, post.sample.author, post.sample.text)
        before = moment - timedelta(seconds=source.age_s)
        return Passed(self._new_id(sample.platform, before), source.author, source.text)

    def _new_id(self, platform: Platform, moment: datetime) -> str:
        number = first_id(platform, moment)
        while (platform, number) in self._taken:
            number += 1
        self._taken.add((platform, number))
        return str(number)
