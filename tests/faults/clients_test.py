"""Many clients at once, and clients that take their time."""

import concurrent.futures
import socket
import time
import unittest

import product


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class UnwelcomeClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())

    def status_of(self, path):
        link = product.AudioSocket(self.server, path)
        link.close()
        return link.status

    def test_with_100_forged_tokens_at_once_are_refused_and_the_true_one_is_let_in(self):
        _, path = self.server.open_call()
        stem, token = path.split("token=")
        forged = [stem + "token=" + token[:at % len(token)] + ("A" if token[at % len(token)] != "A"
                  else "B") + token[at % len(token) + 1:] for at in range(100)]
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            self.assertEqual(set(pool.map(self.status_of, forged)), {401})
        self.assertEqual(self.status_of(path), 101)

    def test_100_with_one_token_are_one_call(self):
        _, path = self.server.open_call()
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            statuses = list(pool.map(self.status_of, [path] * 100))
        self.assertEqual((statuses.count(101), statuses.count(401)), (1, 99))

    def test_that_send_a_byte_now_and_then_are_told_that_it_took_too_long(self):
        with socket.create_connection(("127.0.0.1", self.server.port), 0.5) as link:
            answer = b""
            for letter in b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 100:
                try:
                    link.sendall(bytes([letter]))
                    answer = link.recv(1_000)
                    break
                except TimeoutError:
                    continue
            self.assertTrue(answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), answer)
        self.assertEqual(self.server.call("GET", "/healthz")[0], 200)

    def test_that_shake_hands_and_vanish_leave_nothing_behind(self):
        for _ in range(20):
            _, path = self.server.open_call()
            self.assertEqual(self.status_of(path), 101)
        deadline = time.monotonic() + product.PATIENCE
        while time.monotonic() < deadline:
            if not self.server.metric("websocket_open") + self.server.metric("audio_socket_active"):
                return
        self.fail("sockets are still open")


if __name__ == "__main__":
    unittest.main()
