"""A folder of labelled posts as the training reads it, small and of our own words."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from sentiment.training.corpus import LABELS

Row: TypeAlias = dict[str, object]
Posts: TypeAlias = dict[str, list[Row]]


def post(key: str, text: str, label: int, lang: str = "zh") -> Row:
    return {"id": key, "text": text, "label": label, "lang": lang}


def write(path: Path, rows: Iterable[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def complaints(part: str) -> dict[str, int]:
    """The ids that the package labels, with their labels."""
    with LABELS.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == part]
    return {row["id"]: int(row["complaint"]) for row in rows}


def labelled(part: str, each: int = 3) -> Posts:
    """For each set that the package labels posts of, some of those and one that it does not."""
    found: Posts = defaultdict(list)
    for key, complaint in complaints(part).items():
        name = key.rsplit("-", 2)[0]
        if len(found[name]) < each:
            text = f"客服没人理，退款第{len(found[name])}次" if complaint else "今天买到了，很满意"
            found[name].append(post(key, text, 1 - 2 * complaint))
    for name, rows in found.items():
        rows.append(post(f"{name}-{part}-none", "路过看看", 1))
    return dict(found)


def write_part(folder: Path, part: str, posts: Posts) -> Path:
    for name, rows in posts.items():
        write(folder / part / f"{name}.jsonl.gz", rows)
    return folder
