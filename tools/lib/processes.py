"""Runs a command with a deadline, a log and a temporary folder of its own."""

import os
import shutil
import signal
import subprocess
import tempfile


# Databases of tests sync often; in memory that costs nothing, on a busy disk minutes.
MEMORY_FOLDER = "/dev/shm"
MEMORY_LEAST = 2 << 30


def fast_folder():
    try:
        free = shutil.disk_usage(MEMORY_FOLDER).free
    except OSError:
        return "/tmp"
    return MEMORY_FOLDER if free >= MEMORY_LEAST and os.access(MEMORY_FOLDER, os.W_OK) else "/tmp"


def execute(command, log, cwd, environment, deadline):
    """The exit status, or None past the deadline. The whole process group is ended with it."""
    # Short, because unix socket paths are; open to all, because PostgreSQL never runs as root.
    temporary = tempfile.mkdtemp(prefix="at-", dir=fast_folder())
    os.chmod(temporary, 0o1777)
    environment = {**os.environ, **environment, "TMPDIR": temporary}
    try:
        with open(log, "wb") as output:
            process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                       start_new_session=True)
            try:
                return process.wait(deadline)
            except subprocess.TimeoutExpired:
                return None
            finally:
                end_group(process)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def end_group(process):
    """Nothing that a suite started outlives it; SIGABRT first, so that a hang shows its stack."""
    for number in (signal.SIGABRT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
