"""Who may change whom, and that a workspace never loses its last owner, whatever comes at once."""
import threading

import cluster
import fixture
from fixture import uid

A, B = uid('a', fixture.WORKSPACE), uid('b', fixture.WORKSPACE)
OWNER, SPARE = uid('a', fixture.USER), uid('a', fixture.SPARE_USER)
LAST_OWNER, WRONG_ROLE, USED, OTHER_ADDRESS, MEMBER_ALREADY = 'AN001', 'AN002', 'AN003', 'AN004', 'AN005'


class Members(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def setUp(self):
        self.app = self.login('antiphon_app')
        self.owner = self.login('antiphon_owner')
        self.superuser = self.login(cluster.SUPERUSER)

    def add_member(self, role):
        self.owner.rows(f"insert into public.workspace_members values ('{A}', '{SPARE}', '{role}')")
        self.addCleanup(self.owner.rows, f"delete from public.workspace_members where user_id = '{SPARE}'")

    def as_user(self, user, workspace=A):
        self.app.rows('begin')
        self.addCleanup(self.app.rows, 'rollback')
        self.app.rows(f"select public.begin_work('user', '{user}', {cluster.literal(workspace)})")

    def test_the_last_owner_neither_leaves_nor_steps_down(self):
        self.add_member('admin')
        self.as_user(OWNER)
        for attempt in ('delete from workspace_members', "update workspace_members set role = 'admin'"):
            self.assertEqual(self.app.sqlstate(f"{attempt} where user_id = '{OWNER}'"), LAST_OWNER)
        self.assertEqual(self.app.sqlstate(
            f"update workspace_members set role = 'owner' where user_id = '{SPARE}'"), '00000')

    def test_only_an_owner_makes_changes_or_removes_an_owner(self):
        self.add_member('admin')
        self.as_user(SPARE)
        for attempt in (f"delete from workspace_members where user_id = '{OWNER}'",
                        f"update workspace_members set role = 'analyst' where user_id = '{OWNER}'",
                        f"update workspace_members set role = 'owner' where user_id = '{SPARE}'",
                        f"insert into invitations (workspace_id, email, role, token_hash) "
                        f"values ('{A}', 'x@example.org', 'owner', sha256('x'))",
                        f"insert into api_keys (workspace_id, name, prefix, key_hash, role) "
                        f"values ('{A}', 'k', 'prefix', sha256('y'), 'owner')"):
            self.assertEqual(self.app.sqlstate(attempt), WRONG_ROLE, attempt)
        self.assertEqual(self.app.sqlstate(
            f"update workspace_members set role = 'developer' where user_id = '{SPARE}'"), '00000')

    def test_those_below_an_admin_change_nobody_and_may_leave(self):
        self.add_member('developer')
        self.as_user(SPARE)
        for attempt in (f"update workspace_members set role = 'admin' where user_id = '{SPARE}'",
                        f"delete from workspace_members where user_id = '{OWNER}'",
                        f"insert into api_keys (workspace_id, name, prefix, key_hash, role) "
                        f"values ('{A}', 'k', 'prefix', sha256('y'), 'analyst')"):
            self.assertEqual(self.app.sqlstate(attempt), WRONG_ROLE, attempt)
        self.assertEqual(self.app.run(f"delete from workspace_members where user_id = '{SPARE}'"), 1)

    def test_of_two_owners_who_leave_at_once_one_stays(self):
        for _ in range(5):
            self.owner.rows(f"insert into public.workspace_members values ('{A}', '{SPARE}', 'owner')")
            outcomes = {}
            barrier = threading.Barrier(2)

            def leave(session, user, results=outcomes, start=barrier):
                session.rows('begin')
                session.rows(f"select public.begin_work('user', '{user}', '{A}')")
                start.wait()
                try:
                    session.rows(f"delete from workspace_members where user_id = '{user}'")
                    session.rows('commit')
                    results[user] = 'left'
                except cluster.SqlError as refused:
                    session.rows('rollback')
                    results[user] = refused.sqlstate

            threads = [threading.Thread(target=leave, args=(self.login('antiphon_app'), user))
                       for user in (OWNER, SPARE)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(sorted(outcomes.values()), [LAST_OWNER, 'left'])
            self.assertEqual(self.owner.value(
                f"select count(*) from public.workspace_members where workspace_id = '{A}' "
                "and role = 'owner'"), '1')
            self.owner.rows(f"insert into public.workspace_members values ('{A}', '{OWNER}', 'owner') "
                            'on conflict (workspace_id, user_id) do nothing')
            self.owner.rows(f"delete from public.workspace_members where user_id = '{SPARE}'")

    def test_a_person_makes_a_workspace_and_owns_it(self):
        self.as_user(fixture.STRANGER, None)
        made = uid('d', 1)
        self.app.rows(f"select public.create_workspace('{made}', 'mine', 'Mine')")
        self.assertEqual([row[:4] for row in self.app.rows('select * from public.list_own_workspaces()')],
                         [[made, 'mine', 'Mine', 'owner']])
        self.assertEqual(self.app.sqlstate(
            f"select public.create_workspace('{uid('d', 2)}', 'mine', 'Again')"), '23505')

    def test_a_person_owns_at_most_fifty(self):
        self.as_user(fixture.STRANGER, None)
        self.app.rows("select public.create_workspace(gen_random_uuid(), 'w-' || n, 'W') "
                      'from generate_series(1, 50) n')
        self.assertEqual(self.app.sqlstate(
            "select public.create_workspace(gen_random_uuid(), 'w-51', 'W')"), '53400')

    def test_keys_and_machines_make_no_workspace(self):
        for kind, number in (('api_key', fixture.KEY), ('system', fixture.USER)):
            self.app.begin_work(kind, uid('a', number), A)
            self.assertEqual(self.app.sqlstate(
                "select public.create_workspace(gen_random_uuid(), 'k', 'K')"), '42501')
            self.app.rows('rollback')

    def test_a_deleted_workspace_comes_back_within_its_grace_and_not_after(self):
        self.as_user(OWNER)
        self.app.rows('select public.delete_workspace()')
        self.assertIsNone(self.app.value('select current_workspace_id()'))
        self.assertEqual(self.app.value('select count(*) from agents'), '0')
        self.assertEqual(len(self.app.rows('select * from public.list_own_workspaces()')), 1)
        self.assertEqual(self.app.value(f"select public.restore_workspace('{A}')"), 't')
        self.assertEqual(self.app.value('select count(*) from agents'), '2')
        self.app.rows('rollback')
        self.owner.rows(f"update public.workspaces set deleted_at = now() - interval '15 days' "
                        f"where id = '{A}'")
        self.addCleanup(self.owner.rows, 'update public.workspaces set deleted_at = null')
        self.as_user(OWNER)
        self.assertEqual(self.app.value(f"select public.restore_workspace('{A}')"), 'f')
        self.assertEqual(self.app.rows('select * from public.list_own_workspaces()'), [])

    def test_only_an_owner_deletes_and_restores(self):
        self.add_member('admin')
        self.as_user(SPARE)
        self.assertEqual(self.app.sqlstate('select public.delete_workspace()'), WRONG_ROLE)
        self.app.rows('rollback')
        self.owner.rows(f"update public.workspaces set deleted_at = now() where id = '{A}'")
        self.addCleanup(self.owner.rows, 'update public.workspaces set deleted_at = null')
        self.as_user(SPARE, None)
        self.assertEqual(self.app.value(f"select public.restore_workspace('{A}')"), 'f')

    def give_address(self, user, email):
        self.superuser.rows(f"update auth.users set email = {cluster.literal(email)} where id = '{user}'")

    def accept(self, token='invitation-a'):
        return self.app.rows(f"select * from public.accept_invitation(sha256('{token}'))")

    def test_an_invitation_is_accepted_once_by_its_address(self):
        self.give_address(SPARE, 'New-A@example.org')
        self.as_user(SPARE, None)
        self.assertEqual(self.accept(), [[A, 'analyst']])
        for again in (SPARE, OWNER):
            self.app.rows(f"select public.begin_work('user', '{again}', null)")
            self.assertEqual(self.app.sqlstate(
                "select public.accept_invitation(sha256('invitation-a'))"), USED)
        self.assertEqual(self.accept('unknown'), [])

    def test_an_invitation_is_for_its_address_alone(self):
        self.give_address(fixture.STRANGER, 'somebody@example.org')
        self.as_user(fixture.STRANGER, None)
        self.assertEqual(self.app.sqlstate(
            "select public.accept_invitation(sha256('invitation-a'))"), OTHER_ADDRESS)

    def test_a_withdrawn_an_expired_or_a_members_invitation_is_refused(self):
        self.give_address(SPARE, 'new-a@example.org')
        for change in ('revoked_at = now()', "expires_at = now() - interval '1 s'"):
            self.owner.rows(f"update public.invitations set {change} where workspace_id = '{A}'")
            self.as_user(SPARE, None)
            self.assertEqual(self.app.sqlstate(
                "select public.accept_invitation(sha256('invitation-a'))"), USED, change)
            self.app.rows('rollback')
            self.owner.rows("update public.invitations set revoked_at = null, "
                            "expires_at = now() + interval '7 days'")
        self.add_member('analyst')
        self.as_user(SPARE, None)
        self.assertEqual(self.app.sqlstate(
            "select public.accept_invitation(sha256('invitation-a'))"), MEMBER_ALREADY)

    def test_an_invitation_to_a_deleted_workspace_does_not_exist(self):
        self.give_address(SPARE, 'new-a@example.org')
        self.owner.rows(f"update public.workspaces set deleted_at = now() where id = '{A}'")
        self.addCleanup(self.owner.rows, 'update public.workspaces set deleted_at = null')
        self.as_user(SPARE, None)
        self.assertEqual(self.accept(), [])

    def test_an_address_has_one_open_invitation(self):
        self.as_user(OWNER)
        insert = f"insert into invitations (workspace_id, email, role, token_hash) values " \
                 f"('{A}', 'NEW-a@example.org', 'analyst', sha256('second'))"
        self.assertEqual(self.app.sqlstate(insert), '23505')
        self.app.rows("update invitations set revoked_at = now()")
        self.assertEqual(self.app.sqlstate(insert), '00000')

    def test_a_session_ends_with_its_life_its_idleness_and_its_person(self):
        self.as_user(OWNER, None)
        session = uid('e', 1)
        begin = f"select public.create_studio_session('{session}', '{OWNER}', sha256('s'), '192.0.2.1', 'Test', null)"
        find = "select session_id from public.find_studio_session(sha256('s'))"
        self.app.rows(begin)
        self.app.rows('commit')
        self.assertEqual(self.app.rows(find), [[session]])
        for change, back in (("expires_at = now()", "expires_at = now() + interval '7 days'"),
                             ("last_seen_at = now() - interval '12 hours'", 'last_seen_at = now()')):
            self.owner.rows(f'update public.studio_sessions set {change}')
            self.assertEqual(self.app.rows(find), [], change)
            self.owner.rows(f'update public.studio_sessions set {back}')
        self.assertEqual(self.app.rows(find), [[session]])
        self.assertEqual(self.app.value(f"select public.end_studio_session('{SPARE}', '{session}')"), 'f')
        self.assertEqual(self.app.value(f"select public.end_studio_session('{OWNER}', '{session}')"), 't')
        self.assertEqual(self.app.rows(find), [])

    def test_a_session_switches_to_workspaces_of_its_person_only(self):
        self.as_user(OWNER, None)
        session = uid('e', 2)
        self.app.rows(f"select public.create_studio_session('{session}', '{OWNER}', sha256('t'), '', '', null)")
        for workspace, switched in ((A, 't'), (B, 'f'), (fixture.STRANGER, 'f')):
            self.assertEqual(self.app.value(
                f"select public.switch_studio_session('{OWNER}', '{session}', '{workspace}')"), switched)
