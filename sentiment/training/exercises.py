"""What the pupil learns from: texts, labels, weights, and the teacher's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sentiment.labelled import EMOTICON
from sentiment.model.features import Integers
from sentiment.model.shipped import normalise
from sentiment.text import clean
from sentiment.training.corpus import Corpus, Example, Task
from sentiment.training.fragments import Fragment
from sentiment.training.ragged import Ragged, ragged

Floats32 = NDArray[np.float32]

HEADS: Final = 9
"""Negative, neutral, positive; no complaint, complaint; no irony, irony; no offence, offence."""
KEPT: Final = 5
"""Of the teacher's outputs so many are kept: the first."""
FIRST_HEAD: Final[Mapping[Task, int]] = {
    Task.POLARITY: 0,
    Task.TWO_SIDED: 0,
    Task.COMPLAINT: 3,
    Task.IRONY: 5,
    Task.OFFENCE: 7,
}
STEP: Final = 1 / 8
"""How finely the teacher's outputs are kept: finer than it is sure of anything."""
BARE: Final = "weibo100k"
"""Its labels are its emoticons, so it is read with and without them."""

_WEIGHTS: Final[Mapping[str, float]] = {
    "weibo_moods": 0.35,
    "shopping": 0.6,
    "hotel": 0.6,
    "covid_weibo": 0.5,
    "weibo100k": 0.5,
    "weibo100k-bare": 0.7,
    "apple_brand": 1.5,
    "complaint_zh": 2.0,
}
_BALANCE: Final = 0.3
"""How far rare classes are lifted: 0 not at all, 1 to the same total."""
_READ: Final = 400


@dataclass(frozen=True, slots=True)
class Exercises:
    """All training texts; arrays have one entry or row for each.

    `task` numbers the members of `Task`, or is UNLABELLED; `label` counts from 0 within the
    task's heads (for TWO_SIDED 0 and 2). `teacher` has the first KEPT of the teacher's outputs,
    rows of NaN where it gave none.
    """

    texts: Ragged
    task: Integers
    label: Integers
    weight: Floats32
    teacher: Floats32


TASKS: Final = tuple(Task)
UNLABELLED: Final = -1


def exercises(
    sets: Sequence[Corpus],
    teacher: Mapping[tuple[str, str], Floats32],
    parts: Sequence[Fragment] = (),
) -> Exercises:
    """Build the exercises; `teacher` has its outputs by set and id or `Fragment.key`.

    `parts` are texts without labels: only the teacher speaks of them.
    """
    texts: list[str] = []
    task: list[int] = []
    label: list[int] = []
    weight: list[float] = []
    answers: list[Floats32] = []
    nothing = np.full(KEPT, np.nan, dtype=np.float32)
    for corpus in with_bare(sets):
        labels = [_label(corpus.task, example) for example in corpus.examples]
        texts += [normalise(clean(example.text))[:_READ] for example in corpus.examples]
        task += [TASKS.index(corpus.task)] * len(labels)
        label += labels
        weight += _weights(corpus, labels)
        answers += [teacher.get((corpus.name, each.id), nothing) for each in corpus.examples]
    whole = {(corpus.name, each.id): each.text for corpus in sets for each in corpus.examples}
    texts += [normalise(clean(whole[each.set, each.id][each.start : each.end])) for each in parts]
    task += [UNLABELLED] * len(parts)
    label += [0] * len(parts)
    weight += [0.0] * len(parts)
    answers += [teacher[each.set, each.key] for each in parts]
    return Exercises(
        ragged(texts),
        np.array(task),
        np.array(label),
        np.array(weight, dtype=np.float32),
        np.array(answers),
    )


def with_bare(corpora: Iterable[Corpus]) -> Iterable[Corpus]:
    """Yield the sets, and after `BARE` the same without emoticons and emoji."""
    for corpus in corpora:
        yield corpus
        if corpus.name == BARE:
            bare = tuple(
                Example(each.id, EMOTICON.sub(" ", each.text).strip(), each.label)
                for each in corpus.examples
            )
            yield Corpus(f"{BARE}-bare", corpus.part, corpus.language, corpus.task, bare)


def read_teacher(path: Path) -> dict[tuple[str, str], Floats32]:
    """Read what `sentiment.training.teacher` wrote: outputs by set and id, or `Fragment.key`."""
    with np.load(path, allow_pickle=False) as arrays:
        sets, ids, rows = arrays["set"].tolist(), arrays["id"].tolist(), _outputs(arrays)
    return {(name, key): row for name, key, row in zip(sets, ids, rows, strict=True)}


def compact(logits: NDArray[np.floating[Any]]) -> NDArray[np.int8]:
    """Return the outputs on polarity and complaint in steps; what both share says nothing."""
    kept = logits[:, :KEPT].astype(np.float32)
    kept[:, :3] -= kept[:, :3].mean(axis=1, keepdims=True)
    kept[:, 3:] -= kept[:, 3:].mean(axis=1, keepdims=True)
    return np.clip(np.round(kept / STEP), -127, 127).astype(np.int8)


def _outputs(arrays: Mapping[str, NDArray[Any]]) -> Floats32:
    rows: Floats32 = arrays["logits"].astype(np.float32) * np.float32(STEP)
    return rows


def _label(task: Task, example: Example) -> int:
    return example.label + (task in (Task.POLARITY, Task.TWO_SIDED))


def _weights(corpus: Corpus, labels: Sequence[int]) -> list[float]:
    own = _WEIGHTS.get(corpus.name, 1.0)
    if corpus.task is Task.TWO_SIDED:
        return [own] * len(labels)
    counts = np.bincount(labels)
    present = max(int((counts > 0).sum()), 1)
    lifted = (len(labels) / present / np.maximum(counts, 1)) ** _BALANCE
    return [own * float(lifted[label]) for label in labels]
