"""What a measurement was made on: a number without its machine and load says nothing."""

import os
import pathlib
import platform
import re
import time

TICKS = os.sysconf("SC_CLK_TCK")
SETTLE_SECONDS = 60


def load():
    return round(os.getloadavg()[0], 2)


def facts():
    cpu = re.search(r"^model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return {"cpu": cpu[1].strip() if cpu else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release(), "load": load()}


def describe():
    """One line, and a warning where other work disturbs what is timed."""
    known = facts()
    line = (f"machine: {known['cpu']}, {known['cores']} cores, Linux {known['kernel']}, "
            f"load {known['load']}")
    if known["load"] > 1:
        line += "\nnote: the load is over 1: times hold what other work took, CPU seconds do not"
    return line


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def settle(pid):
    """Until what a server prepares in the background after its start is done."""
    for _ in range(SETTLE_SECONDS):
        before = processor_seconds(pid)
        time.sleep(1)
        if processor_seconds(pid) - before < 0.03:
            return
