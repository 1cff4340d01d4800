"""`score` and `evaluate` through the command line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.monitor.commands import Said, Shifen, lines, refused

ANGRY = {"id": 7, "text": "星云手表买了三天就坏了，客服一直不理人，我要投诉，要求退款！"}
FIELDS = ["id", "lang", "label", "negative", "complaint", "topic", "risk", "reasons"]
LABELLED = [
    {"id": "1", "text": "太差了，垃圾，要求退款", "label": -1, "lang": "zh"},
    {"id": "2", "text": "很失望，又坏了", "label": -1, "lang": "zh"},
    {"id": "3", "text": "非常满意，推荐购买", "label": 1, "lang": "zh"},
    {"id": "4", "text": "质量很好，很喜欢", "label": 1, "lang": "zh"},
]
ENGLISH = [
    {"id": "5", "text": "this is terrible, broken again", "label": -1, "lang": "en"},
    {"id": "6", "text": "I love it, wonderful", "label": 1, "lang": "en"},
    {"id": "7", "text": "the box is on the table", "label": 0, "lang": "en"},
    {"id": "8", "text": "great", "label": -1, "lang": "en"},
]


def answers(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.fixture
def sets(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "shop.jsonl").write_bytes(lines(*LABELLED))
    (tmp_path / "chat.jsonl.gz").write_bytes(gzip.compress(lines(*ENGLISH)))
    return "shop.jsonl", "chat.jsonl.gz"


# Score


@pytest.mark.parametrize("file", ["posts.jsonl", "-"])
def test_each_line_is_answered_in_order(
    shifen: Shifen, config: Path, tmp_path: Path, file: str
) -> None:
    given = lines(ANGRY, {"id": "b", "text": ""}, {"id": "c", "text": "love it, thank you"})
    (tmp_path / "posts.jsonl").write_bytes(given)
    said = shifen("score", file, stdin=given)
    assert (said.status, said.err) == (0, "")
    found = answers(said)
    assert [one["id"] for one in found] == [7, "b", "c"]
    assert [one["lang"] for one in found] == ["zh", "other", "en"]
    assert [one["label"] for one in found] == [-1, 0, 1]
    for one in found:
        assert list(one) == FIELDS
        assert 0 <= one["negative"] <= 1
        assert 0 <= one["complaint"] <= 1
    assert found[0]["complaint"] > 0.5 > found[2]["complaint"]
    assert (found[0]["topic"], found[0]["risk"]) == ("service", "none")


def test_reasons_speak_the_configured_language(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = answers(shifen("score", "-", stdin=lines(ANGRY)))[0]["reasons"]
    monkeypatch.setenv("SHIFEN__LOCALE", "zh-CN")
    chinese = answers(shifen("score", "-", stdin=lines(ANGRY)))[0]["reasons"]
    assert "complaint “退款”" in english
    assert "投诉词 “退款”" in chinese


def test_a_brands_own_words_count(
    shifen: Shifen, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = {"id": 1, "text": "星云手表又掉链子"}
    plain = answers(shifen("score", "-", stdin=lines(post)))[0]
    monkeypatch.setenv("SHIFEN__BRANDS", "[{name: 星云手表, complaint_words: [掉链子]}]")
    own = answers(shifen("score", "-", stdin=lines(post)))[0]
    assert own["complaint"] > plain["complaint"]


def test_a_bad_line_is_told_and_fails_the_command_at_the_end(shifen: Shifen, config: Path) -> None:
    said = shifen("score", "-", stdin=lines(ANGRY, "bad", {"id": 8}, ANGRY | {"id": 9}))
    assert said.status == 1
    assert [one["id"] for one in answers(said)] == [7, 9]
    assert [line[:9] for line in said.err.splitlines()] == ["line 2: n", "line 3: t"]


def test_nothing_is_answered_with_nothing(shifen: Shifen, config: Path) -> None:
    assert shifen("score", "-") == Said(0, "", "")


@pytest.mark.parametrize("file", ["none.jsonl", "."])
def test_a_file_that_cannot_be_read_is_one_sentence(
    shifen: Shifen, config: Path, file: str
) -> None:
    refused(shifen("score", file), f"{file}: cannot be read")
    refused(shifen("evaluate", file), f"{file}: cannot be read")


# Evaluate


def test_figures_for_programs(shifen: Shifen, config: Path, sets: tuple[str, str]) -> None:
    said = shifen("evaluate", *sets, "--json")
    assert (said.status, said.err) == (0, "")
    found = said.summary
    shop, chat = found["sets"]
    assert found["judge"].startswith("lexicon-")
    assert (shop["name"], shop["language"], shop["task"]) == ("shop", "zh", "sentiment")
    assert (shop["classes"], shop["confusion"]) == ([-1, 1], [[2, 0], [0, 2]])
    assert (shop["accuracy"], shop["macro_f1"], shop["f1"], shop["auc"]) == (1, 1, 1, 1)
    assert chat["confusion"] == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    assert (chat["name"], chat["accuracy"]) == ("chat", 0.75)
    assert chat["macro_f1"] == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert sum(one["posts"] for one in chat["bins"]) == 4
    assert min(chat["posts_per_s"], shop["posts_per_s"]) > 0
    means = {one["language"]: one for one in found["means"]}
    assert means["en"]["figures"]["macro_f1"] == chat["macro_f1"]
    assert means["zh"]["sets"] == 1


def test_figures_for_people(
    shifen: Shifen, config: Path, sets: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    english = shifen("evaluate", *sets).out
    assert "shop · zh · 4 posts" in english
    for word in ("macro-F1", "negative-F1", "mean en (1)", "mean zh (1)", "people ↓ judge →"):
        assert word in english
    monkeypatch.setenv("SHIFEN__LOCALE", "zh-CN")
    chinese = shifen("evaluate", *sets).out
    for word in ("宏 F1", "负面 F1", "en 平均（1 个）", "人工 ↓ 判断 →", "准确率"):
        assert word in chinese


def test_the_mean_is_over_the_sets_of_a_language(
    shifen: Shifen, config: Path, sets: tuple[str, str], tmp_path: Path
) -> None:
    wrong = [one | {"label": -one["label"]} for one in LABELLED]
    (tmp_path / "wrong.jsonl").write_bytes(lines(*wrong))
    found = shifen("evaluate", *sets, "wrong.jsonl", "--json").summary
    chinese = next(one for one in found["means"] if one["language"] == "zh")
    assert (chinese["sets"], chinese["figures"]["accuracy"]) == (2, 0.5)


def test_emoticons_may_be_left_out(shifen: Shifen, config: Path, tmp_path: Path) -> None:
    told = [LABELLED[0], LABELLED[2] | {"text": "今天[怒][垃圾]"}, LABELLED[3]]
    (tmp_path / "told.jsonl").write_bytes(lines(*told))
    full = shifen("evaluate", "told.jsonl", "--json").summary["sets"][0]
    bare = shifen("evaluate", "told.jsonl", "--json", "--strip-emoticons").summary["sets"][0]
    assert full["brier"] > bare["brier"]
    assert bare["bins"][5]["posts"] == 1


def test_complaints_have_figures_of_their_own(shifen: Shifen, config: Path, tmp_path: Path) -> None:
    rows = [one | {"label": int(one["label"] < 0), "task": "complaint"} for one in LABELLED]
    (tmp_path / "desk.jsonl").write_bytes(lines(*rows))
    found = shifen("evaluate", "desk.jsonl", "--json").summary["sets"][0]
    assert (found["task"], found["classes"]) == ("complaint", [0, 1])
    assert (found["f1"], found["precision"], found["recall"], found["auc"]) == (1, 1, 1, 1)
    shown = shifen("evaluate", "desk.jsonl").out
    assert "complaint-F1" in shown
    assert "negative-F1" not in shown


def test_baselines_run_beside_the_judge_on_what_is_told(
    shifen: Shifen, config: Path, sets: tuple[str, str]
) -> None:
    words = ("evaluate", *sets, "--baselines", "--baseline-posts", "3")
    shop, chat = shifen(*words, "--json").summary["sets"]
    assert (shop["posts"], shop["baseline"]["by"], shop["baseline"]["posts"]) == (4, "SnowNLP", 3)
    assert (chat["baseline"]["by"], chat["baseline"]["posts"]) == ("VADER", 3)
    shown = shifen(*words).out
    assert "SnowNLP, VADER judged at most 3 posts of each set" in shown
    assert "× as fast as SnowNLP" in shown
    assert "baseline_posts" not in shifen("evaluate", sets[0], "--json").summary


def test_another_question_is_passed_over_unless_nothing_is_left(
    shifen: Shifen, config: Path, sets: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "irony.jsonl").write_bytes(lines(*({**LABELLED[0], "task": "irony"},)))
    said = shifen("evaluate", "irony.jsonl", *sets, "--json")
    assert (said.status, len(said.summary["sets"])) == (0, 2)
    assert "irony.jsonl:1: task 'irony'" in said.err
    assert len(shifen("evaluate", sets[0], "irony.jsonl", "--json").summary["sets"]) == 1
    refused(shifen("evaluate", "irony.jsonl"), "irony.jsonl:1: task 'irony'")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([LABELLED[0], LABELLED[2] | {"label": 5}], "labels.jsonl:2: label is '5'"),
        ([LABELLED[0], LABELLED[2] | {"id": "1"}], "labels.jsonl:2: id '1' stands in line 1"),
        ([LABELLED[0]], "labels.jsonl: every label is -1"),
        ([], "labels.jsonl: has no posts"),
    ],
)
def test_a_file_that_would_give_wrong_figures_is_one_sentence(
    shifen: Shifen, config: Path, tmp_path: Path, rows: list[dict[str, Any]], says: str
) -> None:
    (tmp_path / "labels.jsonl").write_bytes(lines(*rows))
    refused(shifen("evaluate", "labels.jsonl"), says)


def test_repeated_texts_are_remarked(shifen: Shifen, config: Path, tmp_path: Path) -> None:
    (tmp_path / "twice.jsonl").write_bytes(lines(*LABELLED, LABELLED[0] | {"id": "9"}))
    said = shifen("evaluate", "twice.jsonl", "--json")
    assert said.err == "twice.jsonl: 1 posts repeat an earlier text\n"
