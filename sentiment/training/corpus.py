"""The labelled posts that the model is trained on, and what their labels mean."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

LABELS: Final = files("sentiment.training") / "labels" / "complaint_zh.csv"


class Task(StrEnum):
    """What a set's labels say."""

    POLARITY = "polarity"
    """-1, 0 or 1."""
    TWO_SIDED = "two_sided"
    """-1 or 1: nothing neutral was kept, so the sets say nothing about what is neutral."""
    COMPLAINT = "complaint"
    IRONY = "irony"
    OFFENCE = "offence"


TWO_SIDED: Final = frozenset(
    {"weibo2018", "weibo100k", "waimai", "shopping", "hotel", "covid_weibo", "coae2014_brand"}
)
_TASKS: Final[Mapping[str, Task]] = {
    "complaint_en": Task.COMPLAINT,
    "complaint_zh": Task.COMPLAINT,
    "irony_en": Task.IRONY,
    "cold_offensive": Task.OFFENCE,
}

LIMITS: Final[Mapping[str, int]] = {
    "weibo_moods": 16_000,
    "shopping": 14_000,
    "cold_offensive": 12_000,
}
"""Sets that are large and noisy or of another kind of text: so many posts are enough."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled post; `label` means what the set's task says."""

    id: str
    text: str
    label: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """One set of one part (`train`, `dev`, `test`)."""

    name: str
    part: str
    language: str
    task: Task
    examples: tuple[Example, ...]


def corpora(data: Path, part: str) -> Iterator[Corpus]:
    """Yield the sets of a part by name, the Chinese complaints last.

    `data` holds `train`, `dev` and `test` with one `NAME.jsonl.gz` per set; raises
    FileNotFoundError when the part is not there.
    """
    folder = data / part
    paths = sorted(folder.glob("*.jsonl.gz"))
    if not paths:
        raise FileNotFoundError(f"{folder}: no *.jsonl.gz; give the folder of labelled posts")
    for path in paths:
        yield _corpus(path, part)
    yield chinese_complaints(data, part)


def _corpus(path: Path, part: str) -> Corpus:
    name = path.name.removesuffix(".jsonl.gz")
    language, examples = _read(path)
    if part == "train" and name in LIMITS:
        random.Random(name).shuffle(examples)
        examples = examples[: LIMITS[name]]
    task = _TASKS.get(name, Task.TWO_SIDED if name in TWO_SIDED else Task.POLARITY)
    return Corpus(name, part, language, task, tuple(examples))


def chinese_complaints(data: Path, part: str) -> Corpus:
    """Return the posts whose ids and labels are in the package (docs/complaint-guidelines.md)."""
    with LABELS.open(encoding="utf-8") as lines:
        labels = {
            row["id"]: int(row["complaint"])
            for row in csv.DictReader(lines)
            if row["split"] == part
        }
    names = sorted({key.rsplit("-", 2)[0] for key in labels})
    examples = [
        Example(example.id, example.text, labels[example.id])
        for name in names
        for example in _read(data / part / f"{name}.jsonl.gz")[1]
        if example.id in labels
    ]
    return Corpus("complaint_zh", part, "zh", Task.COMPLAINT, tuple(examples))


def _read(path: Path) -> tuple[str, list[Example]]:
    """Return language and posts of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return rows[0]["lang"], [Example(row["id"], row["text"], int(row["label"])) for row in rows]
