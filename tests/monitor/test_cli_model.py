"""`train` and `model …` as people use them: from corrections to a better judge, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.auth import Role
from monitor.bootstrap import utc_now
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from tests.monitor.commands import Shifen, lines, refused
from tests.monitor.learning.posts import FALSE_ALARMS, MISSED

TEXTS = (*FALSE_ALARMS, *MISSED)


@pytest.fixture
def database(config: Path, tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/var/shifen.db")
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def judged(shifen: Shifen, database: Database) -> Database:
    """A database with posts that were judged."""
    rows = [
        {
            "platform": "weibo",
            "id": str(number),
            "text": text,
            "created_at": "2026-11-01T12:00:00+08:00",
            "author": {"id": str(number), "name": "阿林"},
        }
        for number, text in enumerate(TEXTS, 1)
    ]
    said = shifen("ingest", "-", stdin=lines(*rows))
    assert said.summary["hits"] == len(TEXTS)
    return database


@pytest.fixture
def corrected(judged: Database) -> Database:
    """The same, after people said what was wrong."""
    correct(judged, TEXTS)
    return judged


def correct(database: Database, texts: tuple[str, ...]) -> None:
    store = CorrectionStore(database, utc_now)
    with database.read() as connection:
        rows = connection.execute(select(t.hit.c.id, t.post.c.text).join_from(t.hit, t.post)).all()
    for row in rows:
        if row.text in texts:
            right = Right(complaint=row.text in MISSED)
            assert store.add("lin", Role.ANALYST, right, hit_id=row.id)


def test_from_corrections_to_a_promoted_model_and_back(shifen: Shifen, corrected: Database) -> None:
    learnt = shifen("train")
    assert learnt.status == 0
    version = learnt.out.split()[0]
    assert re.fullmatch(r"people-[0-9a-f]{8}", version)
    assert "it may be promoted" in learnt.out
    assert re.search(r"our own posts +│ +\d+ │", learnt.out)
    listed = shifen("model", "list")
    assert re.search(rf"{version} │ shadow +│.*│ +30 │", listed.out)

    promoted = shifen("model", "promote")
    assert promoted.out.startswith(f"{version} judges now (before: the scorer alone)")
    assert re.search(rf"{version} │ active", shifen("model", "list").out)
    refused(shifen("model", "promote", version), "in force already")

    anew = shifen("model", "rescore")
    assert "30 of 30, 30 new verdicts, done" in anew.out
    assert "30 of 30" in shifen("model", "list").out

    back = shifen("model", "rollback")
    assert back.out.startswith(f"the scorer alone judges now (before: {version})")
    assert re.search(rf"{version} │ retired", shifen("model", "list").out)
    refused(shifen("model", "rollback"), "judges alone already")


def test_what_is_not_better_is_refused_with_the_reasons_unless_forced(
    shifen: Shifen, judged: Database
) -> None:
    correct(judged, TEXTS[:3])
    learnt = shifen("train")
    assert "it may not be promoted" in learnt.out
    said = shifen("model", "promote")
    assert said.status == 1
    assert "was not promoted" in said.err
    assert "only 3 posts were corrected" in said.err
    forced = shifen("model", "promote", "--force", "the campaign starts tonight")
    assert forced.status == 0
    with judged.read() as connection:
        events = connection.execute(select(t.audit.c.action, t.audit.c.subject)).all()
    assert [event.action for event in events][-2:] == ["model_trained", "model_promoted"]
    assert events[-1].subject.endswith("forced: the campaign starts tonight")


def test_sets_of_ones_own_are_looked_at_too(
    shifen: Shifen, corrected: Database, tmp_path: Path
) -> None:
    """A set on which the corrections are wrong keeps the model from being promoted."""
    contrary = [
        {"text": f"{text}啊", "task": "complaint", "label": int(text in FALSE_ALARMS)}
        for text in TEXTS
    ]
    (tmp_path / "contrary.jsonl").write_bytes(lines(*contrary))
    said = shifen("train", "--dev", "contrary.jsonl")
    assert "contrary" in said.out
    assert "worse on “contrary”" in said.out


def test_everything_is_said_in_chinese_too(
    shifen: Shifen, judged: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIFEN__LOCALE", "zh-CN")
    assert "还没有模型" in shifen("model", "list").out
    correct(judged, TEXTS[:3])
    assert "暂不可启用" in shifen("train").out
    assert "不予启用" in shifen("model", "promote").err
    assert "影子" in shifen("model", "list").out
    assert "现在由" in shifen("model", "promote", "--force", "试用").out
    assert "已完成" in shifen("model", "rescore").out
    assert "原评分器" in shifen("model", "rollback").out


def test_old_posts_are_judged_anew_from_a_day_on_or_left_to_the_service(
    shifen: Shifen, judged: Database
) -> None:
    assert "0 of 0, 0 new verdicts, done" in shifen("model", "rescore", "--since", "2999-01-01").out
    left = shifen("model", "rescore", "--background")
    assert f"0 of {len(TEXTS)}, 0 new verdicts, running" in left.out
    taken_up = shifen("model", "rescore")
    assert f"{len(TEXTS)} of {len(TEXTS)}, 0 new verdicts, done" in taken_up.out
    wrong = shifen("model", "rescore", "--since", "yesterday")
    assert (wrong.status, "yesterday" in wrong.err) == (2, True)


def test_what_is_missing_is_one_sentence(shifen: Shifen, judged: Database, tmp_path: Path) -> None:
    assert "No model yet" in shifen("model", "list").out
    refused(shifen("train"), "nobody has corrected")
    refused(shifen("model", "promote"), "run: shifen train")
    refused(shifen("model", "promote", "people-0"), "there is no model people-0")
    refused(shifen("train", "--dev", "none.jsonl"), "none.jsonl: cannot be read")
    (tmp_path / "odd.jsonl").write_text(json.dumps({"text": "x", "label": 7}))
    refused(shifen("train", "--dev", "odd.jsonl"), "odd.jsonl:1: label is '7'")
