"""Speech for the corpus from four synthesizers, cached by voice and text.

piper    the voice Antiphon ships; noise off, so the same text gives the same samples
kokoro   Kokoro-82M, several speakers
flite    four diphone and clustergen voices of the flite program
espeak   a formant voice; espeak-ng is also the program that gives piper and kokoro phonemes.
         It runs as a program of its own: nothing here links it.
"""

import functools
import hashlib
import json
import os
import re
import subprocess
import tempfile

import numpy as np
import onnxruntime
import soundfile

import audio
import sources

SYNTHESIS_RATE = 16000  # what the aligner wants; the line's 8 kHz is made later


def say(voice, text):
    """The text as samples at 16 kHz."""
    name = hashlib.sha256(f"2 {voice} {text}".encode()).hexdigest()[:24]
    place = sources.cache() / "clips" / f"{name}.wav"
    if not place.exists():
        engine, _, speaker = voice.partition("-")
        samples, rate = ENGINES[engine](speaker, text)
        samples = audio.resample(np.asarray(samples, dtype=np.float64), rate, SYNTHESIS_RATE)
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(f".{os.getpid()}.wav")
        soundfile.write(temporary, samples * (0.5 / np.abs(samples).max()), SYNTHESIS_RATE)
        os.replace(temporary, place)
    return audio.read(place, SYNTHESIS_RATE)


def phonemes(text, voice="en-us"):
    """IPA with the text's punctuation kept, which is what the neural voices take breath from."""
    parts = []
    for clause, mark in re.findall(r"([^,.?!;:]+)([,.?!;:]*)", text):
        if clause.strip():
            done = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", voice, clause.strip()],
                                  check=True, text=True, capture_output=True)
            parts.append(" ".join(done.stdout.split()) + mark[:1])
    return " ".join(parts)


def session(path):
    onnxruntime.set_seed(7)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@functools.cache
def piper_session():
    folder = sources.speech_models() / "joe"
    ids = {}
    for entry in (folder / "tokens.txt").read_text().splitlines():
        symbol, _, number = entry.rpartition(" ")
        ids[symbol] = int(number)
    return session(folder / "voice.onnx"), ids


def piper(_, text):
    model, ids = piper_session()
    tokens = [ids["^"]]
    for symbol in phonemes(text):
        if symbol in ids:
            tokens += [ids["_"], ids[symbol]]
    tokens += [ids["_"], ids["$"]]
    samples = model.run(None, {"input": np.array([tokens], dtype=np.int64),
                               "input_lengths": np.array([len(tokens)], dtype=np.int64),
                               "scales": np.array([0.0, 1.0, 0.0], dtype=np.float32)})[0]
    return samples.ravel(), 22050


@functools.cache
def kokoro_session():
    path = sources.cache() / "kokoro.onnx"
    if not path.exists():
        parts = [(sources.folder(f"kokoro-{part}") / "part.bin").read_bytes()
                 for part in (1, 2, 3, 4)]
        path.with_suffix(".part").write_bytes(b"".join(parts))
        path.with_suffix(".part").replace(path)
    vocabulary = json.loads((sources.folder("kokoro-vocabulary") / "vocab.json").read_text())
    return session(path), vocabulary["vocab"]


def kokoro(speaker, text):
    model, vocabulary = kokoro_session()
    spoken = phonemes(text, "en-gb" if speaker.startswith("b") else "en-us")
    tokens = [vocabulary[symbol] for symbol in spoken if symbol in vocabulary]
    styles = np.fromfile(sources.folder("kokoro-voices") / f"{speaker}.bin", dtype=np.float32)
    style = styles.reshape(-1, 1, 256)[len(tokens)]
    samples = model.run(None, {"tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                               "style": style, "speed": np.array([1.0], dtype=np.float32)})[0]
    return samples.ravel(), 24000


def from_program(*command):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "speech.wav")
        subprocess.run([argument.replace("OUT", path) for argument in command], check=True,
                       stdout=subprocess.DEVNULL)
        samples, rate = soundfile.read(path, dtype="float64")
    return samples, rate


def flite(speaker, text):
    return from_program("flite", "-voice", speaker, "-t", text, "-o", "OUT")


def espeak(speaker, text):
    return from_program("espeak-ng", "-v", speaker, "-s", "160", "-w", "OUT", text)


ENGINES = {"piper": piper, "kokoro": kokoro, "flite": flite, "espeak": espeak}
