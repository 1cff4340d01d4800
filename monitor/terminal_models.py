"""What the commands of learning show on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.learning.exams import OURS
from monitor.learning.gate import FIGURES
from monitor.learning.training import Trained
from monitor.learning.wording import sentence, words_of
from monitor.storage.models import ModelRow
from monitor.storage.rescoring import Progress


def show_trained(console: Console, trained: Trained, locale: str) -> None:
    """Print a model's figures beside the scorer's, and whether it may be promoted."""
    words = words_of(locale)
    console.print(words["trained"].format(version=trained.version), soft_wrap=True)
    console.print(_figures_table(trained.metrics, words))
    if not trained.objections:
        console.print(Text(words["may"], style="green"))
        return
    console.print(Text(words["may_not"], style="bold red"))
    for objection in trained.objections:
        console.print(f"  • {sentence(objection, locale)}", soft_wrap=True)


def show_models(console: Console, rows: Sequence[ModelRow], locale: str) -> None:
    """Print every model: where it stands and how it did."""
    words = words_of(locale)
    if not rows:
        console.print(words["none"], soft_wrap=True)
        return
    table = Table()
    for head in ("version", "state", "trained_at"):
        table.add_column(words[head], no_wrap=True)
    for head in ("corrections", "figures", "shadowed"):
        table.add_column(words[head].partition("（")[0].partition(" (")[0], justify="right")
    for row in rows:
        found = row.metrics["corrections"]
        table.add_row(
            row.version,
            words[row.state.value],
            f"{row.trained_at:%Y-%m-%d %H:%M}",
            str(row.corrections),
            f"{_best(found['base'])} → {_best(found['candidate'])}",
            f"{row.agreed}/{row.shadowed}" if row.shadowed else "–",
        )
    console.print(table)


def show_progress(console: Console, run: Progress | None, locale: str) -> None:
    """Print how far old posts were judged anew."""
    if run is None:
        return
    words = words_of(locale)
    told = words["rescore"].format(
        version=run.model_version,
        done=run.done,
        total=run.total,
        changed=run.changed,
        state=words[run.state.value],
    )
    console.print(told, soft_wrap=True)


def _figures_table(metrics: Mapping[str, Any], words: Mapping[str, str]) -> Table:
    table = Table()
    table.add_column(words["set"])
    for head in ("posts", "label_base", "label_now", "complaint_base", "complaint_now"):
        table.add_column(words[head], justify="right")
    sets = [{"name": "corrections", **metrics["corrections"]}, *metrics["sets"]]
    for one in sets:
        name = {OURS: words["ours"], "corrections": words["corrections"]}.get(one["name"])
        figures = [_shown(one[which][key]) for key in FIGURES for which in ("base", "candidate")]
        table.add_row(name or one["name"], str(one["n"]), *figures)
    return table


def _best(figures: Mapping[str, float | None]) -> str:
    return "/".join(_shown(figures[key]) for key in FIGURES)


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.3f}"
