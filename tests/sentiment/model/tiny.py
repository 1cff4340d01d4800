"""Networks of a few numbers: one of chance, and ones that know certain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sentiment.model.features import BUCKETS, KEYS
from sentiment.model.network import Calibration, Network
from tests.sentiment.model.slow import grams

PLAIN = {name: Calibration(np.ones(4), np.zeros(4)) for name in ("zh", "en")}
STEP = 0.1


def by_chance(seed: int = 1, width: int = 3, window: int = 4, hidden: int = 5) -> Network:
    """Every part of it bears on the outputs; its numbers survive 32 bits."""
    rng = np.random.default_rng(seed)
    pooled = width + 2 * window

    def some(*shape: int) -> np.ndarray:
        return (rng.integers(-32, 33, shape) / 32).astype(np.float64)

    return Network(
        version="chance",
        vectors=rng.integers(-127, 128, (BUCKETS, width), dtype=np.int8),
        scales=rng.integers(1, 9, width) / 256,
        window=some(3, width, window),
        window_bias=some(window),
        hidden=some(pooled, hidden),
        hidden_bias=some(hidden),
        outward=some(hidden, 4),
        straight=some(pooled, 4),
        bias=some(4),
        known=np.zeros(KEYS // 8, dtype=np.uint8),
        calibration=PLAIN,
    )


def by_words(
    steps: Mapping[str, int],
    bias: Sequence[float] = (0, 0, 0, 0),
    calibration: Mapping[str, Calibration] = PLAIN,
    version: str = "words",
) -> Network:
    """A network in which the feature that spans all of a key adds steps to "negative"."""
    vectors = np.zeros((BUCKETS, 1), dtype=np.int8)
    for words, count in steps.items():
        (whole,) = (
            gram
            for kind in grams(words)[:3]
            for gram in kind
            if (gram.start, gram.end) == (0, len(words))
        )
        vectors[whole.bucket] = count
    straight = np.zeros((3, 4))
    straight[0, 0] = 1
    return Network(
        version=version,
        vectors=vectors,
        scales=np.array([STEP]),
        window=np.zeros((3, 1, 1)),
        window_bias=np.zeros(1),
        hidden=np.zeros((3, 1)),
        hidden_bias=np.zeros(1),
        outward=np.zeros((1, 4)),
        straight=straight,
        bias=np.array(bias, dtype=np.float64),
        known=np.zeros(KEYS // 8, dtype=np.uint8),
        calibration=calibration,
    )
