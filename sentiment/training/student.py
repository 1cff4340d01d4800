"""The pupil: a small network that learns from labels and from the teacher's answers.

Same data, seed and libraries: the same pupil.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

from sentiment.model.features import BUCKETS, Integers
from sentiment.training.corpus import Task
from sentiment.training.exercises import FIRST_HEAD, HEADS, TASKS, UNLABELLED, Exercises
from sentiment.training.ragged import Batch, Shelf


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the pupil is built and taught; chosen on development data."""

    width: int = 16
    window: int = 32
    hidden: int = 32
    epochs: int = 3
    batch: int = 256
    rate: float = 3e-3
    decay: float = 2.0
    feature_dropout: float = 0.3
    window_dropout: float = 0.1
    hidden_dropout: float = 0.1
    teacher_share: float = 0.6
    complaint_weight: float = 0.3
    label_smoothing: float = 0.05
    seed: int = 1


class Pupil(nn.Module):
    """The network of `sentiment.model.network` in training."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        pooled = recipe.width + 2 * recipe.window
        self.vectors = nn.EmbeddingBag(BUCKETS, recipe.width, mode="sum")
        nn.init.normal_(self.vectors.weight, 0.0, 0.05)
        self.window = nn.Linear(3 * recipe.width, recipe.window)
        self.hidden = nn.Linear(pooled, recipe.hidden)
        self.outward = nn.Linear(recipe.hidden, HEADS)
        self.straight = nn.Linear(pooled, HEADS, bias=False)
        self.window_dropout = nn.Dropout(recipe.window_dropout)
        self.hidden_dropout = nn.Dropout(recipe.hidden_dropout)

    def forward(self, batch: Batch) -> Tensor:
        """Return one row of HEADS numbers for each text."""
        tokens = self.vectors(torch.from_numpy(batch.buckets), torch.from_numpy(batch.firsts))
        owner = torch.from_numpy(batch.owner)
        counts = torch.from_numpy(batch.counts).float().clamp(min=1).sqrt()[:, None]
        lengths = torch.from_numpy(batch.per_text).float().clamp(min=1).sqrt()[:, None]
        seen = self.window_dropout(torch.cat(_neighbours(tokens, owner), 1))
        bent = F.relu(self.window(seen))
        texts, wide = len(batch.per_text), bent.shape[1]
        bag = torch.zeros(texts, tokens.shape[1]).index_add(0, owner, tokens) / counts
        mean = torch.zeros(texts, wide).index_add(0, owner, bent) / lengths
        most = torch.zeros(texts, wide).index_reduce(0, owner, bent, "amax")
        pooled = torch.cat([bag, mean, most], 1)
        answer: Tensor = self.outward(self.hidden_dropout(F.relu(self.hidden(pooled))))
        return answer + self.straight(pooled)


def _neighbours(tokens: Tensor, owner: Tensor) -> list[Tensor]:
    """Return the tokens before, themselves, and after, zeros beyond the text."""
    if len(tokens) < 2:
        return [torch.zeros_like(tokens), tokens, torch.zeros_like(tokens)]
    same = (owner[1:] == owner[:-1]).float()[:, None]
    edge = torch.zeros(1, tokens.shape[1])
    before = torch.cat([edge, tokens[:-1] * same])
    after = torch.cat([tokens[1:] * same, edge])
    return [before, tokens, after]


def teach(recipe: Recipe, exercises: Exercises) -> Pupil:
    """Train a pupil."""
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    pupil = Pupil(recipe)
    # Most n-grams are rare, and Adam moves rare weights as far as others: they must fade.
    vectors = list(pupil.vectors.parameters())
    rest = [each for name, each in pupil.named_parameters() if not name.startswith("vectors.")]
    groups = [{"params": vectors, "weight_decay": recipe.decay}, {"params": rest}]
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.99), weight_decay=0.01)
    shelf = Shelf(exercises.texts)
    steps = recipe.epochs * -(-len(shelf) // recipe.batch)
    step = 0
    for _ in range(recipe.epochs):
        order = rng.permutation(len(shelf))
        for first in range(0, len(order), recipe.batch):
            chosen = order[first : first + recipe.batch]
            rate = recipe.rate * min(1.0, step / 200) * (1 - step / steps)
            for group in optimiser.param_groups:
                group["lr"] = rate
            answer = pupil(shelf.batch(chosen, recipe.feature_dropout, rng))
            loss = loss_of(recipe, exercises, answer, chosen)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
    pupil.eval()
    return pupil


def loss_of(recipe: Recipe, exercises: Exercises, answer: Tensor, chosen: Integers) -> Tensor:
    """Return the loss on the labels and on the teacher's answers, a mean over the texts."""
    by_teacher = torch.from_numpy(exercises.teacher[chosen])
    taught = ~by_teacher[:, 0].isnan()
    labelled = torch.from_numpy(exercises.task[chosen] != UNLABELLED)
    share = torch.where(taught, torch.where(labelled, recipe.teacher_share, 1.0), 0.0)
    own = _label_loss(recipe, exercises, answer, chosen) * (1 - share)
    if not taught.any():
        return own.mean()
    told = by_teacher.nan_to_num()
    polarity = _divergence(answer[:, :3], told[:, :3])
    complaint = _divergence(answer[:, 3:5], told[:, 3:5])
    return (own + share * (polarity + recipe.complaint_weight * complaint)).mean()


def _divergence(answer: Tensor, told: Tensor) -> Tensor:
    return F.kl_div(F.log_softmax(answer, -1), F.softmax(told, -1), reduction="none").sum(1)


def _label_loss(recipe: Recipe, exercises: Exercises, answer: Tensor, chosen: Integers) -> Tensor:
    """Return each text's loss on its label, among the heads that its task speaks of."""
    task = torch.from_numpy(exercises.task[chosen])
    label = torch.from_numpy(exercises.label[chosen])
    loss = torch.zeros(len(chosen))
    for number, each in enumerate(TASKS):
        mine = task == number
        if not mine.any():
            continue
        first = FIRST_HEAD[each]
        heads = {Task.POLARITY: [0, 1, 2], Task.TWO_SIDED: [0, 2]}.get(each, [first, first + 1])
        right = label[mine] // 2 if each is Task.TWO_SIDED else label[mine]
        loss[mine] = F.cross_entropy(
            answer[mine][:, heads], right, reduction="none", label_smoothing=recipe.label_smoothing
        )
    return loss * torch.from_numpy(exercises.weight[chosen])
