-- Codes for nobody: the function of 0002 did not take an account that does not exist.
-- Rollback: create antiphon_set_token as 0002 has it; recovery for an address without an account
-- then fails, and tells that there is none.

grant supabase_auth_admin to current_user;
set local role supabase_auth_admin;

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
  if not found then
    return;  -- nobody: what asks does the same work for an address that has no account
  end if;
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

reset role;
revoke supabase_auth_admin from current_user;
