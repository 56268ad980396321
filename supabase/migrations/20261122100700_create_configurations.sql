-- A configuration says what is deployed where: this agent, on this channel, in this version (null:
-- the published one, whichever that is at the time).
-- Rollback: drop table configurations cascade; loses deployments, keeps agents and conversations.
create table public.configurations (
  id                uuid primary key default gen_random_uuid(),
  workspace_id      uuid not null,
  agent_id          uuid not null,
  agent_version_id  uuid,
  channel           text not null check (channel in ('web', 'phone', 'api')),
  name              text not null check (length(name) between 1 and 120),
  enabled           boolean not null default true,
  settings          jsonb not null default '{}'
    check (jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 65536),
  revision          integer not null default 1,
  created_by        text not null default public.current_principal(),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, channel, name),
  foreign key (workspace_id, agent_id)
    references public.agents (workspace_id, id) on delete cascade,
  foreign key (workspace_id, agent_id, agent_version_id)
    references public.agent_versions (workspace_id, agent_id, id) on delete cascade
);
create index configurations_agent on public.configurations (workspace_id, agent_id);

create trigger configurations_advance_revision before update on public.configurations
  for each row execute function public.advance_revision();
create trigger configurations_written_by_people
  before insert or update or delete on public.configurations
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.configurations enable row level security;
alter table public.configurations force row level security;
create policy configurations_of_own_workspace on public.configurations to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy configurations_of_member on public.configurations for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, delete on public.configurations to antiphon_app;
grant insert (id, workspace_id, agent_id, agent_version_id, channel, name, enabled, settings)
  on public.configurations to antiphon_app;
grant update (agent_id, agent_version_id, channel, name, enabled, settings)
  on public.configurations to antiphon_app;
grant select on public.configurations to authenticated;
