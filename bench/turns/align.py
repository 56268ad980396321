"""Word times: forced alignment of a known text with the acoustic model of pocketsphinx."""

import contextlib
import functools
import os
import re
import subprocess

import numpy as np
import pocketsphinx

RATE = 16000
FRAME_MS = 10
# flite's phones that the model's dictionary writes otherwise.
PHONES = {"ax": "AH", "axr": "ER", "ix": "IH", "en": "AH N", "em": "AH M", "el": "AH L"}


def tokens(text):
    """The words as a recognizer would write them: no punctuation, apostrophes kept."""
    return re.findall(r"[A-Za-z][A-Za-z'-]*|[0-9]+", text)


@contextlib.contextmanager
def quiet():
    """The decoder's C library writes to the terminal whatever its log level is."""
    saved, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)


@functools.cache
def decoder():
    with quiet():
        return pocketsphinx.Decoder(samprate=RATE, lm=None, bestpath=False, loglevel="FATAL",
                                    beam=1e-80, pbeam=1e-80, wbeam=1e-60)


@functools.cache
def ensure(word):
    """The word in the decoder's dictionary; one it lacks is spelled by flite's letter rules."""
    if decoder().lookup_word(word) is None:
        done = subprocess.run(["flite", "-t", word, "-ps", "-o", "none"], check=True, text=True,
                              capture_output=True)
        phones = [PHONES.get(phone, phone.upper()) for phone in done.stdout.split()
                  if phone != "pau"]
        decoder().add_word(word, " ".join(phones), True)
    return word


def align(samples, text):
    """[(word, start ms, end ms)] in `samples` (16 kHz), or None where the text does not fit."""
    words = tokens(text)
    pad = np.zeros(RATE // 5)
    sound = np.concatenate([pad, samples, pad])
    noise = np.random.default_rng(7).standard_normal(len(sound)) * 0.0005
    pcm = np.clip((sound * (0.3 / np.abs(sound).max()) + noise) * 32767, -32768, 32767)
    with quiet():
        model = decoder()
        for word in words:
            ensure(word.lower())
        model.set_align_text(" ".join(words).lower())
        model.start_utt()
        model.process_raw(pcm.astype("<i2").tobytes(), full_utt=True)
        model.end_utt()
        found = [(part.start_frame, part.end_frame) for part in model.seg() or []
                 if part.word[0] not in "<[+"]
    if len(found) != len(words):
        return None
    shift = 1000 * len(pad) // RATE
    return [(word, max(0, start * FRAME_MS - shift), (end + 1) * FRAME_MS - shift)
            for word, (start, end) in zip(words, found)]
