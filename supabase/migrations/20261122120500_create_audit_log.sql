-- The audit log: who changed what, from where, and what it was before. Triggers write it in the
-- transaction of the change, so that nobody can forget and nothing is acknowledged without it.
-- The entries of a workspace are a chain: each holds the hash of the one before it, so that an
-- entry that was edited, taken out or put in shows (`antiphon audit verify`).
-- Rollback: drop the triggers audit_lock and audit_row of every table, then table audit_log
-- cascade; table audit_chains; loses the history of changes.

-- The end of each workspace's chain, and the lock under which it grows.
create table public.audit_chains (
  workspace_id  uuid primary key references public.workspaces (id) on delete cascade,
  sequence      bigint not null default 0,
  hash          bytea not null default '\x' check (octet_length(hash) in (0, 32))
);
alter table public.audit_chains enable row level security;
alter table public.audit_chains force row level security;
create policy audit_chains_of_own_workspace on public.audit_chains to antiphon_app
  using (workspace_id = (select public.current_workspace_id())
         and (select public.current_principal_kind()) in ('user', 'api_key', 'system'))
  with check (workspace_id = (select public.current_workspace_id()));
grant select on public.audit_chains to antiphon_app;

create table public.audit_log (
  workspace_id    uuid not null references public.workspaces (id) on delete cascade,
  sequence        bigint not null check (sequence > 0),  -- 1, 2, 3 ... without a gap
  occurred_on     date not null,                         -- of occurred_at, UTC
  occurred_at     timestamptz not null,
  principal_kind  text not null,                         -- `database`: not through the server
  principal_id    text not null,
  action          text not null check (action in ('insert', 'update', 'delete')),
  object_kind     text not null,                         -- the table
  object_id       text not null,
  address         text not null,
  request_id      text not null,
  before          jsonb,  -- of an update only what it changed
  after           jsonb,
  previous_hash   bytea not null,
  hash            bytea not null check (octet_length(hash) = 32),
  primary key (workspace_id, sequence, occurred_on)
) partition by range (occurred_on);
create index audit_log_object on public.audit_log (workspace_id, object_kind, object_id, sequence);

alter table public.audit_log enable row level security;
alter table public.audit_log force row level security;
create policy audit_log_of_own_workspace on public.audit_log to antiphon_app
  using (workspace_id = (select public.current_workspace_id())
         and (select public.current_principal_kind()) in ('user', 'api_key', 'system'))
  with check (workspace_id = (select public.current_workspace_id()));
grant select on public.audit_log to antiphon_app;

create table public.audit_log_default partition of public.audit_log default;
select public.copy_row_security('public.audit_log', 'public.audit_log_default');

-- Added to, and nothing else, whoever asks. It goes with its workspace, whose row is gone by then;
-- and what landed in the default partition moves to the month it belongs to.
create function public.keep_audit_log() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' and current_user <> 'antiphon_app'
     and (tg_table_name = 'audit_log_default'
          or not exists (select from public.workspaces w where w.id = old.workspace_id)) then
    return old;
  end if;
  raise exception 'the audit log is only ever added to' using errcode = 'restrict_violation';
end $$;
create trigger audit_log_append_only before update or delete on public.audit_log
  for each row execute function public.keep_audit_log();
create trigger audit_log_never_truncated before truncate on public.audit_log
  for each statement execute function public.keep_audit_log();

-- Locked before the first row is touched, so that all writers of a workspace take their locks in
-- the same order: the chain first. What claims no workspace locks the chain when it writes to it.
create function public.lock_audit_chain() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  claimed  uuid := nullif(current_setting('antiphon.workspace_id', true), '')::uuid;
begin
  if claimed is not null then
    insert into public.audit_chains (workspace_id)
    select w.id from public.workspaces w
     where w.id = claimed
       and not exists (select from public.audit_chains c where c.workspace_id = claimed)
    on conflict do nothing;
    perform from public.audit_chains c where c.workspace_id = claimed for update;
  end if;
  return null;
end $$;

-- The text whose SHA-256 an entry's hash is. A JSON array, so that no value can run into the next.
create function public.audit_text(entry public.audit_log) returns text
language sql stable set search_path = '' as $$
  select jsonb_build_array(
    encode(entry.previous_hash, 'hex'), entry.workspace_id, entry.sequence,
    to_char(entry.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    entry.principal_kind, entry.principal_id, entry.action, entry.object_kind, entry.object_id,
    entry.address, entry.request_id, entry.before, entry.after)::text
$$;

-- Of the document, without the columns named in `left_out`, and those in `masked` unreadable.
create function public.audit_view(document jsonb, masked text[], left_out text[]) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(jsonb_object_agg(
           e.key, case when e.key = any (masked) and e.value <> 'null' then '"[masked]"'
                       else e.value end), '{}')
    from jsonb_each(document - left_out) e
$$;

-- Row trigger; its arguments are two lists of columns: those that are masked, and those that are
-- left out, whose change alone is no event.
create function public.audit_row() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  masked      text[] := string_to_array(tg_argv[0], ',');
  left_out    text[] := string_to_array(tg_argv[1], ',');
  was         jsonb;
  is_now      jsonb;
  changed     text[];
  subject     jsonb;
  chain       public.audit_chains;
  entry       public.audit_log;
begin
  if tg_op <> 'INSERT' then was := to_jsonb(old) - left_out; end if;
  if tg_op <> 'DELETE' then is_now := to_jsonb(new) - left_out; end if;
  subject := coalesce(is_now, was);
  entry.workspace_id := (case when tg_table_name = 'workspaces' then subject ->> 'id'
                              else subject ->> 'workspace_id' end)::uuid;
  entry.object_id := coalesce(subject ->> 'id', subject ->> 'user_id', '');
  if tg_op = 'UPDATE' then
    changed := array(select e.key from jsonb_each(is_now) e
                      where e.value is distinct from was -> e.key);
    if changed = '{}' then
      return null;
    end if;
    was := (select jsonb_object_agg(e.key, e.value) from jsonb_each(was) e
             where e.key = any (changed));
    is_now := (select jsonb_object_agg(e.key, e.value) from jsonb_each(is_now) e
                where e.key = any (changed));
  end if;
  -- A workspace that is gone takes its log with it.
  if not exists (select from public.workspaces w where w.id = entry.workspace_id) then
    return null;
  end if;
  insert into public.audit_chains (workspace_id) values (entry.workspace_id)
  on conflict do nothing;
  select c.* into strict chain from public.audit_chains c
   where c.workspace_id = entry.workspace_id for update;
  entry.sequence := chain.sequence + 1;
  entry.occurred_at := clock_timestamp();
  entry.occurred_on := (entry.occurred_at at time zone 'UTC')::date;
  entry.principal_kind := coalesce(public.current_principal_kind(), 'database');
  entry.principal_id := coalesce(nullif(current_setting('antiphon.principal_id', true), ''), '');
  entry.action := lower(tg_op);
  entry.object_kind := tg_table_name;
  entry.address := coalesce(current_setting('antiphon.address', true), '');
  entry.request_id := coalesce(current_setting('antiphon.request_id', true), '');
  entry.before := public.audit_view(was, masked, '{}');
  entry.after := public.audit_view(is_now, masked, '{}');
  if was is null then entry.before := null; end if;
  if is_now is null then entry.after := null; end if;
  entry.previous_hash := chain.hash;
  entry.hash := sha256(convert_to(public.audit_text(entry), 'UTF8'));
  insert into public.audit_log select (entry).*;
  update public.audit_chains c set sequence = entry.sequence, hash = entry.hash
   where c.workspace_id = entry.workspace_id;
  return null;
end $$;

do $$
declare
  audited  record;
begin
  for audited in
    select * from (values
      ('workspaces', '', 'revision,updated_at'),
      ('workspace_members', '', ''),
      ('invitations', 'token_hash', ''),
      ('api_keys', 'key_hash', 'last_used_at'),
      ('agents', '', 'revision,updated_at'),
      ('agent_versions', '', ''),
      ('configurations', '', 'revision,updated_at'),
      ('knowledge_bases', '', 'revision,updated_at'),
      ('agent_knowledge_bases', '', ''),
      ('knowledge_documents', 'source', 'revision,updated_at,status,chunk_count,error'))
      as listed (name, masked, left_out)
  loop
    execute format('create trigger audit_lock before insert or update or delete on public.%I '
                   'for each statement execute function public.lock_audit_chain()', audited.name);
    execute format('create trigger audit_row after insert or update or delete on public.%I '
                   'for each row execute function public.audit_row(%L, %L)',
                   audited.name, audited.masked, audited.left_out);
  end loop;
end $$;

revoke all on function public.keep_audit_log() from public;
revoke all on function public.lock_audit_chain() from public;
revoke all on function public.audit_text(public.audit_log) from public;
revoke all on function public.audit_view(jsonb, text[], text[]) from public;
revoke all on function public.audit_row() from public;

select public.ensure_month_partitions(3);
