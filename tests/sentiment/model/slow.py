"""The shipped model once more in plain Python, slow and readable, to check the fast one by.

The numbers are written out anew: a change to the hashes would make nonsense of a shipped file.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from sentiment.model.network import Network

MODULO = 1 << 64
BASE = 0x9E3779B97F4A7C15
ORDER = (0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7, 0xABC98388FB8FAC03)
KEY_BITS, BUCKET_BITS = 21, 19


class Gram(NamedTuple):
    """A feature of one text: places count from its first character, -1 is the border before."""

    key: int
    token: int
    start: int
    end: int

    @property
    def bucket(self) -> int:
        return self.key >> (KEY_BITS - BUCKET_BITS)


def grams(text: str) -> list[list[Gram]]:
    """One, two and three tokens in a row, then three to five characters of words."""
    tokens = _tokens(text)
    hashes = [_polynomial(reversed(text[start:end])) for start, end in tokens]
    return [
        *(_in_a_row(tokens, hashes, length) for length in (1, 2, 3)),
        *(_in_words(text, tokens, length) for length in (3, 4, 5)),
    ]


def _tokens(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place, each in enumerate(text):
        if _is_word(each) and found and found[-1][1] == place and _is_word(text[place - 1]):
            found[-1] = (found[-1][0], place + 1)
        elif each not in " \n":
            found.append((place, place + 1))
    return found


def _is_word(each: str) -> bool:
    return "a" <= each <= "z" or "0" <= each <= "9" or "ß" <= each <= "ɏ" or each == "'"


def _code(each: str) -> int:
    return ord("0") if "1" <= each <= "9" else ord(each)


def _polynomial(characters: Sequence[str]) -> int:
    """The last character counts once, the one before BASE times, and so on."""
    total = 0
    for each in characters:
        total = (total * BASE + _code(each)) % MODULO
    return total


def _in_a_row(tokens: list[tuple[int, int]], hashes: list[int], length: int) -> list[Gram]:
    found = []
    for first in range(len(tokens) - length + 1):
        run = hashes[first]
        for each in hashes[first + 1 : first + length]:
            run = ((run ^ (run >> 29)) * BASE + each) % MODULO
        key = _key(run * ORDER[length - 1])
        found.append(Gram(key, first, tokens[first][0], tokens[first + length - 1][1]))
    return found


def _in_words(text: str, tokens: list[tuple[int, int]], length: int) -> list[Gram]:
    bordered = f" {text} "
    owner = {place: n for n, (start, end) in enumerate(tokens) for place in range(start, end)}
    found = []
    for start in range(-1, len(text) + 2 - length):
        characters = bordered[start + 1 : start + 1 + length]
        borders = (characters[0], characters[-1])
        inside = all(_is_word(each) for each in characters[1:-1])
        if inside and all(_is_word(each) or each in " \n" for each in borders):
            key = _key((_polynomial(characters) + length) * BASE)
            found.append(Gram(key, owner[start + 1], start, start + length))
    return found


def _key(number: int) -> int:
    number %= MODULO
    return ((number ^ (number >> 32)) * BASE) % MODULO >> (64 - KEY_BITS)


def token_sums(network: Network, text: str) -> list[list[float]]:
    """The sum of the vectors of each token's features."""
    found = grams(text)
    sums = [[0.0] * network.vectors.shape[1] for _ in found[0]]
    for gram in (gram for kind in found for gram in kind):
        for place, (number, scale) in enumerate(
            zip(network.vectors[gram.bucket].tolist(), network.scales.tolist(), strict=True)
        ):
            sums[gram.token][place] += number * scale
    return sums


def outputs(network: Network, tokens: list[list[float]], features: int) -> list[float]:
    """The four raw outputs for a text of these tokens and so many features."""
    nothing = [0.0] * network.vectors.shape[1]
    bent = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else nothing
        after = tokens[place + 1] if place + 1 < len(tokens) else nothing
        mixed = network.window_bias.tolist()
        for part, weights in zip((before, token, after), network.window.tolist(), strict=True):
            mixed = _plus(mixed, _times(part, weights))
        bent.append([max(each, 0.0) for each in mixed])
    columns = list(zip(*bent, strict=True)) or [(0.0,)] * network.window.shape[2]
    bag = [sum(column) / sqrt(max(features, 1)) for column in zip(*tokens, strict=True)] or nothing
    mean = [sum(column) / sqrt(max(len(tokens), 1)) for column in columns]
    pooled = [*bag, *mean, *map(max, columns)]
    hidden = _plus(_times(pooled, network.hidden.tolist()), network.hidden_bias.tolist())
    hidden = [max(each, 0.0) for each in hidden]
    straight = _times(pooled, network.straight.tolist())
    return _plus(_plus(_times(hidden, network.outward.tolist()), straight), network.bias.tolist())


def _times(row: list[float], matrix: list[list[float]]) -> list[float]:
    return [
        sum(value * weights[column] for value, weights in zip(row, matrix, strict=True))
        for column in range(len(matrix[0]))
    ]


def _plus(one: list[float], other: list[float]) -> list[float]:
    return [a + b for a, b in zip(one, other, strict=True)]
