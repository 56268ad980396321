"""One measuring run: the server on a processor of its own, providers and callers on another.

Where it is allowed (root), the callers and providers run first-in-first-out at priority 50 and the
server round-robin at 10: other work on the machine then disturbs neither the clock nor the server.
Every server gets the same.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.request

import judge

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
RAMP_MOST_S = 20
CALLS_PER_RAMP_SECOND = 6
START_SECONDS = 120
VOID_REPEATS = 2


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def may_be_first():
    """Whether this process may give others real-time priority."""
    if not shutil.which("chrt"):
        return False
    return subprocess.run(["chrt", "-f", "50", "true"], capture_output=True).returncode == 0


class Machine:
    """Where each side runs, and how it takes turns with other measuring programs."""

    def __init__(self, server_cpu, generator_cpu, lock=None):
        self.has_priority = may_be_first()
        self.server_cpu, self.generator_cpu, self.lock = server_cpu, generator_cpu, lock
        if self.has_priority:  # else other work delays the start and the end of each run
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))

    def server(self):
        return self._on(self.server_cpu, ["-r", "10"])

    def generator(self):
        return self._on(self.generator_cpu, ["-f", "50"])

    def other_work(self):
        """Of what only makes load: it may never keep the callers from their clock."""
        return ["chrt", "-o", "0", "taskset", "-c", str(self.generator_cpu)]

    def _on(self, cpu, how):
        priority = ["chrt", *how] if self.has_priority else []
        return [*priority, "taskset", "-c", str(cpu)]

    @contextlib.contextmanager
    def alone(self):
        if not self.lock:
            yield
            return
        with open(self.lock, "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait_until_listens(process, port):
    end = time.monotonic() + START_SECONDS
    while not listens(port):
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        assert time.monotonic() < end, f"{process.args} did not listen"
        time.sleep(0.1)


def end(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Providers:
    """The recognizer, model and voice that every server is configured to use."""

    def __init__(self, machine, port, *options):
        self.port = port
        self.process = subprocess.Popen([*machine.generator(), BUILD / "bench_providers", "--port",
                                         str(port), *options])
        wait_until_listens(self.process, port)

    def ask(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return json.load(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)


def start_callers(machine, server, calls, options, path=None):
    ramp = min(RAMP_MOST_S, calls // CALLS_PER_RAMP_SECOND + 1)
    seconds = ramp + options.warmup + options.seconds
    process = subprocess.Popen(
        [*machine.generator(), BUILD / "bench_callers", "--port", str(server.port),
         "--path", path or server.path, "--speech", options.speech, "--calls", str(calls),
         "--ramp", str(ramp), "--warmup", str(options.warmup), "--duration", str(options.seconds),
         "--process", str(server.pid)], stdout=subprocess.PIPE, text=True)
    return process, seconds


def result_of(process, seconds):
    text, _ = process.communicate(timeout=seconds + 60)
    assert process.returncode == 0, f"the callers ended with {process.returncode}"
    return json.loads(text)


def run(machine, server, calls, options, beside=None):
    """Starts the server, calls it, ends it. `beside(seconds)` is a context with other load."""
    with machine.alone(), Providers(machine, server.providers_port) as providers:
        server.start(machine)
        try:
            load = os.getloadavg()[0]
            providers.ask("/reset")
            callers, seconds = start_callers(machine, server, calls, options)
            with beside(seconds) if beside else contextlib.nullcontext() as other:
                result = result_of(callers, seconds)
            result["providers"] = providers.ask("/stats")
            result["priority"] = machine.has_priority
            result["load_before"] = round(load, 2)
            if other:
                result["beside"] = other
        finally:
            server.stop()
    return result


def runs(machine, server, calls, options, beside=None):
    """As many runs as were asked for, without those that say nothing; their median."""
    kept, void = [], []
    while len(kept) < options.repeats and len(void) <= VOID_REPEATS:
        result = run(machine, server, calls, options, beside)
        result["void"] = judge.is_void(result)
        (void if result["void"] else kept).append(result)
    middle = judge.median(kept or void)
    middle["void"] = "" if len(kept) >= options.repeats else void[-1]["void"]
    return middle, kept + void
