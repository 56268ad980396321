-- A session of the studio stands on the session of /auth/v1 that it was begun with: sign_in. The
-- server asks whether that one lives; no foreign key, because accounts may be a Supabase project's.
-- Rollback: drop the three functions, create them as 20261122120400 has them, alter table
-- studio_sessions drop column sign_in; signing out of /auth/v1 ends no cookie until then.
alter table public.studio_sessions add column sign_in uuid;

drop function public.create_studio_session(uuid, uuid, bytea, text, text);
drop function public.find_studio_session(bytea);
drop function public.list_studio_sessions(uuid);

create function public.create_studio_session(session_id uuid, user_id uuid, token_hash bytea,
                                             address text, agent text, sign_in uuid)
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
    insert into public.studio_sessions as s
      (id, user_id, token_hash, address, agent, sign_in)
    values (session_id, create_studio_session.user_id, create_studio_session.token_hash,
            create_studio_session.address, create_studio_session.agent,
            create_studio_session.sign_in)
    returning s.created_at, s.expires_at;
end $$;

-- Notes the use, at most once a minute and without waiting for anybody.
create function public.find_studio_session(token_hash bytea)
returns table (session_id uuid, user_id uuid, email text, workspace_id uuid, address text,
               agent text, created_at timestamptz, last_seen_at timestamptz,
               expires_at timestamptz, sign_in uuid)
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
           s.created_at, s.last_seen_at, s.expires_at, s.sign_in
      from public.studio_sessions s join auth.users u on u.id = s.user_id
     where s.token_hash = find_studio_session.token_hash and public.is_good_session(s);
end $$;

create function public.list_studio_sessions(user_id uuid)
returns table (session_id uuid, workspace_id uuid, address text, agent text,
               created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz,
               sign_in uuid)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select s.id, s.workspace_id, s.address, s.agent, s.created_at, s.last_seen_at, s.expires_at,
           s.sign_in
      from public.studio_sessions s
     where s.user_id = list_studio_sessions.user_id and public.is_good_session(s)
     order by s.created_at desc, s.id;
end $$;

revoke all on function public.create_studio_session(uuid, uuid, bytea, text, text, uuid)
  from public;
revoke all on function public.find_studio_session(bytea) from public;
revoke all on function public.list_studio_sessions(uuid) from public;
grant execute on function public.create_studio_session(uuid, uuid, bytea, text, text, uuid)
  to antiphon_app;
grant execute on function public.find_studio_session(bytea) to antiphon_app;
grant execute on function public.list_studio_sessions(uuid) to antiphon_app;
