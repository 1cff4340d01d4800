"""The figures of urgency, on posts that we made up, and the labels that they rest on."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.judge import DATA
from benchmarks.urgency import CHATTER, LABELS, LEVELS, MEASURED, read_labels, texts_of, wilson
from tests.conftest import ROOT

CHINESE = [
    ("充电器突然起火，手都烧伤了", "word", "urgent", "urgent", "urgent", "safety"),
    ("吃完全家上吐下泻，进医院了", "word", "urgent", "urgent", "urgent", "health"),
    ("太慢了，客服不理人，要求退款", "word", "normal", "normal", "normal", ""),
    ("商家说爆炸是谣言，我家客厅烧没了", "word", "urgent", "normal", "urgent", "safety"),
    ("昨晚梦见手机起火", "word", "none", "none", "none", ""),
    ("仓库爆炸三人受伤", CHATTER, "none", "none", "none", ""),
]
ENGLISH = [
    ("my charger caught fire on the desk", "word", "urgent", "urgent", "urgent", "safety"),
    ("the parcel just exploded in my hands", "word", "normal", "none", "normal", ""),
    ("what a lovely day", "other", "none", "none", "none", ""),
]
COLUMNS = ("id", "split", "drawn", "pass_a", "pass_b", "level", "risk")
Case = tuple[str, str, str, str, str, str]


def write(data: Path, name: str, part: str, language: str, cases: list[Case]) -> list[list[str]]:
    (data / part).mkdir(parents=True, exist_ok=True)
    rows = []
    with gzip.open(data / part / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        for number, (text, *labels) in enumerate(cases):
            post = {"id": f"{name}-{part}-{number}", "text": text, "label": 0, "lang": language}
            file.write(json.dumps(post, ensure_ascii=False) + "\n")
            rows.append([post["id"], part, *labels])
    return rows


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    data, path = tmp_path / "data", tmp_path / "labels.csv"
    rows = [
        *write(data, "shop", "test", "zh", CHINESE),
        *write(data, "ride", "dev", "en", ENGLISH),
        *write(data, "shop", "train", "zh", CHINESE[:1]),
        ["gone-test-7", "test", "word", "urgent", "urgent", "urgent", "safety"],
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def run(labels: Path, *words: str) -> tuple[str, dict[str, Any]]:
    out = labels.parent / "out.json"
    command = [sys.executable, "-W", "error", "-m", "benchmarks.urgency", "--scorer", "words"]
    command += ["--data", str(labels.parent / "data"), "--labels", str(labels), "--json", str(out)]
    done = subprocess.run(
        [*command, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, json.loads(out.read_text(encoding="utf-8"))


def test_shares_with_their_counts_and_targets(labels: Path) -> None:
    shown, told = run(labels)
    assert (told["posts"], told["labelled"]) == (9, 10)
    found = {one["name"]: one for one in told["shares"]}
    counted = {name: (one["hits"], one["count"]) for name, one in found.items()}
    assert counted["precision of urgent"] == (3, 4)
    assert counted["recall of risks to people"] == (3, 4)
    assert counted["recall of risks to people, zh"] == (2, 3)
    assert counted["precision of urgent, en"] == (1, 2)
    assert counted["recall of safety"] == (2, 3)
    assert counted["recall of self_harm"] == (0, 0)
    assert counted["false alarms in chatter"] == (1, 1)
    assert found["recall of self_harm"]["value"] is None
    assert [found[name]["holds"] for name in ("precision of urgent", "recall of safety")] == [
        False,
        None,
    ]
    assert "9 of 10 labelled posts are there" in shown
    line = next(line for line in shown.splitlines() if line.startswith("precision of urgent "))
    assert line.endswith("0.750       3 of 4  [0.301, 0.954]  ≥ 0.8 FAILS")


def test_misses_and_false_alarms_are_named_by_id_and_words_never_by_text(labels: Path) -> None:
    shown, told = run(labels)
    (missed,) = told["misses"]
    assert (missed["id"], missed["ought"]) == ("shop-test-3", "urgent safety")
    assert missed["words"] == "谣言 爆炸"
    alarms = {row["id"]: row for row in told["false_alarms"]}
    assert set(alarms) == {"ride-dev-1", "shop-test-5"}
    assert alarms["ride-dev-1"] == {
        "id": "ride-dev-1",
        "ought": "normal",
        "rated": "urgent safety",
        "words": "exploded",
    }
    for text, *_ in (*CHINESE, *ENGLISH):
        assert text not in shown + json.dumps(told, ensure_ascii=False)


def test_levels_are_counted_without_chatter(labels: Path) -> None:
    _, told = run(labels)
    cells = {(ought, level): count for ought, level, count in told["levels"]}
    assert sum(cells.values()) == 8
    assert cells["urgent", "urgent"] == 3
    assert cells["normal", "urgent"] == 1


def test_agreement_of_the_readers(labels: Path) -> None:
    shown, told = run(labels)
    assert (told["agreement"]["posts"], told["agreement"]["differed"]) == (10, 2)
    assert told["agreement"]["urgent"] == pytest.approx((9 / 10 - 0.5) / 0.5)
    assert "κ" in shown


def test_the_part_for_tuning_is_told_apart(labels: Path) -> None:
    shown, told = run(labels, "--part", "train")
    assert (told["part"], told["posts"]) == ("train", 1)
    assert told["misses"] == told["false_alarms"] == []
    assert "part train: 1 of 1 labelled posts are there" in shown


def test_intervals_of_known_shares() -> None:
    assert wilson(0, 0) == (0, 1)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_narrows_with_more_posts(counted: tuple[int, int]) -> None:
    hits, count = counted
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count + 1e-12
    assert hits / count - 1e-12 <= high <= 1
    wider = wilson(hits, count)
    narrower = wilson(hits * 4, count * 4)
    assert narrower[1] - narrower[0] < wider[1] - wider[0]
    # What misses is as often hit the other way round.
    assert wilson(count - hits, count) == pytest.approx((1 - high, 1 - low))


# The labels that we publish


def test_labels_are_whole() -> None:
    rows = read_labels(LABELS)
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert (row.id.rsplit("-", 2)[1] == "train") == (row.split == "train")
        assert row.split in {*MEASURED, "train"}
        assert row.drawn in {"word", "other", CHATTER}
        assert {row.level, row.passes[0]} <= set(LEVELS)
        assert bool(row.risk) == (row.level == "urgent")
        assert row.risk in {"", "safety", "health", "data_leak", "self_harm"}
        # Where both readers agreed there was nothing to decide.
        assert row.passes[1] != row.passes[0] or row.level == row.passes[0]


def test_there_are_enough_labels_to_measure_with() -> None:
    rows = read_labels(LABELS)
    measured = [row for row in rows if row.split in MEASURED and row.drawn != CHATTER]
    assert len(measured) >= 400
    assert sum(row.level == "urgent" for row in measured) >= 60
    assert sum(row.split == "train" for row in rows) >= 150


@pytest.mark.shared
def test_every_labelled_post_has_its_text_in_both_languages() -> None:
    rows = read_labels(LABELS)
    texts = texts_of(DATA, {row.id for row in rows})
    assert set(texts) == {row.id for row in rows}
    spoken = Counter(texts[row.id][1] for row in rows if row.split in MEASURED)
    assert set(spoken) == {"zh", "en"}
    assert min(spoken.values()) >= 0.4 * sum(spoken.values())
