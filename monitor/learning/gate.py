"""Whether a model may judge: better on what people corrected, not worse on anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import comb, erfc, sqrt
from typing import Any, Final

FEWEST: Final = 20
"""Corrected posts below which no figure means anything."""
GAIN: Final = 0.02
"""Macro-F1 by which corrections that were kept out must be answered better."""
MARGIN: Final = 0.02
"""Macro-F1 by which any other figure may fall: two posts in a hundred."""
CHANCE: Final = 0.05
"""A gain that chance brings about more often than this is none."""
MANY: Final = 1_000
"""Tosses of a coin from which on the normal curve says the same."""
FIGURES: Final = ("label_f1", "complaint_f1")


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a model may not judge: a code for translation and the figures."""

    code: str
    figures: Mapping[str, Any]


def objections(metrics: Mapping[str, Any]) -> list[Objection]:
    """Return what speaks against a model with these figures of `training.train`."""
    found = metrics["corrections"]
    if found["n"] < FEWEST:
        return [Objection("too_few", {"n": found["n"], "needed": FEWEST})]
    return [*_on_corrections(found), *_on_sets(metrics["sets"])]


def odds_of_chance(gained: int, lost: int) -> float:
    """Return how probable at least `gained` of all changed answers are if chance changed them."""
    changed = gained + lost
    if changed > MANY:
        return erfc((gained - 0.5 - changed / 2) / sqrt(changed / 2)) / 2
    better = sum(comb(changed, count) for count in range(gained, changed + 1))
    return float(better / 2**changed)


def _on_corrections(found: Mapping[str, Any]) -> Iterator[Objection]:
    differences = list(_differences(found["base"], found["candidate"]))
    if not differences or sum(differences) / len(differences) < GAIN:
        yield Objection("no_gain", {"gain": GAIN})
    elif min(differences) < -MARGIN:
        yield Objection("one_worse", {"fall": round(-min(differences), 3)})
    elif odds_of_chance(found["gained"], found["lost"]) > CHANCE:
        yield Objection("by_chance", {"gained": found["gained"], "lost": found["lost"]})


def _on_sets(sets: list[Mapping[str, Any]]) -> Iterator[Objection]:
    for one in sets:
        for rival in ("base", "active"):
            fall = (
                -min(_differences(one[rival], one["candidate"]), default=0.0) if one[rival] else 0
            )
            if fall > MARGIN:
                yield Objection("worse_on", {"set": one["name"], "fall": round(fall, 3)})
                break


def _differences(
    before: Mapping[str, float | None], after: Mapping[str, float | None]
) -> Iterator[float]:
    for name in FIGURES:
        old, new = before[name], after[name]
        if old is not None and new is not None:
            yield new - old
