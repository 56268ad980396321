-- Leasing runs across workspaces, so it goes through functions that do this and nothing else. Any
-- number of workers may call them: `for update skip locked` never hands one job to two.
-- Rollback: drop the four functions; jobs stay and wait.

-- Leases up to `job_limit` due jobs of the given kinds for `lease`. A job whose lease ran out is
-- due again; when it has used up its attempts it is finished as failed instead.
create function public.claim_jobs(worker text, kinds text[], job_limit integer, lease interval)
returns table (job_id uuid, workspace_id uuid, kind text, payload jsonb, attempts integer,
               attempts_max integer, lease_token uuid, lease_until timestamptz)
language plpgsql security definer set search_path = '' as $$
begin
  if worker is null or kinds is null or job_limit is null or job_limit not between 1 and 100
     or lease is null or lease not between interval '1 second' and interval '1 hour' then
    raise exception 'claim_jobs takes a worker, kinds, a limit of 1..100 and a lease of 1 s..1 h'
      using errcode = 'invalid_parameter_value';
  end if;
  -- Materialized: a join may run a sub-select again for every row and lock more than the limit.
  with lost as materialized (
    select d.id from public.jobs d
     where d.finished_at is null and d.lease_until <= statement_timestamp()
       and d.attempts >= d.attempts_max and d.kind = any (claim_jobs.kinds)
       for update skip locked)
  update public.jobs j
     set finished_at = statement_timestamp(), outcome = 'failed',
         lease_token = null, lease_until = null,
         last_error = coalesce(j.last_error, 'the worker stopped before the job was done')
    from lost
   where j.id = lost.id;
  return query
    with due as materialized (
      select d.id from public.jobs d
       where d.finished_at is null and d.run_at <= statement_timestamp()
         and (d.lease_until is null or d.lease_until <= statement_timestamp())
         and d.attempts < d.attempts_max and d.kind = any (claim_jobs.kinds)
       order by d.run_at, d.id
       limit claim_jobs.job_limit
         for update skip locked)
    update public.jobs j
       set attempts = j.attempts + 1, leased_by = claim_jobs.worker,
           lease_token = gen_random_uuid(),
           lease_until = statement_timestamp() + claim_jobs.lease
      from due
     where j.id = due.id
    returning j.id, j.workspace_id, j.kind, j.payload, j.attempts, j.attempts_max, j.lease_token,
              j.lease_until;
end $$;

-- True while the lease is still held: the worker goes on. False: another one has the job, or may
-- have.
create function public.extend_job(lease_token uuid, lease interval) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if lease is null or lease not between interval '1 second' and interval '1 hour' then
    raise exception 'a lease lasts 1 s..1 h' using errcode = 'invalid_parameter_value';
  end if;
  update public.jobs j set lease_until = statement_timestamp() + extend_job.lease
   where j.lease_token = extend_job.lease_token and j.lease_until > statement_timestamp();
  return found;
end $$;

-- Ends a job that was leased. No error: succeeded. With one: tried again after `retry_in`, or
-- failed when retry_in is null or the attempts are used up. The last statement of the unit that did
-- the work: the lease, and with it the principal, is gone afterwards. False, with nothing changed,
-- when it already was.
create function public.finish_job(
  lease_token uuid, error text default null, retry_in interval default null)
returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.jobs j
     set lease_token = null,
         lease_until = null,
         last_error = left(finish_job.error, 2000),
         run_at = case when finish_job.error is not null and finish_job.retry_in is not null
                       then statement_timestamp() + finish_job.retry_in else j.run_at end,
         finished_at = case when finish_job.error is null or finish_job.retry_in is null
                                 or j.attempts >= j.attempts_max then statement_timestamp() end,
         outcome = case when finish_job.error is null then 'succeeded'
                        when finish_job.retry_in is null or j.attempts >= j.attempts_max
                          then 'failed' end
   where j.lease_token = finish_job.lease_token and j.lease_until > statement_timestamp();
  return found;
end $$;

-- Called by the server when it starts: a job for each document, of any workspace, that has no
-- vectors of this model for its present text. Returns how many jobs are to be done because of it.
create function public.enqueue_stale_documents(model_id text) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  enqueued integer;
begin
  insert into public.jobs as j (workspace_id, kind, payload, idempotency_key)
  select d.workspace_id, 'knowledge.embed_document',
         jsonb_build_object('document_id', d.id, 'revision', d.revision),
         d.id || ':' || d.revision || ':' || enqueue_stale_documents.model_id
    from public.knowledge_documents d
   where d.status = 'pending'
      or (d.status = 'ready' and exists (
            select from public.knowledge_chunks c
             where c.workspace_id = d.workspace_id and c.document_id = d.id
               and c.model_id <> enqueue_stale_documents.model_id))
  on conflict (workspace_id, kind, idempotency_key) do update
     set finished_at = null, outcome = null, attempts = 0, run_at = statement_timestamp()
   where j.finished_at is not null;
  get diagnostics enqueued = row_count;
  return enqueued;
end $$;

revoke all on function public.claim_jobs(text, text[], integer, interval) from public;
revoke all on function public.extend_job(uuid, interval) from public;
revoke all on function public.finish_job(uuid, text, interval) from public;
revoke all on function public.enqueue_stale_documents(text) from public;
grant execute on function public.claim_jobs(text, text[], integer, interval) to antiphon_app;
grant execute on function public.extend_job(uuid, interval) to antiphon_app;
grant execute on function public.finish_job(uuid, text, interval) to antiphon_app;
grant execute on function public.enqueue_stale_documents(text) to antiphon_app;
