"""How fast posts go through `ingest`, and how many times as fast as a plain loop.

python -m benchmarks.ingest [--posts 20000] [--hits 0.05 0.2] [--scorer NAME | constant]
    [--url sqlite:////tmp/x.db] [--steps 1] [--plain 300]

For each share of hits the same posts go first through a plain loop (SnowNLP, one ORM insert and
one commit per post; the first 300 of them), then through `ingest` into an empty database (parse,
match, store, judge, decide, write alerts; every step durable). Printed are posts per second of
the clock and of processor time, their ratio to the plain loop, and the peak memory.

The scorer is the configured default unless named; `constant` costs nothing and shows the rest.
With --steps N the posts come N times into one database, so that the time per post at a large
database can be compared with that at a small one. --plain 0 leaves the plain loop out.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.feed import BRAND, lines
from monitor.bootstrap import Setting, build_ingest, build_judging
from monitor.collector import held_back
from monitor.config import Config, SentimentSettings
from monitor.ingest import Summary
from monitor.live_config import LiveConfig
from monitor.secrets import Secrets
from monitor.storage.database import Database
from sentiment.loading import load_scorer
from sentiment.scorer import Evidence, Score, Scorer

WARM_UP = 200


class ConstantScorer:
    """Says the same of every text."""

    version = "constant-1"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(0.7, 0.2, 0.1)] * len(texts)

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)


@dataclass(frozen=True, slots=True)
class Rate:
    """Posts per second of the clock and of processor time."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:8,.0f} posts/s   {self.cpu:8,.0f} posts/s of processor time"


def plain_loop(feed: Path, posts: int) -> Rate:
    """Run the plain loop over the first posts of a file, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.plain_loop", str(feed), "--posts", str(posts)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return Rate(told["posts_per_s"], told["cpu_posts_per_s"])


def ingest(feed: Path, database: Database, scorer: Scorer) -> tuple[Rate, Summary]:
    """Feed a file to `ingest`."""
    config = Config(brands=(BRAND,), channels=({"kind": "console", "name": "terminal"},))
    setting = Setting(config, Secrets(), scorer=scorer)
    live = LiveConfig(None, {}, config)
    ours = build_ingest(setting, database, live, build_judging(setting, database, live))
    with feed.open(encoding="utf-8") as stream, held_back():
        wall, cpu = time.perf_counter(), time.process_time()
        summary = ours.run(stream, io.StringIO(), lambda _: None)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Rate(summary.read / wall, summary.read / cpu), summary


def compare(folder: Path, share: float, scorer: Scorer, chosen: argparse.Namespace) -> None:
    """Print the figures for one share of hits."""
    print(f"\n{share:.0%} hits, scorer {scorer.version}")
    database = Database(chosen.url or f"sqlite:///{folder / f'{share}.db'}")
    database.upgrade()
    warm_up, feed = folder / "warm_up.jsonl", folder / "feed.jsonl"
    warm_up.write_text("\n".join(lines(WARM_UP, 1.0, 10**9)), encoding="utf-8")
    ingest(warm_up, database, scorer)
    for step in range(chosen.steps):
        posts = lines(chosen.posts, share, step * chosen.posts)
        feed.write_text("\n".join(posts), encoding="utf-8")
        plain = plain_loop(feed, chosen.plain) if chosen.plain and not step else None
        if plain:
            print(f"plain loop {plain}")
        ours, summary = ingest(feed, database, scorer)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"ingest     {ours}   {summary.hits} hits   peak {peak_mb:.0f} MB", flush=True)
        if plain:
            print(f"ratio      {ours.wall / plain.wall:8.1f}           {ours.cpu / plain.cpu:8.1f}")
    database.close()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--posts", type=int, default=20_000)
    words.add_argument("--hits", type=float, nargs="+", default=[0.05, 0.2])
    words.add_argument("--scorer", default=SentimentSettings().scorer)
    words.add_argument("--url", default="")
    words.add_argument("--steps", type=int, default=1)
    words.add_argument("--plain", type=int, default=300)
    chosen = words.parse_args()
    constant = chosen.scorer == "constant"
    scorer: Scorer = ConstantScorer() if constant else load_scorer(chosen.scorer)
    with tempfile.TemporaryDirectory() as folder:
        for share in chosen.hits:
            compare(Path(folder), share, scorer, chosen)


if __name__ == "__main__":
    main()
