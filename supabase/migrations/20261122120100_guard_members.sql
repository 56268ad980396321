-- Who may change whom. Row-level security says which workspace; these say what else must hold, in
-- the database, where no race and no second server gets past them: a workspace keeps an owner, and
-- only an owner makes, changes or removes one.
-- Codes of our own, for answers that say what would help: AN001 the last owner, AN002 not with this
-- role.
-- Rollback: drop the triggers and functions; the API alone keeps the rules then.

create function public.guard_membership() returns trigger
language plpgsql set search_path = '' as $$
declare
  actor  text;
begin
  -- A cascade, or a function of ours that has asked already, runs as the owner of the table.
  if current_user <> 'antiphon_app' then
    return coalesce(new, old);
  end if;
  if tg_op = 'DELETE' and public.current_principal() = 'user:' || old.user_id then
    return old;  -- leaving takes no role
  end if;
  actor := coalesce(public.current_principal_role(), 'nobody');
  if actor not in ('owner', 'admin')
     or (actor <> 'owner' and (old.role = 'owner' or new.role = 'owner')) then
    raise exception 'a role of % may not do this to a member', actor using errcode = 'AN002';
  end if;
  return coalesce(new, old);
end $$;
create trigger workspace_members_guarded before insert or update or delete
  on public.workspace_members for each row execute function public.guard_membership();

-- The lock makes those who remove two owners at once come one after the other: the second one sees
-- what the first one left.
create function public.keep_an_owner() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
  if old.role <> 'owner' or (tg_op = 'UPDATE' and new.role = 'owner') then
    return null;
  end if;
  perform from public.workspaces w where w.id = old.workspace_id for update;
  -- Without a workspace this is its cascade.
  if found and not exists (
       select from public.workspace_members m
        where m.workspace_id = old.workspace_id and m.role = 'owner') then
    raise exception 'a workspace keeps an owner' using errcode = 'AN001';
  end if;
  return null;
end $$;
create trigger workspace_members_keep_an_owner after update or delete
  on public.workspace_members for each row execute function public.keep_an_owner();

-- A key is never mightier than who made it; `system` makes the first one of an installation.
create function public.guard_api_key() returns trigger
language plpgsql set search_path = '' as $$
declare
  actor  text;
begin
  if current_user <> 'antiphon_app' or public.current_principal_kind() = 'system' then
    return new;
  end if;
  actor := coalesce(public.current_principal_role(), 'nobody');
  if actor not in ('owner', 'admin')
     or array_position('{owner,admin,developer,operator,analyst}'::text[], new.role)
        < array_position('{owner,admin,developer,operator,analyst}'::text[], actor) then
    raise exception 'a role of % may not do this to a key of role %', actor, new.role
      using errcode = 'AN002';
  end if;
  return new;
end $$;
create trigger api_keys_guarded before insert on public.api_keys
  for each row execute function public.guard_api_key();
grant update (scopes) on public.api_keys to antiphon_app;
-- The list, newest first, by cursor (created_at, id).
create index api_keys_workspace_created on public.api_keys (workspace_id, created_at desc, id desc);

revoke all on function public.guard_membership() from public;
revoke all on function public.keep_an_owner() from public;
revoke all on function public.guard_api_key() from public;
