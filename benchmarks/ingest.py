"""How fast posts go through the pipeline, with a scorer that costs nothing.

python -m benchmarks.ingest [--posts 100000] [--hits 0.05] [--url sqlite:////tmp/x.db] [--steps 1]

Prints posts per second of `ingest` (parse, match, store, judge, decide, write alerts), the peak
memory of the process, and with --steps N the same N times into one database, so that the time
per post at a large database can be compared with that at a small one.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.bootstrap import Setting, build_ingest, build_judges
from monitor.config import Config
from monitor.live_config import LiveConfig
from monitor.secrets import Secrets
from monitor.storage.database import Database
from sentiment.scorer import Score

PLAIN = [
    "今天天气不错，和朋友去公园散步",
    "新出的电影很好看，推荐大家去",
    "coffee and a book on a rainy day",
]
HITS = [
    "星云手表刚买三天就坏了，客服一直不理，要求退款！订单{n}",
    "NebulaWatch stopped working after {n} days, I want a refund",
]


class ConstantScorer:
    """Says the same of every text."""

    version = "constant-1"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(0.7, 0.2, 0.1)] * len(texts)


def lines(count: int, share: float, first: int) -> Iterator[str]:
    dice = random.Random(first)
    start = datetime(2026, 11, 22, tzinfo=UTC)
    for n in range(first, first + count):
        hit = dice.random() < share
        text = dice.choice(HITS).format(n=n) if hit else dice.choice(PLAIN) + str(n)
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


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--posts", type=int, default=100_000)
    words.add_argument("--hits", type=float, default=0.05)
    words.add_argument("--url", default="")
    words.add_argument("--steps", type=int, default=1)
    words.add_argument("--one-process", action="store_true")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'bench.db'}"
        database = Database(url)
        database.upgrade()
        config = Config(
            database_url=url,
            brands=({"name": "星云手表", "aliases": ["NebulaWatch"], "exclude": ["星云大师"]},),
            channels=({"kind": "console", "name": "terminal"},),
        )
        setting = Setting(config, Secrets(), scorer=ConstantScorer())
        live = LiveConfig(None, {}, config)
        for step in range(chosen.steps):
            judges = build_judges(setting, database, live, own_process=not chosen.one_process)
            ingest = build_ingest(setting, database, live, judges)
            feed = lines(chosen.posts, chosen.hits, step * chosen.posts)
            summary = ingest.run(feed, io.StringIO(), lambda _: None)
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(step, summary.to_json(), f"peak {peak_mb:.0f} MB", flush=True)
        database.close()


if __name__ == "__main__":
    main()
