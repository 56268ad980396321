-- What people and keys may do now, many at once: whoever listens to live events is asked about
-- twice a second, so that a revoked key and a lowered role lose their sockets within a second.
-- Across workspaces, so it is a function that does this and nothing else.
-- Rollback: drop the function; live sockets end when their tickets do.

-- A row for each place of the two lists (from 1) whose principal still has a role in its workspace.
create function public.find_rights(workspace_ids uuid[], principal_ids uuid[])
returns table (place integer, kind text, role text, scopes text[])
language plpgsql stable security definer set search_path = '' as $$
begin
  if workspace_ids is null or principal_ids is null or cardinality(workspace_ids) > 1000
     or cardinality(workspace_ids) <> cardinality(principal_ids) then
    raise exception 'find_rights takes two lists of the same length, at most 1000'
      using errcode = 'invalid_parameter_value';
  end if;
  return query
    select a.place::integer, 'user', m.role, '{}'::text[]
      from unnest(workspace_ids, principal_ids)
             with ordinality as a (workspace_id, principal_id, place)
      join public.workspace_members m
        on m.workspace_id = a.workspace_id and m.user_id = a.principal_id
      join public.workspaces w on w.id = m.workspace_id and w.deleted_at is null
    union all
    select a.place::integer, 'api_key', k.role, k.scopes
      from unnest(workspace_ids, principal_ids)
             with ordinality as a (workspace_id, principal_id, place)
      join public.api_keys k
        on k.workspace_id = a.workspace_id and k.id = a.principal_id and k.revoked_at is null
           and (k.expires_at is null or k.expires_at > statement_timestamp())
      join public.workspaces w on w.id = k.workspace_id and w.deleted_at is null;
end $$;

revoke all on function public.find_rights(uuid[], uuid[]) from public;
grant execute on function public.find_rights(uuid[], uuid[]) to antiphon_app;
