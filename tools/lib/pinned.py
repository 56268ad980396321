"""A Python with what a requirements file pins, in the user's cache; made by the first who asks."""

import shutil
import subprocess
import sys

import wheels

INSTALL_SECONDS = 300


class NotInstalled(Exception):
    """There is no network, or it is too slow."""


def folder_with(requirements):
    """The environment's folder: its programs are in bin/."""
    root = wheels.cache_root()
    folder = root / "venv" / wheels.sha256_of(requirements)[:16]
    try:
        with wheels.exclusive(root):
            if not (folder / "complete").is_file():
                _install(folder, requirements)
    except (subprocess.SubprocessError, OSError) as error:
        raise NotInstalled(str(error)) from error
    return folder


def python_with(requirements):
    return str(folder_with(requirements) / "bin/python3")


def _install(folder, requirements):
    shutil.rmtree(folder, ignore_errors=True)
    print(f"installing {requirements} into the cache", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=INSTALL_SECONDS)
    subprocess.run([str(folder / "bin/pip"), "install", "--quiet", "--retries", "5", "--no-deps",
                    "--only-binary", ":all:", "--disable-pip-version-check",
                    "-r", str(requirements)],
                   check=True, timeout=INSTALL_SECONDS, stdout=sys.stderr)
    (folder / "complete").touch()
