"""Posts, hits and verdicts for the tests of the deciding core."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from alerts.watch import Brand, Hit, Watch
from scrapers.post import Author, Original, Platform, Post
from sentiment.verdict import Genre, Kind, Label, Risk, Topic, Verdict

NEBULA = Brand(
    name="星云手表",
    aliases=("NebulaWatch", "星云"),
    exclude=("星云大师",),
    accounts={Platform.WEIBO: "6004281123", Platform.TWITTER: "900100"},
)
WORDS = ("退款", "投诉", "问题", "refund", "broken", "rip-off", "not working", "doesn't work")
AUTHOR = Author("77", "阿林爱跑步", followers=120)
OTHER = Author("78", "小周在路上", followers=80)
COMPLAINT = "星云手表买了三天就黑屏，客服一直不理，我要退款"


def post(text: str = COMPLAINT, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "platform": Platform.WEIBO,
        "id": "5301",
        "author": AUTHOR,
        "published_at": datetime(2026, 11, 22, 3, 50, tzinfo=UTC),
        "url": "https://m.weibo.cn/status/5301",
    }
    return Post(text=text, **{**values, **changes})


def repost(text: str, of: Post, **changes: Any) -> Post:
    original = Original(of.id, of.text, of.author)
    return post(text, **{"id": "5302", "author": OTHER, "original": original, **changes})


@cache
def watch() -> Watch:
    """The default watch, built once: it never changes."""
    return Watch([NEBULA], WORDS)


def hit_of(it: Post) -> Hit:
    """The one hit that the default watch finds."""
    (hit,) = watch().match(it)
    return hit


def verdict(**changes: Any) -> Verdict:
    """A plain negative complaint."""
    values: dict[str, Any] = {
        "label": Label.NEGATIVE,
        "confidence": 0.9,
        "negative": 0.9,
        "positive": 0.02,
        "complaint": 0.9,
        "kind": Kind.COMPLAINT,
        "topic": Topic.REFUND,
        "risk": Risk.NONE,
        "genre": Genre.PERSONAL,
        "language": "zh",
        "doubts": (),
        "signs": (),
        "model_version": "test",
    }
    return Verdict(**{**values, **changes})
