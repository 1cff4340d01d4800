"""From texts to hashed n-grams, for a whole batch at once.

A token is a run of letters and digits, or any other single character that is not white space;
so Chinese is read by characters, English by words, and mixed text as both. Features are one,
two and three tokens in a row, and three to five characters of a word with its borders. Each
is a place in the text and one of `BUCKETS` numbers. All arithmetic is on integers modulo
2**64: the same text has the same features on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
_Hashes = NDArray[np.uint64]

BUCKET_BITS = 19
BUCKETS = 1 << BUCKET_BITS
KEY_BITS = 21
KEYS = 1 << KEY_BITS
"""Keys tell features apart better than buckets do: enough to say which ones were ever seen."""

_SPACE, _WORD, _OTHER = 0, 1, 2
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_ORDER = (0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7, 0xABC98388FB8FAC03)
_IN_WORD = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Grams:
    """Features of one kind: `bucket[i]` stands for the characters `start[i]:end[i]`.

    The places count in the batch's joined text; features are in the order of the texts, and
    those of text `t` begin at `offsets[t]` and end before `offsets[t + 1]`. `token[i]` is the
    number, in the batch, of the token that the feature begins in or is a part of. `key` has
    KEY_BITS bits, the first BUCKET_BITS of which are the bucket.
    """

    key: Integers
    bucket: Integers
    token: Integers
    start: Integers
    end: Integers
    offsets: Integers


@dataclass(frozen=True, slots=True)
class Features:
    """All features of a batch; text `t` begins at the place `origins[t]` of the joined text.

    `counts` has the number of features of each text.
    """

    kinds: tuple[Grams, ...]
    origins: Integers
    counts: Integers

    @property
    def tokens(self) -> Grams:
        """The features that are one token each."""
        return self.kinds[0]

    @property
    def pairs(self) -> Grams:
        """The features that are two tokens in a row."""
        return self.kinds[1]


def features(texts: Sequence[str]) -> Features:
    """Return the features of texts that were cleaned, simplified, and put into lower case."""
    # A space on each side of a text is the border of its first and last word.
    joined = " ".join(("", *texts, ""))
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    # How many matters less than that there is a number: all digits read as 0.
    codes = np.where((codes > 48) & (codes <= 57), np.uint32(48), codes)
    lengths = [len(text) + 1 for text in texts]
    origins = np.array(list(accumulate(lengths, initial=1)), dtype=np.int64)
    classes = _classes(codes)
    in_a_row = _in_a_row(codes, classes, origins)
    kinds = (*in_a_row, *_in_words(codes, classes, origins, in_a_row[0].start))
    counts = sum((np.diff(grams.offsets) for grams in kinds), np.zeros(len(texts), np.int64))
    return Features(kinds, origins, counts)


def _classes(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Tell white space from letters and digits from everything else."""
    lower, digit = (codes >= 97) & (codes <= 122), (codes >= 48) & (codes <= 57)
    accented = (codes >= 0xDF) & (codes <= 0x24F)
    classes = np.full(len(codes), _OTHER, dtype=np.uint8)
    classes[lower | digit | accented | (codes == 39)] = _WORD
    classes[(codes == 32) | (codes == 10)] = _SPACE
    return classes


def _in_a_row(
    codes: NDArray[np.uint32], classes: NDArray[np.uint8], origins: Integers
) -> list[Grams]:
    """Return the runs of one, two and three tokens."""
    word = classes == _WORD
    inside = np.concatenate(([False], word[1:] & word[:-1], [False]))
    starts = np.flatnonzero((classes != _SPACE) & ~inside[:-1])
    ends = np.flatnonzero((classes != _SPACE) & ~inside[1:]) + 1
    hashes = _span_hashes(codes, starts, ends)
    found = []
    run = hashes
    for length, salt in enumerate(_ORDER, 1):
        if length > 1:
            run = (run[:-1] ^ (run[:-1] >> np.uint64(29))) * np.uint64(_BASE) + hashes[length - 1 :]
        first, last = starts[: len(run)], ends[length - 1 :]
        found.append(_grams(run * np.uint64(salt), np.arange(len(run)), first, last, origins))
    return found


def _in_words(
    codes: NDArray[np.uint32], classes: NDArray[np.uint8], origins: Integers, tokens: Integers
) -> list[Grams]:
    """Return the runs of three to five characters within words and their borders."""
    word = classes == _WORD
    found = []
    wide = codes.astype(np.uint64)
    for length in _IN_WORD:
        count = max(len(codes) - length + 1, 0)
        inner = np.ones(count, dtype=bool)
        for shift in range(1, length - 1):
            inner &= word[shift : shift + count]
        # Borders are spaces or letters, never punctuation.
        inner &= (classes[:count] != _OTHER) & (classes[length - 1 :][:count] != _OTHER)
        starts = np.flatnonzero(inner)
        run = np.zeros(len(starts), dtype=np.uint64)
        for shift in range(length):
            run = run * np.uint64(_BASE) + wide[starts + shift]
        run = (run + np.uint64(length)) * np.uint64(_BASE)
        # The second character is in the word whatever the first one is.
        token = np.searchsorted(tokens, starts + 1, side="right") - 1
        found.append(_grams(run, token, starts, starts + length, origins))
    return found


def _grams(
    hashes: _Hashes, tokens: Integers, starts: Integers, ends: Integers, origins: Integers
) -> Grams:
    """Keep what lies within one text; a border may reach one character into the space around."""
    text = np.searchsorted(origins, starts + 1, side="right") - 1
    within = ends <= origins[np.minimum(text + 1, len(origins) - 1)]
    hashes, text = hashes[within], text[within]
    mixed = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(_BASE)
    key = (mixed >> np.uint64(64 - KEY_BITS)).astype(np.int64)
    offsets = np.searchsorted(text, np.arange(len(origins)))
    bucket = key >> (KEY_BITS - BUCKET_BITS)
    return Grams(key, bucket, tokens[within], starts[within], ends[within], offsets)


def _span_hashes(codes: NDArray[np.uint32], starts: Integers, ends: Integers) -> _Hashes:
    """Hash each span by a difference of prefix sums; a span's place does not matter."""
    powers = np.cumprod(np.full(len(codes), _BASE, dtype=np.uint64))
    back = np.cumprod(np.full(len(codes), _INVERSE, dtype=np.uint64))
    sums = np.concatenate(([np.uint64(0)], np.cumsum(codes.astype(np.uint64) * powers)))
    hashes: _Hashes = (sums[ends] - sums[starts]) * back[starts]
    return hashes
