"""The commands of the README and the guides do what the text around them says.

The blocks are run as they stand; only the port, the data directory and the place of the program are
those of the server that the test started.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))
import product  # noqa: E402, the folder must be known first

PATIENCE = 120
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)


def blocks(page):
    return BLOCK.findall((ROOT / page).read_text())


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class Snippets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.server = product.Product(cls.folder, ["--call-logs"])
        cls.server.wait_for_speech()
        cls.work = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        if cls.server.process.poll() is None:
            cls.server.stop()
        cls.work.cleanup()

    def run_block(self, page, having, **replaced):
        found = [block for block in blocks(page) if having in block]
        self.assertEqual(len(found), 1, f"{page} has one block with {having!r}")
        text = found[0]
        values = {"build/release/antiphon": str(product.PROGRAM),
                  "http://127.0.0.1:8080": f"http://127.0.0.1:{self.server.port}",
                  "~/.local/share/antiphon": self.folder, **replaced}
        for old, new in values.items():
            text = text.replace(old, new)
        return self.run_text(text)

    def run_text(self, text):
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": self.work.name,
                       "ANTIPHON_URL": f"http://127.0.0.1:{self.server.port}",
                       "ANTIPHON_DATA_DIR": self.folder}
        models = product.os.environ.get("ANTIPHON_MODELS")
        if models:
            environment["ANTIPHON_MODELS"] = models
        command = f"antiphon() {{ '{product.PROGRAM}' \"$@\"; }}\n{text}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=self.work.name,
            env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, f"{text}\n{done.stdout}{done.stderr}")
        return done.stdout

    def chat(self, text):
        return self.run_text(f"antiphon chat --text '{text}'")

    def test_1_the_readme_calls_the_agent_from_a_terminal(self):
        answer = self.run_block("README.md", "antiphon talk")
        self.assertIn("caller  Are you open on Saturday?", answer)
        self.assertIn("On Saturday we open at nine in the morning and close at noon.", answer)
        self.assertTrue((pathlib.Path(self.work.name) / "call.wav").stat().st_size > 100_000)

    def test_2_the_readme_gives_the_agent_a_document(self):
        self.assertNotIn("vouchers", self.chat("Do you sell gift vouchers?"))
        self.run_block("README.md", "/documents")
        deadline = 600
        while "at the front desk" not in self.chat("Do you sell gift vouchers?"):
            deadline -= 1
            self.assertGreater(deadline, 0, "the new document is never quoted")

    def test_3_the_guide_repeats_the_call(self):
        calls = sorted(pathlib.Path(self.folder).glob("call-logs/*/*.calllog"))
        self.assertTrue(calls, "the call of the README has left a log")
        text = self.run_block("docs/guides/replay-a-call.md", "antiphon replay",
                              **{"01a204ff-61b8-72f8-8a79-fc6d5b9c9a6b": calls[0].stem})
        self.assertIn("Are you open on Saturday?", text)
        self.assertIn("The same call, byte for byte.", text)

    def test_4_a_killed_call_repeats_as_far_as_it_went(self):
        before = set(pathlib.Path(self.folder).glob("call-logs/*/*.calllog"))
        _, path = self.server.open_call()
        caller = product.AudioSocket(self.server, path)
        self.addCleanup(caller.link.close)
        self.addCleanup(caller.input.close)
        frames = 0
        while frames < 100:
            opcode, _ = caller.receive()
            if opcode == 2:
                caller.send(2, bytes(640))
                frames += 1
        self.server.kill()
        (log,) = set(pathlib.Path(self.folder).glob("call-logs/*/*.calllog")) - before
        repeated = json.loads(self.run_text(f"antiphon replay {log} --json"))
        self.assertTrue(repeated["same"] and repeated["cut"], repeated)
        self.assertGreater(repeated["length_ms"], 1_000)


if __name__ == "__main__":
    unittest.main()
