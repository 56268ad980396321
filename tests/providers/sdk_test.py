"""The stub is what it stands for: the vendor's own client reads all of its answers."""

import json
import pathlib
import subprocess
import sys
import unittest

import openai_stub

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tools/lib"))
import pinned  # noqa: E402, the folder must be known first


class VendorsClient(unittest.TestCase):
    def test_reads_every_answer_of_the_stub(self):
        try:
            python = pinned.python_with(HERE / "requirements.txt")
        except pinned.NotInstalled as error:
            self.skipTest(f"the vendor's client cannot be installed: {error}")
        stub = openai_stub.OpenAiStub()
        self.addCleanup(stub.stop)
        walk = subprocess.run([python, HERE / "sdk_walk.py", stub.base_url],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(walk.returncode, 0, walk.stderr)
        seen = json.loads(walk.stdout)
        self.assertEqual(seen["whole"], [openai_stub.WORDS, 39])
        self.assertEqual(seen["streamed"], [openai_stub.WORDS, "stop", 31, 8])
        self.assertEqual(seen["tool"], ["book", {"at": 9}])
        self.assertEqual(seen["streamed_tool"], ["book", {"at": 9}])
        self.assertEqual(seen["transcript"], openai_stub.HEARD)
        self.assertEqual(seen["transcript_events"],
                         ["transcript.text.delta"] * 4 + ["transcript.text.done"])
        self.assertEqual(seen["speech_bytes"], 2 * 14_400)
        self.assertEqual(seen["refusals"],
                         [["AuthenticationError", 401, "invalid_api_key"],
                          ["RateLimitError", 429, "rate_limit_exceeded"],
                          ["InternalServerError", 500, None]])


if __name__ == "__main__":
    unittest.main()
