"""Synthesizers and an aligner that say when each word sounds, none of them ours."""

import array
import audioop
import ctypes
import re

RATE = 16000


def words_of(text):
    """(begin, end) of each word, up to white space."""
    return [match.span() for match in re.finditer(r"\S+", text)]


class Flite:
    """flite's own segment ends. kal16 joins diphones at a constant rate, slt is statistical."""

    def __init__(self, name):
        self.flite = ctypes.CDLL("libflite.so.1", mode=ctypes.RTLD_GLOBAL)
        for library in ("libflite_usenglish.so.1", "libflite_cmulex.so.1"):
            ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
        voices = ctypes.CDLL(f"libflite_cmu_us_{name}.so.1")
        pointer, text, real = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float
        for call, result, arguments in (
                ("flite_init", ctypes.c_int, []),
                ("flite_synth_text", pointer, [text, pointer]),
                ("utt_relation", pointer, [pointer, text]),
                ("relation_head", pointer, [pointer]),
                ("item_next", pointer, [pointer]),
                ("ffeature_float", real, [pointer, text]),
                ("utt_wave", pointer, [pointer]),
                ("feat_set_float", None, [pointer, text, real]),
                ("delete_utterance", None, [pointer])):
            function = getattr(self.flite, call)
            function.restype, function.argtypes = result, arguments
        self.flite.flite_init()
        register = getattr(voices, f"register_cmu_us_{name}")
        register.restype, register.argtypes = pointer, [text]
        self.voice = register(None)

    def speak(self, text, speed):
        class Voice(ctypes.Structure):
            _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]

        class Wave(ctypes.Structure):
            _fields_ = [("type", ctypes.c_char_p), ("rate", ctypes.c_int),
                        ("count", ctypes.c_int), ("channels", ctypes.c_int),
                        ("samples", ctypes.POINTER(ctypes.c_short))]

        features = ctypes.cast(self.voice, ctypes.POINTER(Voice)).contents.features
        self.flite.feat_set_float(features, b"duration_stretch", 1 / speed)
        utterance = self.flite.flite_synth_text(text.encode(), self.voice)
        token = self.flite.relation_head(self.flite.utt_relation(utterance, b"Token"))
        times = []
        while token:
            edge = [self.flite.ffeature_float(token, path) for path in (
                b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end",
                b"daughtern.R:SylStructure.daughtern.daughtern.R:Segment.end")]
            times.append((edge[0] * 1000, edge[1] * 1000))
            token = self.flite.item_next(token)
        wave = ctypes.cast(self.flite.utt_wave(utterance), ctypes.POINTER(Wave)).contents
        assert wave.rate == RATE, "a voice of 16 kHz"
        pcm = bytes(ctypes.string_at(wave.samples, wave.count * 2))
        self.flite.delete_utterance(utterance)
        return pcm, times


class Espeak:
    """espeak-ng's word events: where a word begins. It lasts until the next, or the sound's end."""

    class Event(ctypes.Structure):
        _fields_ = [("type", ctypes.c_int), ("identifier", ctypes.c_uint),
                    ("text_position", ctypes.c_int), ("length", ctypes.c_int),
                    ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
                    ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8)]

    def __init__(self):
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.rate = self.library.espeak_Initialize(2, 0, None, 0)
        self.library.espeak_SetVoiceByName(b"en-us")

    def speak(self, text, speed):
        pcm, begins = bytearray(), []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int,
                                ctypes.POINTER(self.Event))

        def collect(samples, count, events):
            if samples and count > 0:
                pcm.extend(ctypes.string_at(samples, count * 2))
            at = 0
            while events[at].type != 0:
                if events[at].type == 1:
                    begins.append((events[at].text_position - 1, events[at].audio_position))
                at += 1
            return 0

        callback = kind(collect)
        self.library.espeak_SetSynthCallback(callback)
        self.library.espeak_SetParameter(1, int(175 * speed), 0)
        given = text.encode()
        self.library.espeak_Synth(given, len(given) + 1, 0, 1, 0, 1, None, None)
        self.library.espeak_Synchronize()
        pcm16 = audioop.ratecv(bytes(pcm), 2, 1, self.rate, RATE, None)[0]
        starts = [next((at for position, at in begins if begin <= position < end), None)
                  for begin, end in words_of(text)]
        if None in starts:
            return pcm16, None
        return pcm16, list(zip(starts, [*starts[1:], audible(pcm16)[1] / 16]))


class Aligner:
    """pocketsphinx finds where the words of a known text sound, by its own acoustic model."""

    def __init__(self):
        import pocketsphinx  # from PyPI: see requirements.txt
        self.decoder = pocketsphinx.Decoder(samprate=float(RATE), bestpath=False, loglevel="FATAL")

    def align(self, pcm, text):
        plain = [re.sub(r"[^a-z']", "", word) for word in text.lower().split()]
        if any(self.decoder.lookup_word(word) is None for word in plain):
            return None
        self.decoder.set_align_text(" ".join(plain))
        self.decoder.start_utt()
        # A pause before and behind: the model expects one.
        self.decoder.process_raw(bytes(6400) + pcm + bytes(6400), full_utt=True)
        self.decoder.end_utt()
        times = [(segment.start_frame * 10 - 200, (segment.end_frame + 1) * 10 - 200)
                 for segment in self.decoder.seg() or []
                 if re.sub(r"\(\d+\)$", "", segment.word) in plain]
        return times if len(times) == len(plain) else None


def audible(pcm):
    """(first, behind the last) sample that can be heard."""
    samples = array.array("h", pcm)
    loud = [at for at, sample in enumerate(samples) if abs(sample) >= 200]
    return (loud[0], loud[-1] + 1) if loud else (0, 0)
