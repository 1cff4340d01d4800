"""What the teacher is taught, in which order and how fast; nothing here needs torch.

Stage one is polarity in both languages, with irony, offence and English complaints beside it;
stage two turns to complaints, half of each batch repeats stage one.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sentiment.labelled import EMOTICON
from sentiment.model.features import Integers
from sentiment.text import clean
from sentiment.training.corpus import Corpus, Task
from sentiment.training.exercises import FIRST_HEAD, HEADS

Floats32 = NDArray[np.float32]
Flags = NDArray[np.bool_]

MOST: Final[Mapping[str, int]] = {
    "weibo_moods": 9_000,
    "shopping": 10_000,
    "hotel": 2_500,
    "cold_offensive": 6_000,
}
"""Of these the teacher sees so many posts: they are noisy, or not from social media."""
TWICE: Final = frozenset({"apple_brand", "complaint_en"})
"""Small sets close to the product's use."""
ALWAYS_BARE: Final = frozenset({"weibo100k"})
"""Labelled by their emoticons, which would teach nothing else."""
SOMETIMES_BARE: Final = frozenset({"smp_usual", "weibo2018"})
SECOND_ONLY: Final = "complaint_zh"
COMPLAINTS: Final = frozenset({"complaint_en", SECOND_ONLY})


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps, and how large they are at most, for the transformer and for the head on it.

    Steps grow from nothing over the first `warm_up` and shrink to nothing over the last `decay`.
    """

    steps: int
    warm_up: int
    decay: int
    rate: float
    head_rate: float

    def __post_init__(self) -> None:
        """Refuse what cannot be taught."""
        if min(self.warm_up, self.decay) < 1 or self.steps < max(self.warm_up, self.decay):
            raise ValueError(f"{self}: warm_up and decay are from 1 to the number of steps")

    def share(self, step: int) -> float:
        """Return which share of the rates holds at a step, counted from 0."""
        return min(1.0, step / self.warm_up) * min(1.0, (self.steps - step) / self.decay)

    def scaled(self, factor: float) -> Stage:
        """Return a stage of the same form, `factor` times as long."""
        steps, warm_up, decay = (
            max(1, round(each * factor)) for each in (self.steps, self.warm_up, self.decay)
        )
        return replace(self, steps=steps, warm_up=warm_up, decay=decay)


@dataclass(frozen=True, slots=True)
class Recipe:
    """All figures of the teacher's training; chosen on development data.

    `replay` of a batch of stage two are texts of stage one, `block` texts are sorted by length
    to make batches, `pieces` and `characters` are read of a text. `side_weight` is what irony,
    offence and complaint count against polarity, `bare_share` how many texts of SOMETIMES_BARE
    lose their emoticons, `chinese_repeats` how often a Chinese complaint stands beside an
    English one.
    """

    first: Stage = Stage(4_100, 300, 700, 7e-5, 1e-3)
    second: Stage = Stage(460, 50, 460, 4e-5, 5e-4)
    frozen_layers: int = 4
    batch: int = 32
    replay: int = 16
    block: int = 960
    pieces: int = 64
    characters: int = 200
    dropout: float = 0.1
    weight_decay: float = 0.01
    longest_gradient: float = 1.0
    label_smoothing: float = 0.05
    side_weight: float = 0.5
    bare_share: float = 0.15
    chinese_repeats: int = 3
    seed: int = 7

    def shortened(self, steps: int) -> Recipe:
        """Return the recipe with so many steps in stage one, and stage two in proportion.

        Raises ValueError below one step.
        """
        if steps < 1:
            raise ValueError(f"{steps} steps: give 1 or more")
        factor = steps / self.first.steps
        return replace(self, first=self.first.scaled(factor), second=self.second.scaled(factor))


@dataclass(frozen=True, slots=True)
class Course:
    """The texts of both stages, and what is asked about each.

    `asked` (texts x HEADS) marks the outputs that a text's label speaks of, `aims` has the
    probabilities that they should reach among themselves, `weight` what the text counts.
    `first` and `second` have the numbers of the texts of each stage; a text that counts more
    than once is there more than once.
    """

    texts: tuple[str, ...]
    asked: Flags
    aims: Floats32
    weight: Floats32
    first: Integers
    second: Integers


def course(recipe: Recipe, corpora: Iterable[Corpus]) -> Course:
    """Choose texts, clean them, and lay down what is to be learned from them."""
    rng = random.Random(recipe.seed)
    texts: list[str] = []
    questions: list[tuple[Task, int]] = []
    first: list[int] = []
    second: list[int] = []
    for corpus in corpora:
        examples = list(corpus.examples)
        rng.shuffle(examples)
        examples = examples[: MOST.get(corpus.name)]
        numbers = range(len(texts), len(texts) + len(examples))
        texts += [_shown(recipe, corpus.name, each.text, rng) for each in examples]
        questions += [(corpus.task, each.label) for each in examples]
        if corpus.name != SECOND_ONLY:
            first += [*numbers] * (2 if corpus.name in TWICE else 1)
        if corpus.name in COMPLAINTS:
            second += [*numbers] * (recipe.chinese_repeats if corpus.language == "zh" else 1)
    asked, aims = _asked(questions), _aims(questions, recipe.label_smoothing)
    sided = [1.0 if FIRST_HEAD[task] == 0 else recipe.side_weight for task, _ in questions]
    weight = np.array(sided, dtype=np.float32)
    return Course(tuple(texts), asked, aims, weight, _numbers(first), _numbers(second))


def shown(recipe: Recipe, text: str) -> str:
    """Return a text as the teacher reads it."""
    return clean(text)[: recipe.characters]


def _shown(recipe: Recipe, name: str, text: str, rng: random.Random) -> str:
    plain = shown(recipe, text)
    bare = name in ALWAYS_BARE or (name in SOMETIMES_BARE and rng.random() < recipe.bare_share)
    return (EMOTICON.sub("", plain) or plain) if bare else plain


def _asked(questions: Iterable[tuple[Task, int]]) -> Flags:
    """Mark the outputs among which a task decides: of two sides, none is neutral."""
    rows = {task: np.zeros(HEADS, dtype=np.bool_) for task in Task}
    for task, row in rows.items():
        first = FIRST_HEAD[task]
        row[[first, first + 1]] = True
        if first == 0:
            row[[0, 1, 2]] = True, task is not Task.TWO_SIDED, True
    return np.array([rows[task] for task, _ in questions]).reshape(-1, HEADS)


def _aims(questions: Iterable[tuple[Task, int]], smoothing: float) -> Floats32:
    """Return a row of probabilities each; polarity is smoothed, for its labels are noisy."""
    pairs = list(questions)
    asked = _asked(pairs)
    right = [FIRST_HEAD[task] + label + (FIRST_HEAD[task] == 0) for task, label in pairs]
    smoothed = np.array([smoothing if FIRST_HEAD[task] == 0 else 0.0 for task, _ in pairs])
    aims: Floats32 = (asked * (smoothed / asked.sum(axis=1))[:, None]).astype(np.float32)
    aims[np.arange(len(pairs)), right] += 1 - smoothed
    return aims


def _numbers(numbers: Iterable[int]) -> Integers:
    return np.fromiter(numbers, dtype=np.int64)


def batches(
    numbers: Integers, lengths: Integers, size: int, block: int, rng: np.random.Generator
) -> Iterator[Integers]:
    """Yield batches without end; each round has all `numbers`, in another order.

    Texts of a batch are of like length, for padding costs time: `block` texts are sorted by
    `lengths` and cut. Raises ValueError when there is nothing to yield.
    """
    if not len(numbers):
        raise ValueError("no texts to make batches of")
    while True:
        order = rng.permutation(numbers)
        ready = []
        for start in range(0, len(order), block):
            near = order[start : start + block]
            near = near[np.argsort(lengths[near], kind="stable")]
            ready += [near[cut : cut + size] for cut in range(0, len(near), size)]
        for chosen in rng.permutation(len(ready)):
            yield ready[chosen]


def first_batches(recipe: Recipe, all_texts: Course, lengths: Integers) -> Iterator[Integers]:
    """Yield the batches of stage one; `lengths` has one entry for each text."""
    rng = np.random.default_rng(recipe.seed)
    return batches(all_texts.first, lengths, recipe.batch, recipe.block, rng)


def second_batches(recipe: Recipe, all_texts: Course, lengths: Integers) -> Iterator[Integers]:
    """Yield the batches of stage two: complaints, then `replay` texts of stage one."""
    rng = np.random.default_rng((recipe.seed, 2))
    own = recipe.batch - recipe.replay
    complaints = batches(all_texts.second, lengths, own, own, rng)
    repeated = batches(all_texts.first, lengths, recipe.replay, recipe.block, rng)
    for some, others in zip(complaints, repeated, strict=False):
        yield np.concatenate([some, others])
