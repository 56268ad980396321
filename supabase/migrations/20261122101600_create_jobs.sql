-- Work that outlives a request. A worker leases a job and does its work under the lease:
-- lease_token is its principal (begin_work), so a worker that stalls past its lease can write
-- nothing any more, and the one that took over is alone. The server's login may add jobs; only the
-- functions of the next file lease and finish them.
-- Rollback: drop table jobs cascade; loses work that has not been done yet.
create table public.jobs (
  id               uuid primary key default gen_random_uuid(),
  workspace_id     uuid not null references public.workspaces (id) on delete cascade,
  kind             text not null check (kind ~ '^[a-z][a-z0-9_.]{0,63}$'),
  payload          jsonb not null default '{}'
    check (jsonb_typeof(payload) = 'object' and octet_length(payload::text) <= 65536),
  idempotency_key  text check (length(idempotency_key) between 1 and 200),
  run_at           timestamptz not null default now(),
  attempts         integer not null default 0 check (attempts >= 0),
  attempts_max     integer not null default 5 check (attempts_max between 1 and 100),
  leased_by        text check (length(leased_by) between 1 and 120),
  lease_token      uuid unique,
  lease_until      timestamptz,
  last_error       text check (length(last_error) <= 2000),
  outcome          text check (outcome in ('succeeded', 'failed')),
  finished_at      timestamptz,
  created_by       text not null default public.current_principal(),
  created_at       timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, kind, idempotency_key),
  check ((lease_token is null) = (lease_until is null)),
  check ((outcome is null) = (finished_at is null)),
  check (finished_at is null or lease_token is null)
);
create index jobs_due on public.jobs (run_at, id) where finished_at is null;

-- Wakes the workers (`listen antiphon_jobs`); the payload is only the kind of work.
create function public.announce_job() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform pg_notify('antiphon_jobs', new.kind);
  return null;
end $$;
revoke all on function public.announce_job() from public;
create trigger jobs_announce after insert on public.jobs
  for each row execute function public.announce_job();

alter table public.jobs enable row level security;
alter table public.jobs force row level security;
create policy jobs_of_own_workspace on public.jobs to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select (id, workspace_id, kind, payload, idempotency_key, run_at, attempts, attempts_max,
              leased_by, lease_until, last_error, outcome, finished_at, created_by, created_at)
  on public.jobs to antiphon_app;
grant insert (id, workspace_id, kind, payload, idempotency_key, run_at, attempts_max)
  on public.jobs to antiphon_app;
