"""Two workspaces, every table: what belongs to b does not exist for a, by whichever door a comes.

The checks are made from the catalogue, so a new table is tested without a line here.
"""
import json

import cluster
import fixture
from cluster import literal
from fixture import uid

DENIED = '42501'  # insufficient_privilege: no grant, or a policy's check
NO_PARENT = '23503'  # foreign_key_violation

# A second row needs values of its own where the unique key is made of foreign keys only.
ANOTHER = {('workspace_members', 'user_id'): fixture.SPARE_USER,
           ('agent_knowledge_bases', 'knowledge_base_id'): fixture.OTHER_BASE,
           ('recordings', 'conversation_id'): fixture.OTHER_CONVERSATION,
           ('widgets', 'agent_id'): fixture.OTHER_AGENT,
           ('widget_conversations', 'conversation_id'): fixture.OTHER_CONVERSATION}
ONE_A_WORKSPACE = {'workspace_quotas'}  # there is no second row to insert

# What the server may write and not read.
WRITE_ONLY = {('invitations', 'token_hash'): "sha256('another')"}

# The kinds of principal that may add a row; the others are refused.
PEOPLE = {'user', 'api_key'}
WRITERS = {'workspaces': set(), 'audit_log': set(), 'audit_chains': set(), 'usage_days': set(),
           'usage_records': {'system'},
           'widget_conversations': PEOPLE | {'system'}, 'widget_counts': PEOPLE | {'system'},
           'api_keys': PEOPLE | {'system'},
           'workspace_keys': PEOPLE | {'system'},
           'knowledge_documents': PEOPLE | {'worker', 'system'},
           'knowledge_chunks': PEOPLE | {'worker', 'system'},
           **{table: PEOPLE | {'worker', 'conversation', 'system'}
              for table in ('conversations', 'messages', 'conversation_events', 'recordings', 'jobs')}}
PRINCIPALS = {'user': fixture.USER, 'api_key': fixture.KEY, 'worker': fixture.LEASE,
              'conversation': fixture.CONVERSATION, 'system': fixture.STRANGER}
HIDDEN_FROM_MACHINES = {'workspace_members', 'api_keys', 'invitations'}
READ_BY_THE_SERVER = {'audit_log', 'audit_chains'}  # and by people; not by a job or a conversation


class TwoWorkspaces(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)
        with cls.cluster.session('antiphon_owner', cls.name) as owner:
            for letter in 'ab':
                owner.rows(fixture.other_conversation_sql(letter))
            cls.tables = [fixture.Table(owner, name) for name in owner.column(fixture.TABLES_SQL)]
            cls.rows = {
                (table.name, letter): [json.loads(row) for row in owner.column(
                    f'select to_jsonb(t) from public.{table.name} t where {table.rows_of(letter)} '
                    'order by t::text')]
                for table in cls.tables for letter in 'ab'}

    table = ''  # the one a failure is about

    def each_table(self):
        for table in self.tables:
            self.table = table.name
            yield table

    def _formatMessage(self, message, standard):
        return f'{self.table}: {super()._formatMessage(message, standard)}'

    def copy_of(self, table, letter):
        """A row like the fixture's, with other values where the table wants unique ones."""
        row = dict(self.rows[table.name, letter][0])
        for column in table.distinguishing:
            kind = table.columns[column]['type']
            if row[column] is None:
                continue
            if kind == 'uuid':
                row[column] = 'd' + row[column][1:]
            elif kind in ('integer', 'bigint'):
                row[column] += 1000
            elif kind == 'bytea':
                row[column] = '\\x' + 'ab' * 32
            else:
                row[column] += 'x'
        if table.name == 'invitations':  # unique by an expression: lower(email)
            row['email'] = 'x' + row['email']
        for (name, column), number in ANOTHER.items():
            if name == table.name:
                row[column] = uid(letter, number)
        return row

    @staticmethod
    def insert(table, row):
        columns = ', '.join(column for column, facts in table.columns.items() if facts['insert'])
        return (f'insert into public.{table.name} ({columns or table.key}) select {columns or table.key} '
                f'from jsonb_populate_record(null::public.{table.name}, {literal(json.dumps(row))})')


class AsTheServer(TwoWorkspaces):
    def setUp(self):
        self.app = self.login('antiphon_app')

    def begin(self, kind, letter):
        number = PRINCIPALS[kind]
        principal = number if isinstance(number, str) else uid(letter, number)
        workspace = uid(letter, fixture.WORKSPACE)
        self.assertEqual(self.app.begin_work(kind, principal, workspace), workspace)

    def test_the_fixture_has_a_row_in_every_table_for_both(self):
        for table in self.each_table():
            self.assertTrue(self.rows[table.name, 'a'])
            self.assertTrue(self.rows[table.name, 'b'])

    def test_each_principal_reads_its_own_rows_and_no_others(self):
        for kind in PRINCIPALS:
            for letter in 'ab':
                self.begin(kind, letter)
                for table in self.each_table():
                    hidden = (table.name in HIDDEN_FROM_MACHINES and kind not in PEOPLE
                              or table.name in READ_BY_THE_SERVER and kind not in PEOPLE | {'system'})
                    own = 0 if hidden else len(self.rows[table.name, letter])
                    self.assertEqual(
                        int(self.app.value(f'select count({table.key}) from public.{table.name}')), own)
                    other = 'b' if letter == 'a' else 'a'
                    self.assertEqual(self.app.value(
                        f'select count({table.key}) from public.{table.name} '
                        f'where {table.rows_of(other)}'), '0')
                self.app.rows('rollback')

    def test_without_a_principal_there_is_nothing(self):
        self.app.rows('begin')
        for table in self.each_table():
            self.assertEqual(self.app.value(f'select count({table.key}) from public.{table.name}'), '0')
            self.assertEqual(self.app.sqlstate(self.insert(table, self.copy_of(table, 'a'))), DENIED)

    def test_rows_of_another_workspace_can_not_be_updated(self):
        self.begin('user', 'a')
        tried = 0
        for table in self.each_table():
            columns = [column for column, facts in table.columns.items() if facts['update']]
            for column in columns:
                tried += 1
                value = WRITE_ONLY.get((table.name, column), column)
                update = f'update public.{table.name} set {column} = {value} where '
                self.assertEqual(self.app.run(update + table.rows_of('b')), 0)
                if column != 'status':  # a conversation's status is tied to other columns
                    self.assertEqual(self.app.run(update + table.rows_of('a')),
                                     len(self.rows[table.name, 'a']))
            if not columns:
                self.assertEqual(self.app.sqlstate(
                    f'update public.{table.name} set {table.key} = {table.key}'), DENIED)
        self.assertGreater(tried, 30)

    def test_rows_can_not_be_moved_to_another_workspace(self):
        self.begin('user', 'a')
        for table in self.each_table():
            self.assertEqual(self.app.sqlstate(
                f"update public.{table.name} set {table.key} = '{uid('b', fixture.WORKSPACE)}' "
                f'where {table.rows_of("a")}'), DENIED)

    def test_rows_of_another_workspace_can_not_be_deleted(self):
        deletable = set()
        for table in self.each_table():
            self.begin('user', 'a')
            if self.app.sqlstate(f'delete from public.{table.name} where false') == DENIED:
                self.app.rows('rollback')
                continue
            deletable.add(table.name)
            self.assertEqual(self.app.run(f'delete from public.{table.name} where {table.rows_of("b")}'), 0)
            if table.name == 'workspace_members':  # its owner stays; test_members.py
                self.app.rows('rollback')
                continue
            self.assertGreater(
                self.app.run(f'delete from public.{table.name} where {table.rows_of("a")}'), 0)
            self.app.rows('rollback')
        self.assertEqual(deletable, {
            'workspace_members', 'agents', 'configurations', 'knowledge_bases', 'agent_knowledge_bases',
            'knowledge_documents', 'knowledge_chunks', 'conversations', 'recordings',
            'workspace_keys', 'secrets', 'tools', 'prices'})

    def test_rows_are_inserted_into_the_own_workspace_only(self):
        for kind in PRINCIPALS:
            self.begin(kind, 'a')
            for table in self.each_table():
                if table.name in ONE_A_WORKSPACE:
                    continue
                allowed = kind in WRITERS.get(table.name, PEOPLE)
                self.assertEqual(self.app.sqlstate(self.insert(table, self.copy_of(table, 'a'))),
                                 '00000' if allowed else DENIED, kind)
                self.assertEqual(self.app.sqlstate(self.insert(table, self.copy_of(table, 'b'))), DENIED)
            self.app.rows('rollback')

    def test_foreign_keys_do_not_reach_into_another_workspace(self):
        self.begin('user', 'a')
        tried = []
        for table in self.each_table():
            for key in table.foreign_keys:
                theirs = [column for column in key if column not in ('workspace_id', 'id')]
                if 'workspace_id' not in key or not theirs or theirs == ['user_id']:
                    continue
                other = self.rows[table.name, 'b'][0]
                self.assertTrue(all(other[column] is not None for column in theirs), key)
                row = {**self.copy_of(table, 'a'), **{column: other[column] for column in theirs}}
                if all(table.columns[column]['insert'] for column in theirs):
                    attempt = self.insert(table, row)
                else:
                    values = ', '.join(f'{column} = {literal(other[column])}' for column in theirs)
                    attempt = (f'update public.{table.name} set {values} '
                               f"where id = {literal(self.rows[table.name, 'a'][0]['id'])}")
                self.assertEqual(self.app.sqlstate(attempt), NO_PARENT, key)
                tried.append((table.name, theirs))
        self.assertEqual(len(tried), 19, tried)

    def test_partitions_guard_their_rows_even_if_somebody_grants_them(self):
        superuser = self.login(cluster.SUPERUSER)
        for partition in superuser.column(fixture.PARTITIONS_SQL):
            with self.subTest(partition):
                superuser.rows('begin')
                superuser.rows(f'grant select on public.{partition} to antiphon_app')
                superuser.rows('set local role antiphon_app')
                superuser.rows(f"select public.begin_work('api_key', '{uid('a', fixture.KEY)}', "
                               f"'{uid('a', fixture.WORKSPACE)}')")
                self.assertEqual(superuser.value(
                    f"select count(*) from public.{partition} "
                    f"where workspace_id <> '{uid('a', fixture.WORKSPACE)}'"), '0')
                superuser.rows('rollback')


class AsAuthenticated(TwoWorkspaces):
    """A person with a Supabase session: the role authenticated, claims that hold only `sub`."""

    def setUp(self):
        self.person = self.login('authenticator')

    def sign_in(self, user_id):
        self.person.rows('begin')
        self.person.rows('set local role authenticated')
        self.person.rows("select set_config('request.jwt.claims', "
                         f"""'{{"sub": "{user_id}"}}', true)""")

    def readable(self):
        for table in self.each_table():
            if table.name in fixture.READABLE:
                yield table

    def test_reads_exactly_the_rows_of_the_own_workspaces(self):
        for letter, other in ('ab', 'ba'):
            self.sign_in(uid(letter, fixture.USER))
            for table in self.readable():
                self.assertEqual(int(self.person.value(f'select count(*) from public.{table.name}')),
                                 len(self.rows[table.name, letter]))
                self.assertEqual(self.person.value(
                    f'select count(*) from public.{table.name} where {table.rows_of(other)}'), '0')
            self.person.rows('rollback')

    def test_a_member_of_two_workspaces_reads_both(self):
        with self.cluster.session('antiphon_owner', self.name) as owner:
            owner.rows(f"insert into public.workspace_members "
                       f"values ('{uid('b', fixture.WORKSPACE)}', '{uid('a', fixture.USER)}', 'analyst')")
            try:
                self.sign_in(uid('a', fixture.USER))
                for table in self.readable():
                    extra = 1 if table.name == 'workspace_members' else 0
                    self.assertEqual(
                        int(self.person.value(f'select count(*) from public.{table.name}')),
                        len(self.rows[table.name, 'a']) + len(self.rows[table.name, 'b']) + extra)
            finally:
                owner.rows(f"delete from public.workspace_members "
                           f"where workspace_id = '{uid('b', fixture.WORKSPACE)}' "
                           f"and user_id = '{uid('a', fixture.USER)}'")

    def test_a_stranger_reads_nothing(self):
        self.sign_in(fixture.STRANGER)
        for table in self.readable():
            self.assertEqual(self.person.value(f'select count(*) from public.{table.name}'), '0')

    def test_no_claims_read_nothing(self):
        self.person.rows('begin')
        self.person.rows('set local role authenticated')
        for table in self.readable():
            self.assertEqual(self.person.value(f'select count(*) from public.{table.name}'), '0')

    def test_claiming_to_be_the_servers_principal_opens_nothing(self):
        self.sign_in(fixture.STRANGER)
        for setting, value in (('kind', 'system'), ('id', uid('a', fixture.KEY))):
            self.person.rows(f"select set_config('antiphon.principal_{setting}', '{value}', true)")
        self.person.rows(
            f"select set_config('antiphon.workspace_id', '{uid('a', fixture.WORKSPACE)}', true)")
        for table in self.readable():
            self.assertEqual(self.person.value(f'select count(*) from public.{table.name}'), '0')

    def test_tables_that_are_not_listed_are_closed(self):
        self.sign_in(uid('a', fixture.USER))
        for table in self.each_table():
            if table.name not in fixture.READABLE:
                self.assertEqual(
                    self.person.sqlstate(f'select {table.key} from public.{table.name}'), DENIED)

    def test_nothing_can_be_written(self):
        self.sign_in(uid('a', fixture.USER))
        for table in self.each_table():
            for attempt in (self.insert(table, self.copy_of(table, 'a')),
                            f'update public.{table.name} set {table.key} = {table.key}',
                            f'delete from public.{table.name}',
                            f'truncate public.{table.name}'):
                self.assertEqual(self.person.sqlstate(attempt), DENIED, attempt)

    def test_anon_is_refused_by_every_table(self):
        self.person.rows('begin')
        self.person.rows('set local role anon')
        for table in self.each_table():
            self.assertEqual(self.person.sqlstate(f'select 1 from public.{table.name}'), DENIED)

