-- A job that failed for good waits for somebody to look at it; this has it tried again, as if new.
-- The server's login may not change jobs, so it goes through a function that looks at the claim.
-- Rollback: drop the two functions; failed jobs then stay failed, and finished ones stay.

-- True when the job was failed and is due now. False: it is not there, not of the claimed
-- workspace, or has not failed.
create function public.retry_job(job_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.jobs j
     set finished_at = null, outcome = null, attempts = 0, run_at = statement_timestamp()
   where j.id = retry_job.job_id and j.outcome = 'failed'
     and j.workspace_id = (select public.current_workspace_id());
  return found;
end $$;
revoke all on function public.retry_job(uuid) from public;
grant execute on function public.retry_job(uuid) to antiphon_app;

-- Finished jobs are kept for a while, for who asks what happened, and then forgotten: by a job of
-- the workspace itself, under its lease. Yields how many went.
create function public.forget_finished_jobs(older_than interval) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  forgotten bigint;
begin
  if older_than is null or older_than < interval '1 day' then
    raise exception 'finished jobs are kept for a day at least'
      using errcode = 'invalid_parameter_value';
  end if;
  delete from public.jobs j
   where j.workspace_id = (select public.current_workspace_id())
     and j.finished_at < statement_timestamp() - forget_finished_jobs.older_than;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
revoke all on function public.forget_finished_jobs(interval) from public;
grant execute on function public.forget_finished_jobs(interval) to antiphon_app;
