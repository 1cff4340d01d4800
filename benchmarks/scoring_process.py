"""A process that does nothing but judge: says when its first verdict is there, and its memory.

python -m benchmarks.scoring_process SCORER FILE

FILE is a JSON list of texts. Prints one line of JSON with the first verdict's version and the
processor seconds until it, and one after all texts with `rss_mb` (now) and `peak_mb`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from sentiment.judge import Judge
from sentiment.loading import load_scorer

BATCH = 500
STATUS = Path("/proc/self/status")


def main() -> None:
    name, file = sys.argv[1:]
    judge = Judge(load_scorer(name))
    judge.judge(["手表刚买就坏了，客服不理人", "The watch broke and nobody answers"])
    ready = {"version": judge.version, "cpu_s": time.process_time()}
    print(json.dumps(ready), flush=True)
    texts = json.loads(Path(file).read_text(encoding="utf-8"))
    for first in range(0, len(texts), BATCH):
        judge.judge(texts[first : first + BATCH])
    print(json.dumps(memory()))


def memory() -> dict[str, float]:
    if not STATUS.exists():
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        return {"rss_mb": peak_mb, "peak_mb": peak_mb}
    # ru_maxrss begins with what the parent held when it started us; VmHWM does not.
    lines = (line.split() for line in STATUS.read_text().splitlines())
    found = {words[0]: float(words[1]) / 1024 for words in lines if words[-1] == "kB"}
    return {"rss_mb": found["VmRSS:"], "peak_mb": found["VmHWM:"]}


if __name__ == "__main__":
    main()
