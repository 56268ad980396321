-- Who belongs to a workspace and as what. Membership is what row-level security asks for.
-- Rollback: drop table workspace_members; people lose access, workspaces and their contents stay.
create table public.workspace_members (
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  user_id       uuid not null references auth.users (id) on delete cascade,
  role          text not null
    check (role in ('owner', 'admin', 'developer', 'operator', 'analyst')),
  created_by    text not null default public.current_principal(),
  created_at    timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index workspace_members_user on public.workspace_members (user_id);

create trigger workspace_members_written_by_people
  before insert or update or delete on public.workspace_members
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.workspace_members enable row level security;
alter table public.workspace_members force row level security;
create policy workspace_members_of_own_workspace on public.workspace_members to antiphon_app
  using (workspace_id = (select public.current_workspace_id())
         and (select public.current_principal_kind()) in ('user', 'api_key'))
  with check (workspace_id = (select public.current_workspace_id()));
create policy workspace_members_of_member on public.workspace_members for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, insert, delete, update (role) on public.workspace_members to antiphon_app;
grant select on public.workspace_members to authenticated;
