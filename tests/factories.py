"""Rows for tests, written straight into the tables; every default may be overridden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Table, insert

from alerts.message import Mark, Message, PostView, ReplyView, to_json
from alerts.severity import Severity
from monitor.storage import tables as t
from monitor.storage.database import Database

T0 = datetime(2026, 11, 22, 3, 50, tzinfo=UTC)
BRAND = "星云手表"
TEXT = "星云手表买了三天就黑屏，客服电话 13812345678 一直打不通，我要退款！"
MASKED = "星云手表买了三天就黑屏，客服电话 138****5678 一直打不通，我要退款！"
REPLY = (
    "您好，我们看到了您的反馈，非常抱歉给您带来不便。请私信告诉我们订单号，专属客服会优先为您处理。"
)


def message(**changes: Any) -> Message:
    """A message about a post of one minute ago."""
    text = changes.pop("text", MASKED)
    published_at = changes.pop("published_at", T0)
    platform = changes.pop("platform", "weibo")
    url = {"weibo": "https://m.weibo.cn/status/5", "twitter": "https://x.com/lin/status/5"}
    post = PostView(
        platform=platform,
        author=changes.pop("author", "阿林爱跑步"),
        followers=changes.pop("followers", 1280),
        text=text,
        marks=tuple(
            Mark(text.index(word), text.index(word) + len(word))
            for word in (BRAND, "退款", "NebulaWatch", "refund")
            if word in text
        ),
        quoted="",
        url=url[platform],
        published_at=published_at,
    )
    reply_text = changes.pop("reply_text", REPLY)
    reply = ReplyView(
        text=reply_text,
        how=changes.pop("how", "manual" if platform == "weibo" else "intent"),
        link=url["weibo"]
        if platform == "weibo"
        else "https://x.com/intent/post?in_reply_to=5&text=Hello",
        template="first_reply.zh",
        length=len(reply_text),
        limit=140,
    )
    values: dict[str, Any] = {
        "dedupe_key": "k",
        "kind": "case",
        "severity": Severity.IMPORTANT,
        "title": "星云手表：要求退款",
        "brand": BRAND,
        "reasons": ("出现品牌与投诉词：星云手表、退款", "30 天内同一作者第二次投诉"),
        "verdict": "负面 93 % · 投诉 97 % · 退款",
        "created_at": published_at + timedelta(seconds=60),
        "due_at": published_at + timedelta(seconds=600),
        "late": False,
        "post": post,
        "reply": reply,
        "console_url": "http://127.0.0.1:8000/cases/1",
        "locale": "zh-CN",
        "case_id": None,
    }
    return Message(**{**values, **changes})


class Rows:
    """Inserts rows into one database; each method returns the new row's id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next = count(1)

    def post(self, **changes: Any) -> int:
        n = next(self._next)
        values = {
            "platform": "weibo",
            "native_id": f"52{n:08}",
            "author_id": "7001",
            "author_name": "阿林爱跑步",
            "author_followers": 1280,
            "author_standing": "ordinary",
            "text": TEXT,
            "mentions": [],
            "url": f"https://m.weibo.cn/status/52{n:08}",
            "source": "weibo",
            "published_at": T0,
            "first_seen_at": T0 + timedelta(seconds=40),
        }
        return self._insert(t.post, values, changes)

    def hit(self, post_id: int, **changes: Any) -> int:
        values = {
            "post_id": post_id,
            "brand": BRAND,
            "terms": [[BRAND, "brand", "text", 0, 4], ["退款", "complaint", "text", 33, 35]],
            "rules_version": "r1",
            "matched_at": T0 + timedelta(seconds=40),
            "reason": "complaint",
        }
        return self._insert(t.hit, values, changes)

    def verdict(self, hit_id: int, **changes: Any) -> int:
        values = {
            "hit_id": hit_id,
            "label": -1,
            "confidence": 0.93,
            "negative": 0.93,
            "complaint": 0.97,
            "topic": "refund",
            "risk": "none",
            "genre": "personal",
            "language": "zh",
            "signs": [["complaint_word", "退款"], ["negative_tone", "打不通"]],
            "model_version": "m1",
            "scored_at": T0 + timedelta(seconds=41),
        }
        return self._insert(t.verdict, values, changes)

    def case(self, **changes: Any) -> int:
        n = next(self._next)
        values = {
            "brand": BRAND,
            "fold_key": f"story-{n}",
            "severity": 2,
            "state": "firing",
            "topic": "refund",
            "risk": "none",
            "author_key": "weibo:7001",
            "platform": "weibo",
            "spread_count": 1,
            "published_at": T0,
            "first_seen_at": T0 + timedelta(seconds=40),
            "opened_at": T0 + timedelta(seconds=42),
            "due_at": T0 + timedelta(seconds=600),
        }
        return self._insert(t.alert_case, values, changes)

    def alert(self, told: Message | None = None, **changes: Any) -> int:
        told = told or message()
        n = next(self._next)
        values = {
            "kind": told.kind,
            "key": f"alert-{n}",
            "reason": "complaint",
            "severity": int(told.severity),
            "brand": told.brand,
            "title": told.title,
            "message": to_json(told),
            "wordings": {},
            "late": told.late,
            "platform": told.post.platform if told.post else None,
            "published_at": told.post.published_at if told.post else None,
            "first_seen_at": told.post.published_at + timedelta(seconds=40) if told.post else None,
            "scored_at": told.created_at,
            "created_at": told.created_at,
        }
        return self._insert(t.alert, values, changes)

    def delivery(self, alert_id: int, channel: str = "pr-room", **changes: Any) -> int:
        n = next(self._next)
        values = {
            "alert_id": alert_id,
            "channel": channel,
            "dedupe_key": f"d{n}",
            "state": "pending",
            "severity": 2,
            "created_at": T0,
            "next_try_at": T0,
        }
        return self._insert(t.delivery, values, changes)

    def insert(self, table: Table, **values: Any) -> None:
        """Insert a row of a table that needs no defaults."""
        with self._database.write() as connection:
            connection.execute(insert(table).values(values))

    def query(self, **changes: Any) -> None:
        values = {
            "source": "weibo",
            "query_key": "q1",
            "text": f"{BRAND} 退款",
            "brands": [BRAND],
            "cursor_at": T0,
            "started_at": T0,
        }
        self.insert(t.query_state, **(values | changes))

    def complaint(self, **changes: Any) -> tuple[int, int, int]:
        """A whole complaint, delivered after 95 s: (post id, case id, alert id)."""
        told = changes.pop("told", None) or message()
        assert told.post is not None
        at = told.post.published_at
        post = self.post(platform=told.post.platform, published_at=at, **changes.pop("post", {}))
        delivered_at = changes.pop("delivered_at", at + timedelta(seconds=95))
        case = self.case(
            first_delivered_at=delivered_at,
            brand=told.brand,
            platform=told.post.platform,
            severity=int(told.severity),
            published_at=at,
            first_seen_at=at + timedelta(seconds=40),
            opened_at=told.created_at,
            due_at=at + timedelta(seconds=600),
            **changes.pop("case", {}),
        )
        hit = self.hit(post, brand=told.brand, case_id=case)
        self.verdict(hit, **changes.pop("verdict_of", {}))
        alert = self.alert(
            told, case_id=case, hit_id=hit, first_delivered_at=delivered_at, **changes
        )
        state = "sent" if delivered_at else "pending"
        self.delivery(alert, state=state, sent_at=delivered_at)
        return post, case, alert

    def _insert(self, table: Table, values: dict[str, Any], changes: dict[str, Any]) -> int:
        with self._database.write() as connection:
            inserted = connection.execute(
                insert(table).values({**values, **changes}).returning(table.c.id)
            )
            row_id: int = inserted.scalar_one()
            return row_id
