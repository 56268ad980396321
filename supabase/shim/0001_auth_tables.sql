-- The rest of what Supabase Auth keeps, where it is absent and /auth/v1 is ours: the tables of its
-- own migrations with the same names, columns and types, so that accounts move to a Supabase
-- project and back with pg_dump --data-only --schema=auth.
--
-- Nobody but their owner, supabase_auth_admin, may read or write them. The server's login reaches
-- them only through the functions of the next file.
-- Rollback: drop these tables; every session ends and every second factor is lost, accounts stay.

grant supabase_auth_admin to current_user;
set local role supabase_auth_admin;

do $$
begin
  if to_regtype('auth.aal_level') is null then
    create type auth.aal_level as enum ('aal1', 'aal2', 'aal3');
    create type auth.factor_type as enum ('totp', 'webauthn', 'phone');
    create type auth.factor_status as enum ('unverified', 'verified');
    create type auth.one_time_token_type as enum (
      'confirmation_token', 'reauthentication_token', 'recovery_token',
      'email_change_token_new', 'email_change_token_current', 'phone_change_token');
  end if;
end $$;

create table if not exists auth.identities (
  provider_id      text not null,
  user_id          uuid not null references auth.users (id) on delete cascade,
  identity_data    jsonb not null,
  provider         text not null,
  last_sign_in_at  timestamptz,
  created_at       timestamptz,
  updated_at       timestamptz,
  email            text generated always as (lower(identity_data ->> 'email')) stored,
  id               uuid primary key default gen_random_uuid(),
  unique (provider_id, provider)
);
create index if not exists identities_user_id_idx on auth.identities (user_id);

create table if not exists auth.sessions (
  id                      uuid primary key,
  user_id                 uuid not null references auth.users (id) on delete cascade,
  created_at              timestamptz,
  updated_at              timestamptz,
  factor_id               uuid,
  aal                     auth.aal_level,
  not_after               timestamptz,
  refreshed_at            timestamp,
  user_agent              text,
  ip                      inet,
  tag                     text
);
create index if not exists sessions_user_id_idx on auth.sessions (user_id);

create table if not exists auth.refresh_tokens (
  instance_id  uuid,
  id           bigserial primary key,
  token        varchar(255) unique,
  user_id      varchar(255),
  revoked      boolean,
  created_at   timestamptz,
  updated_at   timestamptz,
  parent       varchar(255),
  session_id   uuid references auth.sessions (id) on delete cascade
);
create index if not exists refresh_tokens_session_id_idx on auth.refresh_tokens (session_id);
create index if not exists refresh_tokens_parent_idx on auth.refresh_tokens (parent);

create table if not exists auth.mfa_factors (
  id                           uuid primary key,
  user_id                      uuid not null references auth.users (id) on delete cascade,
  friendly_name                text,
  factor_type                  auth.factor_type not null,
  status                       auth.factor_status not null,
  created_at                   timestamptz not null,
  updated_at                   timestamptz not null,
  secret                       text,
  phone                        text,
  last_challenged_at           timestamptz unique,
  web_authn_credential         jsonb,
  web_authn_aaguid             uuid,
  last_webauthn_challenge_data jsonb
);
create unique index if not exists mfa_factors_user_friendly_name_unique
  on auth.mfa_factors (friendly_name, user_id) where trim(friendly_name) <> '';
create index if not exists mfa_factors_user_id_idx on auth.mfa_factors (user_id);

create table if not exists auth.mfa_challenges (
  id                      uuid primary key,
  factor_id               uuid not null references auth.mfa_factors (id) on delete cascade,
  created_at              timestamptz not null,
  verified_at             timestamptz,
  ip_address              inet not null,
  otp_code                text,
  web_authn_session_data  jsonb
);
create index if not exists mfa_challenges_factor_id_idx on auth.mfa_challenges (factor_id);

create table if not exists auth.mfa_amr_claims (
  session_id             uuid not null references auth.sessions (id) on delete cascade,
  created_at             timestamptz not null,
  updated_at             timestamptz not null,
  authentication_method  text not null,
  id                     uuid primary key,
  constraint mfa_amr_claims_session_id_authentication_method_pkey
    unique (session_id, authentication_method)
);

create table if not exists auth.one_time_tokens (
  id          uuid primary key,
  user_id     uuid not null references auth.users (id) on delete cascade,
  token_type  auth.one_time_token_type not null,
  token_hash  text not null check (char_length(token_hash) > 0),
  relates_to  text not null,
  created_at  timestamp not null default now(),
  updated_at  timestamp not null default now()
);
create unique index if not exists one_time_tokens_user_id_token_type_key
  on auth.one_time_tokens (user_id, token_type);
create index if not exists one_time_tokens_token_hash_hash_idx
  on auth.one_time_tokens using hash (token_hash);

alter table auth.identities enable row level security;
alter table auth.sessions enable row level security;
alter table auth.refresh_tokens enable row level security;
alter table auth.mfa_factors enable row level security;
alter table auth.mfa_challenges enable row level security;
alter table auth.mfa_amr_claims enable row level security;
alter table auth.one_time_tokens enable row level security;

reset role;
revoke supabase_auth_admin from current_user;

-- The first migration makes this role too; its rights are given one by one.
do $$
begin
  if not exists (select from pg_roles where rolname = 'antiphon_app') then
    create role antiphon_app login noinherit;
  end if;
end $$;
