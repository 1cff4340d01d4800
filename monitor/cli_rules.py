"""The commands of rules: `rules list`, `rules dry-run`, `rules quality`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from monitor.bootstrap import Setting, load_scorer_of
from monitor.commands import InputError, opened, setting_of
from monitor.dry_run import MOST_DAYS, DryRuns
from monitor.labelled_quality import labelled_quality
from monitor.learning.live import LiveModels
from monitor.live_config import rules_of
from monitor.metrics import Metrics
from monitor.quality import quality
from monitor.scoring import judge_of
from monitor.storage import history
from monitor.terminal import progress_bar
from monitor.terminal_rules import show_dry_run, show_labelled, show_quality, show_rules
from sentiment.labelled import read_labelled

LISTED: Final = timedelta(days=7)
TABLE_WIDTH: Final = 160
"""Where output is no terminal."""

rules_app = typer.Typer(no_args_is_help=True, help="Rules: words on trial, limits, and figures.")


@rules_app.command("list")
def list_rules(context: typer.Context) -> None:
    """Show every rule, what it is about, and what it did in the last 7 days."""
    setting = setting_of(context)
    until = setting.now()
    with opened(setting) as database:
        found = quality(database, rules_of(setting.config), until - LISTED, until)
    show_rules(_screen(), found.by_rule, setting.config.locale)


@rules_app.command("dry-run")
def dry_run(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A rule of the configuration.")],
    days: Annotated[float, typer.Option(min=0.01, max=MOST_DAYS, help="How far to look back.")] = 7,
) -> None:
    """Try a rule on the stored posts of the last days as if it were live; nothing is written."""
    setting = setting_of(context)
    with opened(setting) as database, progress_bar(Console(stderr=True)) as bar:
        rules = rules_of(setting.config)
        scorer = setting.scorer or load_scorer_of(setting, Metrics())
        trial = DryRuns(database, lambda: rules, scorer, now=setting.now)
        rule = trial.configured(name)
        with database.read() as connection:
            total = history.count(connection, setting.now() - timedelta(days=days))
        task = bar.add_task("posts looked at", total=total)
        tried = trial.run(rule, days, lambda count: bar.advance(task, count))
    show_dry_run(_screen(), tried, setting.config.locale, setting.config.zone)


@rules_app.command("quality")
def show_figures(
    context: typer.Context,
    days: Annotated[float, typer.Option(min=0.01, help="How far to look back.")] = 30,
    brand: Annotated[str | None, typer.Option(help="One brand alone.")] = None,
    labelled: Annotated[
        Path | None,
        typer.Option(help="Labelled JSON Lines, as `evaluate` reads them, not the database."),
    ] = None,
) -> None:
    """Show precision and recall per rule and per severity, by people's words or by labels."""
    setting = setting_of(context)
    if labelled is not None:
        _on_labels(setting, labelled)
        return
    known = [each.name for each in setting.config.brands]
    if brand is not None and brand not in known:
        raise InputError(f"--brand: there is no brand {brand!r}; known: {', '.join(known)}")
    until = setting.now()
    with opened(setting) as database:
        rules = rules_of(setting.config)
        found = quality(database, rules, until - timedelta(days=days), until, brand)
    show_quality(_screen(), found, setting.config.locale, setting.config.zone)


def _on_labels(setting: Setting, path: Path) -> None:
    if not setting.config.brands:
        raise InputError("no brand is watched; add an entry under brands")
    about, rules = read_labelled(path), rules_of(setting.config)
    scorer = setting.scorer or load_scorer_of(setting, Metrics())
    with opened(setting) as database:
        active = LiveModels(database, scorer, now=setting.now).current().active
    judge = judge_of(active, setting.config.brands, rules.book.rules)
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("posts judged", total=len(about.examples))
        found = labelled_quality(judge, rules, about, lambda count: bar.advance(task, count))
    show_labelled(_screen(), found, setting.config.locale)


def _screen() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=TABLE_WIDTH)
