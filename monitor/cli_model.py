"""The commands of learning: `train`, and `model list`, `promote`, `rollback`, `rescore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from monitor.bootstrap import Setting, load_scorer_of
from monitor.commands import opened, setting_of
from monitor.learning import register
from monitor.learning.exams import exam_of
from monitor.learning.register import Change, NotBetterError
from monitor.learning.rescoring import Rescoring
from monitor.learning.training import train as learn
from monitor.learning.wording import sentence, words_of
from monitor.live_config import LiveConfig, rules_of
from monitor.metrics import Metrics
from monitor.storage import models, rescoring
from monitor.terminal import progress_bar
from monitor.terminal_models import show_models, show_progress, show_trained
from sentiment.labelled import read_labelled
from sentiment.scorer import Scorer

BY_COMMAND_LINE: Final = "command line"
REFUSED: Final = 1
TABLE_WIDTH: Final = 120
"""Where output is no terminal."""

model_app = typer.Typer(no_args_is_help=True, help="The models learnt from corrections.")


def train(
    context: typer.Context,
    dev: Annotated[
        list[Path] | None,
        typer.Option(help="Labelled JSON Lines that must not be judged worse; may be repeated."),
    ] = None,
) -> None:
    """Learn a model from all corrections, compare it with the scorer, put it into the shadow."""
    setting = setting_of(context)
    exams = [exam_of(read_labelled(path)) for path in dev or []]
    with opened(setting) as database:
        trained = learn(
            database,
            _scorer(setting),
            rules_of(setting.config),
            exams,
            by=BY_COMMAND_LINE,
            now=setting.now,
        )
    show_trained(_screen(), trained, setting.config.locale)


@model_app.command("list")
def list_models(context: typer.Context) -> None:
    """Show every model with its state and figures, and how far history was judged anew."""
    setting = setting_of(context)
    with opened(setting) as database, database.read() as connection:
        rows = models.listing(connection)
        run = rescoring.newest(connection)
    show_models(_screen(), rows, setting.config.locale)
    show_progress(_screen(), run, setting.config.locale)


@model_app.command("promote")
def promote(
    context: typer.Context,
    version: Annotated[str | None, typer.Argument(help="Default: the one in the shadow.")] = None,
    force: Annotated[
        str | None, typer.Option(help="Promote all the same, for this reason; it goes on record.")
    ] = None,
) -> None:
    """Let a model judge from now on, if it is better; a running service takes it within seconds."""
    setting = setting_of(context)
    locale = setting.config.locale
    with opened(setting) as database:
        base = _scorer(setting).version
        try:
            change = register.promote(
                database, base, version, force=force, by=BY_COMMAND_LINE, now=setting.now
            )
        except NotBetterError as error:
            typer.echo(words_of(locale)["refused"].format(version=error.version), err=True)
            for objection in error.objections:
                typer.echo(f"  • {sentence(objection, locale)}", err=True)
            raise typer.Exit(REFUSED) from error
    _tell(change, locale)


@model_app.command("rollback")
def rollback(context: typer.Context) -> None:
    """Let the former model judge again, or the scorer alone where there was none."""
    setting = setting_of(context)
    with opened(setting) as database:
        change = register.roll_back(database, by=BY_COMMAND_LINE, now=setting.now)
    _tell(change, setting.config.locale)


@model_app.command("rescore")
def rescore(
    context: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only posts matched from this day on."),
    ] = None,
    background: Annotated[
        bool, typer.Option("--background", help="Leave the work to the running service.")
    ] = False,
) -> None:
    """Judge old posts anew; nobody is told. Interrupted, the same command goes on."""
    setting = setting_of(context)
    zone = ZoneInfo(setting.config.timezone)
    earliest = since.replace(tzinfo=zone).astimezone(UTC) if since else None
    with opened(setting) as database:
        live = LiveConfig(setting.path, setting.environment, setting.config)
        job = Rescoring(database, live, _scorer(setting), now=setting.now)
        run = job.begin(earliest, BY_COMMAND_LINE)
        if not background:
            _work(job, run.done, run.total)
        with database.read() as connection:
            newest = rescoring.newest(connection)
    show_progress(_screen(), newest, setting.config.locale)


def _work(job: Rescoring, done: int, total: int) -> None:
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("posts judged anew", total=total, completed=done)
        while run := job.step():
            bar.update(task, completed=run.done)


def _screen() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=TABLE_WIDTH)


def _scorer(setting: Setting) -> Scorer:
    return setting.scorer or load_scorer_of(setting, Metrics())


def _tell(change: Change, locale: str) -> None:
    words = words_of(locale)
    alone = words["alone"]
    typer.echo(words["changed"].format(now=change.now or alone, before=change.before or alone))
