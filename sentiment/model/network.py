"""The network of the shipped model: summed n-gram vectors, one hidden layer, a file of its own.

A text is the sum of its features' vectors over the root of their number. The vectors are whole
numbers of eight bits, so the sum is exact and does not depend on the order of addition or the
machine; what follows is a few hundred multiplications in double precision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sentiment.model.features import BUCKETS, Features, Grams

Floats = NDArray[np.float64]

FORMAT: Final = 1
OUTPUTS: Final = ("negative", "neutral", "positive", "complaint")


class ModelError(ValueError):
    """A model file is damaged or of another format; the text names the file and the mend."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Makes outputs log-odds that can be trusted, fitted on development data per language."""

    slope: Floats
    shift: Floats

    def apply(self, outputs: Floats) -> Floats:
        """Return the calibrated outputs."""
        calibrated: Floats = outputs * self.slope + self.shift
        return calibrated


@dataclass(frozen=True, slots=True)
class Network:
    """Weights of the model.

    `vectors` has one row of `d` small integers for each bucket, `scales` the size of their
    steps. `hidden` is d x h, `outward` h x 4, `straight` d x 4 (a linear path beside the hidden
    layer); the four outputs are `OUTPUTS`, the last one is a log-odds of its own.
    `calibration` has one entry for each language that the model reads.
    """

    version: str
    vectors: NDArray[np.int8]
    scales: Floats
    hidden: Floats
    hidden_bias: Floats
    outward: Floats
    straight: Floats
    bias: Floats
    calibration: Mapping[str, Calibration]

    def read(self, features: Features) -> Floats:
        """Return one vector of d numbers for each text."""
        total = np.zeros((len(features.counts), self.vectors.shape[1]), dtype=np.int64)
        for grams in features.kinds:
            total += self._sums(grams)
        roots = np.sqrt(np.maximum(features.counts, 1))
        read: Floats = total * self.scales / roots[:, None]
        return read

    def _sums(self, grams: Grams) -> NDArray[np.int32]:
        lengths = np.diff(grams.offsets)
        if not len(grams.bucket):
            return np.zeros((len(lengths), self.vectors.shape[1]), dtype=np.int32)
        rows = self.vectors[grams.bucket]
        # reduceat takes an empty stretch for the one element at its start.
        firsts = np.minimum(grams.offsets[:-1], len(rows) - 1)
        sums: NDArray[np.int32] = np.add.reduceat(rows, firsts, axis=0, dtype=np.int32)
        sums[lengths == 0] = 0
        return sums

    def outputs(self, read: Floats) -> Floats:
        """Return the four raw outputs for each row of `read`."""
        bent = np.maximum(read @ self.hidden + self.hidden_bias, 0.0)
        outputs: Floats = bent @ self.outward + read @ self.straight + self.bias
        return outputs

    def slopes(self, read: Floats, direction: Floats) -> Floats:
        """Return how `direction` (a weight for each output) grows with each part of `read`."""
        live = (read @ self.hidden + self.hidden_bias) > 0.0
        slopes: Floats = (live * (self.outward @ direction)) @ self.hidden.T
        slopes += self.straight @ direction
        return slopes


def load_network(path: Path) -> Network:
    """Read a model file; raises ModelError when it is not one, or of another format."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in arrays.files}
        about = json.loads(bytes(parts.pop("about")).decode())
        return _build(about, parts)
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise ModelError(f"{path}: not a model of this version ({error}); install again") from error


def save_network(path: Path, network: Network) -> None:
    """Write a model file that `load_network` reads."""
    calibration = {
        language: [each.slope.tolist(), each.shift.tolist()]
        for language, each in network.calibration.items()
    }
    about = {"format": FORMAT, "version": network.version, "calibration": calibration}
    np.savez_compressed(
        path,
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        vectors=network.vectors,
        **{name: getattr(network, name).astype(np.float32) for name in _FLOATS},
    )


_FLOATS: Final = ("scales", "hidden", "hidden_bias", "outward", "straight", "bias")


def _build(about: Mapping[str, Any], parts: Mapping[str, NDArray[Any]]) -> Network:
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}, expected {FORMAT}")
    vectors = parts["vectors"]
    if vectors.dtype != np.int8 or vectors.shape[0] != BUCKETS:
        raise ValueError(f"vectors of {vectors.dtype} {vectors.shape}, expected {BUCKETS} rows")
    return Network(
        version=str(about["version"]),
        vectors=vectors,
        calibration={
            language: Calibration(np.array(slope, np.float64), np.array(shift, np.float64))
            for language, (slope, shift) in about["calibration"].items()
        },
        **{name: parts[name].astype(np.float64) for name in _FLOATS},
    )
