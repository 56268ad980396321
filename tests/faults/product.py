"""Starts the real program in a folder of its own, and ends it: what the fault tests stand on.

The server's own lines say when it listens; nothing here waits for a fixed time.
"""

import base64
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(os.environ.get("ANTIPHON_ROOT", pathlib.Path(__file__).parents[2]))
PROGRAM = pathlib.Path(os.environ.get("ANTIPHON_PROGRAM", ROOT / "build/release/antiphon"))
PATIENCE = 60
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)/try#key=(\S+)")


def is_missing():
    return not PROGRAM.is_file()


def new_folder():
    folder = tempfile.mkdtemp(prefix="antiphon-faults-",
                              dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    os.chmod(folder, 0o711)  # started by root, PostgreSQL runs as another account and passes here
    return folder


class Product:
    """One `antiphon up`; `folder` outlives it, so that another can start where it was killed.

    `before` runs it: a program with arguments that replaces itself by the rest. `options` go to
    subprocess.Popen: limits that are set first, where the log goes.
    """

    def __init__(self, folder, arguments=(), before=(), **options):
        self.folder = folder
        self.process = subprocess.Popen(
            [*before, str(PROGRAM), "up", "--data-dir", folder, "--listen", "127.0.0.1:0",
             *arguments],
            stdout=subprocess.PIPE, text=True, **{"stderr": subprocess.DEVNULL, **options})
        for line in self.process.stdout:
            link = LINK.search(line)
            if link:
                self.port, self.key = int(link[1]), link[2]
                return
        raise AssertionError(f"the server ended with {self.process.wait()} before it listened")

    def call(self, method, path, body=None, key=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {key or self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def wait_for_speech(self):
        while self.call("GET", "/readyz")[0] != 200:
            assert self.process.poll() is None, "the server ended while speech was loading"

    def ready_parts(self):
        parts = self.call("GET", "/readyz")[1]["parts"]
        return {part["name"]: (part["state"], part.get("detail", "")) for part in parts}

    def conversation(self, identity):
        record = self.call("GET", f"/api/conversations/{identity}")[1]
        return record.get("conversation", record)

    def metric(self, name):
        page = self.raw(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").decode()
        return float(re.search(rf"^{name} (\S+)$", page, re.M)[1])

    def raw(self, request):
        """What the server answers to these bytes until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as link:
            link.sendall(request)
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    def open_call(self):
        status, opened = self.call("POST", "/api/conversations",
                                   {"agent": "front-desk", "mode": "voice"})
        assert status == 201, opened
        return opened["conversation"]["id"], opened["socket"]["path"]

    def kill(self):
        self.process.kill()
        self.finish()

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.finish()

    def finish(self):
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return status


class AudioSocket:
    """The few WebSocket frames these tests need, sent as wrongly as they like."""

    def __init__(self, product, path):
        self.link = socket.create_connection(("127.0.0.1", product.port), PATIENCE)
        key = base64.b64encode(bytes(16)).decode()
        self.link.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode())
        self.input = self.link.makefile("rb")
        self.status = int(self.input.readline().split()[1])
        while self.input.readline().strip():
            pass

    def send(self, opcode, payload, final=True):
        size = len(payload)
        head = bytes([opcode | (0x80 if final else 0)])
        head += bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        self.link.sendall(head + bytes(4) + payload)

    def receive(self):
        """The next frame: its opcode and what it holds. None: the server vanished."""
        head = self.input.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack(">H", self.input.read(2))[0]
        return head[0] & 0x0F, self.input.read(size)

    def wait_for(self, event):
        """Reads on to this event."""
        while frame := self.receive():
            if frame[0] == 1 and json.loads(frame[1])["type"] == event:
                return
        raise AssertionError(f"the call ended before {event}")

    def wait_for_audio(self, frames):
        """Reads on until the agent has spoken for so many times 20 ms."""
        while frames > 0:
            frame = self.receive()
            assert frame and frame[0] != 8, "the call ended while the agent was to speak"
            frames -= frame[0] == 2

    def ending(self):
        """Reads on until the server closes: its code and reason. 0: it vanished without a word."""
        while frame := self.receive():
            if frame[0] == 8:
                code = struct.unpack(">H", frame[1][:2])[0] if len(frame[1]) >= 2 else 0
                return code, frame[1][2:].decode()
        return 0, ""

    def close_code(self):
        return self.ending()[0]

    def close(self):
        self.input.close()
        self.link.close()


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
