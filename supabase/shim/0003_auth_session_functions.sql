-- Sessions, refresh tokens and second factors of /auth/v1; see the file before.
-- Rollback: drop function auth.antiphon_…; nobody can sign in until they are back.

grant supabase_auth_admin to current_user;
set local role supabase_auth_admin;

-- [{"method": "password", "timestamp": 1700000000}, …], newest first.
create or replace function auth.antiphon_methods(session_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
             'method', m.authentication_method,
             'timestamp', floor(extract(epoch from m.updated_at))::bigint)
           order by m.updated_at desc), '[]')
    from auth.mfa_amr_claims m where m.session_id = antiphon_methods.session_id
$$;

create or replace function auth.antiphon_open_session(
  session_id uuid, user_id uuid, method text, refresh_token text, agent text, address text,
  at timestamptz)
returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
  values (antiphon_open_session.session_id, antiphon_open_session.user_id, at, at, 'aal1',
          left(agent, 512), nullif(address, '')::inet);
  insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
  values (antiphon_open_session.session_id, at, at, method, gen_random_uuid());
  insert into auth.refresh_tokens (token, user_id, session_id, revoked, created_at, updated_at)
  values (refresh_token, antiphon_open_session.user_id, antiphon_open_session.session_id, false,
          at, at);
  update auth.users u set last_sign_in_at = at, updated_at = at
   where u.id = antiphon_open_session.user_id;
  update auth.identities i set last_sign_in_at = at
   where i.user_id = antiphon_open_session.user_id and i.provider = 'email';
end $$;

-- What an access token says of a session; no row when it has ended.
create or replace function auth.antiphon_session(session_id uuid)
returns table (user_id uuid, aal text, methods jsonb, created_at timestamptz, document jsonb)
language sql stable security definer set search_path = '' as $$
  select s.user_id, coalesce(s.aal::text, 'aal1'), auth.antiphon_methods(s.id), s.created_at,
         auth.antiphon_user(s.user_id)
    from auth.sessions s
   where s.id = antiphon_session.session_id
$$;

create or replace function auth.antiphon_session_lives(session_id uuid, user_id uuid,
                                                       at timestamptz)
returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from auth.sessions s join auth.users u on u.id = s.user_id
     where s.id = antiphon_session_lives.session_id
       and s.user_id = antiphon_session_lives.user_id
       and (s.not_after is null or s.not_after > at)
       and (u.banned_until is null or u.banned_until <= at) and u.deleted_at is null)
$$;

-- Exchanges a refresh token. outcome: 'rotated', 'repeated' (the client did not get the answer to
-- an earlier exchange: the token that is valid now is given again), 'unknown', 'ended', 'banned',
-- 'reused': an old token came after reuse_seconds, so somebody has a copy, and the whole family is
-- revoked.
create or replace function auth.antiphon_refresh(
  given text, fresh text, reuse_seconds integer, agent text, address text, at timestamptz)
returns table (outcome text, refresh_token text, session_id uuid)
language plpgsql security definer set search_path = '' as $$
declare
  old     auth.refresh_tokens;
  active  auth.refresh_tokens;
  session auth.sessions;
begin
  select * into old from auth.refresh_tokens r where r.token = given;
  if not found then
    return query select 'unknown', null::text, null::uuid;
    return;
  end if;
  -- The session is the lock: exchanges of one family happen one after the other.
  select * into session from auth.sessions s where s.id = old.session_id for update;
  if not found or (session.not_after is not null and session.not_after <= at) then
    return query select 'ended', null::text, null::uuid;
    return;
  end if;
  if exists (select from auth.users u where u.id = session.user_id and u.banned_until > at) then
    return query select 'banned', null::text, null::uuid;
    return;
  end if;
  select * into old from auth.refresh_tokens r where r.token = given;
  if old.revoked then
    select * into active from auth.refresh_tokens r
     where r.session_id = session.id and not r.revoked order by r.id desc limit 1;
    if active.token is null
       or (active.parent is distinct from old.token
           and at > old.updated_at + make_interval(secs => reuse_seconds)) then
      update auth.refresh_tokens r set revoked = true, updated_at = at
       where r.session_id = session.id and not r.revoked;
      return query select 'reused', null::text, session.id;
      return;
    end if;
    update auth.sessions s set refreshed_at = at at time zone 'utc', updated_at = at,
           user_agent = left(agent, 512), ip = nullif(address, '')::inet
     where s.id = session.id;
    return query select 'repeated', active.token::text, session.id;
    return;
  end if;
  update auth.refresh_tokens r set revoked = true, updated_at = at where r.id = old.id;
  insert into auth.refresh_tokens (token, user_id, session_id, parent, revoked, created_at,
                                   updated_at)
  values (fresh, session.user_id, session.id, given, false, at, at);
  update auth.sessions s set refreshed_at = at at time zone 'utc', updated_at = at,
         user_agent = left(agent, 512), ip = nullif(address, '')::inet
   where s.id = session.id;
  return query select 'rotated', fresh, session.id;
end $$;

-- scope: 'global', 'local' (this one), 'others'. Returns the sessions that ended.
create or replace function auth.antiphon_end_sessions(user_id uuid, session_id uuid, scope text)
returns setof uuid
language sql security definer set search_path = '' as $$
  delete from auth.sessions s
   where s.user_id = antiphon_end_sessions.user_id
     and case antiphon_end_sessions.scope
           when 'global' then true
           when 'local' then s.id = antiphon_end_sessions.session_id
           when 'others' then s.id is distinct from antiphon_end_sessions.session_id
           else false end
  returning s.id
$$;

create or replace function auth.antiphon_sessions(user_id uuid)
returns table (id uuid, created_at timestamptz, refreshed_at timestamptz, user_agent text,
               address text, aal text)
language sql stable security definer set search_path = '' as $$
  select s.id, s.created_at, coalesce(s.refreshed_at at time zone 'utc', s.created_at),
         coalesce(s.user_agent, ''), coalesce(host(s.ip), ''), coalesce(s.aal::text, 'aal1')
    from auth.sessions s where s.user_id = antiphon_sessions.user_id
   order by coalesce(s.refreshed_at at time zone 'utc', s.created_at) desc, s.id
   limit 200
$$;

-- 'made', 'name_taken' or 'too_many'. Unverified factors of a day ago go first.
create or replace function auth.antiphon_enroll_factor(
  factor_id uuid, user_id uuid, name text, secret text, at timestamptz)
returns text
language plpgsql security definer set search_path = '' as $$
begin
  perform from auth.users u where u.id = antiphon_enroll_factor.user_id for update;
  delete from auth.mfa_factors f
   where f.user_id = antiphon_enroll_factor.user_id and f.status = 'unverified'
     and f.created_at < at - interval '1 day';
  if exists (select from auth.mfa_factors f where f.user_id = antiphon_enroll_factor.user_id
                and coalesce(f.friendly_name, '') = name) then
    return 'name_taken';
  end if;
  if (select count(*) from auth.mfa_factors f
       where f.user_id = antiphon_enroll_factor.user_id) >= 10 then
    return 'too_many';
  end if;
  insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at,
                                updated_at, secret)
  values (factor_id, antiphon_enroll_factor.user_id, name, 'totp', 'unverified', at, at,
          antiphon_enroll_factor.secret);
  return 'made';
end $$;

create or replace function auth.antiphon_factor(user_id uuid, factor_id uuid)
returns table (status text, secret text)
language sql stable security definer set search_path = '' as $$
  select f.status::text, f.secret from auth.mfa_factors f
   where f.id = antiphon_factor.factor_id and f.user_id = antiphon_factor.user_id
     and f.factor_type = 'totp'
$$;

create or replace function auth.antiphon_challenge(
  challenge_id uuid, factor_id uuid, address text, at timestamptz) returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from auth.mfa_challenges c
   where c.factor_id = antiphon_challenge.factor_id and c.created_at < at - interval '1 hour';
  insert into auth.mfa_challenges (id, factor_id, created_at, ip_address)
  values (challenge_id, antiphon_challenge.factor_id, at,
          coalesce(nullif(address, ''), '127.0.0.1')::inet);
  -- Unique over the table: two challenges in one microsecond are moved apart.
  begin
    update auth.mfa_factors f set last_challenged_at = at
     where f.id = antiphon_challenge.factor_id;
  exception when unique_violation then
    null;
  end;
end $$;

create or replace function auth.antiphon_find_challenge(challenge_id uuid, factor_id uuid)
returns table (created_at timestamptz, verified boolean, address text)
language sql stable security definer set search_path = '' as $$
  select c.created_at, c.verified_at is not null, host(c.ip_address)
    from auth.mfa_challenges c
   where c.id = antiphon_find_challenge.challenge_id
     and c.factor_id = antiphon_find_challenge.factor_id
$$;

-- The code was right: the session is aal2 now and has a new refresh token; sessions that are still
-- aal1 end, as does every other factor that was never verified. False, with nothing changed, when
-- the challenge has been used meanwhile.
create or replace function auth.antiphon_verify_factor(
  challenge_id uuid, factor_id uuid, user_id uuid, session_id uuid, fresh text, at timestamptz)
returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  update auth.mfa_challenges c set verified_at = at
   where c.id = antiphon_verify_factor.challenge_id
     and c.factor_id = antiphon_verify_factor.factor_id and c.verified_at is null;
  if not found then
    return false;
  end if;
  update auth.mfa_factors f set status = 'verified', updated_at = at
   where f.id = antiphon_verify_factor.factor_id and f.status <> 'verified';
  insert into auth.mfa_amr_claims as m (session_id, created_at, updated_at,
                                        authentication_method, id)
  values (antiphon_verify_factor.session_id, at, at, 'totp', gen_random_uuid())
  on conflict (session_id, authentication_method) do update set updated_at = excluded.updated_at;
  update auth.sessions s
     set aal = 'aal2', factor_id = antiphon_verify_factor.factor_id, updated_at = at
   where s.id = antiphon_verify_factor.session_id;
  with old as (
    update auth.refresh_tokens r set revoked = true, updated_at = at
     where r.session_id = antiphon_verify_factor.session_id and not r.revoked
    returning r.token)
  insert into auth.refresh_tokens (token, user_id, session_id, parent, revoked, created_at,
                                   updated_at)
  select fresh, antiphon_verify_factor.user_id, antiphon_verify_factor.session_id,
         (select max(old.token) from old), false, at, at;
  delete from auth.sessions s
   where s.user_id = antiphon_verify_factor.user_id and coalesce(s.aal, 'aal1') = 'aal1';
  delete from auth.mfa_factors f
   where f.user_id = antiphon_verify_factor.user_id and f.status = 'unverified';
  return true;
end $$;

create or replace function auth.antiphon_remove_factor(user_id uuid, factor_id uuid,
                                                       at timestamptz) returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from auth.mfa_factors f where f.id = antiphon_remove_factor.factor_id
     and f.user_id = antiphon_remove_factor.user_id;
  update auth.sessions s set aal = 'aal1', factor_id = null, updated_at = at
   where s.factor_id = antiphon_remove_factor.factor_id;
end $$;

-- Functions are open to everybody by default; these are not.
do $$
declare
  one record;
begin
  for one in
    select p.oid::regprocedure as signature, p.prosecdef
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'auth' and p.proname like 'antiphon\_%'
  loop
    execute format('revoke all on function %s from public', one.signature);
    if one.prosecdef then
      execute format('grant execute on function %s to antiphon_app', one.signature);
    end if;
  end loop;
end $$;
grant usage on schema auth to antiphon_app;

reset role;
revoke supabase_auth_admin from current_user;
