-- What a person does outside of any workspace, or to a whole one: no claim holds there, so these go
-- through functions that do this and nothing else. Each acts for the person of begin_work.
-- Rollback: drop the functions; workspaces are made by the operator then. Loses no data.

create function public.acting_user() returns uuid
language plpgsql stable set search_path = '' as $$
begin
  if public.current_principal_kind() is distinct from 'user' then
    raise exception 'this takes a person' using errcode = 'insufficient_privilege';
  end if;
  return nullif(current_setting('antiphon.principal_id', true), '')::uuid;
end $$;

create function public.create_workspace(workspace_id uuid, slug text, name text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  person  uuid := public.acting_user();
begin
  -- One after the other for one person, so that the count is right.
  perform pg_advisory_xact_lock(hashtextextended('antiphon.workspaces_of:' || person, 0));
  if (select count(*) from public.workspace_members m
       where m.user_id = person and m.role = 'owner') >= 50 then
    raise exception 'a person owns at most 50 workspaces'
      using errcode = 'configuration_limit_exceeded';
  end if;
  insert into public.workspaces (id, slug, name) values (workspace_id, slug, name);
  insert into public.workspace_members (workspace_id, user_id, role)
  values (workspace_id, person, 'owner');
end $$;

-- Deleted ones are shown to owners while they can be restored.
create function public.list_own_workspaces()
returns table (workspace_id uuid, slug text, name text, role text, revision integer,
               created_at timestamptz, updated_at timestamptz, deleted_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select w.id, w.slug, w.name, m.role, w.revision, w.created_at, w.updated_at, w.deleted_at
      from public.workspace_members m join public.workspaces w on w.id = m.workspace_id
     where m.user_id = public.acting_user()
       and (w.deleted_at is null
            or (m.role = 'owner' and w.deleted_at > now() - interval '14 days'))
     order by w.created_at, w.id limit 200;
end $$;

create function public.delete_workspace() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if public.current_principal_role() is distinct from 'owner' then
    raise exception 'only an owner deletes a workspace' using errcode = 'AN002';
  end if;
  update public.workspaces w set deleted_at = now() where w.id = public.current_workspace_id();
end $$;

-- False: there is nothing that this person can restore.
create function public.restore_workspace(workspace_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.workspaces w set deleted_at = null
   where w.id = restore_workspace.workspace_id and w.deleted_at > now() - interval '14 days'
     and exists (select from public.workspace_members m
                  where m.workspace_id = w.id and m.user_id = public.acting_user()
                    and m.role = 'owner');
  return found;
end $$;

-- The e-mail addresses are in auth.users, which the server's login cannot read.
create function public.list_members()
returns table (user_id uuid, email text, role text, created_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select m.user_id, coalesce(u.email, '')::text, m.role, m.created_at
      from public.workspace_members m join auth.users u on u.id = m.user_id
     where m.workspace_id = public.current_workspace_id()
       and public.current_principal_kind() in ('user', 'api_key')
     order by m.created_at, m.user_id limit 1000;
end $$;

revoke all on function public.acting_user() from public;
revoke all on function public.create_workspace(uuid, text, text) from public;
revoke all on function public.list_own_workspaces() from public;
revoke all on function public.delete_workspace() from public;
revoke all on function public.restore_workspace(uuid) from public;
revoke all on function public.list_members() from public;
grant execute on function public.create_workspace(uuid, text, text) to antiphon_app;
grant execute on function public.list_own_workspaces() to antiphon_app;
grant execute on function public.delete_workspace() to antiphon_app;
grant execute on function public.restore_workspace(uuid) to antiphon_app;
grant execute on function public.list_members() to antiphon_app;
