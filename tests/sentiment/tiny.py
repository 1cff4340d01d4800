"""A model directory of a few kilobytes: each token adds its weight to the classes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

BAD = ["差", "垃", "圾", "失", "退", "terrible", "awful", "broken", "hate"]
GOOD = ["满", "推", "荐", "爱", "赞", "excellent", "wonderful", "love"]
PAD, UNKNOWN = "[PAD]", "[UNK]"
THREE = {"0": "negative", "1": "neutral", "2": "positive"}


def write_model(
    directory: Path,
    labels: Mapping[str, str] = THREE,
    *,
    inputs: tuple[str, ...] = ("input_ids", "attention_mask"),
    rows: int | None = None,
    columns: int | None = None,
) -> Path:
    """Write model.onnx, tokenizer.json, config.json; `rows` and `columns` spoil the weights."""
    directory.mkdir(parents=True, exist_ok=True)
    vocabulary = [PAD, UNKNOWN, *BAD, *GOOD]
    write_tokenizer(directory, vocabulary)
    config = {"id2label": dict(labels), "pad_token_id": 0, "max_position_embeddings": 66}
    (directory / "config.json").write_text(json.dumps(config))
    width = columns or len(labels)
    table = np.zeros((len(vocabulary), width), dtype=np.float32)
    # Padding that is not masked would drown everything.
    table[0, width - 1] = 50
    table[2 : 2 + len(BAD), 0] = 2
    table[2 + len(BAD) :, width - 1] = 2
    onnx.save(network(table[:rows], inputs), str(directory / "model.onnx"))
    return directory


def write_tokenizer(directory: Path, vocabulary: list[str]) -> None:
    ids = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token=UNKNOWN))
    # Splits Chinese into characters.
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    (directory / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")


def network(table: np.ndarray, inputs: tuple[str, ...]) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["weights"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["weights", "column"], ["seen"]),
        helper.make_node("ReduceSum", ["seen", "middle"], ["logits"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"]) for n in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", table.shape[1]])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "middle"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
