"""A server of OpenAI's wire that says what a test wants, and misbehaves on request.

    stub = OpenAiStub()                 # listens on 127.0.0.1, a free port
    stub.base_url                       # http://127.0.0.1:PORT/v1
    stub.requests                       # what came in, newest last
    stub.stop()

The model's name decides what happens: `stub` answers; `stub-401`, `stub-429`, `stub-500` refuse;
`stub-hang` never answers; `stub-stall` stops after some words; `stub-cut` breaks the connection
there; `stub-garbage` sends no JSON; `stub-long` sends a line of 10 MB; `stub-html` is no such
server; `stub-tool` calls the first tool offered; `stub-goodbye` calls end_call; `stub-script` takes
the next step of `stub.script`: a text to say, or a list of (tool, arguments) to call.
Facts of the wire: the public reference of chat completions, transcriptions and speech; the vendor's
own client reads every answer in sdk_test.py.
"""

import http.server
import json
import math
import re
import struct
import threading

SPEECH_RATE = 24_000
SECONDS_PER_LETTER = 0.05
WORDS = "We open at nine in the morning."
HEARD = "When do you open?"
REFUSALS = {
    "401": (401, {}, {"message": "Incorrect API key", "type": "invalid_request_error",
                      "param": None, "code": "invalid_api_key"}),
    "429": (429, {"Retry-After": "20"}, {"message": "Rate limit reached", "type": "requests",
                                         "param": None, "code": "rate_limit_exceeded"}),
    "500": (500, {}, {"message": "The server had an error", "type": "server_error",
                      "param": None, "code": None}),
}


def tone(seconds, rate=SPEECH_RATE):
    """A voice-like sound, as 16-bit little-endian samples."""
    count = int(seconds * rate)
    return struct.pack(f"<{count}h", *(
        int(6_000 * math.sin(math.tau * 180 * at / rate) * math.sin(math.tau * 3 * at / rate))
        for at in range(count)))


def form_fields(body, content_type):
    """The fields of multipart/form-data; a file field is its bytes."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)[1].encode()
    fields = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)[1].decode()
        value = value.removesuffix(b"\r\n")
        fields[name] = value if b"filename=" in head else value.decode()
    return fields


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        asked = form_fields(body, kind) if kind.startswith("multipart/") else json.loads(body)
        self.stub.note({"path": self.path, "key": self.headers.get("Authorization", ""),
                        "body": asked})
        mood = asked.get("model", "").partition("-")[2]
        try:
            self.answer(asked, mood)
        except (BrokenPipeError, ConnectionResetError):
            self.stub.note_gone(self.path)
            self.close_connection = True

    def answer(self, asked, mood):
        if mood in REFUSALS:
            status, headers, error = REFUSALS[mood]
            return self.send(status, {"error": error}, headers)
        if mood == "hang":
            return self.wait_until_gone()
        if mood == "html":
            return self.send_bytes(200, b"<html>Welcome</html>", "text/html")
        if self.path == "/v1/chat/completions":
            return self.chat(asked, mood)
        if self.path == "/v1/audio/transcriptions":
            return self.transcribe(asked)
        if self.path == "/v1/audio/speech":
            return self.speak(asked, mood)
        return self.send(404, {"error": {"message": "no such path", "type": "invalid_request_error",
                                         "param": None, "code": None}})

    def chat(self, asked, mood):
        usage = {"prompt_tokens": 31, "completion_tokens": 8, "total_tokens": 39}
        whole = {"id": "chatcmpl-1", "created": 1, "model": asked["model"], "usage": usage}
        step = self.stub.next_step() if mood == "script" else WORDS
        call = self.tool_call(asked, mood) if isinstance(step, str) else self.calls_of(step)
        if not asked.get("stream"):
            message = {"role": "assistant", "content": None if call else step}
            if call:
                message["tool_calls"] = call
            choice = {"index": 0, "message": message, "logprobs": None,
                      "finish_reason": "tool_calls" if call else "stop"}
            return self.send(200, {**whole, "object": "chat.completion", "choices": [choice]})
        self.begin_events()

        def chunk(delta, reason=None):
            self.event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                        "model": asked["model"],
                        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

        chunk({"role": "assistant", "content": ""})
        if mood == "garbage":
            self.part(b"data: {]\n\n")
        if mood == "long":
            self.part(b"data: " + b"x" * 10_000_000 + b"\n\n")
        words = [] if call else re.findall(r"\S+\s*", step)
        for at, word in enumerate(words):
            if at == 2 and mood in ("cut", "stall"):
                return self.break_off() if mood == "cut" else self.wait_until_gone()
            chunk({"content": word})
        for index, each in enumerate(call or []):
            function = each["function"]
            chunk({"tool_calls": [{"index": index, "id": each["id"], "type": "function",
                                   "function": {"name": function["name"], "arguments": ""}}]})
            for letter in function["arguments"]:
                chunk({"tool_calls": [{"index": index, "function": {"arguments": letter}}]})
        chunk({}, "tool_calls" if call else "stop")
        if asked.get("stream_options", {}).get("include_usage"):
            self.event({**whole, "object": "chat.completion.chunk", "choices": []})
        self.part(b"data: [DONE]\n\n")
        return self.end_parts()

    @staticmethod
    def tool_call(asked, mood):
        names = [tool["function"]["name"] for tool in asked.get("tools", [])]
        if mood == "goodbye" and "end_call" in names:
            return [{"id": "call_1", "type": "function",
                     "function": {"name": "end_call", "arguments": "{}"}}]
        if mood == "tool" and names:
            return [{"id": "call_1", "type": "function",
                     "function": {"name": names[0], "arguments": '{"at": 9}'}}]
        return None

    def calls_of(self, step):
        return [{"id": f"call_{self.stub.next_number()}", "type": "function",
                 "function": {"name": name, "arguments": json.dumps(arguments)}}
                for name, arguments in step]

    def transcribe(self, asked):
        riff = asked["file"]
        if riff[:4] != b"RIFF" or riff[8:12] != b"WAVE":
            return self.send(400, {"error": {"message": "Invalid file format.", "param": None,
                                             "type": "invalid_request_error", "code": None}})
        if asked.get("stream") != "true":
            return self.send(200, {"text": self.stub.heard})
        self.begin_events()
        for word in re.findall(r"\S+\s*", self.stub.heard):
            self.event({"type": "transcript.text.delta", "delta": word})
        self.event({"type": "transcript.text.done", "text": self.stub.heard})
        self.part(b"data: [DONE]\n\n")
        return self.end_parts()

    def speak(self, asked, mood):
        sound = tone(max(0.3, SECONDS_PER_LETTER * len(asked["input"])))
        self.begin_parts("audio/pcm")
        # Pieces of an odd length: a sample may arrive in two halves.
        for at in range(0, len(sound), 4_801):
            if at > 0 and mood == "cut":
                return self.break_off()
            if at > 0 and mood == "stall":
                return self.wait_until_gone()
            self.part(sound[at:at + 4_801])
        return self.end_parts()

    def send(self, status, document, headers=None):
        self.send_bytes(status, json.dumps(document).encode(), "application/json", headers)

    def send_bytes(self, status, data, kind, headers=None):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)),
                            **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin_events(self):
        self.begin_parts("text/event-stream; charset=utf-8")

    def begin_parts(self, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, document):
        self.part(b"data: " + json.dumps(document).encode() + b"\n\n")

    def part(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def end_parts(self):
        self.wfile.write(b"0\r\n\r\n")

    def break_off(self):
        self.close_connection = True

    def wait_until_gone(self):
        """Until the peer closes, or the stub ends."""
        self.connection.settimeout(60)
        try:
            gone = self.connection.recv(1) == b""
        except OSError:
            gone = True
        if gone:
            self.stub.note_gone(self.path)
        self.close_connection = True


class OpenAiStub:
    def __init__(self):
        self.requests = []
        self.gone = []  # paths whose peer left before the answer's end
        self.heard = HEARD
        self.script = []  # of the model stub-script; afterwards it says WORDS
        self.calls = 0
        self.changed = threading.Condition()
        handler = type("BoundHandler", (Handler,), {"stub": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.target = f"http://127.0.0.1:{self.server.server_port}"
        self.base_url = self.target + "/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def next_step(self):
        with self.changed:
            return self.script.pop(0) if self.script else WORDS

    def next_number(self):
        with self.changed:
            self.calls += 1
            return self.calls

    def note(self, request):
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def note_gone(self, path):
        with self.changed:
            self.gone.append(path)
            self.changed.notify_all()

    def wait_for(self, condition, patience=30):
        """True once `condition()` holds, which what comes in decides."""
        with self.changed:
            return self.changed.wait_for(condition, timeout=patience)

    def last(self, path):
        return next(r["body"] for r in reversed(self.requests) if r["path"].endswith(path))

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    stub = OpenAiStub()
    print(stub.base_url, flush=True)
    stub.thread.join()
