#!/usr/bin/env python3
"""Sets Shifen up on a fresh machine and runs it; needs Python 3.11 or newer and nothing else.

python3 run.py demo       the demonstration
python3 run.py test       the tests
python3 run.py WORD ...   any other command of the service, e.g. run --config my.yaml
"""

import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator, TextIO  # noqa: UP035 (Pythons that are too old must get as far as main)

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TURN = ROOT / ".venv.lock"
RUNTIME = ROOT / "requirements.lock"
EVERYTHING = ROOT / "requirements-dev.lock"
OLDEST = (3, 11)
INTERRUPTED = 130


def main() -> None:
    """Prepare the environment that the word needs, then become that program."""
    words = sys.argv[1:] or ["--help"]
    testing = words[0] == "test"
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"Shifen needs Python 3.11 or newer; this is {found}. On Debian or Ubuntu: "
            "sudo apt-get install python3.11 python3.11-venv, "
            f"then python3.11 run.py {' '.join(words)}"
        )
    try:
        prepare(EVERYTHING if testing else RUNTIME)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped while setting up; the same command starts over.\n")
        sys.exit(INTERRUPTED)
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(ROOT), environment.get("PYTHONPATH", "")])
    )
    environment.setdefault("PYTHONUTF8", "1")
    if testing:
        os.chdir(ROOT)
        workers = str(min(os.cpu_count() or 1, 4))
        command = ["-m", "pytest", "-n", workers, *words[1:]]
    else:
        command = ["-m", "monitor", *words]
    if os.name == "nt":
        sys.exit(subprocess.call([str(PYTHON), *command], env=environment))
    sys.stdout.flush()
    os.execve(str(PYTHON), [str(PYTHON), *command], environment)


def prepare(lock: Path) -> None:
    """Install what `lock` lists into .venv, unless that was done before."""
    if installed(lock):
        return
    with turn() as unfinished:
        if installed(lock):
            return
        print(f"Setting up in {VENV} (once, a minute or two) ...", file=sys.stderr, flush=True)
        uv = which_uv()
        begun_before = unfinished.read()
        if not begun_before:
            unfinished.write("an installation is under way")
            unfinished.flush()
        # Half an installed package looks whole to pip: after an interruption nothing is kept.
        if begun_before or not works():
            make_venv(uv)
        install(lock, uv)
        marker(lock).write_text(digest(lock))
        unfinished.truncate(0)


def installed(lock: Path) -> bool:
    """Tell whether .venv works and holds what `lock` lists; the larger lock holds the smaller."""
    if TURN.is_file() and TURN.stat().st_size:
        return False
    fitting = [each for each in dict.fromkeys([lock, EVERYTHING]) if is_marked(each)]
    return bool(fitting) and works()


def is_marked(lock: Path) -> bool:
    """Tell whether exactly this lock was installed by exactly this Python."""
    return marker(lock).is_file() and marker(lock).read_text() == digest(lock)


def marker(lock: Path) -> Path:
    """Return the file that says that `lock` is installed."""
    return VENV / (lock.stem + ".installed")


def digest(lock: Path) -> str:
    """Name the content of `lock` together with this Python."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


@contextlib.contextmanager
def turn() -> Iterator[TextIO]:
    """Let one process at a time set up; gives the file that is empty unless one broke off."""
    try:
        stream = TURN.open("a+")
    except OSError as error:
        sys.exit(
            f"Shifen cannot be set up in {ROOT} ({error.strerror}). Copy the folder to a place "
            "where you may write, then run the same command there."
        )
    with stream:
        if fcntl:
            fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        yield stream


def install(lock: Path, uv: str) -> None:
    """Install exactly the files that `lock` names by their hashes; nothing is compiled."""
    # SnowNLP comes as source only: pure Python, so that needs no compiler.
    words = ["install", "--quiet", "--require-hashes", "--no-deps"]
    words += ["--only-binary", ":all:", "--no-binary", "snownlp", "-r", str(lock)]
    if uv:
        command = [uv, "pip", *words, "--python", str(PYTHON)]
    else:
        # The second --quiet leaves errors and takes away warnings that concern nobody here.
        command = [str(PYTHON), "-m", "pip", *words, "--quiet", "--disable-pip-version-check"]
    if subprocess.call(command):
        sys.exit(
            f"The packages of {lock.name} could not be installed; the lines above say why. "
            "Check that this machine reaches a Python package index, then run the same command "
            "again."
        )


def works() -> bool:
    """Tell whether .venv holds a Python of this version that starts."""
    if not PYTHON.exists():
        return False
    question = "import sys; print(sys.version)"
    try:
        answer = subprocess.run(
            [str(PYTHON), "-c", question], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == sys.version


def make_venv(uv: str) -> None:
    """Create .venv, with uv where it is, else with the standard library."""
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)]
    else:
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.call(command):
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        sys.exit(
            "Python's venv module does not work here. On Debian or Ubuntu: "
            f"sudo apt-get install {package}, then run the same command again."
        )


def which_uv() -> str:
    """Return the path of uv, empty where this machine has none."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        candidate = Path(folder) / ("uv.exe" if os.name == "nt" else "uv")
        if folder and os.access(candidate, os.X_OK):
            return str(candidate)
    return ""


if __name__ == "__main__":
    main()
