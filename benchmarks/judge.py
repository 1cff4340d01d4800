"""Holds the judge to its targets: sentiment, complaints, reliability, speed, start, memory, size.

python -m benchmarks.judge [--scorer NAME] [--data DIR] [--labels CSV] [--snownlp-posts 300]
    [--json FILE] [--markdown]

DIR holds train/, dev/ and test/ with NAME.jsonl.gz (default: ../shared/data beside this checkout).
What is missing there is left out with the reason, and a mean over fewer sets claims no target.
All sets are judged by the full verdict. Speeds are posts per second of processor time from the
raw text on, the best of three rounds; SnowNLP judges some of the same Chinese posts in the same
run (--snownlp-posts 0 leaves it out). --markdown prints what docs/model-card.md shows.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.feed import lines as feed
from benchmarks.judge_report import Line, Report
from monitor.config import SentimentSettings
from sentiment.evaluate import Figures, Predict, answer, by_judge, by_scorer, kappa, measure
from sentiment.judge import Judge
from sentiment.labelled import LabelledSet, Task, read_labelled
from sentiment.loading import load_scorer
from sentiment.scorer import Scorer

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT / "sentiment" / "training" / "labels" / "complaint_zh.csv"
PARTS = ("train", "dev", "test")
CHINESE = (
    *("smp_usual", "smp_virus", "nlpcc2014_post", "car_forum", "weibo2018", "weibo100k"),
    *("coae2014_brand", "waimai"),
)
ENGLISH = (*("semeval", "airline", "sanders_brand", "sxsw_brand", "apple_brand", "entity_brand"),)
UNSEEN = {"COAE": ("coae2014_brand", 0.88), "Sanders": ("sanders_brand", 0.62)}
UNSEEN |= {"entity": ("entity_brand", 0.62)}
BY_EMOTICONS = "weibo100k"
"""Its labels are its emoticons: only without them does it say anything."""
COMPLAINTS = "complaint_en"
SPEED_POSTS = 2000
"""Of each language."""
ROUNDS = 3


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--scorer", default=SentimentSettings().scorer)
    words.add_argument("--data", type=Path, default=DATA)
    words.add_argument("--labels", type=Path, default=LABELS)
    words.add_argument("--snownlp-posts", type=int, default=300)
    words.add_argument("--json", type=Path)
    words.add_argument("--markdown", action="store_true")
    chosen = words.parse_args()
    scorer = load_scorer(chosen.scorer)
    judge = Judge(scorer)
    report = Report(judge.version)
    sentiment(judge, chosen.data, report)
    english_complaints(judge, chosen.data, report)
    chinese_complaints(judge, chosen.data, chosen.labels, report)
    chinese, english = texts_for_speed(chosen.data)
    process(chosen.scorer, [*chinese, *english], report)
    speed(judge, scorer, chinese, english, report)
    against_snownlp(scorer, judge, spread(chinese, chosen.snownlp_posts), report)
    report.lines.append(Line("model files, MB", size_mb(), most=10, form=".1f"))
    print(report.markdown() if chosen.markdown else report.plain())
    if chosen.json:
        told = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
        chosen.json.write_text(f"{told}\n", encoding="utf-8")


# Sentiment


def load_set(data: Path, name: str) -> LabelledSet | None:
    path = data / "test" / f"{name}.jsonl.gz"
    return read_labelled(path) if path.exists() else None


def judged(judge: Judge, about: LabelledSet) -> Figures:
    answers = answer(by_judge(judge), [one.text for one in about.examples])
    return measure(about.task, [one.label for one in about.examples], answers.scores)


def sentiment(judge: Judge, data: Path, report: Report) -> None:
    """Measure every set there is, and the means over those that count."""
    for language, names in (("zh", CHINESE), ("en", ENGLISH)):
        for name in names:
            if found := load_set(data, name):
                if name == BY_EMOTICONS:
                    report.sets[f"{name} as it is"] = "", judged(judge, found)
                    found = found.without_emoticons()
                report.sets[name] = language, judged(judge, found)
    report.mean("macro-F1 zh, mean", CHINESE, lambda found: found.macro_f1, 0.80)
    report.mean("macro-F1 en, mean", ENGLISH, lambda found: found.macro_f1, 0.68)
    for name, (unseen, least) in UNSEEN.items():
        report.mean(f"macro-F1 {name}", [unseen], lambda found: found.macro_f1, least)
    report.mean("negative-F1 zh, mean", CHINESE, lambda found: found.f1, 0.78)
    report.mean("negative-F1 en, mean", ENGLISH, lambda found: found.f1)
    for language, names in (("zh", CHINESE), ("en", ENGLISH)):
        report.mean(f"ECE {language}, 10 bins", names, lambda found: found.ece_10)
        report.mean(f"ECE {language}, 15 bins", names, lambda found: found.ece_15)


# Complaints


@dataclass(frozen=True, slots=True)
class Read:
    """A Chinese post that was read twice: `kind` and `topic` are of complaints only."""

    id: str
    split: str
    passes: tuple[str, str]
    complaint: int
    kind: str
    topic: str
    text: str


def english_complaints(judge: Judge, data: Path, report: Report) -> None:
    if found := load_set(data, COMPLAINTS):
        report.sets[COMPLAINTS] = "complaints", judged(judge, found)
    report.mean("complaint-F1 en", [COMPLAINTS], lambda figures: figures.f1, 0.78)


def chinese_complaints(judge: Judge, data: Path, labels: Path, report: Report) -> None:
    """Measure on the part for testing; agreement is that of all posts that were read."""
    rows, read = read_labels(labels), with_texts(data, read_labels(labels))
    test = [one for one in read if one.split == "test"]
    expected = sum(row["split"] == "test" for row in rows)
    if not test:
        why = f"none of the {expected} labelled posts is in {data.name}/"
        report.lines.append(Line("complaint-F1 zh", None, remark=why))
        return
    verdicts = judge.judge([one.text for one in test])
    scores = by_judge(judge)([one.text for one in test])
    figures = measure(Task.COMPLAINT, [one.complaint for one in test], scores)
    report.sets["complaint_zh"] = "complaints", figures
    least = 0.80 if len(test) == expected else None
    remark = f"{len(test)} of {expected} labelled posts"
    report.lines.append(Line("complaint-F1 zh", figures.f1, least=least, remark=remark))
    # Some posts for training were read once only.
    pairs = [one.passes for one in read if all(one.passes)]
    agreed = kappa([int(first) for first, _ in pairs], [int(second) for _, second in pairs])
    report.lines.append(Line("agreement of readers, κ", agreed, remark=f"{len(pairs)} posts"))
    complaints = [(one, v) for one, v in zip(test, verdicts, strict=True) if one.complaint]
    remark = f"{len(complaints)} complaints"
    for name, right in (
        ("complaint zh, kind right", [v.kind == one.kind for one, v in complaints]),
        ("complaint zh, topic right", [v.topic == one.topic for one, v in complaints]),
    ):
        share = sum(right) / len(right) if right else None
        report.lines.append(Line(name, share, remark=remark))


def read_labels(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def with_texts(data: Path, rows: Sequence[dict[str, str]]) -> list[Read]:
    """Find the texts of labelled posts by id; posts that are not there are left out."""
    texts: dict[str, str] = {}
    wanted = {row["id"] for row in rows}
    for name in sorted({one.rsplit("-", 2)[0] for one in wanted}):
        for part in PARTS:
            path = data / part / f"{name}.jsonl.gz"
            if path.exists():
                with gzip.open(path, "rt", encoding="utf-8") as stream:
                    posts: list[dict[str, Any]] = [json.loads(line) for line in stream]
                texts |= {post["id"]: post["text"] for post in posts if post["id"] in wanted}
    return [
        Read(
            id=row["id"],
            split=row["split"],
            passes=(row["pass_a"], row["pass_b"]),
            complaint=int(row["complaint"]),
            kind=row["kind"],
            topic=row["topic"],
            text=texts[row["id"]],
        )
        for row in rows
        if row["id"] in texts
    ]


# Speed, start, memory, size


def texts_for_speed(data: Path) -> tuple[list[str], list[str]]:
    """Mix posts of all sets of each language; where there are none, posts of our own."""
    mixed = []
    for names in (CHINESE, ENGLISH):
        sets = [found for name in names if (found := load_set(data, name))]
        share = SPEED_POSTS // max(len(sets), 1)
        mixed.append([one.text for found in sets for one in found.sample(share)])
    ours = [str(json.loads(line)["text"]) for line in feed(SPEED_POSTS, 0.2, 0)]
    return mixed[0] or ours, mixed[1]


def spread(texts: Sequence[str], most: int) -> list[str]:
    """Take at most so many texts, from all of the list alike."""
    count = min(most, len(texts))
    return [texts[n * len(texts) // count] for n in range(count)]


def best(predict: Predict, texts: Sequence[str]) -> float:
    return max(answer(predict, texts).posts_per_s for _ in range(ROUNDS))


def speed(
    judge: Judge, scorer: Scorer, chinese: list[str], english: list[str], report: Report
) -> None:
    texts = [*chinese, *english]
    remark = f"{len(chinese)} zh, {len(english)} en"
    for name, predict, least in (
        ("sentiment alone, posts/s", by_scorer(scorer), 10_000),
        ("full verdict, posts/s", by_judge(judge), 5_000),
    ):
        report.lines.append(
            Line(name, best(predict, texts), least=least, form=",.0f", remark=remark)
        )


def against_snownlp(scorer: Scorer, judge: Judge, texts: list[str], report: Report) -> None:
    if not texts:
        report.lines.append(Line("× SnowNLP", None, remark="left out: --snownlp-posts 0"))
        return
    rival = answer(by_scorer(load_scorer("snownlp")), texts).posts_per_s
    remark = f"{len(texts)} zh posts"
    report.lines.append(Line("SnowNLP, posts/s", rival, form=",.0f", remark=remark))
    # As many posts as SnowNLP had are over in a moment: all of them, several times.
    many = texts * max(1, SPEED_POSTS // len(texts))
    for name, predict, least in (
        ("sentiment alone, × SnowNLP", by_scorer(scorer), 60),
        ("full verdict, × SnowNLP", by_judge(judge), None),
    ):
        ratio = best(predict, many) / rival
        report.lines.append(Line(name, ratio, least=least, form=".1f", remark=remark))


def process(name: str, texts: list[str], report: Report) -> None:
    """Start a process that judges; its start is the time until the first verdict is there."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        runs = [_start(name, file) for _ in range(ROUNDS)]
    starts = [start_s for start_s, _ in runs]
    remark = f"median of {ROUNDS} starts, by the clock; fastest {min(starts):.2f}"
    report.lines.append(Line("start, s", median(starts), most=1, form=".2f", remark=remark))
    memory = runs[0][1]
    remark = f"{memory['rss_mb']:.0f} after {len(texts)} posts"
    report.lines.append(
        Line("memory at its peak, MB", memory["peak_mb"], most=150, form=".0f", remark=remark)
    )


def _start(name: str, file: Path) -> tuple[float, dict[str, float]]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.scoring_process", name, str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        ready = child.stdout.readline()
        start_s = time.perf_counter() - began
        last = child.stdout.read()
    if child.returncode or not ready:
        sys.exit(f"the scoring process ended with status {child.returncode}; see above")
    memory: dict[str, float] = json.loads(last)
    return start_s, memory


def size_mb() -> float:
    """Return the size of what the package holds besides code."""
    files = (path for path in (ROOT / "sentiment").rglob("*") if path.is_file())
    code = {".py", ".pyc"}
    shipped = [path for path in files if path.suffix not in code and "training" not in path.parts]
    return sum(path.stat().st_size for path in shipped) / 2**20


if __name__ == "__main__":
    main()
