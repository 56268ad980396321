-- API keys are the principals of programs. The key itself is shown once and never stored: we keep
-- its SHA-256 (the key is 256 random bits, so a slow hash would protect nothing) and a prefix to
-- recognise it. The server's login may write the hash and never read it back; it finds a key
-- through find_api_key().
-- Rollback: drop table api_keys cascade; every program has to be given a new key.
create table public.api_keys (
  id            uuid primary key default gen_random_uuid(),
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  name          text not null check (length(name) between 1 and 120),
  prefix        text not null check (length(prefix) between 4 and 24),
  key_hash      bytea not null unique check (octet_length(key_hash) = 32),
  role          text not null
    check (role in ('owner', 'admin', 'developer', 'operator', 'analyst')),
  scopes        text[] not null default '{}'
    check (cardinality(scopes) <= 64 and array_position(scopes, null) is null),
  expires_at    timestamptz,
  revoked_at    timestamptz,
  last_used_at  timestamptz,
  created_by    text not null default public.current_principal(),
  created_at    timestamptz not null default now(),
  unique (workspace_id, id)
);

-- `system` may add the first key of a fresh installation; it can neither read nor change one.
create trigger api_keys_added_by before insert on public.api_keys
  for each statement execute function public.require_principal_kind('user', 'api_key', 'system');
create trigger api_keys_written_by_people before update or delete on public.api_keys
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.api_keys enable row level security;
alter table public.api_keys force row level security;
create policy api_keys_of_own_workspace on public.api_keys to antiphon_app
  using (workspace_id = (select public.current_workspace_id())
         and (select public.current_principal_kind()) in ('user', 'api_key'))
  with check (workspace_id = (select public.current_workspace_id()));

grant select (id, workspace_id, name, prefix, role, scopes, expires_at, revoked_at, last_used_at,
              created_by, created_at) on public.api_keys to antiphon_app;
grant insert (id, workspace_id, name, prefix, key_hash, role, scopes, expires_at)
  on public.api_keys to antiphon_app;
grant update (name, expires_at, revoked_at) on public.api_keys to antiphon_app;

-- The only way from a presented key to a workspace: no workspace is known yet, so no policy can
-- help.
create function public.find_api_key(key_hash bytea)
returns table (api_key_id uuid, workspace_id uuid, role text, scopes text[], expires_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select k.id, k.workspace_id, k.role, k.scopes, k.expires_at
      from public.api_keys k
     where k.key_hash = find_api_key.key_hash and k.revoked_at is null
       and (k.expires_at is null or k.expires_at > statement_timestamp());
end $$;

-- At most one write a minute and key, however busy the key is.
create function public.touch_api_key(api_key_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update public.api_keys k set last_used_at = statement_timestamp()
   where k.id = touch_api_key.api_key_id and k.revoked_at is null
     and (k.last_used_at is null or k.last_used_at < statement_timestamp() - interval '1 minute');
end $$;

revoke all on function public.find_api_key(bytea) from public;
revoke all on function public.touch_api_key(uuid) from public;
grant execute on function public.find_api_key(bytea) to antiphon_app;
grant execute on function public.touch_api_key(uuid) to antiphon_app;
