"""Messages that the tests of this package send about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.message import Mark, Message, PostView, ReplyView
from alerts.severity import Severity

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TEXT = "买了三周的星云手表充电时冒烟😱👨‍👩‍👧 客服一直不回，要求退款！"
REPLY = "您好，给您添麻烦了，非常抱歉🙏 请私信告诉我们订单号，专人会优先为您处理。"
CONSOLE = "http://127.0.0.1:8000/cases/12"


def marks(text: str, *words: str) -> tuple[Mark, ...]:
    return tuple(Mark(text.index(word), text.index(word) + len(word)) for word in words)


def post(**changes: Any) -> PostView:
    view = PostView(
        platform="weibo",
        author="青柠气泡水",
        followers=123_456,
        text=TEXT,
        marks=marks(TEXT, "星云手表", "冒烟", "退款"),
        quoted="",
        url="https://weibo.com/6004281123/QabcdEfgh",
        published_at=NOW - timedelta(minutes=3, seconds=20),
    )
    return replace(view, **changes)


def reply(**changes: Any) -> ReplyView:
    view = ReplyView(
        text=REPLY,
        how="manual",
        link="https://weibo.com/6004281123/QabcdEfgh",
        template="first_public",
        length=39,
        limit=140,
    )
    return replace(view, **changes)


def message(**changes: Any) -> Message:
    """An alert about a complaint on Weibo, three minutes old, seven minutes left."""
    alert = Message(
        dedupe_key="5f" * 20,
        kind="case",
        severity=Severity.URGENT,
        title="星云手表：充电冒烟，用户要求退款",
        brand="星云手表",
        reasons=("命中品牌「星云手表」与投诉词「退款」", "安全风险：冒烟"),
        verdict="负面投诉，可信度 94 %",
        created_at=NOW - timedelta(seconds=20),
        due_at=NOW + timedelta(minutes=7),
        late=False,
        post=post(),
        reply=reply(),
        console_url=CONSOLE,
        locale="zh-CN",
        case_id=12,
    )
    return replace(alert, **changes)


def english(**changes: Any) -> Message:
    """The same on X, in English."""
    text = "@NebulaWatch the strap broke & support ignores me, I want a refund"
    link = "https://x.com/intent/tweet?in_reply_to=1991&text=We%20are%20sorry"
    on_x = {
        "locale": "en",
        "brand": "NebulaWatch",
        "title": "NebulaWatch: strap broke, wants a refund",
        "verdict": "negative complaint, 91 % sure",
        "reasons": ("Brand NebulaWatch and complaint word refund",),
        "post": post(
            platform="twitter",
            author="lena_k",
            followers=830,
            text=text,
            marks=marks(text, "NebulaWatch", "refund"),
            url="https://x.com/lena_k/status/1991",
        ),
        "reply": reply(text="We are sorry, please DM us.", how="intent", link=link, limit=280),
    }
    return message(**{**on_x, **changes})


def operational(**changes: Any) -> Message:
    """A message about the service itself."""
    about_us = {
        "kind": "operational",
        "severity": Severity.IMPORTANT,
        "title": "微博读不到：登录失效",
        "brand": "",
        "reasons": ("登录从 11:42 起无效，已试 5 次", "更新 cookie 后自动继续"),
        "verdict": "",
        "due_at": None,
        "post": None,
        "reply": None,
        "case_id": None,
    }
    return message(**{**about_us, **changes})
