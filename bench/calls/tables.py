"""What was measured, as Markdown."""

import judge

HEAD = """| server | calls | turns (missed) | added p50 / p99 ms | interrupted p50 / p99 ms \
(failed) | late p99 ms, stalls | CPU cores | % of a core per call | MB per call | within limits |
|---|---|---|---|---|---|---|---|---|---|"""


def number(value, digits=0):
    return "-" if value is None else f"{value:.{digits}f}"


def row(server, run, verdict):
    each = run["cpu_cores"] / run["calls"] * 100
    return (f"| {server} | {run['calls']:.0f} | {run['turns']:.0f} ({run['missed']:.0f}) "
            f"| {number(run['added_p50'])} / {number(run['added_p99'])} "
            f"| {number(run['interrupted_p50'])} / {number(run['interrupted_p99'])} "
            f"({run['interruptions_failed']:.0f}) "
            f"| {number(run['late_p99'], 1)}, {run['stalls']:.0f} | {run['cpu_cores']:.2f} "
            f"| {each:.2f} | {number(run['mb_per_call'], 2)} | {verdict} |")


def verdict_of(run):
    if run.get("void"):
        return f"disturbed: {run['void']}"
    broken = judge.failures(run)
    return "no: " + ", ".join(broken) if broken else "yes"


def ladder(levels_of):
    """One row for each level of each server, and the limits."""
    lines = [HEAD]
    for server, levels in levels_of.items():
        lines += [row(server, run, verdict_of(run)) for _, run in sorted(levels.items())]
    limits = {server: judge.limit({count: None if run.get("void") else run
                                   for count, run in levels.items()})
              for server, levels in levels_of.items()}
    lines += ["", "| server | calls on one core |", "|---|---|"]
    lines += [f"| {server} | {most or '-'} |" for server, most in limits.items()]
    return "\n".join(lines)
