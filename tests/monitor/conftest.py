"""The command line, run within the test's process, and a configuration for it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from monitor.cli import main
from tests.monitor.commands import Said, Shifen

CONFIG = """
database_url: sqlite:///{folder}/var/shifen.db
locale: en
brands: [{{name: 星云手表, aliases: [NebulaWatch]}}]
sentiment: {{scorer: words}}
"""


@pytest.fixture
def in_quiet_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting from outside, and logging afterwards as before."""
    for name in list(os.environ):
        if name.startswith("SHIFEN"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.NOTSET)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration in the working folder of the commands."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")
    return path


@pytest.fixture
def shifen(
    in_quiet_folder: None,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Shifen:
    """Run the command line as it is called from a shell."""

    def run(*words: str, stdin: bytes = b"") -> Said:
        (tmp_path / "stdin").write_bytes(stdin)
        monkeypatch.setattr(sys, "argv", ["shifen", *words])
        with (tmp_path / "stdin").open(encoding="utf-8") as given:
            monkeypatch.setattr(sys, "stdin", given)
            with pytest.raises(SystemExit) as ended:
                main()
        said = capfd.readouterr()
        status = ended.value.code
        assert isinstance(status, int | None)
        return Said(status or 0, said.out, said.err)

    return run
