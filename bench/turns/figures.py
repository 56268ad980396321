"""The figures of a run: what is early, late, missed, stopped; rates with one sigma. No I/O.

Definitions
  early    a commit before the last sound of the turn
  heard    agent audio that began before it
  missed   no commit within 8 s after it
  delay    last sound to first agent audio, providers' time taken off, of turns not cut
  stop     no audible agent audio for 300 ms or more after the caller's sound began
"""

import math

import labels

MISSED_MS = 8000
WORDLESS = ("echo", "cough", "laugh", "door", "keyboard", "dtmf", "music", "babble", "bed")
LINE_MS = [200, 300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1500, 2000]


def percentile(values, share):
    """Linear between neighbours; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def rate(count, total):
    """`12.3 ±3.1 %`; a rate of 0 or 1 has the sigma of half an event, not zero."""
    if not total:
        return "-"
    share = count / total
    held = min(max(count, 0.5), total - 0.5) / total
    return f"{100 * share:.1f} ±{100 * math.sqrt(held * (1 - held) / total):.1f} %"


def pair(values):
    middle, slow = percentile(values, 0.5), percentile(values, 0.9)
    return "- / -" if middle is None else f"{middle:.0f} / {slow:.0f} ms"


def needed(item):
    """What a default profile has to be run on."""
    return not item["class"].endswith("-expected")


def is_early(item, result):
    return any(ms < item["speech_end_ms"] for ms in result["committed_ms"])


def is_heard(item, result):
    first = result.get("first_audio_ms")
    return first is not None and first < item["speech_end_ms"] and is_early(item, result)


def is_missed(item, result):
    """No commit at the end of the turn: an early one does not answer what came after it."""
    last = max(result["committed_ms"], default=None)
    end = item["speech_end_ms"]
    resumed_after = max((pause[1] for pause in item["pauses"]), default=item["speech_start_ms"])
    return last is None or last < resumed_after or last > end + MISSED_MS


def delay(item, result):
    """ms from the last sound to the first agent audio, None for turns that were cut or missed."""
    if is_early(item, result) or is_missed(item, result) or result["first_audio_ms"] is None:
        return None
    return result["first_audio_ms"] - item["speech_end_ms"]


class Turns:
    """Counts over the turn items that `keep` accepts and the run has."""

    def __init__(self, items, run, keep):
        found = [(items[result["id"]], result) for result in run["items"]
                 if result["id"] in items and items[result["id"]]["kind"] == "turn"]
        self.pairs = [(item, result) for item, result in found if keep(item)]
        self.total = len(self.pairs)
        self.early = sum(is_early(*both) for both in self.pairs)
        self.heard = sum(is_heard(*both) for both in self.pairs)
        self.missed = sum(is_missed(*both) for both in self.pairs)
        self.delays = [ms for both in self.pairs if (ms := delay(*both)) is not None]


def hole(result):
    """ms of silence after a stop, until the agent is heard again with whatever it says."""
    stopped = result["agent_silent_ms"]
    again = [begin for begin, _ in result.get("audible_ms", []) if begin > stopped]
    if result["resumed_ms"] is not None:
        again.append(result["resumed_ms"])
    return min(again) - stopped if again else None


class Over:
    """The same over items during which the agent speaks."""

    def __init__(self, items, run, keep):
        found = [(items[result["id"]], result) for result in run["items"]
                 if result["id"] in items and items[result["id"]]["kind"] == "over_agent"]
        self.pairs = [(item, result) for item, result in found if keep(item)]
        self.total = len(self.pairs)
        stopped = [(item, r) for item, r in self.pairs if r["agent_silent_ms"] is not None]
        self.stopped = len(stopped)
        self.reactions = [r["agent_silent_ms"] - item["speech_start_ms"] for item, r in stopped]
        self.resumed = sum(r["resumed_ms"] is not None for _, r in stopped)
        self.answered = sum(r["answered"] for _, r in self.pairs)
        self.holes = [ms for _, r in stopped if (ms := hole(r)) is not None]


def over_class(*names, beds=False):
    return lambda item: item["class"] in names and (beds or item["noise"] is None)


def clean(item):
    return labels.is_clean_turn(item)


def goal_rows(items, ours, peers):
    """The rows of the figures; a column for our default run and one for each peer."""
    systems = [ours[0], *peers]
    expecting = next((run for run in ours if any(
        result["id"].endswith("-expected") for result in run["items"])), None)

    def row(name, must, aim, cell):
        return [name, must, aim, *(cell(run) for run in systems)]

    def turns(keep):
        return lambda run: Turns(items, run, keep)

    def early_of(keep):
        return lambda run: (lambda t: rate(t.early, t.total))(turns(keep)(run))

    def with_pauses(item):
        return clean(item) and item["pauses"]

    def complete(item):
        return clean(item) and not item["pauses"]

    rows = [row("early, all", "13 %", "7 %", early_of(clean)),
            row("early, inner pauses", "22 %", "12 %", early_of(with_pauses)),
            row("early, complete turns", "1 %", "0 %", early_of(complete))]
    for kind, is_real in (("human", True), ("synthetic", False)):
        rows.append(row(f"early, {kind}", "", "",
                        early_of(lambda item, want=is_real: clean(item) and item["real"] == want)))
    rows.append(row("delay p50 / p90", "400 / 1000", "320 / 800",
                    lambda run: pair(turns(clean)(run).delays)))
    for kind, is_real in (("human", True), ("synthetic", False)):
        rows.append(row(f"delay, {kind}", "", "", lambda run, want=is_real: pair(
            turns(lambda item: clean(item) and item["real"] == want)(run).delays)))
    rows.append(row("missed, clean and pink", "0", "0", lambda run: (lambda t: rate(
        t.missed, t.total))(turns(lambda i: needed(i) and i["noise"] != "babble")(run))))
    rows.append(["dictated, expected: early", "0 %", "0 %",
                 *expected_cells(items, expecting, systems, lambda t: rate(t.early, t.total))])
    rows.append(["dictated, expected: delay", "850", "600",
                 *expected_cells(items, expecting, systems, lambda t: pair(t.delays))])
    rows.append(row("babble 10 and 5 dB: not ended in 8 s", "40 %", "10 %", lambda run: (
        lambda t: rate(t.missed, t.total))(turns(lambda i: i["noise"] == "babble"
                                                 and i["snr_db"] <= 10)(run))))
    return rows + over_goal_rows(items, row)


def expected_cells(items, expecting, systems, cell):
    def keep(item):
        return item["class"].endswith("-expected")

    cells = []
    for number, run in enumerate(systems):
        found = Turns(items, expecting if number == 0 and expecting else run, keep)
        if not found.total:  # a peer knows no expectation: its plain run of the same sound
            found = Turns(items, run, lambda item: "dictated" in item["class"] and clean(item))
        cells.append(cell(found))
    return cells


def over_goal_rows(items, row):
    def over(run, *names):
        return Over(items, run, over_class(*names))

    def real(run, want):
        return Over(items, run, lambda item: item["class"] == "interruption"
                    and item["noise"] is None and item["real"] == want)

    def false_stops(run):
        found = over(run, *WORDLESS, "backchannel")
        unresumed = found.stopped - found.resumed
        return f"{pair(found.holes)}, {unresumed} never" if found.stopped else "no stop"

    return [
        row("interruption: agent silent p50 / p90", "200 / 400", "110 / 250",
            lambda run: pair(over(run, "interruption", "stop_word").reactions)),
        row("the same, human", "", "", lambda run: pair(real(run, True).reactions)),
        row("the same, synthetic", "", "", lambda run: pair(real(run, False).reactions)),
        row("interruption failed", "0", "0", lambda run: (lambda o: rate(
            o.total - o.stopped, o.total))(over(run, "interruption"))),
        row("one-word stop obeyed", "100 %", "100 %", lambda run: (lambda o: rate(
            o.stopped, o.total))(over(run, "stop_word"))),
        row("backchannel stops the agent", "25 %", "5 %", lambda run: (lambda o: rate(
            o.stopped, o.total))(over(run, "backchannel"))),
        row("backchannel is answered", "never", "never", lambda run: (lambda o: rate(
            o.answered, o.total))(over(run, "backchannel"))),
        row("wordless events stop it", "5 %", "0 %", lambda run: (lambda o: rate(
            o.stopped, o.total))(over(run, *WORDLESS))),
        row("after a false stop: resumes within", "1.0 s, always", "0.5 s", false_stops)]


def turn_cell(found):
    if not found.total:
        return "-"
    early, heard, missed = (100 * count / found.total
                            for count in (found.early, found.heard, found.missed))
    return f"{early:.0f} ({heard:.0f}) m{missed:.0f} {pair(found.delays)}"


def class_rows(items, systems):
    names = sorted({item["class"] for item in items.values() if item["kind"] == "turn"})
    rows = []
    for name in names:
        cells = [Turns(items, run, lambda item, name=name: item["class"] == name
                       and not item["noise"]) for run in systems]
        rows.append([name, max(found.total for found in cells), *map(turn_cell, cells)])
    return [row for row in rows if row[1]]


def noise_rows(items, systems):
    rows = []
    for noise in ("pink", "babble"):
        for snr_db in (20, 10, 5):
            cells = [Turns(items, run, lambda item: item["noise"] == noise
                           and item["snr_db"] == snr_db) for run in systems]
            rows.append([f"{noise} {snr_db} dB", max(found.total for found in cells), *(
                f"{rate(found.early, found.total)}, missed {rate(found.missed, found.total)}"
                for found in cells)])
    return [row for row in rows if row[1]]


def over_cell(found):
    if not found.total:
        return "-"
    middle = percentile(found.holes, 0.5)
    hole = "-" if middle is None else f"{middle:.0f}"
    return (f"{100 * found.stopped / found.total:.0f} % ({found.resumed}/{found.answered} of "
            f"{found.total}) {hole}")


def over_rows(items, systems):
    rows = []
    for name in ("interruption", "stop_word", "backchannel", *WORDLESS):
        cells = [Over(items, run, over_class(name)) for run in systems]
        rows.append([name, max(found.total for found in cells), *map(over_cell, cells)])
    loud = [Over(items, run, lambda item: item["class"] == "echo" and item["echo_db"] > -26)
            for run in systems]
    rows.append(["echo above -26 dB", max(f.total for f in loud), *map(over_cell, loud)])
    for snr_db in (20, 10, 5):
        cells = [Over(items, run, lambda item: item["snr_db"] == snr_db and item["class"]
                      not in ("interruption", "stop_word")) for run in systems]
        rows.append([f"no interruption, babble {snr_db} dB", max(f.total for f in cells),
                     *map(over_cell, cells)])
    return [row for row in rows if row[1]]


def curve_points(items, ours, peers):
    """{system: [(early share, delay p50, delay p90)]}, fixed silence from the labels alone."""
    turns = [item for item in items.values() if clean(item)]
    line = labels.silence_line(turns, LINE_MS)
    points = {"fixed silence": [(share, ms, ms) for ms, share in line.items()]}
    for runs in (ours, peers):
        for run in runs:
            found = Turns(items, run, clean)
            if found.delays:
                points.setdefault(run["system"], []).append(
                    (found.early / found.total, percentile(found.delays, 0.5),
                     percentile(found.delays, 0.9)))
    return points
