"""The items of kind `turn`: a caller who says one thing and then waits."""

import json
import pathlib
import random

import numpy as np

import audio
import build
import labels
import sources

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = json.loads((HERE / "texts.json").read_text())
CLIPS = json.loads((HERE / "clips.json").read_text())

VOICES = ["kokoro-af_heart", "kokoro-am_adam", "piper-joe", "kokoro-bf_emma", "kokoro-am_michael",
          "flite-slt", "kokoro-af_bella", "kokoro-bm_george", "flite-rms", "kokoro-am_puck",
          "flite-awb", "espeak-en-us", "kokoro-af_nicole", "flite-kal16"]
REAL_CLASSES = {"complete": "real-complete", "midclause": "real-midclause", "pause": "real-pause",
                "natural": "real-pause"}
TAIL_CLEAN_MS, TAIL_NOISY_MS = 6500, 8500
NOISY = {"pink": 0.30, "babble": 0.25}  # share of base utterances that get noisy variants
SNRS = (20, 10, 5)
TALKERS = 4  # of more, a voice activity model hears noise; of these, speech


def voice_for(base, seed):
    return VOICES[int(labels.fraction("voice", seed, base) * len(VOICES))]


def recipes(seed):
    """Every clean utterance to make: id, base, class, expectation, and how."""
    made = []
    for kind in ("question", "sentence", "short", "hesitation", "trailing", "abandoned"):
        for number, text in enumerate(TEXTS[kind]):
            base = f"{kind}-{number:02}"
            made.append({"id": base, "base": base, "class": kind, "expects": "none", "text": text,
                         "voice": voice_for(base, seed)})
    for number, entry in enumerate(TEXTS["dictated"]):
        base = f"dictated-{number:02}"
        made.append({"id": base, "base": base, "class": "dictated", "expects": entry["expects"],
                     "text": entry["text"], "voice": voice_for(base, seed)})
    for section, kind in REAL_CLASSES.items():
        for clip, text in CLIPS[section].items():
            stem = clip.split("/")[-1].replace(".wav", "").replace(".raw", "")
            name = f"{kind}-{stem.replace('.ogg', '').replace(':', '-').replace('#', '-')}"
            if clip.startswith("hedgewars"):
                name = f"{kind}-{clip[10:-4].replace('/', '-')}"
            made.append({"id": name, "base": clip, "class": kind, "expects": "none",
                         "text": text, "clip": clip})
    for number, entry in enumerate(CLIPS["spliced"]):
        base = f"real-dictated-{number:02}"
        made.append({"id": base, "base": base, "class": "real-dictated",
                     "expects": entry["expects"], "text": entry["say"], "spliced": True})
    for recipe in made:
        recipe["half"] = labels.half_of(recipe["base"])
        recipe["marks"] = recipe["text"].count("|")
    return made


def produce(recipe, pauses=()):
    if "spliced" in recipe:
        return build.spliced(recipe["text"], pauses)
    return build.utterance(recipe["text"], recipe.get("voice"), recipe.get("clip"), pauses)


def with_pauses(made, seed):
    """The utterances by id; the lengths of the pauses follow the line in each half."""
    done = {recipe["id"]: produce(recipe) for recipe in made if not recipe["marks"]}
    for half in ("tune", "measure"):
        here = [recipe for recipe in made if recipe["half"] == half]
        natural = [max((b - a for a, b in done[recipe["id"]].pauses), default=0)
                   for recipe in here if not recipe["marks"]]
        marked = [recipe["id"] for recipe in here if recipe["marks"]]
        longest = labels.longest_pauses(marked, len(here), natural, seed)
        for recipe in here:
            if recipe["marks"]:
                name = recipe["id"]
                done[name] = produce(recipe, labels.pause_list(longest[name], recipe["marks"],
                                                               seed, name))
    return done


def babble(random_source, count):
    """Talk at the next tables: four people who name things in languages other than English."""
    folder = sources.folder("tuxpaint")
    clips = sorted(path for path in folder.rglob("*_desc_*.ogg") if "_en" not in path.name)
    mixed = np.zeros(count)
    for _ in range(TALKERS):
        track, length = [], 0
        while length < count:
            sound = audio.trim(audio.read(random_source.choice(clips)))
            track.append(audio.at_level(sound, 0.1))
            length += len(sound)
        mixed += audio.loop(np.concatenate(track), count, random_source.randrange(count))
    return mixed / np.sqrt(np.mean(mixed ** 2))


def crowd(random_source, count):
    """A recording of a crowded room, RMS 1."""
    room = audio.read(sources.path("room:crowded-room.ogg"))
    room = room[audio.RATE // 2:-audio.RATE // 2]
    part = audio.loop(room, count, random_source.randrange(len(room)))
    return part / np.sqrt(np.mean(part ** 2))


def noise_of(kind, seed, name, count):
    source = random.Random(f"{seed} noise {name}")
    if kind == "pink":
        return audio.pink(np.random.default_rng(source.randrange(2 ** 32)), count)
    return (crowd if source.random() < 0.5 else babble)(source, count)


def on_the_line(utterance, seed, name, tail_ms, noise=None, snr_db=None):
    """Lead, utterance, tail; half of the lines hiss a little, the others are digitally silent."""
    lead = 500 + 20 * int(30 * labels.fraction(seed, "lead", name))
    count = (lead + utterance.duration + tail_ms) * audio.RATE // 1000
    sound = np.zeros(count)
    at = lead * audio.RATE // 1000
    gain = 10 ** (6 * (labels.fraction(seed, "gain", name) - 0.5) / 20)
    sound[at:at + len(utterance.samples)] = utterance.samples * gain
    if noise:
        level = audio.SPEECH_LEVEL * gain / 10 ** (snr_db / 20)
        sound += noise_of(noise, seed, name, count) * level
    elif labels.fraction(seed, "hiss", name) < 0.5:
        generator = np.random.default_rng(int(2 ** 32 * labels.fraction(seed, "hiss", name)))
        sound += generator.standard_normal(count) * 0.0005
    return sound, lead


def label(recipe, utterance, name, wav, lead, expects, noise=None, snr_db=None):
    return {
        "id": name, "half": recipe["half"], "real": "voice" not in recipe, "kind": "turn",
        "class": recipe["class"] + ("" if expects == "none" else "-expected"), "wav": wav,
        "source": recipe.get("voice") or recipe.get("clip") or "allison, spliced",
        "text": build.plain(recipe["text"]), "aligned": utterance.aligned,
        "words": [{**word, "start_ms": word["start_ms"] + lead, "end_ms": word["end_ms"] + lead}
                  for word in utterance.words],
        "speech_start_ms": lead, "speech_end_ms": lead + utterance.duration,
        "pauses": [[a + lead, b + lead] for a, b in utterance.pauses],
        "expects": expects, "noise": noise, "snr_db": snr_db}


def write(out, seed):
    """Writes the wav files of all turn items and returns their labels."""
    made = recipes(seed)
    done = with_pauses(made, seed)
    items = []
    for recipe in made:
        utterance, name = done[recipe["id"]], recipe["id"]
        sound, lead = on_the_line(utterance, seed, name, TAIL_CLEAN_MS)
        audio.write(out / f"{name}.wav", sound)
        items.append(label(recipe, utterance, name, f"{name}.wav", lead, "none"))
        if recipe["expects"] != "none":
            items.append(label(recipe, utterance, f"{name}-expected", f"{name}.wav", lead,
                               recipe["expects"]))
        for noise, share in NOISY.items():
            if labels.fraction("noisy", noise, recipe["base"]) < share:
                snr_db = SNRS[int(labels.fraction("snr", noise, recipe["base"]) * len(SNRS))]
                noisy = f"{name}-{noise}-{snr_db}"
                sound, lead = on_the_line(utterance, seed, noisy, TAIL_NOISY_MS, noise, snr_db)
                audio.write(out / f"{noisy}.wav", sound)
                items.append(label(recipe, utterance, noisy, f"{noisy}.wav", lead, "none",
                                   noise, snr_db))
    return items
