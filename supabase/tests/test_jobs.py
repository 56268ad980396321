"""Jobs: one worker at a time, lost ones come back, and the lease is the worker's only right."""
import cluster
import fixture
from fixture import uid

A, B = uid('a', fixture.WORKSPACE), uid('b', fixture.WORKSPACE)
CLAIM = "select job_id, workspace_id, lease_token, attempts " \
        "from claim_jobs('{}', array['work'], {}, interval '1 minute')"


class Jobs(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fixture.fill(cls.cluster, cls.name)

    def setUp(self):
        self.owner = self.login('antiphon_owner')
        self.addCleanup(self.forget)
        self.app = self.login('antiphon_app')
        self.other = self.login('antiphon_app')

    def forget(self):
        with self.cluster.session('antiphon_owner', self.name) as owner:
            owner.rows("delete from public.jobs where kind <> 'test.job'")
            owner.rows("update public.knowledge_documents set status = 'pending'")

    def add(self, count, attempts_max=3):
        for letter in 'ab':
            self.app.begin_work('api_key', uid(letter, fixture.KEY), uid(letter, fixture.WORKSPACE))
            for number in range(count):
                self.app.rows(f"insert into jobs (workspace_id, kind, idempotency_key, attempts_max) values "
                              f"('{uid(letter, fixture.WORKSPACE)}', 'work', '{number}', {attempts_max})")
            self.app.rows('commit')

    def expire(self):
        self.owner.rows("update public.jobs set lease_until = now() - interval '1 second' "
                        "where lease_token is not null and kind = 'work'")

    def test_two_workers_never_get_the_same_job(self):
        self.add(10)
        self.app.rows('begin')
        self.other.rows('begin')
        first = {job for job, *_ in self.app.rows(CLAIM.format('one', 12))}
        second = {job for job, *_ in self.other.rows(CLAIM.format('two', 12))}  # the first holds its locks
        self.assertEqual((len(first), len(second)), (12, 8))
        self.assertEqual(first & second, set())
        self.app.rows('commit')
        self.other.rows('commit')
        self.assertEqual(self.app.rows(CLAIM.format('one', 12)), [])

    def test_jobs_come_from_every_workspace_and_only_of_the_kinds_asked_for(self):
        self.add(1)
        self.assertEqual({workspace for _, workspace, *_ in self.app.rows(CLAIM.format('one', 9))}, {A, B})

    def test_a_job_waits_for_its_time(self):
        self.add(1)
        self.owner.rows("update public.jobs set run_at = now() + interval '1 hour'")
        self.assertEqual(self.app.rows(CLAIM.format('one', 9)), [])

    def test_the_same_work_is_enqueued_once(self):
        self.add(1)
        self.app.begin_work('api_key', uid('a', fixture.KEY), A)
        self.assertEqual(self.app.run(f"insert into jobs (workspace_id, kind, idempotency_key) values "
                                      f"('{A}', 'work', '0') on conflict do nothing"), 0)

    def test_a_lease_that_ran_out_goes_to_the_next_worker_and_shuts_the_first_one_out(self):
        self.add(1)
        [[job, workspace, token, _]] = self.app.rows(CLAIM.format('one', 1))
        self.assertEqual(self.app.begin_work('worker', token, workspace), workspace)
        self.app.rows('rollback')
        self.expire()
        self.assertIsNone(self.app.begin_work('worker', token, workspace))
        self.app.rows('rollback')
        again = {row[0]: row for row in self.other.rows(CLAIM.format('two', 9))}
        self.assertEqual(again[job][3], '2')
        self.assertNotEqual(again[job][2], token)
        for call in (f"extend_job('{token}', interval '1 minute')", f"finish_job('{token}')"):
            self.assertEqual(self.app.value(f'select {call}'), 'f')

    def test_a_worker_does_its_work_and_ends_its_job_in_one_transaction(self):
        self.add(1)
        jobs = self.app.rows(CLAIM.format('one', 9))
        [token] = [token for _, workspace, token, _ in jobs if workspace == A]
        self.assertEqual(self.app.value(f"select extend_job('{token}', interval '5 minutes')"), 't')
        self.app.begin_work('worker', token, A)
        self.assertEqual(
            self.app.run("update knowledge_documents set status = 'ready', chunk_count = 1"), 1)
        self.assertEqual(self.app.value(f"select finish_job('{token}')"), 't')
        self.assertEqual(self.app.value('select count(*) from knowledge_documents'), '0')
        self.app.rows('commit')
        self.assertEqual(self.owner.rows("select outcome, finished_at is not null, last_error "
                                         f"from public.jobs where kind = 'work' and workspace_id = '{A}'"),
                         [['succeeded', 't', None]])
        self.assertIsNone(self.app.begin_work('worker', token, A))

    def test_a_failed_attempt_is_repeated_until_the_attempts_are_used_up(self):
        self.add(1, attempts_max=2)
        for _ in range(2):
            for _, _, token, _ in self.app.rows(CLAIM.format('one', 9)):
                self.assertEqual(
                    self.app.value(f"select finish_job('{token}', 'no model', interval '0 s')"), 't')
        self.assertEqual(self.app.rows(CLAIM.format('one', 9)), [])
        self.assertEqual(self.owner.rows("select attempts, outcome, last_error from public.jobs "
                                         f"where kind = 'work' and workspace_id = '{A}'"),
                         [['2', 'failed', 'no model']])

    def test_a_job_that_kills_its_workers_is_given_up(self):
        self.add(1, attempts_max=1)
        self.app.rows(CLAIM.format('one', 9))
        self.expire()
        self.assertEqual(self.app.rows(CLAIM.format('two', 9)), [])
        self.assertEqual(self.owner.column("select distinct outcome from public.jobs where kind = 'work'"),
                         ['failed'])

    def test_a_failed_job_is_tried_again_by_its_own_workspace_alone(self):
        self.add(1, attempts_max=1)
        for _, _, token, _ in self.app.rows(CLAIM.format('one', 9)):
            self.app.rows(f"select finish_job('{token}', 'no model', null)")
        job = self.owner.value(f"select id from public.jobs where kind = 'work' and workspace_id = '{A}'")
        self.assertEqual(self.app.value(f"select retry_job('{job}')"), 'f')  # nobody asks
        self.app.begin_work('api_key', uid('b', fixture.KEY), B)
        self.assertEqual(self.app.value(f"select retry_job('{job}')"), 'f')
        self.app.rows('commit')
        self.app.begin_work('api_key', uid('a', fixture.KEY), A)
        self.assertEqual(self.app.value(f"select retry_job('{job}')"), 't')
        self.assertEqual(self.app.value(f"select retry_job('{job}')"), 'f')  # it waits already
        self.app.rows('commit')
        self.assertEqual([claimed for claimed, *_ in self.app.rows(CLAIM.format('one', 9))], [job])

    def test_old_finished_jobs_of_one_workspace_are_forgotten(self):
        self.add(3)
        self.owner.rows("update public.jobs set outcome = 'succeeded', finished_at = now() - interval '40 days' "
                        "where kind = 'work' and idempotency_key <> '2'")
        self.assertEqual(self.app.value("select forget_finished_jobs(interval '30 days')"), '0')  # nobody asks
        self.app.begin_work('system', None, A)
        self.assertEqual(self.app.sqlstate("select forget_finished_jobs(interval '1 hour')"), '22023')
        self.app.begin_work('system', None, A)
        self.assertEqual(self.app.value("select forget_finished_jobs(interval '30 days')"), '2')
        self.app.rows('commit')
        self.assertEqual(self.owner.value("select count(*) from public.jobs where kind = 'work'"), '4')

    def test_a_lease_can_not_be_forged(self):
        self.app.begin_work('api_key', uid('a', fixture.KEY), A)
        self.assertEqual(self.app.sqlstate('select lease_token from jobs'), '42501')
        self.assertEqual(self.app.sqlstate("update jobs set lease_until = now() + interval '1 day'"), '42501')
        self.assertEqual(self.app.sqlstate(
            f"insert into jobs (workspace_id, kind, lease_token, lease_until) values "
            f"('{A}', 'work', gen_random_uuid(), now() + interval '1 day')"), '42501')

    def test_limits_of_a_claim_are_checked(self):
        for bad in ("claim_jobs('w', array['work'], 0, interval '1 minute')",
                    "claim_jobs('w', array['work'], 101, interval '1 minute')",
                    "claim_jobs('w', array['work'], 1, interval '2 hours')",
                    "claim_jobs(null, array['work'], 1, interval '1 minute')"):
            with self.assertRaises(cluster.SqlError) as refused:
                self.app.rows(f'select * from {bad}')
            self.assertEqual(refused.exception.sqlstate, '22023')

    def test_documents_without_vectors_of_the_model_are_enqueued_once(self):
        self.assertEqual(self.app.value("select enqueue_stale_documents('model')"), '2')
        self.assertEqual(self.app.value("select enqueue_stale_documents('model')"), '0')
        self.owner.rows("update public.knowledge_documents set status = 'ready', chunk_count = 1")
        self.assertEqual(self.app.value("select enqueue_stale_documents('model')"), '0')
        self.assertEqual(self.app.value("select enqueue_stale_documents('better-model')"), '2')

    def test_a_document_whose_job_was_given_up_is_tried_again_at_the_next_start(self):
        self.app.rows("select enqueue_stale_documents('model')")
        self.owner.rows("update public.jobs set outcome = 'failed', finished_at = now(), attempts = 5 "
                        "where kind = 'knowledge.embed_document'")
        self.assertEqual(self.app.value("select enqueue_stale_documents('model')"), '2')
        self.assertEqual(len(self.app.rows(
            "select * from claim_jobs('w', array['knowledge.embed_document'], 9, interval '1 minute')")), 2)
