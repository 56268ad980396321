"""A deleted workspace is removed by the running server, also when that is killed in the middle."""

import pathlib
import subprocess
import time
import unittest

import product
from workspaces_test import PSQL, run_sql

VICTIM = "00000000-0000-4000-8000-00000000dead"
CONVERSATIONS = 1_000


@unittest.skipIf(product.is_missing() or not PSQL, "build/release/antiphon is not built")
class Purge(unittest.TestCase):
    def setUp(self):
        self.folder = product.new_folder()
        self.addCleanup(product.remove, self.folder)
        self.recordings = pathlib.Path(self.folder) / "recordings" / VICTIM

    def start(self):
        server = product.Product(self.folder)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        return server

    def psql(self):
        """As the private cluster's superuser."""
        socket = next(pathlib.Path(self.folder).rglob(".s.PGSQL.*[0-9]"))
        return [str(PSQL[-1]), "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", str(socket.parent),
                "-p", socket.name.rsplit(".", 1)[1], "-U", "antiphon_admin", "antiphon"]

    def ask(self, statement):
        return subprocess.run([*self.psql(), "-c", statement], text=True, capture_output=True,
                              check=True, timeout=product.PATIENCE).stdout.strip()

    def hold_a_conversation(self):
        """Locks one, so that no purge gets past it; it ends with the cluster."""
        holding = subprocess.Popen(self.psql(), text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(holding.communicate)
        holding.stdin.write("begin; select 'held' from public.conversations "
                            f"where workspace_id = '{VICTIM}' limit 1 for update;\n")
        holding.stdin.flush()
        self.assertEqual(holding.stdout.readline(), "held\n")

    def wait_until(self, statement, answer="t"):
        deadline = time.monotonic() + 2 * product.PATIENCE
        while self.ask(statement) != answer:
            self.assertLess(time.monotonic(), deadline, statement)

    def fill(self):
        run_sql(self.folder, f"""
          insert into public.workspaces (id, slug, name, deleted_at)
          values ('{VICTIM}', 'victim', 'Victim', now() - interval '31 days');
          insert into public.workspace_keys (workspace_id, version, master_key_id, wrapped)
          select '{VICTIM}', 1, k.master_key_id, k.wrapped
            from (select decode(repeat('00', 8), 'hex') as master_key_id,
                         decode(repeat('00', 104), 'hex') as wrapped) k;
          insert into public.conversations (workspace_id, agent_name, channel, mode, status)
          select '{VICTIM}', '', 'api', 'text', 'active' from generate_series(1, {CONVERSATIONS});
          insert into public.messages (workspace_id, conversation_id, conversation_started_on,
                                       ordinal, role, said)
          select c.workspace_id, c.id, c.started_on, 0, 'caller', 'hello'
            from public.conversations c where c.workspace_id = '{VICTIM}';""")
        self.recordings.mkdir(parents=True)
        (self.recordings / "one.rec").write_bytes(b"what was recorded")

    def rows_left(self):
        tables = self.ask("""
          select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
             and a.attname = 'workspace_id' and not a.attisdropped""").split()
        self.assertGreater(len(tables), 20)
        counts = {table: int(self.ask(
            f"select count(*) from public.{table} where workspace_id = '{VICTIM}'"))
                  for table in tables}
        return {table: count for table, count in counts.items() if count}

    def test_goes_on_after_a_kill_and_leaves_nothing(self):
        server = self.start()
        # Nobody opens the key of this workspace, so it is not there while the server starts.
        demo = self.ask("select count(*) from public.agents")
        self.fill()
        self.hold_a_conversation()
        self.ask("insert into public.jobs (workspace_id, kind) "
                 f"values ('{VICTIM}', 'workspace.purge')")
        self.wait_until("select exists (select from public.purged_workspaces "
                        f"where id = '{VICTIM}')")
        server.kill()
        again = self.start()
        self.assertEqual(self.ask(f"select count(*) from public.workspaces where id = '{VICTIM}'"),
                         "1")
        self.assertEqual(self.ask("select count(*) from public.workspace_keys "
                                  f"where workspace_id = '{VICTIM}'"), "0")
        # The lease of the killed worker, a minute, has to end.
        self.wait_until("select finished_at is not null from public.purged_workspaces "
                        f"where id = '{VICTIM}'")
        self.assertEqual(self.rows_left(), {})
        self.assertEqual(self.ask(f"select count(*) from public.workspaces where id = '{VICTIM}'"),
                         "0")
        self.assertFalse(self.recordings.exists())
        self.assertEqual(self.ask("select count(*) from public.agents"), demo)
        self.assertEqual(again.call("GET", "/api/agents")[0], 200)
        self.assertEqual(again.stop(), 0)


if __name__ == "__main__":
    unittest.main()
