-- What /auth/v1 does to accounts, one function for each thing that must happen at once. They run
-- as supabase_auth_admin, see `auth` alone (empty search path) and may be called by the server's
-- login and nobody else: a mistake in another query of the server meets no password hash, no
-- refresh token and no second factor.
--
-- The time is an argument, so that expiry can be tested with a clock that is moved by hand.
-- Rollback: drop function auth.antiphon_…; nobody can sign in until they are back.

grant supabase_auth_admin to current_user;
set local role supabase_auth_admin;

create or replace function auth.antiphon_time(at timestamptz) returns text
language sql immutable set search_path = '' as $$
  select to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- A user as the API answers it; null when there is none.
create or replace function auth.antiphon_user(user_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_strip_nulls(jsonb_build_object(
      'id', u.id, 'aud', u.aud, 'role', u.role,
      'email', coalesce(u.email, ''),
      'email_confirmed_at', auth.antiphon_time(u.email_confirmed_at),
      'invited_at', auth.antiphon_time(u.invited_at),
      'phone', coalesce(u.phone, ''),
      'phone_confirmed_at', auth.antiphon_time(u.phone_confirmed_at),
      'confirmation_sent_at', auth.antiphon_time(u.confirmation_sent_at),
      'confirmed_at', auth.antiphon_time(u.confirmed_at),
      'recovery_sent_at', auth.antiphon_time(u.recovery_sent_at),
      'new_email', nullif(u.email_change, ''),
      'email_change_sent_at', auth.antiphon_time(u.email_change_sent_at),
      'reauthentication_sent_at', auth.antiphon_time(u.reauthentication_sent_at),
      'last_sign_in_at', auth.antiphon_time(u.last_sign_in_at)))
    || jsonb_build_object(
      'app_metadata', coalesce(u.raw_app_meta_data, '{}'),
      'user_metadata', coalesce(u.raw_user_meta_data, '{}'),
      'identities', coalesce((
         select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
             'identity_id', i.id, 'id', i.provider_id, 'user_id', i.user_id,
             'provider', i.provider,
             'last_sign_in_at', auth.antiphon_time(i.last_sign_in_at),
             'created_at', auth.antiphon_time(i.created_at),
             'updated_at', auth.antiphon_time(i.updated_at), 'email', i.email))
           || jsonb_build_object('identity_data', i.identity_data) order by i.created_at)
           from auth.identities i where i.user_id = u.id), '[]'),
      'created_at', auth.antiphon_time(u.created_at),
      'updated_at', auth.antiphon_time(u.updated_at),
      'is_anonymous', u.is_anonymous)
    || coalesce((
         select jsonb_build_object('factors', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
             'id', f.id, 'status', f.status, 'friendly_name', nullif(f.friendly_name, ''),
             'factor_type', f.factor_type,
             'created_at', auth.antiphon_time(f.created_at),
             'updated_at', auth.antiphon_time(f.updated_at)))
           || jsonb_build_object('phone', coalesce(f.phone, ''),
                'last_challenged_at', auth.antiphon_time(f.last_challenged_at))
           order by f.created_at))
           from auth.mfa_factors f where f.user_id = u.id having count(*) > 0), '{}')
    from auth.users u where u.id = antiphon_user.user_id
$$;

-- One account, looked for by 'id', 'email', 'change_of' (the old or new address of a change that
-- is under way), or by the hash of a mailed link: 'confirmation', 'recovery', 'any_link' (either),
-- 'email_change'. `matched` is the kind of link that was found.
create or replace function auth.antiphon_find_user(kind text, value text)
returns table (id uuid, email text, password_hash text, confirmed boolean, banned_until timestamptz,
               invited boolean, confirmation_token text, confirmation_sent_at timestamptz,
               recovery_token text, recovery_sent_at timestamptz, email_change text,
               change_token_new text, change_token_current text, change_sent_at timestamptz,
               change_confirmed integer, reauthentication_token text,
               reauthentication_sent_at timestamptz, second_factors bigint, matched text,
               document jsonb)
language sql stable security definer set search_path = '' as $$
  select u.id, coalesce(u.email, ''), coalesce(u.encrypted_password, ''),
         u.email_confirmed_at is not null, u.banned_until, u.invited_at is not null,
         coalesce(u.confirmation_token, ''), u.confirmation_sent_at,
         coalesce(u.recovery_token, ''), u.recovery_sent_at, coalesce(u.email_change, ''),
         coalesce(u.email_change_token_new, ''), coalesce(u.email_change_token_current, ''),
         u.email_change_sent_at, coalesce(u.email_change_confirm_status, 0),
         coalesce(u.reauthentication_token, ''), u.reauthentication_sent_at,
         (select count(*) from auth.mfa_factors f
           where f.user_id = u.id and f.status = 'verified'),
         coalesce((select t.token_type::text from auth.one_time_tokens t
                    where t.user_id = u.id and t.token_hash = antiphon_find_user.value), ''),
         auth.antiphon_user(u.id)
    from auth.users u
   where not u.is_sso_user and u.deleted_at is null
     and case antiphon_find_user.kind
           when 'id' then u.id = antiphon_find_user.value::uuid
           when 'email' then u.email = antiphon_find_user.value
           when 'change_of' then u.email_change = antiphon_find_user.value
                              or (u.email = antiphon_find_user.value and u.email_change <> '')
           else u.id in (
             select t.user_id from auth.one_time_tokens t
              where t.token_hash = antiphon_find_user.value
                and t.token_type = any (case antiphon_find_user.kind
                      when 'confirmation' then array['confirmation_token']
                      when 'recovery' then array['recovery_token']
                      when 'any_link' then array['confirmation_token', 'recovery_token']
                      when 'email_change'
                        then array['email_change_token_new', 'email_change_token_current']
                      else array[]::text[] end::auth.one_time_token_type[]))
         end
   limit 1
$$;

create or replace function auth.antiphon_clear_tokens(user_id uuid) returns void
language plpgsql set search_path = '' as $$
begin
  delete from auth.one_time_tokens t where t.user_id = antiphon_clear_tokens.user_id;
end $$;

-- False when somebody has this address.
create or replace function auth.antiphon_create_user(
  new_id uuid, email text, password_hash text, metadata jsonb, confirmed boolean,
  invited boolean, at timestamptz)
returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  insert into auth.users (id, instance_id, aud, role, email, encrypted_password,
      email_confirmed_at, invited_at, raw_app_meta_data, raw_user_meta_data, created_at,
      updated_at, confirmation_token, recovery_token, email_change, email_change_token_new)
  values (new_id, '00000000-0000-0000-0000-000000000000', 'authenticated', 'authenticated',
      antiphon_create_user.email, antiphon_create_user.password_hash,
      case when confirmed then at end, case when invited then at end,
      '{"provider":"email","providers":["email"]}',
      coalesce(metadata, '{}')
        || jsonb_build_object('sub', new_id, 'email', antiphon_create_user.email,
                              'email_verified', confirmed, 'phone_verified', false),
      at, at, '', '', '', '')
  on conflict do nothing;
  if not found then
    return false;
  end if;
  insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at,
      created_at, updated_at)
  values (new_id::text, new_id,
      coalesce(metadata, '{}')
        || jsonb_build_object('sub', new_id, 'email', antiphon_create_user.email,
                              'email_verified', false, 'phone_verified', false),
      'email', at, at, at);
  return true;
end $$;

-- The address is theirs: a link or a code that was mailed there came back.
create or replace function auth.antiphon_confirm(user_id uuid, at timestamptz) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update auth.users u
     set email_confirmed_at = coalesce(u.email_confirmed_at, at), confirmation_token = '',
         recovery_token = '', updated_at = at,
         raw_user_meta_data = coalesce(u.raw_user_meta_data, '{}') || '{"email_verified": true}'
   where u.id = antiphon_confirm.user_id;
  update auth.identities i
     set identity_data = i.identity_data || '{"email_verified": true}', updated_at = at
    from auth.users u
   where i.user_id = antiphon_confirm.user_id and u.id = i.user_id and i.provider = 'email'
     and i.email = u.email;
  perform auth.antiphon_clear_tokens(antiphon_confirm.user_id);
end $$;

-- Remembers the hashes of the code and of the link that are about to be mailed. They are
-- independent: whoever guesses at links learns nothing from the six digits of a code.
create or replace function auth.antiphon_set_token(
  user_id uuid, kind text, token_hash text, link_hash text, relates_to text, at timestamptz)
returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  update auth.users u set
      updated_at = at,
      confirmation_token = case kind when 'confirmation' then antiphon_set_token.token_hash
                                     else u.confirmation_token end,
      confirmation_sent_at = case kind when 'confirmation' then at
                                       else u.confirmation_sent_at end,
      recovery_token = case kind when 'recovery' then antiphon_set_token.token_hash
                                 else u.recovery_token end,
      recovery_sent_at = case kind when 'recovery' then at else u.recovery_sent_at end,
      reauthentication_token = case kind when 'reauthentication'
                                         then antiphon_set_token.token_hash
                                         else u.reauthentication_token end,
      reauthentication_sent_at = case kind when 'reauthentication' then at
                                           else u.reauthentication_sent_at end,
      email_change = case kind when 'email_change_new' then antiphon_set_token.relates_to
                               else u.email_change end,
      email_change_token_new = case kind when 'email_change_new'
                                         then antiphon_set_token.token_hash
                                         else u.email_change_token_new end,
      email_change_token_current = case kind when 'email_change_current'
                                             then antiphon_set_token.token_hash
                                             else u.email_change_token_current end,
      email_change_sent_at = case when kind like 'email_change%' then at
                                  else u.email_change_sent_at end,
      email_change_confirm_status = case when kind like 'email_change%' then 0
                                         else u.email_change_confirm_status end
   where u.id = antiphon_set_token.user_id;
  insert into auth.one_time_tokens as t (id, user_id, token_type, token_hash, relates_to,
      created_at, updated_at)
  values (gen_random_uuid(), antiphon_set_token.user_id,
      case kind when 'confirmation' then 'confirmation_token'
                when 'recovery' then 'recovery_token'
                when 'reauthentication' then 'reauthentication_token'
                when 'email_change_new' then 'email_change_token_new'
                else 'email_change_token_current' end::auth.one_time_token_type,
      antiphon_set_token.link_hash, antiphon_set_token.relates_to, at, at)
  on conflict (user_id, token_type) do update
     set token_hash = excluded.token_hash, relates_to = excluded.relates_to,
         updated_at = excluded.updated_at;
end $$;

-- One of the two addresses of a change agreed; true once both have, and the change is made.
-- already_exists (23505) when somebody took the new address meanwhile.
create or replace function auth.antiphon_confirm_change(
  user_id uuid, by_new_address boolean, needs_both boolean, at timestamptz)
returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  account auth.users;
begin
  select * into account from auth.users u where u.id = antiphon_confirm_change.user_id for update;
  if needs_both and account.email_change_confirm_status = 0 then
    update auth.users u set
        email_change_confirm_status = 1, updated_at = at,
        email_change_token_new = case when by_new_address then ''
                                      else u.email_change_token_new end,
        email_change_token_current = case when by_new_address then u.email_change_token_current
                                          else '' end
     where u.id = account.id;
    delete from auth.one_time_tokens t
     where t.user_id = account.id
       and t.token_type = (case when by_new_address then 'email_change_token_new'
                                else 'email_change_token_current' end)::auth.one_time_token_type;
    return false;
  end if;
  update auth.users u set
      email = u.email_change, email_change = '', email_change_token_new = '',
      email_change_token_current = '', email_change_confirm_status = 0, updated_at = at,
      email_confirmed_at = coalesce(u.email_confirmed_at, at),
      raw_user_meta_data = coalesce(u.raw_user_meta_data, '{}')
        || jsonb_build_object('email', u.email_change, 'email_verified', true)
   where u.id = account.id;
  update auth.identities i
     set identity_data = i.identity_data
           || jsonb_build_object('email', account.email_change, 'email_verified', true),
         updated_at = at
   where i.user_id = account.id and i.provider = 'email';
  perform auth.antiphon_clear_tokens(account.id);
  return true;
end $$;

-- Members of `changes` replace, null removes.
create or replace function auth.antiphon_merge_metadata(
  user_id uuid, changes jsonb, at timestamptz) returns void
language sql security definer set search_path = '' as $$
  update auth.users u
     set raw_user_meta_data = (
           select coalesce(jsonb_object_agg(e.key, e.value), '{}')
             from jsonb_each(coalesce(u.raw_user_meta_data, '{}') || changes) e
            where e.value <> 'null'),
         updated_at = at
   where u.id = antiphon_merge_metadata.user_id
$$;

-- Every token that was mailed and every other session ends.
create or replace function auth.antiphon_set_password(
  user_id uuid, password_hash text, kept_session uuid, at timestamptz) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update auth.users u set
      encrypted_password = antiphon_set_password.password_hash, updated_at = at,
      confirmation_token = '', confirmation_sent_at = null, recovery_token = '',
      recovery_sent_at = null, email_change_token_current = '', email_change_token_new = '',
      email_change_sent_at = null, reauthentication_token = '', reauthentication_sent_at = null
   where u.id = antiphon_set_password.user_id;
  perform auth.antiphon_clear_tokens(antiphon_set_password.user_id);
  delete from auth.sessions s
   where s.user_id = antiphon_set_password.user_id and s.id is distinct from kept_session;
end $$;

-- A mailed code that was used to prove who asks is used up.
create or replace function auth.antiphon_clear_reauthentication(user_id uuid) returns void
language sql security definer set search_path = '' as $$
  update auth.users u set reauthentication_token = ''
   where u.id = antiphon_clear_reauthentication.user_id
$$;

reset role;
revoke supabase_auth_admin from current_user;
