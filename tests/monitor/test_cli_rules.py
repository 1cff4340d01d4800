"""`rules …` as people use it: what there is, what a rule would have done, how right it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.auth import Role
from monitor.bootstrap import utc_now
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from tests.monitor.commands import Shifen, lines, refused

RULES = """
rules:
  - {name: 掉漆, words: [掉漆, 褪色], mode: shadow, min_hits: 2, window_s: 7200}
  - {name: 大号, topics: [price], followers_at_least: 10000}
"""
POSTS = (
    "星云手表才戴三天表壳就掉漆，做工太差了，气死我了",
    "刚买的星云手表洗一次手就褪色，电话13900001111，气死我了，差劲",
    "星云手表坏了，客服不理，退款！",
    "星云手表好看",
)


@pytest.fixture
def ruled(config: Path) -> Path:
    config.write_text(config.read_text("utf-8") + RULES, "utf-8")
    return config


@pytest.fixture
def judged(shifen: Shifen, ruled: Path, tmp_path: Path) -> Iterator[Database]:
    """A database with posts of the last hour."""
    rows = [
        {
            "platform": "weibo",
            "id": str(number),
            "text": text,
            "created_at": (utc_now() - timedelta(minutes=10 * number)).isoformat(),
            "author": {"id": str(number), "name": "阿林"},
        }
        for number, text in enumerate(POSTS, 1)
    ]
    assert shifen("ingest", "-", stdin=lines(*rows)).summary["cases"] == 1
    database = Database(f"sqlite:///{tmp_path}/var/shifen.db")
    yield database
    database.close()


def test_rules_are_listed_with_what_they_are_about_and_did(
    shifen: Shifen, judged: Database
) -> None:
    out = shifen("rules", "list").out
    assert re.search(r"brand:星云手表 +│ live .*│ +1 │ +0 │ +0 │ +1 │", out)
    assert re.search(r"掉漆 +│ shadow +│ words: 掉漆 / 褪色 +│ 2 within 2 h +│ +2 │ +2 │", out)
    assert re.search(r"大号 +│ live +│ price · followers ≥ 10,000", out)


def test_a_rule_is_tried_on_the_last_days(shifen: Shifen, judged: Database) -> None:
    said = shifen("rules", "dry-run", "掉漆", "--days", "3")
    assert said.status == 0
    assert "4 posts from" in said.out
    assert "it would have hit 2, of which today's rules do not find 2" in said.out
    assert "cases: Urgent 0 · Important 0 · Normal 2; new ones: Urgent 0" in said.out
    assert "nothing older than" in said.out
    assert "[new]" in said.out
    assert "139****1111" in said.out
    assert "13900001111" not in said.out


def test_what_was_deleted_meanwhile_is_said(
    shifen: Shifen, judged: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__RETENTION__UNMATCHED_POSTS_DAYS", "0.01")
    out = shifen("rules", "dry-run", "掉漆").out
    assert "posts without a hit are there from" in out
    assert "earlier ones have been deleted" in out


def test_what_still_waits_and_what_is_not_there_is_said(
    shifen: Shifen, judged: Database, ruled: Path
) -> None:
    text = ruled.read_text("utf-8").replace("min_hits: 2", "min_hits: 3")
    ruled.write_text(text, "utf-8")
    assert "2 would still wait for others" in shifen("rules", "dry-run", "掉漆").out
    refused(shifen("rules", "dry-run", "没有"), "no rule '没有'; known: 掉漆, 大号")
    assert shifen("rules", "dry-run", "掉漆", "--days", "0").status == 2


def test_before_anything_is_stored_that_is_what_is_said(shifen: Shifen, ruled: Path) -> None:
    assert "no posts are stored yet" in shifen("rules", "dry-run", "掉漆").out
    assert "unknown" in shifen("rules", "quality").out


def test_precision_and_recall_are_shown_by_people_s_word(shifen: Shifen, judged: Database) -> None:
    store = CorrectionStore(judged, utc_now)
    with judged.read() as connection:
        hits = list(connection.execute(select(t.hit.c.id).order_by(t.hit.c.post_id)).scalars())
    for hit, complaint in zip(hits, (True, False, True), strict=True):
        assert store.add("lin", Role.ANALYST, Right(complaint=complaint), hit_id=hit)
    out = shifen("rules", "quality", "--days", "1").out
    trial = next(line for line in out.splitlines() if line.startswith("│ 掉漆"))
    assert re.search(r"│ +2 │ +2 │ +0 │ +0 │ +0 │ +50% \(9%–91%, 2\) │ +0% \(0%–79%, 1\)", trial)
    assert re.search(r"│ all +│ +1 │ +0 │ +100% \(21%–100%, 1\) │ +50% \(9%–91%, 2\)", out)
    refused(shifen("rules", "quality", "--brand", "月亮"), "no brand '月亮'; known: 星云手表")
    assert "星云手表" in shifen("rules", "quality", "--brand", "星云手表").out


def test_a_labelled_file_is_measured_as_well(shifen: Shifen, ruled: Path, tmp_path: Path) -> None:
    rows = [
        {"text": "坏了，客服不理，退款！投诉", "task": "complaint", "label": 1},
        {"text": "今天天气真好", "task": "complaint", "label": 0},
        {"text": "表带断了", "task": "complaint", "label": 1},
    ]
    path = tmp_path / "mine.jsonl"
    path.write_bytes(lines(*rows))
    out = shifen("rules", "quality", "--labelled", str(path)).out
    assert "mine: 3 posts, 2 complaints, 1 of them with our words" in out
    assert re.search(r"│ all +│ +1 │ +1 │ +100% .*│ +50%", out)
    path.write_text(json.dumps({"text": "x", "label": 7}), "utf-8")
    refused(shifen("rules", "quality", "--labelled", str(path)), "label is '7'")


def test_everything_is_said_in_chinese_too(
    shifen: Shifen, judged: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__LOCALE", "zh-CN")
    listed = shifen("rules", "list").out
    assert "试运行" in listed
    assert "词：掉漆 / 褪色" in listed
    tried = shifen("rules", "dry-run", "掉漆").out
    assert "会命中 2 条，其中 2 条现在的规则找不到" in tried
    assert "判断：开事件 2" in tried
    assert "准确率" in shifen("rules", "quality").out


def test_without_rules_and_brands_that_is_what_is_said(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "No rule is configured" in shifen("rules", "list").out
    refused(shifen("rules", "dry-run", "x"), "none is configured (section rules)")
    monkeypatch.setenv("SHIFEN__BRANDS", "[]")
    refused(shifen("rules", "quality", "--labelled", "x.jsonl"), "no brand is watched")
