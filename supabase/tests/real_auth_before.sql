-- What a Supabase project has before its auth server starts for the first time.
create role postgres nologin createrole bypassrls;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
create role supabase_auth_admin login noinherit createrole;
grant anon, authenticated, service_role to authenticator;
grant usage on schema public to anon, authenticated, service_role;
create schema auth authorization supabase_auth_admin;
grant create on database antiphon to supabase_auth_admin;
alter role supabase_auth_admin set search_path = auth;
create schema extensions;
grant usage on schema extensions to anon, authenticated, service_role;
alter default privileges for role antiphon_owner in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role antiphon_owner in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role antiphon_owner in schema public grant all on functions to anon, authenticated, service_role;
