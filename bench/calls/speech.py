"""What every caller says: one sentence of the embedded synthesizer, as mu-law of a telephone.

The sentence has no pause in it, so that no recognizer ends the turn early, and ends with its last
loud block: the moment that replies are timed from is then the end of what was said.
"""

import audioop
import pathlib
import subprocess
import wave

SENTENCE = "When will you be in your room?"
RATE = 8000
BLOCK = RATE // 100 * 2       # 10 ms
PEAK = 0.7 * 32767
LOUD = 1000                   # root mean square; a neural detector takes less for a pause
TAKES = 40
PAUSE_MOST = 8                # blocks: less than half of what any end of turn waits for


class HasPause(Exception):
    """The sentence would be two turns."""


def trimmed(pcm):
    """From the first to the last loud block, in whole frames of 20 ms."""
    levels = [audioop.rms(pcm[at:at + BLOCK], 2) for at in range(0, len(pcm) - BLOCK + 1, BLOCK)]
    loud = [at for at, level in enumerate(levels) if level > LOUD]
    assert loud, "the synthesizer was silent"
    longest = max(after - before for before, after in zip(loud, loud[1:]))
    if longest > PAUSE_MOST:
        raise HasPause(f"a pause of {longest * 10} ms is in the sentence")
    end = (loud[-1] + 1) * BLOCK
    frames = (end - loud[0] * BLOCK) // (2 * BLOCK)
    return pcm[end - frames * 2 * BLOCK:end]


def take(program, path):
    """The sentence once: the synthesizer never says it twice alike."""
    subprocess.run([program, "say", "--text", SENTENCE, "--out", path], check=True,
                   stderr=subprocess.DEVNULL)
    with wave.open(str(path)) as file:
        pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    pcm, _ = audioop.ratecv(pcm, 2, 1, rate, RATE, None)
    return audioop.mul(pcm, 2, PEAK / max(1, audioop.max(pcm, 2)))


def write(program, path):
    """Makes the file of mu-law that bench_callers reads: the first take without a pause."""
    sound = pathlib.Path(path).with_suffix(".wav")
    for left in reversed(range(TAKES)):
        try:
            pcm = trimmed(take(program, sound))
            break
        except HasPause:
            if not left:
                raise
    pathlib.Path(path).write_bytes(audioop.lin2ulaw(pcm, 2))
