"""Sound for the corpus: float arrays in, float arrays out, 8 kHz unless said."""

import functools
import math

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE = 8000
BLOCK = RATE // 100  # levels are looked at in steps of 10 ms
SPEECH_LEVEL = 0.06  # RMS of active speech: -24 dBFS, a usual level on a telephone line


def read(path, rate=RATE):
    """One channel at `rate`; a headerless .raw file is 16 bit at 16 kHz."""
    if str(path).endswith(".raw"):
        samples, source_rate = np.fromfile(path, dtype="<i2") / 32768.0, 16000
    else:
        samples, source_rate = soundfile.read(path, dtype="float64", always_2d=True)
        samples = samples.mean(axis=1)
    return resample(samples, source_rate, rate)


def resample(samples, source_rate, rate=RATE):
    if source_rate == rate:
        return samples
    shared = math.gcd(source_rate, rate)
    return resample_poly(samples, rate // shared, source_rate // shared)


def write(path, samples):
    """What a telephone line leaves of it: 16 bits that went through mu-law."""
    soundfile.write(path, line(samples), RATE, subtype="PCM_16")


@functools.cache
def mu_law_values():
    """The 256 levels of G.711 mu-law as 16-bit samples, by code."""
    codes = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    magnitude = ((mantissa.astype(np.int32) << 3) + 0x84 << exponent) - 0x84
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def line(samples):
    """16-bit samples after a trip through mu-law, rounded to the nearest level."""
    wanted = np.clip(np.round(np.asarray(samples) * 32767), -32124, 32124)
    levels = np.unique(mu_law_values())
    above = np.clip(np.searchsorted(levels, wanted), 1, len(levels) - 1)
    lower = wanted - levels[above - 1] < levels[above] - wanted
    return np.where(lower, levels[above - 1], levels[above]).astype(np.int16)


def levels(samples, block=BLOCK):
    """RMS of each whole block."""
    count = len(samples) // block
    return np.sqrt(np.mean(samples[:count * block].reshape(count, block) ** 2, axis=1) + 1e-20)


def active_level(samples):
    """RMS over what is within 25 dB of the loudest block: the level of the speech itself."""
    blocks = levels(samples)
    return float(np.sqrt(np.mean(blocks[blocks > blocks.max() * 10 ** (-25 / 20)] ** 2)))


def at_level(samples, level):
    return samples * (level / active_level(samples))


def sounding(samples, below_peak_db=38):
    """For each 10 ms: is there sound of the speaker? A lone block is no sound, a lone gap none."""
    blocks = levels(samples)
    loud = np.percentile(blocks, 95)
    floor = max(np.percentile(blocks, 5) * 1.8, loud * 10 ** (-below_peak_db / 20))
    on = blocks > floor
    for index in range(1, len(on) - 1):
        if on[index - 1] == on[index + 1] != on[index]:
            on[index] = on[index - 1]
    return on


def trim(samples):
    """Without the silence before and after."""
    on = np.flatnonzero(sounding(samples))
    return samples[on[0] * BLOCK:(on[-1] + 1) * BLOCK]


def fade(samples, milliseconds=5):
    """Ends without a click."""
    out, count = samples.copy(), min(RATE * milliseconds // 1000, len(samples) // 2)
    ramp = np.linspace(0, 1, count)
    out[:count] *= ramp
    out[len(out) - count:] *= ramp[::-1]
    return out


def stretch(samples, factor):
    """Longer by `factor` at the same pitch (WSOLA): what speakers do before they hesitate."""
    frame, hop, reach = RATE // 40, RATE // 80, RATE // 125
    if len(samples) < 3 * frame or factor == 1:
        return samples
    window = np.hanning(frame + 1)[:frame]
    padded = np.concatenate([samples, np.zeros(2 * frame + reach)])
    out = np.zeros(int(len(samples) * factor) + 2 * frame)
    weight = np.full(len(out), 1e-8)
    position = 0
    for at in range(0, int(len(samples) * factor), hop):
        ideal = int(at / factor)
        if at:
            follow = padded[position + hop:position + hop + frame]
            starts = range(max(0, ideal - reach), min(len(samples), ideal + reach))
            position = max(starts, key=lambda start: float(
                np.dot(padded[start:start + frame:2], follow[::2])), default=ideal)
        out[at:at + frame] += padded[position:position + frame] * window
        weight[at:at + frame] += window
    return (out / weight)[:int(len(samples) * factor)]


def pink(random, count):
    """Noise whose power falls by 3 dB per octave, RMS 1."""
    spectrum = np.fft.rfft(random.standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[:max(1, int(50 * count / RATE))] = 0
    noise = np.fft.irfft(spectrum, count)
    return noise / np.sqrt(np.mean(noise ** 2))


def loop(samples, count, start=0):
    """`count` samples of an endless recording, from `start` on."""
    start %= len(samples)
    repeats = (start + count) // len(samples) + 1
    return np.tile(samples, repeats)[start:start + count]


def tone_pair(low, high, milliseconds):
    time = np.arange(RATE * milliseconds // 1000) / RATE
    return fade(0.5 * np.sin(2 * np.pi * low * time) + 0.5 * np.sin(2 * np.pi * high * time))


def dtmf(digits, on_ms=110, off_ms=90):
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    keys = "123A456B789C*0#D"
    parts = []
    for digit in digits:
        row, column = divmod(keys.index(digit), 4)
        parts += [tone_pair(rows[row], columns[column], on_ms), np.zeros(RATE * off_ms // 1000)]
    return np.concatenate(parts)


def slam(random, seconds=0.5):
    """A door: a burst that decays over a low thump."""
    time = np.arange(int(RATE * seconds)) / RATE
    burst = random.standard_normal(len(time)) * np.exp(-time * 45)
    thump = np.sin(2 * np.pi * (95 - 60 * time) * time) * np.exp(-time * 11)
    return fade(burst + 1.3 * thump, 2)
