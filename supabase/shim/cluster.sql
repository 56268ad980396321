-- A cluster of our own, once, right after initdb, by its bootstrap superuser and never by anybody
-- again: the role that migrates and the database it owns. The role is what `postgres` is on a
-- Supabase project: it makes roles and reads past row-level security, and it is no superuser. Run
-- each statement on its own (create database refuses a transaction); skip what exists.
create role antiphon_owner login createrole bypassrls;
create database antiphon owner antiphon_owner;
