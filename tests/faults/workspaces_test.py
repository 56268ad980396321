"""Two workspaces on one server: for each, what belongs to the other does not exist."""

import hashlib
import json
import pathlib
import secrets
import subprocess
import unittest

import product

OTHER = "0d000000-0000-4000-8000-000000000002"
OWN = "00000000-0000-4000-8000-000000000001"  # the demo's
FAILED_JOB = "0d000000-0000-4000-8000-0000000000b1"
PSQL = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))


def run_sql(folder, statements):
    """As the private cluster's superuser, past triggers: what no program of ours can do."""
    socket = next(pathlib.Path(folder).rglob(".s.PGSQL.*[0-9]"))
    subprocess.run([str(PSQL[-1]), "-qX", "-v", "ON_ERROR_STOP=1", "-h", str(socket.parent),
                    "-p", socket.name.rsplit(".", 1)[1], "-U", "antiphon_admin", "antiphon"],
                   input="set session_replication_role = replica;\n" + statements, text=True,
                   check=True, timeout=product.PATIENCE)


@unittest.skipIf(product.is_missing() or not PSQL, "build/release/antiphon is not built")
class ForeignWorkspace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        cls.key = "antiphon_" + secrets.token_urlsafe(32)
        digest = hashlib.sha256(cls.key.encode()).hexdigest()
        run_sql(cls.folder, f"""
            insert into workspaces (id, slug, name) values ('{OTHER}', 'other', 'Other');
            insert into api_keys (workspace_id, name, prefix, key_hash, role, created_by)
              values ('{OTHER}', 'theirs', 'antiphon_', '\\x{digest}', 'owner', 'system');
            insert into jobs (id, workspace_id, kind, outcome, finished_at)
              values ('{FAILED_JOB}', '{OWN}', 'test.failed', 'failed', now());""")
        cls.conversation, _ = cls.server.open_call()
        cls.agent = cls.server.call("GET", "/api/agents")[1]["items"][0]["id"]
        documents = cls.server.call("GET", f"/api/agents/{cls.agent}/documents")[1]
        cls.document = documents["items"][0]["id"]

    def ask(self, method, path, body=None):
        return self.server.call(method, path, body, key=self.key)

    def test_knows_the_stranger_and_shows_it_nothing(self):
        for path in ("/api/agents", "/api/conversations"):
            status, answer = self.ask("GET", path)
            self.assertEqual((status, answer["items"]), (200, []), path)

    def test_answers_every_route_with_404_for_what_belongs_to_others(self):
        contract = json.loads((product.ROOT / "contract/openapi.json").read_text())
        own = {"agent": self.agent, "conversation": self.conversation, "document": self.document,
               "key": self.server.call("GET", "/api/keys")[1]["items"][0]["id"],
               "invitation": self.server.call(
                   "POST", "/api/invitations",
                   {"email": "new@example.org", "role": "analyst"})[1]["invitation"]["id"],
               "user": OTHER, "workspace": OTHER, "session": OTHER, "name": "theirs",
               "job": FAILED_JOB, "version": 1}
        bodies = {
            ("PUT", "/api/agents/{agent}"): {"name": "Mine now"},
            ("PATCH", "/api/agents/{agent}"): {"name": "Mine now"},
            ("PUT", "/api/agents/{agent}/widget"): {"enabled": True},
            ("POST", "/api/agents/{agent}/publish"): {},
            ("PUT", "/api/agents/{agent}/canary"): {"version": 1, "percent": 10},
            ("POST", "/api/agents/{agent}/rollback"): {"version": 1},
            ("POST", "/api/agents/{agent}/documents"): {"title": "A", "text": "B"},
            ("PUT", "/api/agents/{agent}/documents/{document}"): {"title": "A", "text": "B"},
            ("POST", "/api/agents/{agent}/questions"): {"question": "When are you open?"},
            ("POST", "/api/conversations/{conversation}/messages"): {"text": "hello"},
            ("PATCH", "/api/members/{user}"): {"role": "analyst"},
            ("PATCH", "/api/keys/{key}"): {"name": "Mine now"},
        }
        asked = 0
        for template, operations in contract["paths"].items():
            if "{" not in template:
                continue
            path = template.format(**own)
            for method in map(str.upper, operations):
                if (method, template) in (("PUT", "/api/secrets/{name}"),
                                          ("PUT", "/api/tools/{name}")):
                    continue  # a name of one's own: it is made
                with self.subTest(method=method, path=template):
                    status, problem = self.ask(method, path, bodies.get((method, template)))
                    scopes = operations[method.lower()]["security"][0]["bearer"]
                    if scopes == ["account"]:  # for a person; it is a key that asks
                        self.assertEqual((status, problem["code"]), (403, "permission_denied"))
                        continue
                    self.assertEqual(status, 404, problem)
                    self.assertEqual(problem["code"], "not_found")
                    asked += 1
        self.assertGreater(asked, 10)
        self.assertEqual(self.server.call("GET", f"/api/agents/{self.agent}")[0], 200)
        self.assertEqual(self.server.conversation(self.conversation)["status"], "active")

    def test_starts_no_conversation_with_the_agent_of_others(self):
        for agent in (self.agent, "front-desk"):
            for mode in ("voice", "text"):
                status, problem = self.ask("POST", "/api/conversations",
                                           {"agent": agent, "mode": mode})
                self.assertEqual((status, problem["code"]), (404, "not_found"), (agent, mode))


if __name__ == "__main__":
    unittest.main()
