"""A server of its own for a measurement, its callers' voices, and what the agent said."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import wave

ROOT = pathlib.Path(__file__).resolve().parent.parent
ANTIPHON = pathlib.Path(os.environ.get("ANTIPHON", ROOT / "build/release/antiphon"))
RECORDINGS = ROOT / "bench/questions"
# Piper's voice of the agents, and two of Kokoro's that were recorded: a woman from America, a man
# from Britain.
VOICES = ("joe", "af_heart", "bm_george")
FLITE = ("rms", "slt")  # flite's, older and harder to understand than people are
RATES = (16000, 8000)
AGENT = "front-desk"


class Server:
    """`antiphon up` on a temporary data directory and a port that it chooses."""

    def __init__(self):
        # Short, because unix socket paths are; open, because PostgreSQL never runs as root.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="aq-", dir="/tmp"))
        self.folder.chmod(0o1777)
        self.data = self.folder / "data"
        self.log = open(self.folder / "log", "wb")
        command = [ANTIPHON, "up", "--data-dir", self.data, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = self.key = None
        for line in self.process.stdout:
            link = re.search(r"(http://\S+)/try#key=(\S+)", line)
            if link:
                self.url, self.key = link.groups()
            if line.startswith("API:"):
                break
        if not self.url:
            raise SystemExit(f"questions: the server did not start: see {self.folder}/log")
        self.agent = self.api("GET", f"/api/agents/{AGENT}")
        self.path = f"/api/agents/{self.agent['id']}"
        self.unknown = self.agent["configuration"]["phrases"]["unknown"]
        self.wait_until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None, kind="application/json"):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.read().decode()

    def api(self, *arguments, **options):
        return json.loads(self.request(*arguments, **options))

    def wait_until_ready(self):
        """The documents are read and the speech models loaded after the server listens."""
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            documents = self.api("GET", self.path + "/documents?limit=100")["items"]
            if self.is_ready() and all(each["status"] == "ready" for each in documents):
                return
            time.sleep(0.5)
        raise SystemExit("questions: the server was not ready within three minutes")

    def is_ready(self):
        try:
            return self.api("GET", "/readyz")["ready"]
        except urllib.error.HTTPError:  # 503 while the models load
            return False

    def silence(self):
        """No greeting: it would add six seconds to each call and nothing to the answers."""
        self.api("PATCH", self.path, {"configuration": {"greeting": ""}},
                 kind="application/merge-patch+json")

    def passages(self, question):
        return self.api("POST", self.path + "/questions", {"question": question})["items"]

    def write(self, text):
        """The agent's written answer, in a conversation of its own."""
        opened = self.api("POST", "/api/conversations", {"agent": AGENT, "mode": "text"})
        path = f"/api/conversations/{opened['conversation']['id']}/messages"
        said = []
        for block in self.request("POST", path, {"text": text}).split("\n\n"):
            if block.startswith("event: reply.text"):
                said.append(json.loads(block.split("data: ", 1)[1])["text"])
        return " ".join(said)

    def edit(self, title, old, new):
        """Replaces a phrase of a document over the API."""
        documents = self.api("GET", self.path + "/documents?limit=100")["items"]
        found = next(document for document in documents if document["title"] == title)
        path = f"{self.path}/documents/{found['id']}"
        document = self.api("GET", path)
        if old not in document["text"]:
            raise SystemExit(f"questions: the document {title} does not say: {old}")
        body = {"title": title, "format": document["format"],
                "text": document["text"].replace(old, new)}
        self.api("PUT", path, body)

    def call(self, recording, out):
        """One call in real time; what `antiphon talk --json` reports."""
        done = subprocess.run(
            [ANTIPHON, "talk", "--url", self.url, "--key", self.key, "--agent", AGENT,
             "--in", recording, "--json", "--out", out],
            capture_output=True, text=True, timeout=120)
        if done.returncode:
            return {"error": done.stderr.strip(), "events": []}
        return json.loads(done.stdout)


def name_of(text):
    return re.sub(r"\W+", "-", text.lower()).strip("-")


def recorded(voice, text):
    return RECORDINGS / voice / f"{name_of(text)}.flac"


def speak(text, voice, rate, folder):
    """A caller's recording; 8 kHz went through mu-law, as over a telephone."""
    name = name_of(text)
    wide = folder / f"{voice}-16000-{name}.wav"
    if not wide.exists():
        raw = folder / f"{voice}-raw-{name}.wav"
        if voice == "joe":
            run(ANTIPHON, "say", "--text", text, "--out", raw)
        elif voice in FLITE:
            run("flite", "-voice", voice, "-t", text, "-o", raw)
        else:
            run("sox", recorded(voice, text), raw)
        run("sox", raw, "-r", "16000", "-c", "1", "-b", "16", wide, "norm", "-6")
        raw.unlink()
    if rate == 16000:
        return wide
    narrow = folder / f"{voice}-8000-{name}.wav"
    line = folder / f"{voice}-line-{name}.wav"
    run("sox", wide, "-r", "8000", "-e", "u-law", "-b", "8", line)
    run("sox", line, "-e", "signed-integer", "-b", "16", narrow)
    line.unlink()
    return narrow


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"questions: {command[0]} failed: {done.stderr.strip()}")


def agent_side(recording):
    """The right channel of a call's recording, as a file of its own."""
    out = recording.with_suffix(".agent.wav")
    with wave.open(str(recording)) as call, wave.open(str(out), "wb") as agent:
        agent.setnchannels(1)
        agent.setsampwidth(2)
        agent.setframerate(call.getframerate())
        frames = memoryview(call.readframes(call.getnframes())).cast("h")
        agent.writeframes(frames[1::2].tobytes())
    return out


def transcribe(recordings):
    """One transcript per recording, by the product's own recognizer."""
    names = "".join(f"{recording}\n" for recording in recordings)
    done = subprocess.run([ANTIPHON, "transcribe"], input=names, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"questions: {done.stderr.strip()}")
    return done.stdout.splitlines()


def plain(text):
    """Lower case, one space for everything but letters and digits; "$40" is "40 dollars"."""
    text = re.sub(r"\$(\d+)", r"\1 dollars", text)
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()
