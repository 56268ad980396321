-- Which agents answer from which knowledge bases.
-- Rollback: drop table agent_knowledge_bases; agents lose their knowledge, the documents stay.
create table public.agent_knowledge_bases (
  workspace_id       uuid not null,
  agent_id           uuid not null,
  knowledge_base_id  uuid not null,
  created_at         timestamptz not null default now(),
  primary key (workspace_id, agent_id, knowledge_base_id),
  foreign key (workspace_id, agent_id)
    references public.agents (workspace_id, id) on delete cascade,
  foreign key (workspace_id, knowledge_base_id)
    references public.knowledge_bases (workspace_id, id) on delete cascade
);
create index agent_knowledge_bases_base
  on public.agent_knowledge_bases (workspace_id, knowledge_base_id);

create trigger agent_knowledge_bases_written_by_people
  before insert or update or delete on public.agent_knowledge_bases
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.agent_knowledge_bases enable row level security;
alter table public.agent_knowledge_bases force row level security;
create policy agent_knowledge_bases_of_own_workspace on public.agent_knowledge_bases to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy agent_knowledge_bases_of_member on public.agent_knowledge_bases
  for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, insert, delete on public.agent_knowledge_bases to antiphon_app;
grant select on public.agent_knowledge_bases to authenticated;
