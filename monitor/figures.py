"""The figures of `evaluate`, for people as tables and for programs as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Final

from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sentiment.evaluate import Figures
from sentiment.labelled import LabelledSet, Task

CHINESE: Final = {
    "set": "数据集",
    "by": "评分",
    "posts": "条数",
    "heading": "条",
    "accuracy": "准确率",
    "macro_f1": "宏 F1",
    "negative_f1": "负面 F1",
    "complaint_f1": "投诉 F1",
    "precision": "精确率",
    "recall": "召回率",
    "auc": "AUC",
    "ece_10": "ECE",
    "brier": "Brier",
    "posts_per_s": "条/秒",
    "sentiment": "情感",
    "complaint": "投诉",
    "mean": "{language} 平均（{count} 个）",
    "confusion": "人工 ↓ 判断 →",
    "sure": "把握",
    "confidence": "平均把握",
    "right": "判对",
    "-1": "负面",
    "0": "中性",
    "1": "正面",
    "complaint.0": "非投诉",
    "complaint.1": "投诉",
    "ours": "本系统",
    "ratio": "{language}：速度是 {baseline} 的 {ratio:.1f} 倍（处理器时间，同次运行）",
    "sampled": "{baseline} 只评了每个数据集中均匀抽取的最多 {most} 条。",
    "as_complaint": "{baseline} 不认识投诉：以其负面概率代替。",
    "cpu": "条/秒 按处理器时间计；F1、精确率、召回率、AUC 针对负面（或投诉）一类。",
}
ENGLISH: Final = {
    "set": "set",
    "by": "by",
    "posts": "posts",
    "heading": "posts",
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "negative_f1": "negative-F1",
    "complaint_f1": "complaint-F1",
    "precision": "precision",
    "recall": "recall",
    "auc": "AUC",
    "ece_10": "ECE",
    "brier": "Brier",
    "posts_per_s": "posts/s",
    "sentiment": "sentiment",
    "complaint": "complaint",
    "mean": "mean {language} ({count})",
    "confusion": "people ↓ judge →",
    "sure": "sure",
    "confidence": "confidence",
    "right": "right",
    "-1": "negative",
    "0": "neutral",
    "1": "positive",
    "complaint.0": "none",
    "complaint.1": "complaint",
    "ours": "judge",
    "ratio": "{language}: {ratio:.1f} × as fast as {baseline} (processor time, same run)",
    "sampled": "{baseline} judged at most {most} posts of each set, spread evenly.",
    "as_complaint": "{baseline} knows no complaints: its negative probability stands for them.",
    "cpu": "posts/s of processor time; F1, precision, recall and AUC are of the negative class "
    "(or of complaints).",
}
MEANT: Final = ("accuracy", "macro_f1", "f1", "ece_10", "brier")
"""Figures of which the mean over sets says something."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What one scorer did on one set; `by` is its name, empty for the configured judge."""

    by: str
    figures: Figures
    posts_per_s: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {**asdict(self.figures), "posts_per_s": round(self.posts_per_s, 1)}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One set with what the judge did on it and, where asked, the baseline of its language."""

    about: LabelledSet
    judge: Tried
    baseline: Tried | None = None

    @property
    def tries(self) -> tuple[Tried, ...]:
        """The judge first."""
        return (self.judge, self.baseline) if self.baseline else (self.judge,)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        about = {"name": self.about.name, "language": self.about.language, "task": self.about.task}
        baseline = self.baseline and {"by": self.baseline.by, **self.baseline.to_dict()}
        return {**about, **self.judge.to_dict(), "baseline": baseline}


@dataclass(frozen=True, slots=True)
class Mean:
    """The plain mean over the sets of one language and task."""

    language: str
    task: Task
    by: str
    sets: int
    posts_per_s: float
    figures: dict[str, float | None]


def means(evaluated: Sequence[Evaluated]) -> list[Mean]:
    """Average over the sets of each task and language, for the judge and for the baselines."""
    groups: dict[tuple[Task, str, str], list[Tried]] = {}
    for one in evaluated:
        for tried in one.tries:
            groups.setdefault((one.about.task, one.about.language, tried.by), []).append(tried)
    return [
        Mean(language, task, by, len(tries), _speed(tries), _averages(tries))
        for (task, language, by), tries in sorted(groups.items())
    ]


def _speed(tries: Iterable[Tried]) -> float:
    pairs = [(one.figures.posts, one.figures.posts / one.posts_per_s) for one in tries]
    return sum(posts for posts, _ in pairs) / sum(seconds for _, seconds in pairs)


def _averages(tries: Sequence[Tried]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name in MEANT:
        values = [getattr(one.figures, name) for one in tries]
        known = [value for value in values if value is not None]
        found[name] = fmean(known) if known else None
    return found


def as_json(evaluated: Sequence[Evaluated], version: str) -> dict[str, Any]:
    """Return everything for programs."""
    return {
        "judge": version,
        "sets": [one.to_dict() for one in evaluated],
        "means": [asdict(mean) for mean in means(evaluated)],
    }


def show_figures(
    console: Console, evaluated: Sequence[Evaluated], *, sampled: int, chinese: bool
) -> None:
    """Print a table per task, then confusion and reliability per set, then what they mean."""
    words = CHINESE if chinese else ENGLISH
    for task in Task:
        sets = [one for one in evaluated if one.about.task is task]
        if sets:
            console.print(_summary(sets, task, words))
    for one in evaluated:
        console.print(_heading(one, words))
        console.print(Columns([_confusion(one, words), _reliability(one.judge.figures, words)]))
    console.print(words["cpu"])
    baselines = {one.baseline.by for one in evaluated if one.baseline}
    if baselines and sampled:
        console.print(words["sampled"].format(baseline=", ".join(sorted(baselines)), most=sampled))
    for line in _ratios(evaluated, words):
        console.print(line)


def _summary(sets: Sequence[Evaluated], task: Task, words: dict[str, str]) -> Table:
    watched = "negative_f1" if task is Task.SENTIMENT else "complaint_f1"
    columns: list[tuple[str, Callable[[Figures], str]]] = [
        ("accuracy", lambda found: _share(found.accuracy)),
        ("macro_f1", lambda found: _share(found.macro_f1)),
        (watched, lambda found: _share(found.f1)),
        ("precision", lambda found: _share(found.precision)),
        ("recall", lambda found: _share(found.recall)),
        ("auc", lambda found: _share(found.auc)),
        ("ece_10", lambda found: _share(found.ece_10)),
        ("brier", lambda found: _share(found.brier)),
    ]
    table = Table(title=words[task], title_justify="left", title_style="bold", box=box.SIMPLE)
    table.add_column(words["set"], no_wrap=True)
    table.add_column(words["by"], no_wrap=True)
    for key in ("posts", *(key for key, _ in columns), "posts_per_s"):
        table.add_column(words[key], justify="right")
    for one in sets:
        for tried in one.tries:
            name = "" if tried.by else one.about.name
            cells = [cell(tried.figures) for _, cell in columns]
            posts = f"{tried.figures.posts:,}"
            table.add_row(name, _by(tried.by, words), posts, *cells, f"{tried.posts_per_s:,.0f}")
    table.add_section()
    shown = {"accuracy": "accuracy", "macro_f1": "macro_f1", watched: "f1"}
    shown |= {"ece_10": "ece_10", "brier": "brier"}
    for mean in means(sets):
        name = words["mean"].format(language=mean.language, count=mean.sets)
        cells = [_share(mean.figures[shown[key]]) if key in shown else "" for key, _ in columns]
        row = (name, _by(mean.by, words), "", *cells, f"{mean.posts_per_s:,.0f}")
        table.add_row(*row, style="bold" if not mean.by else None)
    return table


def _by(name: str, words: dict[str, str]) -> str:
    return name or words["ours"]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _heading(one: Evaluated, words: dict[str, str]) -> Text:
    about = one.about
    posts = f"{one.judge.figures.posts:,}"
    return Text(f"{about.name} · {about.language} · {posts} {words['heading']}", style="bold")


def _confusion(one: Evaluated, words: dict[str, str]) -> Table:
    figures = one.judge.figures
    prefix = "complaint." if one.about.task is Task.COMPLAINT else ""
    table = Table(box=box.SIMPLE)
    table.add_column(words["confusion"])
    for label in figures.classes:
        table.add_column(words[f"{prefix}{label}"], justify="right")
    for label, row in zip(figures.classes, figures.confusion, strict=True):
        table.add_row(words[f"{prefix}{label}"], *(f"{count:,}" for count in row))
    return table


def _reliability(figures: Figures, words: dict[str, str]) -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column(words["sure"])
    for key in ("posts", "confidence", "right"):
        table.add_column(words[key], justify="right")
    for one in figures.bins:
        if one.posts:
            sure = f"{one.low:.0%}–{one.high:.0%}"
            table.add_row(sure, f"{one.posts:,}", f"{one.confidence:.1%}", f"{one.right:.1%}")
    return table


def _ratios(evaluated: Sequence[Evaluated], words: dict[str, str]) -> list[str]:
    lines = []
    for baseline in sorted({one.baseline.by for one in evaluated if one.baseline}):
        both = [one for one in evaluated if one.baseline and one.baseline.by == baseline]
        ours = _speed([one.judge for one in both])
        theirs = _speed([one.baseline for one in both if one.baseline])
        languages = ", ".join(sorted({one.about.language for one in both}))
        lines.append(
            words["ratio"].format(language=languages, baseline=baseline, ratio=ours / theirs)
        )
        if any(one.about.task is Task.COMPLAINT for one in both):
            lines.append(words["as_complaint"].format(baseline=baseline))
    return lines
