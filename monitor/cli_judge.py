"""The commands that judge without a service: `score` and `evaluate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from monitor.bootstrap import build_judge
from monitor.commands import InputError, setting_of
from monitor.figures import Evaluated, Tried, as_json, show_figures
from monitor.score import score_lines
from monitor.terminal import progress_bar
from sentiment.evaluate import Predict, answer, by_judge, by_scorer, measure
from sentiment.labelled import LabelledSet, OtherTaskError, Task, read_labelled
from sentiment.loading import load_scorer

BASELINES: Final = {"zh": "SnowNLP", "en": "VADER"}
"""What people would take otherwise, both parts of the scorer `snownlp`."""
BASELINE_POSTS: Final = 500
TABLE_WIDTH: Final = 140
"""Where output is no terminal."""


def score(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help='JSON Lines {"id", "text"}, or - for a pipe.')],
) -> None:
    """Judge each line; print a verdict as JSON for each, in the same order."""
    setting = setting_of(context)
    judge = build_judge(setting)
    failed = False
    with _bytes_of(file) as stream, progress_bar(_beside_output()) as bar:
        task = bar.add_task("posts judged", total=None)
        for batch in score_lines(stream, judge, setting.config.locale):
            for problem in batch.problems:
                typer.echo(problem, err=True)
            if batch.lines:
                typer.echo("\n".join(batch.lines).encode())
            failed = failed or bool(batch.problems)
            bar.advance(task, batch.read)
    raise typer.Exit(1 if failed else 0)


def evaluate(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Labelled JSON Lines, plain or gzipped.")],
    *,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="SnowNLP and VADER in the same run.")
    ] = False,
    baseline_posts: Annotated[
        int, typer.Option(min=0, help="Most posts of a set for the baselines; 0: all.")
    ] = BASELINE_POSTS,
    as_data: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    strip_emoticons: Annotated[
        bool, typer.Option("--strip-emoticons", help="Judge without emoticons and emoji.")
    ] = False,
) -> None:
    """Compare verdicts with labels: accuracy, F1, confusion, reliability, speed."""
    setting = setting_of(context)
    sets = _sets(files, strip=strip_emoticons)
    judge = build_judge(setting)
    rival = by_scorer(load_scorer("snownlp")) if baselines else None
    evaluated: list[Evaluated] = []
    with progress_bar(Console(stderr=True)) as bar:
        for about in sets:
            task = bar.add_task(about.name, total=len(about.examples))
            ours = _tried("", by_judge(judge), about, partial(bar.advance, task))
            theirs = rival and _baseline(rival, about, baseline_posts)
            evaluated.append(Evaluated(about, ours, theirs))
    if as_data:
        sampled = {"baseline_posts": baseline_posts} if baselines else {}
        typer.echo(json.dumps(as_json(evaluated, judge.version) | sampled, ensure_ascii=False))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=TABLE_WIDTH)
    console.print(judge.version, soft_wrap=True)
    chinese = setting.config.locale.startswith("zh")
    show_figures(console, evaluated, sampled=baseline_posts, chinese=chinese)


def _sets(files: list[Path], *, strip: bool) -> list[LabelledSet]:
    """Read all sets before the first is judged; other tasks are passed over, not all of them."""
    sets: list[LabelledSet] = []
    for number, path in enumerate(files, start=1):
        try:
            found = read_labelled(path)
        except OtherTaskError as error:
            if number == len(files) and not sets:
                raise
            typer.echo(f"{error}; passed over", err=True)
            continue
        if found.repeated:
            typer.echo(f"{path}: {found.repeated} posts repeat an earlier text", err=True)
        sets.append(found.without_emoticons() if strip else found)
    return sets


def _tried(
    by: str, predict: Predict, about: LabelledSet, progress: Callable[[int], None] = lambda _: None
) -> Tried:
    answers = answer(predict, [one.text for one in about.examples], progress=progress)
    figures = measure(about.task, [one.label for one in about.examples], answers.scores)
    return Tried(by, figures, answers.posts_per_s)


def _baseline(rival: Predict, about: LabelledSet, most: int) -> Tried | None:
    """Try the baseline of the set's language, if there is one, on an even sample."""
    by = BASELINES.get(about.language)
    if by is None:
        return None
    predict = rival if about.task is Task.SENTIMENT else _negative_as_complaint(rival)
    return _tried(by, predict, replace(about, examples=about.sample(most)))


def _negative_as_complaint(rival: Predict) -> Predict:
    return lambda texts: [replace(one, complaint=one.negative) for one in rival(texts)]


@contextmanager
def _bytes_of(file: str) -> Iterator[BufferedReader]:
    source = sys.stdin.fileno() if file == "-" else file
    try:
        stream = open(source, "rb", closefd=file != "-")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    with stream:
        yield stream


def _beside_output() -> Console:
    """Return the terminal for progress, unless the verdicts themselves are shown there."""
    return Console(stderr=True, force_terminal=False if sys.stdout.isatty() else None)
