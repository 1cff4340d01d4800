"""A model directory: read, understood, and refused with the mend when something is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sentiment.classes import LabelError, classes_of
from sentiment.loading import load_transformer
from sentiment.scorer import Score, Scorer, ScorerUnavailable
from sentiment.settings import OnnxSettings
from tests.conftest import ROOT

pytest.importorskip("onnxruntime", exc_type=ImportError)
tiny = pytest.importorskip("tests.sentiment.tiny", exc_type=ImportError)

GOOD, BAD, PLAIN = "推荐，很满意", "太差了，失望", "今天收到了"
TEXTS = [GOOD, BAD, PLAIN, "I love it", "awful, broken, " * 30, "", "很"]


def load(directory: Path, **settings: Any) -> Scorer:
    return load_transformer(OnnxSettings(directory=str(directory), **settings))


def label(score: Score) -> str:
    shares = {
        "negative": score.negative,
        "neutral": score.neutral,
        "positive": score.positive,
    }
    return max(shares, key=lambda name: shares[name])


@pytest.mark.parametrize(
    "labels",
    [
        tiny.THREE,
        {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"},
        {"0": "负面", "1": "中性", "2": "正面"},
        {"0": "NEG", "1": "NEU", "2": "POS"},
        {"0": "1 star", "1": "2 stars", "2": "3 stars", "3": "4 stars", "4": "5 stars"},
        {"0": "Very Negative", "1": "Negative", "2": "Neutral", "3": "Positive", "4": "good"},
        {"0": "Negative", "1": "Positive"},
        {"0": "negative (stars 1, 2 and 3)", "1": "positive (stars 4 and 5)"},
        {"0": "LABEL_0", "1": "LABEL_1"},
    ],
    ids=lambda labels: labels["0"] + str(len(labels)),
)
def test_the_usual_names_of_classes_are_understood(tmp_path: Path, labels: dict[str, str]) -> None:
    scorer = load(tiny.write_model(tmp_path, labels))
    found = [label(score) for score in scorer.score([GOOD, BAD])]
    assert found == ["positive", "negative"]


def test_two_classes_near_each_other_are_neutral(tmp_path: Path) -> None:
    scorer = load(tiny.write_model(tmp_path, {"0": "neg", "1": "pos"}))
    assert label(scorer.score([PLAIN])[0]) == "neutral"


def test_own_names_are_explained_by_the_settings(tmp_path: Path) -> None:
    tiny.write_model(tmp_path, {"0": "anger", "1": "joy"})
    with pytest.raises(ScorerUnavailable, match=r"'anger'.*sentiment\.onnx\.labels: \{anger:"):
        load(tmp_path)
    scorer = load(tmp_path, labels={"anger": "negative", "joy": "positive"})
    assert label(scorer.score([BAD])[0]) == "negative"


@pytest.mark.parametrize(
    ("id2label", "own", "told"),
    [
        (None, {}, "id2label is missing"),
        ({}, {}, "not about good and bad"),
        ({"0": "negative", "2": "positive"}, {}, "not numbered from 0"),
        (["negative", "positive"], {}, "id2label is missing"),
        ({"0": "sports", "1": "finance"}, {}, "'sports'"),
        ({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2", "3": "LABEL_3"}, {}, "'LABEL_0'"),
        ({"0": "LABEL_1", "1": "LABEL_7"}, {}, "'LABEL_7'"),
        ({"0": "neutral", "1": "positive"}, {}, "not about good and bad"),
        ({"0": "negative", "1": "positive"}, {"Negative": "negative"}, "has no class 'Negative'"),
    ],
)
def test_classes_that_cannot_be_understood(id2label: Any, own: dict[str, str], told: str) -> None:
    with pytest.raises(LabelError, match=told):
        classes_of(id2label, own)


def test_batches_change_speed_not_answers(tmp_path: Path) -> None:
    tiny.write_model(tmp_path)
    alone, together = load(tmp_path).score(TEXTS), load(tmp_path, batch=4).score(TEXTS)
    for one, other in zip(alone, together, strict=True):
        assert one.negative == pytest.approx(other.negative, abs=1e-6)
        assert one.positive == pytest.approx(other.positive, abs=1e-6)
    clear = [alone[place] for place in (0, 1, 3, 4)]
    assert [label(score) for score in clear] == ["positive", "negative", "positive", "negative"]


def test_a_long_text_is_cut_and_never_beyond_what_the_model_has(tmp_path: Path) -> None:
    tiny.write_model(tmp_path)
    text = "很" * 10 + "差" * 500
    short = load(tmp_path, max_tokens=10)
    assert short.score([text]) == short.score([PLAIN])
    cut, whole = load(tmp_path, max_tokens=64).score([text]), load(tmp_path).score([text])
    assert cut == whole
    assert label(cut[0]) == "negative"


def test_the_version_changes_with_anything_that_an_answer_depends_on(tmp_path: Path) -> None:
    directory = tiny.write_model(tmp_path / "my-model")
    first = load(directory).version
    assert first.startswith("onnx-mymodel-")
    assert load(directory).version == first
    assert load(directory, batch=4, threads=2).version == first
    changed = {load(directory, max_tokens=20).version}
    tiny.write_model(directory, {"0": "neg", "1": "neu", "2": "pos"})
    changed.add(load(directory).version)
    assert len(changed | {first}) == 3


def remove(name: str) -> Callable[[Path], object]:
    return lambda directory: (directory / name).unlink()


def fill(name: str, content: str) -> Callable[[Path], object]:
    return lambda directory: (directory / name).write_text(content)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (remove("model.onnx"), r"model\.onnx: cannot be loaded"),
        (remove("tokenizer.json"), r"tokenizer\.json: cannot be read \(No such file.*put the"),
        (remove("config.json"), r"config\.json: cannot be read .*sentiment\.onnx\.directory"),
        (fill("model.onnx", "torn"), r"model\.onnx: cannot be loaded .*export"),
        (fill("tokenizer.json", "{}"), r"tokenizer\.json: is no tokenizer"),
        (fill("config.json", "{"), r"config\.json: is no JSON"),
        (fill("config.json", "[]"), r"config\.json: is no JSON object"),
        (fill("config.json", "{}"), r"config\.json: id2label is missing"),
        (lambda d: tiny.write_model(d, rows=1), r"model\.onnx: cannot read 1 tokens .*max_tokens"),
        (lambda d: tiny.write_model(d, columns=4), r"answers \(1, 4\) for 3 classes"),
        (
            lambda d: tiny.write_model(d, inputs=("input_ids", "attention_mask", "pixels")),
            r"wants pixels",
        ),
    ],
)
def test_what_is_missing_or_torn_is_named_with_the_mend(
    tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    tiny.write_model(tmp_path)
    spoil(tmp_path)
    with pytest.raises(ScorerUnavailable, match=told):
        load(tmp_path)


def test_numbers_that_are_none_are_neutral(tmp_path: Path) -> None:
    tiny.write_model(tmp_path)
    content = bytearray((tmp_path / "model.onnx").read_bytes())
    two = b"\x00\x00\x00\x40"
    assert two in content
    (tmp_path / "model.onnx").write_bytes(content.replace(two, b"\x00\x00\xc0\x7f"))
    assert load(tmp_path).score([BAD]) == [Score(negative=0, neutral=1, positive=0)]


WITHOUT = """
import sys
sys.modules["onnxruntime"] = None
from sentiment.loading import load_transformer
from sentiment.scorer import ScorerUnavailable
from sentiment.settings import OnnxSettings
try:
    load_transformer(OnnxSettings(directory="."))
except ScorerUnavailable as error:
    print(error)
"""


def test_missing_libraries_are_named_with_the_mend() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "needs the package onnxruntime; install it: pip install" in done.stdout, done.stderr


@pytest.mark.parametrize("size", [1, 8])
def test_models_that_tell_two_texts_apart_get_one(tmp_path: Path, size: int) -> None:
    tiny.write_model(tmp_path, inputs=("input_ids", "attention_mask", "token_type_ids"))
    found = load(tmp_path, batch=size).score([GOOD, BAD])
    assert [label(score) for score in found] == ["positive", "negative"]


def test_the_directory_is_what_the_exporters_write(tmp_path: Path) -> None:
    """Keys that we do not read are no trouble."""
    tiny.write_model(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"architectures": ["BertForSequenceClassification"], "label2id": {"negative": 0}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert label(load(tmp_path).score([GOOD])[0]) == "positive"
