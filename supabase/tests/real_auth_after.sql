-- What `postgres` of a Supabase project may do with the schema of its auth server.
grant usage on schema auth to antiphon_owner, anon, authenticated, service_role;
grant select, references on auth.users to antiphon_owner;
