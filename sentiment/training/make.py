"""Makes the model file: `python -m sentiment.training.make --data FOLDER [--teacher FOLDER]`."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from sentiment.model.features import KEYS, features
from sentiment.model.network import Calibration, Floats, Network, save_network
from sentiment.model.shipped import FILE, normalise
from sentiment.text import clean
from sentiment.training.calibration import Measured, calibrate, scores
from sentiment.training.corpus import Corpus, Task, corpora
from sentiment.training.exercises import Exercises, exercises, read_teacher, with_bare
from sentiment.training.fragments import Fragment
from sentiment.training.student import Pupil, Recipe, teach

LANGUAGES: Final = ("zh", "en")
_STEPS: Final = 127
_AT_ONCE: Final = 500
_READ: Final = 400
_SEEN: Final = 2
_LEFT_OUT: Final = {"zh": "weibo100k", "en": ""}
"""Left out of calibration and of the means: its labels are its emoticons."""


def main() -> None:
    """Train, calibrate on the development part, print its figures, and write the file."""
    options = _options()
    torch.set_num_threads(options.threads)
    recipe = Recipe(**{each.name: getattr(options, each.name) for each in fields(Recipe)})
    sets = list(corpora(options.data, "train"))
    pupil = teach(recipe, _exercises(sets, options.teacher))
    network = replace(export(pupil), known=known_pairs(sets))
    measured = {each.name: measure(network, each) for each in development(options.data)}
    calibration = {name: calibrate(list(measured.values()), name) for name in LANGUAGES}
    network = named(replace(network, calibration=calibration))
    report(network, measured)
    save_network(options.out, network)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB, version {network.version}")


def _exercises(sets: Sequence[Corpus], folder: Path | None) -> Exercises:
    if folder is None:
        return exercises(sets, {})
    told = read_teacher(folder / "teacher-fragments.npz")
    teacher = read_teacher(folder / "teacher-train.npz")
    return exercises(sets, {**teacher, **told}, [Fragment.of(*each) for each in told])


def development(data: Path) -> list[Corpus]:
    """Return the development sets that bear on the shipped outputs."""
    tasks = (Task.POLARITY, Task.TWO_SIDED, Task.COMPLAINT)
    return [
        each
        for each in with_bare(corpora(data, "dev"))
        if each.task in tasks and each.name != _LEFT_OUT[each.language]
    ]


def measure(network: Network, corpus: Corpus) -> Measured:
    """Return the raw outputs of a set."""
    texts = [normalise(clean(each.text)) for each in corpus.examples]
    parts = []
    for first in range(0, len(texts), _AT_ONCE):
        seen = features(texts[first : first + _AT_ONCE])
        parts.append(network.outputs(network.read(seen)))
    labels = np.array([each.label for each in corpus.examples])
    return Measured(corpus.language, corpus.task, np.concatenate(parts), labels)


def known_pairs(sets: Iterable[Corpus]) -> NDArray[np.uint8]:
    """Return one bit for each key of two tokens in a row, set where it stands `_SEEN` times."""
    counts = np.zeros(KEYS, dtype=np.int32)
    for corpus in sets:
        texts = [normalise(clean(each.text))[:_READ] for each in corpus.examples]
        for first in range(0, len(texts), _AT_ONCE):
            counts += np.bincount(
                features(texts[first : first + _AT_ONCE]).pairs.key, minlength=KEYS
            )
    return np.packbits(counts >= _SEEN, bitorder="little")


def export(pupil: Pupil) -> Network:
    """Round the vectors to eight bits and keep the heads that ship."""
    state = {name: each.numpy().astype(np.float64) for name, each in pupil.state_dict().items()}
    vectors = state["vectors.weight"]
    scales = np.abs(vectors).max(axis=0) / _STEPS
    rounded = np.round(vectors / scales).astype(np.int8)
    width = vectors.shape[1]
    outward, straight, bias = (
        _shipped_heads(state[name])
        for name in ("outward.weight", "straight.weight", "outward.bias")
    )
    return Network(
        version="",
        vectors=rounded,
        scales=scales,
        window=state["window.weight"].T.reshape(3, width, -1),
        window_bias=state["window.bias"],
        hidden=state["hidden.weight"].T,
        hidden_bias=state["hidden.bias"],
        outward=outward.T,
        straight=straight.T,
        bias=bias,
        known=np.zeros(KEYS // 8, dtype=np.uint8),
        calibration={name: Calibration(np.ones(4), np.zeros(4)) for name in LANGUAGES},
    )


def named(network: Network) -> Network:
    """Return the network with a version made of all its numbers."""
    digest = hashlib.sha256()
    for each in fields(Network):
        if isinstance(value := getattr(network, each.name), np.ndarray):
            digest.update(value.tobytes())
    for _, calibration in sorted(network.calibration.items()):
        digest.update(calibration.slope.tobytes() + calibration.shift.tobytes())
    return replace(network, version=digest.hexdigest()[:8])


def _shipped_heads(rows: Floats) -> Floats:
    """Return the heads of the three polarities, and the log-odds of a complaint."""
    return np.concatenate([rows[:3], rows[4:5] - rows[3:4]])


def report(network: Network, measured: dict[str, Measured]) -> None:
    """Print macro-F1 and F1 of the bad side for each development set, and their means."""
    means: dict[str, list[tuple[float, float]]] = {name: [] for name in LANGUAGES}
    for name, each in measured.items():
        outputs = network.calibration[each.language].apply(each.outputs)
        macro, bad = scores(each, outputs)
        print(f"{name:18} macro-F1 {macro:.4f}  bad side {bad:.4f}")
        if each.task is not Task.COMPLAINT:
            means[each.language].append((macro, bad))
    for language, pairs in means.items():
        macro, bad = np.mean(pairs, axis=0)
        print(f"mean {language}            macro-F1 {macro:.4f}  negative {bad:.4f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, default=Path(__file__).with_name("answers"))
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--threads", type=int, default=2)
    for each in fields(Recipe):
        default = each.default
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=type(default), default=default)
    return parser.parse_args()


if __name__ == "__main__":
    main()
