"""Copies and lookalikes as the benchmark of folding makes them, and its table."""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from alerts.similar import letters
from benchmarks.copies import EDITS, LIGHT, copied
from benchmarks.folding import _judged
from benchmarks.lookalikes import FORMS, PHRASES, form_letters, other_figures, other_good
from benchmarks.stories import Told, made_up, sampled, stream
from tests.conftest import ROOT

ZH = (
    "星云手机用了3天就黑屏，客服一直不理我。打电话永远排队，等了半个小时没有人接！"
    "要求退款400元，再不处理就投诉。"
)
EN = (
    "My Nebula phone did not work after 3 days, and nobody picks up. I was told to wait for an "
    "email that never came. Do not buy this! I want my $400 back, http://t.co/abc "
) * 2
LONG = ZH * 3


def test_every_edit_applies_to_some_text_and_changes_it() -> None:
    draw = random.Random(1)
    for name, edit in EDITS.items():
        made = [edit(draw, text) for text in (ZH, EN, LONG) for _ in range(20)]
        assert any(copy not in (None, ZH, EN, LONG) for copy in made), name
    assert set(LIGHT) <= EDITS.keys()


@pytest.mark.parametrize("text", [ZH, EN])
def test_copies_keep_their_figures_and_say_how_they_came_about(text: str) -> None:
    draw = random.Random(2)
    figures = re.findall(r"\d+", letters(text))
    for _ in range(200):
        copy, edits = copied(draw, text, LIGHT)
        assert 1 <= len(edits) <= 3
        assert copy != text
        kept = re.findall(r"\d+", letters(copy.replace("315", "")))
        assert kept == figures, edits


def test_the_same_seed_gives_the_same_copies() -> None:
    one, other = (
        [copied(random.Random(n), LONG) for n in range(50)],
        [copied(random.Random(n), LONG) for n in range(50)],
    )
    assert one == other
    assert len({copy for copy, _ in one}) > 40


def test_others_differ_in_figures_or_goods_alone() -> None:
    draw = random.Random(3)
    other = other_figures(draw, ZH)
    assert other is not None
    assert re.sub(r"\d", "", other) == re.sub(r"\d", "", ZH)
    assert other != ZH
    assert other_good(draw, ZH) in {ZH.replace("手机", kind) for kind in ("平板", "耳机", "充电宝")}
    assert other_figures(draw, "没有数字") is None
    assert other_good(draw, "没有东西") is None


@pytest.mark.parametrize("form", FORMS)
def test_no_two_people_fill_in_a_form_alike(form: str) -> None:
    people = form_letters(random.Random(4), form, 8)
    assert len({letters(one) for one in people}) == len(people) > 2
    assert all("{" not in one for one in people)


def test_phrases_are_different_phrases() -> None:
    assert all(letters(one) != letters(other) for one, other in combinations(PHRASES, 2))


def test_a_story_is_told_before_it_is_copied() -> None:
    draw = random.Random(5)
    told = stream(draw, made_up(draw, 300))
    firsts: dict[int, str] = {}
    for one in told:
        assert (one.story in firsts) == bool(one.edits)
        firsts.setdefault(one.story, one.text)
    assert len(firsts) > 600
    assert {one.kind for one in told} == {"post", "figures", "good", "form", "phrase"}


def test_joins_are_right_in_the_case_of_the_story_s_first_post_alone() -> None:
    told = [Told(1, "post", ""), Told(2, "good", ""), *[Told(1, "post", "", ("case",))] * 3]
    told += [Told(3, "post", ""), Told(3, "post", "", ("case",)), Told(2, "good", "", ("case",))]
    precision, recall, swallowed = _judged(told, [10, 11, 10, 12, 12, 10, 10, 11])
    assert precision.value == 2 / 5
    assert recall.value == 2 / 5
    assert (swallowed.value, swallowed.remark) == (1 / 3, "1 of post")


def write(folder: Path, **sets: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, texts in sets.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)


def test_texts_are_sampled_from_every_set(tmp_path: Path) -> None:
    told = [f"说了一个别人没有说过的故事第{n}个//@某:被转的话" for n in range(50)]
    write(tmp_path, small=[f"小{text}" for text in told[:3]], large=[*told, *told, "短"])
    texts = sampled(random.Random(6), tmp_path, 10)
    assert len(texts) == len({*texts}) == 10
    assert sum(text.startswith("小") for text in texts) == 3
    assert not any("被转" in text for text in texts)


def lines(tmp_path: Path, *words: str) -> dict[str, dict[str, Any]]:
    told = tmp_path / "told.json"
    command = [sys.executable, "-m", "benchmarks.folding", "--data", str(tmp_path)]
    command += ["--cases", "50", "--posts", "20", "--json", str(told), *words]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    found = json.loads(told.read_text(encoding="utf-8"))["lines"]
    assert len(said.stdout.splitlines()) == len(found) + 1 + ("--markdown" in words)
    return {line["name"]: line for line in found}


def test_without_data_the_table_has_costs_alone(tmp_path: Path) -> None:
    found = lines(tmp_path, "--markdown")
    assert found["copies"]["remark"] == f"{tmp_path / 'test'} is missing"
    costs = [line for line in found.values() if line["most"] == 1]
    assert len(costs) == 3
    assert all(line["value"] > 0 for line in costs)


def test_the_table_on_a_few_posts(tmp_path: Path) -> None:
    write(tmp_path / "test", zh=[ZH, ZH[:40]], en=[EN])
    found = lines(tmp_path, "--stories", "3")
    assert found["copies known: faces"]["value"] == 1
    assert found["others folded: other figures"]["value"] == 0
    assert found["stream: precision"]["least"] == 0.98
    assert found["stream: recall"]["value"] > 0.9
    assert found["storm: cases of one story, at most"]["remark"].startswith(
        "3 storms of 1,000 posts"
    )
