"""Thousands of requests made from our own OpenAPI document: every answer is one it describes."""

import os
import subprocess
import tempfile
import unittest

import product

PROGRAM = product.ROOT / "tools/schemathesis"
NOT_INSTALLED = 75
# Not "valid data is accepted": a schema cannot say which cursors and ETags a server gave out.
EXCLUDED = "positive_data_acceptance"
# Of each operation; `make schemathesis` asks for more.
EXAMPLES = os.environ.get("ANTIPHON_EXAMPLES", "5")
PATIENCE = 600 + 30 * int(EXAMPLES)


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class Contract(unittest.TestCase):
    def test_is_kept_for_any_input(self):
        folder = product.new_folder()
        self.addCleanup(product.remove, folder)
        server = product.Product(folder)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        with tempfile.TemporaryDirectory() as scratch:
            done = subprocess.run(
                [str(PROGRAM), "run", f"http://127.0.0.1:{server.port}/openapi.json",
                 "--header", f"Authorization: Bearer {server.key}", "--exclude-checks", EXCLUDED,
                 "--mode", "all", "--phases", "coverage,fuzzing", "--max-examples", EXAMPLES,
                 "--seed", "7", "--generation-deterministic", "--continue-on-failure",
                 "--max-response-time", "30", "--warnings", "off", "--no-color"],
                cwd=scratch, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode == NOT_INSTALLED:
            self.skipTest(done.stderr.splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stdout[-6_000:] + done.stderr[-2_000:])
        self.assertIsNone(server.process.poll())
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
