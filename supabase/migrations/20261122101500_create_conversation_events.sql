-- Everything that happened in a conversation, in order, numbered by its own counter: what the live
-- view shows and a replay reads. Partitioned and keyed like messages, for the same reason (see
-- create_messages): (workspace_id, conversation_id, sequence) is unique because the date is the
-- conversation's own. Append-only: the server may neither change nor delete an event; events go
-- with their conversation.
-- Rollback: drop table conversation_events; loses the course of calls, keeps their transcripts.
create table public.conversation_events (
  workspace_id             uuid not null,
  conversation_id          uuid not null,
  conversation_started_on  date not null,
  sequence                 bigint not null check (sequence >= 0),
  kind                     text not null check (kind ~ '^[a-z][a-z0-9_.]{0,63}$'),
  at_ms                    integer not null check (at_ms >= 0),
  payload                  jsonb not null default '{}'
    check (jsonb_typeof(payload) = 'object' and octet_length(payload::text) <= 65536),
  occurred_at              timestamptz not null,
  primary key (workspace_id, conversation_id, conversation_started_on, sequence),
  foreign key (workspace_id, conversation_id, conversation_started_on)
    references public.conversations (workspace_id, id, started_on) on delete cascade
) partition by range (conversation_started_on);

alter table public.conversation_events enable row level security;
alter table public.conversation_events force row level security;
create policy conversation_events_of_own_workspace on public.conversation_events to antiphon_app
  using (workspace_id = (select public.current_workspace_id()))
  with check (workspace_id = (select public.current_workspace_id()));
create policy conversation_events_of_member on public.conversation_events
  for select to authenticated
  using (workspace_id = any (array(select public.member_workspace_ids())));

grant select, insert on public.conversation_events to antiphon_app;
grant select on public.conversation_events to authenticated;

create table public.conversation_events_default partition of public.conversation_events default;
select public.copy_row_security('public.conversation_events', 'public.conversation_events_default');
select public.ensure_month_partitions(3);
