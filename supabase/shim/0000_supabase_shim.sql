-- What a Supabase project brings and a plain PostgreSQL lacks: its roles, the schemas auth and
-- extensions, auth.users and the functions that read the claims of a request.
--
-- Applied by the migrator, as the role that owns the database, only where there is no table
-- auth.users owned by supabase_auth_admin. On a Supabase project every object here exists already.
-- Needs CREATEROLE and ownership of the database, no superuser, and makes no superuser.
-- Rollback: drop schema auth cascade; loses every account and every membership.

do $$
begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then
    create role authenticated nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'service_role') then
    -- PostgreSQL 15 lets only a superuser hand out BYPASSRLS. Nothing of ours uses this role,
    -- so without it the role is there for names that mention it and sees no row.
    begin
      create role service_role nologin noinherit bypassrls;
    exception when insufficient_privilege then
      create role service_role nologin noinherit;
    end;
  end if;
  -- The two logins have no password: they open on a 0700 unix socket and nowhere on TCP.
  if not exists (select from pg_roles where rolname = 'authenticator') then
    create role authenticator login noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'supabase_auth_admin') then
    create role supabase_auth_admin login noinherit;
  end if;
end $$;

grant anon, authenticated, service_role to authenticator;
grant usage on schema public to anon, authenticated, service_role;

-- The defaults of a Supabase project, so that our first migration has the same thing to revoke.
alter default privileges in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public
  grant all on functions to anon, authenticated, service_role;

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;

-- Membership for the length of this file only: the migrator hands auth over and keeps no key to it.
grant supabase_auth_admin to current_user;
create schema if not exists auth authorization supabase_auth_admin;

create table if not exists auth.users (
  id                           uuid primary key,
  instance_id                  uuid,
  aud                          varchar(255),
  role                         varchar(255),
  email                        varchar(255),
  encrypted_password           varchar(255),
  email_confirmed_at           timestamptz,
  invited_at                   timestamptz,
  confirmation_token           varchar(255),
  confirmation_sent_at         timestamptz,
  recovery_token               varchar(255),
  recovery_sent_at             timestamptz,
  email_change_token_new       varchar(255),
  email_change                 varchar(255),
  email_change_sent_at         timestamptz,
  last_sign_in_at              timestamptz,
  raw_app_meta_data            jsonb,
  raw_user_meta_data           jsonb,
  is_super_admin               boolean,
  created_at                   timestamptz,
  updated_at                   timestamptz,
  phone                        text unique default null,
  phone_confirmed_at           timestamptz,
  phone_change                 text default '',
  phone_change_token           varchar(255) default '',
  phone_change_sent_at         timestamptz,
  confirmed_at                 timestamptz
    generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
  email_change_token_current   varchar(255) default '',
  email_change_confirm_status  smallint default 0
    check (email_change_confirm_status between 0 and 2),
  banned_until                 timestamptz,
  reauthentication_token       varchar(255) default '',
  reauthentication_sent_at     timestamptz,
  is_sso_user                  boolean not null default false,
  deleted_at                   timestamptz,
  is_anonymous                 boolean not null default false
);
create unique index if not exists users_email_partial_key
  on auth.users (email) where is_sso_user = false;
alter table auth.users enable row level security;
alter table auth.users owner to supabase_auth_admin;

-- The claims of the request, under either spelling that gateways set.
create or replace function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), ''))::jsonb
$$;
create or replace function auth.uid() returns uuid language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;
create or replace function auth.role() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')::text
$$;
create or replace function auth.email() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')::text
$$;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;

-- `postgres` of a Supabase project has these; our migrations need them for foreign keys and
-- auth.uid().
do $$
begin
  execute format('grant usage on schema auth to %I', current_user);
  execute format('grant select, references on auth.users to %I', current_user);
end $$;
grant usage on schema auth to anon, authenticated, service_role;
revoke supabase_auth_admin from current_user;
