"""The servers that are compared. Each starts afresh for a run, and says where it is called.

    start(machine)   until it is ready and quiet
    stop()
    port, path       of its WebSocket for Twilio Media Streams
    pid              whose processes below it count as its own
    versions()       of what it is made of
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import rig

ROOT = rig.ROOT
PEERS = pathlib.Path(__file__).resolve().parent / "peers"
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests/faults"), str(ROOT / "tools/lib")]
os.environ.setdefault("ANTIPHON_ROOT", str(ROOT))
import machine as machine_facts  # noqa: E402, the folders must be known first
import pinned  # noqa: E402
import product  # noqa: E402

CALLS_ALLOWED = 5000


class Antiphon:
    """`antiphon up` with PostgreSQL and Redis, all of it on the one core, neural VAD on.

    The agent ends a turn after 200 ms of silence like its peers, never answers ahead, has no
    knowledge to look through and does not greet.
    """

    name = "antiphon"

    def __init__(self, providers_port, recognizer="openai", calls_max=CALLS_ALLOWED):
        self.providers_port, self.recognizer, self.calls_max = providers_port, recognizer, calls_max
        self.flood_port = rig.free_port()
        self.folder = product.new_folder()
        self.server, self.paths = None, {}

    def configuration(self, port):
        base = f"http://127.0.0.1:{port}/v1"
        account = {"provider": "openai", "model": "stub", "base_url": base}
        recognizer = {**account, "provider": self.recognizer}
        if self.recognizer != "openai":
            recognizer["base_url"] = f"http://127.0.0.1:{port}"
            recognizer["secret"] = "stub"
        return {"greeting": "", "prompt": "You are brief.", "language_model": account,
                "recognizer": recognizer, "voice": {**account, "name": "alloy"},
                "knowledge": {"enabled": False},
                "turn": {"silence_min_ms": 200, "silence_max_ms": 200, "speculative": False}}

    def make_agents(self):
        self.server.call("PUT", "/api/secrets/stub", {"kind": "provider_key", "value": "stub"})
        for name, port in (("calls", self.providers_port), ("flooded", self.flood_port)):
            status, agent = self.server.call("POST", "/api/agents", {
                "name": name, "slug": name, "configuration": self.configuration(port)})
            assert status == 201, agent
            self.paths[name] = agent["slug"]

    def start(self, machine):
        limit = ["--calls-max", str(self.calls_max)] if self.calls_max else []
        targets = ",".join(f"http://127.0.0.1:{port}"
                           for port in (self.providers_port, self.flood_port))
        self.server = product.Product(
            self.folder, ["--provider-targets", targets, "--connections-per-address", "0", *limit],
            before=machine.server())
        self.server.wait_for_speech()
        if not self.paths:
            self.make_agents()
        machine_facts.settle(self.server.process.pid)

    def path_of(self, agent):
        return f"/audio/twilio?agent={self.paths[agent]}&key={self.server.key}"

    @property
    def port(self):
        return self.server.port

    @property
    def pid(self):
        return self.server.process.pid

    @property
    def path(self):
        return self.path_of("calls")

    def stop(self):
        self.server.stop()

    def close(self):
        product.remove(self.folder)

    def versions(self):
        said = subprocess.run([product.PROGRAM, "--version"], capture_output=True, text=True,
                              check=True)
        commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT,
                                capture_output=True, text=True)
        return {"antiphon": said.stdout.split()[-1], "commit": commit.stdout.strip()}


class Peer:
    """A program of peers/ that listens on PORT and asks the providers at PROVIDERS."""

    path = "/ws"

    def __init__(self, providers_port):
        self.providers_port, self.port, self.process = providers_port, rig.free_port(), None

    def start(self, machine):
        self.process = subprocess.Popen(
            [*machine.server(), *self.command()], stderr=subprocess.DEVNULL,
            env={**os.environ, "PROVIDERS": f"127.0.0.1:{self.providers_port}",
                 "PORT": str(self.port)})
        rig.wait_until_listens(self.process, self.port)
        machine_facts.settle(self.process.pid)

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        rig.end(self.process)

    def close(self):
        pass


class PythonPeer(Peer):
    def __init__(self, providers_port):
        super().__init__(providers_port)
        self.python = pinned.python_with(PEERS / self.requirements)

    def command(self):
        return [self.python, PEERS / self.program]

    def versions(self):
        lines = (PEERS / self.requirements).read_text().splitlines()
        pins = dict(line.partition("==")[::2] for line in lines if "==" in line)
        return {name: pins[name] for name in self.named}


class Pipecat(PythonPeer):
    name, program, requirements = "pipecat", "pipecat_server.py", "requirements-pipecat.txt"
    named = ("pipecat-ai", "fastapi", "uvicorn", "uvloop", "onnxruntime")


class LiveKit(PythonPeer):
    name, program, requirements = "livekit-agents", "livekit_server.py", "requirements-livekit.txt"
    named = ("livekit-agents", "livekit", "livekit-plugins-silero", "aiohttp", "uvloop")


class Node(Peer):
    """No framework and no neural VAD: what the plumbing alone costs, like for like with nobody."""

    name = "lean Node"

    def __init__(self, providers_port):
        super().__init__(providers_port)
        lock, stamp = PEERS / "package-lock.json", PEERS / "node_modules/.antiphon-lock"
        if not stamp.is_file() or stamp.read_text() != lock.read_text():
            subprocess.run([ROOT / "tools/npm", "ci", "--no-audit", "--no-fund", "--silent"],
                           cwd=PEERS, check=True)
            stamp.write_text(lock.read_text())
        said = subprocess.run([ROOT / "tools/node", "-p", "process.execPath"], check=True,
                              capture_output=True, text=True)
        self.node = said.stdout.strip()

    def command(self):
        return [self.node, PEERS / "node_server.mjs"]

    def versions(self):
        said = subprocess.run([self.node, "--version"], capture_output=True, text=True, check=True)
        ws = json.loads((PEERS / "package.json").read_text())["dependencies"]["ws"]
        return {"node": said.stdout.strip().lstrip("v"), "ws": ws}


SERVERS = {kind.name: kind for kind in (Antiphon, Pipecat, LiveKit, Node)}
LEVELS = {"antiphon": (1, 50, 100, 200, 300, 400, 500, 600), "pipecat": (1, 10, 20, 25, 30),
          "livekit-agents": (1, 10, 20, 30, 40), "lean Node": (1, 50, 100, 250, 350, 500)}
