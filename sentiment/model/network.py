"""The network of the shipped model: n-gram vectors, a window over tokens, one hidden layer.

Each token is the sum of the vectors of its features. A window sees it between its neighbours;
over a text the windows' answers are averaged and their largest kept, beside the plain sum of all
vectors. The vectors are whole numbers of eight bits, so their sums are exact whatever the order
of addition; what follows is in double precision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sentiment.model.features import BUCKETS, KEYS, Features, Integers

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

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
class Reading:
    """What the network made of a batch, as far as its evidence needs it.

    `tokens` is t x d (the sum of the vectors of each token's features), `bent` t x k, `pooled`
    one row of d + 2k numbers for each text, `owner` the text of each token.
    """

    owner: Integers
    tokens: Floats
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
        offsets = features.tokens.offsets
        lengths = np.diff(offsets)
        sums = self._token_sums(features)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        tokens = sums * self.scales
        first, last = _borders(offsets, len(tokens))
        mixed = tokens @ self.window[1] + self.window_bias
        mixed[1:] += np.where(first[1:, None], 0.0, tokens[:-1] @ self.window[0])
        mixed[:-1] += np.where(last[:-1, None], 0.0, tokens[1:] @ self.window[2])
        bent = np.maximum(mixed, 0.0)
        bag = _per_text(np.add, sums, offsets) * self.scales
        bag /= np.sqrt(np.maximum(features.counts, 1))[:, None]
        mean = _per_text(np.add, bent, offsets) / np.sqrt(np.maximum(lengths, 1))[:, None]
        most = _per_text(np.maximum, bent, offsets)
        return Reading(owner, tokens, bent, np.concatenate([bag, mean, most], axis=1))

    def coverage(self, features: Features) -> Floats:
        """Return the share of each text's pairs of tokens that training has seen, 1 of none."""
        pairs = features.pairs
        seen = (self.known[pairs.key >> 3] >> (pairs.key & 7)) & 1
        sums = np.concatenate(([0], np.cumsum(seen)))[pairs.offsets]
        counts = np.diff(pairs.offsets)
        shares: Floats = np.where(counts > 0, np.diff(sums) / np.maximum(counts, 1), 1.0)
        return shares

    def _token_sums(self, features: Features) -> NDArray[np.int64]:
        """Return the sum of the vectors of each token's features; whole numbers, so exact."""
        count = len(features.tokens.bucket)
        sums = np.zeros((count, self.vectors.shape[1]), dtype=np.int64)
        for grams in features.kinds:
            if not len(grams.bucket):
                continue
            firsts = np.flatnonzero(np.diff(grams.token, prepend=-1))
            rows = self.vectors[grams.bucket]
            if len(firsts) < len(rows):
                rows = np.add.reduceat(rows, firsts, axis=0, dtype=np.int32)
            sums[grams.token[firsts]] += rows
        return sums

    def outputs(self, reading: Reading) -> Floats:
        """Return the four raw outputs for each text."""
        pooled = reading.pooled
        bent = np.maximum(pooled @ self.hidden + self.hidden_bias, 0.0)
        outputs: Floats = bent @ self.outward + pooled @ self.straight + self.bias
        return outputs

    def slopes(self, features: Features, reading: Reading, direction: Floats) -> Floats:
        """Return how `direction` (a weight per output) grows with each token's numbers, t x d."""
        d, k = self.vectors.shape[1], self.window.shape[2]
        live = (reading.pooled @ self.hidden + self.hidden_bias) > 0.0
        pooled = (live * (self.outward @ direction)) @ self.hidden.T + self.straight @ direction
        offsets, owner = features.tokens.offsets, reading.owner
        roots = np.sqrt(np.maximum(np.diff(offsets), 1))[:, None]
        bent = (pooled[:, d : d + k] / roots)[owner]
        highest = reading.pooled[:, d + k :][owner]
        bent += np.where(reading.bent == highest, pooled[:, d + k :][owner], 0.0)
        bent = np.where(reading.bent > 0.0, bent, 0.0)
        first, last = _borders(offsets, len(bent))
        slopes: Floats = bent @ self.window[1].T
        slopes[:-1] += np.where(first[1:, None], 0.0, bent[1:] @ self.window[0].T)
        slopes[1:] += np.where(last[:-1, None], 0.0, bent[:-1] @ self.window[2].T)
        bag = pooled[:, :d] / np.sqrt(np.maximum(features.counts, 1))[:, None]
        slopes += bag[owner]
        return slopes


def _borders(offsets: Integers, count: int) -> tuple[Flags, Flags]:
    """Tell which tokens are the first and the last of their text."""
    filled = np.diff(offsets) > 0
    first, last = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    first[offsets[:-1][filled]] = True
    last[offsets[1:][filled] - 1] = True
    return first, last


def _per_text(combine: np.ufunc, rows: NDArray[Any], offsets: Integers) -> Floats:
    """Combine the rows of each text; a text without any gets zeros."""
    combined = np.zeros((len(offsets) - 1, rows.shape[1]))
    filled = np.diff(offsets) > 0
    if len(rows):
        combined[filled] = combine.reduceat(rows, offsets[:-1][filled], axis=0)
    return combined


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
        known=network.known,
        **{name: getattr(network, name).astype(np.float32) for name in _FLOATS},
    )


_FLOATS: Final = (
    *("scales", "window", "window_bias", "hidden", "hidden_bias"),
    *("outward", "straight", "bias"),
)


def _build(about: Mapping[str, Any], parts: Mapping[str, NDArray[Any]]) -> Network:
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}, expected {FORMAT}")
    vectors = parts["vectors"]
    if vectors.dtype != np.int8 or vectors.shape[0] != BUCKETS:
        raise ValueError(f"vectors of {vectors.dtype} {vectors.shape}, expected {BUCKETS} rows")
    known = parts["known"]
    if known.dtype != np.uint8 or known.shape != (KEYS // 8,):
        raise ValueError(f"known pairs of {known.dtype} {known.shape}")
    return Network(
        version=str(about["version"]),
        vectors=vectors,
        known=known,
        calibration={
            language: Calibration(np.array(slope, np.float64), np.array(shift, np.float64))
            for language, (slope, shift) in about["calibration"].items()
        },
        **{name: parts[name].astype(np.float64) for name in _FLOATS},
    )
