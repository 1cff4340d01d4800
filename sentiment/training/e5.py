"""multilingual-e5-small as a module of torch, to be trained further, and its tokenizer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn

from sentiment.model.features import Integers
from sentiment.training.e5_file import E5File, Vocabulary

ASKED = "query: "
"""What the model was trained to find before a text that is not a passage to be searched."""


class Pieces:
    """The tokenizer: texts to numbers of pieces, at most `most` with the two at the borders."""

    def __init__(self, vocabulary: Vocabulary, most: int) -> None:
        self._vocabulary = vocabulary
        self._most = most
        self._tokenizer = _tokenizer(vocabulary)

    def numbers(self, texts: Sequence[str]) -> list[Integers]:
        """Return the numbers of each text's pieces, borders included."""
        begin, end = self._vocabulary.begin, self._vocabulary.end
        found = self._tokenizer.encode_batch([ASKED + text for text in texts])
        return [np.array([begin, *each.ids[: self._most - 2], end]) for each in found]

    def padded(self, numbers: Sequence[Integers]) -> Tensor:
        """Return one row for each text, filled up to the longest."""
        rows = [torch.from_numpy(each) for each in numbers]
        return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=self._vocabulary.pad)


def _tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), unk_id=vocabulary.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


class Layer(nn.Module):
    """Attention, then two matrices with GELU between; a sum and a norm after each half."""

    def __init__(self, file: E5File, number: int) -> None:
        super().__init__()
        width, inner = file.shape.width, file.shape.inner
        name = f"l{number}"
        self.heads = file.shape.heads
        self.asking = _linear(file, f"{name}.q", width, width)
        self.offering = _linear(file, f"{name}.k", width, width)
        self.content = _linear(file, f"{name}.v", width, width)
        self.gathered = _linear(file, f"{name}.ao", width, width)
        self.gathered_norm = _norm(file, f"{name}.aln")
        self.widened = _linear(file, f"{name}.fi", width, inner)
        self.narrowed = _linear(file, f"{name}.fo", inner, width)
        self.narrowed_norm = _norm(file, f"{name}.oln")

    def forward(self, states: Tensor, present: Tensor) -> Tensor:
        """Return new states (texts x pieces x width); `present` is False at padding."""
        seen = F.scaled_dot_product_attention(
            self._by_head(self.asking(states)),
            self._by_head(self.offering(states)),
            self._by_head(self.content(states)),
            attn_mask=present[:, None, None, :],
        )
        gathered = self.gathered(seen.transpose(1, 2).flatten(2))
        states = self.gathered_norm(states + gathered)
        narrowed = self.narrowed(F.gelu(self.widened(states)))
        changed: Tensor = self.narrowed_norm(states + narrowed)
        return changed

    def _by_head(self, states: Tensor) -> Tensor:
        """Return texts x heads x pieces x numbers."""
        texts, pieces, width = states.shape
        return states.view(texts, pieces, self.heads, width // self.heads).transpose(1, 2)


class E5(nn.Module):
    """The transformer; its answer is the mean of the last states."""

    def __init__(self, file: E5File) -> None:
        super().__init__()
        width = file.shape.width
        self.pad = file.vocabulary.pad
        self.words = nn.Parameter(_tensor(file, "emb.word", -1, width))
        self.places = nn.Parameter(_tensor(file, "emb.pos", -1, width))
        self.kinds = nn.Parameter(_tensor(file, "emb.type", -1, width))
        self.norm = _norm(file, "emb.ln")
        self.layers = nn.ModuleList(Layer(file, number) for number in range(file.shape.layers))

    def freeze(self, layers: int) -> None:
        """Keep the embeddings and so many layers as they are; train the others."""
        self.requires_grad_(requires_grad=False)
        self.layers[layers:].requires_grad_(requires_grad=True)

    def forward(self, numbers: Tensor) -> Tensor:
        """Return texts x width for padded numbers of pieces."""
        present = numbers != self.pad
        words = F.embedding(numbers, self.words)
        states = self.norm(words + self.places[: numbers.shape[1]] + self.kinds[0])
        for layer in self.layers:
            states = layer(states, present)
        counted = present[..., None].float()
        mean: Tensor = (states.float() * counted).sum(1) / counted.sum(1)
        return mean


def _tensor(file: E5File, name: str, *shape: int) -> Tensor:
    return torch.from_numpy(file.array(name, *shape))


def _linear(file: E5File, name: str, inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    linear.weight = nn.Parameter(_tensor(file, f"{name}.w", outputs, inputs))
    linear.bias = nn.Parameter(_tensor(file, f"{name}.b", outputs))
    return linear


def _norm(file: E5File, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(file.shape.width, file.shape.epsilon)
    norm.weight = nn.Parameter(_tensor(file, f"{name}.w", file.shape.width))
    norm.bias = nn.Parameter(_tensor(file, f"{name}.b", file.shape.width))
    return norm
