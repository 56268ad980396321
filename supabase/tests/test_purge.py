"""A deleted workspace goes for good: keys first, everything in the end, and nothing of another's."""
import cluster
import fixture
from fixture import uid

A, B = uid('a', fixture.WORKSPACE), uid('b', fixture.WORKSPACE)
GRACE = "interval '30 days'"


class Purge(cluster.DatabaseTest):
    def setUp(self):
        self.superuser = self.login(cluster.SUPERUSER)
        fixture.fill(self.cluster, self.name)
        self.app = self.login('antiphon_app')
        self.tables = [name for name in self.superuser.column(fixture.TABLES_SQL) if name != 'workspaces']
        self.tables += self.superuser.column(fixture.PARTITIONS_SQL)

    def tearDown(self):
        self.superuser.rows(f"delete from public.workspaces where id in ('{A}', '{B}')")
        self.superuser.rows('delete from public.purged_workspaces')
        self.superuser.rows('delete from public.studio_sessions')
        self.superuser.rows('delete from auth.users')

    def delete(self, workspace, days):
        self.superuser.rows(f"update public.workspaces set deleted_at = now() - interval '{days} days' "
                            f"where id = '{workspace}'")

    def claim(self, workspace, *statements):
        """What the statements say, one unit of work each."""
        said = []
        for statement in statements:
            self.app.rows('begin')
            self.app.rows(f"select public.begin_work('system', null, '{workspace}')")
            said.append(self.app.value(f'select public.{statement}'))
            self.app.rows('commit')
        return said

    def rows_of(self, workspace):
        return {table: int(self.superuser.value(
            f"select count(*) from public.{table} where workspace_id = '{workspace}'"))
                for table in self.tables}

    def test_leaves_no_row_of_it_and_every_row_of_the_other(self):
        self.delete(A, 31)
        before = self.rows_of(B)
        self.assertTrue(all(count > 0 for table, count in self.rows_of(A).items()
                            if not table.rsplit('_', 1)[-1].isdigit() and not table.endswith('default')))
        begun, removed, again, finished = self.claim(
            A, f'begin_purge({GRACE})', 'purge_conversations(1)', 'purge_conversations(1000)',
            'finish_purge()')
        self.assertEqual((begun, removed, again, finished), ('t', '1', '0', 't'))
        self.assertEqual({table: count for table, count in self.rows_of(A).items() if count}, {})
        self.assertEqual(self.superuser.value(
            f"select count(*) from public.workspaces where id = '{A}'"), '0')
        self.assertEqual(self.rows_of(B), before)
        self.assertEqual(self.superuser.rows(
            'select id, finished_at is not null, purged_by from public.purged_workspaces'),
                         [[A, 't', 'system']])

    def test_shreds_the_keys_before_anything_else(self):
        self.delete(A, 31)
        self.claim(A, f'begin_purge({GRACE})')
        counts = self.rows_of(A)
        self.assertEqual(counts['workspace_keys'], 0)
        self.assertGreater(counts['secrets'], 0)
        self.assertGreater(counts['recordings'], 0)

    def test_goes_on_wherever_it_was_cut_off(self):
        self.delete(A, 31)
        for _ in range(2):
            self.claim(A, f'begin_purge({GRACE})', 'purge_conversations(1)')
        self.assertEqual(self.claim(A, f'begin_purge({GRACE})', 'finish_purge()'), ['t', 't'])
        self.assertEqual(self.claim(A, f'begin_purge({GRACE})', 'finish_purge()'), ['f', 't'])

    def test_touches_nothing_before_its_time_or_of_a_workspace_that_was_restored(self):
        for days in (1, 29):
            self.delete(A, days)
            before = self.rows_of(A)
            self.assertEqual(self.claim(A, f'begin_purge({GRACE})', 'purge_conversations(10)',
                                        'finish_purge()'), ['f', '0', 'f'])
            self.assertEqual(self.rows_of(A), before)
        self.superuser.rows('update public.workspaces set deleted_at = null')
        self.assertEqual(self.claim(A, f'begin_purge({GRACE})', 'finish_purge()'), ['f', 'f'])
        self.assertEqual(self.app.column(f'select public.list_due_purges({GRACE})'), [])

    def test_lists_what_is_due_and_takes_no_short_grace(self):
        self.delete(A, 31)
        self.delete(B, 13)
        self.assertEqual(self.app.column(f'select public.list_due_purges({GRACE})'), [A])
        self.app.rows('begin')
        for function in ('list_due_purges', 'begin_purge'):
            for grace in ("interval '13 days'", 'null'):
                self.assertEqual(self.app.sqlstate(f'select public.{function}({grace})'), '22023')
        self.app.rows('rollback')
