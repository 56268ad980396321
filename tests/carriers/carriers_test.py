"""Calls the running product as Twilio, Telnyx and Plivo do: webhook, stream, speech, hang-up.

What a carrier would write comes from its own helper or from pipecat-ai's serializer of it
(oracle.py). The sound is real speech, in real time; what the agent says is transcribed.
"""

import audioop
import base64
import http.client
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time
import unittest
import wave
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "tests/faults"), str(ROOT / "tools/lib")]
import pinned  # noqa: E402, the folders must be known first
from product import PROGRAM, AudioSocket, Product, is_missing, new_folder, remove  # noqa: E402

QUESTION = ROOT / "tests/e2e/assets/are-you-open-on-saturday.wav"
SILENCE = b"\xff" * 160
STREAM = {"twilio": "MZ18ad3ab5a668481ce02b83e7395059f0",
          "telnyx": "32DE0DEA-53CB-4B21-89A4-9E1819C043BC",
          "plivo": "20170ada-f610-433b-8758-c02a2aab3662"}
TELNYX_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="  # of oracle.py


class Oracle:
    def __init__(self):
        python = pinned.python_with(HERE / "requirements.txt")
        self.process = subprocess.Popen([python, HERE / "oracle.py"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, do, **asked):
        self.process.stdin.write(json.dumps({"do": do, **asked}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


def question():
    """What the caller says: 160 octets of mu-law for each 20 ms."""
    with wave.open(str(QUESTION)) as sound:
        pcm, rate = sound.readframes(sound.getnframes()), sound.getframerate()
    pcm, _ = audioop.ratecv(pcm, 2, 1, rate, 8000, None)
    octets = audioop.lin2ulaw(pcm, 2)
    return [octets[at:at + 160] for at in range(0, len(octets) - 159, 160)]


class Carrier:
    """A phone call as the carrier sees it: a player with a buffer, a caller who speaks or not."""

    def __init__(self, product, dialect, path):
        self.dialect, self.stream = dialect, STREAM[dialect]
        self.socket = AudioSocket(product, path)
        assert self.socket.status == 101, self.socket.status
        self.sent = 0
        self.heard = bytearray()    # what the caller heard of the agent, mu-law
        self.last_audible = 0.0
        self.play_end = 0.0
        self.marks = []             # when each is due, and its name
        self.clears = 0
        self.messages = []          # that are not sound
        self.media = None           # the last one
        self.code = None            # with which the server closed
        self.next_frame = time.monotonic()

    def send(self, message):
        self.socket.send(1, json.dumps(message).encode())

    def start(self, token):
        if self.dialect == "twilio":
            self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
            self.send({"event": "start", "sequenceNumber": "1", "streamSid": self.stream, "start": {
                "accountSid": "AC0", "streamSid": self.stream, "callSid": "CA1",
                "tracks": ["inbound"], "customParameters": {"token": token},
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}}})
        elif self.dialect == "telnyx":
            self.send({"event": "connected", "version": "1.0.0"})
            self.send({"event": "start", "sequence_number": "1", "stream_id": self.stream,
                       "start": {"user_id": "3E6F", "call_control_id": "v2:T02",
                                 "from": "+15550100",
                                 "to": "+15550199", "custom_parameters": {},
                                 "media_format": {"encoding": "PCMU", "sample_rate": 8000,
                                                  "channels": 1}}})
        else:
            self.send({"event": "start", "sequenceNumber": 0, "extra_headers": "{}", "start": {
                "callId": "1234-ab", "streamId": self.stream, "accountId": "MA",
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000}}})

    def media_message(self, octets):
        payload = base64.b64encode(octets).decode()
        self.sent += 1
        if self.dialect == "telnyx":
            return {"event": "media", "sequence_number": str(self.sent + 1),
                    "stream_id": self.stream,
                    "media": {"track": "inbound", "chunk": str(self.sent),
                              "timestamp": str(self.sent * 20), "payload": payload}}
        name = "streamSid" if self.dialect == "twilio" else "streamId"
        return {"event": "media", "sequenceNumber": self.sent + 1, name: self.stream,
                "media": {"track": "inbound", "timestamp": str(self.sent * 20),
                          "chunk": self.sent, "payload": payload}}

    def mark_message(self, name):
        if self.dialect == "plivo":
            return {"event": "playedStream", "streamId": self.stream, "name": name}
        return {"event": "mark", "mark": {"name": name}, "streamSid": self.stream}

    def take(self, message):
        now = time.monotonic()
        if message["event"] in ("media", "playAudio"):
            octets = base64.b64decode(message["media"]["payload"])
            self.media = message
            self.heard += octets
            self.play_end = max(self.play_end, now) + len(octets) / 8000
            if audioop.rms(audioop.ulaw2lin(octets, 2), 2) > 200:
                self.last_audible = now
            return
        self.messages.append(message)
        if message["event"] in ("mark", "checkpoint"):
            name = message["name"] if self.dialect == "plivo" else message["mark"]["name"]
            self.marks.append((max(self.play_end, now), name))
        else:
            self.clears += 1
            self.play_end = now
            self.marks = [(now, name) for _, name in self.marks]

    def step(self, octets=SILENCE):
        """20 ms of the call."""
        self.next_frame = max(self.next_frame + 0.02, time.monotonic() - 0.5)
        self.send(self.media_message(octets))
        while self.marks and self.marks[0][0] <= time.monotonic():
            self.send(self.mark_message(self.marks.pop(0)[1]))
        while self.code is None:
            wait = max(0, self.next_frame - time.monotonic())
            if not self.socket.input.peek_ready(wait):
                return
            opcode, text = self.socket.receive() or (8, b"")
            if opcode == 8:
                self.code = int.from_bytes(text[:2], "big")
            elif opcode == 1:
                self.take(json.loads(text))

    def until(self, wanted, seconds):
        end = time.monotonic() + seconds
        while not wanted():
            assert time.monotonic() < end, f"it did not happen within {seconds} s"
            assert self.code is None, f"the server closed with {self.code}"
            self.step()

    def speaks(self):
        return time.monotonic() - self.last_audible < 0.5

    def say(self, frames):
        for octets in frames:
            self.step(octets)


class SlowCarrier(Carrier):
    """Plays `LAG` seconds behind what it is sent, and says late what became of it."""

    LAG = 1.2
    LATE = 0.4

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.coming = []            # sound that the caller has not heard yet: when, octets

    def take(self, message):
        now = time.monotonic()
        if message["event"] in ("media", "playAudio"):
            octets = base64.b64decode(message["media"]["payload"])
            self.play_end = max(self.play_end, now + self.LAG) + len(octets) / 8000
            self.coming.append((self.play_end, octets))
            return
        self.messages.append(message)
        if message["event"] == "mark":
            self.marks.append((max(self.play_end, now) + self.LATE, message["mark"]["name"]))
            return
        self.clears += 1
        self.play()
        self.coming.clear()
        self.play_end = now
        self.marks = [(now + self.LATE, name) for _, name in self.marks]

    def play(self):
        while self.coming and self.coming[0][0] <= time.monotonic():
            due, octets = self.coming.pop(0)
            self.heard += octets
            if audioop.rms(audioop.ulaw2lin(octets, 2), 2) > 200:
                self.last_audible = due

    def step(self, octets=SILENCE):
        super().step(octets)
        self.play()


class Ready:
    """A socket's file that tells whether a read would wait."""

    def __init__(self, file, link):
        self.file, self.link = file, link

    def __getattr__(self, name):
        return getattr(self.file, name)

    def peek_ready(self, seconds):
        self.link.setblocking(False)
        try:
            buffered = self.file.peek(1)
        finally:
            self.link.settimeout(60)
        return bool(buffered) or bool(select.select([self.link], [], [], seconds)[0])


def transcript(octets):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "heard.wav")
        with wave.open(path, "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(audioop.ulaw2lin(bytes(octets), 2))
        ended = subprocess.run([str(PROGRAM), "transcribe", "--in", path], capture_output=True,
                               text=True, timeout=120, check=True)
    return ended.stdout.lower()


def letters(text):
    return "".join(filter(str.isalnum, text.lower()))


@unittest.skipIf(is_missing(), "the program is not built")
class CarriersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = new_folder()
        cls.addClassCleanup(remove, cls.folder)
        cls.oracle = Oracle()
        cls.addClassCleanup(cls.oracle.close)
        cls.product = Product(cls.folder)
        cls.addClassCleanup(cls.product.stop)
        cls.product.wait_for_speech()

    def ask(self, dialect, form=(), headers=(), key=None):
        """The answer of the webhook to a call: status and body."""
        fields = dict(form)
        body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in fields.items())
        path = f"/carriers/{dialect}/answer?agent=front-desk&key={key or self.product.key}"
        link = http.client.HTTPConnection("127.0.0.1", self.product.port, timeout=60)
        link.request("POST", path, body,
                     {"Content-Type": "application/x-www-form-urlencoded", **dict(headers)})
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        return answer.status, text

    def answer(self, dialect):
        """The path and the token of the stream that the webhook names."""
        status, text = self.ask(dialect, {"CallSid": "CA1", "To": "+15550199"})
        self.assertEqual(status, 200, text)
        root = ElementTree.fromstring(text)
        stream = root.find(".//Stream")
        url = stream.get("url") or stream.text
        token = url.partition("token=")[2] or stream.find("Parameter").get("value")
        if dialect != "telnyx":  # whose helper has no builder of XML
            vendors = ElementTree.fromstring(self.oracle("xml", dialect=dialect, token=token,
                                                         url=url.partition("?")[0]))
            self.assertEqual(ElementTree.canonicalize(text, strip_text=True),
                             ElementTree.canonicalize(
                                 ElementTree.tostring(vendors, "unicode"), strip_text=True))
        return url.partition(f":{self.product.port}")[2], token

    def place(self, dialect, kind=Carrier):
        path, token = self.answer(dialect)
        carrier = kind(self.product, dialect, path)
        self.addCleanup(carrier.socket.close)
        carrier.socket.input = Ready(carrier.socket.input, carrier.socket.link)
        carrier.start(token)
        return carrier

    def compare_with_pipecat(self, dialect, carrier):
        """What we send is what pipecat would send, and both hear the same in it."""
        octets = base64.b64decode(carrier.media["media"]["payload"])
        pcm = audioop.ulaw2lin(octets, 2)
        theirs = self.oracle("play", dialect=dialect, stream=carrier.stream,
                             pcm=base64.b64encode(pcm).decode())
        ours = json.loads(json.dumps(carrier.media))
        self.assertEqual(len(octets), 160)
        said = base64.b64decode(theirs["media"].pop("payload"))
        self.assertEqual(audioop.ulaw2lin(said, 2), pcm)  # zero has two octets
        ours["media"].pop("payload")
        self.assertEqual(ours, theirs)
        self.assertEqual([message for message in carrier.messages if "lear" in message["event"]][0],
                         self.oracle("clear", dialect=dialect, stream=carrier.stream))
        caller = carrier.media_message(octets)
        heard = self.oracle("decode", dialect=dialect, stream=carrier.stream, message=caller)
        self.assertEqual(base64.b64decode(heard), pcm)

    def converse(self, dialect):
        words = question()
        carrier = self.place(dialect)
        carrier.until(carrier.speaks, 30)
        carrier.until(lambda: not carrier.speaks(), 30)
        # The voice sounds a little different each time, and a name is heard wrong now and then.
        self.assertIn("how can i help you", transcript(carrier.heard))
        carrier.heard.clear()
        carrier.say(words)
        carrier.until(carrier.speaks, 40)
        # The caller talks over the answer: the carrier must throw away what it holds.
        for _ in range(40):
            carrier.step()
        before = carrier.clears
        carrier.say(words)
        carrier.until(lambda: carrier.clears > before, 10)
        carrier.until(carrier.speaks, 40)
        carrier.until(lambda: not carrier.speaks(), 60)
        self.assertIn("saturday", transcript(carrier.heard))
        self.compare_with_pipecat(dialect, carrier)
        newest = self.product.call("GET", "/api/conversations")[1]["items"][0]
        self.assertEqual((newest["channel"], newest["status"]), ("phone", "active"))
        self.assertEqual(newest["metadata"],
                         {"carrier": dialect, "call_id": "CA1", "called": "+15550199"})
        carrier.send({"event": "stop"})
        self.assertEqual(carrier.socket.close_code(), 1000)
        self.wait_for_end(newest["id"])

    def wait_for_end(self, identity):
        end = time.monotonic() + 20
        while self.product.conversation(identity)["status"] == "active":
            self.assertLess(time.monotonic(), end)
        self.assertEqual(self.product.conversation(identity)["end_reason"], "caller_hung_up")

    def test_keeps_only_what_a_slow_carrier_had_played(self):
        words = question()
        carrier = self.place("twilio", SlowCarrier)
        carrier.until(carrier.speaks, 30)
        carrier.until(lambda: not carrier.speaks(), 30)
        carrier.say(words)
        carrier.until(carrier.speaks, 40)
        carrier.heard.clear()
        for _ in range(30):
            carrier.step()
        before = carrier.clears
        for octets in words + [SILENCE] * 200:
            carrier.step(octets)
            if carrier.clears > before:
                break
        self.assertGreater(carrier.clears, before)
        played = letters(transcript(carrier.heard))
        carrier.say(words)
        for _ in range(100):
            carrier.step()
        newest = self.product.call("GET", "/api/conversations")[1]["items"][0]
        carrier.send({"event": "stop"})
        carrier.socket.close_code()
        self.wait_for_end(newest["id"])
        path = f"/api/conversations/{newest['id']}"
        messages = self.product.call("GET", path)[1]["messages"]
        cut = next(message for message in messages if message.get("interrupted"))
        heard = letters(cut["heard"])
        # The sound that was thrown away had more than a second of words in it, 14 letters and
        # more. A sentence that is cut is easily misheard, but not by as many letters.
        self.assertLessEqual(len(heard), len(played) + 12, (heard, played))
        self.assertGreaterEqual(len(heard), len(played) - 20, (heard, played))
        self.assertLess(len(cut["heard"]), len(cut["said"]))

    def test_twilio_call(self):
        self.converse("twilio")

    def test_telnyx_call(self):
        self.converse("telnyx")

    def test_plivo_call(self):
        self.converse("plivo")

    def test_signatures_of_the_vendors_helpers(self):
        key = self.product.key
        for dialect, secret in (("twilio", "0123456789abcdef0123456789abcdef"),
                                ("telnyx", TELNYX_KEY),
                                ("plivo", "fedcba9876543210fedcba9876543210")):
            with self.subTest(dialect):
                status, problem = self.product.call(
                    "PUT", f"/api/secrets/carrier-{dialect}",
                    {"kind": "webhook_secret", "value": secret})
                self.assertIn(status, (200, 201), problem)
                self.addCleanup(self.product.call, "DELETE", f"/api/secrets/carrier-{dialect}")
                form = {"CallSid": "CA1", "To": "+15550199"}
                url = (f"http://127.0.0.1:{self.product.port}/carriers/{dialect}/answer"
                       f"?agent=front-desk&key={key}")
                signed = self.oracle("sign", dialect=dialect, url=url, form=form, secret=secret,
                                     body="CallSid=CA1&To=%2B15550199", stamp=int(time.time()))
                self.assertEqual(self.ask(dialect, form, signed)[0], 200)
                self.assertEqual(self.ask(dialect, form)[0], 401)
                self.assertEqual(self.ask(dialect, {**form, "To": "+15550198"}, signed)[0], 401)
                self.product.call("DELETE", f"/api/secrets/carrier-{dialect}")
                self.assertEqual(self.ask(dialect, form)[0], 200)

    def test_a_key_that_is_wrong_or_may_not(self):
        self.assertEqual(self.ask("twilio", key="antiphon_wrong")[0], 401)
        status, made = self.product.call("POST", "/api/keys", {"name": "reads", "role": "analyst"})
        self.assertEqual(status, 201, made)
        self.assertEqual(self.ask("twilio", key=made["key"])[0], 403)


if __name__ == "__main__":
    unittest.main()
