"""When a level passes, when a run says nothing, and what three runs come to."""

import statistics

ADDED_P99_MS = 500        # above the floor
ADDED_TAIL_MS = 250       # p99 above the same run's p50: what load does
LATE_P99_MS = 50          # of a frame against the beginning of its reply
OWN_LATE_MS = 2           # of the callers and the providers themselves
WAITING_FLOOR, SATURATED = 0.1, 0.85  # cores
STOLEN_MOST = 0.05


def is_void(run):
    """Why a run says nothing about the server under test; empty where it does."""
    if run["generator_late_p99"] is None or run["generator_late_p99"] > OWN_LATE_MS:
        return "the callers were late"
    if run["providers"]["timer_late_ms_p99"] > OWN_LATE_MS:
        return "the providers were late"
    if run["stolen_cores"] > STOLEN_MOST:
        return "the machine's own host took time away"
    # With real-time priority only the server's own threads wait for each other.
    is_waiting = run["waiting_cores"] > run["cpu_cores"] > WAITING_FLOOR
    if not run["priority"] and is_waiting and run["cpu_cores"] < SATURATED:
        return "the server waited for the processor, though it was not busy"
    return ""


def failures(run, refused=()):
    """Which pass limits were broken. `refused`: how calls may be turned away."""
    broken = []
    lost = {why: count for why, count in run["lost"].items() if why not in refused}
    if lost:
        broken.append(f"calls lost: {lost}")
    if run["missed"]:
        broken.append(f"{run['missed']:.0f} turns missed")
    if run["added_p99"] is None or run["added_p50"] is None or run["added_p50"] < -50:
        broken.append("no turn was answered in its time")
    elif run["added_p99"] > ADDED_P99_MS or run["added_p99"] - run["added_p50"] > ADDED_TAIL_MS:
        broken.append(f"added latency {run['added_p50']:.0f} / {run['added_p99']:.0f} ms")
    if (run["late_p99"] or 0) > LATE_P99_MS:
        broken.append(f"frames {run['late_p99']:.0f} ms late")
    if run["stalls"]:
        broken.append(f"{run['stalls']:.0f} stalls")
    if run["interruptions_failed"]:
        broken.append(f"{run['interruptions_failed']:.0f} interruptions failed")
    return broken


def median(runs):
    """Every figure's median. Lost calls are those of the run that lost the median number."""
    names = [name for name, value in runs[0].items()
             if isinstance(value, (int, float)) or value is None]
    whole = {}
    for name in names:
        known = [run[name] for run in runs if run[name] is not None]
        whole[name] = statistics.median(known) if 2 * len(known) > len(runs) else None
    by_loss = sorted(runs, key=lambda run: sum(run["lost"].values()))
    whole["lost"] = by_loss[len(runs) // 2]["lost"]
    return whole


def limit(levels):
    """The most calls that passed, with every smaller level passed as well; 0: none."""
    most = 0
    for count in sorted(levels):
        if levels[count] is None or failures(levels[count]):
            break
        most = count
    return most
