-- The key with which a workspace's secrets, recordings and transcripts are sealed, itself wrapped by
-- the server's master key, which is never in the database. A rotation of the master key writes new
-- envelopes; deleting the rows makes everything they sealed unreadable for ever (a shred).
-- Rollback: drop function wrapped_by_others, list_master_keys; drop table workspace_keys; loses
-- every sealed value.
create table public.workspace_keys (
  workspace_id   uuid not null references public.workspaces (id) on delete cascade,
  version        integer not null check (version > 0),
  master_key_id  bytea not null check (octet_length(master_key_id) = 8),
  wrapped        bytea not null check (octet_length(wrapped) between 73 and 256),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  primary key (workspace_id, version)
);
create index workspace_keys_master on public.workspace_keys (master_key_id);

create trigger workspace_keys_written_by_server_or_people
  before insert or update or delete on public.workspace_keys
  for each statement execute function public.require_principal_kind('user', 'api_key', 'system');

alter table public.workspace_keys enable row level security;
alter table public.workspace_keys force row level security;
create policy workspace_keys_of_own_workspace on public.workspace_keys to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select, delete on public.workspace_keys to antiphon_app;
grant insert (workspace_id, version, master_key_id, wrapped) on public.workspace_keys
  to antiphon_app;
grant update (master_key_id, wrapped, updated_at) on public.workspace_keys to antiphon_app;

-- Which master keys the server needs, and how much each still opens; no workspace's own business.
create function public.list_master_keys() returns table (master_key_id bytea, keys bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select k.master_key_id, count(*) from public.workspace_keys k
                group by k.master_key_id order by k.master_key_id;
end $$;

-- Where a rotation still has work; the server then claims each of them.
create function public.wrapped_by_others(current_master_key_id bytea, most integer)
returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  return query select distinct k.workspace_id from public.workspace_keys k
                where k.master_key_id <> current_master_key_id limit most;
end $$;

revoke all on function public.list_master_keys() from public;
revoke all on function public.wrapped_by_others(bytea, integer) from public;
grant execute on function public.list_master_keys() to antiphon_app;
grant execute on function public.wrapped_by_others(bytea, integer) to antiphon_app;
