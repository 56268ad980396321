-- A person signed in to the studio: the cookie's secret as SHA-256. It belongs to a person and to
-- no workspace, so no policy could show it to anybody: nobody has a grant, and the functions
-- below are the only doors.
-- Rollback: drop table studio_sessions cascade; everybody signs in again.
create table public.studio_sessions (
  id            uuid primary key,
  workspace_id  uuid references public.workspaces (id) on delete set null,
  user_id       uuid not null references auth.users (id) on delete cascade,
  token_hash    bytea not null unique check (octet_length(token_hash) = 32),
  address       text not null default '' check (length(address) <= 64),
  agent         text not null default '' check (octet_length(agent) <= 1024),
  created_at    timestamptz not null default now(),
  last_seen_at  timestamptz not null default now(),
  expires_at    timestamptz not null default now() + interval '7 days',
  ended_at      timestamptz
);
create index studio_sessions_user on public.studio_sessions (user_id, created_at desc);
create index studio_sessions_workspace on public.studio_sessions (workspace_id);

alter table public.studio_sessions enable row level security;
alter table public.studio_sessions force row level security;

-- Good as long as it is neither ended nor past its life, and was used within 12 hours.
create function public.is_good_session(session public.studio_sessions) returns boolean
language sql stable set search_path = '' as $$
  select session.ended_at is null and session.expires_at > statement_timestamp()
         and session.last_seen_at > statement_timestamp() - interval '12 hours'
$$;

create function public.create_studio_session(session_id uuid, user_id uuid, token_hash bytea,
                                             address text, agent text)
returns table (created_at timestamptz, expires_at timestamptz)
language plpgsql security definer set search_path = '' as $$
begin
  -- What is over is of no use to anybody; a person keeps at most 100 open.
  delete from public.studio_sessions s
   where s.user_id = create_studio_session.user_id
     and (not public.is_good_session(s)
          or s.id in (select o.id from public.studio_sessions o
                       where o.user_id = create_studio_session.user_id
                       order by o.created_at desc offset 99));
  return query
    insert into public.studio_sessions as s (id, user_id, token_hash, address, agent)
    values (session_id, create_studio_session.user_id, create_studio_session.token_hash,
            create_studio_session.address, create_studio_session.agent)
    returning s.created_at, s.expires_at;
end $$;

-- Notes the use, at most once a minute and without waiting for anybody.
create function public.find_studio_session(token_hash bytea)
returns table (session_id uuid, user_id uuid, email text, workspace_id uuid, address text,
               agent text, created_at timestamptz, last_seen_at timestamptz,
               expires_at timestamptz)
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.studio_sessions s set last_seen_at = statement_timestamp()
   where s.id = (
     select t.id from public.studio_sessions t
      where t.token_hash = find_studio_session.token_hash and public.is_good_session(t)
        and t.last_seen_at < statement_timestamp() - interval '1 minute'
        for update skip locked);
  return query
    select s.id, s.user_id, coalesce(u.email, '')::text, s.workspace_id, s.address, s.agent,
           s.created_at, s.last_seen_at, s.expires_at
      from public.studio_sessions s join auth.users u on u.id = s.user_id
     where s.token_hash = find_studio_session.token_hash and public.is_good_session(s);
end $$;

create function public.list_studio_sessions(user_id uuid)
returns table (session_id uuid, workspace_id uuid, address text, agent text,
               created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select s.id, s.workspace_id, s.address, s.agent, s.created_at, s.last_seen_at, s.expires_at
      from public.studio_sessions s
     where s.user_id = list_studio_sessions.user_id and public.is_good_session(s)
     order by s.created_at desc, s.id;
end $$;

create function public.end_studio_session(user_id uuid, session_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.studio_sessions s set ended_at = statement_timestamp()
   where s.user_id = end_studio_session.user_id and s.id = end_studio_session.session_id
     and s.ended_at is null;
  return found;
end $$;

create function public.switch_studio_session(user_id uuid, session_id uuid, workspace_id uuid)
returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.studio_sessions s set workspace_id = switch_studio_session.workspace_id
   where s.user_id = switch_studio_session.user_id
     and s.id = switch_studio_session.session_id and public.is_good_session(s)
     and exists (select from public.workspace_members m
                   join public.workspaces w on w.id = m.workspace_id and w.deleted_at is null
                  where m.user_id = s.user_id
                    and m.workspace_id = switch_studio_session.workspace_id);
  return found;
end $$;

revoke all on function public.is_good_session(public.studio_sessions) from public;
revoke all on function public.create_studio_session(uuid, uuid, bytea, text, text) from public;
revoke all on function public.find_studio_session(bytea) from public;
revoke all on function public.list_studio_sessions(uuid) from public;
revoke all on function public.end_studio_session(uuid, uuid) from public;
revoke all on function public.switch_studio_session(uuid, uuid, uuid) from public;
grant execute on function public.create_studio_session(uuid, uuid, bytea, text, text)
  to antiphon_app;
grant execute on function public.find_studio_session(bytea) to antiphon_app;
grant execute on function public.list_studio_sessions(uuid) to antiphon_app;
grant execute on function public.end_studio_session(uuid, uuid) to antiphon_app;
grant execute on function public.switch_studio_session(uuid, uuid, uuid) to antiphon_app;
