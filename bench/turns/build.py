"""Makes the utterances: a clip or a synthesized sentence, with pauses put in where its text says.

In a text `|` stands for a pause and `~` after a word for its lengthening. Every utterance comes
with the times of its words and of its inner pauses.
"""

import dataclasses
import re

import numpy as np

import align
import audio
import labels
import sources
import voices

LENGTHEN = 1.45
NAMES = {"0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five",
         "6": "six", "7": "seven", "8": "eight", "9": "nine"}
STEMS = {str(digit): f"digits/{digit}" for digit in range(10)} | {
    "dot": "letters/dot", "at": "letters/at"}


@dataclasses.dataclass
class Utterance:
    """Sound at 8 kHz at the line's level and what is in it; times in ms from its start."""
    samples: np.ndarray
    words: list
    pauses: list
    aligned: bool = True

    @property
    def duration(self):
        return len(self.samples) * 1000 // audio.RATE


def marks(text):
    """Indices of the words that a pause follows, and of those that are lengthened."""
    paused, lengthened, count = [], [], 0
    for part in re.findall(r"\||[^\s|]+", text):
        if part == "|":
            paused.append(count - 1)
        elif align.tokens(part):
            if part.rstrip(",.?!").endswith("~"):
                lengthened.append(count)
            count += len(align.tokens(part))
    return paused, lengthened


def plain(text):
    """What is spoken: a pause after a word without punctuation is a comma to a synthesizer."""
    text = re.sub(r"~", "", text)
    text = re.sub(r"(?<![,.?!;])\s*\|", ",", text).replace("|", "")
    return re.sub(r"\s+", " ", re.sub(r",(\s*,)+", ",", text)).strip()


def recording(clip):
    """A human clip at 16 kHz; `#from-to` in ms takes a part of it."""
    name, _, part = clip.partition("#")
    samples = audio.read(sources.path(name), align.RATE)
    if part:
        start, end = (int(value) * align.RATE // 1000 for value in part.split("-"))
        samples = samples[start:end]
    return samples


def spread(samples, text):
    """Word times by letters over the sounding part: for what the aligner refuses."""
    on = np.flatnonzero(audio.sounding(samples))
    words = align.tokens(text)
    edges = np.cumsum([0, *(len(word) + 1 for word in words)]) / sum(len(w) + 1 for w in words)
    times = (on[0] + edges * (on[-1] + 1 - on[0])) * 10
    return [(word, int(a), int(b)) for word, a, b in zip(words, times, times[1:])]


def pieces(samples, words, paused, lengthened):
    """The sound cut after the marked words; each piece trimmed, its words in its own time."""
    blocks = audio.levels(samples)
    cuts = [0]
    for index in paused:
        low = (words[index][2] - 40) // 10
        high = max(low + 1, (words[index + 1][1] + 40) // 10)
        low = max(low, cuts[-1] // audio.BLOCK + 5)
        quietest = low + int(np.argmin(blocks[low:max(high, low + 1)]))
        cuts.append(quietest * audio.BLOCK + audio.BLOCK // 2)
    cuts.append(len(samples))
    bounds = [0, *(index + 1 for index in paused), len(words)]
    for number, (start, end) in enumerate(zip(cuts, cuts[1:])):
        inside = words[bounds[number]:bounds[number + 1]]
        last = bounds[number + 1] - 1
        yield make_piece(samples[start:end], inside, start * 1000 // audio.RATE,
                         LENGTHEN if last in lengthened else 1)


def make_piece(samples, words, offset, factor):
    on = np.flatnonzero(audio.sounding(samples))
    first, last = on[0] * audio.BLOCK, (on[-1] + 1) * audio.BLOCK
    duration = (last - first) * 1000 // audio.RATE
    shift = offset + first * 1000 // audio.RATE
    times = [[word, min(max(0, a - shift), duration), min(max(0, b - shift), duration)]
             for word, a, b in words]
    samples = samples[first:last]
    if factor != 1:
        from_ms = times[-1][1]
        at = from_ms * audio.RATE // 1000
        samples = np.concatenate([samples[:at], audio.stretch(samples[at:], factor)])
        times[-1][2] = len(samples) * 1000 // audio.RATE
    return audio.fade(samples), times


def joined(parts, pauses):
    """The parts with silence between them, at the line's level."""
    sound, words, at = [], [], 0
    for number, (samples, times) in enumerate(parts):
        words += [{"text": word, "start_ms": int(at + a), "end_ms": int(at + b)}
                  for word, a, b in times]
        sound.append(samples)
        if number < len(pauses):
            sound.append(np.zeros(pauses[number] * audio.RATE // 1000))
        at = sum(map(len, sound)) * 1000 // audio.RATE
    samples = audio.at_level(np.concatenate(sound), audio.SPEECH_LEVEL)
    pauses = labels.gaps(list(audio.sounding(samples)), 10)
    return Utterance(samples, labels.outside(words, pauses), pauses)


def between(samples, words, before_ms=120, after_ms=180):
    """The part of a recording that holds the words, and their times in it."""
    start = max(0, words[0][1] - before_ms)
    end = words[-1][2] + after_ms
    return (samples[start * audio.RATE // 1000:end * audio.RATE // 1000],
            [(word, a - start, b - start) for word, a, b in words])


def utterance(text, voice=None, clip=None, pauses=()):
    """One sentence, spoken by a synthesizer or taken from a recording."""
    sound = voices.say(voice, plain(text)) if voice else recording(clip)
    words = align.align(sound, plain(text))
    samples = audio.resample(sound, align.RATE)
    aligned = words is not None
    if aligned:  # a recording's breath and hum before and after are no part of the turn
        samples, words = between(samples, words)
    paused, lengthened = marks(text)
    parts = list(pieces(samples, words or spread(samples, plain(text)), paused,
                        lengthened if voice else ()))
    made = joined(parts, pauses)
    made.aligned = aligned
    return made


def spliced(text, pauses):
    """A dictation put together from single digits and letters that one person recorded."""
    parts, group = [], []
    for symbol in text.split():
        if symbol == "|":
            parts.append(together(group))
            group = []
        else:
            group.append(symbol)
    parts.append(together(group))
    return joined(parts, pauses)


def together(symbols):
    sound, words, at = [], [], 0
    for symbol in symbols:
        clip = audio.fade(audio.trim(audio.read(
            sources.path(f"allison:{STEMS.get(symbol, f'letters/{symbol}')}.wav"))))
        length = len(clip) * 1000 // audio.RATE
        words.append([NAMES.get(symbol, symbol), at, at + length])
        sound += [clip, np.zeros(audio.RATE * 30 // 1000)]
        at += length + 30
    return np.concatenate(sound[:-1]), words


def sound_of(clip, seconds=None):
    """A wordless recording at the line's level, trimmed, at most `seconds` long."""
    samples = audio.trim(audio.read(sources.path(clip)))
    if seconds:
        samples = samples[:int(seconds * audio.RATE)]
    return audio.fade(audio.at_level(samples, audio.SPEECH_LEVEL))
