-- An invitation brings a person into a workspace: it names an e-mail address and a role, and
-- whoever holds its token and that address may accept it once, within seven days. The token is
-- shown once and stored as its SHA-256. Codes of our own: AN003 used, withdrawn or expired, AN004
-- for another address, AN005 a member already.
-- Rollback: drop table invitations cascade; drop function accept_invitation; open invitations are
-- lost, members stay.
create table public.invitations (
  id            uuid primary key default gen_random_uuid(),
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  email         text not null
    check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254),
  role          text not null
    check (role in ('owner', 'admin', 'developer', 'operator', 'analyst')),
  token_hash    bytea not null unique check (octet_length(token_hash) = 32),
  expires_at    timestamptz not null default now() + interval '7 days',
  accepted_at   timestamptz,
  accepted_by   uuid,
  revoked_at    timestamptz,
  created_by    text not null default public.current_principal(),
  created_at    timestamptz not null default now(),
  unique (workspace_id, id)
);
-- The list, newest first, by cursor (created_at, id).
create index invitations_workspace_created
  on public.invitations (workspace_id, created_at desc, id desc);
create unique index invitations_open on public.invitations (workspace_id, lower(email))
  where accepted_at is null and revoked_at is null;

create function public.guard_invitation() returns trigger
language plpgsql set search_path = '' as $$
declare
  actor  text;
begin
  if current_user <> 'antiphon_app' then
    return new;
  end if;
  actor := coalesce(public.current_principal_role(), 'nobody');
  if actor not in ('owner', 'admin') or (actor <> 'owner' and new.role = 'owner') then
    raise exception 'a role of % may not do this to an invitation', actor using errcode = 'AN002';
  end if;
  return new;
end $$;
create trigger invitations_guarded before insert or update on public.invitations
  for each row execute function public.guard_invitation();
create trigger invitations_written_by_people before insert or update or delete
  on public.invitations
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.invitations enable row level security;
alter table public.invitations force row level security;
create policy invitations_of_own_workspace on public.invitations to antiphon_app
  using (workspace_id = (select public.current_workspace_id())
         and (select public.current_principal_kind()) in ('user', 'api_key'))
  with check (workspace_id = (select public.current_workspace_id()));

grant select (id, workspace_id, email, role, expires_at, accepted_at, accepted_by, revoked_at,
              created_by, created_at) on public.invitations to antiphon_app;
grant insert (id, workspace_id, email, role, token_hash) on public.invitations to antiphon_app;
grant update (revoked_at) on public.invitations to antiphon_app;

-- Yields the workspace that the acting person is now a member of; no row: there is no such token.
-- Two who accept at once: the second one waits for the row and finds it used.
create function public.accept_invitation(token_hash bytea)
returns table (workspace_id uuid, role text)
language plpgsql security definer set search_path = '' as $$
declare
  person      uuid := public.acting_user();
  invitation  public.invitations;
begin
  select i.* into invitation from public.invitations i
    join public.workspaces w on w.id = i.workspace_id and w.deleted_at is null
   where i.token_hash = accept_invitation.token_hash
     for update of i;
  if not found then
    return;
  end if;
  if invitation.accepted_at is not null or invitation.revoked_at is not null
     or invitation.expires_at <= statement_timestamp() then
    raise exception 'the invitation is used, withdrawn or expired' using errcode = 'AN003';
  end if;
  if not exists (select from auth.users u
                  where u.id = person and lower(u.email) = lower(invitation.email)) then
    raise exception 'the invitation is for another address' using errcode = 'AN004';
  end if;
  insert into public.workspace_members (workspace_id, user_id, role)
  values (invitation.workspace_id, person, invitation.role)
  on conflict do nothing;
  if not found then
    raise exception 'the person is a member already' using errcode = 'AN005';
  end if;
  update public.invitations i
     set accepted_at = statement_timestamp(), accepted_by = person
   where i.id = invitation.id;
  return query select invitation.workspace_id, invitation.role;
end $$;

revoke all on function public.guard_invitation() from public;
revoke all on function public.accept_invitation(bytea) from public;
grant execute on function public.accept_invitation(bytea) to antiphon_app;
