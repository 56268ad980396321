-- Agents are what a workspace builds in the studio and deploys to a phone number or a page. The
-- draft is one document, checked by the API (prompt, personality, greeting, language, voice,
-- turn-taking ...).
-- Rollback: drop table agents cascade; loses agent configurations, keeps conversations.
create table public.agents (
  id                    uuid primary key default gen_random_uuid(),
  workspace_id          uuid not null references public.workspaces (id) on delete cascade,
  slug                  text not null
    check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 63),
  name                  text not null check (length(name) between 1 and 120),
  description           text not null default '' check (length(description) <= 2000),
  status                text not null default 'active' check (status in ('active', 'archived')),
  draft                 jsonb not null default '{}'
    check (jsonb_typeof(draft) = 'object' and octet_length(draft::text) <= 262144),
  published_version_id  uuid,
  revision              integer not null default 1,
  created_by            text not null default public.current_principal(),
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, slug)
);
-- The list, newest first, by cursor (created_at, id).
create index agents_workspace_created on public.agents (workspace_id, created_at desc, id desc);

create trigger agents_advance_revision before update on public.agents
  for each row execute function public.advance_revision();
create trigger agents_written_by_people before insert or update or delete on public.agents
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.agents enable row level security;
alter table public.agents force row level security;
create policy agents_of_own_workspace on public.agents to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy agents_of_member on public.agents for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, delete on public.agents to antiphon_app;
grant insert (id, workspace_id, slug, name, description, status, draft)
  on public.agents to antiphon_app;
grant update (slug, name, description, status, draft, published_version_id)
  on public.agents to antiphon_app;
grant select on public.agents to authenticated;
