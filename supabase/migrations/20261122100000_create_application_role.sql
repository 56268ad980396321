-- The server logs in as antiphon_app, which owns nothing and bypasses nothing, so that a mistake in
-- a query meets row-level security instead of another customer's rows. And a Supabase project opens
-- every new table of `public` to browsers (anon, authenticated) by default; ours stay closed until
-- one is listed.
--
-- Run as the owner of the database: CREATEROLE and BYPASSRLS, no superuser (`postgres` of a
-- Supabase project is exactly that). BYPASSRLS, because row-level security is forced on the owner
-- too and the security-definer functions that check membership must read the tables they guard.
-- Rollback: drop owned by antiphon_app; drop role antiphon_app; restore the default privileges with
-- the three statements below as `grant ... to`. Loses no data; the server cannot log in.

do $$
begin
  if not exists (
       select from pg_roles where rolname = current_user and (rolbypassrls or rolsuper)) then
    raise exception 'the role "%" that runs the migrations lacks BYPASSRLS', current_user
      using hint = format('A superuser runs once: alter role %I bypassrls;', current_user);
  end if;
  if not exists (select from pg_roles where rolname = 'antiphon_app') then
    -- No password: it can log in on a 0700 unix socket; on TCP the operator sets one.
    create role antiphon_app login noinherit;
  end if;
  if exists (
       select from pg_roles where rolname = 'antiphon_app'
        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
             or rolinherit))
     or exists (
       select from pg_auth_members
        where member = (select oid from pg_roles where rolname = 'antiphon_app')) then
    raise exception 'the role antiphon_app exists with more rights than a login needs'
      using hint = 'Drop it, or take away its attributes and memberships, and migrate again.';
  end if;
end $$;

-- pg_temp last and named: otherwise a temporary table would shadow one of ours.
alter role antiphon_app set search_path = public, pg_temp;
alter role antiphon_app set statement_timeout = '30s';
alter role antiphon_app set lock_timeout = '5s';
alter role antiphon_app set idle_in_transaction_session_timeout = '60s';
grant usage on schema public to antiphon_app;

-- These are the defaults of whoever runs this file: what the same role creates in `public` later,
-- for another program, is closed to browsers too until it is granted by name.
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke all on functions from anon, authenticated;
