"""The running product under bad input and faults, over real sockets, against the real program."""

import pathlib
import struct
import subprocess
import unittest

import product


def wav(seconds_of_data, header_says=None, rate=16_000):
    data = bytes(2 * rate * seconds_of_data)
    size = len(data) if header_says is None else header_says
    return (b"RIFF" + struct.pack("<I", size + 36) + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
            + b"data" + struct.pack("<I", size) + data)


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class RunningProduct(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        cls.server.wait_for_speech()

    def ending_after(self, *frames):
        _, path = self.server.open_call()
        socket = product.AudioSocket(self.server, path)
        self.addCleanup(socket.close)
        self.assertEqual(socket.status, 101)
        for frame in frames:
            try:
                socket.send(*frame)
            except OSError:
                break  # closed already: its reason waits to be read
        return socket.ending()

    def test_names_every_field_that_it_refuses(self):
        cases = {
            b'{"name":': (400, [""]),
            b'{"name":"a\xff"}': (400, [""]),
            b"[" * 100_000: (400, [""]),
            b'{"name":"a\\u0000b"}': (422, ["/name"]),
            b'{"name":"a","name":"b"}': (422, ["/name"]),
            b'{"name":5,"bogus":1}': (422, ["/bogus", "/name"]),
            b'{"name":"' + b"x" * 100_000 + b'"}': (422, ["/name"]),
        }
        for body, (status, pointers) in cases.items():
            with self.subTest(body=body[:30]):
                answered, problem = self.server.call("POST", "/api/agents", body)
                self.assertEqual(answered, status)
                self.assertEqual(sorted(issue["pointer"] for issue in problem["issues"]), pointers)

    def test_refuses_requests_that_two_parsers_could_read_differently(self):
        head = b"POST /api/agents HTTP/1.1\r\nHost: x\r\n"
        cases = (
            head + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            head + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            head + b"Content-Length: -1\r\n\r\n{}",
            head + b"Host: y\r\n\r\n",
            head + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
            b"GET /healthz HTTP/1.1\n\nHost: x\n\n",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
            b"GET /try/../healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        )
        for request in cases:
            with self.subTest(request=request):
                answer = self.server.raw(request)
                self.assertEqual(answer[:12], b"HTTP/1.1 400")
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1)

    def test_closes_a_socket_that_breaks_a_rule_with_the_code_of_the_rule(self):
        typed = (1, b'{"type":"text","text":"hello"}')
        cases = {
            "odd bytes": (1008, "whole samples", [(2, bytes(641))]),
            "too much audio": (1009, "at most 6,400 bytes", [(2, bytes(6_402))]),
            "no JSON": (1007, "not a JSON document", [(1, b"hello")]),
            "no UTF-8": (1007, "", [(1, b"\xff\xfe")]),
            "unknown event": (1003, "/type", [(1, b'{"type":"zzz"}')]),
            "fragments": (1008, "fragments", [(2, b"", False)] + [(0, b"", False)] * 5_000),
            "pings": (1008, "control frames", [(9, b"x")] * 2_000),
            "audio faster than time": (1008, "faster than it can be spoken",
                                       [(2, bytes(6_400))] * 40),
            "texts faster than anybody": (1008, "faster than anybody types", [typed] * 2_000),
        }
        for name, (code, reason, frames) in cases.items():
            with self.subTest(name):
                ending = self.ending_after(*frames)
                self.assertEqual(ending[0], code)
                self.assertIn(reason, ending[1])

    def test_lets_a_token_in_once(self):
        _, path = self.server.open_call()
        first = product.AudioSocket(self.server, path)
        second = product.AudioSocket(self.server, path)
        forged = product.AudioSocket(self.server, path[:-3] + "AAA")
        for socket in (first, second, forged):
            self.addCleanup(socket.close)
        self.assertEqual([first.status, second.status, forged.status], [101, 401, 401])

    def test_refuses_a_second_server_on_the_same_folder(self):
        second = subprocess.run(
            [str(product.PROGRAM), "up", "--data-dir", self.folder, "--listen", "127.0.0.1:0"],
            capture_output=True, text=True, timeout=product.PATIENCE)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"in use by process {self.server.process.pid}", second.stderr)
        self.assertEqual(len(second.stderr.splitlines()), 1)

    def talk(self, **options):
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        return subprocess.run(
            [str(product.PROGRAM), "talk", "--url", f"http://127.0.0.1:{self.server.port}",
             "--key", self.server.key, *arguments],
            capture_output=True, text=True, timeout=product.PATIENCE)

    def calls_made(self):
        return len(self.server.call("GET", "/api/conversations?limit=200")[1]["items"])

    def test_makes_no_call_with_a_recording_it_cannot_read_or_keep(self):
        folder = pathlib.Path(product.new_folder())
        self.addCleanup(product.remove, folder)
        files = {"good.wav": wav(1), "empty.wav": b"", "text.wav": b"hello",
                 "truncated.wav": wav(1, 320_000), "slow.wav": wav(1, rate=4_000),
                 "fast.wav": wav(1, rate=96_000), "hours.wav": wav(2 * 3_600, rate=8_000)}
        for name, content in files.items():
            (folder / name).write_bytes(content)
        cases = (
            {"in": folder / "empty.wav"}, {"in": folder / "text.wav"}, {"in": folder},
            {"in": folder / "truncated.wav"}, {"in": folder / "missing.wav"},
            {"in": folder / "slow.wav"}, {"in": folder / "fast.wav"}, {"in": folder / "hours.wav"},
            {"in": folder / "good.wav", "out": folder},
            {"in": folder / "good.wav", "out": folder / "missing" / "call.wav"},
        )
        before = self.calls_made()
        for case in cases:
            with self.subTest(case=case):
                done = self.talk(**case)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(self.calls_made(), before)


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class KilledProduct(unittest.TestCase):
    def test_ends_the_calls_that_a_killed_server_left_and_stops_cleanly(self):
        folder = product.new_folder()
        self.addCleanup(product.remove, folder)
        first = product.Product(folder)
        left, path = first.open_call()
        socket = product.AudioSocket(first, path)
        self.assertEqual(socket.status, 101)
        first.kill()
        socket.close()

        second = product.Product(folder)
        status = "active"
        for _ in range(2_000):  # the journal writes behind; each look is a round trip
            record = second.call("GET", f"/api/conversations/{left}")[1]
            record = record.get("conversation", record)
            status = record["status"]
            if status != "active":
                break
        self.assertEqual((status, record["end_reason"]), ("failed", "transport_lost"))
        self.assertEqual(second.stop(), 0)


if __name__ == "__main__":
    unittest.main()
