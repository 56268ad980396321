-- Every unit of work says first on whose behalf it runs; row-level security believes it only after
-- a look at the tables. The claim lives in three settings that end with the transaction, so a
-- pooled connection carries nothing from one request into the next:
--
--   principal_kind  who            principal_id      is in the claimed workspace when
--   user            a person       auth.users.id     workspace_members has them
--   api_key         a program      api_keys.id       the key is neither revoked nor expired
--   worker          a running job  jobs.lease_token  the lease has not run out
--   conversation    a live call    conversations.id  it is a conversation of that workspace
--   system          the server     ignored           the workspace exists
--
-- The last three may not edit what people edit (require_principal_kind below): a journal that is
-- replayed after a crash writes conversations, never an agent. Tables named here are created by
-- later files.
-- Rollback: drops every policy with it; the server sees no row until it is back. Loses no data.

create function public.current_principal_kind() returns text
language sql stable parallel safe set search_path = '' as $$
  select nullif(current_setting('antiphon.principal_kind', true), '')
$$;

-- 'api_key:6f1c…', for the created_by columns: a pseudonym that outlives the person or key it
-- names.
create function public.current_principal() returns text
language sql stable parallel safe set search_path = '' as $$
  select coalesce(nullif(current_setting('antiphon.principal_kind', true), ''), 'database')
         || coalesce(':' || nullif(current_setting('antiphon.principal_id', true), ''), '')
$$;

-- Policies say `workspace_id = (select public.current_workspace_id())`: as a sub-select the planner
-- runs it once per statement instead of once per row. Null, and so no row at all, unless the claim
-- holds.
create function public.current_workspace_id() returns uuid
language plpgsql stable parallel safe security definer set search_path = '' as $$
declare
  kind      text := nullif(current_setting('antiphon.principal_kind', true), '');
  principal uuid := nullif(current_setting('antiphon.principal_id', true), '')::uuid;
  claimed   uuid := nullif(current_setting('antiphon.workspace_id', true), '')::uuid;
  verified  boolean := false;
begin
  if kind is null or claimed is null or (principal is null and kind <> 'system') then
    return null;
  end if;
  case kind
    when 'user' then
      verified := exists (
        select from public.workspace_members m
         where m.workspace_id = claimed and m.user_id = principal);
    when 'api_key' then
      verified := exists (
        select from public.api_keys k
         where k.id = principal and k.workspace_id = claimed and k.revoked_at is null
           and (k.expires_at is null or k.expires_at > statement_timestamp()));
    when 'worker' then
      verified := exists (
        select from public.jobs j
         where j.lease_token = principal and j.workspace_id = claimed
           and j.lease_until > statement_timestamp());
    when 'conversation' then
      verified := exists (
        select from public.conversations c
         where c.id = principal and c.workspace_id = claimed);
    when 'system' then
      verified := exists (select from public.workspaces w where w.id = claimed);
    else
      verified := false;
  end case;
  return case when verified then claimed end;
end $$;

-- The first statement of every unit of work. Returns the workspace when the claim holds, else null;
-- the statements behind it then find nothing and write nothing (SQLSTATE 42501).
create function public.begin_work(principal_kind text, principal_id uuid, workspace_id uuid)
returns uuid
language plpgsql volatile set search_path = '' as $$
begin
  if principal_kind is null
     or principal_kind not in ('user', 'api_key', 'worker', 'conversation', 'system') then
    raise exception 'unknown kind of principal' using errcode = 'invalid_parameter_value';
  end if;
  perform set_config('antiphon.principal_kind', principal_kind, true),
          set_config('antiphon.principal_id', coalesce(principal_id::text, ''), true),
          set_config('antiphon.workspace_id', coalesce(workspace_id::text, ''), true);
  return public.current_workspace_id();
end $$;

-- What a person reads with their own Supabase session: the workspaces they are a member of.
create function public.member_workspace_ids() returns setof uuid
language plpgsql stable parallel safe security definer set search_path = '' as $$
begin
  return query select m.workspace_id from public.workspace_members m where m.user_id = auth.uid();
end $$;

-- Statement trigger; its arguments are the kinds of principal that may write the table. Only the
-- server's login is asked: a cascade runs as the owner of the table and has been allowed where it
-- began.
create function public.require_principal_kind() returns trigger
language plpgsql set search_path = '' as $$
begin
  if current_user = 'antiphon_app'
     and coalesce(current_setting('antiphon.principal_kind', true), '') <> all (tg_argv) then
    raise exception 'this kind of principal may not write %', tg_table_name
      using errcode = 'insufficient_privilege',
            hint = 'It takes one of: ' || array_to_string(tg_argv, ', ');
  end if;
  return null;
end $$;

-- Row trigger of what people edit: `revision` is the ETag, and nobody can forget to move it.
create function public.advance_revision() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.revision := old.revision + 1;
  new.updated_at := now();
  return new;
end $$;

revoke all on function public.current_principal_kind() from public;
revoke all on function public.current_principal() from public;
revoke all on function public.current_workspace_id() from public;
revoke all on function public.begin_work(text, uuid, uuid) from public;
revoke all on function public.member_workspace_ids() from public;
revoke all on function public.require_principal_kind() from public;
revoke all on function public.advance_revision() from public;
grant execute on function public.current_principal_kind() to antiphon_app;
grant execute on function public.current_principal() to antiphon_app;
grant execute on function public.current_workspace_id() to antiphon_app;
grant execute on function public.begin_work(text, uuid, uuid) to antiphon_app;
grant execute on function public.member_workspace_ids() to authenticated;
