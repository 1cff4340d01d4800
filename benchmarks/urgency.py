"""Holds urgency to its targets: are urgent cases urgent, and does none with a risk slip through?

python -m benchmarks.urgency [--part measured|train] [--scorer NAME] [--data DIR] [--labels CSV]
    [--json FILE]

The labels are ours (docs/urgency-guidelines.md); the texts are found by id in DIR, which holds
train/, dev/ and test/ with NAME.jsonl.gz (default: ../shared/data beside this checkout). Every
post goes the way that decides urgency in the service: the judge, then `alerts.decide`, with the
default thresholds, as if the brand had been found in it and nobody had told the story before. Its
author is unknown, so no medium and no KOL makes it urgent: words alone do.

`measured` are posts of dev and test that could have been found for a brand, and beside them
"chatter" that names none, told apart: no watch lets it through. Word lists are tuned on `train`
only. Each share has its 95 % interval (Wilson). Misses and false alarms are listed by id with the
words of the lists that decided, never with the text.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.decide import decide
from alerts.severity import URGENT_RISKS
from alerts.watch import Hit
from benchmarks.judge import DATA, PARTS, ROOT
from monitor.config import SentimentSettings, SeveritySettings
from scrapers.post import Author, Platform, Post
from sentiment.evaluate import kappa
from sentiment.judge import Judge
from sentiment.loading import load_scorer
from sentiment.verdict import Risk, Verdict

LABELS = ROOT / "benchmarks" / "data" / "urgency.csv"
LEVELS = ("urgent", "important", "normal", "none")
"""`none` is what makes no case."""
CHATTER = "chatter"
MEASURED = ("dev", "test")
LEAST_PRECISION = 0.8
LEAST_RECALL = 0.9

_BRAND = "星云手表"
"""Invented, so no text names it, and the judge reads the whole of each."""
_NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_Z = 1.959964
"""Of a normal distribution: 95 % lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One post with its labels: `passes` are the levels that the readers gave it, "" for none."""

    id: str
    split: str
    drawn: str
    passes: tuple[str, str]
    level: str
    risk: str


@dataclass(frozen=True, slots=True)
class Rated:
    """What the service made of a post; `words` of the risk lists decided."""

    label: Labelled
    language: str
    level: str
    risk: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `count`; the interval holds the true share in 95 of 100 samples."""

    name: str
    hits: int
    count: int
    least: float | None = None

    @property
    def value(self) -> float | None:
        return self.hits / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.count)

    @property
    def holds(self) -> bool | None:
        if self.value is None or self.least is None:
            return None
        return self.value >= self.least


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--part", choices=("measured", "train"), default="measured")
    words.add_argument("--scorer", default=SentimentSettings().scorer)
    words.add_argument("--data", type=Path, default=DATA)
    words.add_argument("--labels", type=Path, default=LABELS)
    words.add_argument("--json", type=Path)
    chosen = words.parse_args()
    judge = Judge(load_scorer(chosen.scorer))
    splits = MEASURED if chosen.part == "measured" else ("train",)
    labels = [one for one in read_labels(chosen.labels) if one.split in splits]
    rated = rate_all(judge, labels, texts_of(chosen.data, {one.id for one in labels}))
    print("\n".join(told(judge.version, chosen.part, labels, rated)))
    if chosen.json:
        figures = to_dict(judge.version, chosen.part, labels, rated)
        chosen.json.write_text(f"{json.dumps(figures, ensure_ascii=False, indent=1)}\n", "utf-8")


# From labels to ratings


def read_labels(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Labelled(
                id=row["id"],
                split=row["split"],
                drawn=row["drawn"],
                passes=(row["pass_a"], row["pass_b"]),
                level=row["level"],
                risk=row["risk"],
            )
            for row in csv.DictReader(stream)
        ]


def texts_of(data: Path, wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Return text and language by id; ids that no file has are left out."""
    found: dict[str, tuple[str, str]] = {}
    names = sorted({one.rsplit("-", 2)[0] for one in wanted})
    for path in (data / part / f"{name}.jsonl.gz" for name in names for part in PARTS):
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as stream:
                posts: list[dict[str, Any]] = [json.loads(line) for line in stream]
            found |= {one["id"]: (one["text"], one["lang"]) for one in posts if one["id"] in wanted}
    return found


def rate_all(
    judge: Judge, labels: Sequence[Labelled], texts: dict[str, tuple[str, str]]
) -> list[Rated]:
    there = [one for one in labels if one.id in texts]
    verdicts = judge.judge([texts[one.id][0] for one in there], [_BRAND] * len(there))
    return [
        _rated(one, *texts[one.id], verdict) for one, verdict in zip(there, verdicts, strict=True)
    ]


def _rated(label: Labelled, text: str, language: str, verdict: Verdict) -> Rated:
    post = Post(Platform.WEIBO, label.id, Author("1", "reader"), text, _NOW, url="")
    hit = Hit(_BRAND, terms=(), rules_version="")
    thresholds = SeveritySettings().thresholds()
    decision = decide(post, hit, verdict, open_case=None, thresholds=thresholds, now=_NOW)
    level = decision.rating.severity.name.lower() if decision.opens_case else "none"
    told = {"risk_term", "non_event"}
    words = tuple(sign.text for sign in verdict.signs if sign.code in told)
    return Rated(label, language, level, verdict.risk.value, words)


# From ratings to figures


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; all of 0..1 where nothing was counted."""
    if not count:
        return 0.0, 1.0
    share, square = hits / count, _Z**2
    middle = share + square / (2 * count)
    spread = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    scale = 1 + square / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def shares(rated: Sequence[Rated]) -> list[Share]:
    """Return the shares with targets, and those of each language and risk."""
    found = [one for one in rated if one.label.drawn != CHATTER]
    listed = [
        *_pair(found, "", LEAST_PRECISION, LEAST_RECALL),
        *(s for spoken in ("zh", "en") for s in _pair(_of(found, spoken), f", {spoken}")),
    ]
    for risk in sorted(URGENT_RISKS):
        cases = [one for one in found if one.label.risk == risk]
        listed.append(_share(f"recall of {risk}", cases, _is_urgent))
    chatter = [one for one in rated if one.label.drawn == CHATTER and not _ought(one)]
    listed.append(_share("false alarms in chatter", chatter, _is_urgent))
    return listed


def _pair(
    rated: Sequence[Rated], suffix: str, precision: float | None = None, recall: float | None = None
) -> Iterator[Share]:
    urgent = [one for one in rated if _is_urgent(one)]
    risky = [one for one in rated if _ought(one)]
    yield _share(f"precision of urgent{suffix}", urgent, _ought, precision)
    yield _share(f"recall of risks to people{suffix}", risky, _is_urgent, recall)


def _share(
    name: str, among: Sequence[Rated], good: Callable[[Rated], bool], least: float | None = None
) -> Share:
    return Share(name, sum(map(good, among)), len(among), least)


def _of(rated: Iterable[Rated], language: str) -> list[Rated]:
    return [one for one in rated if one.language == language]


def _is_urgent(one: Rated) -> bool:
    return one.level == "urgent"


def _ought(one: Rated) -> bool:
    return one.label.level == "urgent"


def agreement(labels: Sequence[Labelled]) -> dict[str, float | int | None]:
    """Return Cohen's κ of the readers on the level and on urgent or not, and their number."""
    pairs = [one.passes for one in labels if all(one.passes)]
    levels = [[LEVELS.index(level) for level in column] for column in zip(*pairs, strict=True)]
    urgent = [[int(level == 0) for level in column] for column in levels]
    return {
        "posts": len(pairs),
        "level": kappa(*levels) if pairs else None,
        "urgent": kappa(*urgent) if pairs else None,
        "differed": sum(first != second for first, second in pairs),
    }


def to_dict(
    version: str, part: str, labels: Sequence[Labelled], rated: Sequence[Rated]
) -> dict[str, Any]:
    return {
        "judge": version,
        "part": part,
        "posts": len(rated),
        "labelled": len(labels),
        "agreement": agreement(labels),
        "shares": [
            {
                "name": one.name,
                "hits": one.hits,
                "count": one.count,
                "value": one.value,
                "interval": one.interval,
                "least": one.least,
                "holds": one.holds,
            }
            for one in shares(rated)
        ],
        "levels": [
            [ought, level, count] for (ought, level), count in sorted(_cells(rated).items())
        ],
        "misses": [_row(one) for one in rated if _ought(one) and not _is_urgent(one)],
        "false_alarms": [_row(one) for one in rated if _is_urgent(one) and not _ought(one)],
    }


def _cells(rated: Iterable[Rated]) -> Counter[tuple[str, str]]:
    found = (one for one in rated if one.label.drawn != CHATTER)
    return Counter((one.label.level, one.level) for one in found)


def _row(one: Rated) -> dict[str, str]:
    return {
        "id": one.label.id,
        "ought": f"{one.label.level} {one.label.risk}".strip(),
        "rated": f"{one.level} {one.risk.removesuffix(Risk.NONE)}".strip(),
        "words": " / ".join(one.words),
    }


# What is printed


def told(
    version: str, part: str, labels: Sequence[Labelled], rated: Sequence[Rated]
) -> Iterator[str]:
    figures = to_dict(version, part, labels, rated)
    yield f"{version}, part {part}: {len(rated)} of {len(labels)} labelled posts are there"
    yield from _agreement(figures["agreement"])
    yield ""
    yield from (_line(one) for one in shares(rated))
    cells = _cells(rated)
    yield ""
    yield f"{'ought to be':<12}" + "".join(f"{level:>11}" for level in LEVELS) + "   (rated)"
    for ought in LEVELS:
        yield f"{ought:<12}" + "".join(f"{cells[ought, level]:>11}" for level in LEVELS)
    for title, name in (("Missed", "misses"), ("False alarms", "false_alarms")):
        yield ""
        yield f"{title}: {len(figures[name])}"
        for row in figures[name]:
            yield f"  {row['id']:<28} {row['ought']:<17} -> {row['rated']:<20} {row['words']}"


def _agreement(found: dict[str, float | int | None]) -> Iterator[str]:
    if not found["posts"]:
        yield "read once"
        return
    yield (
        f"readers agree on {found['posts']} posts with κ {found['level']:.3f} on the level, "
        f"{found['urgent']:.3f} on urgent or not; {found['differed']} were settled"
    )


def _line(one: Share) -> str:
    value = "–" if one.value is None else f"{one.value:.3f}"
    low, high = one.interval
    target = "" if one.least is None else f"≥ {one.least}"
    verdict = {True: "holds", False: "FAILS", None: ""}[one.holds]
    counted = f"{one.hits} of {one.count}"
    figures = f"{one.name:<32} {value:>6}  {counted:>11}  [{low:.3f}, {high:.3f}]"
    return f"{figures}  {target} {verdict}".rstrip()


if __name__ == "__main__":
    main()
