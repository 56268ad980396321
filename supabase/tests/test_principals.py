"""Who is believed, for how long, and what it costs."""
import json

import cluster
import fixture
from fixture import uid

A, B = uid('a', fixture.WORKSPACE), uid('b', fixture.WORKSPACE)


class Principals(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def setUp(self):
        self.app = self.login('antiphon_app')

    def claimed(self, kind, principal, workspace):
        answer = self.app.begin_work(kind, principal, workspace)
        self.app.rows('rollback')
        return answer

    def test_a_claim_holds_for_members_keys_workers_and_conversations_of_the_workspace(self):
        for kind, number in (('user', fixture.USER), ('api_key', fixture.KEY), ('worker', fixture.LEASE),
                             ('conversation', fixture.CONVERSATION)):
            with self.subTest(kind):
                self.assertEqual(self.claimed(kind, uid('a', number), A), A)
                self.assertIsNone(self.claimed(kind, uid('b', number), A))
                self.assertIsNone(self.claimed(kind, fixture.STRANGER, A))
                self.assertIsNone(self.claimed(kind, None, A))
                self.assertIsNone(self.claimed(kind, uid('a', number), None))

    def test_one_kind_of_principal_does_not_pass_for_another(self):
        self.assertIsNone(self.claimed('user', uid('a', fixture.KEY), A))
        self.assertIsNone(self.claimed('api_key', uid('a', fixture.USER), A))
        self.assertIsNone(self.claimed('worker', uid('a', fixture.JOB), A))

    def test_a_revoked_or_expired_key_is_nobody(self):
        self.assertIsNone(self.claimed('api_key', uid('a', fixture.REVOKED_KEY), A))
        self.assertIsNone(self.claimed('api_key', uid('a', fixture.EXPIRED_KEY), A))

    def test_a_key_that_is_revoked_loses_access_with_the_next_statement(self):
        self.app.begin_work('api_key', uid('a', fixture.KEY), A)
        self.assertEqual(self.app.value('select count(*) from agents'), '2')
        self.app.rows(f"update api_keys set revoked_at = now() where id = '{uid('a', fixture.KEY)}'")
        self.assertEqual(self.app.value('select count(*) from agents'), '0')
        self.app.rows('rollback')

    def begin_as(self, role, user=uid('a', fixture.SPARE_USER), workspace=A):
        self.app.rows('begin')
        return self.app.value(f"select public.begin_work('user', '{user}', '{workspace}', "
                              f"{cluster.literal(role)}, '192.0.2.7', 'request-1')")

    def set_role(self, role):
        owner = self.login('antiphon_owner')
        owner.rows(f"delete from public.workspace_members where user_id = '{uid('a', fixture.SPARE_USER)}'")
        if role:
            owner.rows(f"insert into public.workspace_members "
                       f"values ('{A}', '{uid('a', fixture.SPARE_USER)}', '{role}')")

    def test_a_person_is_believed_in_their_role_and_in_any_lesser_one(self):
        self.set_role('developer')
        self.addCleanup(self.set_role, None)
        for role, believed in (('owner', False), ('admin', False), ('developer', True),
                               ('operator', True), ('analyst', True), (None, True)):
            with self.subTest(role):
                self.assertEqual(self.begin_as(role), A if believed else None)
                self.app.rows('rollback')
        with self.assertRaises(cluster.SqlError):
            self.begin_as('king')
        self.app.rows('rollback')

    def test_a_demotion_ends_what_the_person_does_with_the_next_statement(self):
        self.set_role('owner')
        self.addCleanup(self.set_role, None)
        self.assertEqual(self.begin_as('owner'), A)
        self.assertEqual(self.app.value('select count(*) from agents'), '2')
        self.set_role('analyst')
        self.assertEqual(self.app.run("update agents set description = 'x'"), 0)
        self.app.rows('rollback')

    def test_a_removal_ends_what_the_person_does_with_the_next_statement(self):
        self.set_role('admin')
        self.assertEqual(self.begin_as('admin'), A)
        self.assertEqual(self.app.value('select count(*) from agents'), '2')
        self.set_role(None)
        self.assertEqual(self.app.value('select count(*) from agents'), '0')
        self.app.rows('rollback')

    def test_a_deleted_workspace_is_closed_to_people_and_keys_and_open_to_the_server(self):
        owner = self.login('antiphon_owner')
        owner.rows(f"update public.workspaces set deleted_at = now() where id = '{B}'")
        self.addCleanup(owner.rows, f"update public.workspaces set deleted_at = null where id = '{B}'")
        self.assertIsNone(self.claimed('user', uid('b', fixture.USER), B))
        self.assertIsNone(self.claimed('api_key', uid('b', fixture.KEY), B))
        self.assertEqual(self.app.rows("select * from find_api_key(sha256('key-b'))"), [])
        self.assertEqual(self.app.rows(f"select * from find_memberships('{uid('b', fixture.USER)}')"), [])
        self.assertEqual(self.claimed('worker', uid('b', fixture.LEASE), B), B)
        self.assertEqual(self.claimed('conversation', uid('b', fixture.CONVERSATION), B), B)
        self.assertEqual(self.claimed('system', None, B), B)

    def test_the_memberships_of_a_person_are_found_without_a_claim(self):
        self.assertEqual(self.app.rows(f"select * from find_memberships('{uid('a', fixture.USER)}')"),
                         [[A, 'owner']])
        self.assertEqual(self.app.rows(f"select * from find_memberships('{fixture.STRANGER}')"), [])

    def rights(self, *holders):
        places = [cluster.literal('{%s}' % ','.join(column)) for column in zip(*holders)]
        return self.app.rows(f"select place, kind, role from find_rights({', '.join(places)}) order by 1")

    def test_the_rights_of_many_are_found_at_once_and_only_where_they_have_them(self):
        user, key = uid('a', fixture.USER), uid('a', fixture.KEY)
        self.assertEqual(self.rights((A, fixture.STRANGER), (A, user), (B, user), (A, key), (B, key),
                                     (A, uid('a', fixture.REVOKED_KEY)), (A, uid('a', fixture.EXPIRED_KEY)),
                                     (B, uid('b', fixture.KEY))),
                         [['2', 'user', 'owner'], ['4', 'api_key', 'owner'], ['8', 'api_key', 'owner']])
        with self.assertRaises(cluster.SqlError):
            self.rights(*[(A, user)] * 1001)
        self.app.rows('rollback')

    def test_a_deleted_workspace_gives_nobody_rights(self):
        owner = self.login('antiphon_owner')
        owner.rows(f"update public.workspaces set deleted_at = now() where id = '{B}'")
        self.addCleanup(owner.rows, f"update public.workspaces set deleted_at = null where id = '{B}'")
        self.assertEqual(self.rights((B, uid('b', fixture.USER)), (B, uid('b', fixture.KEY))), [])

    def test_a_principal_knows_its_role(self):
        for kind, number, role in (('user', fixture.USER, 'owner'), ('api_key', fixture.KEY, 'owner'),
                                   ('worker', fixture.LEASE, None)):
            with self.subTest(kind):
                self.app.begin_work(kind, uid('a', number), A)
                self.assertEqual(self.app.value('select current_principal_role()'), role)
                self.app.rows('rollback')

    def test_the_server_itself_needs_a_workspace_that_exists(self):
        self.assertEqual(self.claimed('system', None, A), A)
        self.assertIsNone(self.claimed('system', None, fixture.STRANGER))

    def test_an_unknown_kind_is_an_error(self):
        for kind in ('root', '', None):
            with self.assertRaises(cluster.SqlError) as refused:
                self.app.begin_work(kind, uid('a', fixture.USER), A)
            self.assertEqual(refused.exception.sqlstate, '22023')
            self.app.rows('rollback')

    def test_a_claim_ends_with_its_transaction(self):
        self.app.begin_work('user', uid('a', fixture.USER), A)
        self.app.rows('commit')
        self.assertIsNone(self.app.value('select current_workspace_id()'))
        self.app.begin_work('user', uid('a', fixture.USER), A)
        with self.assertRaises(cluster.SqlError):
            self.app.rows('select 1 / 0')
        self.app.rows('rollback')
        self.assertIsNone(self.app.value('select current_workspace_id()'))

    def test_settings_made_by_hand_are_checked_like_any_claim(self):
        for setting, value in (('principal_kind', 'user'), ('principal_id', uid('b', fixture.USER)),
                               ('workspace_id', A)):
            self.app.rows(f"select set_config('antiphon.{setting}', '{value}', false)")
        self.assertIsNone(self.app.value('select current_workspace_id()'))
        self.app.rows("select set_config('antiphon.principal_kind', 'superuser', false)")
        self.assertIsNone(self.app.value('select current_workspace_id()'))
        self.app.rows("select set_config('antiphon.principal_kind', 'user', false)")
        self.app.rows("select set_config('antiphon.principal_id', 'nonsense', false)")
        with self.assertRaises(cluster.SqlError):
            self.app.rows('select count(*) from agents')

    def test_a_temporary_table_does_not_stand_in_for_membership(self):
        self.app.rows('create temporary table workspace_members (workspace_id uuid, user_id uuid)')
        self.app.rows(f"insert into pg_temp.workspace_members values ('{B}', '{uid('a', fixture.USER)}')")
        self.assertIsNone(self.claimed('user', uid('a', fixture.USER), B))

    def test_the_author_of_a_row_is_the_principal_and_can_not_be_forged(self):
        self.app.begin_work('api_key', uid('a', fixture.KEY), A)
        self.assertEqual(
            self.app.value(f"insert into agents (workspace_id, slug, name) values ('{A}', 'n', 'New') "
                           'returning created_by'), 'api_key:' + uid('a', fixture.KEY))
        self.assertEqual(
            self.app.sqlstate(f"insert into agents (workspace_id, slug, name, created_by) "
                              f"values ('{A}', 'm', 'New', 'user:somebody')"), '42501')
        self.app.rows('rollback')

    def test_a_key_is_found_by_its_hash_and_only_while_it_is_good(self):
        self.assertEqual(self.app.rows("select * from find_api_key(sha256('key-a'))"),
                         [[uid('a', fixture.KEY), A, 'owner', '{}', None]])
        for bad in ('revoked-a', 'expired-a', 'unknown'):
            self.assertEqual(self.app.rows(f"select * from find_api_key(sha256('{bad}'))"), [])

    def test_the_use_of_a_key_is_noted_once_a_minute(self):
        key = uid('a', fixture.KEY)
        self.app.begin_work('api_key', key, A)
        noted = []
        for _ in range(2):
            self.app.rows(f"select touch_api_key('{key}')")
            noted.append(self.app.value(f"select last_used_at from api_keys where id = '{key}'"))
        self.assertIsNotNone(noted[0])
        self.assertEqual(noted[0], noted[1])
        self.app.rows('rollback')

    def test_the_server_adds_the_first_key_of_an_installation_twice_and_has_one(self):
        for _ in range(2):
            self.app.begin_work('system', None, A)
            self.app.rows(
                f"insert into api_keys (workspace_id, name, prefix, key_hash, role) "
                f"values ('{A}', 'Development', 'ak_dev', sha256('dev'), 'owner') on conflict do nothing")
            self.app.rows('commit')
        self.assertEqual(len(self.app.rows("select * from find_api_key(sha256('dev'))")), 1)

    def test_the_server_lists_workspaces_to_start_in(self):
        self.assertEqual(sorted(self.app.column('select list_workspace_ids()')), [A, B])

    def test_published_versions_never_change_and_go_with_their_agent(self):
        owner = self.login('antiphon_owner')
        owner.rows('begin')
        for attempt in ("update public.agent_versions set note = 'x'", 'delete from public.agent_versions'):
            self.assertEqual(owner.sqlstate(attempt), '23001')
        owner.rows('rollback')
        self.app.begin_work('user', uid('a', fixture.USER), A)
        self.app.rows(f"delete from agents where id = '{uid('a', fixture.AGENT)}'")
        self.assertEqual(self.app.value('select count(*) from agent_versions'), '0')
        self.assertEqual(self.app.rows('select agent_id, agent_version_id, configuration_id, workspace_id '
                                       'from conversations'), [[None, None, None, A]])
        self.app.rows('rollback')

    def test_an_agent_publishes_none_but_its_own_version(self):
        self.app.begin_work('user', uid('a', fixture.USER), A)
        self.assertEqual(self.app.sqlstate(
            f"update agents set published_version_id = '{uid('a', fixture.VERSION)}' "
            f"where id = '{uid('a', fixture.OTHER_AGENT)}'"), '23503')
        self.app.rows('rollback')

    def test_a_revision_moves_with_every_edit_of_an_agent(self):
        self.app.begin_work('user', uid('a', fixture.USER), A)
        edit = f"update agents set name = 'Renamed' where id = '{uid('a', fixture.OTHER_AGENT)}' " \
               'and revision = 1 returning revision'
        self.assertEqual(self.app.rows(edit), [['2']])
        self.assertEqual(self.app.rows(edit), [])
        self.app.rows('rollback')

    def test_a_changed_document_is_pending_again_and_its_progress_is_no_edit(self):
        document = f"where id = '{uid('a', fixture.DOCUMENT)}' returning revision, status, " \
                   "content_sha256 = sha256(convert_to(source, 'UTF8'))"
        self.app.begin_work('user', uid('a', fixture.USER), A)
        self.assertEqual(
            self.app.rows(f"update knowledge_documents set status = 'ready', chunk_count = 1 {document}"),
            [['1', 'ready', 't']])
        self.assertEqual(self.app.rows(f"update knowledge_documents set source = 'Ten.' {document}"),
                         [['2', 'pending', 't']])
        self.app.rows('rollback')

    def test_vectors_have_384_numbers(self):
        self.app.begin_work('worker', uid('a', fixture.LEASE), A)
        for vector in ('array_fill(0.1::real, array[383])', 'array_fill(null::real, array[384])',
                       'array_fill(0.1::real, array[2, 192])'):
            self.assertEqual(self.app.sqlstate(
                f"insert into knowledge_chunks (workspace_id, document_id, document_revision, ordinal, "
                f"text, embedding, content_sha256, model_id) values ('{A}', "
                f"'{uid('a', fixture.DOCUMENT)}', 1, 7, 'x', {vector}, sha256('x'), 'm')"), '23514')
        self.app.rows('rollback')


class Cost(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def plans(self, session, table):
        plan = json.loads(session.value(f'explain (format json, verbose) select * from {table}'))
        nodes, waiting = [], [plan[0]['Plan']]
        while waiting:
            node = waiting.pop()
            nodes.append(node)
            waiting += node.get('Plans', [])
        return nodes

    def check_evaluated_once(self, session, table, function):
        nodes = self.plans(session, table)
        self.assertTrue(any(node.get('Parent Relationship') == 'InitPlan' for node in nodes))
        for node in nodes:
            for condition in ('Filter', 'Index Cond', 'Recheck Cond', 'Join Filter'):
                self.assertNotIn(function, node.get(condition, ''))

    def test_the_policies_are_evaluated_once_per_statement(self):
        app = self.login('antiphon_app')
        app.begin_work('user', uid('a', fixture.USER), A)
        for table in ('agents', 'messages', 'conversation_events', 'knowledge_chunks'):
            with self.subTest(table):
                self.check_evaluated_once(app, table, 'current_workspace_id')
        person = self.login('authenticator')
        person.rows('begin')
        person.rows('set local role authenticated')
        for table in ('agents', 'messages', 'conversation_events'):
            with self.subTest(table):
                self.check_evaluated_once(person, table, 'member_workspace_ids')

    def test_the_date_of_a_conversation_leads_to_one_partition(self):
        app = self.login('antiphon_app')
        app.begin_work('user', uid('a', fixture.USER), A)
        scanned = {node['Relation Name'] for node in self.plans(
            app, f"messages where conversation_id = '{uid('a', fixture.CONVERSATION)}' "
                 "and conversation_started_on = '2026-11-30'") if 'Relation Name' in node}
        self.assertEqual(len(scanned), 1, scanned)
