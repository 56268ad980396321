"""The corpus' arithmetic, without sound: halves, pause lengths, and what fixed silence would cut.

Standard library only, so that the report and the tests need nothing else.
"""

import hashlib
import random
import re

# Shares of clean turns whose longest inner pause exceeds a length (ms): the line to beat.
LINE = {200: 0.57, 500: 0.495, 800: 0.243, 1000: 0.14, 1200: 0.093, 1500: 0.028, 2000: 0.0}
PAUSE_MIN_MS = 200


def fraction(*parts):
    """A number in [0, 1) that depends on the parts alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2 ** 64


def half_of(base):
    """Every variant of a clip or sentence is in the half of its base, whatever the seed."""
    numbered = re.fullmatch(r"(door|keyboard|dtmf|music|babble|bed)-(\d+)", base)
    if numbered:  # few of a kind, made alike: every other one
        return ("tune", "measure")[int(numbered[2]) % 2]
    return "tune" if fraction("half", base) < 0.5 else "measure"


def longest_pauses(marked, total, natural, seed):
    """Longest inner pause (ms) for each of the `marked` items of a half with `total` clean turns.

    `natural` are the longest pauses of the unmarked ones. The result, with them, follows LINE from
    its long end; what is left over goes into the shortest class.
    """
    edges = sorted(LINE)
    wanted = []
    for index in range(len(edges) - 2, -1, -1):
        low, high = edges[index], edges[index + 1]
        count = round(LINE[low] * total) - len(wanted) - sum(n > low for n in natural)
        for number in range(min(count, len(marked) - len(wanted))):
            share = (number + fraction(seed, low, number)) / max(count, 1)
            wanted.append(round(low + 15 + share * (high - low - 30)))
    while len(wanted) < len(marked):
        wanted.append(round(215 + 270 * fraction(seed, "short", len(wanted))))
    order = sorted(marked, key=lambda name: fraction(seed, "pause", name))
    return dict(zip(order, wanted))


def pause_list(longest, count, seed, name):
    """`count` pauses of an item in order, one of them the longest, the others 0.3 s up to it."""
    generator = random.Random(f"{seed} {name}")
    pauses = [round(generator.uniform(min(300, longest), longest)) for _ in range(count)]
    pauses[generator.randrange(count)] = longest
    return pauses


def gaps(on, block_ms, smallest=PAUSE_MIN_MS):
    """Silent stretches of at least `smallest` ms between the first and the last sounding block."""
    sounding = [index for index, is_on in enumerate(on) if is_on]
    return [[(a + 1) * block_ms, b * block_ms] for a, b in zip(sounding, sounding[1:])
            if (b - a - 1) * block_ms >= smallest]


def outside(words, pauses):
    """The words with what the aligner gave them of a pause taken off their shorter side."""
    words = [dict(word) for word in words]
    for start, end in pauses:
        for word in words:
            if word["start_ms"] < end and word["end_ms"] > start:
                if start - word["start_ms"] >= word["end_ms"] - end:
                    word["end_ms"] = start
                else:
                    word["start_ms"] = end
    return words


def is_clean_turn(item):
    """What the rates and the line are about: turns without noise or an expectation."""
    return item["kind"] == "turn" and not item["noise"] and item["expects"] == "none"


def longest_pause(item):
    return max((end - start for start, end in item["pauses"]), default=0)


def silence_line(items, thresholds):
    """Share of turns that a fixed silence of T ms cuts, for each T."""
    if not items:
        return {threshold: None for threshold in thresholds}
    return {threshold: sum(longest_pause(item) > threshold for item in items) / len(items)
            for threshold in thresholds}
