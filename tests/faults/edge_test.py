"""What reaches the server from outside: TLS, smuggled headers, bombs, wildcards, false claims."""

import base64
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import unittest

import product

GET = b"GET /healthz HTTP/1.1\r\nHost: h\r\n"


def exchange(port, sent, close=True):
    """What comes back for bytes, until the server closes or answers nothing more."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(sent)
        if close:
            wire.shutdown(socket.SHUT_WR)
        answer = b""
        while part := wire.recv(65536):
            answer += part
        return answer


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class Edge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder, ["--allowed-origins", "https://studio.example"])
        cls.addClassCleanup(cls.server.stop)

    def test_smuggled_requests_get_one_answer_and_the_end(self):
        smuggled = b"GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
        malformed, ambiguous = (400, "request_malformed"), (400, "length_ambiguous")
        coded = (501, "encoding_unsupported")
        for name, wanted, head in [
            ("two lengths", ambiguous, b"Content-Length: 0\r\nContent-Length: 37\r\n"),
            ("length and chunks", ambiguous,
             b"Content-Length: 37\r\nTransfer-Encoding: chunked\r\n"),
            ("a signed length", ambiguous, b"Content-Length: +37\r\n"),
            ("a second coding", coded,
             b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
            ("a coding in disguise", coded, b"Transfer-Encoding: xchunked\r\n"),
            ("a coding behind a tab", coded, b"Transfer-Encoding:\tchunked, identity\r\n"),
            ("a space before the colon", malformed, b"Content-Length : 37\r\n"),
            ("a folded line", malformed, b"X: a\r\n Content-Length: 37\r\n"),
            ("a bare line feed", malformed, b"X: a\nContent-Length: 37\r\n"),
            ("a NUL", malformed, b"X: a\0\r\n"),
            ("two hosts", (400, "host_invalid"), b"Host: other\r\n"),
        ]:
            with self.subTest(name):
                answer = exchange(self.server.port, GET + head + b"\r\n" + smuggled)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
                self.assertIn(b"Connection: close\r\n", answer)
                problem = json.loads(answer.partition(b"\r\n\r\n")[2])
                self.assertEqual((problem["status"], problem["code"]), wanted)

    def test_json_bombs_are_refused_quickly(self):
        deep = b'{"name":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
        wide = b'{"name":"a",' + b",".join(b'"k%d":0' % n for n in range(6_000)) + b"}"
        number = b'{"name":1' + b"0" * 60_000 + b"}"
        escapes = b'{"name":"' + b"\\u0000" * 10_000 + b'"}'
        for name, body, status, code in [
            ("deep", deep, 400, "protocol_error"),
            ("wide", wide, 422, "invalid_argument"),
            ("number", number, 422, "invalid_argument"),
            ("escapes", escapes, 422, "invalid_argument"),
            ("half", b'{"name":"a"', 400, "protocol_error"),
            ("twice", b'{"name":"a","name":"b"}', 422, "invalid_argument"),
        ]:
            with self.subTest(name):
                answered, problem = self.server.call("POST", "/api/agents", body)
                self.assertEqual((answered, problem["code"]), (status, code), problem)

    def test_wildcards_and_quotes_in_a_search_are_letters(self):
        for name in ("Percent 100% sure", "Percent 100 sure", "Under_score", "UnderXscore",
                     "Back\\slash", "Quote's"):
            self.assertEqual(self.server.call("POST", "/api/agents", {"name": name})[0], 201)

        def found(search):
            status, page = self.server.call("GET", "/api/agents?search=" + search)
            self.assertEqual(status, 200, page)
            return sorted(item["name"] for item in page["items"])

        self.assertEqual(found("100%25"), ["Percent 100% sure"])
        self.assertEqual(found("under_"), ["Under_score"])
        self.assertEqual(found("%25"), ["Percent 100% sure"])
        self.assertEqual(found("k%5Cs"), ["Back\\slash"])
        self.assertEqual(found("e%27s"), ["Quote's"])
        self.assertEqual(found("%27%20or%20%27%27%3D%27"), [])
        self.assertEqual(found("%25%25%25" * 10), [])

    def test_a_strange_sort_or_cursor_is_refused_and_not_run(self):
        for query in ("sort=name", "sort=id%3Bdrop%20table%20agents", "order=desc",
                      "limit=1%20or%201", "limit=0", "limit=201", "cursor=%27%20or%201%3D1--",
                      "cursor=AAAA", "status=%25"):
            with self.subTest(query):
                status, problem = self.server.call("GET", "/api/agents?" + query)
                self.assertEqual((status, problem["code"]), (422, "invalid_argument"), problem)

    def test_nobody_is_believed_who_claims_to_be_a_proxy(self):
        answer = exchange(self.server.port,
                          GET + b"X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\n"
                          b"X-Request-Id: i-am-the-proxy\r\nConnection: close\r\n\r\n")
        self.assertNotIn(b"i-am-the-proxy", answer)
        self.assertNotIn(b"Strict-Transport-Security", answer)
        self.assertRegex(answer, rb"X-Request-Id: [0-9a-f]{16}\r\n")

    def test_origins_are_those_that_were_configured(self):
        for origin, allowed in ((b"https://studio.example", True),
                                (b"https://evil.example", False), (b"null", False)):
            answer = exchange(self.server.port,
                              GET + b"Origin: " + origin + b"\r\nConnection: close\r\n\r\n")
            self.assertEqual(b"Access-Control-Allow-Origin: " + origin in answer, allowed)
            self.assertNotIn(b"Allow-Credentials", answer)


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class SelfSigned(unittest.TestCase):
    def test_a_browser_on_the_network_finds_what_was_printed(self):
        folder = product.new_folder()
        self.addCleanup(product.remove, folder)
        server = subprocess.Popen(
            [str(product.PROGRAM), "up", "--data-dir", folder, "--listen", "127.0.0.1:0",
             "--tls-self-signed"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(lambda: server.poll() is None and server.kill())
        fingerprint = link = None
        for line in server.stdout:
            fingerprint = fingerprint or re.search(r"SHA-256 ([0-9A-F:]{95})", line)
            link = re.search(r"https://127\.0\.0\.1:(\d+)/try#key=(\S+)", line)
            if link:
                break
        threading.Thread(target=server.stdout.read, daemon=True).start()
        port = int(link[1])
        certificate = os.path.join(folder, "tls", "certificate.pem")
        self.assertEqual(os.stat(os.path.join(folder, "tls", "key.pem")).st_mode & 0o777, 0o600)
        trusting = ssl.create_default_context(cafile=certificate)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            with trusting.wrap_socket(wire, server_hostname="127.0.0.1") as tls:
                seen = hashlib.sha256(tls.getpeercert(True)).hexdigest().upper()
                self.assertEqual(seen, fingerprint[1].replace(":", ""))
                self.assertIn(tls.version(), ("TLSv1.3", "TLSv1.2"))
                tls.sendall(GET + b"Connection: close\r\n\r\n")
                answer = b""
                while part := tls.recv(65536):
                    answer += part
        self.assertTrue(answer.startswith(b"HTTP/1.1 200"), answer)
        # A browser that saw it would never let its user pass the warning again.
        self.assertNotIn(b"Strict-Transport-Security", answer)
        self.assertIn(b"HTTP/1.1 400", exchange(port, GET + b"\r\n", close=False))
        self.listens_over_tls(port, link[2], trusting)
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(product.PATIENCE), 0)

    def listens_over_tls(self, port, key, trusting):
        """A WebSocket over TLS: the first message of /api/live, and a conversation's beginning."""
        with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
            with trusting.wrap_socket(wire, server_hostname="localhost") as tls:
                tls.sendall(b"GET /api/live HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
                            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            b"Sec-WebSocket-Key: " + base64.b64encode(bytes(16)) +
                            b"\r\nAuthorization: Bearer " + key.encode() + b"\r\n\r\n")
                seen = b""
                while b"live.ready" not in seen:
                    part = tls.recv(4096)
                    self.assertTrue(part, seen)
                    seen += part
                with socket.create_connection(("127.0.0.1", port), timeout=20) as other:
                    with trusting.wrap_socket(other, server_hostname="localhost") as api:
                        body = json.dumps({"agent": "front-desk", "mode": "text"}).encode()
                        api.sendall(b"POST /api/conversations HTTP/1.1\r\nHost: h\r\n"
                                    b"Connection: close\r\nContent-Type: application/json\r\n"
                                    b"Authorization: Bearer " + key.encode() +
                                    b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                        self.assertIn(b"201 Created", api.recv(65536))
                while b"conversation.message" not in seen:
                    part = tls.recv(4096)
                    self.assertTrue(part, seen)
                    seen += part
                self.assertIn(b'"type":"live.event"', seen)


if __name__ == "__main__":
    unittest.main()
