"""A transformer that the operator brings as a directory, run by ONNX Runtime.

The directory is what the usual tools export for text classification: model.onnx,
tokenizer.json, and config.json with `id2label`. Nothing is downloaded. Importing this module
needs onnxruntime and tokenizers, which are an extra: see `sentiment.loading`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort
from tokenizers import Tokenizer

from sentiment.classes import Classes, LabelError, classes_of
from sentiment.scale import NEUTRAL
from sentiment.scorer import Evidence, Score, ScorerUnavailable
from sentiment.settings import OnnxSettings
from sentiment.text import language

_RUNTIME_ERRORS = (
    *(ort.EPFail, ort.EngineError, ort.Fail, ort.InvalidArgument, ort.InvalidGraph),
    *(ort.InvalidProtobuf, ort.ModelLoaded, ort.NoModel, ort.NoSuchFile, ort.NotImplemented),
    *(ort.RuntimeException, RuntimeError, ValueError),
)
_EXPORT = "export it for text classification, e.g. with optimum-cli export onnx"
_READ_CHARACTERS = 5_000


class TransformerScorer:
    """Polarity of both languages by one model; texts in other languages are neutral.

    Answers are the same on every run: one thread unless set otherwise, and one text at a time
    unless `batch` says more.
    """

    def __init__(self, settings: OnnxSettings) -> None:
        """Load the model and read one text; raise ScorerUnavailable with the mend."""
        directory = Path(settings.directory)
        files = {name: _content(directory, name) for name in ("config.json", "tokenizer.json")}
        config = _config(directory, files["config.json"])
        self._session = _session(directory / "model.onnx", settings.threads)
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._tokenizer = _tokenizer(directory, files["tokenizer.json"])
        self._tokenizer.enable_truncation(_longest(settings.max_tokens, config))
        self._tokenizer.no_padding()
        self._pad = _whole(config.get("pad_token_id"), 0)
        self._batch = settings.batch
        try:
            self._classes = classes_of(config.get("id2label"), settings.labels)
        except LabelError as error:
            raise ScorerUnavailable(f"{directory / 'config.json'}: {error}") from error
        self._version = _version(directory, settings, files)
        self._try_out(directory)

    @property
    def version(self) -> str:
        return self._version

    @property
    def classes(self) -> Classes:
        """Which output means what."""
        return self._classes

    def score(self, texts: Sequence[str]) -> list[Score]:
        answers = [NEUTRAL] * len(texts)
        tokens = {
            place: self._tokens(text)
            for place, text in enumerate(texts)
            if language(text) != "other"
        }
        for places in _batches(tokens, self._batch):
            logits = self._run([tokens[place] for place in places])
            for place, row in zip(places, logits, strict=True):
                answers[place] = self._score(row)
        return answers

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)

    def _tokens(self, text: str) -> list[int]:
        # Half a surrogate pair cannot be handed to the tokenizer.
        whole = text[:_READ_CHARACTERS].encode("utf-8", "replace").decode()
        ids: list[int] = self._tokenizer.encode(whole).ids
        return ids or [self._pad]

    def _run(self, tokens: Sequence[Sequence[int]]) -> np.ndarray[Any, Any]:
        """Return the logits: one row per text, one column per class."""
        ids = np.full((len(tokens), max(map(len, tokens))), self._pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, found in enumerate(tokens):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        known = {
            "input_ids": ids,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(ids),
        }
        feeds = {name: array for name, array in known.items() if name in self._inputs}
        logits: np.ndarray[Any, Any] = self._session.run(None, feeds)[0]
        return logits

    def _score(self, logits: np.ndarray[Any, Any]) -> Score:
        if not np.isfinite(logits).all():
            return NEUTRAL
        raised = np.exp(logits.astype(np.float64) - logits.max())
        return self._classes.score((raised / raised.sum()).tolist())

    def _try_out(self, directory: Path) -> None:
        """Read a short and a long text, so that what does not fit is told at the start."""
        model = directory / "model.onnx"
        if unknown := self._inputs - {"input_ids", "attention_mask", "token_type_ids"}:
            wanted = ", ".join(sorted(unknown))
            raise ScorerUnavailable(
                f"{model}: wants {wanted}, which a text does not have; {_EXPORT}"
            )
        for text in ("好", "好 good " * 1_000):
            try:
                logits = self._run([self._tokens(text)])
            except _RUNTIME_ERRORS as error:
                reason = str(error).splitlines()[0][:200]
                told = f"{model}: cannot read {len(self._tokens(text))} tokens ({reason})"
                mend = "lower sentiment.onnx.max_tokens, or bring the tokenizer of this model"
                raise ScorerUnavailable(f"{told}; {mend}") from error
            if logits.shape != (1, len(self._classes)):
                told = f"answers {logits.shape} for {len(self._classes)} classes of config.json"
                raise ScorerUnavailable(f"{model}: {told}; {_EXPORT}")


def _batches(tokens: Mapping[int, Sequence[int]], size: int) -> Iterator[list[int]]:
    """Group places by length, so that little is padded."""
    places = sorted(tokens, key=lambda place: (len(tokens[place]), place))
    for start in range(0, len(places), size):
        yield places[start : start + size]


def _content(directory: Path, name: str) -> bytes:
    try:
        return (directory / name).read_bytes()
    except OSError as error:
        told = f"{directory / name}: cannot be read ({error.strerror})"
        raise ScorerUnavailable(
            f"{told}; put the model's {name} there, or correct sentiment.onnx.directory"
        ) from error


def _config(directory: Path, content: bytes) -> Mapping[str, Any]:
    try:
        config = json.loads(content)
    except ValueError as error:
        raise ScorerUnavailable(f"{directory / 'config.json'}: is no JSON; {_EXPORT}") from error
    if not isinstance(config, dict):
        raise ScorerUnavailable(f"{directory / 'config.json'}: is no JSON object; {_EXPORT}")
    return config


def _tokenizer(directory: Path, content: bytes) -> Any:
    try:
        return Tokenizer.from_buffer(content)
    except ValueError as error:
        told = f"{directory / 'tokenizer.json'}: is no tokenizer ({str(error)[:200]})"
        mend = "save the model's fast tokenizer, or upgrade the package tokenizers"
        raise ScorerUnavailable(f"{told}; {mend}") from error


def _session(path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        reason = str(error).splitlines()[0][:200]
        raise ScorerUnavailable(f"{path}: cannot be loaded ({reason}); {_EXPORT}") from error


def _longest(max_tokens: int, config: Mapping[str, Any]) -> int:
    """Two positions less than the model has: some count them from 2."""
    positions = _whole(config.get("max_position_embeddings"), 0)
    return min(max_tokens, positions - 2) if positions > 2 else max_tokens


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and value >= 0 else otherwise


def _version(directory: Path, settings: OnnxSettings, files: Mapping[str, bytes]) -> str:
    """Name the directory and a digest of everything that an answer depends on."""
    digest = sha256(repr((settings.max_tokens, sorted(settings.labels.items()))).encode())
    for content in files.values():
        digest.update(content)
    for path in sorted(directory.glob("model.onnx*")):
        with path.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    name = "".join(letter for letter in directory.resolve().name if letter.isalnum())
    return f"onnx-{name[:24]}-{digest.hexdigest()[:8]}"
