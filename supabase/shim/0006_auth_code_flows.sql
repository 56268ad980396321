-- Mailed links that lead back with a code (PKCE, RFC 7636): who asked for the mail sent the hash of
-- a secret, and only who knows the secret exchanges the code for a session. The table is Supabase
-- Auth's own.
-- Rollback: drop table auth.flow_state cascade and the functions; such links fail until then.

grant supabase_auth_admin to current_user;
set local role supabase_auth_admin;

do $$
begin
  if to_regtype('auth.code_challenge_method') is null then
    create type auth.code_challenge_method as enum ('s256', 'plain');
  end if;
end $$;

create table if not exists auth.flow_state (
  id                      uuid primary key,
  user_id                 uuid,
  auth_code               text,
  code_challenge_method   auth.code_challenge_method,
  code_challenge          text,
  provider_type           text not null,
  provider_access_token   text,
  provider_refresh_token  text,
  created_at              timestamptz,
  updated_at              timestamptz,
  authentication_method   text not null,
  auth_code_issued_at     timestamptz
);
create index if not exists idx_auth_code on auth.flow_state (auth_code);
create index if not exists idx_user_id_auth_method
  on auth.flow_state (user_id, authentication_method);
create index if not exists flow_state_created_at_idx on auth.flow_state (created_at desc);
alter table auth.flow_state enable row level security;

-- What was begun a day ago goes first.
create or replace function auth.antiphon_begin_code_flow(
  flow_id uuid, user_id uuid, method text, challenge text, challenge_method text, code text,
  at timestamptz)
returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from auth.flow_state f where f.created_at < at - interval '1 day';
  insert into auth.flow_state (id, user_id, auth_code, code_challenge_method, code_challenge,
      provider_type, authentication_method, created_at, updated_at)
  values (flow_id, antiphon_begin_code_flow.user_id, code,
      challenge_method::auth.code_challenge_method, challenge, 'email', method, at, at);
end $$;

-- The code of the latest mail of this kind to this person; no row when there is none.
create or replace function auth.antiphon_issue_code(user_id uuid, method text, at timestamptz)
returns table (code text)
language sql security definer set search_path = '' as $$
  update auth.flow_state f set auth_code_issued_at = at, updated_at = at
   where f.id = (select l.id from auth.flow_state l
                  where l.user_id = antiphon_issue_code.user_id
                    and l.authentication_method = antiphon_issue_code.method
                  order by l.created_at desc limit 1)
  returning f.auth_code
$$;

create or replace function auth.antiphon_find_code_flow(code text)
returns table (id uuid, user_id uuid, method text, challenge text, challenge_method text,
               issued_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select f.id, f.user_id, f.authentication_method, f.code_challenge,
         f.code_challenge_method::text, f.auth_code_issued_at
    from auth.flow_state f
   where f.auth_code = antiphon_find_code_flow.code and f.auth_code_issued_at is not null
     and f.user_id is not null
$$;

-- False when somebody was faster.
create or replace function auth.antiphon_use_code_flow(flow_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from auth.flow_state f where f.id = flow_id;
  return found;
end $$;

do $$
declare
  one record;
begin
  for one in
    select p.oid::regprocedure as signature from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'auth'
       and p.proname in ('antiphon_begin_code_flow', 'antiphon_issue_code',
                         'antiphon_find_code_flow', 'antiphon_use_code_flow')
  loop
    execute format('revoke all on function %s from public', one.signature);
    execute format('grant execute on function %s to antiphon_app', one.signature);
  end loop;
end $$;

reset role;
revoke supabase_auth_admin from current_user;
