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
        (block,) = [block for block in self.blocks if having in block]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": self.folder,
                       "ANTIPHON_URL": f"http://127.0.0.1:{self.server.port}",
                       "ANTIPHON_API_KEY": self.server.key}
        text = f"antiphon() {{ '{product.PROGRAM}' \"$@\"; }}\n{block}"
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], env=environment,
                              cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
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

        told = self.run_block("antiphon agents push")
        self.assertIn("front-desk", told)
        change = f'{json.dumps(SECOND)} -> "Maple Street Dental, how can I help?"'
        self.assertIn(f"~ /configuration/greeting {change}\nfront-desk: 1 changes would", told)
        self.assertIn("version 4 is published", told)
        self.assertIn("version 5 is published", told)
        self.assertEqual(self.greeting(), FIRST)
        self.assertEqual(self.greeting(version="4"), "Maple Street Dental, how can I help?")

    def antiphon(self, *arguments):
        done = subprocess.run(
            [product.PROGRAM, "agents", *arguments, "--key", self.server.key, "--url",
             f"http://127.0.0.1:{self.server.port}"], cwd=self.folder, capture_output=True,
            text=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_a_file_makes_an_agent_and_its_mistakes_have_lines(self):
        file = pathlib.Path(self.folder) / "new.yaml"
        file.write_text("slug: new\nname: New\nconfiguration:\n  greeting: 5\n")
        status, _, told = self.antiphon("push", "new.yaml")
        self.assertEqual(status, 1)
        self.assertRegex(told, r"new\.yaml: .*\n  /configuration/greeting \(line 4\)")
        self.assertEqual(self.server.call("GET", "/api/agents/new")[0], 404)
        file.write_text("slug: new\nname: New\nconfiguration:\n  greeting: Five\n")
        status, told, _ = self.antiphon("push", "new.yaml", "--dry-run", "--json")
        self.assertEqual((status, json.loads(told)), (0, {
            "agent": "new", "created": True, "dry_run": True, "changes": []}))
        self.assertEqual(self.server.call("GET", "/api/agents/new")[0], 404)
        self.assertEqual(self.antiphon("push", "new.yaml")[0], 0)
        self.assertEqual(self.server.call("GET", "/api/agents/new")[1]["configuration"]["greeting"],
                         "Five")
        self.assertEqual(self.antiphon("push", "new.yaml")[1], "new is as the file says\n")
        status, _, told = self.antiphon("rollback", "new", "--version", "7")
        self.assertEqual((status, told), (1, "antiphon: there is no such version\n"))


if __name__ == "__main__":
    unittest.main()
