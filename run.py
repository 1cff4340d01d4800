#!/usr/bin/env python3
"""Sets Shifen up on a fresh machine and runs it; needs Python 3.11 or newer and nothing else.

python3 run.py demo       the demonstration
python3 run.py test       the tests
python3 run.py WORD ...   any other command of the service, e.g. run --config my.yaml
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEWEST_NEEDED = (3, 11)


def main():
    """Prepare the environment that the word needs, then become that program."""
    words = sys.argv[1:] or ["--help"]
    testing = words[0] == "test"
    if sys.version_info < NEWEST_NEEDED:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            "Shifen needs Python 3.11 or newer; this is %s. On Debian or Ubuntu: "
            "sudo apt-get install python3.11 python3.11-venv, then python3.11 run.py %s"
            % (found, " ".join(words))
        )
    prepare(ROOT / ("requirements-dev.lock" if testing else "requirements.lock"))
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


def prepare(lock):
    """Install what `lock` lists into .venv, unless that was done before."""
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    marker = VENV / (lock.stem + ".installed")
    if works() and marker.is_file() and marker.read_text() == digest:
        return
    print("Setting up in %s (once, about a minute) ..." % VENV, file=sys.stderr, flush=True)
    uv = which_uv()
    if not works():
        make_venv(uv)
    install = ["install", "--quiet", "--require-hashes", "--no-deps"]
    install += ["--only-binary", ":all:", "--no-binary", "snownlp", "-r", str(lock)]
    if uv:
        command = [uv, "pip", *install, "--python", str(PYTHON)]
    else:
        command = [str(PYTHON), "-m", "pip", *install, "--disable-pip-version-check"]
    if subprocess.call(command):
        sys.exit(
            "The packages of %s could not be installed; the lines above say why. "
            "Check that this machine reaches a Python package index, then run the same command "
            "again." % lock.name
        )
    marker.write_text(digest)


def works():
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


def make_venv(uv):
    """Create .venv, with uv where it is, else with the standard library."""
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)]
    else:
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.call(command):
        version = "%d.%d" % sys.version_info[:2]
        sys.exit(
            "Python's venv module does not work here. On Debian or Ubuntu: "
            "sudo apt-get install python%s-venv, then run the same command again." % version
        )


def which_uv():
    """Return the path of uv where this machine has it."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        candidate = Path(folder) / ("uv.exe" if os.name == "nt" else "uv")
        if folder and os.access(candidate, os.X_OK):
            return str(candidate)
    return ""


if __name__ == "__main__":
    main()
