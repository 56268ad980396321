"""The audit log: written with the change, one chain per workspace, never changed afterwards."""
import hashlib
import json
import threading

import cluster
import fixture
from fixture import uid

A, B = uid('a', fixture.WORKSPACE), uid('b', fixture.WORKSPACE)
AGENT = uid('a', fixture.AGENT)
REFUSED = '23001'
# Written out here, not by the function that the triggers use.
CHAIN_SQL = """
  select sequence, encode(previous_hash, 'hex'), encode(hash, 'hex'), jsonb_build_array(
           encode(previous_hash, 'hex'), workspace_id, sequence,
           to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           principal_kind, principal_id, action, object_kind, object_id, address, request_id,
           before, after)::text
    from public.audit_log where workspace_id = '{}' order by sequence"""


def first_broken(session, workspace):
    """The sequence at which the chain breaks; None: it holds."""
    expected, previous = 1, ''
    for sequence, before, digest, text in session.rows(CHAIN_SQL.format(workspace)):
        if int(sequence) != expected or before != previous \
                or hashlib.sha256(text.encode()).hexdigest() != digest:
            return expected
        expected, previous = expected + 1, digest
    head = session.rows(f"select sequence, encode(hash, 'hex') from public.audit_chains "
                        f"where workspace_id = '{workspace}'")
    return None if head == [[str(expected - 1), previous]] else expected


class Audit(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def setUp(self):
        self.app = self.login('antiphon_app')
        self.superuser = self.login(cluster.SUPERUSER)

    def begin(self):
        self.app.rows('begin')
        self.app.rows(f"select public.begin_work('user', '{uid('a', fixture.USER)}', '{A}', 'owner', "
                      f"'192.0.2.7', 'request-1')")

    def last(self):
        return self.app.rows(
            'select principal_kind, principal_id, action, object_kind, object_id, address, request_id, '
            'before, after from audit_log order by sequence desc limit 1')[0]

    def test_a_change_says_who_what_and_from_where(self):
        self.begin()
        self.app.rows(f"update agents set name = 'Renamed' where id = '{AGENT}'")
        *facts, before, after = self.last()
        self.assertEqual(facts, ['user', uid('a', fixture.USER), 'update', 'agents', AGENT, '192.0.2.7',
                                 'request-1'])
        self.assertEqual((json.loads(before), json.loads(after)), ({'name': 'Agent'}, {'name': 'Renamed'}))
        self.app.rows('rollback')

    def test_a_change_that_is_undone_leaves_no_entry_and_no_gap(self):
        self.begin()
        before = self.app.value('select count(*) from audit_log')
        self.app.rows(f"update agents set name = 'Undone' where id = '{AGENT}'")
        self.app.rows('rollback')
        self.begin()
        self.assertEqual(self.app.value('select count(*) from audit_log'), before)
        self.app.rows('rollback')
        self.assertIsNone(first_broken(self.superuser, A))

    def test_secrets_are_masked(self):
        self.begin()
        self.app.rows(f"insert into api_keys (workspace_id, name, prefix, key_hash, role) "
                      f"values ('{A}', 'k', 'prefix', sha256('masked'), 'analyst')")
        after = json.loads(self.last()[-1])
        self.assertEqual((after['key_hash'], after['name']), ('[masked]', 'k'))
        self.app.rows('rollback')
        for column in ('key_hash', 'token_hash', 'source', 'sealed', 'hint'):
            self.assertEqual(self.superuser.value(
                f"select count(*) from public.audit_log where coalesce(after ->> '{column}', '[masked]') "
                "<> '[masked]'"), '0')

    def test_a_stored_replaced_and_removed_secret_shows_without_its_value(self):
        self.begin()
        secret = self.app.value("insert into secrets (workspace_id, name, kind, sealed, hint) values "
                                f"('{A}', 'crm', 'tool_secret', decode(repeat('5e', 90), 'hex'), 'last') "
                                "returning id")
        self.app.rows("update secrets set sealed = decode(repeat('7f', 90), 'hex'), hint = 'next' "
                      "where name = 'crm'")
        *facts, before, after = self.last()
        self.assertEqual(facts, ['user', uid('a', fixture.USER), 'update', 'secrets', secret, '192.0.2.7',
                                 'request-1'])
        self.assertEqual((json.loads(before), json.loads(after)),
                         ({'sealed': '[masked]', 'hint': '[masked]'},) * 2)
        self.app.rows("delete from secrets where name = 'crm'")
        self.assertEqual(self.last()[2:4], ['delete', 'secrets'])
        log = self.app.value("select string_agg(concat(before, after), ' ') "
                             "from audit_log where object_kind = 'secrets'")
        for value in ('5e5e', '7f7f', 'last', 'next'):
            self.assertNotIn(value, log)
        self.app.rows('rollback')

    def test_the_use_of_a_key_and_the_work_of_a_job_are_no_events(self):
        count = f"select sequence from public.audit_chains where workspace_id = '{A}'"
        before = self.superuser.value(count)
        self.app.rows(f"select public.touch_api_key('{uid('a', fixture.KEY)}')")
        self.superuser.rows("update public.knowledge_documents set status = 'ready', chunk_count = 1")
        self.assertEqual(self.superuser.value(count), before)

    def test_every_audited_table_has_both_triggers(self):
        audited = {'workspaces', 'workspace_members', 'invitations', 'api_keys', 'agents', 'agent_versions',
                   'configurations', 'knowledge_bases', 'agent_knowledge_bases', 'knowledge_documents',
                   'secrets', 'tools'}
        for trigger in ('audit_row', 'audit_lock'):
            self.assertLessEqual(audited, set(self.superuser.column(
                f"select tgrelid::regclass::text from pg_trigger where tgname = '{trigger}'")))

    def test_nobody_changes_the_log(self):
        self.begin()
        for attempt in ('update audit_log set action = action', 'delete from audit_log',
                        'truncate audit_log', 'update audit_chains set sequence = 0',
                        'insert into audit_log select * from audit_log'):
            self.assertEqual(self.app.sqlstate(attempt), '42501', attempt)
        self.app.rows('rollback')
        for login in ('antiphon_owner', cluster.SUPERUSER):
            session = self.login(login)
            session.rows('begin')
            for attempt in ("update public.audit_log set action = 'insert'", 'delete from public.audit_log',
                            'truncate public.audit_log'):
                self.assertEqual(session.sqlstate(attempt), REFUSED, attempt)
            session.rows('rollback')

    def test_concurrent_writers_keep_one_chain(self):
        def write(session, number):
            for step in range(25):
                session.rows('begin')
                session.rows(f"select public.begin_work('user', '{uid('a', fixture.USER)}', '{A}')")
                session.rows(f"update agents set description = '{number}.{step}' where id = '{AGENT}'")
                session.rows(f"update configurations set name = 'c {number}.{step}'")
                session.rows('commit' if step % 5 else 'rollback')

        threads = [threading.Thread(target=write, args=(self.login('antiphon_app'), number))
                   for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertIsNone(first_broken(self.superuser, A))
        self.assertGreaterEqual(int(self.superuser.value(
            f"select sequence from public.audit_chains where workspace_id = '{A}'")), 160)

    def plant(self, change):
        """As a superuser past the triggers, then puts everything back."""
        self.superuser.rows('begin')
        self.superuser.rows('set local session_replication_role = replica')
        self.superuser.rows(change)
        broken = first_broken(self.superuser, B)
        self.superuser.rows('rollback')
        return broken

    def test_a_planted_edit_is_found_at_its_place(self):
        self.assertIsNone(first_broken(self.superuser, B))
        last = int(self.superuser.value(
            f"select sequence from public.audit_chains where workspace_id = '{B}'"))
        row = f"where workspace_id = '{B}' and sequence = "
        for change, place in (
                ("update public.audit_log set principal_id = 'nobody' " + row + '3', 3),
                ("update public.audit_log set occurred_at = occurred_at + interval '1 us' " + row + '2', 2),
                ("update public.audit_log set after = after || '{\"name\": \"x\"}' " + row + '4', 4),
                ('delete from public.audit_log ' + row + '5', 5),
                (f'delete from public.audit_log {row}{last}', last),
                ("update public.audit_log set hash = sha256('x') " + row + '3', 3)):
            self.assertEqual(self.plant(change), place, change)

    def test_a_workspace_takes_its_log_with_it(self):
        owner = self.login('antiphon_owner')
        owner.rows('begin')
        owner.rows(f"delete from public.workspaces where id = '{B}'")
        self.assertEqual(owner.value(
            f"select count(*) from public.audit_log where workspace_id = '{B}'"), '0')
        owner.rows('rollback')
