-- What is left of a deleted workspace goes for good after a grace, in steps that may be cut off
-- anywhere and done again: the keys first, so that from then on nothing that was sealed can be
-- read, here or in a backup; then the conversations, some at a time; the rest with the workspace.
-- That it happened stands outside of the audit chains, because those go with their workspaces.
-- Rollback: drop the functions, then table purged_workspaces; deleted workspaces stay, loses the
-- list of those that went.
create table public.purged_workspaces (
  id           uuid primary key,  -- the workspace's; it is gone, so this refers to nothing
  deleted_at   timestamptz not null,
  began_at     timestamptz not null default now(),  -- the keys went
  finished_at  timestamptz,
  purged_by    text not null default public.current_principal()
);
-- No policy and no grant: the functions below are the only door, also for the server.
alter table public.purged_workspaces enable row level security;
alter table public.purged_workspaces force row level security;

-- A purge that came before the end of the time in which an owner may restore would be a loss.
create function public.check_purge_grace(grace interval) returns void
language plpgsql stable set search_path = '' as $$
begin
  if grace is null or grace < interval '14 days' then
    raise exception 'a deleted workspace is kept for 14 days at least'
      using errcode = 'invalid_parameter_value';
  end if;
end $$;

create function public.list_due_purges(grace interval) returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  perform public.check_purge_grace(grace);
  return query select w.id from public.workspaces w
                where w.deleted_at < statement_timestamp() - grace order by w.deleted_at, w.id
                limit 1000;
end $$;

-- Shreds the keys of the claimed workspace. False: it is not to be purged (restored, or not due).
create function public.begin_purge(grace interval) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  claimed  uuid := public.current_workspace_id();
begin
  perform public.check_purge_grace(grace);
  perform from public.workspaces w
   where w.id = claimed and w.deleted_at < statement_timestamp() - grace for update;
  if not found then
    return false;
  end if;
  insert into public.purged_workspaces (id, deleted_at)
  select w.id, w.deleted_at from public.workspaces w where w.id = claimed
  on conflict do nothing;
  delete from public.workspace_keys k where k.workspace_id = claimed;
  return true;
end $$;

-- Removes up to `most` conversations with all that hangs on them; yields how many. Only of a
-- workspace whose purge has begun.
create function public.purge_conversations(most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  claimed  uuid := public.current_workspace_id();
  removed  integer;
begin
  if most is null or most not between 1 and 10000 then
    raise exception 'purge_conversations takes 1..10000' using errcode = 'invalid_parameter_value';
  end if;
  delete from public.conversations c
   where c.workspace_id = claimed
     and c.id in (select o.id from public.conversations o
                   where o.workspace_id = claimed
                     and exists (select from public.purged_workspaces p where p.id = claimed)
                   limit most);
  get diagnostics removed = row_count;
  return removed;
end $$;

-- The workspace itself and whatever is left of it, its jobs and its audit log included. True: it is
-- gone. Again: true.
create function public.finish_purge() returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  claimed  uuid := nullif(current_setting('antiphon.workspace_id', true), '')::uuid;
begin
  -- Without the workspace no claim holds any more: who comes again asks for the list's word alone.
  if exists (select from public.purged_workspaces p
              where p.id = claimed and p.finished_at is not null) then
    return true;
  end if;
  claimed := public.current_workspace_id();
  if not exists (select from public.purged_workspaces p where p.id = claimed) then
    return false;
  end if;
  delete from public.workspaces w where w.id = claimed;
  update public.purged_workspaces p set finished_at = now() where p.id = claimed;
  return true;
end $$;

revoke all on function public.check_purge_grace(interval) from public;
revoke all on function public.list_due_purges(interval) from public;
revoke all on function public.begin_purge(interval) from public;
revoke all on function public.purge_conversations(integer) from public;
revoke all on function public.finish_purge() from public;
grant execute on function public.list_due_purges(interval) to antiphon_app;
grant execute on function public.begin_purge(interval) to antiphon_app;
grant execute on function public.purge_conversations(integer) to antiphon_app;
grant execute on function public.finish_purge() to antiphon_app;
