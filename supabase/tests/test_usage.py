"""What is used is counted once; quotas refuse what begins, and two starts never share the last place."""
import concurrent.futures
import unittest

import cluster
import fixture
from fixture import uid

A = uid('a', fixture.WORKSPACE)
B = uid('b', fixture.WORKSPACE)
AGENT = uid('a', fixture.AGENT)
CALL = uid('a', fixture.CONVERSATION)
START = (f"insert into conversations (workspace_id, agent_id, channel, mode) "
         f"values ('{A}', '{AGENT}', 'api', 'voice')")
PLACE = f"select take_conversation_place('{AGENT}', true)"
TYPED_PLACE = f"select take_conversation_place('{AGENT}', false)"


def used(sequence, quantity, kind='conversation_ms', provider='antiphon', model='', day='current_date'):
    return (f"insert into public.usage_records (workspace_id, conversation_id, conversation_started_on, kind, "
            f"provider, model, sequence, quantity, agent_id, occurred_at) values ('{A}', '{CALL}', {day}, "
            f"'{kind}', '{provider}', '{model}', {sequence}, {quantity}, '{AGENT}', now()) "
            f"on conflict do nothing")


class Usage(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def setUp(self):
        # Every test runs in transactions that are never committed.
        self.app = self.login('antiphon_app')
        self.app.begin_work('system', fixture.STRANGER, A)

    def begin(self, kind, number):
        self.app.rows('rollback')
        self.assertEqual(self.app.begin_work(kind, uid('a', number), A), A)

    def allow(self, **quotas):
        """As the owner of the workspace; the transaction stays open."""
        self.begin('user', fixture.USER)
        self.set(**quotas)

    def set(self, **quotas):
        for column, limit in quotas.items():
            self.assertEqual(self.app.run(f'update workspace_quotas set {column} = {limit}'), 1)

    def sums(self):
        return self.app.rows(f"select kind, quantity from usage_days where day = current_date order by kind")

    def test_a_record_written_twice_is_counted_once(self):
        self.assertEqual([self.app.run(used(1, 500)), self.app.run(used(1, 500)), self.app.run(used(2, 70))],
                         [1, 0, 1])
        self.assertEqual(self.sums(), [['conversation_ms', '570']])

    def test_records_of_other_kinds_and_models_are_other_records(self):
        for model in ('small', 'large'):
            self.assertEqual(self.app.run(used(1, 5, 'input_tokens', 'openai', model)), 1)
        self.assertEqual(self.app.rows("select model, quantity from usage_days where provider = 'openai' "
                                       'order by model'), [['large', '5'], ['small', '5']])

    def test_nobody_but_the_journal_writes_and_nobody_changes(self):
        for table in ('usage_records', 'usage_days'):
            self.assertEqual(self.app.sqlstate(f'update {table} set quantity = 1'), '42501')
            self.app.begin_work('system', fixture.STRANGER, A)
            self.assertEqual(self.app.sqlstate(f'delete from {table}'), '42501')
            self.app.begin_work('system', fixture.STRANGER, A)
        self.begin('user', fixture.USER)
        self.assertEqual(self.app.sqlstate(used(1, 5)), '42501')

    def test_a_workspace_that_says_nothing_has_no_limit(self):
        self.begin('user', fixture.USER)
        self.app.rows(PLACE)
        self.assertEqual(self.app.rows('select minutes_left_ms()'), [[None]])

    def test_places_are_counted_and_given_back(self):
        self.allow(conversations_max=2)  # one is running: the fixture's
        self.app.rows(PLACE)
        self.app.rows(START)
        self.assertEqual(self.app.sqlstate(f'savepoint s; {PLACE}'), 'AN101')

    def test_the_end_of_a_conversation_gives_its_place_back(self):
        self.allow(conversations_max=1)
        self.app.rows("update conversations set status = 'ended', ended_reason = 'idle', ended_at = now()")
        self.app.rows(PLACE)

    def test_minutes_refuse_from_the_last_one_on(self):
        self.app.rows(used(1, 119_999))
        self.app.rows("select begin_work('user', '%s', '%s')" % (uid('a', fixture.USER), A))
        self.set(minutes_max=2)
        self.assertEqual(self.app.value('select minutes_left_ms()'), '1')
        self.app.rows(PLACE)
        self.app.rows("select begin_work('system', '%s', '%s')" % (fixture.STRANGER, A))
        self.app.rows(used(2, 1))
        self.assertEqual(self.app.value('select minutes_left_ms()'), '0')
        self.assertEqual(self.app.sqlstate(PLACE), 'AN102')
        self.app.rows(TYPED_PLACE)

    def test_the_minutes_of_another_month_are_its_own(self):
        self.app.rows(used(1, 999_999, day="(date_trunc('month', now()) - interval '1 day')::date"))
        self.app.rows("select begin_work('user', '%s', '%s')" % (uid('a', fixture.USER), A))
        self.set(minutes_max=2)
        self.assertEqual(self.app.value('select minutes_left_ms()'), '120000')

    def test_spend_is_usage_times_the_price_of_its_day(self):
        self.app.rows(used(1, 2_000_000, 'input_tokens', 'openai', 'small'))
        self.app.rows(used(1, 10, 'replies', 'openai', 'small'))
        self.app.rows("select begin_work('user', '%s', '%s')" % (uid('a', fixture.USER), A))
        price = "insert into prices (workspace_id, provider, model, kind, micros, per, valid_from) values " \
                f"('{A}', 'openai', '%s', '%s', %s, %s, '%s')"
        self.app.rows(price % ('', 'input_tokens', 900_000, 1_000_000, '2000-01-01'))
        self.app.rows(price % ('small', 'input_tokens', 150_000, 1_000_000, '2000-01-01'))
        self.app.rows(price % ('small', 'input_tokens', 999_999, 1, '2999-01-01'))  # not yet
        # The fixture's three replies cost 5 each.
        self.assertEqual(self.app.value('select spend_micros from quota_use()'), '300015')
        self.set(spend_micros_max=300_016)
        self.app.rows(PLACE)
        self.set(spend_micros_max=300_015)
        self.assertEqual(self.app.sqlstate(PLACE), 'AN103')

    def test_a_recorded_call_needs_room_and_another_does_not(self):
        self.allow(storage_bytes_max=100)  # the fixture's recording alone is larger
        self.app.rows(PLACE)
        self.app.rows("""update agents set draft = '{"recording": {"enabled": true}}'""")
        self.assertEqual(self.app.sqlstate(PLACE), 'AN104')
        self.app.rows(TYPED_PLACE)

    def test_a_document_must_fit_and_may_always_shrink(self):
        stored = int(self.app.value('select storage_bytes from quota_use()'))
        self.allow(storage_bytes_max=stored + 4)
        longer = "update knowledge_documents set source = 'Nine sharp'"  # 5 bytes more than 'Nine.'
        self.app.rows("update knowledge_documents set source = 'Nine to 5'")
        self.app.rows("update knowledge_documents set source = 'Nine'")
        self.app.rows('savepoint here')
        self.assertEqual(self.app.sqlstate(longer), 'AN104')

    def test_quotas_and_prices_are_in_the_audit_log(self):
        self.allow(minutes_max=7)
        self.assertEqual(self.app.value("select after ->> 'minutes_max' from audit_log "
                                        "where object_kind = 'workspace_quotas' and action = 'update'"), '7')

    def test_a_member_reads_the_usage_of_the_own_workspaces_only(self):
        person = self.login('authenticator')
        person.rows('begin')
        person.rows('set local role authenticated')
        person.rows("select set_config('request.jwt.claims', "
                    f"""'{{"sub": "{uid('a', fixture.USER)}"}}', true)""")
        self.assertEqual(person.column('select distinct workspace_id from usage_records'), [A])
        self.assertEqual(person.column('select distinct workspace_id from usage_days'), [A])


class ManyAtOnce(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)
        with cls.cluster.session('antiphon_owner', cls.name) as owner:
            owner.rows(f"update public.workspace_quotas set conversations_max = 8 where workspace_id = '{A}'")

    def start(self, _):
        app = self.login('antiphon_app')
        app.begin_work('user', uid('a', fixture.USER), A)
        try:
            app.rows(PLACE)
            app.rows(START)
        except cluster.SqlError as refused:
            return refused.sqlstate
        app.rows('commit')
        return '00000'

    def test_fifty_starts_at_the_same_moment_fill_the_places_and_no_more(self):
        with concurrent.futures.ThreadPoolExecutor(50) as many:
            states = list(many.map(self.start, range(50)))
        self.assertEqual(states.count('00000'), 7)  # one was running: the fixture's
        self.assertEqual(states.count('AN101'), 43)
        with self.cluster.session('antiphon_owner', self.name) as owner:
            self.assertEqual(owner.value("select count(*) from public.conversations "
                                         f"where workspace_id = '{A}' and status = 'active'"), '8')


if __name__ == '__main__':
    unittest.main()
