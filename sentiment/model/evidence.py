"""Which words of a text carried its score.

The weight of a feature is what it adds to the score while the rest of the text stays; it is
shared out among the characters that it covers. Words (or single Chinese characters) whose
share stands out and that stand side by side make one piece of evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sentiment.model.features import Features, Grams, Integers
from sentiment.model.network import Floats, Network, Reading
from sentiment.scorer import Evidence

SHOWN = 4
"""Pieces of evidence per text: people read them."""

_BAD = np.array([1.0, 0.0, -1.0, 0.5])
"""Where evidence leads: to negative rather than positive, and to a complaint."""
_LEAST = 0.05
_STANDS_OUT = 0.3
"""Share of the heaviest word's weight that a word must have to be evidence."""
_LONGEST_SPAN = 24


def evidence(
    network: Network, seen: Features, reading: Reading, texts: Sequence[str]
) -> list[tuple[Evidence, ...]]:
    """Return the evidence of each text, heaviest first."""
    if not len(seen.kinds[0].start):
        return [()] * len(texts)
    owner = reading.owner[reading.rows]
    return pieces(_token_weights(network, seen, reading), seen, owner, texts)


def pieces(
    weights: Floats, seen: Features, owner: Integers, texts: Sequence[str]
) -> list[tuple[Evidence, ...]]:
    """Return the pieces of each text that stand out, heaviest first.

    `weights` and `owner` have the weight and the number of the text of each single token.
    """
    heaviest = np.zeros(len(texts))
    np.maximum.at(heaviest, owner, np.abs(weights))
    least = np.maximum(heaviest * _STANDS_OUT, _LEAST)[owner]
    signs = np.where(np.abs(weights) >= least, np.sign(weights), 0.0)
    found: list[list[Evidence]] = [[] for _ in texts]
    tokens = seen.kinds[0]
    for text, start, end, weight in _runs(signs, owner, tokens.start, tokens.end, weights):
        origin = int(seen.origins[text])
        words = texts[text][max(start - origin, 0) : end - origin]
        found[text].append(Evidence(words[:_LONGEST_SPAN], round(weight, 2)))
    return [tuple(sorted(each, key=_heaviest_first)[:SHOWN]) for each in found]


def _heaviest_first(each: Evidence) -> tuple[float, str]:
    return (-abs(each.weight), each.text)


def _token_weights(network: Network, seen: Features, reading: Reading) -> Floats:
    """Return the weight of each token: the shares of all features that cover it."""
    slopes = network.slopes(seen, reading, _BAD) * network.scales
    change = np.zeros(int(seen.origins[-1]) + 1)
    for grams in seen.kinds:
        weight = np.einsum(
            "ij,ij->i", network.vectors[grams.bucket], slopes[reading.rows[grams.token]]
        )
        share_out(change, weight, grams)
    return gathered(change, seen)


def share_out(change: Floats, weight: Floats, grams: Grams) -> None:
    """Share each feature's weight among its characters, in `change` from place to place."""
    weight = weight / (grams.end - grams.start)
    change += np.bincount(grams.start, weight, len(change))
    change -= np.bincount(grams.end, weight, len(change))


def gathered(change: Floats, seen: Features) -> Floats:
    """Return what was shared out to the characters of each single token."""
    sums = np.concatenate(([0.0], np.cumsum(np.cumsum(change))))
    weights: Floats = sums[seen.kinds[0].end] - sums[seen.kinds[0].start]
    return weights


def _runs(
    signs: Floats, owner: Integers, start: Integers, end: Integers, weights: Floats
) -> list[tuple[int, int, int, float]]:
    """Return text, start, end and weight of each run of neighbours with the same sign."""
    new = np.ones(len(signs), dtype=bool)
    new[1:] = (signs[1:] != signs[:-1]) | (owner[1:] != owner[:-1])
    firsts = np.flatnonzero(new)
    sums = np.add.reduceat(weights, firsts)
    lasts = np.append(firsts[1:], len(signs)) - 1
    kept = signs[firsts] != 0
    firsts, lasts, sums = firsts[kept], lasts[kept], sums[kept]
    return list(
        zip(
            owner[firsts].tolist(),
            start[firsts].tolist(),
            end[lasts].tolist(),
            sums.tolist(),
            strict=True,
        )
    )
