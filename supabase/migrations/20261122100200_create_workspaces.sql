-- A workspace is a customer: everything else belongs to exactly one, and nothing crosses its
-- border.
-- Rollback: drop table workspaces cascade; loses everything.
create table public.workspaces (
  id          uuid primary key default gen_random_uuid(),
  slug        text not null unique
    check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 63),
  name        text not null check (length(name) between 1 and 120),
  settings    jsonb not null default '{}'
    check (jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 65536),
  revision    integer not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);

create trigger workspaces_advance_revision before update on public.workspaces
  for each row execute function public.advance_revision();
create trigger workspaces_written_by_people before insert or update or delete on public.workspaces
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.workspaces enable row level security;
alter table public.workspaces force row level security;
create policy workspaces_own on public.workspaces to antiphon_app
  using (id = (select public.current_workspace_id()))
  with check (id = (select public.current_workspace_id()));
create policy workspaces_of_member on public.workspaces for select to authenticated
  using (id = any (array(select public.member_workspace_ids())));

-- For what the server does in every workspace when it starts; it then claims each of them as
-- `system`.
create function public.list_workspace_ids() returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select w.id from public.workspaces w order by w.created_at, w.id;
end $$;
revoke all on function public.list_workspace_ids() from public;
grant execute on function public.list_workspace_ids() to antiphon_app;

grant select, update (slug, name, settings) on public.workspaces to antiphon_app;
grant select on public.workspaces to authenticated;
