"""What commands begin with: their settings, an open database, a file to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import typer

from monitor.bootstrap import Setting
from monitor.config import load
from monitor.logs import configure
from monitor.secrets import Secrets
from monitor.storage.database import Database


class InputError(Exception):
    """A file that a command reads or writes cannot be opened; the text says which and why."""


def setting_of(context: typer.Context) -> Setting:
    """Read the configuration that the command line names, and the secrets; set up the logs."""
    path: Path = context.obj
    environment = dict(os.environ)
    secrets = Secrets.from_environment(environment)
    configure(secrets, level=environment.get("SHIFEN_LOG_LEVEL", "info"))
    return Setting(load(path, environment), secrets, path, environment)


@contextmanager
def opened(setting: Setting) -> Iterator[Database]:
    """Open the database; the embedded one is brought to the newest schema by itself."""
    database = Database(setting.config.database_url)
    try:
        if database.is_sqlite:
            database.upgrade()
        database.check()
        yield database
    finally:
        database.close()


@contextmanager
def lines_of(file: str) -> Iterator[TextIO]:
    """Open a file, or standard input for `-`; raise InputError.

    Bytes that are not UTF-8 become lone surrogates, which readers of lines reject.
    """
    source = sys.stdin.fileno() if file == "-" else file
    try:
        stream = open(source, encoding="utf-8", errors="surrogateescape", closefd=file != "-")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
    with stream:
        yield stream
