-- What the agents of a workspace may do in its systems while they talk. The configuration names
-- secrets, it never holds one, so that it may be shown and exported.
-- Rollback: drop table tools; agents that name them talk without them.
create table public.tools (
  id             uuid primary key default gen_random_uuid(),
  workspace_id   uuid not null references public.workspaces (id) on delete cascade,
  name           text not null check (name ~ '^[A-Za-z0-9_-]{1,64}$'),
  configuration  jsonb not null check (jsonb_typeof(configuration) = 'object'),
  revision       integer not null default 1,
  created_by     text not null default public.current_principal(),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, name)
);

-- The list, newest first, by cursor (created_at, id).
create index tools_workspace_created on public.tools (workspace_id, created_at desc, id desc);

create trigger tools_advance_revision before update on public.tools
  for each row execute function public.advance_revision();
create trigger tools_written_by_people before insert or update or delete on public.tools
  for each statement execute function public.require_principal_kind('user', 'api_key');
create trigger audit_lock before insert or update or delete on public.tools
  for each statement execute function public.lock_audit_chain();
create trigger audit_row after insert or update or delete on public.tools
  for each row execute function public.audit_row('', 'revision,updated_at');

alter table public.tools enable row level security;
alter table public.tools force row level security;
create policy tools_of_own_workspace on public.tools to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select, delete on public.tools to antiphon_app;
grant insert (id, workspace_id, name, configuration) on public.tools to antiphon_app;
grant update (configuration) on public.tools to antiphon_app;
