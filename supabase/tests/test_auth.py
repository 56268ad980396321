"""Accounts where Supabase Auth is absent: who may touch them, and what each function does at once."""
import json
import unittest
import uuid

import cluster

AT = '2026-01-05T09:00:00Z'


def later(seconds):
    return f"timestamptz '{AT}' + interval '{seconds} seconds'"


@unittest.skipIf(cluster.REAL_AUTH, 'Supabase Auth has functions of its own')
class Auth(cluster.DatabaseTest):
    def setUp(self):
        self.app = self.login('antiphon_app')
        self.email = f'{uuid.uuid4().hex}@example.test'
        self.user = str(uuid.uuid4())
        made = self.one(f"auth.antiphon_create_user('{self.user}', '{self.email}', '$2b$10$x', "
                        f"'{{\"name\": \"Ada\"}}', true, false, '{AT}')")
        self.assertEqual(made, 't')

    def one(self, expression):
        return self.app.rows(f'select {expression}')[0][0]

    def open_session(self, token):
        session = str(uuid.uuid4())
        self.one(f"auth.antiphon_open_session('{session}', '{self.user}', 'password', '{token}', "
                 f"'agent', '192.0.2.7', '{AT}')")
        return session

    def refresh(self, given, fresh, seconds):
        return self.app.rows(f"select outcome, coalesce(refresh_token, '') from auth.antiphon_refresh("
                             f"'{given}', '{fresh}', 10, 'agent', '192.0.2.7', {later(seconds)})")[0]

    def test_the_server_reaches_accounts_through_the_functions_only(self):
        for table in ('users', 'identities', 'sessions', 'refresh_tokens', 'mfa_factors',
                      'mfa_challenges', 'mfa_amr_claims', 'one_time_tokens'):
            for statement in (f'select from auth.{table}', f'delete from auth.{table}'):
                with self.subTest(statement), self.assertRaises(cluster.SqlError) as refused:
                    self.app.rows(statement)
                self.assertEqual(refused.exception.sqlstate, '42501')

    def test_nobody_else_may_call_the_functions(self):
        owner = self.login(cluster.SUPERUSER)
        open_to_others = owner.rows(
            "select p.proname, r.rolname from pg_proc p cross join pg_roles r"
            " where p.pronamespace = 'auth'::regnamespace and p.proname like 'antiphon%'"
            " and r.rolname in ('anon', 'authenticated', 'authenticator', 'antiphon_owner')"
            " and has_function_privilege(r.oid, p.oid, 'execute')")
        self.assertEqual(open_to_others, [])

    def test_an_address_belongs_to_one_account(self):
        again = self.one(f"auth.antiphon_create_user(gen_random_uuid(), '{self.email}', 'x', '{{}}', "
                         f"true, false, '{AT}')")
        self.assertEqual(again, 'f')

    def test_an_account_is_answered_as_the_client_expects_it(self):
        text = self.app.rows(f"select document from auth.antiphon_find_user('email', '{self.email}')")[0][0]
        document = json.loads(text)
        self.assertEqual(document['email_confirmed_at'], '2026-01-05T09:00:00.000000Z')
        self.assertEqual(document['identities'][0]['identity_data']['email'], self.email)
        self.assertEqual(document['user_metadata']['name'], 'Ada')
        self.assertEqual(document['app_metadata'], {'provider': 'email', 'providers': ['email']})
        self.assertNotIn('factors', document)
        self.assertNotIn('password', text)

    def test_a_refresh_token_is_exchanged_once(self):
        self.open_session('a' * 12)
        self.assertEqual(self.refresh('a' * 12, 'b' * 12, 1), ['rotated', 'b' * 12])
        # The answer was lost: the token that is valid now, at any time.
        self.assertEqual(self.refresh('a' * 12, 'c' * 12, 3600), ['repeated', 'b' * 12])
        self.assertEqual(self.refresh('b' * 12, 'd' * 12, 3601), ['rotated', 'd' * 12])
        # Two exchanges back and in the interval: tabs that refresh at the same time.
        self.assertEqual(self.refresh('d' * 12, 'e' * 12, 3602), ['rotated', 'e' * 12])
        self.assertEqual(self.refresh('b' * 12, 'f' * 12, 3605), ['repeated', 'e' * 12])
        # Later it is a copy in other hands: the whole family ends.
        self.assertEqual(self.refresh('b' * 12, 'g' * 12, 3700), ['reused', ''])
        self.assertEqual(self.refresh('e' * 12, 'h' * 12, 3701), ['reused', ''])
        self.assertEqual(self.refresh('z' * 12, 'i' * 12, 3701), ['unknown', ''])

    def test_scopes_end_the_sessions_they_name(self):
        first, second, third = (self.open_session(uuid.uuid4().hex[:12]) for _ in range(3))

        def end(scope):
            return {row[0] for row in self.app.rows(
                f"select auth.antiphon_end_sessions('{self.user}', '{first}', '{scope}')")}
        self.assertEqual(end('nonsense'), set())
        self.assertEqual(end('others'), {second, third})
        self.assertEqual(end('local'), {first})
        self.assertEqual(end('global'), set())
        self.assertEqual(
            self.one(f"auth.antiphon_session_standing('{first}', '{self.user}', '{AT}')"), 'ended')

    def test_a_second_factor_raises_one_session_and_ends_the_others(self):
        session, other = self.open_session('1' * 12), self.open_session('2' * 12)
        factor, challenge = str(uuid.uuid4()), str(uuid.uuid4())
        self.assertEqual(self.one(f"auth.antiphon_enroll_factor('{factor}', '{self.user}', 'phone', "
                                  f"'SECRET', '{AT}')"), 'made')
        self.assertEqual(self.one(f"auth.antiphon_enroll_factor(gen_random_uuid(), '{self.user}', 'phone', "
                                  f"'SECRET', '{AT}')"), 'name_taken')
        self.one(f"auth.antiphon_challenge('{challenge}', '{factor}', '192.0.2.7', '{AT}')")
        verify = (f"auth.antiphon_verify_factor('{challenge}', '{factor}', '{self.user}', '{session}', "
                  f"'{{}}', '{AT}')")
        self.assertEqual(self.one(verify.format('3' * 12)), 't')
        self.assertEqual(self.one(verify.format('4' * 12)), 'f')
        row = self.app.rows(f"select aal, methods from auth.antiphon_session('{session}')")[0]
        self.assertEqual(row[0], 'aal2')
        self.assertEqual({entry['method'] for entry in json.loads(row[1])}, {'password', 'totp'})
        self.assertEqual(self.app.rows(f"select aal from auth.antiphon_session('{other}')"), [])
        self.one(f"auth.antiphon_remove_factor('{self.user}', '{factor}', '{AT}')")
        self.assertEqual(self.app.rows(f"select aal from auth.antiphon_session('{session}')"), [['aal1']])

    def test_a_change_of_address_needs_both_addresses(self):
        new = 'new-' + self.email
        for kind, code, address in (('email_change_new', 'hash-n', new),
                                    ('email_change_current', 'hash-c', self.email)):
            self.one(f"auth.antiphon_set_token('{self.user}', '{kind}', '{code}', '{code}{self.user}', '{address}', '{AT}')")
        found = self.app.rows(f"select id, matched from auth.antiphon_find_user('email_change', 'hash-c{self.user}')")
        self.assertEqual(found, [[self.user, 'email_change_token_current']])
        step = f"auth.antiphon_confirm_change('{self.user}', {{}}, true, '{AT}')"
        self.assertEqual(self.one(step.format('false')), 'f')
        self.assertEqual(self.app.rows(
            f"select id from auth.antiphon_find_user('email_change', 'hash-c{self.user}')"), [])
        self.assertEqual(self.one(step.format('true')), 't')
        self.assertEqual(self.app.rows(f"select email from auth.antiphon_find_user('id', '{self.user}')"),
                         [[new]])

    def test_a_new_password_ends_every_other_session_and_mailed_token(self):
        kept, other = self.open_session('5' * 12), self.open_session('6' * 12)
        self.one(f"auth.antiphon_set_token('{self.user}', 'recovery', 'r', 'r{self.user}', '{self.email}', '{AT}')")
        self.one(f"auth.antiphon_set_password('{self.user}', '$2b$10$new', '{kept}', '{AT}')")
        self.assertEqual(len(self.app.rows(f"select id from auth.antiphon_sessions('{self.user}')")), 1)
        self.assertEqual(self.app.rows(f"select from auth.antiphon_session('{other}')"), [])
        self.assertEqual(self.app.rows(
            f"select id from auth.antiphon_find_user('recovery', 'r{self.user}')"), [])

    def test_metadata_merges_and_null_removes(self):
        self.one(f"auth.antiphon_merge_metadata('{self.user}', '{{\"name\": null, \"theme\": \"dark\"}}', '{AT}')")
        document = json.loads(self.app.rows(
            f"select document from auth.antiphon_find_user('id', '{self.user}')")[0][0])
        self.assertEqual(document['user_metadata']['theme'], 'dark')
        self.assertNotIn('name', document['user_metadata'])


if __name__ == '__main__':
    unittest.main()
