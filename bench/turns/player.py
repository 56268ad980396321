"""What a caller hears of a stream, and a result made of it. Standard library only, no clock.

The player is a carrier's: it plays what arrives at once or behind what it still holds, and drops
the rest at a `clear`. Times given in are seconds of one clock, times of a result are ms of the
item.
"""

AUDIBLE = 200   # mean of |sample| of a frame that counts as sound
FRAME = 160     # samples at 8 kHz, 20 ms
STOP_MS = 300   # no audible sound for so long is a stop


def _mean_levels():
    levels = []
    for code in range(256):
        inverted = ~code & 0xFF
        levels.append(((((inverted & 15) << 3) + 0x84) << ((inverted >> 4) & 7)) - 0x84)
    return levels


LEVELS = _mean_levels()


class Player:
    def __init__(self):
        self.frames = []  # (start, end, audible): seconds, in order
        self.until = 0.0
        self.sounded = None

    def receive(self, now, codes):
        at = max(now, self.until)
        for first in range(0, len(codes), FRAME):
            part = codes[first:first + FRAME]
            audible = sum(LEVELS[code] for code in part) > AUDIBLE * len(part)
            end = at + len(part) / 8000
            self.frames.append((at, end, audible))
            if audible and self.sounded is None:
                self.sounded = at
            at = end
        self.until = at

    def clear(self, now):
        self.frames = [(start, min(end, now), audible) for start, end, audible in self.frames
                       if start < now]
        self.until = now

    def first_sound(self):
        return self.sounded

    def audible(self, start):
        """[[from ms, to ms]] of sound, gaps of up to 60 ms closed, in the item's clock."""
        spans = []
        for begin, end, is_audible in self.frames:
            if not is_audible:
                continue
            begin, end = round((begin - start) * 1000), round((end - start) * 1000)
            if spans and begin - spans[-1][1] <= 60:
                spans[-1][1] = end
            else:
                spans.append([begin, end])
        return spans


def silent_from(spans, after_ms, until_ms):
    """When the sound stopped for STOP_MS or more, looked at from after_ms on; None if never."""
    at = after_ms
    for begin, end in spans:
        if end <= at:
            continue
        if begin - at >= STOP_MS:
            return at
        at = max(at, end)
        if at >= until_ms:
            return None
    return at if until_ms - at >= STOP_MS else None


def result_of(item, asked_ms, spans, provider_ms):
    """One entry of `items` in the format that README.md describes."""
    result = {"id": item["id"], "committed_ms": [ms for ms in asked_ms if ms >= 0],
              "audible_ms": spans}
    if item["kind"] == "turn":
        first = [begin for begin, _ in spans if begin >= 0]
        result["first_audio_ms"] = first[0] - provider_ms if first else None
        after = [begin for begin, _ in spans if begin >= item["speech_end_ms"]]
        result["last_audio_ms"] = after[0] - provider_ms if after else None
        return result
    onset = item["speech_start_ms"]
    stopped = silent_from(spans, onset, onset + 8000)
    later = [begin for begin, _ in spans if stopped is not None and begin >= stopped + STOP_MS]
    asked = [ms for ms in asked_ms if ms >= onset]
    resumed = later[0] if later and not (asked and asked[0] < later[0]) else None
    result |= {"agent_silent_ms": stopped, "resumed_ms": resumed, "answered": bool(asked)}
    return result
