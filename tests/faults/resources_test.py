"""A machine that runs out of something while a call goes on."""

import json
import pathlib
import resource
import secrets
import socket
import subprocess
import time
import unittest

import product

MOUNT = 'mount -t tmpfs -o size=400m,mode=711 antiphon "$0" && exec "$@"'


def may_mount():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class ScarceMachine(unittest.TestCase):
    def setUp(self):
        self.folder = product.new_folder()
        self.addCleanup(product.remove, self.folder)

    def start(self, **options):
        server = product.Product(self.folder, **options)
        self.addCleanup(lambda: server.process.poll() is None and server.kill())
        server.wait_for_speech()
        self.conversation, path = server.open_call()
        self.call = product.AudioSocket(server, path)
        self.addCleanup(self.call.close)
        self.assertEqual(self.call.status, 101)
        self.call.wait_for("session.started")
        return server

    def type(self, text):
        """The agent then speaks for 200 ms: typed faster than that is refused."""
        self.call.send(1, json.dumps({"type": "text", "text": text}).encode())
        self.call.wait_for("reply.started")
        self.call.wait_for_audio(10)

    def wait_until(self, server, condition):
        deadline = time.monotonic() + product.PATIENCE
        while time.monotonic() < deadline:
            if condition():
                return
        self.fail(f"not in a minute: {server.call('GET', '/readyz')}")

    def test_without_descriptors_calls_go_on_and_new_ones_wait(self):
        few = (64, 64)
        server = self.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few))
        waiting = [socket.create_connection(("127.0.0.1", server.port), product.PATIENCE)
                   for _ in range(100)]
        descriptors = pathlib.Path(f"/proc/{server.process.pid}/fd")
        self.wait_until(server, lambda: len(list(descriptors.iterdir())) == few[0])
        self.type("When are you open?")
        self.call.wait_for_audio(50)
        for link in waiting:
            link.close()
        self.assertEqual(server.call("GET", "/readyz")[0], 200)
        # Ten a second while there is none; a loop that spins makes thousands.
        self.assertGreater(server.metric("http_accept_failures_total"), 5)
        self.assertLess(server.metric("http_accept_failures_total"), 1_000)
        self.assertEqual(server.stop(), 0)

    @unittest.skipUnless(may_mount(), "only who may mount can make a small disk")
    def test_with_a_full_disk_a_call_goes_on_and_is_written_down_later(self):
        server = self.start(before=["unshare", "--mount", "sh", "-c", MOUNT, self.folder])
        # The disk that only the server and its children see.
        filler = pathlib.Path(f"/proc/{server.process.pid}/root{self.folder}/filler")
        with filler.open("wb", buffering=0) as file, self.assertRaises(OSError):
            while True:
                file.write(bytes(65_536))
        typed = 0
        while server.ready_parts()["journal"][0] == "up":
            typed += 1
            self.assertLess(typed, 500, "the disk does not become full")
            # The database would make repetitions small.
            self.type(f"This is text {typed}. " + secrets.token_hex(900))
        self.assertIn("what is said waits in memory alone", server.ready_parts()["journal"][1])
        self.type("And the disk is full.")
        self.call.send(1, b'{"type":"hang_up"}')
        self.assertEqual(self.call.ending(), (1000, ""))
        self.assertEqual(server.conversation(self.conversation)["status"], "active")
        filler.unlink()
        self.wait_until(server, lambda: server.ready_parts()["journal"][0] == "up")
        record = server.conversation(self.conversation)
        self.assertEqual((record["status"], record["end_reason"]), ("ended", "caller_hung_up"))
        said = json.dumps(server.call("GET", f"/api/conversations/{self.conversation}")[1])
        for number in range(1, typed + 1):
            self.assertIn(f"This is text {number}. ", said)
        self.assertIn("And the disk is full.", said)
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
