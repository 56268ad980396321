"""How calls end when the server is told to stop, in each way it can be told."""

import os
import signal
import unittest

import product


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class StoppedProduct(unittest.TestCase):
    def setUp(self):
        self.folder = product.new_folder()
        self.addCleanup(product.remove, self.folder)

    def start(self, **options):
        server = product.Product(self.folder, **options)
        self.addCleanup(lambda: server.process.poll() is None and server.kill())
        return server

    def begin_call(self, server):
        server.wait_for_speech()
        identity, path = server.open_call()
        socket = product.AudioSocket(server, path)
        self.addCleanup(socket.close)
        self.assertEqual(socket.status, 101)
        socket.send(1, b'{"type":"text","text":"When are you open?"}')
        socket.wait_for("transcript.final")
        return identity, socket

    def test_tells_the_caller_and_writes_the_end_down(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number.name):
                server = self.start()
                identity, socket = self.begin_call(server)
                server.process.send_signal(number)
                self.assertEqual(socket.ending(), (1012, "the server is stopping"))
                socket.close()
                self.assertEqual(server.finish(), 0)

                server = self.start()
                record = server.conversation(identity)
                self.assertEqual((record["status"], record["end_reason"]),
                                 ("ended", "transport_lost"))
                said = server.call("GET", f"/api/conversations/{identity}")[1]
                self.assertEqual(server.stop(), 0)
                self.assertIn("When are you open?", str(said))

    def test_stops_at_once_when_told_twice(self):
        server = self.start()
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGINT)
        self.assertIn(server.finish(), (0, 1))  # 0: it had ended before the second came
        # Its database went with it: the next one starts on the same folder.
        self.assertEqual(self.start().stop(), 0)

    def test_goes_on_without_its_terminal_under_nohup(self):
        server = self.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        server.process.send_signal(signal.SIGHUP)
        self.assertEqual(server.call("GET", "/healthz")[0], 200)
        self.assertEqual(server.stop(), 0)

    def test_goes_on_when_nobody_reads_its_log_any_more(self):
        read_end, write_end = os.pipe()
        server = self.start(stderr=write_end)
        os.close(write_end)
        os.close(read_end)
        identity, socket = self.begin_call(server)
        socket.send(1, b'{"type":"hang_up"}')
        self.assertEqual(socket.close_code(), 1000)
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
