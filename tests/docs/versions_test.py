"""The guide about versions: its commands, in their order, on a server that nobody has touched."""

import json
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/faults"))
import product  # noqa: E402, the folder must be known first

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)
PATIENCE = 120
FIRST = "Maple Street Dental, good day. How can I help you?"
SECOND = "Maple Street Dental, this is the night service."


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class VersionsGuide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        cls.blocks = BLOCK.findall((ROOT / "docs/guides/versions.md").read_text())

    def run_block(self, having):
        (text,) = [block for block in self.blocks if having in block]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": self.folder,
                       "ANTIPHON_URL": f"http://127.0.0.1:{self.server.port}",
                       "ANTIPHON_API_KEY": self.server.key}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, f"{text}\n{done.stdout}{done.stderr}")
        return done.stdout

    def greeting(self, **wish):
        status, opened = self.server.call(
            "POST", "/api/conversations", {"agent": "front-desk", "mode": "text", **wish})
        self.assertEqual(status, 201, opened)
        return opened["greeting"]

    def test_callers_hear_what_was_published_and_nothing_else(self):
        self.assertEqual(self.greeting(), FIRST)
        published = json.loads(self.run_block("As we open."))
        self.assertEqual((published["version"]["number"], published["changes"]), (1, []))

        self.run_block("PATCH")
        self.assertEqual(self.greeting(), FIRST)
        opened = json.loads(self.run_block('"version": "draft"'))
        self.assertEqual(opened["greeting"], SECOND)
        self.assertNotIn("agent_version", opened["conversation"])

        change = {"pointer": "/greeting", "before": json.dumps(FIRST), "after": json.dumps(SECOND)}
        self.assertEqual(json.loads(self.run_block("/diff"))["changes"], [change])

        self.run_block("/rollback")
        self.assertEqual(self.greeting(), FIRST)
        self.assertEqual(self.greeting(version="2"), SECOND)
        self.assertEqual(self.greeting(version="draft"), SECOND)

        versions = json.loads(self.run_block("/versions"))["items"]
        self.assertEqual([(item["version"]["number"], item["published"]) for item in versions],
                         [(3, True), (2, False), (1, False)])
        self.assertEqual([item["figures"]["conversations"] for item in versions], [1, 1, 1])

        self.run_block("/canary")
        met = {}
        while set(met.values()) != {FIRST, SECOND}:  # one of ten meets the second
            self.assertLess(len(met), 500)
            met[str(len(met))] = self.greeting(caller=str(len(met)))
        self.assertEqual({caller: self.greeting(caller=caller) for caller in met}, met)
        entries = self.server.call("GET", "/api/audit?object_kind=agent_versions")[1]["items"]
        self.assertEqual([entry["action"] for entry in entries], ["insert"] * 3)


if __name__ == "__main__":
    unittest.main()
