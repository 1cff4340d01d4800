"""The table of `benchmarks.judge`: figures, targets, and whether they hold."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

from sentiment.evaluate import Bin, Figures


@dataclass(frozen=True, slots=True)
class Line:
    """One figure with what it must at least or at most be.

    `remark` says what it covers, or why it is missing.
    """

    name: str
    value: float | None
    least: float | None = None
    most: float | None = None
    form: str = ".3f"
    remark: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without a target or a value."""
        if self.value is None or (self.least is None and self.most is None):
            return None
        if self.least is not None:
            return self.value >= self.least
        return self.most is not None and self.value <= self.most

    @property
    def target(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:{self.form}}"
        return f"≤ {self.most:{self.form}}" if self.most is not None else ""

    def cells(self) -> tuple[str, ...]:
        value = "–" if self.value is None else f"{self.value:{self.form}}"
        verdict = {True: "holds", False: "FAILS", None: ""}[self.holds]
        return self.name, value, self.target, verdict, self.remark


@dataclass
class Report:
    """All that was measured; `sets` has by name the figures and what they are pooled with.

    Sets that are shown but do not count are pooled with nothing ("").
    """

    version: str
    lines: list[Line] = field(default_factory=list)
    sets: dict[str, tuple[str, Figures]] = field(default_factory=dict)

    def mean(
        self,
        name: str,
        sets: Sequence[str],
        pick: Callable[[Figures], float | None],
        least: float | None = None,
    ) -> None:
        """Add a mean over sets; where one is missing no target is claimed."""
        there = [one for one in sets if one in self.sets]
        values = [pick(self.sets[one][1]) for one in there]
        known = [value for value in values if value is not None]
        value = fmean(known) if known else None
        if len(known) == len(sets):
            self.lines.append(Line(name, value, least=least))
            return
        missing = ", ".join(one for one in sets if one not in there)
        remark = f"{len(there)} of {len(sets)} sets; missing: {missing}"
        self.lines.append(Line(name, value, remark=remark))

    def to_dict(self) -> dict[str, Any]:
        return {
            "judge": self.version,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "lines": [
                {**asdict(line), "target": line.target, "holds": line.holds} for line in self.lines
            ],
            "sets": {
                name: {"pool": pool, **asdict(figures)}
                for name, (pool, figures) in self.sets.items()
            },
        }

    def plain(self) -> str:
        """Return the table for a terminal."""
        return "\n".join([self.version, "", *_aligned(_sets(self)), "", *_aligned(_lines(self))])

    def markdown(self) -> str:
        """Return the tables for the model card."""
        machine = f"Python {platform.python_version()}, {platform.machine()}"
        parts = [f"Judge `{self.version}`, {machine}.", "", *_piped(_lines(self))]
        parts += ["", *_piped(_sets(self))]
        for pool in dict.fromkeys(pool for pool, _ in self.sets.values() if pool):
            parts += ["", f"Reliability, {pool}, all sets together:", ""]
            parts += _piped(_reliability(self, pool))
        return "\n".join(parts)


Rows = Iterable[Sequence[str]]


def _lines(report: Report) -> Rows:
    yield ("what", "value", "target", "", "remark")
    yield from (line.cells() for line in report.lines)


def _sets(report: Report) -> Rows:
    names = ("accuracy", "macro-F1", "F1", "precision", "recall", "AUC", "ECE", "Brier")
    yield ("set", "posts", *names)
    for name, (_, found) in report.sets.items():
        values = (found.accuracy, found.macro_f1, found.f1, found.precision, found.recall)
        shares = (*values, found.auc, found.ece_10, found.brier)
        cells = ("–" if value is None else f"{value:.3f}" for value in shares)
        yield (name, f"{found.posts:,}", *cells)


def _reliability(report: Report, pool: str) -> Rows:
    yield ("sure", "posts", "mean confidence", "right")
    pooled = [found.bins for name, found in report.sets.values() if name == pool]
    for same in zip(*pooled, strict=True):
        if posts := sum(one.posts for one in same):
            sure = _weighed(same, [one.confidence for one in same]) / posts
            right = _weighed(same, [one.right for one in same]) / posts
            band = f"{same[0].low:.0%} to {same[0].high:.0%}"
            yield (band, f"{posts:,}", f"{sure:.3f}", f"{right:.3f}")


def _weighed(bins: Sequence[Bin], values: Sequence[float]) -> float:
    return sum(one.posts * value for one, value in zip(bins, values, strict=True))


def _aligned(rows: Rows) -> Iterator[str]:
    table = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *rest in table:
        cells = [cell.rjust(width) for cell, width in zip(rest[:-1], widths[1:-1], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells, rest[-1]]).rstrip()


def _piped(rows: Rows) -> Iterator[str]:
    head, *rest = rows
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rest)
