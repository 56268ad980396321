-- A claim says more now: the role that the API acted on, and from where the request came. The
-- role is looked up again with every statement, so that a request that still runs when its person
-- is demoted or removed stops there; the address and the id of the request end up in the audit
-- log. A deleted workspace is closed to people and keys at once, and stays for the grace in which
-- it may come back; what the server does on its own (journal, jobs) goes on in it. Partitions are
-- made for every table that is partitioned by month, so that a new one needs no edit of the
-- function.
-- Rollback: alter table workspaces drop column deleted_at, and the former bodies of the replaced
-- functions; deleted workspaces are open again, demotion acts with the next request.

alter table public.workspaces add column deleted_at timestamptz;

create or replace function public.current_workspace_id() returns uuid
language plpgsql stable parallel safe security definer set search_path = '' as $$
declare
  kind       text := nullif(current_setting('antiphon.principal_kind', true), '');
  principal  uuid := nullif(current_setting('antiphon.principal_id', true), '')::uuid;
  claimed    uuid := nullif(current_setting('antiphon.workspace_id', true), '')::uuid;
  acting_as  text := nullif(current_setting('antiphon.principal_role', true), '');
  verified   boolean := false;
begin
  if kind is null or claimed is null or (principal is null and kind <> 'system') then
    return null;
  end if;
  case kind
    when 'user' then
      -- The list is in the order of what a role may do: being more than claimed is no obstacle.
      verified := exists (
        select from public.workspace_members m
          join public.workspaces w on w.id = m.workspace_id
         where m.workspace_id = claimed and m.user_id = principal and w.deleted_at is null
           and (acting_as is null
                or array_position('{owner,admin,developer,operator,analyst}'::text[], m.role)
                   <= array_position('{owner,admin,developer,operator,analyst}'::text[],
                                     acting_as)));
    when 'api_key' then
      verified := exists (
        select from public.api_keys k
          join public.workspaces w on w.id = k.workspace_id
         where k.id = principal and k.workspace_id = claimed and k.revoked_at is null
           and w.deleted_at is null
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

-- A person outside of any workspace claims none: workspace_id is null, and so is the answer.
create function public.begin_work(principal_kind text, principal_id uuid, workspace_id uuid,
                                  principal_role text, address text, request_id text)
returns uuid
language plpgsql volatile set search_path = '' as $$
begin
  if principal_kind is null
     or principal_kind not in ('user', 'api_key', 'worker', 'conversation', 'system') then
    raise exception 'unknown kind of principal' using errcode = 'invalid_parameter_value';
  end if;
  if principal_role not in ('owner', 'admin', 'developer', 'operator', 'analyst') then
    raise exception 'unknown role' using errcode = 'invalid_parameter_value';
  end if;
  perform set_config('antiphon.principal_kind', principal_kind, true),
          set_config('antiphon.principal_id', coalesce(principal_id::text, ''), true),
          set_config('antiphon.workspace_id', coalesce(workspace_id::text, ''), true),
          set_config('antiphon.principal_role', coalesce(principal_role, ''), true),
          set_config('antiphon.address', coalesce(left(address, 64), ''), true),
          set_config('antiphon.request_id', coalesce(left(request_id, 128), ''), true);
  return public.current_workspace_id();
end $$;

create or replace function public.begin_work(principal_kind text, principal_id uuid,
                                             workspace_id uuid)
returns uuid
language plpgsql volatile set search_path = '' as $$
begin
  return public.begin_work(principal_kind, principal_id, workspace_id, null, null, null);
end $$;

-- What the principal is in the claimed workspace: for triggers that ask more than row-level
-- security does. Null for the server's own work, and when the claim does not hold.
create function public.current_principal_role() returns text
language plpgsql stable parallel safe security definer set search_path = '' as $$
declare
  kind       text := nullif(current_setting('antiphon.principal_kind', true), '');
  principal  uuid := nullif(current_setting('antiphon.principal_id', true), '')::uuid;
  workspace  uuid := public.current_workspace_id();
begin
  return case kind
    when 'user' then (select m.role from public.workspace_members m
                       where m.workspace_id = workspace and m.user_id = principal)
    when 'api_key' then (select k.role from public.api_keys k
                          where k.workspace_id = workspace and k.id = principal)
  end;
end $$;

-- Where the API's look at a person begins: no workspace is claimed yet, so no policy can help.
create function public.find_memberships(user_id uuid)
returns table (workspace_id uuid, role text)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select m.workspace_id, m.role
      from public.workspace_members m join public.workspaces w on w.id = m.workspace_id
     where m.user_id = find_memberships.user_id and w.deleted_at is null
     order by m.created_at, m.workspace_id limit 200;
end $$;

create or replace function public.member_workspace_ids() returns setof uuid
language plpgsql stable parallel safe security definer set search_path = '' as $$
begin
  return query
    select m.workspace_id
      from public.workspace_members m join public.workspaces w on w.id = m.workspace_id
     where m.user_id = auth.uid() and w.deleted_at is null;
end $$;

create or replace function public.find_api_key(key_hash bytea)
returns table (api_key_id uuid, workspace_id uuid, role text, scopes text[], expires_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select k.id, k.workspace_id, k.role, k.scopes, k.expires_at
      from public.api_keys k join public.workspaces w on w.id = k.workspace_id
     where k.key_hash = find_api_key.key_hash and k.revoked_at is null and w.deleted_at is null
       and (k.expires_at is null or k.expires_at > statement_timestamp());
end $$;

-- A key in use waits for nobody: while another transaction changes its row, the use goes unnoted.
create or replace function public.touch_api_key(api_key_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update public.api_keys k set last_used_at = statement_timestamp()
   where k.id = (
     select t.id from public.api_keys t
      where t.id = touch_api_key.api_key_id and t.revoked_at is null
        and (t.last_used_at is null
             or t.last_used_at < statement_timestamp() - interval '1 minute')
        for update skip locked);
end $$;

create or replace function public.ensure_month_partitions(months_ahead integer default 3)
returns integer
language plpgsql security definer set search_path = '' set lock_timeout = '2s' as $$
declare
  parent  regclass;
  month   date;
  made    integer := 0;
begin
  if months_ahead is null or months_ahead not between 0 and 24 then
    raise exception 'months_ahead must be between 0 and 24'
      using errcode = 'invalid_parameter_value';
  end if;
  perform pg_advisory_xact_lock(hashtext('antiphon.month_partitions'));
  for parent in
    select p.partrelid::regclass from pg_catalog.pg_partitioned_table p
      join pg_catalog.pg_class c on c.oid = p.partrelid
     where p.partstrat = 'r' and c.relnamespace = 'public'::regnamespace
     order by c.relname
  loop
    for month in
      select date_trunc('month', (now() at time zone 'UTC')) + make_interval(months => i)
        from generate_series(0, months_ahead) i
    loop
      if public.create_month_partition(parent, month) then
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

revoke all on function public.begin_work(text, uuid, uuid, text, text, text) from public;
revoke all on function public.current_principal_role() from public;
revoke all on function public.find_memberships(uuid) from public;
grant execute on function public.begin_work(text, uuid, uuid, text, text, text) to antiphon_app;
grant execute on function public.current_principal_role() to antiphon_app;
grant execute on function public.find_memberships(uuid) to antiphon_app;
