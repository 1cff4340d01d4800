"""Parts of posts, which nobody labelled: only the teacher says what they mean.

The judge asks about the clauses that concern a brand, so the pupil must know clauses as well as
whole posts; and the more texts the teacher speaks of, the more of it the pupil takes over.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sentiment.training.corpus import Corpus

PER_LANGUAGE: Final = 60_000
_CLAUSE_END: Final = re.compile(r"[,，.。!！?？;；~…\n]+|//|\s(?=but |and |because |so )")
_LEAST: Final = {"zh": 5, "en": 15}
"""Characters without which a part says nothing."""
_MOST_PER_POST: Final = 3


@dataclass(frozen=True, slots=True)
class Fragment:
    """The characters `start`..`end` of a post of a set."""

    set: str
    id: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """What the teacher's answers call it."""
        return f"{self.id}:{self.start}:{self.end}"


def fragments(sets: Iterable[Corpus], seed: int = 11) -> list[Fragment]:
    """Choose parts of one or two clauses of the posts of `sets`, the same for the same seed."""
    rng = random.Random(seed)
    found: dict[str, list[Fragment]] = {}
    for corpus in sets:
        for example in corpus.examples:
            parts = list(_parts(example.text, _LEAST.get(corpus.language, 15)))
            for start, end in rng.sample(parts, min(len(parts), _MOST_PER_POST)):
                fragment = Fragment(corpus.name, example.id, start, end)
                found.setdefault(corpus.language, []).append(fragment)
    return [
        fragment
        for mine in found.values()
        for fragment in rng.sample(mine, min(len(mine), PER_LANGUAGE))
    ]


def _parts(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Yield every clause and every two neighbours, but not the whole text."""
    ends = [*(match.end() for match in _CLAUSE_END.finditer(text)), len(text)]
    starts = [0, *ends[:-1]]
    for first, start in enumerate(starts):
        for end in ends[first : first + 2]:
            if end - start >= least and (start, end) != (0, len(text)):
                yield start, end
