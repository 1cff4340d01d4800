"""Whether memory and time per post stay flat while a database grows to a million posts.

python -m benchmarks.soak [--posts 1000000] [--hits 0.05] [--url postgresql://…]

Feeds posts through `ingest` with a scorer that costs nothing, 10,000 at a time, and prints the
resident memory and the time per post at each tenth. Flat means: the time at the end is at most
1.2 times the time at 10,000 posts, the memory at most 1.2 times that at half the way (before,
the database's page cache fills, 64 MB a connection).
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.feed import lines
from benchmarks.ingest import ConstantScorer
from monitor.bootstrap import Setting, build_ingest, build_judging
from monitor.config import Config
from monitor.live_config import LiveConfig
from monitor.secrets import Secrets
from monitor.storage.database import Database

STEP = 10_000
MOST_RATIO = 1.2
WINDOW = 5
"""Steps whose median stands for a moment: one step alone is at the mercy of the machine."""


def resident_mb() -> float:
    """Return the memory that this process holds now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this kernel does not tell VmRSS")


def soak(url: str, posts: int, hits: float) -> bool:
    """Feed `posts` posts and say whether both ratios held."""
    database = Database(url)
    database.upgrade()
    config = Config(
        brands=({"name": "星云手表", "aliases": ["NebulaWatch"], "exclude": ["星云大师"]},),
        channels=({"kind": "console", "name": "terminal"},),
    )
    setting = Setting(config, Secrets(), scorer=ConstantScorer())
    live = LiveConfig(None, {}, config)
    ingest = build_ingest(setting, database, live, build_judging(setting, database, live))
    wall_us, cpu_us, memory_mb = [], [], []
    report_every = max(STEP, posts // 10)
    for first in range(0, posts, STEP):
        wall, cpu = time.perf_counter(), time.process_time()
        summary = ingest.run(lines(STEP, hits, first), io.StringIO(), lambda _: None)
        wall_us.append((time.perf_counter() - wall) / STEP * 1e6)
        cpu_us.append((time.process_time() - cpu) / STEP * 1e6)
        assert summary.new == STEP, summary
        stored = first + STEP
        if stored % report_every == 0 or first == 0:
            memory_mb.append(resident_mb())
            print(
                f"{stored:>9,} posts  {memory_mb[-1]:6.0f} MB  "
                f"{statistics.median(wall_us[-WINDOW:]):6.0f} us/post wall  "
                f"{statistics.median(cpu_us[-WINDOW:]):6.0f} us/post CPU",
                flush=True,
            )
    database.close()
    ratios = {
        "wall": statistics.median(wall_us[-WINDOW:]) / statistics.median(wall_us[:WINDOW]),
        "cpu": statistics.median(cpu_us[-WINDOW:]) / statistics.median(cpu_us[:WINDOW]),
        "memory": memory_mb[-1] / memory_mb[len(memory_mb) // 2],
    }
    print("  ".join(f"{name} ×{ratio:.2f}" for name, ratio in ratios.items()))
    return ratios["wall"] <= MOST_RATIO and ratios["memory"] <= MOST_RATIO


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--posts", type=int, default=1_000_000)
    words.add_argument("--hits", type=float, default=0.05)
    words.add_argument("--url", default="")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="shifen-soak-") as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'soak.db'}"
        raise SystemExit(0 if soak(url, chosen.posts, chosen.hits) else 1)


if __name__ == "__main__":
    main()
