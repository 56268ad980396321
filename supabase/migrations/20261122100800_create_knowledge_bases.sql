-- A knowledge base is a set of documents that one or more agents of a workspace answer from.
-- Rollback: drop table knowledge_bases cascade; loses the documents.
create table public.knowledge_bases (
  id            uuid primary key default gen_random_uuid(),
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  name          text not null check (length(name) between 1 and 120),
  description   text not null default '' check (length(description) <= 2000),
  revision      integer not null default 1,
  created_by    text not null default public.current_principal(),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  unique (workspace_id, id)
);

create trigger knowledge_bases_advance_revision before update on public.knowledge_bases
  for each row execute function public.advance_revision();
create trigger knowledge_bases_written_by_people
  before insert or update or delete on public.knowledge_bases
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.knowledge_bases enable row level security;
alter table public.knowledge_bases force row level security;
create policy knowledge_bases_of_own_workspace on public.knowledge_bases to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy knowledge_bases_of_member on public.knowledge_bases for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, delete on public.knowledge_bases to antiphon_app;
grant insert (id, workspace_id, name, description) on public.knowledge_bases to antiphon_app;
grant update (name, description) on public.knowledge_bases to antiphon_app;
grant select on public.knowledge_bases to authenticated;
