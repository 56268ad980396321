-- What is known of the sound of a call; the sound itself is a file of the server, named after the
-- workspace and the conversation. Written by the server when a call has ended, or when it finds
-- what an earlier one left; twice is once. lost_ms and corrected_ms say how far the sound is not
-- exactly what came over the wire.
-- Rollback: drop table recordings; the files stay, and nothing leads to them.
create table public.recordings (
  workspace_id     uuid not null,
  conversation_id  uuid not null,
  started_at       timestamptz not null,
  end_reason       text not null check (end_reason in
    ('call_ended', 'server_ended', 'disk_full', 'disk_failed', 'length_limit')),
  sample_count     bigint not null check (sample_count >= 0),
  byte_count       bigint not null check (byte_count >= 0),
  sha256           bytea not null check (octet_length(sha256) = 32),
  pauses           jsonb not null default '[]'
    check (jsonb_typeof(pauses) = 'array' and octet_length(pauses::text) <= 65536),
  lost_ms          bigint not null default 0 check (lost_ms >= 0),
  corrected_ms     bigint not null default 0,
  duration_ms      bigint not null generated always as (sample_count / 16) stored,
  created_at       timestamptz not null default now(),
  primary key (workspace_id, conversation_id),
  foreign key (workspace_id, conversation_id)
    references public.conversations (workspace_id, id) on delete cascade
);

alter table public.recordings enable row level security;
alter table public.recordings force row level security;
create policy recordings_of_own_workspace on public.recordings to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));

grant select, delete on public.recordings to antiphon_app;
grant insert (workspace_id, conversation_id, started_at, end_reason, sample_count, byte_count,
              sha256, pauses, lost_ms, corrected_ms)
  on public.recordings to antiphon_app;
grant update (started_at, end_reason, sample_count, byte_count, sha256, pauses, lost_ms,
              corrected_ms)
  on public.recordings to antiphon_app;
