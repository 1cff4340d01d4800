"""The network is the slow one; its file is read whole or refused with a word on the mend."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.model.features import features
from sentiment.model.network import (
    Calibration,
    ModelError,
    Network,
    load_network,
    save_network,
)
from sentiment.scorer import ScorerUnavailable
from tests.sentiment.model import slow
from tests.sentiment.model.tiny import by_chance

TEXTS = [
    "",
    "坏了",
    "客服 didn't reply for 3 days!!",
    "  ",
    "!",
    "\ud83d 退款",
    "好" * 40,
    "ok",
    "😡😡 broken, broken\n又坏了",
]
DIRECTION = np.array([1.0, -0.25, -1.0, 0.5])
SOME_TEXT = st.text(st.sampled_from("ab'9 \n坏了退!😡\ud83d"), max_size=30)


@pytest.fixture(scope="module")
def network() -> Network:
    return by_chance()


def outputs(network: Network, texts: list[str]) -> list[list[float]]:
    rows: list[list[float]] = network.outputs(network.read(features(texts))).tolist()
    return rows


def slowly(network: Network, text: str) -> list[float]:
    count = sum(map(len, slow.grams(text)))
    return slow.outputs(network, slow.token_sums(network, text), count)


def close(numbers: Any) -> Any:
    return pytest.approx(numbers, rel=1e-9, abs=1e-9)


def test_outputs_are_those_of_the_slow_way(network: Network) -> None:
    assert outputs(network, TEXTS) == [close(slowly(network, text)) for text in TEXTS]


def test_no_texts(network: Network) -> None:
    assert network.outputs(network.read(features([]))).shape == (0, 4)
    assert network.coverage(features([])).tolist() == []


@settings(max_examples=40, deadline=None)
@given(st.lists(SOME_TEXT, min_size=1, max_size=5))
def test_company_changes_nothing(texts: list[str]) -> None:
    network = by_chance_once()
    together = outputs(network, texts)
    assert together == [close(outputs(network, [text])[0]) for text in texts]
    assert together[0] == close(slowly(network, texts[0]))


def by_chance_once(made: list[Network] = []) -> Network:  # noqa: B006 - made once
    if not made:
        made.append(by_chance(seed=2))
    return made[0]


def test_sums_of_vectors_do_not_run_over(network: Network) -> None:
    """Steps of 127 each, and features of a long word by the hundred."""
    heavy = replace(network, vectors=np.full_like(network.vectors, 127))
    text = "a" * 300
    assert outputs(heavy, [text]) == [close(slowly(heavy, text))]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_slopes_are_finite_differences(seed: int) -> None:
    network, step = by_chance(seed), 1e-6
    texts = ["客服 didn't reply!", "", "坏", "ok 坏了 again"]
    seen = features(texts)
    reading = network.read(seen)
    slopes = network.slopes(seen, reading, DIRECTION)[reading.rows]
    expected = []
    for text in texts:
        tokens, count = slow.token_sums(network, text), sum(map(len, slow.grams(text)))
        for token in tokens:
            row = []
            for place in range(len(token)):
                ends = []
                for change in (step, -step):
                    token[place] += change
                    ends.append(float(DIRECTION @ slow.outputs(network, tokens, count)))
                    token[place] -= change
                row.append((ends[0] - ends[1]) / (2 * step))
            expected.append(row)
    assert slopes.shape == (len(expected), 3)
    assert slopes == pytest.approx(np.array(expected), rel=1e-4, abs=1e-5)


def test_coverage_is_the_share_of_known_pairs(network: Network) -> None:
    known = network.known.copy()
    for gram in slow.grams("退款没到")[1]:
        known[gram.key // 8] |= 1 << (gram.key % 8)
    taught = replace(network, known=known)
    texts = ["退款没到", "物流停了", "退款停了", "", "好", "没到", "款没有到"]
    shares = [1.0, 0.0, 1 / 3, 1.0, 1.0, 1.0, 1 / 3]
    assert taught.coverage(features(texts)).tolist() == pytest.approx(shares)
    assert [taught.coverage(features([text])).item() for text in texts] == pytest.approx(shares)


def test_calibration_is_a_slope_and_a_shift_per_output() -> None:
    calibration = Calibration(np.array([2.0, 2, 2, 1]), np.array([0.5, 0, -1, 3]))
    raw = np.array([[1.0, 2, 3, 4], [0, 0, 0, 0]])
    assert calibration.apply(raw).tolist() == [[2.5, 4, 5, 7], [0.5, 0, -1, 3]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A model file of a network that is mostly zeros, so it is small."""
    return written(tmp_path_factory.mktemp("model"), small()).read_bytes()


def small() -> Network:
    network = by_chance(width=2, window=1, hidden=1)
    vectors = np.zeros_like(network.vectors)
    vectors[::1_000] = network.vectors[::1_000]
    own = Calibration(np.array([0.5, 0.5, 0.5, 2]), np.array([0.1, 0, -0.3, 1]))
    return replace(network, vectors=vectors, calibration={"zh": own, "en": own})


def written(folder: Path, network: Network) -> Path:
    path = folder / "small.npz"
    save_network(path, network)
    return path


def test_what_is_saved_is_loaded(tmp_path: Path, network: Network) -> None:
    network = replace(network, calibration=small().calibration)
    network.known[5] = 77
    loaded = load_network(written(tmp_path, network))
    assert outputs(loaded, TEXTS) == outputs(network, TEXTS)
    assert same(loaded, network)


def same(one: Network, other: Network) -> bool:
    arrays = [name for name in Network.__slots__ if name not in ("version", "calibration")]
    return (
        one.version == other.version
        and {name: (c.slope.tolist(), c.shift.tolist()) for name, c in one.calibration.items()}
        == {name: (c.slope.tolist(), c.shift.tolist()) for name, c in other.calibration.items()}
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
    )


def test_equal_networks_make_equal_files(tmp_path: Path, saved: bytes) -> None:
    assert written(tmp_path, small()).read_bytes() == saved


def refusal(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_network(path)
    return str(caught.value)


def told(path: Path) -> bool:
    """Whether the refusal names the file and the mend, in one line."""
    words = refusal(path)
    return words.startswith(f"{path}: ") and words.endswith("install again") and "\n" not in words


def test_a_refused_model_is_a_scorer_that_cannot_be_built() -> None:
    assert issubclass(ModelError, ScorerUnavailable)


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, saved: bytes, share: float
) -> None:
    path = tmp_path_factory.mktemp("cut") / "small.npz"
    path.write_bytes(saved[: int(len(saved) * share)])
    assert told(path)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_was_not_hurt(
    tmp_path_factory: pytest.TempPathFactory, saved: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(saved)
    # The directory at the end of the file is small, and more can go wrong there.
    places = st.one_of(
        st.integers(0, len(saved) - 1), st.integers(len(saved) - 1_200, len(saved) - 1)
    )
    for place in data.draw(st.lists(places, min_size=1, max_size=3)):
        damaged[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("hurt") / "small.npz"
    path.write_bytes(damaged)
    try:
        loaded = load_network(path)
    except ModelError:
        assert told(path)
    else:
        assert same(loaded, small_once(saved, path))


def small_once(saved: bytes, path: Path) -> Network:
    path.write_bytes(saved)
    return load_network(path)


class Bomb:
    """Unpickling it would be seen."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (pytest.exit, ("a model file ran code",))


def array_file(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def archive(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", id="text"),
        pytest.param(b"PK\x03\x04", id="zip-begins"),
        pytest.param(array_file(np.zeros(3)), id="array"),
        pytest.param(pickle.dumps(Bomb()), id="pickle"),
        pytest.param(array_file(np.array([Bomb()], dtype=object)), id="pickled-array"),
        pytest.param(archive(about=np.array([Bomb()], dtype=object)), id="pickled-part"),
        pytest.param(archive(), id="empty-archive"),
        pytest.param(archive(weights=np.zeros(3)), id="other-archive"),
        pytest.param(archive(about=np.zeros(3)), id="no-json"),
    ],
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    assert told(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert told(tmp_path / "nowhere.npz")
    assert told(tmp_path)


def changed(saved: bytes, path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write the saved parts after a change; `about` is plain data in between."""
    with np.load(io.BytesIO(saved)) as arrays:
        parts: dict[str, Any] = {name: arrays[name] for name in arrays.files}
    parts["about"] = json.loads(bytes(parts["about"]))
    change(parts)
    parts["about"] = np.frombuffer(json.dumps(parts["about"]).encode(), dtype=np.uint8)
    path.write_bytes(archive(**parts))
    return path


def test_an_unchanged_copy_is_read(tmp_path: Path, saved: bytes) -> None:
    assert same(load_network(changed(saved, tmp_path / "copy.npz", lambda parts: None)), small())


@pytest.mark.parametrize(
    "about",
    [
        pytest.param([], id="list"),
        pytest.param({}, id="nothing"),
        pytest.param({"format": 2}, id="later"),
        pytest.param({"calibration": []}, id="calibration-list"),
        pytest.param({"calibration": {"zh": 3}}, id="calibration-number"),
        pytest.param({"calibration": {"zh": [[1, 1, 1], [0, 0, 0]]}}, id="three-outputs"),
        pytest.param({"calibration": {"zh": [[1, 1, 1, 1]]}}, id="no-shift"),
    ],
)
def test_another_description_is_refused(tmp_path: Path, saved: bytes, about: Any) -> None:
    def change(parts: dict[str, Any]) -> None:
        parts["about"] = parts["about"] | about if about else about

    assert told(changed(saved, tmp_path / "other.npz", change))


def test_a_later_format_is_named(tmp_path: Path, saved: bytes) -> None:
    path = changed(saved, tmp_path / "m.npz", lambda parts: parts["about"].update(format=9))
    assert "format 9, expected 1" in refusal(path)


PARTS = [
    *("vectors", "known", "scales", "window", "window_bias"),
    *("hidden", "hidden_bias", "outward", "straight", "bias"),
]


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda array: array[..., :-1], id="narrow"),
        pytest.param(lambda array: np.concatenate([array, array[:1]]), id="long"),
        pytest.param(lambda array: array[None], id="deep"),
        pytest.param(lambda array: np.array(["x"] * len(array)), id="words"),
    ],
)
def test_a_part_of_another_shape_is_refused(
    tmp_path: Path, saved: bytes, name: str, change: Callable[[Any], Any]
) -> None:
    def spoil(parts: dict[str, Any]) -> None:
        parts[name] = change(parts[name])

    assert told(changed(saved, tmp_path / "spoilt.npz", spoil))


@pytest.mark.parametrize("name", ["about", *PARTS])
def test_a_missing_part_is_refused_by_name(tmp_path: Path, saved: bytes, name: str) -> None:
    def spoil(parts: dict[str, Any]) -> None:
        parts[f"{name}-gone"] = parts.pop(name)
        parts.setdefault("about", {})

    if name == "about":
        path = tmp_path / "spoilt.npz"
        path.write_bytes(archive(vectors=np.zeros(3)))
    else:
        path = changed(saved, tmp_path / "spoilt.npz", spoil)
    assert told(path)
    assert name in refusal(path)
