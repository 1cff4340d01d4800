"""The scorer that ships with the product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from sentiment.model.evidence import evidence
from sentiment.model.features import Features, features
from sentiment.model.network import Floats, Network, Reading, load_network
from sentiment.scale import NEUTRAL
from sentiment.scorer import Evidence, Score
from sentiment.text import language

FILE: Final = Path(__file__).with_name("shipped.npz")

_DECIMALS: Final = 4
_LONGEST: Final = 1_000
"""Characters that are read: longer posts say no more about polarity, and cost more."""
_BATCH: Final = 128
"""Texts read at once: more of them leave the processor's cache."""


def normalise(text: str) -> str:
    """Return a cleaned text (`sentiment.text.clean`) as the model reads it."""
    return text[:_LONGEST].lower()


@dataclass(frozen=True, slots=True)
class _Read:
    """A batch and what the network made of it."""

    texts: tuple[str, ...]
    seen: Features
    reading: Reading


class ShippedScorer:
    """Scores Chinese and English with the network in the package; all else is neutral."""

    def __init__(self, network: Network | None = None) -> None:
        """Load the file in the package where no network is given (ModelError)."""
        self._network = network or load_network(FILE)
        self._last: _Read | None = None

    @property
    def version(self) -> str:
        return f"shipped-{self._network.version}"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [score for batch in _batches(texts) for score in self._score(batch)]

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [found for batch in _batches(texts) for found in self._explain(batch)]

    def _score(self, texts: Sequence[str]) -> list[Score]:
        network = self._network
        read = self._read(texts)
        outputs = network.outputs(read.reading)
        coverage = np.round(network.coverage(read.seen), _DECIMALS).tolist()
        languages = [language(text) for text in texts]
        scores = [NEUTRAL] * len(texts)
        for code, calibration in network.calibration.items():
            places = [place for place, found in enumerate(languages) if found == code]
            rows = _probabilities(calibration.apply(outputs[places]))
            for place, (negative, neutral, positive, complaint) in zip(places, rows, strict=True):
                scores[place] = Score(
                    negative, neutral, positive, complaint, coverage=coverage[place]
                )
        return scores

    def _explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        read = self._read(texts)
        return evidence(self._network, read.seen, read.reading, [normalise(t) for t in texts])

    def _read(self, texts: Sequence[str]) -> _Read:
        """Read a batch, or take what was read of it last: to explain a score costs half then."""
        last, now = self._last, tuple(texts)
        if last is not None and last.texts == now:
            return last
        seen = features([normalise(text) for text in now])
        read = _Read(now, seen, self._network.read(seen))
        # One assignment: another thread sees this batch or its own, never a mixture.
        self._last = read
        return read


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[first : first + _BATCH] for first in range(0, len(texts), _BATCH))


def _probabilities(outputs: Floats) -> list[list[float]]:
    """Return the probabilities of negative, neutral, positive, and of a complaint.

    They are rounded: the last digits of an exponential differ between machines.
    """
    polarity = outputs[:, :3] - outputs[:, :3].max(axis=1, keepdims=True, initial=-np.inf)
    shares = np.exp(polarity)
    shares /= shares.sum(axis=1, keepdims=True)
    complaint = 1 / (1 + np.exp(-np.clip(outputs[:, 3:4], -30, 30)))
    rounded = np.round(np.concatenate([shares, complaint], axis=1), _DECIMALS)
    rounded[:, 1] = np.round(1 - rounded[:, 0] - rounded[:, 2], _DECIMALS)
    rows: list[list[float]] = np.maximum(rounded, 0.0).tolist()
    return rows
