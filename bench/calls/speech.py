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
LOUD = 250                    # root mean square; the providers' recognizer hears no less
PAUSE_MOST = 10               # blocks, below what any end of turn waits for


def trimmed(pcm):
    """From the first to the last loud block, in whole frames of 20 ms."""
    levels = [audioop.rms(pcm[at:at + BLOCK], 2) for at in range(0, len(pcm) - BLOCK + 1, BLOCK)]
    loud = [at for at, level in enumerate(levels) if level > LOUD]
    assert loud, "the synthesizer was silent"
    longest = max(after - before for before, after in zip(loud, loud[1:]))
    assert longest <= PAUSE_MOST, f"a pause of {longest * 10} ms is in the sentence"
    end = (loud[-1] + 1) * BLOCK
    frames = (end - loud[0] * BLOCK) // (2 * BLOCK)
    return pcm[end - frames * 2 * BLOCK:end]


def write(program, path):
    """Makes the file of mu-law that bench_callers reads."""
    sound = pathlib.Path(path).with_suffix(".wav")
    subprocess.run([program, "say", "--text", SENTENCE, "--out", sound], check=True,
                   stderr=subprocess.DEVNULL)
    with wave.open(str(sound)) as file:
        pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    pcm, _ = audioop.ratecv(pcm, 2, 1, rate, RATE, None)
    pcm = audioop.mul(pcm, 2, PEAK / max(1, audioop.max(pcm, 2)))
    pathlib.Path(path).write_bytes(audioop.lin2ulaw(trimmed(pcm), 2))
