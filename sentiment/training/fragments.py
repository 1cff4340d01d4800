"""Parts of posts, which nobody labelled: only the teacher says what they mean.

The judge asks about the clauses that concern a brand, so the pupil must know clauses as well as
whole posts; and the more texts the teacher speaks of, the more of it the pupil takes over.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sentiment.training.corpus import Corpus, Example

PER_LANGUAGE: Final = 45_000
_CLAUSE_END: Final = re.compile(r"[,，.。!！?？;；~…\n]+|//|\s(?=but |and |because |so )")
_LEAST: Final = {"zh": 5, "en": 15}
"""Characters without which a part says nothing."""
_LEFT_OUT: Final = frozenset({"hotel", "shopping", "waimai", "car_forum", "complaint_zh"})
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

    @classmethod
    def of(cls, name: str, key: str) -> Fragment:
        """Return the fragment of a set that the teacher's answers call `key`."""
        post, start, end = key.rsplit(":", 2)
        return cls(name, post, int(start), int(end))


def fragments(sets: Iterable[Corpus], seed: int = 11) -> list[Fragment]:
    """Choose parts of one or two clauses of the posts of `sets`, the same for the same seed.

    Reviews and the car forum are left out: one hears enough of them.
    """
    rng = random.Random(seed)
    found: dict[str, list[Fragment]] = {}
    for corpus in sets:
        if corpus.name in _LEFT_OUT:
            continue
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


def as_corpora(sets: Sequence[Corpus]) -> list[Corpus]:
    """Return the chosen parts of `sets` as sets of texts without labels, by `Fragment.key`."""
    whole = {(each.name, post.id): post.text for each in sets for post in each.examples}
    chosen: dict[str, list[Example]] = {each.name: [] for each in sets}
    for part in fragments(sets):
        text = whole[part.set, part.id][part.start : part.end]
        chosen[part.set].append(Example(part.key, text, 0))
    return [replace(each, examples=tuple(chosen[each.name])) for each in sets if chosen[each.name]]


def _parts(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Yield every clause and every two neighbours, but not the whole text."""
    ends = [*(match.end() for match in _CLAUSE_END.finditer(text)), len(text)]
    starts = [0, *ends[:-1]]
    for first, start in enumerate(starts):
        for end in ends[first : first + 2]:
            if end - start >= least and (start, end) != (0, len(text)):
                yield start, end
