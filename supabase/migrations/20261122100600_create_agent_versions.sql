-- A version is an agent as it was published: a conversation points at it, so it never changes and
-- goes only with its agent.
-- Rollback: drop table agent_versions cascade; loses the history and what is published, keeps
-- drafts.
create table public.agent_versions (
  id             uuid primary key default gen_random_uuid(),
  workspace_id   uuid not null,
  agent_id       uuid not null,
  number         integer not null check (number >= 1),
  configuration  jsonb not null
    check (jsonb_typeof(configuration) = 'object' and octet_length(configuration::text) <= 262144),
  note           text not null default '' check (length(note) <= 2000),
  created_by     text not null default public.current_principal(),
  created_at     timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, agent_id, id),
  unique (workspace_id, agent_id, number),
  foreign key (workspace_id, agent_id)
    references public.agents (workspace_id, id) on delete cascade
);

-- Three columns, so that an agent can publish none but its own version.
alter table public.agents
  add constraint agents_published_version
  foreign key (workspace_id, id, published_version_id)
  references public.agent_versions (workspace_id, agent_id, id)
  on delete set null (published_version_id);

create function public.keep_agent_version() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' and not exists (select from public.agents a where a.id = old.agent_id) then
    return old;  -- the agent is already gone: this is its cascade
  end if;
  raise exception 'version % of an agent cannot be changed or deleted', old.number
    using errcode = 'restrict_violation', hint = 'Publish a new version.';
end $$;
revoke all on function public.keep_agent_version() from public;
create trigger agent_versions_immutable before update or delete on public.agent_versions
  for each row execute function public.keep_agent_version();
create trigger agent_versions_written_by_people before insert on public.agent_versions
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.agent_versions enable row level security;
alter table public.agent_versions force row level security;
create policy agent_versions_of_own_workspace on public.agent_versions to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy agent_versions_of_member on public.agent_versions for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select on public.agent_versions to antiphon_app;
grant insert (id, workspace_id, agent_id, number, configuration, note)
  on public.agent_versions to antiphon_app;
grant select on public.agent_versions to authenticated;
