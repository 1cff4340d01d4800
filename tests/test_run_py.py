"""run.py, which must work where nothing of ours is installed: what it says and what it starts."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT


class Started(BaseException):
    """Raised where this process would have become another."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        super().__init__(command)
        self.command = list(command)
        self.environment = environment


class Machine:
    """A fresh copy of run.py, whose subprocesses only write down what they were asked."""

    def __init__(self, run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run = run
        self.calls: list[list[str]] = []
        self.failing = ""
        self._patch = monkeypatch
        monkeypatch.setattr(subprocess, "call", self._call)
        monkeypatch.setattr(os, "execve", self._execve)
        self.has_uv(False)

    def has_uv(self, there: bool) -> None:
        self._patch.setattr(self.run, "which_uv", lambda: "/bin/uv" if there else "")

    def _call(self, command: list[str], **_: Any) -> int:
        self.calls.append(command)
        if self.failing and self.failing in command:
            return 1
        if "venv" in command:
            self.run.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            self.run.PYTHON.unlink(missing_ok=True)
            self.run.PYTHON.symlink_to(sys.executable)
        return 0

    def _execve(self, _path: str, command: Sequence[str], environment: dict[str, str]) -> None:
        raise Started(command, environment)

    def start(self, *words: str) -> Started:
        self._patch.setattr(sys, "argv", ["run.py", *words])
        with pytest.raises(Started) as started:
            self.run.main()
        return started.value

    def refuse(self, *words: str) -> str:
        self._patch.setattr(sys, "argv", ["run.py", *words])
        with pytest.raises(SystemExit) as ended:
            self.run.main()
        assert isinstance(ended.value.code, str)
        return ended.value.code


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for name in ("run.py", "requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    spec = importlib.util.spec_from_file_location("fresh_run", tmp_path / "run.py")
    assert spec
    assert spec.loader
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    monkeypatch.chdir(tmp_path)
    return Machine(run, monkeypatch)


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names <= sys.stdlib_module_names


def test_a_python_that_is_too_old_can_read_it_as_far_as_its_message() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_python_that_is_too_old_is_told_what_to_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    said = machine.refuse("demo", "--for", "60")
    assert said.startswith("Shifen needs Python 3.11 or newer; this is 3.9.2.")
    assert said.endswith("python3.11 run.py demo --for 60")
    assert machine.calls == []


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["demo", "--for", "60"], ["-m", "monitor", "demo", "--for", "60"]),
        (["run", "--config", "my.yaml"], ["-m", "monitor", "run", "--config", "my.yaml"]),
        ([], ["-m", "monitor", "--help"]),
    ],
)
def test_a_fresh_machine_is_set_up_and_becomes_the_service(
    machine: Machine, words: list[str], command: list[str]
) -> None:
    started = machine.start(*words)
    assert started.command == [str(machine.run.PYTHON), *command]
    assert started.environment["PYTHONPATH"].split(os.pathsep)[0] == str(machine.run.ROOT)
    venv, install = machine.calls
    assert venv[:3] == [sys.executable, "-m", "venv"]
    assert "--require-hashes" in install
    assert install[install.index("-r") + 1].endswith("/requirements.lock")


def test_test_installs_everything_and_runs_the_tests(machine: Machine, tmp_path: Path) -> None:
    started = machine.start("test", "-k", "cli")
    assert started.command[1:4] == ["-m", "pytest", "-n"]
    assert started.command[5:] == ["-k", "cli"]
    assert any(word.endswith("/requirements-dev.lock") for word in machine.calls[1])
    assert Path.cwd() == tmp_path


def test_uv_is_used_where_it_is(machine: Machine) -> None:
    machine.has_uv(True)
    machine.start("demo")
    venv, install = machine.calls
    assert venv[:2] == ["/bin/uv", "venv"]
    assert install[:3] == ["/bin/uv", "pip", "install"]
    assert install[-2:] == ["--python", str(machine.run.PYTHON)]


def test_what_is_installed_is_not_installed_again(machine: Machine) -> None:
    machine.start("demo")
    machine.calls.clear()
    machine.start("demo")
    assert machine.calls == []
    machine.start("test")
    assert ["venv" in call for call in machine.calls] == [False]
    machine.calls.clear()
    machine.start("demo")
    assert machine.calls == []


def test_a_changed_lock_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.start("demo")
    machine.calls.clear()
    with machine.run.RUNTIME.open("a") as lock:
        lock.write("# changed\n")
    machine.start("demo")
    assert ["install" in call for call in machine.calls] == [True]


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.start("demo")
    machine.calls.clear()
    machine.run.PYTHON.unlink()
    machine.run.PYTHON.write_text("not a program")
    machine.start("demo")
    assert "venv" in machine.calls[0]


def test_an_interrupted_installation_starts_over(machine: Machine) -> None:
    machine.start("demo")
    machine.calls.clear()
    machine.run.TURN.write_text("an installation is under way")
    machine.start("demo")
    assert ["venv" in call for call in machine.calls] == [True, False]
    machine.calls.clear()
    machine.start("demo")
    assert machine.calls == []


def test_ctrl_c_while_setting_up_is_one_sentence(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_command: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "call", interrupted)
    monkeypatch.setattr(sys, "argv", ["run.py", "demo"])
    with pytest.raises(SystemExit) as ended:
        machine.run.main()
    assert ended.value.code == machine.run.INTERRUPTED
    assert "the same command starts over" in capsys.readouterr().err


def test_a_missing_venv_module_names_the_package_that_mends_it(machine: Machine) -> None:
    machine.failing = "venv"
    said = machine.refuse("demo")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"sudo apt-get install python{version}-venv" in said
    assert len(machine.calls) == 1


def test_packages_that_cannot_be_installed_are_told_and_tried_again(machine: Machine) -> None:
    machine.failing = "install"
    said = machine.refuse("demo")
    assert "requirements.lock could not be installed" in said
    machine.failing = ""
    machine.calls.clear()
    machine.start("demo")
    assert ["install" in call for call in machine.calls] == [False, True]


def test_a_folder_where_nothing_may_be_written_is_told(machine: Machine) -> None:
    machine.run.TURN.mkdir()
    said = machine.refuse("demo")
    assert "cannot be set up in" in said
    assert machine.calls == []


@pytest.mark.parametrize("executable", [True, False])
def test_uv_is_looked_for_on_the_path(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: bool
) -> None:
    monkeypatch.undo()
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text("")
    uv.chmod(0o755 if executable else 0o644)
    monkeypatch.setenv("PATH", os.pathsep.join(["", str(tmp_path / "none"), str(uv.parent)]))
    assert machine.run.which_uv() == (str(uv) if executable else "")


def test_the_digest_names_lock_and_python(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.lock").write_text("a")
    (tmp_path / "b.lock").write_text("b")
    first = machine.run.digest(tmp_path / "a.lock")
    assert first == machine.run.digest(tmp_path / "a.lock")
    assert first != machine.run.digest(tmp_path / "b.lock")
    monkeypatch.setattr(sys, "version", "another")
    assert first != machine.run.digest(tmp_path / "a.lock")
