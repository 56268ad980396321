-- What a session of /auth/v1 is worth; see the files before. 'weak': its account has a second
-- factor, and the session has shown a password or a mailed code alone.
-- Takes the place of antiphon_session_lives, which could not tell that.
-- Rollback: drop function auth.antiphon_session_standing and create antiphon_session_lives as the
-- file before has it; nobody can sign in until then.

grant supabase_auth_admin to current_user;
set local role supabase_auth_admin;

drop function if exists auth.antiphon_session_lives(uuid, uuid, timestamptz);

create or replace function auth.antiphon_session_standing(session_id uuid, user_id uuid,
                                                          at timestamptz)
returns text
language sql stable security definer set search_path = '' as $$
  select coalesce((
    select case when s.aal is distinct from 'aal2'
                     and exists (select from auth.mfa_factors f
                                  where f.user_id = s.user_id and f.status = 'verified')
                then 'weak' else 'good' end
      from auth.sessions s join auth.users u on u.id = s.user_id
     where s.id = antiphon_session_standing.session_id
       and s.user_id = antiphon_session_standing.user_id
       and (s.not_after is null or s.not_after > at)
       and (u.banned_until is null or u.banned_until <= at) and u.deleted_at is null), 'ended')
$$;
revoke all on function auth.antiphon_session_standing(uuid, uuid, timestamptz) from public;
grant execute on function auth.antiphon_session_standing(uuid, uuid, timestamptz) to antiphon_app;

reset role;
revoke supabase_auth_admin from current_user;
