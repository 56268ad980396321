"""What must hold for every table, partition, function and role, read from the catalogue."""
import re
import unittest

import cluster
import fixture

WITHOUT_WORKSPACE_ID = {'workspaces'}  # it is the workspace
ALL_RIGHTS = 'select, insert, update, delete, truncate, references, trigger'


class Catalogue(cluster.DatabaseTest):
    def setUp(self):
        self.owner = self.login('antiphon_owner')
        self.tables = self.owner.column(fixture.TABLES_SQL)
        self.partitions = self.owner.column(fixture.PARTITIONS_SQL)

    def test_there_are_tables_and_partitions_to_look_at(self):
        self.assertGreaterEqual(len(self.tables), 14)
        self.assertGreaterEqual(len(self.partitions), 4)

    def test_row_level_security_is_enabled_and_forced_everywhere(self):
        open_tables = self.owner.column("""
          select relname from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm', 'f')
             and not (relrowsecurity and relforcerowsecurity)""")
        self.assertEqual(open_tables, [])

    def test_there_are_no_views_that_would_read_as_their_owner(self):
        self.assertEqual(self.owner.column("""
          select relname from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"""), [])

    def test_every_table_and_partition_has_policies_of_named_roles(self):
        for table in self.tables + self.partitions:
            with self.subTest(table):
                policies = self.owner.rows(f"""
                  select roles::text, cmd, permissive, coalesce(qual, ''), coalesce(with_check, '')
                    from pg_policies where schemaname = 'public' and tablename = '{table}'""")
                self.assertTrue(any(roles == '{antiphon_app}' for roles, *_ in policies))
                for roles, command, _, qualification, with_check in policies:
                    self.assertIn(roles, ('{antiphon_app}', '{authenticated}'))
                    if roles == '{authenticated}':
                        self.assertEqual(command, 'SELECT')
                        self.assertIn('SELECT member_workspace_ids()', qualification)
                    else:
                        self.assertIn('( SELECT current_workspace_id()', qualification)
                        self.assertIn('( SELECT current_workspace_id()', with_check)

    def test_a_partition_has_the_policies_of_its_parent(self):
        differing = self.owner.rows("""
          with policies as (
            select p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polroles,
                   pg_get_expr(p.polqual, p.polrelid) as qualification,
                   pg_get_expr(p.polwithcheck, p.polrelid) as with_check from pg_policy p)
          select i.inhrelid::regclass, p.polname from pg_inherits i
            join pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p')
            join policies p on p.polrelid = i.inhparent
           where not exists (
             select from policies q where q.polrelid = i.inhrelid
                and (q.polname, q.polcmd, q.polpermissive, q.polroles, q.qualification, q.with_check)
                    is not distinct from
                    (p.polname, p.polcmd, p.polpermissive, p.polroles, p.qualification, p.with_check))""")
        self.assertEqual(differing, [])

    def test_every_table_belongs_to_a_workspace(self):
        for table in self.tables + self.partitions:
            if table in WITHOUT_WORKSPACE_ID:
                continue
            with self.subTest(table):
                self.assertEqual(self.owner.rows(f"""
                  select format_type(atttypid, atttypmod), attnotnull from pg_attribute
                   where attrelid = 'public.{table}'::regclass and attname = 'workspace_id'"""),
                                 [['uuid', 't']])
                self.assertEqual(self.owner.value(f"""
                  select attnum <= 2 from pg_attribute
                   where attrelid = 'public.{table}'::regclass and attname = 'workspace_id'"""), 't')
                self.assertNotEqual(self.owner.value(f"""
                  select count(*) from pg_constraint where conrelid = 'public.{table}'::regclass
                     and contype = 'f' and conkey[1] = (
                       select attnum from pg_attribute
                        where attrelid = conrelid and attname = 'workspace_id')"""), '0')

    def test_every_foreign_key_between_our_tables_carries_the_workspace(self):
        single = self.owner.rows("""
          select c.conrelid::regclass, c.conname from pg_constraint c
           where c.contype = 'f' and c.connamespace = 'public'::regnamespace
             and c.confrelid not in ('public.workspaces'::regclass, 'auth.users'::regclass)
             and not exists (
               select from unnest(c.conkey, c.confkey) k (own, theirs)
                 join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
                 join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.theirs
                where a.attname = 'workspace_id' and b.attname = 'workspace_id')""")
        self.assertEqual(single, [])

    def test_an_index_serves_every_cascade(self):
        # The first two columns (the only one) of some index are columns of the key; indkey counts from 0.
        slow = self.owner.rows("""
          select c.conrelid::regclass, c.conname from pg_constraint c
           where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conparentid = 0
             and not exists (
               select from pg_index i
                where i.indrelid = c.conrelid
                  and (i.indkey::smallint[])[0:least(cardinality(c.conkey), 2) - 1] <@ c.conkey)""")
        self.assertEqual(slow, [])

    def test_tables_of_persons_are_closed_to_everybody(self):
        for table in fixture.OF_PERSONS:
            with self.subTest(table):
                self.assertEqual(self.owner.rows(f"select from pg_policies where tablename = '{table}'"), [])
                for role in ('anon', 'authenticated', 'antiphon_app'):
                    self.assertEqual(self.owner.rows(f"""
                      select has_table_privilege('{role}', 'public.{table}', '{ALL_RIGHTS}'),
                             has_any_column_privilege('{role}', 'public.{table}',
                                                      'select, insert, update, references')"""),
                                     [['f', 'f']])

    def test_anon_may_do_nothing(self):
        self.assertEqual(self.owner.column(f"""
          select relname from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
             and (has_table_privilege('anon', oid, '{ALL_RIGHTS}')
                  or has_any_column_privilege('anon', oid, 'select, insert, update, references'))"""), [])
        self.assertEqual(self.owner.column("""
          select proname from pg_proc where pronamespace = 'public'::regnamespace
             and has_function_privilege('anon', oid, 'execute')"""), [])

    def test_authenticated_may_select_the_listed_tables_and_nothing_else(self):
        self.assertEqual(set(self.owner.column("""
          select relname from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
             and has_any_column_privilege('authenticated', oid, 'select')""")), fixture.READABLE)
        self.assertEqual(self.owner.column("""
          select relname from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
             and (has_table_privilege('authenticated', oid,
                                      'insert, update, delete, truncate, references, trigger')
                  or has_any_column_privilege('authenticated', oid, 'insert, update, references'))"""),
                         [])
        self.assertEqual(self.owner.column("""
          select proname from pg_proc where pronamespace = 'public'::regnamespace
             and has_function_privilege('authenticated', oid, 'execute')"""), ['member_workspace_ids'])

    def test_a_table_made_later_is_closed_to_browsers(self):
        self.owner.rows('begin')
        self.owner.rows('create table public.later (id integer)')
        for role in ('anon', 'authenticated', 'antiphon_app'):
            self.assertEqual(self.owner.value(
                f"select has_table_privilege('{role}', 'public.later', '{ALL_RIGHTS}')"), 'f')
        self.owner.rows('rollback')

    def test_partitions_are_reached_through_their_parent_only(self):
        for role in ('antiphon_app', 'authenticated', 'anon'):
            self.assertEqual(self.owner.column(f"""
              select relname from pg_class
               where relnamespace = 'public'::regnamespace and relispartition and relkind in ('r', 'p')
                 and (has_table_privilege('{role}', oid, '{ALL_RIGHTS}')
                      or has_any_column_privilege('{role}', oid, 'select, insert, update'))"""), [])

    def test_the_application_role_owns_nothing_and_bypasses_nothing(self):
        self.assertEqual(self.owner.rows("""
          select rolcanlogin, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb, rolreplication
            from pg_roles where rolname = 'antiphon_app'"""), [['t', 'f', 'f', 'f', 'f', 'f', 'f']])
        self.assertEqual(self.owner.value("""
          select count(*) from pg_auth_members
           where 'antiphon_app'::regrole in (member, roleid)"""), '0')
        self.assertEqual(self.owner.value("""
          select count(*) from pg_shdepend
           where refobjid = 'antiphon_app'::regrole and deptype = 'o'"""), '0')
        for what in ("has_schema_privilege('antiphon_app', 'public', 'create')",
                     "has_database_privilege('antiphon_app', current_database(), 'create')"):
            self.assertEqual(self.owner.value(f'select {what}'), 'f', what)

    def test_the_application_role_reaches_accounts_through_our_functions_only(self):
        self.assertEqual(self.owner.column(f"""
          select relname from pg_class
           where relnamespace = 'auth'::regnamespace and relkind in ('r', 'p', 'v', 'S')
             and (has_table_privilege('antiphon_app', oid, '{ALL_RIGHTS}')
                  or has_any_column_privilege('antiphon_app', oid, 'select, insert, update'))"""), [])
        # Where the accounts are a Supabase project's there is nothing of ours to call.
        self.assertEqual(self.owner.value("select has_schema_privilege('antiphon_app', 'auth', 'usage')"),
                         'f' if cluster.REAL_AUTH else 't')
        self.assertEqual(self.owner.column("""
          select proname from pg_proc
           where pronamespace = 'auth'::regnamespace and prosecdef
             and has_function_privilege('antiphon_app', oid, 'execute')
             and proname not like 'antiphon\\_%'"""), [])

    def test_the_application_role_can_neither_truncate_nor_read_what_is_sealed(self):
        self.assertEqual(self.owner.column("""
          select relname from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
             and has_table_privilege('antiphon_app', oid, 'truncate, references, trigger')"""), [])
        for column in ("'public.api_keys', 'key_hash'", "'public.jobs', 'lease_token'",
                       "'public.invitations', 'token_hash'"):
            self.assertEqual(
                self.owner.value(f"select has_column_privilege('antiphon_app', {column}, 'select')"), 'f')

    def test_no_function_can_be_led_astray_by_a_search_path(self):
        self.assertEqual(self.owner.column("""
          select proname from pg_proc where pronamespace = 'public'::regnamespace
             and not coalesce(proconfig, '{}') @> array['search_path=""']"""), [])

    def test_no_function_is_executable_by_everybody(self):
        self.assertEqual(self.owner.column("""
          select proname from pg_proc where pronamespace = 'public'::regnamespace
             and (proacl is null
                  or exists (select from aclexplode(proacl) a where a.grantee = 0))"""), [])

    def test_the_application_may_run_exactly_these_functions(self):
        self.assertEqual(set(self.owner.column("""
          select proname from pg_proc where pronamespace = 'public'::regnamespace
             and has_function_privilege('antiphon_app', oid, 'execute')""")), {
                 'begin_work', 'current_workspace_id', 'current_principal', 'current_principal_kind',
                 'list_workspace_ids', 'find_widget', 'usage_cost', 'quota_use', 'take_conversation_place', 'minutes_left_ms',
                 'find_api_key', 'touch_api_key', 'ensure_month_partitions',
                 'claim_jobs', 'extend_job', 'finish_job', 'enqueue_stale_documents',
                 'list_master_keys', 'wrapped_by_others', 'retry_job', 'forget_finished_jobs',
                 'current_principal_role', 'find_memberships', 'find_rights', 'create_workspace',
                 'list_own_workspaces', 'delete_workspace', 'restore_workspace', 'list_members', 'accept_invitation',
                 'create_studio_session', 'find_studio_session', 'list_studio_sessions',
                 'end_studio_session', 'switch_studio_session', 'list_due_purges', 'begin_purge',
                 'purge_conversations', 'finish_purge'})

    def test_nothing_runs_or_was_made_as_a_superuser(self):
        self.assertEqual(self.owner.rows("""
          select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user"""),
                         [['f', 't', 't']])
        self.assertEqual(self.owner.column("""
          select distinct relowner::regrole from pg_class
           where relnamespace = 'public'::regnamespace"""), ['antiphon_owner'])
        self.assertEqual(self.owner.column("""
          select rolname from pg_roles where rolsuper"""), [cluster.SUPERUSER])
        self.assertEqual(self.owner.value("""
          select count(*) from pg_auth_members
           where member = 'antiphon_owner'::regrole and roleid = 'supabase_auth_admin'::regrole"""), '0')


class MigrationFiles(unittest.TestCase):
    def test_each_says_why_it_exists_and_what_a_rollback_loses(self):
        for path in cluster.migration_files():
            with self.subTest(path.name):
                self.assertRegex(path.name, r'^20\d{12}_[a-z0-9_]+\.sql$')
                head = path.read_text(encoding='utf-8').split('\n\n')[0]
                self.assertTrue(head.startswith('-- '))
                self.assertIn('-- Rollback: ', head)

    def test_each_touches_only_our_schema(self):
        for path in cluster.migration_files():
            with self.subTest(path.name):
                code = re.sub(r'--.*', '', path.read_text(encoding='utf-8'))
                self.assertEqual(set(re.findall(r'\bauth\.\w+', code)) - {'auth.users', 'auth.uid'}, set())
                self.assertNotRegex(code, r'(?i)create\s+(schema|extension)|\bsuperuser\b;|security\s+label')
                for made in re.findall(r'(?i)create\s+(?:table|function)\s+(\S+)', code):
                    if not made.startswith('%'):
                        self.assertTrue(made.startswith('public.'), made)

    def test_each_leaves_transactions_to_the_migrator(self):
        for path in cluster.migration_files():
            with self.subTest(path.name):
                self.assertNotRegex(path.read_text(encoding='utf-8'), r'(?im)^\s*(commit|rollback)\s*;')


if __name__ == '__main__':
    unittest.main()
