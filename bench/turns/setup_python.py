"""Runs a script of this folder in a Python of its own: pinned packages in the user's cache."""

import hashlib
import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(os.environ.get("ANTIPHON_CACHE") or os.path.join(home, "antiphon"))


def python_with(requirements):
    """The interpreter of a virtual environment with these requirements, made when missing."""
    digest = hashlib.sha256((HERE / requirements).read_bytes()).hexdigest()[:12]
    folder = cache() / "turns" / f"python-{digest}"
    if not (folder / ".complete").exists():
        print(f"installing {requirements} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q",
                        "--disable-pip-version-check", "--prefer-binary",
                        "-r", HERE / requirements], check=True)
        (folder / ".complete").touch()
    return folder / "bin" / "python"


def enter(requirements="requirements.txt"):
    """Starts the running script again under that interpreter, once."""
    wanted = python_with(requirements)
    if pathlib.Path(sys.prefix) != wanted.parent.parent:
        os.execv(wanted, [str(wanted), *sys.argv])
