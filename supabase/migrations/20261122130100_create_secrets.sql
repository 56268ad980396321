-- Keys of providers, secrets of tools, passwords of trunks, signing secrets of webhooks: sealed by
-- the server before they come here, and written only. People and browsers have no grant on the
-- table; the API shows names, kinds and the last four characters.
-- Rollback: drop table secrets; every secret has to be entered again.
create table public.secrets (
  id            uuid primary key default gen_random_uuid(),
  workspace_id  uuid not null references public.workspaces (id) on delete cascade,
  name          text not null check (name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  kind          text not null
    check (kind in ('provider_key', 'tool_secret', 'sip_password', 'webhook_secret')),
  sealed        bytea not null check (octet_length(sealed) between 73 and 16384),
  hint          text check (length(hint) = 4),
  revision      integer not null default 1,
  created_by    text not null default public.current_principal(),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  unique (workspace_id, id),
  unique (workspace_id, name)
);

create trigger secrets_advance_revision before update on public.secrets
  for each row execute function public.advance_revision();
create trigger secrets_written_by_people before insert or update or delete on public.secrets
  for each statement execute function public.require_principal_kind('user', 'api_key');

alter table public.secrets enable row level security;
alter table public.secrets force row level security;
create policy secrets_of_own_workspace on public.secrets to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select, delete on public.secrets to antiphon_app;
grant insert (id, workspace_id, name, kind, sealed, hint) on public.secrets to antiphon_app;
grant update (kind, sealed, hint) on public.secrets to antiphon_app;
