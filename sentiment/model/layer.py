"""What people corrected, as a thin layer of weights over any scorer.

The layer adds log-odds from hashed n-grams to what the scorer below measures. A text in which
it knows no n-gram keeps the scorer's answer to the last digit: there is no bias, because people
correct mistakes only, and a bias learnt from mistakes would move everything they did not read.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sentiment.model.evidence import gathered, pieces, share_out
from sentiment.model.features import BUCKETS, Features, Integers, features
from sentiment.scorer import Evidence, Score, Scorer
from sentiment.text import simplify

Shifts: TypeAlias = NDArray[np.float64]

NEGATIVE, NEUTRAL, POSITIVE, COMPLAINT = range(4)
OUTPUTS: Final = 4
MAX_ENTRIES: Final = 50_000
MAX_BYTES: Final = 1_100_000
"""A layer of `MAX_ENTRIES` n-grams takes 20 bytes for each."""
LARGEST_WEIGHT: Final = 50.0
LARGEST_SHIFT: Final = 8.0
"""So many log-odds at most, however many n-grams agree: 1 : 3,000."""
FLOOR: Final = 0.01
"""The least probability that can be raised: a scorer that says 0 may be corrected too."""
READ_CHARACTERS: Final = 5_000
LONGEST_BASE: Final = 33
"""Characters kept of the version below: a scorer's has 49, the layer adds 16."""

_MAGIC: Final = b"shifenL1"
_HEAD: Final = struct.Struct("<8sQIH")
_DIGEST_BYTES: Final = 32
_PROBE: Final = "退货 3 次 can't refund 订单 20 号!"


class LayerError(ValueError):
    """The bytes are no layer that this program can use; the text says why."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Weights of n-grams over the scorer `base_version`.

    `weights[i]` holds, for the n-gram `buckets[i]`, the log-odds for negative, neutral,
    positive and complaint; buckets ascend.
    """

    base_version: str
    buckets: Integers
    weights: NDArray[np.float32]

    @cached_property
    def version(self) -> str:
        """Name made of the contents, such as `people-1a2b3c4d`."""
        return f"people-{hashlib.sha256(self.to_bytes()).hexdigest()[:8]}"

    def to_bytes(self) -> bytes:
        """Return the layer as `from_bytes` reads it, at most MAX_BYTES."""
        base = self.base_version.encode()
        body = b"".join(
            (
                _HEAD.pack(_MAGIC, _fingerprint(), len(self.buckets), len(base)),
                base,
                self.buckets.astype("<u4").tobytes(),
                self.weights.astype("<f4").tobytes(),
            )
        )
        return body + hashlib.sha256(body).digest()

    def shifts(self, texts: Sequence[str]) -> Shifts:
        """Return one row of OUTPUTS log-odds per cleaned text; 0 where it knows nothing."""
        total = np.zeros((len(texts), OUTPUTS))
        if not texts or not len(self.buckets):
            return total
        found = features([folded(text) for text in texts])
        for grams in found.kinds:
            place = self._row_of[grams.bucket]
            known = np.flatnonzero(place >= 0)
            owner = np.repeat(np.arange(len(texts)), np.diff(grams.offsets))[known]
            rows = self.weights[place[known]].astype(np.float64)
            for output in range(OUTPUTS):
                # bincount adds one after the other: alone or in a batch gives the same sum.
                total[:, output] += np.bincount(owner, rows[:, output], len(texts))
        total /= lengths(found)[:, None]
        return np.clip(total, -LARGEST_SHIFT, LARGEST_SHIFT)

    def evidence(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        """Return the words of each text that the layer's answer rests on, heaviest first."""
        if not texts or not len(self.buckets):
            return [()] * len(texts)
        read = [folded(text) for text in texts]
        found = features(read)
        scales = lengths(found)
        change = np.zeros(int(found.origins[-1]) + 1)
        for grams in found.kinds:
            owner = np.repeat(np.arange(len(texts)), np.diff(grams.offsets))
            place = self._row_of[grams.bucket]
            weight = np.where(place >= 0, self._badness[place], 0.0) / scales[owner]
            share_out(change, weight, grams)
        owner = np.repeat(np.arange(len(texts)), np.diff(found.kinds[0].offsets))
        if not len(owner):
            return [()] * len(texts)
        return pieces(gathered(change, found), found, owner, read)

    @cached_property
    def _badness(self) -> Shifts:
        """How far each n-gram leads to negative rather than positive, and to a complaint."""
        rows = self.weights.astype(np.float64)
        lean = rows[:, NEGATIVE] - (rows[:, NEUTRAL] + rows[:, POSITIVE]) / 2
        badness: Shifts = lean + rows[:, COMPLAINT]
        return badness

    @cached_property
    def _row_of(self) -> NDArray[np.int32]:
        rows = np.full(BUCKETS, -1, dtype=np.int32)
        rows[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        return rows


class LayeredScorer:
    """A scorer with people's corrections on top; keeps the contract of the scorer below.

    Where that one knows only polarity, `complaint` stays None and the layer's part of the
    answer is `complaint_shift`, which the judge adds to its own reckoning.
    """

    def __init__(self, base: Scorer, layer: Layer) -> None:
        """Raise LayerError when the layer was learnt over another scorer."""
        if layer.base_version != base.version:
            raise LayerError(
                f"{layer.version} was learnt over {layer.base_version}, not over {base.version}"
            )
        self._base = base
        self._layer = layer

    @property
    def version(self) -> str:
        # The layer's part is made of the whole name below, so that no two are taken for one.
        return f"{self._base.version[:LONGEST_BASE]}+{self._layer.version}"

    def score(self, texts: Sequence[str]) -> list[Score]:
        shifts = self._layer.shifts(texts).tolist()
        return [
            # Another scorer that stood in was never corrected.
            score if score.by else _moved(score, by)
            for score, by in zip(self._base.score(texts), shifts, strict=True)
        ]

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        pairs = zip(self._base.explain(texts), self._layer.evidence(texts), strict=True)
        return [
            tuple(sorted((*below, *own), key=lambda found: -abs(found.weight)))
            for below, own in pairs
        ]


def from_bytes(data: bytes) -> Layer:
    """Read what `Layer.to_bytes` wrote; raise LayerError for anything else."""
    if not _HEAD.size + _DIGEST_BYTES <= len(data) <= MAX_BYTES:
        raise LayerError(f"{len(data)} bytes are no layer")
    body, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    magic, fingerprint, count, base_bytes = _HEAD.unpack_from(body)
    if magic != _MAGIC:
        raise LayerError("not a layer, or one of another version of this program")
    if hashlib.sha256(body).digest() != digest:
        raise LayerError("the layer is damaged")
    if fingerprint != _fingerprint():
        raise LayerError("the layer was learnt from n-grams that are counted otherwise now")
    start = _HEAD.size + base_bytes
    if count > MAX_ENTRIES or len(body) != start + count * 4 * (1 + OUTPUTS):
        raise LayerError("the layer is damaged")
    try:
        base_version = body[_HEAD.size : start].decode()
    except UnicodeDecodeError as error:
        raise LayerError("the layer is damaged") from error
    buckets = np.frombuffer(body, "<u4", count, start).astype(np.int64)
    weights = np.frombuffer(body, "<f4", count * OUTPUTS, start + 4 * count)
    return checked(Layer(base_version, buckets, weights.reshape(count, OUTPUTS)))


def checked(layer: Layer) -> Layer:
    """Return the layer; raise LayerError unless its arrays are what they must be."""
    buckets, weights = layer.buckets, layer.weights
    ascending = not len(buckets) or bool(np.all(np.diff(buckets) > 0) and buckets[0] >= 0)
    if not ascending or (len(buckets) and buckets[-1] >= BUCKETS):
        raise LayerError("the layer's n-grams are not in order")
    if weights.shape != (len(buckets), OUTPUTS) or len(buckets) > MAX_ENTRIES:
        raise LayerError("the layer has another shape")
    if not np.all(np.isfinite(weights)) or np.any(np.abs(weights) > LARGEST_WEIGHT):
        raise LayerError("the layer's weights are out of bounds")
    return layer


def folded(text: str) -> str:
    """Return a cleaned text as the layer reads it: simplified, lower case, of bounded length."""
    return simplify(text[:READ_CHARACTERS]).lower()


def lengths(found: Features) -> Shifts:
    """Return what the sum over a text's n-grams is divided by, at least 1."""
    return np.sqrt(np.maximum(found.counts, 1).astype(np.float64))


def logit(probability: float) -> float:
    """Return the log-odds of a probability, which is kept off 0 and 1 by FLOOR."""
    kept = min(max(probability, FLOOR), 1 - FLOOR)
    return log(kept / (1 - kept))


def _moved(score: Score, by: Sequence[float]) -> Score:
    if not any(by):
        return score
    moved = score
    if any(by[:COMPLAINT]):
        parts = (score.negative, score.neutral, score.positive)
        raised = [_raised(p, b) * exp(b) for p, b in zip(parts, by, strict=False)]
        negative, neutral, positive = (part / sum(raised) for part in raised)
        moved = replace(moved, negative=negative, neutral=neutral, positive=positive)
    shift = by[COMPLAINT]
    if score.complaint is None:
        return replace(moved, complaint_shift=shift)
    yes, no = _raised(score.complaint, shift), _raised(1 - score.complaint, -shift)
    return replace(moved, complaint=yes * exp(shift) / (yes * exp(shift) + no))


def _raised(probability: float, by: float) -> float:
    """Return a probability off 0 where it is to rise: certainties may be corrected too."""
    return max(probability, FLOOR * min(by, 1.0)) if by > 0 else probability


def _fingerprint() -> int:
    """Return a number that changes when n-grams are cut or counted in another way."""
    kinds = features([_PROBE]).kinds
    buckets = np.concatenate([grams.bucket for grams in kinds]).astype("<i8").tobytes()
    return int.from_bytes(hashlib.sha256(buckets).digest()[:8], "little")
