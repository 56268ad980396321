"""Transcripts and events: written once however often, in the month the conversation began."""
import cluster
import fixture
from fixture import uid

A = uid('a', fixture.WORKSPACE)
CALL = uid('a', fixture.CONVERSATION)  # begins on 30 November 2026, two seconds before midnight UTC
OLD_CALL = uid('a', 99)


def message(ordinal, date='2026-11-30', said='Hello.', conversation=CALL):
    return (f"insert into public.messages (id, workspace_id, conversation_id, conversation_started_on, ordinal, "
            f"role, said) values (gen_random_uuid(), '{A}', '{conversation}', '{date}', {ordinal}, "
            f"'caller', '{said}') on conflict do nothing")


def event(sequence, date='2026-11-30'):
    return (f"insert into public.conversation_events (workspace_id, conversation_id, conversation_started_on, "
            f"sequence, kind, at_ms, occurred_at) values ('{A}', '{CALL}', '{date}', {sequence}, "
            f"'turn.ended', 4000, '2026-12-01 00:00:02+00') on conflict do nothing")


class Journal(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def setUp(self):
        # Every test runs in transactions that are never committed.
        self.owner = self.login('antiphon_owner')
        self.owner.rows('begin')
        self.app = self.login('antiphon_app')
        self.app.begin_work('conversation', CALL, A)

    def test_a_message_written_twice_is_there_once(self):
        self.assertEqual([self.app.run(message(1)), self.app.run(message(1, said='Again.'))], [1, 0])
        self.assertEqual(self.app.rows('select ordinal, said from messages order by ordinal'),
                         [['0', 'Hello.'], ['1', 'Hello.']])

    def test_an_event_written_twice_is_there_once(self):
        self.assertEqual([self.app.run(event(2)), self.app.run(event(2))], [1, 0])
        self.assertEqual(self.app.column('select sequence from conversation_events order by 1'), ['1', '2'])

    def test_a_replay_in_the_next_month_can_not_store_a_second_copy(self):
        self.assertEqual(self.app.sqlstate(message(0, date='2026-12-01')), '23503')
        self.assertEqual(self.app.sqlstate(event(1, date='2026-12-01')), '23503')

    def test_the_date_is_that_of_the_start_in_utc_whatever_the_session_says(self):
        self.app.rows("set local timezone = 'Pacific/Auckland'")
        self.assertEqual(self.app.value('select started_on from conversations'), '2026-11-30')

    def test_the_start_of_a_conversation_never_changes(self):
        self.assertEqual(self.app.sqlstate('update conversations set started_at = now()'), '42501')
        self.assertEqual(
            self.owner.sqlstate("update public.conversations set started_at = '2027-01-01'"), '23503')

    def test_a_conversation_that_ends_says_when_and_why(self):
        self.assertEqual(self.app.sqlstate("update conversations set status = 'ended'"), '23514')
        self.assertEqual(self.app.rows(
            "update conversations set status = 'ended', ended_reason = 'caller_hung_up', "
            "ended_at = started_at + interval '90.5 s' returning duration_ms"), [['90500']])

    def test_what_was_heard_is_added_later_and_adding_it_again_changes_nothing(self):
        heard = "update messages set heard = 'Hel', interrupted = true " \
                f"where conversation_id = '{CALL}' and conversation_started_on = '2026-11-30' " \
                'and ordinal = 0 returning said, heard, interrupted'
        self.assertEqual(self.app.rows(heard), [['Hello.', 'Hel', 't']])
        self.assertEqual(self.app.rows(heard), [['Hello.', 'Hel', 't']])

    def test_events_are_never_changed_or_deleted(self):
        self.assertEqual(self.app.sqlstate("update conversation_events set payload = '{}'"), '42501')
        self.assertEqual(self.app.sqlstate('delete from conversation_events'), '42501')
        self.assertEqual(self.app.sqlstate('delete from messages'), '42501')

    def test_messages_and_events_go_with_their_conversation(self):
        self.app.rows('rollback')
        self.app.begin_work('api_key', uid('a', fixture.KEY), A)
        self.assertEqual(self.app.run('delete from conversations'), 1)
        for table in ('messages', 'conversation_events'):
            self.assertEqual(self.app.value(f'select count(*) from {table}'), '0')

    def old_conversation(self):
        """A conversation and a message of a month that has no partition."""
        self.app.rows('rollback')
        self.owner.rows(f"insert into public.conversations (id, workspace_id, channel, mode, started_at) "
                        f"values ('{OLD_CALL}', '{A}', 'api', 'text', '2021-05-17 12:00+00')")
        self.owner.rows(message(0, date='2021-05-17', conversation=OLD_CALL))

    def partition_of(self, said_on):
        return self.owner.column('select distinct tableoid::regclass from public.messages '
                                 f"where conversation_started_on = '{said_on}'")

    def test_a_month_without_a_partition_loses_nothing(self):
        self.old_conversation()
        self.assertEqual(self.partition_of('2021-05-17'), ['messages_default'])

    def test_a_partition_that_comes_late_takes_its_rows_from_the_default_one(self):
        self.old_conversation()
        made = "select public.create_month_partition('public.messages', '2021-05-31')"
        self.assertEqual(self.owner.value(made), 't')
        self.assertEqual(self.partition_of('2021-05-17'), ['messages_2021_05'])
        self.assertEqual(self.owner.value(made), 'f')
        self.assertEqual(self.owner.run(message(0, date='2021-05-17', conversation=OLD_CALL)), 0)

    def test_the_server_makes_partitions_ahead_and_again_makes_none(self):
        self.app.rows('rollback')
        self.app.rows('begin')
        self.assertEqual(self.app.value('select ensure_month_partitions(6)'), '12')
        self.assertEqual(self.app.value('select ensure_month_partitions(6)'), '0')

    def test_the_number_of_partitions_ahead_is_bounded(self):
        for refused in ('25', '-1', 'null'):
            self.assertEqual(self.app.sqlstate(f'select ensure_month_partitions({refused})'), '22023')

    def test_a_new_partition_is_guarded_like_its_parent(self):
        self.app.rows('rollback')
        self.owner.rows("select public.create_month_partition('public.messages', '2021-05-01')")
        self.assertEqual(self.owner.rows("""
          select relrowsecurity, relforcerowsecurity,
                 (select count(*) from pg_policy where polrelid = pg_class.oid)
            from pg_class where oid = 'public.messages_2021_05'::regclass"""), [['t', 't', '2']])
        for role in ('antiphon_app', 'authenticated', 'anon'):
            self.assertEqual(self.owner.value(f"""
              select has_any_column_privilege('{role}', 'public.messages_2021_05',
                                              'select, insert, update')"""), 'f')
