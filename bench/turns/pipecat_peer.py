#!/usr/bin/env python3
"""Runs pipecat, unmodified and with its default settings, on the corpus in real time.

usage: bench/turns/pipecat_peer.py [--corpus DIR] [--half measure] [--out peers.json]
                                   [--calls 8] [--only CLASS,...] [--limit N]
                                   [--clean] [--set VAD_STOP=0.5 | SMART_STOP=1.5 | TIMEOUT=0.6]

Starts the server of pipecat_server.py, the model's stub (first token after 200 ms) and a number of
callers that speak Twilio Media Streams. Prints how late the callers themselves were: a run whose
99th percentile exceeds 10 ms says nothing about the peer and is marked void. As root both sides run
at real-time priority, so that other work on the machine disturbs them less.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import setup_python

HERE = pathlib.Path(__file__).resolve().parent
VOID_MS = 10
DEFAULTS = "pipecat-ai 1.14.0, defaults: Silero VAD stop 0.2 s, Smart Turn 3.2 local, at most 3 s"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path,
                        default=setup_python.cache() / "turns" / "corpus")
    parser.add_argument("--half", choices=("tune", "measure"), default="measure")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("peers.json"))
    parser.add_argument("--calls", type=int, default=8)
    parser.add_argument("--only", default="", help="classes, separated by commas")
    parser.add_argument("--clean", action="store_true", help="turns without noise only")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=SECONDS",
                        help="another point of the curve: see pipecat_server.py")
    parser.add_argument("--limit", type=int, default=0, help="at most so many items")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def realtime(priority):
    """A prefix for commands, and the same for this process, where the machine allows it."""
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(priority))
        return True
    return False


def settings(options):
    return dict(setting.split("=", 1) for setting in options.set)


@contextlib.contextmanager
def server(options, stub_port):
    port = free_port()
    environment = os.environ | {"CORPUS": str(options.corpus.resolve()), "PORT": str(port),
                                "STUB": f"http://127.0.0.1:{stub_port}", "OMP_NUM_THREADS": "1"}
    environment |= settings(options)
    started = subprocess.Popen([sys.executable, HERE / "pipecat_server.py"], env=environment)
    try:
        wait_for(port, started)
        yield port, started.pid
    finally:
        started.terminate()
        started.wait()


def wait_for(port, process, seconds=180):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("the peer's server ended before it listened")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise SystemExit("the peer's server does not listen")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def chosen(options):
    document = json.loads((options.corpus / "corpus.json").read_text())
    only = set(filter(None, options.only.split(",")))
    items = [item for item in document["items"] if item["half"] == options.half
             and not item["class"].endswith("-expected") and (not only or item["class"] in only)
             and (not options.clean or item["kind"] == "turn" and not item["noise"])]
    return document, items[:options.limit or None]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


async def run(options, document, items):
    import media_caller
    bench = media_caller.Bench(options.corpus, document)
    stub_port = await bench.start_model()
    with server(options, stub_port) as (port, pid):
        bench.port = port
        await bench.warm_up()
        bench.late.clear()
        started, cpu = time.monotonic(), cpu_seconds(pid)
        results = await bench.all_calls(items, options.calls)
        wall = time.monotonic() - started
        cores = (cpu_seconds(pid) - cpu) / wall
    await bench.stop()
    p99 = percentile(bench.late, 0.99)
    return {"system": "pipecat", "settings": "; ".join([DEFAULTS, *options.set]),
            "calls": options.calls,
            "wall_s": round(wall), "server_cores": round(cores, 2),
            "runner_late_ms": {"p50": percentile(bench.late, 0.5), "p99": p99,
                               "max": max(bench.late)},
            "void": p99 > VOID_MS, "provider_ms": media_caller.PROVIDER_MS, "items": results}


def main():
    options = arguments()
    setup_python.enter("requirements-pipecat.txt")
    document, items = chosen(options)
    raised = realtime(10)
    result = asyncio.run(run(options, document, items))
    result["realtime_priority"] = raised
    options.out.write_text(json.dumps(result, indent=1) + "\n")
    late = result["runner_late_ms"]
    print(f"{len(result['items'])} items in {result['wall_s']} s, {options.calls} calls at a time, "
          f"server {result['server_cores']} cores; runner late p50 {late['p50']} p99 {late['p99']} "
          f"max {late['max']} ms{': VOID' if result['void'] else ''}")
    return 1 if result["void"] else 0


if __name__ == "__main__":
    sys.exit(main())
