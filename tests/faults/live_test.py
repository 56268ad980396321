"""Who listens and what fails: rights that are taken away, jobs that were given up."""

import time
import unittest

import product
from workspaces_test import OWN, PSQL, run_sql

FAILED_JOB = "0d000000-0000-4000-8000-0000000000c1"
UNAUTHENTICATED = 4401


@unittest.skipIf(product.is_missing() or not PSQL, "build/release/antiphon is not built")
class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(cls.server.stop)

    def new_key(self, role):
        status, made = self.server.call("POST", "/api/keys", {"name": role, "role": role})
        self.assertEqual(status, 201, made)
        return made["details"]["id"], made["key"]

    def listen(self, key):
        status, ticket = self.server.call("POST", "/api/live/tickets", key=key)
        self.assertEqual(status, 201, ticket)
        listener = product.AudioSocket(self.server, ticket["url"])
        self.assertEqual(listener.status, 101)
        listener.wait_for("live.ready")
        return listener

    def test_a_revoked_key_loses_its_live_socket(self):
        identity, key = self.new_key("analyst")
        listener = self.listen(key)
        self.addCleanup(listener.close)
        self.assertEqual(self.server.call("DELETE", f"/api/keys/{identity}")[0], 204)
        began = time.monotonic()
        self.assertEqual(listener.ending(), (UNAUTHENTICATED, "no longer allowed"))
        # Within a second, says the design; a machine that is busy with other tests needs more.
        self.assertLess(time.monotonic() - began, 3)

    def test_a_job_that_was_given_up_is_listed_and_tried_again_once(self):
        run_sql(self.folder, f"""
            insert into jobs (id, workspace_id, kind, outcome, finished_at, last_error, created_by)
              values ('{FAILED_JOB}', '{OWN}', 'test.failed', 'failed', now(), 'away', 'test');""")
        status, page = self.server.call("GET", "/api/jobs?state=failed")
        self.assertEqual((status, [job["id"] for job in page["items"]]), (200, [FAILED_JOB]))
        self.assertEqual(page["items"][0]["last_error"], "away")
        retry = f"/api/jobs/{FAILED_JOB}/retry"
        status, job = self.server.call("POST", retry)
        self.assertEqual((status, job["state"]), (200, "waiting"), job)
        status, problem = self.server.call("POST", retry)
        self.assertEqual((status, problem["code"]), (409, "wrong_state"), problem)
        _, analyst = self.new_key("analyst")
        self.assertEqual(self.server.call("GET", "/api/jobs", key=analyst)[0], 403)


if __name__ == "__main__":
    unittest.main()
