"""The items of kind `over_agent`: what a caller's line carries while the agent speaks.

Time 0 of a wav is the moment when the first sound of agent.wav reaches the caller. An echo is the
agent's own sound of that clock, later and weaker, for 2.5 s: as from a canceller that loses track.
"""

import random

import numpy as np

import audio
import build
import labels
import sources
import turns

AGENT_VOICE = "piper-joe"
TAIL_MS = 8000
ECHO_MS = 2500
ECHO_LEVELS = (-20, -23, -26, -29, -32)
# Levels against speech on the same line, dB: what such sounds have beside a handset.
BELOW_SPEECH = {"keyboard": -10, "door": 2, "music": -8, "dtmf": 4, "babble": -6, "cough": 0,
                "laugh": -1}
BED_SNRS = (20, 10, 5)


def write_agent(out):
    """agent.wav, what the agent says in every item, with its words."""
    text = turns.TEXTS["agent"]
    # Its own pauses stay well under 300 ms, quiet ends of words included: a longer one would read
    # as a stop of the agent.
    marked = text.replace(". ", ". | ").replace(", ", ", | ")
    made = build.utterance(marked, AGENT_VOICE, pauses=[40] * marked.count("|"))
    audio.write(out / "agent.wav", made.samples)
    return {"wav": "agent.wav", "text": text, "words": made.words, "duration_ms": made.duration}


def events(seed, out, agent):
    """Every event: id, base, class, source, whether a person's recording, and its utterance."""
    for kind in ("interruption", "stop_word", "backchannel"):
        for number, text in enumerate(turns.TEXTS[kind]):
            base = f"{kind}-{number:02}"
            voice = turns.voice_for(base, seed)
            yield base, base, kind, voice, False, build.utterance(text, voice)
    for clip, text in turns.CLIPS["interruption"].items():
        yield (f"interruption-{short(clip)}", clip, "interruption", clip, True,
               build.utterance(text, clip=clip))
    for clip in turns.CLIPS["hum"]:
        made = wordless(build.sound_of(clip, 1.2))
        made.words = [{"text": "hmm", "start_ms": 0, "end_ms": made.duration}]
        yield f"backchannel-{short(clip)}", clip, "backchannel", clip, True, made
    for kind in ("cough", "laugh"):
        for clip in turns.CLIPS[kind]:
            yield (f"{kind}-{short(clip)}", clip, kind, clip, True,
                   wordless(build.sound_of(clip, 2.0)))
    yield from things(seed)
    yield from echoes(seed, out, agent)


def short(clip):
    name, _, member = clip.partition(":")
    return f"{name}-{member.rsplit('.', 1)[0].replace('/', '-')}"


def wordless(samples):
    return build.Utterance(samples, [], [])


def excerpt(clip, seed, number, seconds):
    """Some seconds of a longer recording, another part for each number."""
    samples = audio.read(sources.path(clip))
    count = int(seconds * audio.RATE)
    start = int(labels.fraction(seed, clip, number) * max(1, len(samples) - count))
    part = audio.fade(samples[start:start + count], 20)
    return audio.at_level(part, audio.SPEECH_LEVEL)


def things(seed):
    """Doors, keys, tones, music and talk in the room."""
    generator = np.random.default_rng(seed)
    for number, clip in enumerate(("freedink:open.wav", "freedink:stairs.wav")):
        yield (f"door-{number}", f"door-{number}", "door", clip, True,
               wordless(build.sound_of(clip, 1.5)))
    for number in range(2, 6):
        slam = audio.slam(generator, 0.25 + 0.1 * number)
        yield (f"door-{number}", f"door-{number}", "door", "generated", False,
               wordless(audio.at_level(slam, audio.SPEECH_LEVEL)))
    for number in range(6):
        clip = "room:keyboard-typing.ogg" if number < 3 else "room:keyboard-typing2.ogg"
        yield (f"keyboard-{number}", f"keyboard-{number}", "keyboard", clip, True,
               wordless(excerpt(clip, seed, number, 1.0 + 0.3 * number)))
    for number, keys in enumerate(("1", "5", "0", "42", "911#", "1234")):
        yield (f"dtmf-{number}", f"dtmf-{number}", "dtmf", "generated", False,
               wordless(audio.at_level(audio.dtmf(keys), audio.SPEECH_LEVEL)))
    songs = ("music:macroform-cold_day.wav", "music:manolo_camp-morning_coffee.wav",
             "music:reno_project-system.wav", "music:macroform-the_simplicity.wav",
             "music:macroform-robot_dity.wav", "room:hold_music.ogg")
    for number, clip in enumerate(songs):
        yield (f"music-{number}", f"music-{number}", "music", clip, True,
               wordless(excerpt(clip, seed, number, 2.5)))
    for number in range(8):
        source = random.Random(f"{seed} babble event {number}")
        make = turns.crowd if number % 2 else turns.babble
        sound = audio.fade(make(source, int((0.6 + 0.3 * number) * audio.RATE)), 60)
        yield (f"babble-{number}", f"babble-{number}", "babble",
               "room:crowded-room.ogg" if number % 2 else "tuxpaint, mixed", True,
               wordless(audio.at_level(sound, audio.SPEECH_LEVEL)))


def echoes(seed, out, agent):
    spoken = audio.read(out / agent["wav"])
    for number, level in enumerate(ECHO_LEVELS * 2):
        delay = 120 + int(200 * labels.fraction(seed, "echo", number))
        made = wordless(spoken)
        made.echo = {"echo_db": level, "echo_delay_ms": delay}
        yield f"echo-{number}{level}", f"echo-{number}", "echo", AGENT_VOICE, False, made


def placed(name, made, seed, start):
    """The event on an otherwise silent line, and where it ends (ms)."""
    echo = getattr(made, "echo", None)
    samples = made.samples
    if echo:
        first = (start - echo["echo_delay_ms"]) * audio.RATE // 1000
        samples = audio.fade(samples[first:first + ECHO_MS * audio.RATE // 1000], 20)
        samples = samples * 10 ** (echo["echo_db"] / 20)
    else:
        kind = name.split("-")[0]
        spread_db = 4 * (labels.fraction(seed, "gain", name) - 0.5)
        samples = samples * 10 ** ((BELOW_SPEECH.get(kind, 0) + spread_db) / 20)
    end = start + len(samples) * 1000 // audio.RATE
    sound = np.zeros((end + TAIL_MS) * audio.RATE // 1000)
    at = start * audio.RATE // 1000
    sound[at:at + len(samples)] = samples
    return sound, end


def beds(everything, seed):
    """Events again over steady talk in the room: two of each class, and the bed alone."""
    seen = {}
    for event in sorted(everything, key=lambda e: labels.fraction(seed, "bed", e[1])):
        name, base, kind = event[:3]
        key = (kind, labels.half_of(base))
        if kind in ("interruption", "stop_word", "backchannel", "cough") and key not in seen:
            seen[key] = True
            for snr_db in BED_SNRS[:2]:
                yield (f"{name}-bed-{snr_db}", *event[1:], snr_db)
    for number, snr_db in enumerate(BED_SNRS * 2):
        base = f"bed-{number}"
        made = wordless(np.zeros(audio.RATE * 2))
        yield f"bed-{number}-{snr_db}", base, "bed", "babble", True, made, snr_db


def write(out, seed, agent):
    """Writes the wav files of all over_agent items and returns their labels."""
    items, everything = [], list(events(seed, out, agent))
    quiet = [(*event, None) for event in everything]
    for name, base, kind, source, real, made, snr_db in [*quiet, *beds(everything, seed)]:
        start = 1500 + 20 * int(125 * labels.fraction(seed, "start", name))
        sound, end = placed(name, made, seed, start)
        if snr_db is not None:
            level = audio.SPEECH_LEVEL / 10 ** (snr_db / 20)
            sound += turns.noise_of("babble", seed, name, len(sound)) * level
        elif labels.fraction(seed, "hiss", name) < 0.5:
            generator = np.random.default_rng(int(2 ** 32 * labels.fraction(seed, "x", name)))
            sound += generator.standard_normal(len(sound)) * 0.0005
        audio.write(out / f"{name}.wav", sound)
        items.append({
            "id": name, "half": labels.half_of(base), "real": real, "kind": "over_agent",
            "class": kind, "wav": f"{name}.wav", "source": source, "aligned": made.aligned,
            "text": " ".join(word["text"] for word in made.words),
            "words": [{**word, "start_ms": word["start_ms"] + start,
                       "end_ms": word["end_ms"] + start} for word in made.words],
            "speech_start_ms": start, "speech_end_ms": end,
            "pauses": [[a + start, b + start] for a, b in made.pauses], "expects": "none",
            "noise": None if snr_db is None else "babble", "snr_db": snr_db,
            **getattr(made, "echo", {})})
    return items
