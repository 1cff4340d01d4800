"""The commands of the service."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, Final, Self, TextIO

import typer
from rich.console import Console

from monitor.auth import Passwords, Role, WeakPasswordError
from monitor.bootstrap import build_ingest, build_judging, build_service, build_web
from monitor.checks import check as run_checks
from monitor.cli_audit import audit
from monitor.cli_judge import evaluate, score
from monitor.cli_model import model_app, train
from monitor.cli_rules import rules_app
from monitor.collector import held_back
from monitor.commands import InputError, lines_of, opened, setting_of
from monitor.config import ConfigError
from monitor.demo.run import DemoError, run_demo
from monitor.dry_run import RuleError
from monitor.learning.register import RegisterError
from monitor.learning.training import NothingToLearnError
from monitor.live_config import LiveConfig
from monitor.logs import LogLevelError, configure
from monitor.planning import PlanError, Planner, plan_rows
from monitor.secrets import SecretError, Secrets
from monitor.storage.database import Database, DatabaseError
from monitor.storage.people import PeopleError, TokenStore, UserStore
from monitor.terminal import progress_bar, show_findings, show_plans
from monitor.version import VERSION
from monitor.web.server import WebServer, WebServerError
from sentiment.labelled import LabelledError
from sentiment.scorer import ScorerUnavailable

CONFIG_VARIABLE: Final = "SHIFEN_CONFIG"
BY_COMMAND_LINE: Final = "command line"
SHOWN_REJECTS: Final = 10
KNOWN_ERRORS: Final = (
    ConfigError,
    SecretError,
    LogLevelError,
    InputError,
    DatabaseError,
    PlanError,
    PeopleError,
    WeakPasswordError,
    WebServerError,
    DemoError,
    ScorerUnavailable,
    LabelledError,
    RegisterError,
    NothingToLearnError,
    RuleError,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="十分 Shifen: complaints on Weibo and X, alerted within ten minutes with a reply.",
)
db_app = typer.Typer(no_args_is_help=True, help="The database's schema.")
user_app = typer.Typer(no_args_is_help=True, help="People who log in to the console.")
token_app = typer.Typer(no_args_is_help=True, help="Tokens for programs that use the API.")
app.add_typer(db_app, name="db")
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.command()(score)
app.command()(evaluate)
app.command()(train)
app.command()(audit)
app.add_typer(model_app, name="model")
app.add_typer(rules_app, name="rules")


def main() -> None:
    """Run the command line; known errors become one clear sentence and exit status 2."""
    try:
        app(args=config_first(sys.argv[1:]), prog_name="shifen")
    except KNOWN_ERRORS as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from error


def config_first(words: list[str]) -> list[str]:
    """Move `--config FILE` to the front: it may stand before or after a command's arguments."""
    found: list[str] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
        elif word == "--config":
            found += [word, *([value] if (value := next(waiting, None)) is not None else [])]
        elif word.startswith("--config="):
            found.append(word)
        else:
            rest.append(word)
    return [*found, *rest]


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Configuration file (default: config.yaml, or SHIFEN_CONFIG)."),
    ] = None,
) -> None:
    context.obj = config or Path(os.environ.get(CONFIG_VARIABLE, "config.yaml"))


@app.command()
def run(context: typer.Context) -> None:
    """Poll, judge, notify, and serve the console, until SIGTERM or Ctrl-C."""
    setting = setting_of(context)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(setting) as database, database.alone():
        service = build_service(setting, database)
        web = WebServer(
            build_web(setting, service), setting.config.console.host, setting.config.console.port
        )
        web.start()
        typer.echo(f"console: {web.url}", err=True)
        service.start()
        stop.wait()
        typer.echo("draining …", err=True)
        service.stop()
        web.stop()


@app.command()
def demo(
    seconds: Annotated[
        float | None, typer.Option("--for", min=5, help="End after so many seconds.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the console.")] = 8000,
) -> None:
    """Show the whole chain against stand-in platforms on this machine."""
    configure(Secrets(), level=os.environ.get("SHIFEN_LOG_LEVEL", "error"))
    raise typer.Exit(run_demo(Console(), seconds=seconds, port=port))


@app.command()
def check(context: typer.Context) -> None:
    """Look for anything that would keep the promise from being held."""
    setting = setting_of(context)
    database = Database(setting.config.database_url)
    fine = show_findings(Console(), run_checks(setting, database))
    database.close()
    raise typer.Exit(0 if fine else 1)


@app.command()
def plan(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the queries, their intervals and the worst-case detection delay."""
    setting = setting_of(context)
    with opened(setting) as database:
        live = LiveConfig(setting.path, setting.environment, setting.config)
        rows = plan_rows(Planner(database, live, now=setting.now).plans())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        show_plans(Console(), rows, chinese=setting.config.locale.startswith("zh"))


@app.command()
def ingest(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="JSON Lines, or - for standard input.")],
    rejects: Annotated[
        Path | None, typer.Option(help="Where bad lines go (default: rejects.jsonl).")
    ] = None,
) -> None:
    """Put posts from a file through the same pipeline."""
    setting = setting_of(context)
    rejects_path = rejects or Path("rejects.jsonl")
    with (
        opened(setting) as database,
        lines_of(file) as lines,
        RejectsFile(rejects_path, file) as bad,
        progress_bar(Console(stderr=True)) as bar,
    ):
        live = LiveConfig(setting.path, setting.environment, setting.config)
        judging = build_judging(setting, database, live)
        feed = build_ingest(setting, database, live, judging)
        reading = bar.add_task("posts read", total=None)
        with held_back():
            summary = feed.run(lines, bad, lambda count: bar.advance(reading, count))
    if summary.rejected:
        typer.echo(f"{summary.rejected} lines rejected, kept in {rejects_path}", err=True)
    typer.echo(summary.to_json())


class RejectsFile:
    """The file of rejected lines, the first of which are told at once.

    It is made (over a former one) only when there is a line to keep.
    """

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._source = source
        self._stream: TextIO | None = None
        self._count = 0

    def __enter__(self) -> Self:
        if Path(self._source).resolve() == self._path.resolve():
            raise InputError(f"{self._path}: is read from; give --rejects another file")
        return self

    def write(self, text: str, /) -> None:
        """Keep one line."""
        if self._stream is None:
            try:
                self._stream = self._path.open("w", encoding="utf-8")
            except OSError as error:
                told = f"{self._path}: cannot be written ({error.strerror}); give --rejects FILE"
                raise InputError(told) from error
        self._stream.write(text)
        self._count += 1
        if self._count <= SHOWN_REJECTS:
            rejected = json.loads(text)
            typer.echo(f"line {rejected['line']}: {rejected['error']}", err=True)

    def __exit__(self, *_: object) -> None:
        if self._stream:
            self._stream.close()


@db_app.command("upgrade")
def db_upgrade(context: typer.Context) -> None:
    """Bring the schema to the newest version."""
    database = Database(setting_of(context).config.database_url)
    typer.echo(f"schema {database.upgrade()}")
    database.close()


@db_app.command("current")
def db_current(context: typer.Context) -> None:
    """Print the schema's version and the version that this program needs."""
    database = Database(setting_of(context).config.database_url)
    typer.echo(f"schema {database.version() or 'empty'}, needed {database.newest_version()}")
    database.close()


@user_app.command("add")
def user_add(
    context: typer.Context,
    name: str,
    role: Annotated[Role, typer.Option(help="What this person may do.")],
) -> None:
    """Add a person; the password is asked for, or read from standard input."""
    setting = setting_of(context)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with opened(setting) as database:
        store = UserStore(database, Passwords.recommended(), setting.now)
        store.add(name, password, role, by=BY_COMMAND_LINE)
    typer.echo(f"{name} added as {role.value}")


@token_app.command("create")
def token_create(
    context: typer.Context,
    name: str,
    role: Annotated[Role, typer.Option(help="What this program may do.")],
) -> None:
    """Create an API token and print it, this once."""
    setting = setting_of(context)
    with opened(setting) as database:
        _, text = TokenStore(database, setting.now).create(name, role, by=BY_COMMAND_LINE)
    typer.echo(text)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(VERSION)
