"""Lines for `ingest` that we made up: chatter, and complaints about a brand that is none."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

BRAND = {"name": "星云手表", "aliases": ["NebulaWatch"], "exclude": ["星云大师"]}
TEXTS = Path(__file__).parent / "texts"


def lines(count: int, share: float, first: int) -> Iterator[str]:
    """Give `count` posts from number `first` on, `share` of them complaints, no two alike.

    The same numbers give the same posts. Each complaint is a story of its own, so each opens a
    case and raises an alert: the dearest way that a hit can take.
    """
    plain = (TEXTS / "plain.txt").read_text(encoding="utf-8").splitlines()
    hits = (TEXTS / "hits.txt").read_text(encoding="utf-8").splitlines()
    dice = random.Random(first)
    start = datetime(2026, 11, 22, tzinfo=UTC)
    for n in range(first, first + count):
        hit = dice.random() < share
        text = dice.choice(hits).format(n=n) if hit else f"{dice.choice(plain)} {n}"
        yield json.dumps(
            {
                "platform": "weibo" if n % 2 else "twitter",
                "id": str(5_300_000_000_000_000 + n),
                "text": text,
                "created_at": (start + timedelta(milliseconds=n)).isoformat(),
                "author": {
                    "id": str(n % 50_000),
                    "name": f"user{n % 50_000}",
                    "followers": n % 999,
                },
                "url": f"https://weibo.com/1/{n}",
            },
            ensure_ascii=False,
        )
