"""The audit log when the server is killed, and when somebody edits it behind the server's back."""

import http.client
import json
import subprocess
import threading
import unittest

import product
from workspaces_test import PSQL, run_sql

WRITES, WRITERS = 1_000, 8
DEMO = "00000000-0000-4000-8000-000000000001"


class Writer(threading.Thread):
    """Changes one agent again and again over one connection; remembers what was acknowledged."""

    def __init__(self, server, agent, number, acknowledged):
        super().__init__()
        self.server, self.agent, self.number = server, agent, number
        self.acknowledged = acknowledged

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                timeout=product.PATIENCE)
        headers = {"Authorization": f"Bearer {self.server.key}",
                   "Content-Type": "application/merge-patch+json"}
        try:
            for step in range(WRITES // WRITERS):
                text = f"change {self.number}.{step}"
                connection.request("PATCH", f"/api/agents/{self.agent}",
                                   json.dumps({"description": text}), headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 200:
                    self.acknowledged.append(text)
        except (OSError, http.client.HTTPException):
            pass  # the server was killed


@unittest.skipIf(product.is_missing() or not PSQL, "build/release/antiphon is not built")
class AuditLog(unittest.TestCase):
    def setUp(self):
        self.folder = product.new_folder()
        self.addCleanup(product.remove, self.folder)

    def start(self):
        server = product.Product(self.folder)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        return server

    def verify(self):
        done = subprocess.run([str(product.PROGRAM), "audit", "verify", "--data-dir", self.folder],
                              capture_output=True, text=True, timeout=product.PATIENCE)
        return done.returncode, done.stdout + done.stderr

    def descriptions(self, server):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=product.PATIENCE)
        connection.request("GET", "/api/audit/export?object_kind=agents&action=update", None,
                           {"Authorization": f"Bearer {server.key}"})
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        entries = [json.loads(line) for line in lines]
        return {entry["after"].get("description") for entry in entries}

    def test_holds_what_was_acknowledged_when_the_server_is_killed(self):
        server = self.start()
        agents = [server.call("POST", "/api/agents", {"name": f"Agent {number}"})[1]["id"]
                  for number in range(WRITERS)]
        acknowledged = []
        writers = [Writer(server, agent, number, acknowledged)
                   for number, agent in enumerate(agents)]
        for writer in writers:
            writer.start()
        while len(acknowledged) < WRITES // 2 and any(writer.is_alive() for writer in writers):
            writers[0].join(0.005)
        server.kill()
        for writer in writers:
            writer.join()
        self.assertGreaterEqual(len(acknowledged), WRITES // 2)
        self.assertLess(len(acknowledged), WRITES, "the kill came in the middle")
        again = self.start()
        status, said = self.verify()
        self.assertEqual(status, 0, said)
        self.assertIn("sound", said)
        self.assertEqual(set(acknowledged) - self.descriptions(again), set())
        self.assertTrue(again.call("GET", "/api/audit/verdict")[1]["sound"])

    def test_names_the_entry_that_was_edited(self):
        server = self.start()
        server.call("POST", "/api/agents", {"name": "One"})
        server.call("POST", "/api/agents", {"name": "Two"})
        self.assertEqual(self.verify()[0], 0)
        run_sql(self.folder, f"""
            update audit_log set principal_id = 'somebody else'
             where workspace_id = '{DEMO}' and sequence = 3;""")
        status, said = self.verify()
        self.assertEqual(status, 1)
        self.assertIn("BROKEN at entry 3: the entry is not what was written", said)
        verdict = server.call("GET", "/api/audit/verdict")[1]
        self.assertEqual((verdict["sound"], verdict["broken_at"]), (False, 3))


if __name__ == "__main__":
    unittest.main()
