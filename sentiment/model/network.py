"""The network of the shipped model: n-gram vectors, a window over tokens, one hidden layer.

Each token is the sum of the vectors of its features. A window sees it between its neighbours;
over a text the windows' answers are averaged and their largest kept, beside the plain sum of all
vectors. The vectors are whole numbers of eight bits, so their sums are exact whatever the order
of addition; what follows is in double precision.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.lib.format import read_array
from numpy.typing import NDArray

from sentiment.model.features import BUCKETS, KEYS, Features, Integers
from sentiment.scorer import ScorerUnavailable

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FORMAT: Final = 1
_SLICE: Final = 64
OUTPUTS: Final = ("negative", "neutral", "positive", "complaint")


class ModelError(ScorerUnavailable):
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
class Reading:
    """What the network made of a batch, as far as its evidence needs it.

    Rows stand for tokens, with an empty row before each text and after the last one, so that
    no token has another text's token for a neighbour. `rows` is where each token is, `owner`
    the text of each row, `firsts` the empty row before each text; `bent` has k numbers per row
    (0 in empty ones), `pooled` d + 2k for each text.
    """

    rows: Integers
    owner: Integers
    firsts: Integers
    bent: Floats
    pooled: Floats


@dataclass(frozen=True, slots=True)
class Network:
    """Weights of the model.

    `vectors` has one row of d small integers for each bucket, `scales` the size of their steps.
    `window` is 3 x d x k (the token before, the token, the one after), `hidden` (d + 2k) x h,
    `outward` h x 4, `straight` (d + 2k) x 4, a linear path beside the hidden layer. The four
    outputs are `OUTPUTS`; the last one is a log-odds of its own. `known` has one bit for each
    key of a pair of tokens, set where training has seen it. `calibration` has one entry for
    each language that the model reads.
    """

    version: str
    vectors: NDArray[np.int8]
    scales: Floats
    window: Floats
    window_bias: Floats
    hidden: Floats
    hidden_bias: Floats
    outward: Floats
    straight: Floats
    bias: Floats
    known: NDArray[np.uint8]
    calibration: Mapping[str, Calibration]

    def read(self, features: Features) -> Reading:
        """Read a batch of texts."""
        lengths = np.diff(features.tokens.offsets)
        texts = np.arange(len(lengths))
        firsts = features.tokens.offsets[:-1] + texts
        owner = np.repeat(texts, lengths + 1)
        rows = np.delete(np.arange(len(owner)), firsts)
        sums = self._token_sums(features, rows, len(owner) + 1)
        tokens = sums * self.scales
        bent = _product(tokens, self.window[1])[:-1]
        bent[1:] += _product(tokens[:-2], self.window[0])
        bent += _product(tokens[1:], self.window[2])
        bent += self.window_bias
        np.maximum(bent, 0.0, out=bent)
        bent[firsts] = 0.0
        bag = np.add.reduceat(sums[:-1], firsts, axis=0) * self.scales
        bag /= np.sqrt(np.maximum(features.counts, 1))[:, None]
        mean = np.add.reduceat(bent, firsts, axis=0) / np.sqrt(np.maximum(lengths, 1))[:, None]
        most = np.maximum.reduceat(bent, firsts, axis=0)
        return Reading(rows, owner, firsts, bent, np.concatenate([bag, mean, most], axis=1))

    def coverage(self, features: Features) -> Floats:
        """Return the share of each text's pairs of tokens that training has seen, 1 of none."""
        pairs = features.pairs
        seen = (self.known[pairs.key >> 3] >> (pairs.key & 7)) & 1
        sums = np.concatenate(([0], np.cumsum(seen)))[pairs.offsets]
        counts = np.diff(pairs.offsets)
        shares: Floats = np.where(counts > 0, np.diff(sums) / np.maximum(counts, 1), 1.0)
        return shares

    def _token_sums(self, features: Features, rows: Integers, count: int) -> NDArray[np.int32]:
        """Return the sum of the vectors of each token's features; whole numbers, so exact."""
        sums = np.zeros((count, self.vectors.shape[1]), dtype=np.int32)
        for grams in features.kinds:
            if not len(grams.bucket):
                continue
            vectors = self.vectors[grams.bucket]
            firsts = np.flatnonzero(np.diff(grams.token, prepend=-1))
            if len(firsts) < len(vectors):
                vectors = np.add.reduceat(vectors, firsts, axis=0, dtype=np.int32)
            sums[rows[grams.token[firsts]]] += vectors
        return sums

    def outputs(self, reading: Reading) -> Floats:
        """Return the four raw outputs for each text."""
        pooled = reading.pooled
        bent = np.maximum(_product(pooled, self.hidden) + self.hidden_bias, 0.0)
        outputs: Floats = _product(bent, self.outward) + _product(pooled, self.straight) + self.bias
        return outputs

    def slopes(self, features: Features, reading: Reading, direction: Floats) -> Floats:
        """Return how `direction` (a weight per output) grows with each row's numbers, n x d."""
        d, k = self.vectors.shape[1], self.window.shape[2]
        live = (_product(reading.pooled, self.hidden) + self.hidden_bias) > 0.0
        pooled = _product(live * (self.outward @ direction), self.hidden.T)
        pooled += self.straight @ direction
        lengths = np.diff(features.tokens.offsets)
        mean = pooled[:, d : d + k] / np.sqrt(np.maximum(lengths, 1))[:, None]
        highest = reading.pooled[:, d + k :][reading.owner]
        bent = np.where(reading.bent == highest, pooled[:, d + k :][reading.owner], 0.0)
        bent += mean[reading.owner]
        bent[reading.bent == 0.0] = 0.0
        slopes = _product(bent, self.window[1].T)
        slopes[:-1] += _product(bent[1:], self.window[0].T)
        slopes[1:] += _product(bent[:-1], self.window[2].T)
        bag = pooled[:, :d] / np.sqrt(np.maximum(features.counts, 1))[:, None]
        slopes += bag[reading.owner]
        return slopes


def _product(rows: Floats, weights: Floats) -> Floats:
    """Multiply slice by slice: a whole batch would wake all processors for very little."""
    count, wide = rows.shape
    slices = -(-count // _SLICE)
    padded = np.zeros((slices * _SLICE, wide))
    padded[:count] = rows
    product: Floats = np.matmul(padded.reshape(slices, _SLICE, wide), weights)
    return product.reshape(-1, weights.shape[1])[:count]


def load_network(path: Path) -> Network:
    """Read a model file; raises ModelError when it is not one, or of another format."""
    try:
        parts = _parts(path)
        about = json.loads(bytes(parts.pop("about")).decode())
        return _build(about, parts)
    except _UNREADABLE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ModelError(
            f"{path}: not a model of this version ({reason}); install again"
        ) from error


def _parts(path: Path) -> dict[str, NDArray[Any]]:
    # numpy itself parses what it reads before the archive's checksums have been looked at.
    with ZipFile(path) as archive:
        return {
            name.removesuffix(".npy"): read_array(BytesIO(archive.read(name)), allow_pickle=False)
            for name in archive.namelist()
        }


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
        known=network.known,
        **{name: getattr(network, name).astype(np.float32) for name in _FLOATS},
    )


_FLOATS: Final = (
    *("scales", "window", "window_bias", "hidden", "hidden_bias"),
    *("outward", "straight", "bias"),
)


_UNREADABLE: Final = (
    *(OSError, EOFError, BadZipFile, zlib.error, RuntimeError, MemoryError, OverflowError),
    *(KeyError, ValueError, TypeError, AttributeError),
)
"""What numpy and zipfile raise on damaged files, and what parts of other kinds lead to."""


def _build(about: Mapping[str, Any], parts: Mapping[str, NDArray[Any]]) -> Network:
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}, expected {FORMAT}")
    vectors = parts["vectors"]
    if vectors.dtype != np.int8 or vectors.ndim != 2 or vectors.shape[0] != BUCKETS:
        raise ValueError(f"vectors of {vectors.dtype} {vectors.shape}, expected {BUCKETS} rows")
    known = parts["known"]
    if known.dtype != np.uint8 or known.shape != (KEYS // 8,):
        raise ValueError(f"known pairs of {known.dtype} {known.shape}")
    each = (len(OUTPUTS),)
    return Network(
        version=str(about["version"]),
        vectors=vectors,
        known=known,
        calibration={
            language: Calibration(_floats("slope", slope, each), _floats("shift", shift, each))
            for language, (slope, shift) in about["calibration"].items()
        },
        **{name: _floats(name, parts[name], shape) for name, shape in _shapes(parts).items()},
    )


def _shapes(parts: Mapping[str, NDArray[Any]]) -> dict[str, tuple[int, ...]]:
    """Return the shapes that fit each other, taken from three of the parts."""
    width = parts["vectors"].shape[1]
    window, hidden = parts["window"].shape[-1], parts["hidden"].shape[-1]
    pooled, outputs = width + 2 * window, len(OUTPUTS)
    return {
        "scales": (width,),
        "window": (3, width, window),
        "window_bias": (window,),
        "hidden": (pooled, hidden),
        "hidden_bias": (hidden,),
        "outward": (hidden, outputs),
        "straight": (pooled, outputs),
        "bias": (outputs,),
    }


def _floats(name: str, values: Any, shape: tuple[int, ...]) -> Floats:
    floats = np.asarray(values).astype(np.float64)
    if floats.shape != shape or not np.isfinite(floats).all():
        raise ValueError(f"{name} of {floats.shape}, expected finite numbers of {shape}")
    return floats
