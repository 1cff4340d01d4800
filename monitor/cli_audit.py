"""The command `audit`: the auditor in a process of its own, beside the service."""

from __future__ import annotations

import signal
import threading
from typing import Annotated, Final

import typer

from monitor.bootstrap import Setting, routes_of
from monitor.commands import setting_of
from monitor.jobs import run_one
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.audit import Auditor, heartbeat_of
from monitor.storage.database import Database

SOMETHING_FOUND: Final = 1


def audit(
    context: typer.Context,
    every: Annotated[float, typer.Option(min=10, help="Seconds between two audits.")] = 60.0,
    once: Annotated[
        bool, typer.Option("--once", help="Look once; exit status 1 if something was found.")
    ] = False,
) -> None:
    """Look for anything left undone, beside a running service, until SIGTERM or Ctrl-C."""
    setting = setting_of(context)
    # The service owns an embedded database and brings its schema up; we only look on.
    database = Database(setting.config.database_url)
    try:
        database.check()
        metrics = Metrics()
        auditor = _auditor(setting, database, metrics)
        if once:
            raise typer.Exit(_look_once(auditor))
        _keep_looking(auditor, metrics, every)
    finally:
        database.close()


def _auditor(setting: Setting, database: Database, metrics: Metrics) -> Auditor:
    config = setting.config
    sources = [name for name, source in config.sources if source.enabled]
    return Auditor(
        database,
        LiveConfig(setting.path, setting.environment, config),
        routes_of(config),
        sources,
        metrics,
        now=setting.now,
        heartbeat=heartbeat_of(config.heartbeat, "audit"),
    )


def _look_once(auditor: Auditor) -> int:
    found = auditor.audit()
    for sentence in found or ["nothing was left undone"]:
        typer.echo(sentence)
    return SOMETHING_FOUND if found else 0


def _keep_looking(auditor: Auditor, metrics: Metrics, every_s: float) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    typer.echo(f"auditing every {every_s:g} s", err=True)
    while not stop.is_set():
        run_one("audit", auditor.audit, metrics)
        stop.wait(every_s)
