"""A recording survives the death of the server that makes it."""

import io
import pathlib
import struct
import time
import unittest
import urllib.request
import wave

import product

SILENCE = bytes(640)
CLICK = struct.pack("<320h", *([5000, -5000] * 160))  # too short to interrupt anybody
SPOKEN = 100  # frames of the greeting, 20 ms each: two seconds of a call


class Caller(product.AudioSocket):
    """Speaks a frame for each that it hears: the server's own tick keeps the time."""

    def hear(self):
        """The opcode and the payload of the next frame of the socket."""
        head = self.input.read(2)
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack(">H", self.input.read(2))[0]
        return head[0] & 0x0F, self.input.read(size)

    def talk(self, frames):
        """Seconds since the first frame came."""
        began = None
        heard = 0
        while heard < frames:
            opcode, payload = self.hear()
            if opcode == 2:
                began = began or time.monotonic()
                self.send(2, CLICK if heard % 25 == 5 else SILENCE)
                heard += len(payload) // len(SILENCE)
        return time.monotonic() - began


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class KilledRecording(unittest.TestCase):
    def setUp(self):
        self.folder = product.new_folder()
        self.addCleanup(product.remove, self.folder)

    def start(self):
        server = product.Product(self.folder)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        return server

    def wait_for_recording(self, server, conversation):
        """The recovery runs beside the start, so the first answers may be 404."""
        for _ in range(20_000):
            path = f"/api/conversations/{conversation}/recording/details"
            status, details = server.call("GET", path)
            if status == 200:
                return details
            self.assertEqual(status, 404)
        self.fail("the recording did not appear")

    def kept_in_files(self, spoken):
        """Of each recording on the disk whether it is sealed."""
        files = list(pathlib.Path(self.folder).glob("**/recordings/*/*.rec"))
        files += pathlib.Path(self.folder).glob("**/recordings/*/*.part")
        return [file.read_bytes().startswith(b"ANTREC2\n")
                and spoken not in file.read_bytes() for file in files]

    @staticmethod
    def listen(server, conversation):
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/conversations/{conversation}/recording",
            headers={"Authorization": f"Bearer {server.key}"})
        with urllib.request.urlopen(request, timeout=product.PATIENCE) as answer:
            return answer.read()

    def test_loses_at_most_a_second_to_kill_9(self):
        server = self.start()
        server.wait_for_speech()
        conversation, path = server.open_call()
        caller = Caller(server, path)
        talked_ms = 1000 * caller.talk(SPOKEN)
        server.kill()
        caller.close()

        server = self.start()
        details = self.wait_for_recording(server, conversation)
        self.assertEqual(details["end"], "server_ended")
        self.assertGreater(talked_ms, SPOKEN * 20 - 500)
        self.assertGreaterEqual(details["duration_ms"], talked_ms - 1000)
        with wave.open(io.BytesIO(self.listen(server, conversation))) as sound:
            self.assertEqual((sound.getnchannels(), sound.getframerate()), (2, 16_000))
            self.assertEqual(sound.getnframes() // 16, details["duration_ms"])
            count = sound.getnframes()
            samples = struct.unpack(f"<{2 * count}h", sound.readframes(count))
        self.assertEqual(self.kept_in_files(CLICK[:64]), [True])
        for side in (samples[::2], samples[1::2]):
            self.assertGreater(max(side), 2000)
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
