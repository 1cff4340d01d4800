"""Texts as arrays of unequal length, and batches of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentiment.model.features import Features, Integers, features

Buckets = NDArray[np.int32]

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ragged:
    """Features of many texts, one after the other.

    `buckets` are grouped by token, `per_token` says how many each token has, `per_text` how
    many tokens each text has.
    """

    buckets: Buckets
    per_token: Integers
    per_text: Integers


@dataclass(frozen=True, slots=True)
class Batch:
    """Some texts of a `Ragged`; `firsts` is where each token's buckets begin, `owner` its text."""

    buckets: Integers
    firsts: Integers
    owner: Integers
    per_text: Integers
    counts: Integers


def ragged(texts: Sequence[str]) -> Ragged:
    """Return the features of normalised texts."""
    parts = [
        _grouped(features(texts[first : first + _AT_ONCE]))
        for first in range(0, len(texts), _AT_ONCE)
    ]
    return join(parts)


def join(parts: Sequence[Ragged]) -> Ragged:
    """Put the texts of several into one."""
    return Ragged(
        np.concatenate([part.buckets for part in parts]),
        np.concatenate([part.per_token for part in parts]),
        np.concatenate([part.per_text for part in parts]),
    )


def _grouped(found: Features) -> Ragged:
    buckets = np.concatenate([grams.bucket for grams in found.kinds])
    tokens = np.concatenate([grams.token for grams in found.kinds])
    order = np.argsort(tokens, kind="stable")
    per_token = np.bincount(tokens, minlength=len(found.tokens.bucket))
    return Ragged(buckets[order].astype(np.int32), per_token, np.diff(found.tokens.offsets))


class Shelf:
    """Hands out batches of a `Ragged`."""

    def __init__(self, all_texts: Ragged) -> None:
        self._all = all_texts
        self._tokens_from = np.concatenate(([0], np.cumsum(all_texts.per_text)))
        self._buckets_from = np.concatenate(([0], np.cumsum(all_texts.per_token)))

    def __len__(self) -> int:
        return len(self._all.per_text)

    def batch(
        self, texts: Integers, dropout: float = 0.0, rng: np.random.Generator | None = None
    ) -> Batch:
        """Return the texts of these numbers; `dropout` is the share of features to leave out."""
        per_text = self._all.per_text[texts]
        tokens = _stretches(self._tokens_from[texts], per_text)
        per_token = self._all.per_token[tokens]
        buckets = self._all.buckets[_stretches(self._buckets_from[tokens], per_token)]
        if dropout and rng is not None:
            kept = rng.random(len(buckets)) >= dropout
            owner = np.repeat(np.arange(len(per_token)), per_token)[kept]
            per_token = np.bincount(owner, minlength=len(per_token))
            buckets = buckets[kept]
        owner = np.repeat(np.arange(len(texts)), per_text)
        counts = np.bincount(owner, weights=per_token, minlength=len(texts)).astype(np.int64)
        firsts = np.concatenate(([0], np.cumsum(per_token)))[:-1]
        return Batch(buckets.astype(np.int64), firsts, owner, per_text, counts)


def _stretches(starts: Integers, lengths: Integers) -> Integers:
    """Return the numbers of all stretches, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    numbers: Integers = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return numbers
